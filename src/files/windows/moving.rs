//! Moves that are on the disk when they return, and what stands in their way.

use std::fs::{self, File};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::{DELETE, MOVEFILE_REPLACE_EXISTING, MOVEFILE_WRITE_THROUGH, MoveFileExW};

use super::call::{succeeded, wide};

/// Renames a file, in the place of one that may be there.
pub(in crate::files) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    // Who has the old file open is told only as "access denied" by the move itself.
    move_file(from, to, MOVEFILE_REPLACE_EXISTING).map_err(|error| check_replaceable(to).err().unwrap_or(error))
}

/// Renames a file to a name that is free.
pub(in crate::files) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    move_file(from, to, 0)
}

fn move_file(from: &Path, to: &Path, how: u32) -> io::Result<()> {
    let (from, to) = (wide(from), wide(to));
    // SAFETY: both names end with a zero and live until the call has returned.
    succeeded(unsafe { MoveFileExW(from.as_ptr(), to.as_ptr(), how | MOVEFILE_WRITE_THROUGH) })
}

/// Says what keeps a file that is there from being replaced: a program that has it open and lets nobody delete it, as
/// Excel does; or that it is read-only.
pub(in crate::files) fn check_replaceable(path: &Path) -> io::Result<()> {
    let there = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        there => there?,
    };
    if there.permissions().readonly() {
        return Err(io::Error::other("it is read-only"));
    }
    match File::options().access_mode(DELETE).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        opened => opened.map(drop),
    }
}
