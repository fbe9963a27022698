//! Links and files that another user put where everyone may write, such as `/tmp`.
//!
//! Linux refuses to follow such links where `fs.protected_symlinks` is set, and to open such files where
//! `fs.protected_regular` is; not every system sets them, and a link that a program resolves by itself is followed all
//! the same. The rules here are those of Linux, for every Unix.

#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use std::io;
#[cfg(not(unix))]
use std::path::Path;

#[cfg(unix)]
pub use unix::{check_file, check_links};

/// Elsewhere the folder's rules say who may put a link there.
#[cfg(not(unix))]
#[allow(clippy::missing_errors_doc, clippy::unnecessary_wraps, reason = "it has errors on Unix")]
pub fn check_links(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Elsewhere the folder's rules say who may read a file.
#[cfg(not(unix))]
#[allow(clippy::missing_errors_doc, clippy::unnecessary_wraps, reason = "it has errors on Unix")]
pub fn check_file(_: &Path) -> io::Result<()> {
    Ok(())
}
