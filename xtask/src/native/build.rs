//! The library for one system, built on this machine by one of two profiles.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::elf::Glibc;
use super::{OLDEST_GLIBC, System, compiler};
use crate::{tools, windows, workspace};

/// How much the compiler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As little as can be, for trials.
    Quick,
    /// All it can, for users.
    Full,
}

impl Profile {
    /// Its name for cargo, and that of the folder that cargo fills.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Quick => ("trial", "trial"),
            Self::Full => ("dist", "dist"),
        }
    }
}

/// What was built.
pub(crate) struct Built {
    /// The shared library; the static one, where there is one, lies beside it.
    pub(crate) library: PathBuf,
    /// The oldest glibc that it was linked for; none where that is this machine's, or there is no glibc.
    pub(crate) glibc: Option<Glibc>,
}

/// Builds it.
///
/// # Errors
///
/// When what builds for that system is missing, or the library cannot be built.
pub(crate) fn build(system: &System, profile: Profile) -> Result<Built> {
    let is_own = System::of_this_machine().is_ok_and(|own| own.rid == system.rid);
    match std::env::consts::OS {
        "linux" if system.is_linux() => match tools::cargo_zigbuild() {
            Some(program) => for_old_glibc(&program, system, profile),
            None if is_own && !tools::is_set("EXRUN_REQUIRE_ZIGBUILD") => {
                println!(
                    "cargo-zigbuild was not found (pip install -r xtask/src/native/requirements.txt, or name it in \
                     EXRUN_CARGO_ZIGBUILD): the library will need this system's glibc, or a newer one"
                );
                plain(system, profile)
            }
            None => bail!(
                "building for {}: cargo-zigbuild was not found: pip install -r xtask/src/native/requirements.txt, or name it \
                 in EXRUN_CARGO_ZIGBUILD",
                system.rid
            ),
        },
        "linux" if system.rid == windows::build::RUNTIME => {
            let library = windows::build::library(profile.names().0)?;
            Ok(Built { library, glibc: None })
        }
        _ if is_own => plain(system, profile),
        // The compiler and the linker of macOS and of Windows build for both of their processors.
        "macos" | "windows" if system.is_of_this_kind() => for_target(system, profile),
        other => bail!("the library for {} cannot be built on {other}", system.rid),
    }
}

/// By the compiler and the linker of this machine, for itself.
fn plain(system: &System, profile: Profile) -> Result<Built> {
    let (name, folder) = profile.names();
    let arguments = ["build", "--locked", "--profile", name, "--package", "exrun", "--lib"];
    run(workspace::cargo(&arguments), system)?;
    Ok(Built { library: workspace::built(folder)?.join(system.library), glibc: None })
}

/// By the compiler and the linker of this machine, for its other processor.
fn for_target(system: &System, profile: Profile) -> Result<Built> {
    let (name, folder) = profile.names();
    let arguments = ["build", "--locked", "--profile", name, "--package", "exrun", "--lib", "--target", system.target];
    run(workspace::cargo(&arguments), system)?;
    Ok(Built { library: workspace::built(system.target)?.join(folder).join(system.library), glibc: None })
}

/// By zig's compiler and linker, which have the symbols of every glibc.
fn for_old_glibc(program: &Path, system: &System, profile: Profile) -> Result<Built> {
    let (name, folder) = profile.names();
    let mut command = Command::new(program);
    command.current_dir(workspace::root());
    workspace::clean(&mut command);
    let target = format!("{}.{OLDEST_GLIBC}", system.target);
    command.args(["zigbuild", "--locked", "--profile", name, "--package", "exrun", "--lib", "--target", &target]);
    if let Some(why) = is_missing(system) {
        bail!("building for {}: {why}", system.rid);
    }
    if !has_standard_library(system.target) {
        compiler::choose(&mut command)?;
        command.arg(compiler::STANDARD_LIBRARY);
    }
    // zig comes as a package of the Python that lies beside the program.
    if let Some(beside) = program.parent() {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(beside.to_owned()).chain(std::env::split_paths(&old));
        command.env("PATH", std::env::join_paths(paths).context("the PATH has a folder that cannot be named")?);
    }
    run(command, system)?;
    let library = workspace::built(system.target)?.join(folder).join(system.library);
    Ok(Built { library, glibc: Some(OLDEST_GLIBC) })
}

/// What the compiler lacks for a system.
pub(super) fn is_missing(system: &System) -> Option<String> {
    let why = if has_standard_library(system.target) { None } else { compiler::is_missing() };
    why.map(|why| format!("the compiler has no standard library for it, and {why}"))
}

/// Whether the compiler of this machine has the standard library for a target.
fn has_standard_library(target: &str) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let asked = Command::new(rustc).args(["--print", "target-libdir", "--target", target]).output();
    let folder =
        asked.ok().filter(|asked| asked.status.success()).and_then(|asked| String::from_utf8(asked.stdout).ok());
    folder.is_some_and(|folder| Path::new(folder.trim()).is_dir())
}

fn run(mut command: Command, system: &System) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("starting {name}"))?;
    if !status.success() {
        bail!("building the library for {} failed; see above", system.rid);
    }
    Ok(())
}
