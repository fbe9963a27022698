//! The Python wheel, as a user has it: built, judged by auditwheel, installed into an environment that has nothing else,
//! type-checked, and tried against an emulated tenant.
//!
//! What judges it (auditwheel, mypy) comes with `tests/interop/requirements.txt`.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]
#![allow(clippy::print_stdout, reason = "whoever reads the test's output must see what was not tried")]

#[path = "abi/support.rs"]
#[allow(dead_code, reason = "made for the tests of the C ABI; these use the library and little else")]
mod built;
#[path = "support/programs.rs"]
mod judges;

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use built::succeeds;
use exrun::certificate::{self, CreateRequest};
use exrun::secret::Secret;
use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, DeviceCodes, Emulator};
use jiff::Timestamp;
use judges::python_with;
use serde_json::json;

type Outcome = Result<(), Box<dyn Error>>;

const MAILBOXES: u64 = 200;
const APP_SECRET: &str = "wheel-s3cr3t";
const PASSWORD: &str = "correct horse";

#[test]
fn the_installed_wheel_passes_its_tests() -> Outcome {
    if !has_python() {
        return Ok(());
    }
    let python = installed();
    let tenant = Tenant::start()?;
    let tests = package().join("tests");
    let output =
        tenant.command(python).args(["-m", "unittest", "discover", "-s"]).arg(&tests).current_dir(&tests).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    // Every test of every file was found.
    let written: usize = files(&tests)?.iter().map(|text| text.matches("    def test_").count()).sum();
    assert!(written > 30 && said.contains(&format!("Ran {written} tests")), "{written}: {said}");
    Ok(())
}

#[test]
fn the_wheel_holds_the_package_and_no_more() -> Outcome {
    if !has_python() {
        return Ok(());
    }
    let output = succeeds("listing the wheel", Command::new("python3").args(["-m", "zipfile", "-l"]).arg(wheel()));
    let text = String::from_utf8(output.stdout)?;
    let held: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    let library = built::library();
    let library = library.file_name().and_then(OsStr::to_str).ok_or("the library has no name")?;
    for needed in ["exrun/py.typed", "exrun/__init__.py", &format!("exrun/_library/{library}")] {
        assert!(held.contains(&needed), "{needed}: {held:?}");
    }
    assert!(held.iter().any(|name| name.ends_with("/licenses/LICENSE-MIT")), "{held:?}");
    assert!(!held.iter().any(|name| name.contains("test") || name.contains("__pycache__")), "{held:?}");
    Ok(())
}

#[test]
fn auditwheel_agrees_with_the_tag() -> Outcome {
    let Some(python) = python_with("auditwheel") else { return Ok(()) };
    let output = succeeds("auditwheel", Command::new(python).args(["-m", "auditwheel", "show"]).arg(wheel()));
    let said = String::from_utf8(output.stdout)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = wheel().file_name().and_then(OsStr::to_str).ok_or("the wheel has no name")?;
    let tag = name.trim_end_matches(".whl").rsplit('-').next().ok_or("the wheel has no tag")?;
    let needs = said.split("following platform tag: \"").nth(1).and_then(|rest| rest.split('"').next());
    let needs = needs.ok_or_else(|| format!("auditwheel named no tag: {said}"))?;
    // It asks for no older glibc than it needs, and nothing of the system that is not there everywhere.
    assert!(glibc(needs).is_some_and(|needed| glibc(tag) >= Some(needed)), "{tag}, but auditwheel says {said}");
    Ok(())
}

#[test]
fn a_wheel_has_the_licences_of_what_is_linked_in() -> Outcome {
    if !has_python() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (library, notices) = (folder.path().join("libexrun.so"), folder.path().join("notices"));
    std::fs::write(&library, b"\xca\xfe\xba\xbe\0\0\0\x02")?;
    std::fs::write(&notices, "OpenSSL: as is")?;
    let mut command = Command::new("python3");
    command.arg("-B").arg(package().join("wheel_backend.py")).arg(folder.path());
    let packed = succeeds("packing", command.env("EXRUN_LIBRARY", library).env("EXRUN_NOTICES", notices));
    let wheel = folder.path().join(String::from_utf8(packed.stdout)?.trim());
    let script = "import sys, zipfile\nwheel = zipfile.ZipFile(sys.argv[1])\nfor name in wheel.namelist():\n    \
                  if name.endswith(('METADATA', 'NOTICES.txt')):\n        print(wheel.read(name).decode())";
    let read = succeeds("reading", Command::new("python3").args(["-c", script]).arg(wheel));
    let text = String::from_utf8(read.stdout)?;
    assert!(text.contains("License-File: THIRD-PARTY-NOTICES.txt") && text.contains("OpenSSL: as is"), "{text}");
    Ok(())
}

