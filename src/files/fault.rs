//! The words for what went wrong with a file.

use std::io;
use std::path::Path;

use super::placing::is_open_elsewhere;
use crate::error::{Error, Status};

/// The system's words, for the common cases in the form of the other messages.
#[must_use]
pub fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        _ if is_open_elsewhere(error) => "another program has it open, and lets nobody replace it".to_owned(),
        _ => error.to_string(),
    }
}

/// A failure with a file: `action` is what was being done, as in `writing the file`.
#[must_use]
pub fn file_error(action: &str, path: &Path, error: &io::Error) -> Error {
    let refused = Error::new(Status::File, describe(error)).action(action).target(path.display().to_string());
    if is_open_elsewhere(error) {
        return refused.hint("close it there (Excel keeps a file that it shows), or name another file");
    }
    refused
}
