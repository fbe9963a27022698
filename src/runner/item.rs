//! An item between its line and its row: started, tried, completed, finished.

use std::time::{Duration, Instant};

use crate::attempt::AttemptError;
use crate::http::Unauthorized;
use crate::store::Key;

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
    pub(super) unauthorized: Unauthorized,
    /// On the clock that stands still while the run pauses.
    pub(super) first_try: Option<Instant>,
    /// How long its line is, which is about what the item holds.
    pub(super) bytes: usize,
    /// The journal knows that it is about to be sent.
    pub(super) intended: bool,
    /// A try of it, in this run or an earlier one, may have been carried out.
    pub(super) is_maybe_done: bool,
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
            unauthorized: Unauthorized::default(),
            first_try: None,
            bytes,
            intended: false,
            is_maybe_done: false,
            has_entered: false,
            has_failed_before: false,
        }
    }

    /// Forgets the tries so far.
    pub(super) fn begin_again(&mut self, now: Instant) {
        self.tries = 0;
        self.unauthorized = Unauthorized::default();
        self.first_try = Some(now);
    }
}

/// A request that has ended.
#[derive(Debug)]
pub(super) struct Completed<I, T> {
    pub(super) outcome: Outcome<I, T>,
    pub(super) took: Duration,
}

/// What became of the items of a request.
#[derive(Debug)]
pub(super) enum Outcome<I, T> {
    /// Each has its own result.
    Each(Vec<(Started<I>, Result<T, AttemptError>)>),
    /// The request failed as a whole: no item was tried.
    Whole(Vec<Started<I>>, AttemptError),
}

impl<I, T> Outcome<I, T> {
    /// How many items shared the request.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Each(items) => items.len(),
            Self::Whole(items, _) => items.len(),
        }
    }

    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Started<I>> {
        let (each, whole) = match self {
            Self::Each(items) => (items.as_mut_slice(), [].as_mut_slice()),
            Self::Whole(items, _) => ([].as_mut_slice(), items.as_mut_slice()),
        };
        each.iter_mut().map(|(started, _)| started).chain(whole)
    }

    pub(super) fn errors_mut(&mut self) -> impl Iterator<Item = &mut AttemptError> {
        let (each, whole) = match self {
            Self::Each(items) => (items.as_mut_slice(), None),
            Self::Whole(_, error) => ([].as_mut_slice(), Some(error)),
        };
        each.iter_mut().filter_map(|(_, result)| result.as_mut().err()).chain(whole)
    }
}

/// A row that is done.
#[derive(Debug)]
pub(super) struct Finished<T> {
    pub(super) position: u64,
    pub(super) key: Key,
    pub(super) output: T,
    /// Its intent stays in the journal, and no outcome.
    pub(super) is_unknown: bool,
    /// An earlier run recorded its failure.
    pub(super) has_failed_before: bool,
}

impl<T> Finished<T> {
    /// The row of an item whose outcome is known.
    pub(super) fn new(track: &Track, output: T) -> Self {
        let has_failed_before = track.has_failed_before;
        Self { position: track.position, key: track.key, output, is_unknown: false, has_failed_before }
    }

    /// The row of an item that may have been carried out.
    pub(super) fn unknown(track: &Track, output: T) -> Self {
        Self { is_unknown: true, ..Self::new(track, output) }
    }
}

/// The output of one input line.
#[derive(Debug)]
pub struct Done<T> {
    /// The line's 0-based position in the whole run.
    pub position: u64,
    /// What it gave.
    pub output: T,
}
