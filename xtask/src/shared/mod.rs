//! What several files of the PowerShell module share, said once and written into them: `cargo xtask module`.
//!
//! | what | said in | written into |
//! |---|---|---|
//! | parameters of several commands, with their help | `powershell/shared/*.ps1` | the commands in `ExRun/Public` |
//! | further names of commands | `powershell/shared/names.psd1` | `ExRun.psm1`, `ExRun.psd1`, `about_ExRun.help.txt` |
//!
//! The text stands in each file, so that an editor, Get-Help and Windows PowerShell need to know nothing of it.

mod names;
mod parameters;

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::written::{self, Written};
use crate::{module, workspace};

/// Writes what has changed.
///
/// # Errors
///
/// When a source does not parse, or a file has no place for what is written into it.
pub(crate) fn write() -> Result<()> {
    written::write(texts()?)
}

/// Compares the module's files with what the sources give.
///
/// # Errors
///
/// When one differs.
pub(crate) fn check() -> Result<()> {
    written::check(texts()?, "module")
}

/// Every file with the text that it is to have.
fn texts() -> Result<Vec<Written>> {
    let module = module::sources();
    let shared = workspace::root().join("powershell").join("shared");

    let mut groups = BTreeMap::new();
    for file in module::scripts(&shared, "ps1")? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        groups.insert(name, parameters::read(&written::read(&file)?).with_context(|| file.display().to_string())?);
    }
    let mut texts = Vec::new();
    let mut commands = Vec::new();
    for file in module::scripts(&module.join("Public"), "ps1")? {
        let text = parameters::place(&written::read(&file)?, &groups).with_context(|| file.display().to_string())?;
        commands.push(file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        texts.push((file, text));
    }

    let names = names::read(&written::read(&shared.join("names.psd1"))?, &commands)?;
    for (file, place) in [
        (module.join("ExRun.psm1"), names::Names::script as fn(&names::Names, &str) -> Result<String>),
        (module.join("ExRun.psd1"), names::Names::manifest),
        (module.join("en-US").join("about_ExRun.help.txt"), names::Names::topic),
    ] {
        let text = place(&names, &written::read(&file)?).with_context(|| file.display().to_string())?;
        texts.push((file, text));
    }
    Ok(texts)
}
