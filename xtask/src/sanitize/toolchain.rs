//! A compiler that the sources of its standard library came with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools;

/// Programs of one version that can make the standard library once more.
pub(super) struct Toolchain {
    pub(super) cargo: PathBuf,
    pub(super) rustc: PathBuf,
    /// The system that they run on and make programs for.
    pub(super) host: String,
}

impl Toolchain {
    /// The one that runs this program, else the first on the PATH: one of the system may have the sources where one
    /// that was put before it has not.
    pub(super) fn with_sources() -> Option<Self> {
        let running = std::env::var_os("CARGO").and_then(|cargo| Some(Path::new(&cargo).parent()?.to_owned()));
        let path = std::env::var_os("PATH").unwrap_or_default();
        running.into_iter().chain(std::env::split_paths(&path)).find_map(|folder| Self::of_folder(&folder))
    }

    fn of_folder(folder: &Path) -> Option<Self> {
        let (cargo, rustc) = (tools::in_folder(folder, "cargo")?, tools::in_folder(folder, "rustc")?);
        let said = |arguments: &[&str]| {
            let output = Command::new(&rustc).args(arguments).output().ok().filter(|output| output.status.success())?;
            String::from_utf8(output.stdout).ok()
        };
        let sysroot = said(&["--print", "sysroot"])?;
        let sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml");
        let host = said(&["-vV"])?.lines().find_map(|line| line.strip_prefix("host: "))?.to_owned();
        sources.is_file().then_some(Self { cargo, rustc, host })
    }
}
