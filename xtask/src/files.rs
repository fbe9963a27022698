//! Files into folders.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Copies a file into a folder, which is made where there is none.
///
/// # Errors
///
/// When it cannot be read or written.
pub(crate) fn copy(from: &Path, folder: &Path) -> Result<()> {
    let name = from.file_name().unwrap_or_default();
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::copy(from, folder.join(name)).with_context(|| format!("copying {} to {}", from.display(), folder.display()))?;
    Ok(())
}

/// All files in a folder and in the folders in it, in the order of their paths.
///
/// # Errors
///
/// When a folder cannot be listed.
pub(crate) fn all(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let listing = || format!("listing {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(listing)? {
            let path = entry.with_context(listing)?.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}