#[test]
fn a_wheel_is_for_the_system_of_its_library() -> Outcome {
    if !has_python() {
        return Ok(());
    }
    let elf = |machine: u8, versions: &str| {
        let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0".to_vec();
        bytes.extend([machine, 0]);
        bytes.extend(versions.bytes());
        bytes
    };
    let pe = |machine: [u8; 2]| {
        let mut bytes = b"MZ".to_vec();
        bytes.resize(60, 0);
        bytes.extend([64, 0, 0, 0]);
        bytes.extend(b"PE\0\0");
        bytes.extend(machine);
        bytes
    };
    let macho = |machine: [u8; 4]| [b"\xcf\xfa\xed\xfe".as_slice(), &machine].concat();
    let folder = tempfile::tempdir()?;
    for (name, library, tag) in [
        ("libexrun.so", elf(62, "\0GLIBC_2.17\0GLIBC_2.2.5\0"), Ok("manylinux_2_28_x86_64")),
        ("libexrun.so", elf(183, "\0GLIBC_2.17\0GLIBC_2.31\0"), Ok("manylinux_2_31_aarch64")),
        ("exrun.dll", pe([0x64, 0x86]), Ok("win_amd64")),
        ("exrun.dll", pe([0x64, 0xaa]), Ok("win_arm64")),
        ("libexrun.dylib", macho([7, 0, 0, 1]), Ok("macosx_10_12_x86_64")),
        ("libexrun.dylib", macho([12, 0, 0, 1]), Ok("macosx_11_0_arm64")),
        ("libexrun.dylib", b"\xca\xfe\xba\xbe\0\0\0\x02".to_vec(), Ok("macosx_10_12_universal2")),
        ("libexrun.so", elf(62, "\0GLIB_2.17\0"), Err("not linked with glibc")),
        ("libexrun.so", elf(40, "\0GLIBC_2.17\0"), Err("a processor that no wheel is made for")),
        ("exrun.dll", pe([0x4c, 0x01]), Err("a processor that no wheel is made for")),
        ("libexrun.so", b"no library".to_vec(), Err("not a library of a system")),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, library)?;
        let mut command = Command::new("python3");
        command.arg("-B").arg(package().join("wheel_backend.py")).arg(folder.path()).env("EXRUN_LIBRARY", file);
        let output = command.output()?;
        let (said, fault) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
        match tag {
            Ok(tag) => {
                assert_eq!(said.trim(), format!("exrun-{}-py3-none-{tag}.whl", env!("CARGO_PKG_VERSION")), "{fault}");
            }
            Err(why) => assert!(!output.status.success() && fault.contains(why), "{fault}"),
        }
    }
    Ok(())
}

