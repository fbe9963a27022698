//! The examples, run as a user runs them: the same report from each language, of a tenant that throttles and has
//! mailboxes that fail, compared with what the tenant has.

#[path = "abi/support.rs"]
#[allow(dead_code, reason = "made for the tests of the C ABI; these use the library and little else")]
mod built;
mod programs;

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use exrun::certificate::{self, CreateRequest};
use exrun::secret::Secret;
use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};
use jiff::Timestamp;
use programs::{is_there, left_out, powershell};

type Outcome = Result<(), Box<dyn Error>>;

const MAILBOXES: u64 = 5000;
const HEADER: [&str; 5] = ["MailboxName", "Language", "Locale", "TimeZone", "AutomaticReplyStatus"];
/// What an example ends with when it has a row for every mailbox, and some could not be read.
const SOME_FAILED: i32 = 2;

#[test]
fn c_reports_every_mailbox() -> Outcome {
    if !is_there("cc") {
        return left_out("the C example", "cc is not installed");
    }
    let tenant = Tenant::start()?;
    let program = compile()?;
    tenant.report(&program, &[])
}

#[test]
fn python_reports_every_mailbox() -> Outcome {
    if !is_there("python3") {
        return left_out("the Python example", "python3 is not installed");
    }
    let script = built::repository().join("examples/python/report.py");
    Tenant::start()?.report(Path::new("python3"), &["-B".into(), script.into()])
}

#[test]
fn python_reports_every_mailbox_without_the_package() -> Outcome {
    if !is_there("python3") {
        return left_out("the Python example of the bare ABI", "python3 is not installed");
    }
    let script = built::repository().join("examples/python/bare_abi.py");
    // Without what Python brings along but the standard library.
    Tenant::start()?.report(Path::new("python3"), &["-B".into(), "-I".into(), script.into()])
}

#[test]
fn rust_reports_every_mailbox() -> Outcome {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // All targets, as the tests were built: a selection of them would build the library anew with other features,
    // below the feet of the tests that use it meanwhile.
    command.args(["build", "--quiet", "--workspace", "--all-targets"]).current_dir(built::repository());
    // What cargo set for this test would make build scripts that look at it run again, here and in the next build.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    built::succeeds("building the Rust example", &mut command);
    let program = target().join("examples").join(format!("report{}", std::env::consts::EXE_SUFFIX));
    Tenant::start()?.report(&program, &[])
}

#[test]
fn the_posts_script_reports_every_mailbox() -> Outcome {
    let Some(program) = powershell() else {
        return left_out("the PowerShell example", "PowerShell is not installed");
    };
    let tenant = Tenant::start()?;
    let root = built::repository();
    // The script takes the mailboxes as an array, which -File cannot pass; and it says no password.
    let call = format!(
        "& '{}' -TenantId {DEFAULT_TENANT} -ClientId {DEFAULT_APP_ID} -CertFileName open.pfx \
         -Mailbox (Get-Content mailboxes.txt) -ReportFileName report.csv",
        root.join("examples/powershell/mailbox-report.ps1").display()
    );
    let mut command = Command::new(program);
    command.args(["-NoProfile", "-NonInteractive", "-Command", &call]).current_dir(tenant.folder.path());
    command.env("PSModulePath", root.join("powershell"));
    tenant.environment(&mut command);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
    tenant.judge(&tenant.file("report.csv"))
}

#[test]
fn ray_spreads_the_report_over_a_cluster() -> Outcome {
    let Some(python) = interop_python("ray") else {
        return left_out("the Ray example", "EXRUN_INTEROP_PYTHON names no Python that has ray");
    };
    let tenant = Tenant::start()?;
    let mut command = Command::new(python);
    command.arg("-B").arg(built::repository().join("examples/ray/report.py"));
    command.args(["--tenant", DEFAULT_TENANT, "--client", DEFAULT_APP_ID, "--shards", "3"]);
    command.arg("--certificate").arg(tenant.file("open.pfx")).arg("--mailboxes").arg(tenant.file("mailboxes.txt"));
    command.arg("--folder").arg(tenant.file("shards")).arg("--out").arg(tenant.file("report.csv"));
    tenant.environment(&mut command);
    command.env("HOME", tenant.folder.path()).env("RAY_USAGE_STATS_ENABLED", "0").env_remove("RAY_ADDRESS");
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(SOME_FAILED), "{said}");
    assert!(said.contains(&format!("{MAILBOXES} rows, {} failed, of 3 shards", tenant.broken())), "{said}");
    // Not one of them twice, but for those that were throttled once.
    assert!(tenant.emulator.state().by_mailbox.values().all(|asked| *asked <= 2));
    tenant.judge(&tenant.file("report.csv"))
}

/// The Python with the packages of tests/interop, where it has this one.
fn interop_python(package: &str) -> Option<OsString> {
    let python = std::env::var_os("EXRUN_INTEROP_PYTHON").filter(|path| !path.is_empty());
    let found = python.filter(|python| {
        let tried = Command::new(python).args(["-c", &format!("import {package}")]).output();
        tried.is_ok_and(|output| output.status.success())
    });
    let required = std::env::var_os("EXRUN_REQUIRE_INTEROP").is_some_and(|value| value == "1");
    assert!(found.is_some() || !required, "EXRUN_INTEROP_PYTHON must name a Python that has {package}");
    found
}

