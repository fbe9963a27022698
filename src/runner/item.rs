//! An item between its line and its row.

use std::time::Instant;

use super::store::Key;

/// An item that has its place in the run.
#[derive(Debug)]
pub(super) struct Started<I> {
    pub(super) track: Track,
    pub(super) item: I,
}

/// What the run knows of an item.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) position: u64,
    pub(super) key: Key,
    /// Whether the line named a mailbox at all.
    pub(super) is_named: bool,
    pub(super) tries: u32,
    /// Refusals of its token since the last answer that took one.
    pub(super) unauthorized: u32,
    /// In [`super::run::Shared::working_time`].
    pub(super) first_try: Option<Instant>,
    /// How long its line is, which is about what the item holds.
    pub(super) bytes: usize,
    /// The journal knows that it is about to be sent.
    pub(super) intended: bool,
    /// A try of it, in this run or an earlier one, may have been carried out.
    pub(super) in_doubt: bool,
    /// It counts among the items of its mailbox that are under way.
    pub(super) has_entered: bool,
    /// An earlier run recorded its failure.
    pub(super) has_failed_before: bool,
}

impl Track {
    pub(super) fn new(position: u64, key: Key, is_named: bool, bytes: usize) -> Self {
        Self {
            position,
            key,
            is_named,
            tries: 0,
            unauthorized: 0,
            first_try: None,
            bytes,
            intended: false,
            in_doubt: false,
            has_entered: false,
            has_failed_before: false,
        }
    }

    /// Forgets the tries so far.
    pub(super) fn begin_again(&mut self, now: Instant) {
        self.tries = 0;
        self.unauthorized = 0;
        self.first_try = Some(now);
    }
}
