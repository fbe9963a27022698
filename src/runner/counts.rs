//! What a run has done so far.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::rates::Rates;

#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) completed: AtomicU64,
    pub(super) delivered: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) in_flight: AtomicU64,
    pub(super) waiting: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) throttled: AtomicU64,
    pub(super) batches: AtomicU64,
    pub(super) limit: AtomicU64,
    /// Rows that an earlier run recorded.
    pub(super) recalled: AtomicU64,
    /// Rows whose request may have been carried out.
    pub(super) unknown: AtomicU64,
    /// Lines whose mailbox came before.
    pub(super) duplicates: AtomicU64,
    /// Lines of other shards.
    pub(super) other_shards: AtomicU64,
    /// Lines that the lister found.
    pub(super) listed: AtomicU64,
    /// Of them, those of this run's shard; counted where there is a bound on them.
    pub(super) gathered: AtomicU64,
    /// What the lister left out.
    pub(super) skipped: AtomicU64,
    pub(super) listing: AtomicBool,
    held_until: Mutex<Option<u64>>,
    outcomes: Mutex<BTreeMap<&'static str, u64>>,
    rates: Mutex<Rates>,
}

impl Counts {
    /// Counts a row that is done: by the name of its status, `Ok` for a success.
    pub(super) fn add_outcome(&self, name: &'static str) {
        *self.outcomes().entry(name).or_insert(0) += 1;
    }

    pub(super) fn outcomes(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.outcomes.lock()
    }

    /// Until how many milliseconds after the run's start the service has it wait.
    pub(super) fn held_until(&self) -> Option<u64> {
        *self.held_until.lock()
    }

    pub(super) fn set_held_until(&self, until_ms: Option<u64>) {
        *self.held_until.lock() = until_ms;
    }

    pub(super) fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock()
    }
}

pub(super) fn add(counter: &AtomicU64, number: u64) {
    counter.fetch_add(number, Ordering::Relaxed);
}

pub(super) fn set(counter: &AtomicU64, number: usize) {
    counter.store(number as u64, Ordering::Relaxed);
}

pub(super) fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
