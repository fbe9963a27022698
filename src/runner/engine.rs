//! What works through a run: starts items, tries them again, and hands on their rows.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::batching::{Batcher, rounds, slots};
use super::bucket::Bucket;
use super::counts::{add, set};
use super::flight::{Landed, fly};
use super::intake::{Intake, Taken};
use super::item::{Started, Track};
use super::lead::Lead;
use super::limiter::{Limiter, Load};
use super::mailboxes::Mailboxes;
use super::not_before::NotBeforeQueue;
use super::outage::Outage;
use super::outlet::{Finished, Outlet};
use super::pairs::with_outcomes;
use super::run::Shared;
use super::stop::{StopRules, Verdict};
use super::store::Store;
use super::weights::Weights;
use super::{AttemptError, Batched, Work};
use crate::error::{Error, Result, Status};
use crate::event::Event;

/// A 401 calls for a new token at once; so many of them in a row for one item are final.
const MOST_UNAUTHORIZED: u32 = 2;
/// Items that are ready beyond what may start now.
const MOST_READY: usize = 256;
/// Items that wait for a time or for their mailbox. They are in memory: beyond this no line is taken in.
const MOST_WAITING: usize = 4096;
/// Lines of all items that are not done: an input object may bring a body of its own.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Longest time that a row is withheld: whoever gives a mailbox only after the row of the one before is not to wait
/// for ever.
const LONGEST_WITHHELD: Duration = Duration::from_secs(30);

/// Requests under way.
type Flying<'a, W> = FuturesUnordered<BoxFuture<'a, Landed<W>>>;

pub(super) struct Engine<'a, W: Work> {
    shared: &'a Arc<Shared<W>>,
    store: &'a Store,
    pub(super) intake: Intake<W>,
    ready: VecDeque<Started<W::Item>>,
    waiting: NotBeforeQueue<Started<W::Item>>,
    mailboxes: Mailboxes<Started<W::Item>>,
    limiter: Limiter,
    bucket: Bucket,
    outage: Outage,
    weights: Weights,
    /// Items under way; a batch has many.
    in_flight: usize,
    batcher: Batcher,
    stop: StopRules,
    lead: Lead,
    has_said_pause: bool,
    withheld: Vec<Finished<W::Output>>,
    withheld_until: Option<Instant>,
    /// Of the lines of items that are not done.
    bytes: usize,
    pub(super) outlet: Outlet<W>,
}

impl<'a, W: Work> Engine<'a, W> {
    pub(super) fn new(shared: &'a Arc<Shared<W>>, store: &'a Store) -> Self {
        Self {
            shared,
            store,
            intake: Intake::new(),
            ready: VecDeque::new(),
            waiting: NotBeforeQueue::new(),
            mailboxes: Mailboxes::new(shared.work.is_ordered()),
            limiter: Limiter::new(shared.options.max_concurrency),
            bucket: Bucket::default(),
            outage: Outage::default(),
            weights: Weights::default(),
            in_flight: 0,
            batcher: Batcher::new(shared.options.batching, shared.work.most_per_batch()),
            stop: StopRules::new(shared.options.stop_after_errors),
            lead: Lead::default(),
            has_said_pause: false,
            withheld: Vec::new(),
            withheld_until: None,
            bytes: 0,
            outlet: Outlet::new(shared, store),
        }
    }

    /// Until every line has its row, or nothing more can be done.
    pub(super) async fn run(&mut self) -> Result<()> {
        let mut flying = FuturesUnordered::new();
        let ended = self.go(&mut flying).await;
        // Whatever ended the run but the refusals themselves, they are the rows of their mailboxes.
        self.release_withheld();
        if ended.is_err() && (self.shared.work.needs_intent() || self.shared.options.writes) {
            return ended.and(self.leave_waiting()).and(self.land(&mut flying).await);
        }
        ended
    }

