//! `cargo xtask soak`: runs that are disturbed in every way the emulator knows, and killed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::bench::prepare;
use crate::{emulator, package, workspace};

/// How much a soak does.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Mailboxes of each run.
    pub(crate) mailboxes: u64,
    /// How often a run is killed.
    pub(crate) kills: u32,
}

/// What a person asks for by `cargo xtask soak`.
pub(crate) const WHOLE: Extent = Extent { mailboxes: 100_000, kills: 20 };
/// What is part of `cargo xtask test`.
pub(crate) const SHORT: Extent = Extent { mailboxes: 10_000, kills: 3 };

/// Soaks the library as it is given to users.
///
/// # Errors
///
/// When something cannot be built, or a check fails; what failed was printed.
pub(crate) fn run(extent: Extent) -> Result<()> {
    println!("building: the library as it is given to users, the emulator with optimisation ...");
    package::build()?;
    let built = workspace::cargo(&["build", "--release", "--package", "exrun-emulator"]).status();
    if !built.context("starting cargo")?.success() {
        bail!("building the emulator failed; see above");
    }
    let status = command(extent, "dist", "release")?.status().context("starting python3, which a soak needs")?;
    if !status.success() {
        bail!("the soak found something wrong; see above");
    }
    Ok(())
}

/// The soak as a command: the library of one profile, the emulator of another.
///
/// # Errors
///
/// When its folder or certificate cannot be made.
pub(crate) fn command(extent: Extent, library: &str, emulator_profile: &str) -> Result<Command> {
    let folder = workspace::built("soak")?;
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let library = workspace::library(library)?;
    let key = prepare::make_certificate(&folder, &folder.join("app.pfx"), &library)?;
    fs::write(folder.join("manifest.json"), emulator::manifest(&key)).context("writing the manifest")?;

    let here: PathBuf = workspace::root().join("xtask").join("src").join("soak");
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(here.join("soak.py"))
        .arg(&folder)
        .arg(workspace::program(emulator_profile, "exrun-emulator")?);
    command.arg(workspace::root().join("examples").join("python"));
    command.args([extent.mailboxes.to_string(), extent.kills.to_string()]).env("EXRUN_LIBRARY", library);
    workspace::clean(&mut command);
    Ok(command)
}
