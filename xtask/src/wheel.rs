//! `cargo xtask package --wheel`: the Python wheel, with the library inside.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{package, tools, workspace};

/// The oldest glibc that a wheel is built for, where it can be chosen.
const GLIBC: &str = "2.28";

/// Builds the library with all optimisations and packs the wheel into `dist/`.
///
/// # Errors
///
/// When the library cannot be built, or there is no Python to pack it.
pub(crate) fn run() -> Result<()> {
    of(&library()?)
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
    let output = Command::new(python).arg("-B").arg(backend).arg(&folder).env("EXRUN_LIBRARY", library).output();
    let output = output.context("starting python3")?;
    if !output.status.success() {
        bail!("packing the wheel failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let wheel = folder.join(String::from_utf8_lossy(&output.stdout).trim());
    println!("\n{}", wheel.display());
    println!("  python3 -m pip install {}", wheel.display());
    Ok(())
}

/// The library for any Linux since glibc 2.28 where cargo-zigbuild is at hand; else for systems like this one.
///
/// # Errors
///
/// When it cannot be built.
pub(crate) fn library() -> Result<PathBuf> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        package::build()?;
        return workspace::library("dist");
    }
    if tools::on_path("cargo-zigbuild").is_none() {
        println!(
            "cargo-zigbuild is not installed (pip install cargo-zigbuild ziglang): the package asks for this system's glibc"
        );
        package::build()?;
        return workspace::library("dist");
    }
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    println!("building the library for glibc {GLIBC} with link-time optimisation: some minutes ...");
    let chosen = format!("{target}.{GLIBC}");
    let arguments = ["zigbuild", "--locked", "--profile", "dist", "--package", "exrun", "--lib", "--target", &chosen];
    let status = workspace::cargo(&arguments).status().context("starting cargo-zigbuild")?;
    if !status.success() {
        bail!("building the library failed; see above");
    }
    Ok(workspace::built(&target)?.join("dist").join("libexrun.so"))
}
