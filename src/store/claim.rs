//! Which journals this process has open. The file's lock keeps other processes away; within a process it would
//! not: closing any handle of a file lets go of all POSIX locks that the process has on it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::sync::{AtomicBool, Condvar, Mutex, MutexGuard};

use super::fault;

/// How long a run waits for one that is just closing the same journal. That takes one checkpoint.
const LONGEST_CLOSING: Duration = Duration::from_secs(30);

/// Those of this process.
static CLAIMS: LazyLock<Claims> = LazyLock::new(Claims::default);

/// The journals that are open, and whoever waits for one. Clones are the same.
#[derive(Clone, Debug, Default)]
struct Claims(Arc<Open>);

#[derive(Debug, Default)]
struct Open {
    journals: Mutex<HashMap<PathBuf, Closing>>,
    released: Condvar,
}

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
    claims: Claims,
}

impl Claim {
    /// Claims the file, whose path is absolute and without links. Blocks where it is just being closed, which
    /// its user says by marking the `closing` that he gave.
    ///
    /// # Errors
    ///
    /// `JournalInUse`.
    pub(super) fn of(path: &Path, closing: Closing) -> Result<Claim> {
        CLAIMS.claim(path, closing)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.claims.lock().remove(&self.path);
        self.claims.0.released.notify_all();
    }
}

impl Claims {
    fn claim(&self, path: &Path, closing: Closing) -> Result<Claim> {
        let is_closing = |journals: &mut HashMap<PathBuf, Closing>| journals.get(path).is_some_and(Closing::is_marked);
        let mut journals = self.lock();
        self.0.released.wait_while_for(&mut journals, is_closing, LONGEST_CLOSING);
        if journals.contains_key(path) {
            return Err(in_use(path));
        }
        journals.insert(path.to_owned(), closing);
        Ok(Claim { path: path.to_owned(), claims: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Closing>> {
        self.0.journals.lock()
    }
}

fn in_use(path: &Path) -> Error {
    fault::in_use("another run of this process uses it").action(fault::OPENING).target(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use shuttle::thread::spawn;

    use super::*;
    use crate::sync::model;

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

    #[test]
    fn model_a_journal_has_one_user_at_a_time() {
        model::check(|| {
            let (claims, users) = (Claims::default(), Arc::new(Mutex::new(0)));
            let runs: Vec<_> = (0..3)
                .map(|_| {
                    let (claims, users) = (claims.clone(), Arc::clone(&users));
                    spawn(move || {
                        let Ok(claim) = claims.claim(Path::new("/nowhere/run.db"), Closing::default()) else {
                            return 0;
                        };
                        *users.lock() += 1;
                        assert_eq!(*users.lock(), 1, "two runs have one journal");
                        *users.lock() -= 1;
                        drop(claim);
                        1
                    })
                })
                .collect();
            assert!(runs.into_iter().map(|run| run.join().unwrap()).sum::<u32>() >= 1);
            assert!(claims.lock().is_empty());
        });
    }

    #[test]
    fn model_who_comes_while_it_is_closed_is_never_refused() {
        model::check(|| {
            let (claims, path) = (Claims::default(), Path::new("/nowhere/closing.db"));
            let closing = Closing::default();
            let first = claims.claim(path, closing.clone()).unwrap();
            closing.mark();
            // Each is about to close it when it has it, as a run is whose end was asked for while it began.
            let next: Vec<_> = (0..2)
                .map(|_| {
                    let claims = claims.clone();
                    spawn(move || {
                        let closing = Closing::default();
                        closing.mark();
                        claims.claim(path, closing).map(drop)
                    })
                })
                .collect();
            let other = claims.claim(Path::new("/nowhere/other.db"), Closing::default()).unwrap();
            drop(first);
            for next in next {
                next.join().unwrap().unwrap();
            }
            drop(other);
            assert!(claims.lock().is_empty());
        });
    }
}