    async fn go(&mut self, flying: &mut Flying<'a, W>) -> Result<()> {
        loop {
            if self.shared.is_stopped() {
                return Err(Error::cancelled());
            }
            if self.takes_lines() {
                self.intake.begin(self.shared, self.store);
            }
            while let Some(items) = self.next_to_start() {
                flying.push(fly(self.shared, self.store, items).boxed());
            }
            if self.withheld_until.is_some_and(|until| until <= self.shared.options.clock.monotonic()) {
                self.release_withheld();
            }
            self.outlet.begin();
            self.show_counts();
            if flying.is_empty() && self.has_nothing_to_start()? {
                return Ok(());
            }
            let due = self.next_is_due();
            tokio::select! {
                Some(landed) = flying.next(), if !flying.is_empty() => {
                    self.settle(landed)?;
                    // What else is done by now is settled too, and the caller woken once for all of it.
                    while let Some(Some(landed)) = flying.next().now_or_never() {
                        self.settle(landed)?;
                    }
                    self.outlet.note_rate();
                    self.shared.signal.notify();
                }
                taken = self.intake.next(self.shared) => {
                    for taken in taken? {
                        self.take(taken)?;
                    }
                    self.shared.signal.notify();
                }
                moved = self.outlet.next() => moved?,
                () = due => {}
                () = self.shared.wake.notified() => {}
            }
        }
    }

    /// What waited to be tried, or to be looked up, when the run ended.
    fn leave_waiting(&mut self) -> Result<()> {
        let left: Vec<_> =
            self.ready.drain(..).chain(self.waiting.take_all()).chain(self.mailboxes.take_held()).collect();
        left.iter().try_for_each(|started| self.leave_open(started))
    }

    /// An item whose run ends before it has a row is left to the next run. Where this run sent its request and does
    /// not know what became of it, that is its row: without a journal nobody else would know of it. What an earlier
    /// run left in doubt is in the journal.
    fn leave_open(&mut self, started: &Started<W::Item>) -> Result<()> {
        let Started { track, item } = started;
        if !(track.in_doubt && track.first_try.is_some() && self.shared.work.needs_intent()) {
            return self.withdraw(track);
        }
        let error = Error::new(Status::OutcomeUnknown, "the run ended before it was known whether it was carried out")
            .target(self.shared.work.identity(item));
        let row = self.unknown_row(track, item, error);
        self.outlet.put(row);
        Ok(())
    }

    /// Waits for the outcome of what was sent and must not be sent again; each try has its time limit. What was not
    /// carried out is left to the next run.
    async fn land(&mut self, flying: &mut Flying<'a, W>) -> Result<()> {
        self.shared.stopping.store(true, Ordering::Relaxed);
        while let Some(Landed { items, outcome, .. }) = flying.next().await {
            let Batched::Each(outcomes) = outcome else {
                items.iter().try_for_each(|started| self.leave_open(started))?;
                continue;
            };
            for (started, outcome) in with_outcomes(items, outcomes) {
                match outcome {
                    Ok(output) => self.outlet.put(Finished::new(&started.track, output)),
                    Err(AttemptError::Item(error)) if error.is_maybe_done() => {
                        let row = self.unknown_row(&started.track, &started.item, error);
                        self.outlet.put(row);
                    }
                    Err(_) => self.leave_open(&started)?,
                }
            }
        }
        Ok(())
    }

    fn takes_lines(&self) -> bool {
        self.ready.len() < MOST_READY
            && self.waiting.len() + self.mailboxes.held() < MOST_WAITING
            && self.bytes < MOST_BYTES
            && self.outlet.has_room()
    }

    /// Whether all input has been taken in and tried for the last time. What a lister found before it failed is
    /// done all the same.
    fn has_nothing_to_start(&self) -> Result<bool> {
        let state = self.shared.state();
        let is_over = state.input.is_exhausted()
            && state.lines_aside == 0
            && self.intake.is_idle()
            && self.ready.is_empty()
            && self.waiting.len() + self.mailboxes.held() == 0;
        match &state.listing_failed {
            Some(error) if is_over => Err(error.clone()),
            _ => Ok(is_over),
        }
    }

    fn take(&mut self, taken: Taken<W::Item>) -> Result<()> {
        match taken {
            Taken::New(started) => {
                self.bytes += started.track.bytes;
                self.ready.push_back(started);
            }
            Taken::Recorded(position, record) => {
                add(&self.shared.counts.recalled, 1);
                self.outlet.give(position, self.shared.work.recall(&record)?);
            }
            Taken::Unknown(track, item) => {
                let error = Error::new(
                    Status::OutcomeUnknown,
                    "an earlier run sent this request and ended before it had the answer",
                )
                .target(self.shared.work.identity(&item));
                // As a recalled row: it is none of this run's failures.
                let row = self.unknown_row(&track, &item, error);
                self.outlet.put(row);
            }
        }
        Ok(())
    }

