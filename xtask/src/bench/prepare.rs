//! What a run against the emulator needs before it can start: a certificate, and a token for those who cannot get one.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// Makes a certificate; gives the content of its key file.
///
/// # Errors
///
/// When Python is not there, or the library refuses.
pub(crate) fn make_certificate(folder: &Path, pfx: &Path, library: &Path) -> Result<String> {
    let key_file = folder.join("KeyCreds.txt");
    said(command(library).arg("certificate").args([pfx, &key_file]), "making a certificate")?;
    fs::read_to_string(&key_file).with_context(|| format!("reading {}", key_file.display()))
}

/// `prepare.py`, up to its subcommand.
pub(super) fn command(library: &Path) -> Command {
    let mut command = Command::new("python3");
    command.args(["-B", "-c", include_str!("prepare.py")]);
    command.arg(workspace::root().join("examples").join("python"));
    command.env("EXRUN_LIBRARY", library);
    command
}

/// What a command printed.
pub(super) fn said(command: &mut Command, what: &str) -> Result<String> {
    let output = command.output().context("starting python3, which this needs")?;
    if !output.status.success() {
        bail!("{what}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
