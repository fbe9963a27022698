//! What works through a run: it takes lines in, starts what admission lets start, has each answer judged, and hands on
//! the rows. It decides none of that itself.

use std::sync::Arc;
use std::time::Instant;

use super::admission::{Admission, Admit, Bounds, Conditions, Notice};
use super::attempts::{Attempts, Verdict};
use super::counts::{add, set};
use super::in_flight::InFlight;
use super::intake::{Intake, Line};
use super::item::{Completed, Outcome, Started};
use super::outlet::Outlet;
use super::queue::Queue;
use super::results::Results;
use super::shared::Shared;
use super::work::{Output, Work};
use crate::attempt::AttemptError;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::store::Store;

pub(super) struct Engine<W: Work> {
    shared: Arc<Shared<W>>,
    pub(super) intake: Intake<W>,
    queue: Queue<W::Item>,
    admission: Admission<W::Item>,
    in_flight: InFlight<W>,
    attempts: Attempts<W>,
    pub(super) results: Results<W>,
}

impl<W: Work> Engine<W> {
    pub(super) fn new(shared: &Arc<Shared<W>>, store: &Store) -> Self {
        let options = &shared.options;
        let bounds = Bounds {
            max_concurrency: options.max_concurrency,
            batching: options.batching,
            most_per_batch: shared.work.most_per_batch(),
            is_ordered: shared.work.is_ordered(),
        };
        Self {
            shared: Arc::clone(shared),
            intake: Intake::new(shared, store),
            queue: Queue::new(),
            admission: Admission::new(bounds),
            in_flight: InFlight::new(Arc::clone(&shared.work), store.clone(), Arc::clone(&options.clock)),
            attempts: Attempts::new(shared, store),
            results: Results::new(Outlet::new(shared, store), shared),
        }
    }

    /// Until every line has its row, or nothing more can be done.
    pub(super) async fn run(&mut self) -> Result<()> {
        let ended = self.work_through().await;
        // Whatever ended the run but the refusals themselves, they are the rows of their mailboxes.
        self.results.release();
        if ended.is_err() && (self.shared.work.needs_intent() || self.shared.options.writes) {
            return ended.and(self.leave_waiting()).and(self.finish_in_flight().await);
        }
        ended
    }

