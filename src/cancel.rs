//! Cancelling work, and waking those who wait for it.

use std::time::Instant;

pub use tokio_util::sync::CancellationToken as CancelToken;

use crate::sync::{Condvar, Mutex};

/// Wakes threads outside the runtime that wait for "something changed".
///
/// A waiter reads [`Signal::epoch`], looks at the state it cares for, and where that is not what it wants
/// waits for the epoch to move on: no wake-up between the look and the wait is lost.
#[derive(Debug, Default)]
pub struct Signal {
    epoch: Mutex<u64>,
    changed: Condvar,
}

impl Signal {
    /// The number of changes so far.
    pub fn epoch(&self) -> u64 {
        *self.epoch.lock()
    }

    /// Says that something changed.
    pub fn notify(&self) {
        let mut epoch = self.epoch.lock();
        *epoch = epoch.wrapping_add(1);
        drop(epoch);
        self.changed.notify_all();
    }

    /// Blocks the calling thread until the epoch differs from `seen` or the deadline has passed.
    /// Returns whether it differs.
    pub fn wait(&self, seen: u64, deadline: Instant) -> bool {
        let mut epoch = self.epoch.lock();
        let left = deadline.saturating_duration_since(Instant::now());
        self.changed.wait_while_for(&mut epoch, |epoch| *epoch == seen, left);
        *epoch != seen
    }
}