    /// Items that are to share the next request, with slots taken for them.
    fn next_to_start(&mut self) -> Option<Vec<Started<W::Item>>> {
        let now = self.shared.options.clock.monotonic();
        while let Some(due) = self.waiting.pop_due(now) {
            self.ready.push_front(due);
        }
        self.bucket.note(self.shared.context.limits.announced(), self.limiter.in_flight(), now);
        let free = self.limiter.free().saturating_sub(self.slots_of_lead(now));
        if !self.shared.context.gate.is_open(now) {
            self.say_pause();
            return None;
        }
        if free == 0 || !self.outlet.has_room() {
            return None;
        }
        let most = self.bucket.left(now).min(self.weights.most().saturating_sub(self.in_flight));
        let most = if self.outage.probes(now) { most.min(1) } else { most };
        let size = self.batcher.next_size(self.ready.len(), free).min(most);
        let mut items = Vec::with_capacity(size);
        while items.len() < size
            && let Some(started) = self.pop_ready(now)
        {
            let mailbox = started.track.key.mailbox;
            let enters = started.track.is_named && !started.track.has_entered;
            items.extend(if enters { self.mailboxes.enter(mailbox, started) } else { Some(started) });
        }
        if items.is_empty() {
            return None;
        }
        let working_time = self.shared.working_time();
        for started in &mut items {
            started.track.first_try.get_or_insert(working_time);
            started.track.has_entered = started.track.is_named;
            self.lead.started(started.track.position, now);
        }
        self.in_flight += items.len();
        self.limiter.take(slots(items.len()));
        self.bucket.take(items.len());
        self.batcher.started(items.len());
        if items.len() > 1 {
            add(&self.shared.counts.batches, 1);
        }
        Some(items)
    }

    /// The next item that may start: while nothing answers, the one that finds out whether that is over.
    fn pop_ready(&mut self, now: Instant) -> Option<Started<W::Item>> {
        if !self.outage.probes(now) {
            return self.ready.pop_front();
        }
        let mut tries = self.ready.iter().map(|started| started.track.tries).enumerate();
        if self.outage.holds_until(now).is_none() {
            // None is to use up its tries for the others.
            let (least, _) = tries.min_by_key(|(_, tries)| *tries)?;
            self.outage.probed(now);
            return self.ready.remove(least);
        }
        let (tried, _) = tries.find(|(_, tries)| *tries > 0).filter(|_| !self.outage.has_answered())?;
        self.ready.remove(tried)
    }

    /// Takes note of whether the service can be reached.
    fn note_answer(&mut self, error: Option<&Error>) {
        if self.outage.note(error, self.shared.options.clock.monotonic()) {
            let message = "nothing answers: mailboxes wait until something does, for ten minutes at most";
            self.shared.context.events.emit(Event::Warning, message, []);
        }
    }

    /// Says once that the run pauses: a caller that is slow with each batch is not to be told of all of them.
    fn say_pause(&mut self) {
        let Some(idle_pause) = self.shared.options.idle_pause.filter(|_| !self.shared.is_stopped()) else { return };
        if self.has_said_pause || self.ready.is_empty() {
            return;
        }
        self.has_said_pause = true;
        let idle_ms = u64::try_from(idle_pause.as_millis()).unwrap_or(u64::MAX);
        let message = format!("nobody asked for {idle_ms} ms: no request starts until somebody does");
        self.shared.context.events.emit(Event::Paused, &message, [("idlePauseMs", idle_ms.into())]);
    }

    /// Slots that rows take of which the caller is not done with.
    fn slots_of_lead(&mut self, now: Instant) -> usize {
        if !self.shared.options.writes || self.shared.options.to_file {
            return 0;
        }
        let (untaken, in_hand) = {
            let state = self.shared.state();
            (state.rows.untaken(), state.in_hand)
        };
        self.lead.slots(untaken, in_hand, self.outlet.unrecorded(), now)
    }

    /// Ends when a waiting item is due or the service takes requests again, though not while the run pauses or no
    /// slot is free; and when rows have been withheld long enough.
    fn next_is_due(&self) -> impl Future<Output = ()> + use<W> {
        let clock = Arc::clone(&self.shared.options.clock);
        let blocked = !self.shared.context.gate.is_open(clock.monotonic()) || self.limiter.free() == 0;
        let refilled = self.bucket.empty_until(clock.monotonic());
        let due = match (self.ready.is_empty(), refilled) {
            (false, Some(refilled)) => Some(refilled),
            _ => self.waiting.next_due(),
        };
        let probe = self.outage.holds_until(clock.monotonic()).filter(|_| !self.ready.is_empty());
        let due = due.into_iter().chain(probe).chain(self.lead.until()).min();
        let due = due.filter(|_| !blocked).into_iter().chain(self.withheld_until).min();
        async move {
            match due {
                Some(due) => clock.sleep(due.saturating_duration_since(clock.monotonic())).await,
                None => std::future::pending().await,
            }
        }
    }

