//! `cargo xtask fuzz`: the targets of `tests/fuzz`, for a time instead of a number of inputs.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Tries other inputs each time; says the seed by which they come again. Only `targets`, parts of their names, where there
/// are any.
pub(crate) fn run(minutes: &str, targets: &[&str]) -> Result<()> {
    let minutes: u64 = minutes.parse().context("the minutes must be a whole number")?;
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).context("reading the clock")?.as_secs().to_string();
    // What does not build is no input's fault.
    let build = ["test", "--workspace", "--test", "fuzz", "--no-run"];
    if !workspace::cargo(&build).status().context("starting cargo")?.success() {
        bail!("the targets do not build");
    }
    println!("EXRUN_FUZZ_SEED={seed}, {minutes} minutes a target");
    let mut command = workspace::cargo(&["test", "--workspace", "--test", "fuzz", "--", "--nocapture"]);
    command.args(targets);
    command.env("EXRUN_FUZZ_SECONDS", (minutes * 60).to_string()).env("EXRUN_FUZZ_SEED", seed);
    if !command.status().context("starting cargo")?.success() {
        bail!("an input fails: it is named above; make a test of it");
    }
    Ok(())
}
