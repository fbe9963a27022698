//! The static library with nothing of its own to be seen but the functions of the header.
//!
//! As cargo makes it, it shows every function of OpenSSL, SQLite and Rust. A program that has an OpenSSL of its own would not
//! link with it, or with half of either.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::system::System;
use crate::tools;

/// Sections for the debugger and for compilers that take bitcode: nothing of them reaches a program.
const LEFT_OUT: [&str; 3] = [".llvmbc", ".llvmcmd", ".comment"];

/// The library with what these functions need, as one object that shows only them, in this folder.
///
/// # Errors
///
/// When the tools of the system (binutils) are missing or fail.
pub(super) fn only(library: &Path, functions: &BTreeSet<String>, system: &System, folder: &Path) -> Result<PathBuf> {
    let (whole, shown, archive) = (folder.join("whole.o"), folder.join("exrun.o"), folder.join("libexrun.a"));
    // -d: variables that C declares without a value get their place now; later they could be hidden no more.
    let mut link = tool("ld", system)?;
    link.args(["-r", "-d", "--gc-sections"]).args(functions.iter().flat_map(|name| ["-u", name]));
    run(link.arg("-o").arg(&whole).arg(library))?;
    let mut hide = tool("objcopy", system)?;
    hide.arg("--strip-unneeded").args(LEFT_OUT.iter().flat_map(|name| ["-R", name]));
    hide.args(functions.iter().map(|name| format!("--keep-global-symbol={name}")));
    run(hide.arg(&whole).arg(&shown))?;
    run(tool("ar", system)?.arg("rcsD").arg(&archive).arg(&shown))?;
    Ok(archive)
}

/// A tool that knows the system's objects: that with the system's name before its own, else this machine's.
fn tool(name: &str, system: &System) -> Result<Command> {
    let found = tools::on_path(&format!("{}{name}", system.tools)).or_else(|| tools::on_path(name));
    Ok(Command::new(found.with_context(|| format!("{name} is not installed (Debian: binutils)"))?))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("starting {}", command.get_program().display()))?;
    if !output.status.success() {
        let name = command.get_program().display();
        bail!("{name} failed on the static library: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
