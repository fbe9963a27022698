//! From rows to the caller: withheld while they may be the run's own fault, counted where so many end it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::item::Finished;
use super::outlet::Outlet;
use super::shared::Shared;
use super::stop::{Decision, StopRules};
use super::work::{Output, Work};
use crate::error::Result;

/// Longest time that a row is withheld: whoever gives a mailbox only after the row of the one before is not to wait
/// for ever.
const LONGEST_WITHHELD: Duration = Duration::from_secs(30);

/// The rows of a run.
pub(super) struct Results<W: Work> {
    work: Arc<W>,
    pub(super) outlet: Outlet<W>,
    stop: StopRules,
    withheld: Vec<Finished<W::Output>>,
    withheld_until: Option<Instant>,
}

impl<W: Work> Results<W> {
    pub(super) fn new(outlet: Outlet<W>, shared: &Shared<W>) -> Self {
        Self {
            work: Arc::clone(&shared.work),
            outlet,
            stop: StopRules::new(shared.options.stop_after_errors),
            withheld: Vec::new(),
            withheld_until: None,
        }
    }

    /// Hands on a row, unless it is one of those that stop the run.
    pub(super) fn finish(&mut self, row: Finished<W::Output>, now: Instant) -> Result<()> {
        let failure = row.output.failure();
        let has_failed = failure.is_some();
        // That it fails as it did before says nothing new of the app.
        let says_nothing = has_failed && row.has_failed_before;
        let decision = if says_nothing { Decision::Pass } else { self.stop.judge(failure) };
        match decision {
            Decision::Stop(error) => {
                self.withheld.clear();
                return Err(error);
            }
            Decision::Withhold => {
                self.withheld_until.get_or_insert(now + LONGEST_WITHHELD);
                self.withheld.push(row);
            }
            Decision::Pass => {
                if !self.stop.withholds() {
                    self.release();
                }
                self.outlet.put(row);
            }
        }
        self.stop.count_failure_if(has_failed).map_or(Ok(()), Err)
    }

    /// Hands on a row, where there is one, that says nothing of the run.
    pub(super) fn put(&mut self, row: Option<Finished<W::Output>>) {
        row.into_iter().for_each(|row| self.outlet.put(row));
    }

    /// Hands on what was withheld.
    pub(super) fn release(&mut self) {
        self.withheld_until = None;
        for mut row in std::mem::take(&mut self.withheld) {
            self.work.reconsider(&mut row.output);
            self.outlet.put(row);
        }
    }

    /// Hands on what was withheld for long enough.
    pub(super) fn release_due(&mut self, now: Instant) {
        if self.withheld_until.is_some_and(|until| until <= now) {
            self.release();
        }
    }

    /// When rows are withheld long enough.
    pub(super) fn withheld_until(&self) -> Option<Instant> {
        self.withheld_until
    }
}
