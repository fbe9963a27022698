//! What follows a try: a row, a next try, or the end of the run.

use std::sync::Arc;
use std::time::Instant;

use super::counts::{Counts, add};
use super::item::{Finished, Started, Track};
use super::shared::Shared;
use super::work::Work;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::http::{Clock, RetryPolicy};
use crate::store::Store;

/// Judges the tries of items.
pub(super) struct Attempts<W: Work> {
    work: Arc<W>,
    store: Store,
    context: Context,
    counts: Arc<Counts>,
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
}

/// What becomes of an item after a try.
pub(super) enum Verdict<I, T> {
    /// It has its row, and is not tried again.
    Row(Track, Finished<T>),
    /// It is to be tried again, not before this time.
    Retry(Started<I>, Instant),
    /// The run ends. The item is the next run's, or has a row that says that nobody knows what became of it.
    End(Option<Finished<T>>, Error),
}

impl<W: Work> Attempts<W> {
    pub(super) fn new(shared: &Shared<W>, store: &Store) -> Self {
        Self {
            work: Arc::clone(&shared.work),
            store: store.clone(),
            context: shared.context.clone(),
            counts: Arc::clone(&shared.counts),
            retry: shared.options.retry,
            clock: Arc::clone(&shared.options.clock),
        }
    }

    /// Items are about to be tried.
    pub(super) fn begin(&self, items: &mut [Started<W::Item>]) {
        let now = self.working_time();
        items.iter_mut().for_each(|started| {
            started.track.first_try.get_or_insert(now);
        });
    }

    /// Judges what a try gave.
    pub(super) fn judge(
        &self,
        mut started: Started<W::Item>,
        result: Result<W::Output, AttemptError>,
    ) -> Result<Verdict<W::Item, W::Output>> {
        let error = match result {
            Ok(output) => {
                let row = Finished::new(&started.track, output);
                return Ok(Verdict::Row(started.track, row));
            }
            Err(AttemptError::Run(error) | AttemptError::Token(error)) => {
                return Ok(Verdict::End(self.leave_open(&started)?, error));
            }
            Err(AttemptError::Item(error)) => error,
        };
        if self.work.has_advanced(&mut started.item) {
            started.track.begin_again(self.working_time());
        }
        started.track.tries += 1;
        if error.status() == Status::Throttled {
            add(&self.counts.throttled, 1);
        }
        if !self.may_be_repeated(&mut started, &error)? {
            return Ok(self.unknown(started, error));
        }
        match self.next_try(&mut started.track, &error) {
            Some(due) => {
                add(&self.counts.retries, 1);
                Ok(Verdict::Retry(started, due))
            }
            None if started.track.is_maybe_done && self.work.needs_intent() => Ok(self.unknown(started, error)),
            None => {
                let output = self.work.failed(&started.item, error);
                let row = Finished::new(&started.track, output);
                Ok(Verdict::Row(started.track, row))
            }
        }
    }

    /// Whether a failed try was not carried out, or its next try will find out; takes note of which, where that counts.
    fn may_be_repeated(&self, started: &mut Started<W::Item>, error: &Error) -> Result<bool> {
        if !self.work.needs_intent() {
            return Ok(true);
        }
        started.track.is_maybe_done = error.is_maybe_done();
        if started.track.is_maybe_done && !self.work.resume(&mut started.item) {
            return Ok(false);
        }
        // However the run ends before the next try or the row, nobody has to ask what became of it.
        self.withdraw(&started.track)?;
        started.track.intended = started.track.is_maybe_done;
        Ok(true)
    }

    /// When to try again, if at all.
    fn next_try(&self, track: &mut Track, error: &Error) -> Option<Instant> {
        let now = self.clock.monotonic();
        if let Some(may_repeat) = track.unauthorized.note(error) {
            return may_repeat.then_some(now);
        }
        let working_time = self.working_time();
        let elapsed = working_time.saturating_duration_since(track.first_try.unwrap_or(working_time));
        let wait = self.retry.wait(error, track.tries, elapsed)?;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let kind = if error.status() == Status::Throttled { Event::Throttled } else { Event::Retry };
        self.context.events.emit(
            kind,
            &format!("trying again in {wait_ms} ms: {error}"),
            [("row", track.position.into()), ("waitMs", wait_ms.into()), ("tries", track.tries.into())],
        );
        now.checked_add(wait)
    }

    /// An item whose run ends before it has a row is left to the next run. Where this run sent its request and does
    /// not know what became of it, that is its row: without a journal nobody else would know of it. What an earlier
    /// run left unknown is in the journal.
    pub(super) fn leave_open(&self, started: &Started<W::Item>) -> Result<Option<Finished<W::Output>>> {
        let Started { track, item } = started;
        if !(track.is_maybe_done && track.first_try.is_some() && self.work.needs_intent()) {
            self.withdraw(track)?;
            return Ok(None);
        }
        let error = Error::new(Status::OutcomeUnknown, "the run ended before it was known whether it was carried out")
            .target(self.work.identity(item));
        Ok(Some(self.unknown_row(track, item, error)))
    }

    /// Judges what a try gave that was sent before the run ended: there is no other.
    pub(super) fn judge_last(
        &self,
        started: &Started<W::Item>,
        result: Result<W::Output, AttemptError>,
    ) -> Result<Option<Finished<W::Output>>> {
        match result {
            Ok(output) => Ok(Some(Finished::new(&started.track, output))),
            Err(AttemptError::Item(error)) if error.is_maybe_done() => {
                Ok(Some(self.unknown_row(&started.track, &started.item, error)))
            }
            Err(_) => self.leave_open(started),
        }
    }

    /// The row of an item that an earlier run sent.
    pub(super) fn unknown_before(&self, track: &Track, item: &W::Item) -> Finished<W::Output> {
        let error =
            Error::new(Status::OutcomeUnknown, "an earlier run sent this request and ended before it had the answer")
                .target(self.work.identity(item));
        self.unknown_row(track, item, error)
    }

    fn unknown(&self, started: Started<W::Item>, error: Error) -> Verdict<W::Item, W::Output> {
        let row = self.unknown_row(&started.track, &started.item, error);
        Verdict::Row(started.track, row)
    }

    fn unknown_row(&self, track: &Track, item: &W::Item, error: Error) -> Finished<W::Output> {
        add(&self.counts.unknown, 1);
        Finished::unknown(track, self.work.failed(item, error.outcome_unknown()))
    }

    /// Says that an item's request was not carried out. What is unknown of an earlier try stays so.
    fn withdraw(&self, track: &Track) -> Result<()> {
        let stays_unknown = track.is_maybe_done || !self.work.needs_intent();
        if track.intended && !stays_unknown { self.store.withdraw(track.key) } else { Ok(()) }
    }

    /// Now, on a clock that stands still while the run pauses: a pause is no try that lasted long.
    fn working_time(&self) -> Instant {
        let now = self.clock.monotonic();
        now.checked_sub(self.context.gate.shut_for()).unwrap_or(now)
    }
}