    /// Gives what landed its rows, or its next tries.
    fn settle(&mut self, landed: Landed<W>) -> Result<()> {
        let Landed { mut items, outcome, took } = landed;
        self.in_flight -= items.len();
        items.iter().for_each(|started| self.lead.landed(started.track.position));
        self.limiter.give_back(slots(items.len()));
        self.batcher.landed(items.len());
        if !self.shared.work.is_ordered() {
            items.iter_mut().for_each(|started| self.leave(&mut started.track));
        }
        match self.without_token(outcome) {
            Batched::Envelope(AttemptError::Run(error) | AttemptError::Token(error)) => {
                items.iter().try_for_each(|started| self.leave_open(started))?;
                Err(error)
            }
            Batched::Envelope(AttemptError::Item(error)) => {
                self.note_answer(Some(&error));
                self.settle_envelope(items, &error)
            }
            Batched::Each(outcomes) => {
                self.batcher.answered();
                let latency = took / rounds(items.len());
                // What the others gave is theirs, even where one of them ends the run.
                let mut ended = Ok(());
                for (started, outcome) in with_outcomes(items, outcomes) {
                    let error = match &outcome {
                        Ok(_) => Some(None),
                        Err(AttemptError::Item(error)) => Some(Some(error)),
                        Err(AttemptError::Run(_) | AttemptError::Token(_)) => None,
                    };
                    if let Some(error) = error {
                        let load = error.map_or(Load::Fine, Load::of_error);
                        self.limiter.answered(load, started.track.key.mailbox, Some(latency));
                        self.note_answer(error);
                    }
                    ended = ended.and(self.settle_one(started, outcome));
                }
                ended
            }
        }
    }

    /// Where a token is missing because the network is away, that is no more than an item's failed try.
    fn without_token(&self, outcome: Batched<W::Output>) -> Batched<W::Output> {
        let now = self.shared.options.clock.monotonic();
        let judge = |error| match error {
            AttemptError::Token(error) if self.outage.explains(&error, now) => AttemptError::Item(error),
            other => other,
        };
        match outcome {
            Batched::Each(outcomes) => {
                Batched::Each(outcomes.into_iter().map(|outcome| outcome.map_err(judge)).collect())
            }
            Batched::Envelope(error) => Batched::Envelope(judge(error)),
        }
    }

    /// An item is not tried again.
    fn end(&mut self, track: &mut Track) {
        self.bytes -= track.bytes;
        self.leave(track);
    }

    /// Makes way for the next item of the same mailbox.
    fn leave(&mut self, track: &mut Track) {
        if std::mem::take(&mut track.has_entered)
            && let Some(next) = self.mailboxes.leave(track.key.mailbox)
        {
            self.ready.push_front(next);
        }
    }

    /// A batch that failed as a whole: its items go again, in smaller ones or singly.
    fn settle_envelope(&mut self, items: Vec<Started<W::Item>>, error: &Error) -> Result<()> {
        if let Some(first) = items.first() {
            self.limiter.answered(Load::of_error(error), first.track.key.mailbox, None);
        }
        if !error.is_retryable() {
            self.batcher.refused();
            let message = format!("the service takes no batch, so that each mailbox gets its own request: {error}");
            self.shared.context.events.emit(Event::Warning, &message, []);
            items.into_iter().rev().for_each(|started| self.ready.push_front(started));
            return Ok(());
        }
        // A token that is no longer taken says nothing of batches.
        if error.status() != Status::Unauthorized {
            self.batcher.failed(items.len());
        }
        items.into_iter().try_for_each(|started| self.settle_one(started, Err(AttemptError::Item(error.clone()))))
    }

