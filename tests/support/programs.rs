//! Programs that others wrote and that judge ours: the Python and the Node that have them.
//!
//! Their packages are pinned in `tests/interop`. What is missing is left out, which CI does not allow.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::print_stdout,
    reason = "shared by tests: each uses its own part, and says what was left out"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python of `EXRUN_INTEROP_PYTHON`, else of the environment that `.ci/run` makes, where it has a module.
pub fn python_with(module: &str) -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/interop/venv/bin/python");
    let named = std::env::var_os("EXRUN_INTEROP_PYTHON").filter(|path| !path.is_empty()).map(PathBuf::from);
    let python = named.or_else(|| made.exists().then_some(made)).filter(|python| {
        let import = ["-c", &format!("import {module}")];
        Command::new(python).args(import).output().is_ok_and(|output| output.status.success())
    });
    found(python, &format!("EXRUN_INTEROP_PYTHON names no Python that has {module}"))
}

/// Node, where the packages of `tests/interop/package-lock.json` are installed.
pub fn node() -> Option<PathBuf> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/node_modules/oidc-provider");
    let runs = || Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let node = (packages.exists() && runs()).then(|| PathBuf::from("node"));
    found(node, "the packages of tests/interop are not installed, or there is no node: npm ci")
}

/// The same, and a Chromium to be steered.
pub fn node_with_browser() -> Option<(PathBuf, PathBuf)> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/node_modules/playwright-core");
    let node = found(node().filter(|_| packages.exists()), "the packages of tests/interop are older: npm ci")?;
    let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let browser = ["chromium", "chromium-browser", "google-chrome"].iter().find(|name| runs(name)).map(PathBuf::from);
    Some((node, found(browser, "there is no chromium")?))
}

/// Whether they must be there, as in CI.
pub fn are_required() -> bool {
    std::env::var_os("EXRUN_REQUIRE_INTEROP").is_some_and(|value| value == "1")
}

fn found(program: Option<PathBuf>, missing: &str) -> Option<PathBuf> {
    assert!(program.is_some() || !are_required(), "{missing}");
    if program.is_none() {
        println!("LEFT OUT: {missing}");
    }
    program
}
