//! `cargo xtask package --wheel`: the Python wheel, with the library inside.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tempfile::NamedTempFile;

use crate::native::{self, Profile, SYSTEMS, System};
use crate::{package, tools, workspace};

/// Builds the library with all optimisations and packs the wheel into `dist/`.
///
/// # Errors
///
/// When the library cannot be built, or there is no Python to pack it.
pub(crate) fn run() -> Result<()> {
    of(&native::build(System::of_this_machine()?, Profile::Full)?)
}

/// Packs a library that was built, of whatever system.
///
/// # Errors
///
/// When it is none that a wheel is made for, or there is no Python to pack it.
pub(crate) fn of(library: &Path) -> Result<()> {
    let python = tools::on_path("python3").or_else(|| tools::on_path("python")).context("python3 is not installed")?;
    let folder = workspace::root().join("dist");
    let backend = workspace::root().join("bindings").join("python").join("wheel_backend.py");
    let notices = notices(library)?;
    let mut command = Command::new(python);
    command.arg("-B").arg(backend).arg(&folder).env("EXRUN_LIBRARY", library).env("EXRUN_NOTICES", notices.path());
    let output = command.output().context("starting python3")?;
    if !output.status.success() {
        bail!("packing the wheel failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let wheel = folder.join(String::from_utf8_lossy(&output.stdout).trim());
    println!("\n{}", wheel.display());
    println!("  python3 -m pip install {}", wheel.display());
    Ok(())
}

/// The licences of what is linked into a library: those of the systems that have one of its name, for the wheel's backend finds
/// out itself which system it is of.
fn notices(library: &Path) -> Result<NamedTempFile> {
    let systems: Vec<_> = SYSTEMS.iter().filter(|system| library.ends_with(system.library)).collect();
    ensure!(!systems.is_empty(), "{} has not the name of a library of ours", library.display());
    let mut file = NamedTempFile::new().context("making a file for the licences")?;
    file.write_all(package::third_party_notices(&systems)?.as_bytes()).context("writing the licences")?;
    Ok(file)
}