    fn settle_one(
        &mut self,
        mut started: Started<W::Item>,
        outcome: std::result::Result<W::Output, AttemptError>,
    ) -> Result<()> {
        let error = match outcome {
            Ok(output) => {
                self.weights.note(self.shared.work.weight(&output));
                self.end(&mut started.track);
                return self.finish(Finished::new(&started.track, output));
            }
            Err(AttemptError::Run(error) | AttemptError::Token(error)) => {
                self.leave_open(&started)?;
                return Err(error);
            }
            Err(AttemptError::Item(error)) => error,
        };
        if self.shared.work.has_advanced(&mut started.item) {
            started.track.begin_again(self.shared.working_time());
        }
        started.track.tries += 1;
        if error.status() == Status::Throttled {
            add(&self.shared.counts.throttled, 1);
        }
        if self.shared.work.needs_intent() {
            started.track.in_doubt = error.is_maybe_done();
            if started.track.in_doubt && !self.shared.work.resume(&mut started.item) {
                return self.finish_unknown(started, error);
            }
            // However the run ends before the next try or the row, nobody has to doubt what is in none.
            self.withdraw(&started.track)?;
            started.track.intended = started.track.in_doubt;
        }
        match self.next_try(&mut started.track, &error) {
            Some(due) => {
                add(&self.shared.counts.retries, 1);
                self.waiting.push(due, started);
                Ok(())
            }
            None if started.track.in_doubt && self.shared.work.needs_intent() => self.finish_unknown(started, error),
            None => {
                self.end(&mut started.track);
                let output = self.shared.work.failed(&started.item, error);
                self.finish(Finished::new(&started.track, output))
            }
        }
    }

    /// When to try again, if at all.
    fn next_try(&self, track: &mut Track, error: &Error) -> Option<Instant> {
        let now = self.shared.options.clock.monotonic();
        if error.status() == Status::Unauthorized {
            track.unauthorized += 1;
            return (error.is_retryable() && track.unauthorized < MOST_UNAUTHORIZED).then_some(now);
        }
        if error.http_status_code().is_some() {
            track.unauthorized = 0;
        }
        let working_time = self.shared.working_time();
        let elapsed = working_time.saturating_duration_since(track.first_try.unwrap_or(working_time));
        let wait = self.shared.options.retry.wait(error, track.tries, elapsed)?;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let kind = if error.status() == Status::Throttled { Event::Throttled } else { Event::Retry };
        self.shared.context.events.emit(
            kind,
            &format!("trying again in {wait_ms} ms: {error}"),
            [("row", track.position.into()), ("waitMs", wait_ms.into()), ("tries", track.tries.into())],
        );
        now.checked_add(wait)
    }

    /// Says that an item's request was not carried out. The doubt of an earlier try stays.
    fn withdraw(&self, track: &Track) -> Result<()> {
        let is_doubted = track.in_doubt || !self.shared.work.needs_intent();
        if track.intended && !is_doubted { self.store.withdraw(track.key) } else { Ok(()) }
    }

    fn finish_unknown(&mut self, mut started: Started<W::Item>, error: Error) -> Result<()> {
        self.end(&mut started.track);
        let row = self.unknown_row(&started.track, &started.item, error);
        self.finish(row)
    }

    fn unknown_row(&self, track: &Track, item: &W::Item, error: Error) -> Finished<W::Output> {
        add(&self.shared.counts.unknown, 1);
        let output = self.shared.work.failed(item, error.outcome_unknown());
        Finished { is_unknown: true, ..Finished::new(track, output) }
    }

    /// Hands on a row, unless it is one of those that stop the run.
    fn finish(&mut self, row: Finished<W::Output>) -> Result<()> {
        let failure = self.shared.work.failure(&row.output);
        let has_failed = failure.is_some();
        // That it fails as it did before says nothing new of the app.
        let says_nothing = has_failed && row.has_failed_before;
        let verdict = if says_nothing { Verdict::Pass } else { self.stop.judge(failure) };
        match verdict {
            Verdict::Stop(error) => {
                self.withheld.clear();
                return Err(error);
            }
            Verdict::Withhold => {
                let now = self.shared.options.clock.monotonic();
                self.withheld_until.get_or_insert(now + LONGEST_WITHHELD);
                self.withheld.push(row);
            }
            Verdict::Pass => {
                if !self.stop.withholds() {
                    self.release_withheld();
                }
                self.outlet.put(row);
            }
        }
        self.stop.count_failure_if(has_failed).map_or(Ok(()), Err)
    }

    fn release_withheld(&mut self) {
        self.withheld_until = None;
        for row in std::mem::take(&mut self.withheld) {
            self.outlet.put(row);
        }
    }

    fn show_counts(&self) {
        set(&self.shared.counts.in_flight, self.limiter.in_flight());
        set(&self.shared.counts.waiting, self.waiting.len() + self.mailboxes.held());
        set(&self.shared.counts.limit, self.limiter.limit());
    }
}
