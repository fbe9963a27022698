//! The list of what failed, which a run writes to a file beside its rows.
//!
//! What fails is noted in memory and written by a thread that may wait for a disk. However the run ends, the list is
//! put in its place: what is in it is what the run counts as failed. A list that cannot be written ends no run: its
//! caller is told at the end.

use std::fmt;

use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// So many are worth a write.
const PORTION: usize = 256;

/// So many may wait for a slow disk, about 16 MB: beyond them no item starts.
const MOST_PENDING: usize = 16_384;

/// A mailbox that failed.
#[derive(Clone, Debug)]
pub struct Failed {
    /// As the input spelled it.
    pub mailbox: Option<String>,
    /// Why.
    pub error: Error,
}

/// Where a run keeps what failed.
pub trait FailureList: fmt::Debug + Send + Sync {
    /// Adds to the list. May wait for the disk.
    ///
    /// # Errors
    ///
    /// `File`.
    fn add(&mut self, failed: &[Failed]) -> Result<()>;

    /// Puts the list in its place, in that of an older one. Dropping it instead leaves that.
    ///
    /// # Errors
    ///
    /// `File`.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// The list of a run.
#[derive(Debug)]
pub(super) struct FailedList {
    /// What is to be written.
    pending: Mutex<Vec<Failed>>,
    /// Held by whoever writes, which may take long; without a list once it is in its place or given up.
    list: Mutex<Option<Box<dyn FailureList>>>,
    /// How it ended, once it has: whether it is in its place, or why it is not.
    ended: Mutex<Option<Result<bool>>>,
}

impl FailedList {
    pub(super) fn new(list: Box<dyn FailureList>) -> Self {
        Self { pending: Mutex::default(), list: Mutex::new(Some(list)), ended: Mutex::default() }
    }

    /// Notes a failure; nothing waits for it.
    pub(super) fn note(&self, mailbox: Option<&str>, error: &Error) {
        if self.ended.lock().is_none() {
            self.pending.lock().push(Failed { mailbox: mailbox.map(str::to_owned), error: error.clone() });
        }
    }

    /// Whether the disk follows.
    pub(super) fn has_room(&self) -> bool {
        self.pending.lock().len() < MOST_PENDING
    }

    /// Whether there is enough to write.
    pub(super) fn is_due(&self) -> bool {
        self.pending.lock().len() >= PORTION
    }

    /// Writes what is noted. May wait for the disk.
    pub(super) fn write(&self) {
        let mut list = self.list.lock();
        self.write_to(&mut list);
    }

    /// Ends the list, in its place where `keep` says so. May wait for the disk.
    pub(super) fn close(&self, keep: bool) {
        let mut list = self.list.lock();
        if keep {
            self.write_to(&mut list);
        }
        let Some(list) = list.take() else { return };
        let ended = if keep { list.finish().map(|()| true) } else { Ok(false) };
        *self.ended.lock() = Some(ended);
    }

    fn write_to(&self, list: &mut Option<Box<dyn FailureList>>) {
        let noted = std::mem::take(&mut *self.pending.lock());
        let Some(writing) = list else { return };
        if let Err(error) = writing.add(&noted) {
            *list = None;
            *self.ended.lock() = Some(Err(error));
        }
    }

    /// What progress says of it.
    pub(super) fn to_json(&self) -> Value {
        match &*self.ended.lock() {
            None | Some(Ok(false)) => json!({"written": false, "error": null}),
            Some(Ok(true)) => json!({"written": true, "error": null}),
            Some(Err(error)) => json!({"written": false, "error": error.to_json()}),
        }
    }
}
