//! The help of the commands in a file of its own, which an import does not read: help is half of their text. In the
//! sources it stays where it is written, and `Get-Help` tells the same of either.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use parking_lot::Mutex;

use crate::{tools, workspace};

/// The file that the commands name, in the folder of a language. PowerShell looks in that of English after its own.
pub(super) const FILE: &str = "ExRun-help.xml";

/// How the help of a command starts and ends, right after the line with its name.
const START: &str = "    <#\n    .SYNOPSIS\n";
const END: &str = "\n    #>\n";

/// The text of a command that names the file in place of its help. `up`: the way from the command's file to the module.
///
/// # Errors
///
/// When it does not start with its help.
pub(super) fn elsewhere(command: &str, up: &str) -> Result<String> {
    let without = || {
        let (name, body) = command.split_once('\n')?;
        let (_, rest) = body.strip_prefix(START)?.split_once(END)?;
        Some(format!("{name}\n    # .EXTERNALHELP {up}{FILE}\n{rest}"))
    };
    without().context("its first line is not followed by its help")
}

/// The file's text for the commands of this module. It takes seconds, so a process makes it once.
///
/// # Errors
///
/// When there is no PowerShell, or it cannot tell the help.
pub(super) fn of_the_module() -> Result<String> {
    static TEXT: Mutex<Option<String>> = Mutex::new(None);
    let mut text = TEXT.lock();
    if let Some(text) = &*text {
        return Ok(text.clone());
    }
    let made = of(&super::sources().join("ExRun.psd1"))?;
    Ok(text.insert(made).clone())
}

/// The file's text for the functions of any module.
///
/// # Errors
///
/// As for [`of_the_module`].
pub(super) fn of(module: &Path) -> Result<String> {
    let Some(program) = tools::powershell() else {
        bail!(
            "PowerShell was not found, which writes the help of the packaged commands: install PowerShell 7, or name it in EXRUN_PWSH"
        )
    };
    let script = workspace::root().join("xtask").join("src").join("module").join("help.ps1");
    let folder = tempfile::tempdir().context("making a folder for the help")?;
    let file = folder.path().join(FILE);
    let mut command = Command::new(&program);
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(&script).arg(module).arg(&file);
    let output = command.env("NO_COLOR", "1").output().with_context(|| format!("starting {}", program.display()))?;
    if !output.status.success() {
        bail!("writing the help of the commands: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    super::read(&file)
}
