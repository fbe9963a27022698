//! The recipes that run elsewhere: workflows, the image, clusters, units of systemd. Programs of others check their form, and
//! `tests/interop/recipes.py` what they must hold.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "in a test an unwrap is an assertion; what is left out is said"
)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "support/programs.rs"]
mod programs;
#[path = "programs/mod.rs"]
mod shells;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A checker that lies beside the Python of other people's programs, or on the PATH. Without it the test says so; in CI it
/// must be there, but for the one that is in Go.
fn checker(name: &str) -> Option<PathBuf> {
    let beside = programs::python_with("yaml").map(|python| python.with_file_name(name)).filter(|path| path.exists());
    let found = beside.or_else(|| {
        let paths = env::var_os("PATH")?;
        env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.exists())
    });
    if found.is_none() {
        assert!(
            !programs::are_required() || name == "actionlint",
            "{name} is required and is not there: .ci/run installs it"
        );
        println!("LEFT OUT: {name} is not installed: what it checks is NOT checked");
    }
    found
}

fn holds(command: &mut Command) {
    let output = command.current_dir(root()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} has no .{ending}");
    files
}

#[test]
fn workflows_are_of_the_form_that_the_service_reads() {
    if let Some(program) = checker("check-jsonschema") {
        let workflows = files(".github/workflows", "yml");
        holds(Command::new(program).args(["--builtin-schema", "vendor.github-workflows"]).args(workflows));
    }
}

#[test]
fn workflows_say_what_they_mean() {
    if let Some(program) = checker("actionlint") {
        // Its own rules; the scripts within are short.
        holds(Command::new(program).args(["-shellcheck=", "-pyflakes="]).args(files(".github/workflows", "yml")));
    }
}

#[test]
fn workflows_give_nobody_more_than_they_need() {
    if let Some(program) = checker("zizmor") {
        holds(Command::new(program).args([
            "--offline",
            "--no-progress",
            "--config",
            ".github/zizmor.yml",
            ".github/workflows",
        ]));
    }
}

#[test]
fn the_image_is_made_by_the_rules() {
    if let Some(program) = checker("hadolint") {
        holds(Command::new(program).arg("Containerfile"));
    }
}

#[test]
fn clusters_take_the_examples() {
    if let Some(program) = checker("kubernetes-validate") {
        holds(Command::new(program).arg("--strict").args(files("examples/kubernetes", "yaml")));
    }
}

#[test]
fn recipes_hold_what_is_promised_of_them() {
    if let Some(python) = programs::python_with("yaml") {
        holds(Command::new(python).arg("-B").arg("tests/interop/recipes.py").arg(root()));
    }
}

/// Those for Windows PowerShell 5.1 too, whose parser takes less: what it does not know `Framework.Tests.ps1` looks for.
#[test]
fn scripts_of_workflows_parse() {
    let Some(shell) = shells::powershell() else {
        shells::left_out("scripts of workflows", "PowerShell is not installed").unwrap();
        return;
    };
    for script in files(".github", "ps1") {
        let read = format!(
            "$e = $null; [void] [System.Management.Automation.Language.Parser]::ParseFile('{}', [ref] $null, [ref] $e); $e; exit $e.Count",
            script.display()
        );
        holds(Command::new(&shell).args(["-NoProfile", "-NonInteractive", "-Command", &read]));
    }
}
