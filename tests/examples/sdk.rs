//! The archive for C, as somebody has it who unpacks it: its examples, built with pkg-config and with CMake, with the shared
//! library and with the static one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::programs::{is_there, required};
use crate::tenant::Tenant;
use crate::{Outcome, built, target};

#[test]
fn the_archive_holds_what_c_needs_and_no_more() -> Outcome {
    let Some(folder) = unpacked() else { return missing() };
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for path in std::fs::read_dir(inside)?.map(|entry| entry.map(|entry| entry.path())) {
            let path = path?;
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_string_lossy().into_owned());
            }
        }
    }
    found.sort_unstable();
    let expected = [
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "THIRD-PARTY-NOTICES.txt",
        "doc/abi.md",
        "examples/CMakeLists.txt",
        "examples/key_vault.c",
        "examples/purge.c",
        "examples/report.c",
        "include/exrun.h",
        "lib/cmake/exrun/exrun-config-version.cmake",
        "lib/cmake/exrun/exrun-config.cmake",
        "lib/libexrun.a",
        "lib/libexrun.so",
        "lib/pkgconfig/exrun-static.pc",
        "lib/pkgconfig/exrun.pc",
    ];
    assert_eq!(found, expected);
    for name in found.iter().filter(|name| !name.starts_with("lib/libexrun") && !name.starts_with("doc/")) {
        let text = std::fs::read_to_string(folder.join(name))?;
        assert!(!text.contains("@VERSION@") && !text.contains("@S"), "{name} has a gap: {text}");
    }
    let notices = std::fs::read_to_string(folder.join("THIRD-PARTY-NOTICES.txt"))?;
    assert!(notices.contains("OpenSSL") && notices.contains("SQLite") && notices.contains("tokio"), "{notices}");
    Ok(())
}

#[test]
fn the_static_library_shows_nothing_but_the_header() -> Outcome {
    let Some(folder) = unpacked() else { return missing() };
    let library = folder.join("lib/libexrun.a");
    let output = built::succeeds("nm", Command::new("nm").args(["-g", "--defined-only", "-P"]).arg(library));
    let text = String::from_utf8(output.stdout)?;
    let shown: BTreeSet<&str> =
        text.lines().filter(|line| !line.ends_with(':')).filter_map(|line| line.split(' ').next()).collect();
    let header = built::header();
    let declared: BTreeSet<&str> =
        header.lines().filter_map(|line| line.strip_prefix("int32_t ")?.split('(').next()).collect();
    assert!(declared.len() > 40);
    assert_eq!(shown, declared);
    Ok(())
}

#[test]
fn pkg_config_builds_the_example_with_the_shared_library() -> Outcome {
    with_pkg_config("exrun", "-Wl,-rpath,$PWD/lib", true)
}

#[test]
fn pkg_config_builds_the_example_with_the_static_library() -> Outcome {
    with_pkg_config("exrun-static", "", false)
}

#[test]
fn cmake_builds_the_examples_with_the_shared_library() -> Outcome {
    with_cmake("OFF", true)
}

#[test]
fn cmake_builds_the_examples_with_the_static_library() -> Outcome {
    with_cmake("ON", false)
}

/// As the archive's README says.
fn with_pkg_config(package: &str, more: &str, is_shared: bool) -> Outcome {
    let Some(folder) = unpacked() else { return missing() };
    if !is_there("pkg-config") {
        return required("the archive for C with pkg-config", "pkg-config is not installed");
    }
    let program = scratch().join(format!("report-{package}"));
    let line = format!("cc examples/report.c $(pkg-config --cflags --libs {package}) {more} -o \"$PROGRAM\"");
    let mut command = Command::new("sh");
    command.args(["-ec", &line]).current_dir(folder).env("PROGRAM", &program);
    built::succeeds("building with pkg-config", command.env("PKG_CONFIG_PATH", folder.join("lib/pkgconfig")));
    judge(&program, is_shared)
}

fn with_cmake(is_static: &str, is_shared: bool) -> Outcome {
    let Some(folder) = unpacked() else { return missing() };
    if !is_there("cmake") {
        return required("the archive for C with CMake", "cmake is not installed");
    }
    let made = scratch().join(format!("cmake-static-{is_static}"));
    let mut command = Command::new("cmake");
    command.arg("-S").arg(folder.join("examples")).arg("-B").arg(&made);
    command.arg(format!("-DCMAKE_PREFIX_PATH={}", folder.display())).arg(format!("-DEXRUN_STATIC={is_static}"));
    built::succeeds("cmake", &mut command);
    built::succeeds("building with CMake", Command::new("cmake").arg("--build").arg(&made));
    for other in ["key_vault", "purge"] {
        assert!(made.join(other).is_file(), "{other}");
    }
    judge(&made.join("report"), is_shared)
}

/// The program needs the shared library or does not, and reports as every example does.
fn judge(program: &Path, is_shared: bool) -> Outcome {
    let output = built::succeeds("readelf", Command::new("readelf").arg("-d").arg(program));
    let needed = String::from_utf8(output.stdout)?;
    assert_eq!(needed.contains("[libexrun.so]"), is_shared, "{needed}");
    Tenant::start()?.report(program, &[])
}

/// The folder that comes out of the archive with the library of this test; none on other systems than Linux.
pub(crate) fn unpacked() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = || {
        if !cfg!(target_os = "linux") || !is_there("cc") || !is_there("ld") {
            return None;
        }
        let folder = scratch();
        let _ = std::fs::remove_dir_all(&folder);
        let mut pack = Command::new(xtask());
        pack.args(["package", "--sdk", "--from"]).arg(built::library()).arg("--into").arg(&folder);
        built::succeeds("packing the archive", &mut pack);
        let version = env!("CARGO_PKG_VERSION");
        let name = match std::env::consts::ARCH {
            "aarch64" => format!("exrun-{version}-linux-arm64"),
            _ => format!("exrun-{version}-linux-x64"),
        };
        let mut unpack = Command::new("tar");
        unpack.arg("-xzf").arg(folder.join(format!("{name}.tar.gz"))).arg("-C").arg(&folder);
        built::succeeds("unpacking the archive", &mut unpack);
        // As large as everything in it.
        let _ = std::fs::remove_file(folder.join(format!("{name}.tar.gz")));
        Some(folder.join(name))
    };
    FOLDER.get_or_init(made).as_deref()
}

/// The program that packs: that which runs this test, else the one that was built last.
fn xtask() -> PathBuf {
    let named = std::env::var_os("EXRUN_XTASK").map(PathBuf::from);
    let program = named.unwrap_or_else(|| target().join(format!("xtask{}", std::env::consts::EXE_SUFFIX)));
    assert!(program.is_file(), "there is no program at {}: cargo build --workspace", program.display());
    program
}

fn missing() -> Outcome {
    required("the archive for C", "it is made on Linux, with a C compiler and binutils")
}

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("sdk")
}
