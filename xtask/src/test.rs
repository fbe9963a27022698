//! `cargo xtask test`: every check and every test, one line a stage, and the counts added up.

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::report::Report;
use crate::tally::{self, Tally};
use crate::{native, pester, soak, stage, tools, windows, workspace};

/// Runs everything. The last line printed is `N passed, N failed, N skipped`.
pub(crate) fn run() -> ExitCode {
    let mut report = Report::default();

    report.check("format", || stage::run(&mut workspace::cargo(&["fmt", "--all", "--check"])));
    report.check("header", || stage::run(Command::new(std::env::current_exe()?).args(["header", "--check"])));
    report.check("module", || stage::run(Command::new(std::env::current_exe()?).args(["module", "--check"])));
    report.check("frozen", || stage::run(Command::new(std::env::current_exe()?).args(["frozen", "--check"])));
    report.check("lints", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        stage::run(&mut workspace::cargo(&arguments))
    });
    report.check("documentation", || {
        let mut command = workspace::cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
        stage::run(command.env("RUSTDOCFLAGS", "-D warnings"))
    });
    dependencies(&mut report);
    // All targets at once and first: the tests then find the library and the emulator's program, and no later
    // call selects other features and builds OpenSSL a second time.
    let built = report.check("build", || stage::run(&mut workspace::cargo(&["build", "--workspace", "--all-targets"])));
    if built {
        report.tests("Rust, C and Python tests", || {
            let arguments = ["test", "--workspace", "--no-fail-fast", "--", "--show-output"];
            let mut command = workspace::cargo(&arguments);
            // This program by its name: the build above may have put another in the place of the one that runs.
            let xtask = workspace::built("debug")?.join(format!("xtask{}", std::env::consts::EXE_SUFFIX));
            command.env("EXRUN_LIBRARY", workspace::library("debug")?).env("EXRUN_XTASK", xtask);
            let mut ended = stage::run(&mut command)?;
            let left_out = tally::left_out(&ended.text);
            let tally = Tally::of_cargo(&ended.text).with_status(ended.success).moved_to_skipped(left_out.len() as u64);
            ended.text = tally::without_successes(&ended.text);
            Ok((ended, tally, left_out))
        });
        powershell(&mut report);
        windows::chosen_tests(&mut report);
        native::trial::other_processor(&mut report);
        soak(&mut report);
    }
    report.end()
}

/// What the workspace is made of, by `deny.toml`.
pub(crate) fn dependencies(report: &mut Report) {
    const STAGE: &str = "dependencies";
    let Some(program) = tools::cargo_deny() else {
        let why = "cargo-deny was not found, so licences, sources and duplicates of the dependencies are NOT checked: \
                   cargo install --locked cargo-deny, or name it in EXRUN_CARGO_DENY";
        report.absent(STAGE, tools::is_set("EXRUN_REQUIRE_DENY"), why);
        return;
    };
    // An entry of deny.toml that nothing needs any more is a warning, and so a failure.
    let deny = |first: &[&str], checks: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--workspace", "--locked"]).args(first).args(["check", "-D", "warnings"]).args(checks);
        workspace::clean(&mut command);
        stage::run(command.current_dir(workspace::root()))
    };
    report.check(STAGE, || deny(&[], &["bans", "licenses", "sources"]));
    if tools::has_advisories() {
        report.check("advisories", || deny(&["--offline"], &["advisories"]));
    } else {
        let why = "there is no database of advisories here, so known holes of the dependencies are NOT looked for: \
                   cargo deny fetch db";
        report.absent("advisories", false, why);
    }
}

/// The tests of the PowerShell module, against the emulator.
fn powershell(report: &mut Report) {
    const STAGE: &str = "PowerShell tests";
    let Some(program) = tools::powershell() else {
        let required = tools::is_set("EXRUN_REQUIRE_PWSH");
        report.absent(
            STAGE,
            required,
            "PowerShell was not found, so the module ExRun is NOT tested: install it, or name it in EXRUN_PWSH",
        );
        return;
    };
    // Which one it was: several may be installed.
    let mut shell = None;
    report.tests(STAGE, || {
        let tests = workspace::root().join("tests").join("powershell");
        let (library, emulator) = (workspace::library("debug")?, workspace::program("debug", "exrun-emulator")?);
        let started = Instant::now();
        // They start the emulator themselves, for an app whose manifest the tests write.
        let (mut ended, tally, left_out) = pester::all(&pester::every_file()?, |file| {
            let mut command = Command::new(&program);
            command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(tests.join("Invoke-Tests.ps1"));
            command.arg(tests.join(file)).current_dir(workspace::root());
            command.env("EXRUN_LIBRARY", &library).env("EXRUN_EMULATOR", &emulator).env("NO_COLOR", "1");
            workspace::clean(&mut command);
            Ok(command)
        })?;
        ended.took = started.elapsed();
        shell = ended.text.lines().find(|line| line.starts_with(pester::SHELL)).map(str::to_owned);
        Ok((ended, tally, left_out))
    });
    if let Some(shell) = shell {
        println!("  {shell}");
    }
}

/// A short soak with what the tests built.
fn soak(report: &mut Report) {
    if tools::on_path("python3").is_none() {
        report.absent("soak", false, "python3 was not found, so runs that are killed and resumed are NOT tested");
        return;
    }
    report.tests("soak", || {
        let ended = stage::run(&mut soak::command(soak::SHORT, "debug", "debug")?)?;
        let tally = Tally::of_soak(&ended.text).unwrap_or(Tally::one(false)).with_status(ended.success);
        Ok((ended, tally, Vec::new()))
    });
}
