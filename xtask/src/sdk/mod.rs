//! `cargo xtask package --sdk`: what a program in C, or in a language that calls C, is built with.
//!
//! An archive that may be unpacked anywhere: header, shared and static library, files for pkg-config and CMake, examples.

mod archive;
mod private;
mod system;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::native::{self, Profile};
use crate::{package, windows, workspace};
use archive::Archive;
use system::System;

/// Builds the libraries with all optimisations and packs them into `dist/`.
///
/// # Errors
///
/// When they cannot be built or packed.
pub(crate) fn run() -> Result<()> {
    of(&native::build(native::System::of_this_machine()?, Profile::Full)?)
}

/// Packs a shared library that was built, with the static one that lies beside it, into `dist/`.
///
/// # Errors
///
/// When one is not there, or is of a system that there is no archive for.
pub(crate) fn of(library: &Path) -> Result<()> {
    pack(library, &workspace::root().join("dist"), true)
}

/// The same into any folder, and not packed tight, which is quicker.
///
/// # Errors
///
/// Those of [`of`].
pub(crate) fn trial(library: &Path, folder: &Path) -> Result<()> {
    pack(library, folder, false)
}

fn pack(library: &Path, folder: &Path, is_tight: bool) -> Result<()> {
    let system = System::of(library)?;
    let archived = library.with_file_name("libexrun.a");
    if !archived.is_file() {
        bail!("there is no static library beside {}", library.display());
    }
    // Beside the library: it takes as much room again, which is there.
    let beside = library.parent().unwrap_or(Path::new("."));
    let scratch = tempfile::tempdir_in(beside).with_context(|| format!("making a folder in {}", beside.display()))?;
    let own = private::only(&archived, &windows::functions()?, &system, scratch.path())?;
    let name = format!("exrun-{}-{}", env!("CARGO_PKG_VERSION"), system.rid);
    let path = folder.join(format!("{name}.tar.gz"));
    std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let mut archive = Archive::create(&path, &name, is_tight)?;
    let root = workspace::root();
    let sources = root.join("bindings").join("c");
    let filled = |file: &str| -> Result<Vec<u8>> {
        let path = sources.join(file);
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        Ok(system.filled(&text).into_bytes())
    };
    archive.add("README.md", &filled("README.md")?)?;
    for file in ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        archive.add_file(file, &root.join(file))?;
    }
    let notices = package::third_party_notices(&[native::System::named(system.rid)?])?;
    archive.add(package::NOTICES, notices.as_bytes())?;
    archive.add_file("doc/abi.md", &root.join("docs").join("abi.md"))?;
    archive.add_file("include/exrun.h", &root.join("include").join("exrun.h"))?;
    archive.add_program(&format!("lib/{}", system.shared), library)?;
    archive.add_file("lib/libexrun.a", &own)?;
    for file in ["exrun.pc", "exrun-static.pc"] {
        archive.add(&format!("lib/pkgconfig/{file}"), &filled(file)?)?;
    }
    for file in ["exrun-config.cmake", "exrun-config-version.cmake"] {
        archive.add(&format!("lib/cmake/exrun/{file}"), &filled(file)?)?;
    }
    archive.add("examples/CMakeLists.txt", &filled("CMakeLists.txt")?)?;
    for file in ["report.c", "key_vault.c", "purge.c"] {
        archive.add_file(&format!("examples/{file}"), &root.join("examples").join("c").join(file))?;
    }
    archive.finish()?;
    println!("\n{}", path.display());
    println!("  tar -xzf {0} && export PKG_CONFIG_PATH={1}", path.display(), pkg_config(&name).display());
    Ok(())
}

/// Where pkg-config finds it when the archive was unpacked here.
fn pkg_config(name: &str) -> PathBuf {
    Path::new("$PWD").join(name).join("lib").join("pkgconfig")
}
