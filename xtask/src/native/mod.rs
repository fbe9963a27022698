//! `cargo xtask natives`: the native library for each system, built, checked, and laid where packages take it from.
//!
//! Each lies in a folder of the name under which .NET knows the system, so that a package can be made of what several
//! machines have built: `dist/natives/linux-x64/libexrun.so`.

pub(crate) mod build;
pub(crate) mod compiler;
pub(crate) mod elf;
pub(crate) mod trial;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use object::elf::{EM_AARCH64, EM_X86_64, Machine};

pub(crate) use self::build::Profile;
use self::elf::Glibc;
use crate::{files, windows, workspace};

/// The oldest glibc that the library runs on: that of RHEL 8 and Debian 10.
pub(crate) const OLDEST_GLIBC: Glibc = Glibc(2, 28);

/// A system that the library is built for.
#[derive(Debug)]
pub(crate) struct System {
    /// The name under which .NET, and so the module, knows it.
    pub(crate) rid: &'static str,
    /// The one under which the Rust compiler does.
    pub(crate) target: &'static str,
    /// The file name of the shared library.
    pub(crate) library: &'static str,
}

/// All that the module has a name for, but Linux with musl: its message says that there is no library for that.
pub(crate) const SYSTEMS: [System; 6] = [
    System { rid: "linux-arm64", target: "aarch64-unknown-linux-gnu", library: "libexrun.so" },
    System { rid: "linux-x64", target: "x86_64-unknown-linux-gnu", library: "libexrun.so" },
    System { rid: "osx-arm64", target: "aarch64-apple-darwin", library: "libexrun.dylib" },
    System { rid: "osx-x64", target: "x86_64-apple-darwin", library: "libexrun.dylib" },
    System { rid: "win-arm64", target: "aarch64-pc-windows-msvc", library: "exrun.dll" },
    System { rid: "win-x64", target: windows::build::TARGET, library: "exrun.dll" },
];

/// The static library of a system that has one.
pub(crate) const ARCHIVE: &str = "libexrun.a";

impl System {
    /// The one of a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn named(rid: &str) -> Result<&'static Self> {
        SYSTEMS.iter().find(|system| system.rid == rid).with_context(|| {
            let names: Vec<_> = SYSTEMS.iter().map(|system| system.rid).collect();
            format!("there is no system {rid}; there are {}", names.join(", "))
        })
    }

    /// The one of a target of the Rust compiler.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(crate) fn of_target(target: &str) -> Result<&'static Self> {
        SYSTEMS.iter().find(|system| system.target == target).with_context(|| {
            let names: Vec<_> = SYSTEMS.iter().map(|system| system.target).collect();
            format!("there is no target {target}; there are {}", names.join(", "))
        })
    }

    /// The one that this program runs on.
    ///
    /// # Errors
    ///
    /// When there is no package for it.
    pub(crate) fn of_this_machine() -> Result<&'static Self> {
        let system = match std::env::consts::OS {
            "linux" if cfg!(target_env = "musl") => bail!("there is no package for Linux with musl"),
            "linux" => "linux",
            "macos" => "osx",
            "windows" => "win",
            other => bail!("there is no package for {other}"),
        };
        let processor = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => bail!("there is no package for the processor {other}"),
        };
        Self::named(&format!("{system}-{processor}"))
    }

    fn is_linux(&self) -> bool {
        self.rid.starts_with("linux-")
    }

    /// Whether it is the operating system of this machine, with any processor.
    fn is_of_this_kind(&self) -> bool {
        let kind = |rid: &'static str| rid.split('-').next();
        Self::of_this_machine().is_ok_and(|own| kind(own.rid) == kind(self.rid))
    }

    fn machine(&self) -> Machine {
        if self.rid.ends_with("-arm64") { EM_AARCH64 } else { EM_X86_64 }
    }
}

/// Builds the library for each system that is named, of all others that of this machine, and lays them into
/// `dist/natives`.
///
/// # Errors
///
/// When one cannot be built, or is not what it must be.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let profile = if arguments.contains(&"--quick") { Profile::Quick } else { Profile::Full };
    let mut systems = Vec::new();
    for rid in arguments.iter().filter(|argument| **argument != "--quick") {
        systems.push(System::named(rid)?);
    }
    if systems.is_empty() {
        systems.push(System::of_this_machine()?);
    }
    for system in systems {
        let folder = make(system, profile)?;
        println!("{}", folder.join(system.library).display());
    }
    Ok(())
}

/// Where the libraries lie that were built here.
pub(crate) fn folder() -> PathBuf {
    workspace::root().join("dist").join("natives")
}

/// Builds the library for a system and lays it into its folder, which is given.
///
/// # Errors
///
/// As for [`build()`].
pub(crate) fn make(system: &System, profile: Profile) -> Result<PathBuf> {
    let library = build(system, profile)?;
    let folder = folder().join(system.rid);
    files::copy(&library, &folder)?;
    let archive = library.with_file_name(ARCHIVE);
    if archive.is_file() {
        files::copy(&archive, &folder)?;
    }
    Ok(folder)
}

/// Builds the library for a system, checks it, and gives its path. A static library lies beside it, [`ARCHIVE`].
///
/// # Errors
///
/// When it cannot be built, or is not what it must be.
pub(crate) fn build(system: &System, profile: Profile) -> Result<PathBuf> {
    if profile == Profile::Full {
        println!("building the library for {} with link-time optimisation: some minutes ...", system.rid);
    }
    let built = build::build(system, profile)?;
    check(system, &built.library, built.glibc)?;
    Ok(built.library)
}

/// Checks a library that was built, on this machine or on another; `glibc` is the oldest that it must run on.
///
/// # Errors
///
/// When it is not what a user must have.
pub(crate) fn check(system: &System, library: &Path, glibc: Option<Glibc>) -> Result<()> {
    let functions = windows::functions()?;
    if system.is_linux() {
        let wanted = elf::Wanted { machine: system.machine(), glibc, functions: &functions };
        let needed = elf::check(library, &wanted)?;
        println!("{}: it runs from glibc {needed} on", system.rid);
    } else if system.rid == windows::build::RUNTIME {
        windows::image::check(library, &functions, env!("CARGO_PKG_VERSION"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_a_name_of_its_own() {
        for system in &SYSTEMS {
            assert_eq!(System::named(system.rid).unwrap().target, system.target);
        }
        let said = System::named("linux-musl-x64").unwrap_err().to_string();
        assert!(said.contains("linux-musl-x64") && said.contains("linux-x64"), "{said}");
    }
}
