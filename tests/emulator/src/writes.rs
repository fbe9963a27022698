//! Every write that came, for tests that ask which request was sent how often and what became of it.

use parking_lot::{Mutex, MutexGuard};
use serde::Serialize;

/// A request to a mailbox that was no GET.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Write {
    /// The mailbox's index.
    pub mailbox: u64,
    /// The method.
    pub method: String,
    /// What of the path follows the mailbox, decoded.
    pub path: String,
    /// The body; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// Whether it was carried out, whether its reply arrived or not.
    pub done: bool,
    /// The status of its reply, whether that arrived or not; none where there was no reply.
    pub status: Option<u16>,
}

/// The writes in the order in which they came.
#[derive(Debug, Default)]
pub struct Writes(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    /// The number of the first that is there: those before it were forgotten.
    first: usize,
    all: Vec<Write>,
}

impl Writes {
    /// Takes note of a write that came; gives its number.
    pub fn came(&self, write: Write) -> usize {
        let mut noted = self.lock();
        noted.all.push(write);
        noted.first + noted.all.len() - 1
    }

    /// Takes note that it was carried out.
    pub fn done(&self, number: usize) {
        self.change(number, |write| write.done = true);
    }

    /// Takes note of its reply.
    pub fn answered(&self, number: usize, status: u16) {
        self.change(number, |write| write.status = Some(status));
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut Write)) {
        let mut noted = self.lock();
        // It is gone where they were forgotten meanwhile.
        let place = number.checked_sub(noted.first);
        place.and_then(|place| noted.all.get_mut(place)).map(change);
    }

    /// A copy.
    #[must_use]
    pub fn all(&self) -> Vec<Write> {
        self.lock().all.clone()
    }

    /// Forgets them.
    pub fn clear(&self) {
        let mut noted = self.lock();
        noted.first += noted.all.len();
        noted.all.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock()
    }
}
