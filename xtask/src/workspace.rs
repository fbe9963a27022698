//! Where things are: the sources, what cargo built, and how to call cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The directory of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    // xtask/ is a member directly below the root.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A call of the cargo that runs this program, from the root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    clean(&mut command);
    command
}

/// Takes out what `cargo run` set for this program alone: build scripts that look at such variables would run
/// again, and the loader would search the build directories.
pub(crate) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "LD_LIBRARY_PATH" {
            command.env_remove(name);
        }
    }
}

/// The directory that cargo fills for a profile: `debug`, `release` or `dist`.
///
/// # Errors
///
/// When this program was not started from where cargo put it.
pub(crate) fn built(profile: &str) -> Result<PathBuf> {
    let program = std::env::current_exe().context("finding this program's own path")?;
    // <target>/debug/xtask: whatever CARGO_TARGET_DIR or a configuration file say, cargo has resolved it already.
    let target = program.ancestors().nth(2).context("finding the target directory: start this by `cargo xtask`")?;
    Ok(target.join(profile))
}

/// The shared library of a profile.
///
/// # Errors
///
/// Those of [`built`].
pub(crate) fn library(profile: &str) -> Result<PathBuf> {
    use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
    Ok(built(profile)?.join(format!("{DLL_PREFIX}exrun{DLL_SUFFIX}")))
}

/// A program of the workspace.
///
/// # Errors
///
/// Those of [`built`].
pub(crate) fn program(profile: &str, name: &str) -> Result<PathBuf> {
    Ok(built(profile)?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}
