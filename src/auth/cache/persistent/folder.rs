//! Where the file of a user lies, and the lock that its writers take turns by.

use std::env;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::files::{Making, create_private_folder, open_private};

/// A writer holds the lock for some milliseconds.
const LOCK_TRIES: u32 = 250;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The folder for a user's data of ExRun, as the system's conventions have it.
pub(super) fn of_user() -> Option<PathBuf> {
    // XDG Base Directory Specification: a relative path is to be ignored.
    let named = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return named("LOCALAPPDATA").map(|data| data.join("ExRun"));
    }
    if cfg!(target_os = "macos") {
        return env::home_dir().map(|home| home.join("Library/Application Support/ExRun"));
    }
    let data = named("XDG_DATA_HOME")
        .or_else(|| env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".local").join("share")));
    data.map(|data| data.join("exrun"))
}

/// Makes the folder, its owner's alone.
pub(super) fn create(folder: &Path) -> io::Result<()> {
    create_private_folder(folder)
}

/// Held by the one process that writes; it goes with the process.
#[derive(Debug)]
pub(super) struct WriteLock(File);

impl WriteLock {
    /// Takes the lock of a file. Blocks, for seconds at most.
    pub(super) fn take(path: &Path) -> io::Result<Self> {
        let file = open_private(path, OpenOptions::new().write(true), Making::IfMissing)?;
        for _ in 0..LOCK_TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            thread::sleep(LOCK_PAUSE);
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "another process has held its lock for too long"))
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Closing the file frees the lock as well.
        let _ = self.0.unlock();
    }
}
