//! A Rust compiler that builds for other systems: it has the sources of its standard library, as Debian's packages
//! `cargo-web`, `rustc-web` and `rust-web-src` are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::{tools, workspace};

/// Where `EXRUN_CROSS_RUST` points, a folder with `cargo` and `rustc`, else Debian's.
fn folder() -> PathBuf {
    tools::named_by("EXRUN_CROSS_RUST").unwrap_or_else(|| "/usr/bin".into())
}

/// What is missing; nothing where all is there.
pub(crate) fn is_missing() -> Option<String> {
    let folder = folder();
    let has_sources = || {
        let root = Command::new(folder.join("rustc")).args(["--print", "sysroot"]).output().ok()?;
        let root = PathBuf::from(String::from_utf8(root.stdout).ok()?.trim());
        root.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file().then_some(())
    };
    match has_sources() {
        Some(()) if folder.join("cargo").is_file() => None,
        _ => Some(format!(
            "there is no cargo and rustc with the sources of the standard library in {}: apt-get install cargo-web rustc-web \
             rust-web-src, or name the folder of others in EXRUN_CROSS_RUST",
            folder.display()
        )),
    }
}

/// Its cargo.
pub(crate) fn cargo() -> PathBuf {
    folder().join("cargo")
}

/// Lets a command that calls cargo build with this compiler, and the standard library with the rest.
///
/// # Errors
///
/// When this program was not started from where cargo put it.
pub(crate) fn choose(command: &mut Command) -> Result<()> {
    workspace::clean(command);
    // That of rustup, by which this program may have been started, would choose another compiler.
    for name in ["RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTDOC"] {
        command.env_remove(name);
    }
    command.env("CARGO", cargo()).env("RUSTC", folder().join("rustc"));
    // A stable compiler builds its own standard library only where it is told that this is meant.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", workspace::built("")?);
    command.current_dir(workspace::root());
    Ok(())
}

/// What cargo is told for that.
pub(crate) const STANDARD_LIBRARY: &str = "-Zbuild-std=std,panic_unwind";
