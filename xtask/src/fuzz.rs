//! `cargo xtask fuzz`: the targets of `tests/fuzz`, for a time instead of a number of inputs.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::{stage, workspace};

const TARGETS: [&str; 4] = ["test", "--workspace", "--test", "fuzz"];

/// Tries other inputs each time; says the seed by which they come again. Only `targets`, parts of their names, where there
/// are any.
pub(crate) fn run(minutes: &str, targets: &[&str]) -> Result<()> {
    let minutes: u64 = minutes.parse().context("the minutes must be a whole number")?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).context("reading the clock")?.as_secs().to_string();
    // What does not build is no input's fault.
    if !workspace::cargo(&TARGETS).arg("--no-run").status().context("starting cargo")?.success() {
        bail!("the targets do not build");
    }
    check(targets)?;
    println!("EXRUN_FUZZ_SEED={seed}, {minutes} minutes a target");
    let mut command = workspace::cargo(&TARGETS);
    command.args(["--", "--nocapture"]).args(targets);
    command.env("EXRUN_FUZZ_SECONDS", (minutes * 60).to_string()).env("EXRUN_FUZZ_SEED", seed);
    if !command.status().context("starting cargo")?.success() {
        bail!("an input fails: it is named above; make a test of it");
    }
    Ok(())
}

/// A name that none of the targets has would try nothing, and find nothing.
fn check(targets: &[&str]) -> Result<()> {
    let listed = stage::run(workspace::cargo(&TARGETS).args(["--", "--list"]))?;
    if !listed.success {
        bail!("the targets cannot be listed:\n{}", listed.text);
    }
    let known: Vec<&str> = listed.text.lines().filter_map(|line| line.strip_suffix(": test")).collect();
    match targets.iter().find(|target| !known.iter().any(|name| name.contains(**target))) {
        Some(target) => bail!("no target is called {target}; there are {}", known.join(", ")),
        None => Ok(()),
    }
}