/// `manylinux_2_34_x86_64` as 2, 34.
fn glibc(tag: &str) -> Option<(u32, u32)> {
    let mut parts = tag.strip_prefix("manylinux_")?.split('_');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[test]
fn mypy_finds_nothing_in_strict_mode() -> Outcome {
    let Some(python) = python_with("mypy") else { return Ok(()) };
    let examples = built::repository().join("examples/python");
    let checked: [(PathBuf, &[&str]); 3] = [
        (package(), &["exrun", "wheel_backend.py"]),
        (package().join("tests"), &["."]),
        (examples, &["report.py", "key_vault.py"]),
    ];
    for (folder, of) in checked {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mypy");
        let mut command = Command::new(&python);
        command.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(cache).args(of);
        // A user's checker finds the package where pip has put it.
        succeeds("mypy", command.env("MYPYPATH", package()).current_dir(folder));
    }
    Ok(())
}

/// Whether there is a Python that can have the wheel. Where there is none that is said; in CI it is a failure.
fn has_python() -> bool {
    let asked = ["-c", "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 9))"];
    let there = Command::new("python3").args(asked).output().is_ok_and(|output| output.status.success());
    let missing = "the Python wheel: there is no python3 from 3.9 on with venv and ensurepip";
    assert!(there || !judges::are_required(), "{missing}");
    if !there {
        println!("LEFT OUT: {missing}");
    }
    there
}

/// The files' texts of a folder.
fn files(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let paths = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let scripts =
        paths.filter(|path| path.as_ref().is_ok_and(|path| path.extension().is_some_and(|kind| kind == "py")));
    scripts.map(|path| Ok(std::fs::read_to_string(path?)?)).collect()
}

fn package() -> PathBuf {
    built::repository().join("bindings/python")
}

/// The wheel with the library that was built for this test.
fn wheel() -> &'static Path {
    static WHEEL: OnceLock<PathBuf> = OnceLock::new();
    WHEEL.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wheel");
        let _ = std::fs::remove_dir_all(&folder);
        let mut command = Command::new("python3");
        command.arg("-B").arg(package().join("wheel_backend.py")).arg(&folder).arg("--stored");
        let output = succeeds("building the wheel", command.env("EXRUN_LIBRARY", built::library()));
        folder.join(String::from_utf8(output.stdout).unwrap().trim())
    })
}

/// The Python of a new environment that has the wheel, installed without asking anybody.
fn installed() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wheel-venv");
        let _ = std::fs::remove_dir_all(&folder);
        succeeds("making an environment", Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]).arg(wheel());
        succeeds("installing the wheel", &mut pip);
        python
    })
}

/// A tenant with an app, and what its tests need to know.
struct Tenant {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Tenant {
    fn start() -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::start(Config {
            mailboxes: MAILBOXES,
            broken_percent: 3.0,
            client_secret: Some(APP_SECRET.into()),
            device_codes: DeviceCodes { pending_polls: 1, interval: 1, ..DeviceCodes::default() },
            ..Config::default()
        })?;
        let folder = tempfile::tempdir()?;
        let mut locked = CreateRequest::new("ExRun wheel", folder.path().join("locked.pfx"));
        locked.password = Some(Secret::new(PASSWORD.into()));
        let open = CreateRequest::new("ExRun wheel", folder.path().join("open.pfx"));
        for request in [locked, open] {
            emulator.register_certificate(certificate::create(&request, Timestamp::now())?.certificate.der());
        }
        let parsed = openssl::pkcs12::Pkcs12::from_der(&std::fs::read(folder.path().join("open.pfx"))?)?.parse2("")?;
        let mut pem = parsed.pkey.ok_or("no key")?.private_key_to_pem_pkcs8()?;
        pem.extend(parsed.cert.ok_or("no certificate")?.to_pem()?);
        std::fs::write(folder.path().join("app.pem"), pem)?;
        let population = emulator.population();
        let list: String = (0..MAILBOXES).map(|index| population.upn(index) + "\n").collect();
        std::fs::write(folder.path().join("mailboxes.txt"), list)?;
        Ok(Self { emulator, folder })
    }

    /// A call of Python that is led to this tenant, and to the wheel alone.
    fn command(&self, python: &Path) -> Command {
        let population = self.emulator.population();
        let broken: Vec<String> = (0..MAILBOXES)
            .filter(|index| population.broken(*index).is_some())
            .map(|index| population.upn(index))
            .collect();
        let identity: serde_json::Map<_, _> = self
            .emulator
            .app_service_variables()
            .into_iter()
            .map(|(name, value)| (name.to_string(), json!(value)))
            .collect();
        let file = |name: &str| self.folder.path().join(name);
        let given = json!({
            "tenant": DEFAULT_TENANT, "client": DEFAULT_APP_ID, "secret": APP_SECRET, "pfx": file("open.pfx"),
            "locked": file("locked.pfx"), "password": PASSWORD, "pem": file("app.pem"), "mailboxes": file("mailboxes.txt"),
            "broken": broken, "identity": identity,
        });
        let mut command = Command::new(python);
        command
            .arg("-B")
            .env("EXRUN_TEST", given.to_string())
            .env("EXRUN_CONNECT_TO", self.emulator.addr().to_string());
        command.env("EXRUN_CA_FILE", self.emulator.ca_file()).env_remove("EXRUN_LIBRARY").env_remove("PYTHONPATH");
        command
    }
}
