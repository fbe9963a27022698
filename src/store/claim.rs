//! Which journals this process has open. The file's lock keeps other processes away; within a process it would
//! not: closing any handle of a file lets go of all POSIX locks that the process has on it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::error::{Error, Result};

use super::fault;

/// How long a run waits for one that is just closing the same journal. That takes one checkpoint.
const LONGEST_CLOSING: Duration = Duration::from_secs(30);

static CLAIMS: LazyLock<Mutex<HashMap<PathBuf, Closing>>> = LazyLock::new(Mutex::default);
static RELEASED: Condvar = Condvar::new();

/// Whether a journal is about to be closed. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Closing(Arc<AtomicBool>);

impl Closing {
    /// Says that it is.
    pub fn mark(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_marked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The one use of a journal in this process, until dropped.
#[derive(Debug)]
pub(super) struct Claim {
    path: PathBuf,
}

impl Claim {
    /// Claims the file, whose path is absolute and without links. Blocks where it is just being closed, which
    /// its user says by marking the `closing` that he gave.
    ///
    /// # Errors
    ///
    /// `JournalInUse`.
    pub(super) fn of(path: &Path, closing: Closing) -> Result<Claim> {
        let mut claims = CLAIMS.lock();
        if claims.get(path).is_some_and(Closing::is_marked) {
            let is_closing = |claims: &mut HashMap<PathBuf, Closing>| claims.get(path).is_some_and(Closing::is_marked);
            RELEASED.wait_while_for(&mut claims, is_closing, LONGEST_CLOSING);
        }
        if claims.contains_key(path) {
            return Err(in_use(path));
        }
        claims.insert(path.to_owned(), closing);
        Ok(Claim { path: path.to_owned() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMS.lock().remove(&self.path);
        RELEASED.notify_all();
    }
}

fn in_use(path: &Path) -> Error {
    fault::in_use("another run of this process uses it").action(fault::OPENING).target(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(path: &Path) -> Result<Claim> {
        Claim::of(path, Closing::default())
    }

    #[test]
    fn a_file_is_claimed_once_and_again_after_its_release() {
        let path = Path::new("/nowhere/claimed-once.db");
        let first = claim(path).unwrap();
        assert!(claim(path).unwrap_err().to_string().contains("another run of this process"));
        drop(first);
        claim(path).unwrap();
    }

    #[test]
    fn who_comes_while_it_is_closed_waits() {
        let path = Path::new("/nowhere/being-closed.db");
        let closing = Closing::default();
        let first = Claim::of(path, closing.clone()).unwrap();
        closing.mark();
        let next = std::thread::spawn(move || claim(path).map(drop));
        drop(first);
        next.join().unwrap().unwrap();
    }
}
