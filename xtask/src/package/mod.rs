//! `cargo xtask package`: what is given to users. The module with the library for each system that was built, as a folder
//! and as a package of the PowerShell Gallery.

mod catalog;
mod linked;
mod manifest;
mod notices;
mod nupkg;
mod options;
mod sbom;
mod sign;
#[cfg(test)]
pub(crate) mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::native::{self, OLDEST_GLIBC, Profile, SYSTEMS, System};
use crate::{files, module, workspace};

use self::options::{HELP, Options};

/// The file that tells the licences of what is linked in, wherever a library is given to users.
pub(crate) const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";

/// What stands in it for a library of these systems.
///
/// # Errors
///
/// When cargo cannot tell what is linked in, or a part has no licence.
pub(crate) fn third_party_notices(systems: &[&System]) -> Result<String> {
    notices::text(&linked::linked(systems)?, systems)
}

/// Builds the library where it is not given, and packs `dist/ExRun-<version>/` and `dist/ExRun.<version>.nupkg`.
///
/// # Errors
///
/// When the library cannot be built, or a file cannot be read or written.
pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    if arguments.iter().any(|argument| matches!(*argument, "--help" | "-h")) {
        print!("{HELP}");
        return Ok(());
    }
    let options = Options::read(arguments)?;
    let libraries = match &options.natives {
        Some(folder) => {
            let libraries = libraries(folder)?;
            for (system, library) in &libraries {
                native::check(system, library, (!options.is_any_glibc).then_some(OLDEST_GLIBC))?;
            }
            libraries
        }
        None => {
            let system = match options.target.as_deref() {
                None => System::of_this_machine()?,
                Some(target) => System::of_target(target)?,
            };
            native::make(system, Profile::Full)?;
            libraries(&native::folder())?
        }
    };
    let output = options.output.clone().unwrap_or_else(dist);
    pack(&options, &libraries, &output)
}

/// The libraries that lie in a folder, by their systems.
fn libraries(folder: &Path) -> Result<Vec<(&'static System, PathBuf)>> {
    let there = |system: &'static System| Some((system, folder.join(system.rid).join(system.library)));
    let found: Vec<_> = SYSTEMS.iter().filter_map(there).filter(|(_, library)| library.is_file()).collect();
    if found.is_empty() {
        let names: Vec<_> = SYSTEMS.iter().map(|system| format!("{}/{}", system.rid, system.library)).collect();
        bail!("there is no library in {}: it may hold {}", folder.display(), names.join(", "));
    }
    Ok(found)
}

/// Where it lays out what it packs, unless it is told where.
pub(crate) fn laid_out() -> PathBuf {
    folder_in(&dist())
}

fn dist() -> PathBuf {
    workspace::root().join("dist")
}

fn folder_in(output: &Path) -> PathBuf {
    output.join(concat!("ExRun-", env!("CARGO_PKG_VERSION")))
}

fn pack(options: &Options, libraries: &[(&'static System, PathBuf)], output: &Path) -> Result<()> {
    let root = workspace::root();
    let package = folder_in(output);
    if package.exists() {
        fs::remove_dir_all(&package).with_context(|| format!("removing the old {}", package.display()))?;
    }
    let folder = package.join(module::NAME);
    let manifest = lay_out_module(options, libraries, &folder)?;
    let archive = output.join(format!("{}.{}.nupkg", module::NAME, nupkg::version(&manifest)?));
    nupkg::write(&folder, &manifest, &archive, options.is_stored)?;

    files::copy(&root.join("include").join("exrun.h"), &package.join("include"))?;
    for page in ["guide.md", "operations.md", "packages.md", "windows.md", "abi.md"] {
        files::copy(&root.join("docs").join(page), &package.join("docs"))?;
    }
    for picture in ["report.png", "report-phone.png"] {
        files::copy(&root.join("docs").join("images").join(picture), &package.join("docs").join("images"))?;
    }
    for file in ["README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        files::copy(&root.join(file), &package)?;
    }
    println!("\n{}", package.display());
    println!("  Import-Module {}", folder.join("ExRun.psd1").display());
    println!("{}", archive.display());
    println!("  Publish-PSResource -NupkgPath {} -Repository NAME", archive.display());
    Ok(())
}

/// The module as it is installed, signed where that was asked for; gives its manifest.
fn lay_out_module(options: &Options, libraries: &[(&'static System, PathBuf)], folder: &Path) -> Result<String> {
    let root = workspace::root();
    module::lay_out(folder)?;
    let project =
        options.project.as_deref().or(Some(env!("CARGO_PKG_REPOSITORY"))).filter(|project| !project.is_empty());
    if project.is_none() {
        println!(
            "neither --project nor Cargo.toml says where the project is: the manifest has no ProjectUri and no IconUri"
        );
    }
    let path = folder.join("ExRun.psd1");
    let source = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let manifest = manifest::complete(&source, env!("CARGO_PKG_VERSION"), project)?;
    fs::write(&path, &manifest).with_context(|| format!("writing {}", path.display()))?;

    for file in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        files::copy(&root.join(file), folder)?;
    }
    let mut laid = Vec::new();
    for (system, library) in libraries {
        let native = folder.join("runtimes").join(system.rid).join("native");
        files::copy(library, &native)?;
        laid.push((*system, native.join(system.library)));
    }
    let systems: Vec<_> = libraries.iter().map(|(system, _)| *system).collect();
    let linked = linked::linked(&systems)?;
    let write = |name: &str, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
    };
    write(NOTICES, notices::text(&linked, &systems)?)?;
    if let Some(command) = &options.sign {
        let signed = sign::folder(folder, command)?;
        println!("signed: {} files", signed.len());
    }
    // It tells the libraries as they are given, and so after they were signed.
    write("sbom.cdx.json", sbom::text(&linked, &nupkg::version(&manifest)?, &laid)?)?;
    if let Some(command) = &options.sign {
        catalog::make(folder, command)?;
    }
    Ok(manifest)
}

/// The library as it is given to users, for this system and with its glibc, in the folder that cargo fills.
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
