//! The library for Windows, built on Linux: by a Rust compiler that builds for other systems, and by the linker of
//! `gcc-mingw-w64-x86-64-posix`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::native::compiler;
use crate::{tools, workspace};

/// The one system that is built for from another.
pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";

/// The name under which .NET knows it.
pub(crate) const RUNTIME: &str = "win-x64";

pub(super) const LINKER: &str = "x86_64-w64-mingw32-gcc";
pub(super) const RESOURCES: &str = "x86_64-w64-mingw32-windres";

/// What is missing to build it; nothing where all is there.
pub(crate) fn is_missing() -> Option<String> {
    let programs = [LINKER, RESOURCES];
    if let Some(program) = programs.into_iter().find(|program| tools::on_path(program).is_none()) {
        return Some(format!("{program} was not found: apt-get install gcc-mingw-w64-x86-64-posix"));
    }
    compiler::is_missing()
}

/// Builds the library by a profile, with all its warnings as errors, and gives where it is.
///
/// # Errors
///
/// When something is missing, or it cannot be built.
pub(crate) fn library(profile: &str) -> Result<PathBuf> {
    if let Some(why) = is_missing() {
        bail!("building for {TARGET}: {why}");
    }
    let mut command = Command::new(compiler::cargo());
    compiler::choose(&mut command)?;
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", LINKER);
    // Of the workspace alone: cargo keeps the warnings of dependencies to itself.
    command.env("CARGO_BUILD_WARNINGS", "deny");
    command.args(["rustc", "--package", "exrun", "--lib", "--crate-type", "cdylib", "--locked", "--profile", profile]);
    command.args(["--target", TARGET, compiler::STANDARD_LIBRARY, "-Zwarnings"]);
    let status = command.status().with_context(|| format!("starting {}", compiler::cargo().display()))?;
    if !status.success() {
        bail!("building the library for {TARGET} failed; see above");
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(workspace::built(TARGET)?.join(folder).join("exrun.dll"))
}

/// Compiles a program in C, or with `-shared` a library, for Windows.
///
/// # Errors
///
/// When it cannot be compiled.
pub(crate) fn compile(source: &Path, output: &Path, further: &[&str]) -> Result<()> {
    let mut command = Command::new(LINKER);
    command.args(["-O2", "-s"]).arg("-o").arg(output).arg(source).args(further);
    let done = command.output().with_context(|| format!("starting {LINKER}"))?;
    if !done.status.success() {
        bail!("compiling {}: {}", source.display(), String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}