/// A tenant with an app, its certificate, and the list of its mailboxes.
struct Tenant {
    emulator: Emulator,
    folder: tempfile::TempDir,
}

impl Tenant {
    fn start() -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::start(Config {
            mailboxes: MAILBOXES,
            throttle_percent: 1.0,
            broken_percent: 1.0,
            ..Config::default()
        })?;
        let folder = tempfile::tempdir()?;
        let mut locked = CreateRequest::new("ExRun example", folder.path().join("app.pfx"));
        locked.password = Some(Secret::new(b"correct horse".to_vec()));
        let open = CreateRequest::new("ExRun example", folder.path().join("open.pfx"));
        for request in [locked, open] {
            emulator.register_certificate(certificate::create(&request, Timestamp::now())?.certificate.der());
        }
        let population = emulator.population();
        let list: String = (0..MAILBOXES).map(|index| population.upn(index) + "\n").collect();
        std::fs::write(folder.path().join("mailboxes.txt"), list)?;
        Ok(Self { emulator, folder })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Environment that leads a program to this tenant.
    fn environment(&self, command: &mut Command) {
        command
            .env("EXRUN_CONNECT_TO", self.emulator.addr().to_string())
            .env("EXRUN_CA_FILE", self.emulator.ca_file())
            .env("EXRUN_LIBRARY", built::library())
            // The package, as its wheel would bring it.
            .env("PYTHONPATH", built::repository().join("bindings/python"))
            .env("PFX_PASSWORD", "correct horse");
    }

    /// Runs a program that takes the examples' common command line, and reads its report.
    fn report(&self, program: &Path, first: &[OsString]) -> Outcome {
        let out = self.file("report.csv");
        let mut command = Command::new(program);
        command.args(first).args(["--tenant", DEFAULT_TENANT, "--client", DEFAULT_APP_ID]);
        command.arg("--certificate").arg(self.file("app.pfx")).args(["--password-env", "PFX_PASSWORD"]);
        command.arg("--mailboxes").arg(self.file("mailboxes.txt")).arg("--out").arg(&out);
        self.environment(&mut command);
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(SOME_FAILED), "{said}");
        assert!(said.contains(&format!("{MAILBOXES} rows, {} failed", self.broken())), "{said}");
        assert_eq!(self.emulator.state().tokens_issued, 1);
        self.judge(&out)
    }

    fn broken(&self) -> usize {
        let population = self.emulator.population();
        (0..MAILBOXES).filter(|index| population.broken(*index).is_some()).count()
    }

    /// Compares a report with the tenant: the five columns, and one row a mailbox in the order of the list.
    fn judge(&self, report: &Path) -> Outcome {
        let read = read_csv(report)?;
        assert_eq!(read.first().map(Vec::as_slice), Some(HEADER.map(str::to_owned).as_slice()));
        assert_eq!(read.len() as u64, MAILBOXES + 1);
        for (index, row) in (0..MAILBOXES).zip(&read[1..]) {
            assert_eq!(*row, self.expected(index), "row {index}");
        }
        let state = self.emulator.state();
        assert!(
            state.statuses.get(&429).is_some_and(|count| *count > 20),
            "nothing was throttled: {:?}",
            state.statuses
        );
        Ok(())
    }

    fn expected(&self, index: u64) -> Vec<String> {
        let population = self.emulator.population();
        let settings = population.settings(index);
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let cells = match population.broken(index) {
            Some(_) => [const { String::new() }; 4],
            None => [
                text(&settings["language"]["displayName"]),
                text(&settings["language"]["locale"]),
                text(&settings["timeZone"]),
                pascal_case(&text(&settings["automaticRepliesSetting"]["status"])),
            ],
        };
        [population.upn(index)].into_iter().chain(cells).collect()
    }
}

/// `alwaysEnabled` as Outlook's own API wrote it: `AlwaysEnabled`.
fn pascal_case(camel: &str) -> String {
    let mut letters = camel.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A CSV file as the csv crate reads it, and, where Python is there, as Python does: they must agree.
fn read_csv(path: &Path) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    const PYTHON: &str = "import csv, json, sys\n\
        print(json.dumps(list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8-sig'), strict=True))))";
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
    let ours: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>()?;
    if is_there("python3") {
        let judged = Command::new("python3").args(["-c", PYTHON]).arg(path).output()?;
        let theirs: Vec<Vec<String>> = serde_json::from_slice(&judged.stdout)?;
        assert_eq!(ours, theirs);
    }
    Ok(ours)
}

/// Compiles the C example as its first lines say, with every warning an error.
fn compile() -> Result<PathBuf, Box<dyn Error>> {
    let root = built::repository();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report{}", std::env::consts::EXE_SUFFIX));
    let library = built::library();
    let folder = library.parent().ok_or("the library has no folder")?;
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-I"]);
    command.arg(root.join("include")).arg(root.join("examples/c/report.c")).arg("-o").arg(&program);
    command.arg("-L").arg(folder).arg("-lexrun").arg(format!("-Wl,-rpath,{}", folder.display()));
    built::succeeds("compiling the C example", &mut command);
    Ok(program)
}

/// Where cargo puts what it builds with this test.
fn target() -> PathBuf {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(profile)
}
