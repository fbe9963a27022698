//! What follows from the sources of the C ABI and is written from them: `cargo xtask header`.
//!
//! A function is declared once, in `src/ffi`, and a status once, in `src/status.rs`. From there come
//!
//! | what | in |
//! |---|---|
//! | the header | `include/exrun.h` |
//! | the lists of functions and statuses | `docs/abi.md` |
//! | the table that the PowerShell module binds | `powershell/ExRun/Private/Native/Native.ps1` |
//! | the category of each error record | `powershell/ExRun/Private/Command/New-ErrorRecord.ps1` |

mod functions;
mod region;
mod statuses;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace;
use statuses::Status;

/// After this line of the header come the numbers of failures.
const LAST_STATE: &str = "#define EXRUN_NEEDS_SIGNATURE 3\n";

/// Writes what has changed.
///
/// # Errors
///
/// When the sources do not parse or a file cannot be written.
pub(crate) fn write() -> Result<()> {
    for (path, text) in texts()? {
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
        if std::fs::read_to_string(&path).is_ok_and(|present| present == text) {
            println!("{shown} is up to date");
            continue;
        }
        std::fs::write(&path, text).with_context(|| format!("writing {shown}"))?;
        println!("wrote {shown}");
    }
    Ok(())
}

/// Compares the files with what the sources give.
///
/// # Errors
///
/// When one differs; the message names the first line that does.
pub(crate) fn check() -> Result<()> {
    for (path, text) in texts()? {
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
        let present = read(&path)?;
        // A checkout on Windows may have turned the ends of lines.
        if text.lines().eq(present.lines()) {
            println!("{shown} is up to date");
            continue;
        }
        let same = text.lines().zip(present.lines()).take_while(|(new, old)| new == old).count();
        bail!(
            "{shown} differs from the sources at line {}: run `cargo xtask header` and commit it\n  sources: {}\n  file:    {}",
            same + 1,
            text.lines().nth(same).unwrap_or("(ends here)"),
            present.lines().nth(same).unwrap_or("(ends here)"),
        )
    }
    Ok(())
}

/// Every file with the text that it is to have.
fn texts() -> Result<Vec<(PathBuf, String)>> {
    let root = workspace::root();
    let statuses = statuses::read(&read(&root.join("src/status.rs"))?)?;
    let header = header(&statuses)?;
    let functions = functions::read(&header)?;

    let private = root.join("powershell").join("ExRun").join("Private");
    let mut texts = vec![(root.join("include").join("exrun.h"), header)];
    for (path, regions) in [
        (
            root.join("docs").join("abi.md"),
            vec![("functions", functions::guide(&functions)), ("statuses", statuses::guide(&statuses))],
        ),
        (private.join("Native").join("Native.ps1"), vec![("functions", functions::powershell(&functions))]),
        (private.join("Command").join("New-ErrorRecord.ps1"), vec![("categories", statuses::powershell(&statuses))]),
    ] {
        let mut text = read(&path)?;
        for (name, content) in regions {
            text = region::replace(&text, name, &content).with_context(|| path.display().to_string())?;
        }
        texts.push((path, text));
    }
    Ok(texts)
}

fn header(statuses: &[Status]) -> Result<String> {
    let root = workspace::root();
    let file = root.join("cbindgen.toml");
    let config = cbindgen::Config::from_file(&file)
        .map_err(|error| anyhow::anyhow!(error))
        .with_context(|| format!("reading {}", file.display()))?;
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        // The C ABI and what it names; constants of other modules are none of a C caller's business.
        .with_src(root.join("src").join("ffi").join("mod.rs"))
        .generate()
        .context("reading src/ffi")?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).context("the generated header is not UTF-8")?;
    let (before, after) = text.split_once(LAST_STATE).context("src/ffi/status.rs has lost EXRUN_NEEDS_SIGNATURE")?;
    Ok(format!("{before}{LAST_STATE}{}{after}", statuses::header(statuses)))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
