//! What each call of the system needs.

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;

use crate::files::long_path::long;

/// A path as the system's functions take it, of whatever length.
pub(super) fn wide(path: &Path) -> Vec<u16> {
    long(path).as_os_str().encode_wide().chain([0]).collect()
}

/// The outcome of a function that gives 0 where it failed.
pub(super) fn succeeded(outcome: i32) -> io::Result<()> {
    if outcome == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
