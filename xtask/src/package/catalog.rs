//! A file catalog: the hashes of all files of the module, signed as one, by which Windows trusts those that carry no
//! signature of their own. Only Windows makes one.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::sign;
use crate::{module, tools};

/// Makes it and signs it; where this is not Windows, says that there is none.
///
/// # Errors
///
/// When it cannot be made or signed.
pub(super) fn make(folder: &Path, sign: &str) -> Result<()> {
    if !cfg!(windows) {
        println!("there is no file catalog: New-FileCatalog, which makes one, is a part of Windows");
        return Ok(());
    }
    let shell = tools::powershell().or_else(|| tools::on_path("powershell")).context("there is no PowerShell")?;
    let catalog = folder.join(format!("{}.cat", module::NAME));
    // Version 2 hashes by SHA-256. The paths come as arguments, and are no part of the script.
    let script = "& { param($Folder, $Catalog) $ErrorActionPreference = 'Stop'; \
                  [void] (New-FileCatalog -Path $Folder -CatalogFilePath $Catalog -CatalogVersion 2) }";
    let mut command = Command::new(shell);
    command.args(["-NoProfile", "-NonInteractive", "-Command", script]).arg(folder).arg(&catalog);
    let output = command.output().context("starting PowerShell")?;
    if !output.status.success() || !catalog.is_file() {
        bail!("making the file catalog: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    sign::file(&catalog, sign)
}
