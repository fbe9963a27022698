//! `cargo xtask package`: what is given to users, for the system that this runs on.

use std::fs;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::windows::{self, build::RUNTIME, build::TARGET, image};
use crate::{files, module, workspace};

/// Builds the library with all optimisations and lays out `dist/ExRun-<version>/`.
///
/// # Errors
///
/// When the library cannot be built, or a file cannot be copied.
pub(crate) fn run() -> Result<()> {
    let rid = runtime_id()?;
    println!("building the library for {rid} with link-time optimisation: some minutes ...");
    build()?;
    let package = folder();
    if package.exists() {
        fs::remove_dir_all(&package).with_context(|| format!("removing the old {}", package.display()))?;
    }
    lay_out(&package, rid, &workspace::library("dist")?)
}

/// Builds the library for Windows, checks it, and lays the package out with it. What lies there of the same version
/// keeps the libraries that it has for other systems.
///
/// # Errors
///
/// As for [`run`]; when the library is not what it must be.
pub(crate) fn run_for_windows() -> Result<()> {
    println!(
        "building the library for {TARGET} with its standard library and link-time optimisation: some minutes ..."
    );
    let library = windows::build::library("dist", &[])?;
    image::check(&library, &windows::functions()?, env!("CARGO_PKG_VERSION"))?;
    lay_out(&folder(), RUNTIME, &library)
}

fn folder() -> std::path::PathBuf {
    workspace::root().join("dist").join(format!("ExRun-{}", env!("CARGO_PKG_VERSION")))
}

fn lay_out(package: &Path, rid: &str, library: &Path) -> Result<()> {
    let root = workspace::root();
    let module = package.join(module::NAME);
    module::lay_out(&module)?;
    files::copy(library, &module.join("runtimes").join(rid).join("native"))?;
    files::copy(&root.join("include").join("exrun.h"), &package.join("include"))?;
    for page in ["guide.md", "operations.md", "windows.md", "abi.md"] {
        files::copy(&root.join("docs").join(page), &package.join("docs"))?;
    }
    for picture in ["report.png", "report-phone.png"] {
        files::copy(&root.join("docs").join("images").join(picture), &package.join("docs").join("images"))?;
    }
    for file in ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        files::copy(&root.join(file), package)?;
    }
    println!("\n{}", package.display());
    println!("  Import-Module {}", module.join("ExRun.psd1").display());
    Ok(())
}

/// The library as it is given to users.
///
/// # Errors
///
/// When it cannot be built.
pub(crate) fn build() -> Result<()> {
    let status = workspace::cargo(&["build", "--profile", "dist", "--package", "exrun", "--lib"])
        .status()
        .context("starting cargo")?;
    if !status.success() {
        bail!("building the library failed; see above");
    }
    Ok(())
}

/// The name under which .NET, and so the module, knows this system.
fn runtime_id() -> Result<&'static str> {
    Ok(match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") if cfg!(target_env = "musl") => "linux-musl-x64",
        ("linux", "aarch64") if cfg!(target_env = "musl") => "linux-musl-arm64",
        ("linux", "x86_64") => "linux-x64",
        ("linux", "aarch64") => "linux-arm64",
        ("windows", "x86_64") => "win-x64",
        ("windows", "aarch64") => "win-arm64",
        ("macos", "x86_64") => "osx-x64",
        ("macos", "aarch64") => "osx-arm64",
        (system, processor) => bail!("the module knows no name for {system} on {processor}"),
    })
}
