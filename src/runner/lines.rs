//! Lines on their way into the run: pushed or listed, in memory or in the store.

use parking_lot::{Mutex, MutexGuard};

use super::input::InputQueue;
use crate::error::Error;

/// The lines that were not taken in yet. Those in memory come first.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<LinesState>);

#[derive(Debug, Default)]
pub(super) struct LinesState {
    pub(super) input: InputQueue,
    /// Lines in the store, after those in memory.
    pub(super) aside: u64,
    /// Why the lister gave up.
    pub(super) listing_failed: Option<Error>,
}

impl Lines {
    pub(super) fn lock(&self) -> MutexGuard<'_, LinesState> {
        self.0.lock()
    }
}

impl LinesState {
    /// No line waits and none will come.
    pub(super) fn is_exhausted(&self) -> bool {
        self.input.is_exhausted() && self.aside == 0
    }

    /// How many lines came so far.
    pub(super) fn pushed(&self) -> u64 {
        self.input.pushed() + self.aside
    }
}
