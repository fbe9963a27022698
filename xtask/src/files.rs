//! Files into folders.

use std::fs;
use std::path::Path;

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
