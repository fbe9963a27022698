//! Files, or parts of them, that are written from a source and committed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// A file with the text that it is to have.
pub(crate) type Written = (PathBuf, String);

/// Writes what has changed.
///
/// # Errors
///
/// When a file cannot be written.
pub(crate) fn write(texts: Vec<Written>) -> Result<()> {
    for (path, text) in texts {
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
        if std::fs::read_to_string(&path).is_ok_and(|present| present == text) {
            continue;
        }
        std::fs::write(&path, text).with_context(|| format!("writing {shown}"))?;
        println!("wrote {shown}");
    }
    println!("all is up to date");
    Ok(())
}

/// Compares the files with what the sources give.
///
/// # Errors
///
/// When one differs; the message names the first line that does, and the command that writes it.
pub(crate) fn check(texts: Vec<Written>, command: &str) -> Result<()> {
    for (path, text) in texts {
        let shown = path.strip_prefix(workspace::root()).unwrap_or(&path).display();
        let present = read(&path)?;
        // A checkout on Windows may have turned the ends of lines.
        if text.lines().eq(present.lines()) {
            continue;
        }
        let same = text.lines().zip(present.lines()).take_while(|(new, old)| new == old).count();
        bail!(
            "{shown} differs from the sources at line {}: run `cargo xtask {command}` and commit it\n  sources: {}\n  file:    {}",
            same + 1,
            text.lines().nth(same).unwrap_or("(ends here)"),
            present.lines().nth(same).unwrap_or("(ends here)"),
        )
    }
    println!("all is up to date");
    Ok(())
}

/// The text of a file, with the ends of lines that the repository has.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn read(path: &Path) -> Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}
