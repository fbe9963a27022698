//! What Windows alone knows of files. Each of its functions is called here, safely, and nowhere else.

#![allow(unsafe_code, reason = "the standard library offers none of it")]

mod identity;
mod moving;
mod owner;

use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::path::Path;

pub(super) use identity::id_of;
pub(super) use moving::{check_replaceable, rename, rename_new};
pub(super) use owner::{create_folder_of_user, create_of_user, restrict_to_user, take_over_access};

use super::long_path::long;

/// A path as the system's functions take it, of whatever length.
fn wide(path: &Path) -> Vec<u16> {
    long(path).as_os_str().encode_wide().chain([0]).collect()
}

/// The outcome of a function that gives 0 where it failed.
fn succeeded(outcome: i32) -> io::Result<()> {
    if outcome == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