    async fn work_through(&mut self) -> Result<()> {
        loop {
            if self.shared.is_stopped() {
                return Err(Error::cancelled());
            }
            if self.admission.has_room(&self.queue) && self.results.outlet.has_room() {
                self.intake.begin();
            }
            let more_at = self.start_what_may();
            self.results.release_due(self.shared.now());
            self.results.outlet.begin();
            self.show_counts();
            if self.in_flight.is_empty() && self.has_nothing_to_start()? {
                return Ok(());
            }
            let due = self.shared.sleep_until(more_at.into_iter().chain(self.results.withheld_until()).min());
            tokio::select! {
                Some(completed) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                    self.settle(completed)?;
                    // What else is done by now is settled too, and the caller woken once for all of it.
                    while let Some(completed) = self.in_flight.next_now() {
                        self.settle(completed)?;
                    }
                    self.shared.note_rate();
                    self.shared.signal.notify();
                }
                lines = self.intake.next() => {
                    for line in lines? {
                        self.take_in(line)?;
                    }
                    self.shared.signal.notify();
                }
                moved = self.results.outlet.next() => moved?,
                () = due => {}
                () = self.shared.wake.notified() => {}
            }
        }
    }

    fn take_in(&mut self, line: Line<W::Item>) -> Result<()> {
        match line {
            Line::New(started) => self.queue.add(started),
            Line::Recorded(position, record) => {
                add(&self.shared.counts.recalled, 1);
                self.results.outlet.give(position, self.shared.work.recall(&record)?);
            }
            // As a recalled row: it is none of this run's failures.
            Line::Unknown(track, item) => self.results.put(Some(self.attempts.unknown_before(&track, &item))),
        }
        Ok(())
    }

    /// Starts requests for as long as admission lets it; gives when more may start although nothing has happened.
    fn start_what_may(&mut self) -> Option<Instant> {
        loop {
            let now = self.shared.now();
            let conditions = self.conditions(now);
            match self.admission.admit(now, &mut self.queue, &conditions) {
                Admit::Start(mut items) => {
                    if items.len() > 1 {
                        add(&self.shared.counts.batches, 1);
                    }
                    self.attempts.begin(&mut items);
                    self.in_flight.start(items);
                }
                Admit::Wait(more_at) => {
                    if conditions.is_paused && self.queue.ready() > 0 {
                        self.shared.say_pause();
                    }
                    return more_at;
                }
            }
        }
    }

    fn conditions(&self, now: Instant) -> Conditions {
        let Shared { options, context, .. } = &*self.shared;
        Conditions {
            announced: context.limits.announced(),
            is_paused: !context.gate.is_open(now),
            is_full: !self.results.outlet.has_room(),
            more_is_coming: !self.intake.is_idle(),
            backlog: (options.writes && !options.to_file).then(|| self.results.outlet.backlog()),
        }
    }

    /// Whether all input has been taken in and tried for the last time. What a lister found before it failed is
    /// done all the same.
    fn has_nothing_to_start(&self) -> Result<bool> {
        let lines = self.shared.lines.lock();
        let is_over = lines.is_exhausted()
            && self.intake.is_idle()
            && self.queue.ready() == 0
            && self.admission.waiting(&self.queue) == 0;
        match &lines.listing_failed {
            Some(error) if is_over => Err(error.clone()),
            _ => Ok(is_over),
        }
    }

    /// Gives what completed its rows, or its next tries.
    fn settle(&mut self, mut completed: Completed<W::Item, W::Output>) -> Result<()> {
        for notice in self.admission.observe(self.shared.now(), &mut completed, &mut self.queue) {
            self.tell(&notice);
        }
        match completed.outcome {
            Outcome::Each(items) => {
                // What the others gave is theirs, even where one of them ends the run.
                let mut ended = Ok(());
                for (started, result) in items {
                    ended = ended.and(self.settle_item(started, result));
                }
                ended
            }
            Outcome::Whole(items, AttemptError::Run(error) | AttemptError::Token(error)) => {
                items.iter().try_for_each(|started| self.leave_open(started))?;
                Err(error)
            }
            Outcome::Whole(items, AttemptError::Item(error)) if !error.is_retryable() => {
                items.into_iter().rev().for_each(|started| self.queue.put_first(started));
                Ok(())
            }
            // The items go again, in smaller batches or singly.
            Outcome::Whole(items, error @ AttemptError::Item(_)) => {
                items.into_iter().try_for_each(|started| self.settle_item(started, Err(error.clone())))
            }
        }
    }

    fn tell(&self, notice: &Notice) {
        let (events, message) = (&self.shared.context.events, notice.to_string());
        match notice {
            Notice::Held(wait) => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                events.emit(Event::Held, &message, [("waitMs", wait_ms.into())]);
            }
            Notice::OutageBegan | Notice::BatchesRefused(_) => events.emit(Event::Warning, &message, []),
        }
    }

    fn settle_item(&mut self, started: Started<W::Item>, result: Result<W::Output, AttemptError>) -> Result<()> {
        if let Ok(output) = &result {
            self.admission.note_weight(output.weight());
        }
        match self.attempts.judge(started, result)? {
            Verdict::Row(mut track, row) => {
                self.queue.forget(&track);
                self.admission.leave_mailbox(&mut track, &mut self.queue);
                self.results.finish(row, self.shared.now())
            }
            Verdict::Retry(started, due) => {
                self.queue.put_off(started, due);
                Ok(())
            }
            Verdict::End(row, error) => {
                self.results.put(row);
                Err(error)
            }
        }
    }

    /// What waited to be tried, or to be looked up, when the run ended.
    fn leave_waiting(&mut self) -> Result<()> {
        let left: Vec<_> = self.queue.take_all().chain(self.admission.take_waiting()).collect();
        left.iter().try_for_each(|started| self.leave_open(started))
    }

    /// Waits for the outcome of what was sent and must not be sent again; each try has its time limit. What was not
    /// carried out is left to the next run.
    async fn finish_in_flight(&mut self) -> Result<()> {
        self.in_flight.send_no_more();
        while let Some(Completed { outcome, .. }) = self.in_flight.next().await {
            match outcome {
                Outcome::Each(items) => {
                    for (started, result) in items {
                        let row = self.attempts.judge_last(&started, result)?;
                        self.results.put(row);
                    }
                }
                Outcome::Whole(items, _) => items.iter().try_for_each(|started| self.leave_open(started))?,
            }
        }
        Ok(())
    }

    fn leave_open(&mut self, started: &Started<W::Item>) -> Result<()> {
        self.attempts.leave_open(started).map(|row| self.results.put(row))
    }

    fn show_counts(&self) {
        let counts = &self.shared.counts;
        set(&counts.in_flight, self.admission.in_flight());
        set(&counts.waiting, self.admission.waiting(&self.queue));
        set(&counts.limit, self.admission.limit());
        let held_until = self.admission.held_until(self.shared.now());
        counts.set_held_until(held_until.map(|until| self.shared.elapsed_ms_at(until)));
    }
}
