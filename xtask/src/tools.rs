//! Programs of the machine: PowerShell, a C compiler, Python.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// PowerShell: where `EXRUN_PWSH` points, else `pwsh` on the PATH.
pub(crate) fn powershell() -> Option<PathBuf> {
    match std::env::var_os("EXRUN_PWSH").filter(|value| !value.is_empty()) {
        // As given even if nothing is there: a wrong setting must show and not be passed over.
        Some(path) => Some(std::path::absolute(&path).unwrap_or_else(|_| path.into())),
        None => on_path("pwsh"),
    }
}

/// A program on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    find_in(&std::env::var_os("PATH")?, &file)
}

fn find_in(path: &OsStr, file: &str) -> Option<PathBuf> {
    std::env::split_paths(path).map(|directory| directory.join(file)).find(|candidate| is_program(candidate))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Whether an environment variable is set to something that means yes.
pub(crate) fn is_set(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
