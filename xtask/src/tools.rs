//! Programs of the machine: PowerShell, cargo-deny, a C compiler, Python.

use std::path::{Path, PathBuf};

/// PowerShell: where `EXRUN_PWSH` points, else `pwsh` on the PATH.
pub(crate) fn powershell() -> Option<PathBuf> {
    named_by("EXRUN_PWSH").or_else(|| on_path("pwsh"))
}

/// cargo-deny: where `EXRUN_CARGO_DENY` points, else on the PATH.
pub(crate) fn cargo_deny() -> Option<PathBuf> {
    named_by("EXRUN_CARGO_DENY").or_else(|| on_path("cargo-deny"))
}

/// cargo-zigbuild: where `EXRUN_CARGO_ZIGBUILD` points, else on the PATH.
pub(crate) fn cargo_zigbuild() -> Option<PathBuf> {
    named_by("EXRUN_CARGO_ZIGBUILD").or_else(|| on_path("cargo-zigbuild"))
}

/// Whether `cargo deny fetch db` was ever called here. Any check leaves a file beside the databases.
pub(crate) fn has_advisories() -> bool {
    let cargo =
        std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let databases = cargo.and_then(|cargo| cargo.join("advisory-dbs").read_dir().ok());
    databases.is_some_and(|databases| databases.flatten().any(|entry| entry.path().is_dir()))
}

/// A path as given even if nothing is there: a wrong setting must show and not be passed over.
pub(crate) fn named_by(variable: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).filter(|value| !value.is_empty())?;
    Some(std::path::absolute(&path).unwrap_or_else(|_| path.into()))
}

/// A program on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).find_map(|folder| in_folder(&folder, name))
}

/// A program that lies there.
pub(crate) fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    let file = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    is_program(&file).then_some(file)
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
