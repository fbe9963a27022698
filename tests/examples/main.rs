//! The examples, run as a user runs them: the same report from each language, of a tenant that throttles and has
//! mailboxes that fail, compared with what the tenant has.

#[path = "../abi/support.rs"]
#[allow(dead_code, reason = "made for the tests of the C ABI; these use the library and little else")]
mod built;
mod languages;
#[path = "../programs/mod.rs"]
mod programs;
mod sdk;
mod tenant;

use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use programs::{is_there, left_out, powershell};
use tenant::{MAILBOXES, SOME_FAILED, Tenant};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn c_reports_every_mailbox() -> Outcome {
    if !is_there("cc") {
        return left_out("the C example", "cc is not installed");
    }
    let tenant = Tenant::start()?;
    let program = compile("report")?;
    tenant.report(&program, &[])
}

#[test]
fn c_plans_a_purge_and_does_it() -> Outcome {
    if !is_there("cc") {
        return left_out("the C example of a purge", "cc is not installed");
    }
    let tenant = Tenant::start()?;
    let program = compile("purge")?;
    // Two that can be read.
    let message = serde_json::json!({"subject": "Invoice", "from": {"emailAddress": {"address": "eve@evil.example"}}});
    let whole: Vec<u64> =
        (0..MAILBOXES).filter(|index| tenant.emulator.population().broken(*index).is_none()).take(2).collect();
    for index in &whole {
        tenant.emulator.plant(*index, &message, &serde_json::json!([]))?;
    }
    let purge = |what: &str, given: &str| {
        let mut command = Command::new(&program);
        command.current_dir(tenant.folder.path()).args([DEFAULT_TENANT, DEFAULT_APP_ID, "open.pfx", what, given]);
        tenant.environment(&mut command);
        let output = command.output()?;
        Ok::<_, Box<dyn Error>>((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    assert_eq!(purge("plan", "eve@evil.example")?.0, Some(0));
    assert!(tenant.emulator.state().writes_by_mailbox.is_empty());
    let (status, said) = purge("apply", "1")?;
    assert_eq!(status, Some(1));
    assert!(said.contains("maximum"), "{said}");
    for _ in 0..2 {
        // The second time all is done, and says so again.
        assert_eq!(purge("apply", "2")?, (Some(0), String::new()));
        let written: Vec<u64> = tenant.emulator.state().writes_done_by_mailbox.into_keys().collect();
        assert_eq!(written, whole);
    }
    assert!(tenant.file("undo.jsonl").is_file());
    Ok(())
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

/// Compiles a C example as its first lines say, with every warning an error.
fn compile(name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let root = built::repository();
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let library = built::library();
    let folder = library.parent().ok_or("the library has no folder")?;
    let mut command = Command::new("cc");
    command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow", "-I"]);
    command.arg(root.join("include")).arg(root.join(format!("examples/c/{name}.c"))).arg("-o").arg(&program);
    command.arg("-L").arg(folder).arg("-lexrun").arg(format!("-Wl,-rpath,{}", folder.display()));
    built::succeeds("compiling the C example", &mut command);
    Ok(program)
}

/// Where cargo puts what it builds with this test.
fn target() -> PathBuf {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(profile)
}
