//! What went wrong with a journal or the temporary database, in words.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;
use rusqlite::ffi::{SQLITE_IOERR_LOCK, SQLITE_IOERR_RDLOCK};

use crate::error::{Error, Status};

/// What was being done.
pub(super) const OPENING: &str = "opening the journal";
pub(super) const READING: &str = "reading the journal";
pub(super) const RECORDING: &str = "recording in the journal";
pub(super) const MERGING: &str = "merging the journal";

/// What to do after a write has failed.
fn again(action: &str) -> &'static str {
    if action == MERGING {
        "merge again: the journals that are merged are as they were"
    } else {
        "run again with the same journal: what was recorded is kept"
    }
}

/// An error of SQLite with a journal.
pub(super) fn journal(cause: &rusqlite::Error, action: &str, path: &Path) -> Error {
    // Whoever read it was told to stop.
    if cause.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        return Error::cancelled();
    }
    let error = match cause.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => unusable("the disk is full").hint(format!("free space, then {}", again(action))),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => in_use("another process uses it").hint(
            // A server without locks gives the same answer as one whose lock is taken.
            "wait until the other run has ended, or name another journal; where there is no other run, the file \
             system does not lock files: name a journal on a local disk",
        ),
        Some(ErrorCode::FileLockingProtocolFailed) => no_locks(cause),
        Some(ErrorCode::SystemIoFailure) if is_of_a_lock(cause) => no_locks(cause),
        Some(ErrorCode::SystemIoFailure) => {
            unusable(&format!("the disk failed: {cause}")).hint(format!("see to the disk, then {}", again(action)))
        }
        Some(ErrorCode::NotADatabase) => foreign(),
        Some(ErrorCode::DatabaseCorrupt) => damaged(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => read_only(),
        _ => unusable(&cause.to_string()),
    };
    error.action(action).target(path.display().to_string())
}

/// An error of the file system with a journal.
pub(super) fn file(cause: &io::Error, action: &str, path: &Path) -> Error {
    let error = match cause.kind() {
        io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(path);
            unusable(&format!("there is no folder {}", folder.display())).hint("make the folder first")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => read_only(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            unusable("the disk is full").hint(format!("free space, then {}", again(action)))
        }
        _ => unusable(&cause.to_string()),
    };
    error.action(action).target(path.display().to_string())
}

/// An error of a temporary database. What was being done is said by who does it.
pub(super) fn scratch(cause: &rusqlite::Error) -> Error {
    let error = match cause.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::new(Status::File, "the disk of the temporary database is full"),
        _ => Error::new(Status::File, format!("the temporary database failed: {cause}")),
    };
    error.hint("free space in the folder for temporary files, or name another in SQLITE_TMPDIR (on Windows TMP)")
}

pub(super) fn in_use(detail: &str) -> Error {
    Error::new(Status::JournalInUse, detail).hint("wait until the other run has ended, or name another journal")
}

pub(super) fn foreign() -> Error {
    unusable("the file is no journal of ExRun").hint("name another file; this one was not changed")
}

/// A main file that is marked as in use, without its log.
pub(super) fn without_log(log: &Path) -> Error {
    unusable(&format!(
        "its run did not end in good order, and the file {}, which holds what was recorded last, is not beside it",
        log.display()
    ))
    .hint(
        "a journal is both files: bring that file back, or copy both anew, from one moment; without it nobody knows what \
         was sent: look at the mailboxes before you begin another journal",
    )
}

/// A log that belongs to another moment or another journal.
pub(super) fn another_log(log: &Path) -> Error {
    unusable(&format!("the file {} beside it is of another journal, or of this one at another moment", log.display()))
        .hint("a journal is both files: copy or restore both, from one moment; neither was changed")
}

/// The log of a journal beside a file that is none.
pub(super) fn without_main_file(log: &Path) -> Error {
    unusable(&format!("the file is blank or missing, but the rest of a journal lies beside it: {}", log.display())).hint(
        "bring back the file that belongs to it; where that journal is not wanted any more, name another one, or delete \
         the rest",
    )
}

pub(super) fn unusable(detail: &str) -> Error {
    Error::new(Status::Journal, detail)
}

pub(super) fn damaged() -> Error {
    unusable("the file is damaged").hint("start with another journal, or with a copy of this one")
}

pub(super) fn damaged_journal(path: &Path) -> Error {
    damaged().action(READING).target(path.display().to_string())
}

pub(super) fn mismatch(detail: String) -> Error {
    Error::new(Status::JournalMismatch, detail)
}

pub(super) fn read_only() -> Error {
    unusable("the file, or its folder, cannot be written")
        .hint("a journal needs a folder that this account may write to")
}

fn no_locks(cause: &rusqlite::Error) -> Error {
    unusable(&format!("the file system does not lock files: {cause}")).hint("put the journal on another file system")
}

fn is_of_a_lock(cause: &rusqlite::Error) -> bool {
    let code = cause.sqlite_error().map_or(0, |error| error.extended_code);
    [SQLITE_IOERR_LOCK, SQLITE_IOERR_RDLOCK].contains(&code)
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi::{Error as SqliteError, SQLITE_FULL};

    use super::*;

    #[test]
    fn a_full_disk_says_what_to_do_next() {
        let full = rusqlite::Error::SqliteFailure(SqliteError::new(SQLITE_FULL), None);
        let text = |action| journal(&full, action, Path::new("run.db")).to_string();
        assert!(
            text(RECORDING).ends_with("free space, then run again with the same journal: what was recorded is kept")
        );
        assert!(text(MERGING).ends_with("free space, then merge again: the journals that are merged are as they were"));
    }
}
