//! Files that are put in their place.

#[cfg(not(windows))]
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use tempfile::{NamedTempFile, PersistError, TempPath};

#[cfg(windows)]
use super::windows;

/// A program that looks into each new file, or shows what is to be replaced, has it open for a moment.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// Puts a staged file in its place, in that of one that may be there.
///
/// # Errors
///
/// The system's, with the file.
pub fn put(file: NamedTempFile, path: &Path) -> Result<(), PersistError> {
    place(file, |from| renamed(from, path))
}

/// Puts a staged file in its place, where nothing is.
///
/// # Errors
///
/// The system's, with the file; `AlreadyExists` where something is.
pub fn put_new(file: NamedTempFile, path: &Path) -> Result<(), PersistError> {
    #[cfg(windows)]
    return place(file, |from| patiently(|| windows::rename_new(from, path)));
    #[cfg(not(windows))]
    file.persist_noclobber(path).map(drop)
}

/// Puts a staged file that is closed in its place, where nothing is.
///
/// # Errors
///
/// As for [`put_new`].
pub fn put_path_new(file: TempPath, path: &Path) -> io::Result<()> {
    #[cfg(windows)]
    {
        patiently(|| windows::rename_new(&file, path))?;
        // Its name is gone.
        let _ = file.keep();
        Ok(())
    }
    #[cfg(not(windows))]
    file.persist_noclobber(path).map_err(|refused| refused.error)
}

/// Says of a file that is to be replaced later what will keep it from that, as far as it can be known now.
///
/// # Errors
///
/// One that says it.
pub fn check_replaceable(path: &Path) -> io::Result<()> {
    #[cfg(windows)]
    // Not patiently: what is not known at once is known when much has been done.
    return windows::check_replaceable(path);
    #[cfg(not(windows))]
    {
        let _ = path;
        Ok(())
    }
}

/// Lets those at a staged file who may be at the one that it is to replace, as a program that writes into that would
/// leave it. Where that fails it stays private.
pub(super) fn take_over_access(from: &Path, to: &NamedTempFile) {
    if let Ok(there) = from.metadata() {
        let _ = to.as_file().set_permissions(there.permissions());
        #[cfg(windows)]
        let _ = windows::take_over_access(from, to.path());
    }
}

fn place(file: NamedTempFile, rename: impl Fn(&Path) -> io::Result<()>) -> Result<(), PersistError> {
    if let Err(error) = rename(file.path()) {
        return Err(PersistError { error, file });
    }
    let (_file, left) = file.into_parts();
    // Its name is gone.
    let _ = left.keep();
    Ok(())
}

fn renamed(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(windows)]
    return patiently(|| windows::rename(from, to));
    #[cfg(not(windows))]
    fs::rename(from, to)
}

/// Tries again while another program may be about to let go of the file. Only Windows refuses for such a reason.
#[cfg_attr(not(windows), allow(dead_code, reason = "tried by its test on every system"))]
fn patiently(work: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    tried(work, TRIES, || thread::sleep(PAUSE))
}

fn tried(mut work: impl FnMut() -> io::Result<()>, tries: u32, pause: impl Fn()) -> io::Result<()> {
    for _ in 1..tries {
        match work() {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied || is_open_elsewhere(&error) => pause(),
            done => return done,
        }
    }
    work()
}

/// Whether another program has the file open and lets nobody else at it: `ERROR_SHARING_VIOLATION` and
/// `ERROR_LOCK_VIOLATION` of Windows.
pub(super) fn is_open_elsewhere(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_refused_for_a_moment_is_tried_again_and_not_for_ever() {
        let (calls, pauses) = (Cell::new(0), Cell::new(0));
        let outcome = |refusals: u32, kind: io::ErrorKind| {
            calls.set(0);
            pauses.set(0);
            let work = || {
                calls.set(calls.get() + 1);
                if calls.get() <= refusals { Err(kind.into()) } else { Ok(()) }
            };
            let done = tried(work, 5, || pauses.set(pauses.get() + 1));
            (done.is_ok(), calls.get(), pauses.get())
        };
        assert_eq!(outcome(0, io::ErrorKind::PermissionDenied), (true, 1, 0));
        assert_eq!(outcome(3, io::ErrorKind::PermissionDenied), (true, 4, 3));
        assert_eq!(outcome(9, io::ErrorKind::PermissionDenied), (false, 5, 4));
        // Other refusals are for good.
        assert_eq!(outcome(1, io::ErrorKind::StorageFull), (false, 1, 0));
    }

    #[test]
    fn a_file_that_is_there_is_replaced_only_where_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.csv");
        let staged = || super::super::stage(folder.path(), super::super::Readers::Owner).unwrap();
        put_new(staged(), &path).unwrap();
        check_replaceable(&path).unwrap();
        put(staged(), &path).unwrap();
        assert_eq!(put_new(staged(), &path).unwrap_err().error.kind(), io::ErrorKind::AlreadyExists);
        let closed = staged().into_temp_path();
        assert_eq!(put_path_new(closed, &path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
