//! Admission: which items may start now, and what answers say of that. Nothing here waits or sends; time is given.
//!
//! The order in which the policies are asked ([`Admission::admit`]):
//!
//! 1. What is due for its next try goes before what is new.
//! 2. The pause: nothing starts while the caller is away.
//! 3. The limiter's free slots, less those that rows of a run that writes take ([`lead`]).
//! 4. Room for the rows that would come.
//! 5. What the service announced is left ([`bucket`]), and how many items the memory bears ([`weights`]).
//! 6. The app's own limit, once several mailboxes are throttled: nothing until it is over, then one item finds out, and
//!    then no more than a window bore ([`throttle`]).
//! 7. An outage: one item at a time finds out whether it is over ([`outage`]).
//! 8. How many items share the request ([`batcher`]).
//! 9. Of each mailbox no more at a time than it takes ([`mailboxes`]).

mod batcher;
mod bucket;
mod lead;
mod limiter;
mod mailboxes;
mod outage;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod throttle;
mod weights;
#[cfg(test)]
mod window_tests;

use std::fmt;
use std::time::{Duration, Instant};

use super::item::{Completed, Outcome, Started, Track};
use super::queue::Queue;
use super::work::Batching;
use crate::attempt::AttemptError;
use crate::context::Announced;
use crate::error::{Error, Status};
use batcher::{Batcher, rounds, slots};
use bucket::Bucket;
use lead::Lead;
use limiter::{Limiter, Load};
use mailboxes::Mailboxes;
use outage::Outage;
use throttle::{Sign, Throttle};
use weights::Weights;

pub(super) use lead::Backlog;

/// Items that wait for a time or for their mailbox. They are in memory: beyond this no line is taken in.
const MOST_WAITING: usize = 4096;

/// Decides what may start.
#[derive(Debug)]
pub(super) struct Admission<I> {
    limiter: Limiter,
    bucket: Bucket,
    throttle: Throttle,
    outage: Outage,
    weights: Weights,
    batcher: Batcher,
    mailboxes: Mailboxes<Started<I>>,
    lead: Lead,
    /// Items under way; a batch has many.
    under_way: usize,
}

/// What bounds admission for the whole run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) max_concurrency: usize,
    pub(super) batching: Batching,
    /// Most items that may share a request, by what the work can do.
    pub(super) most_per_batch: usize,
    /// Whether the items of one mailbox go one after another.
    pub(super) is_ordered: bool,
}

/// What else bears on what may start now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Conditions {
    /// What the service announced of its limits.
    pub(super) announced: Announced,
    /// Nothing may start: the caller is away, or has stopped the run.
    pub(super) is_paused: bool,
    /// There is no room for further rows.
    pub(super) is_full: bool,
    /// The rows that the caller is not done with, where the run must not get ahead of him.
    pub(super) backlog: Option<Backlog>,
    /// Further lines are being taken in.
    pub(super) more_is_coming: bool,
}

/// What may start.
#[derive(Debug)]
pub(super) enum Admit<I> {
    /// These items, in one request; their slots are taken.
    Start(Vec<Started<I>>),
    /// Nothing, before something completes or changes; at this time more may, even where nothing has happened.
    Wait(Option<Instant>),
}

/// What a person is told of an answer.
#[derive(Clone, Debug)]
pub(super) enum Notice {
    /// The service said that the app is at its limit, and asked it to wait so long.
    Held(Duration),
    /// Nothing answers any more.
    OutageBegan,
    /// The service takes no batches.
    BatchesRefused(Error),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(wait) => {
                let seconds = wait.as_secs_f64();
                write!(f, "the service asked the app to slow down: no request starts for {seconds:.1} s")
            }
            Self::OutageBegan => {
                f.write_str("nothing answers: mailboxes wait until something does, for ten minutes at most")
            }
            Self::BatchesRefused(error) => {
                write!(f, "the service takes no batch, so that each mailbox gets its own request: {error}")
            }
        }
    }
}

impl<I> Admission<I> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            limiter: Limiter::new(bounds.max_concurrency),
            bucket: Bucket::default(),
            throttle: Throttle::default(),
            outage: Outage::default(),
            weights: Weights::default(),
            batcher: Batcher::new(bounds.batching, bounds.most_per_batch),
            mailboxes: Mailboxes::new(bounds.is_ordered),
            lead: Lead::default(),
            under_way: 0,
        }
    }

    /// The items that share the next request, as far as one may start now.
    pub(super) fn admit(&mut self, now: Instant, queue: &mut Queue<I>, conditions: &Conditions) -> Admit<I> {
        queue.wake_due(now);
        self.bucket.note(conditions.announced, self.limiter.in_flight(), now);
        if conditions.is_paused {
            return Admit::Wait(None);
        }
        let lead = conditions.backlog.map_or(0, |backlog| self.lead.slots(backlog, now));
        let free = self.limiter.free().saturating_sub(lead);
        let items =
            if free == 0 || conditions.is_full { Vec::new() } else { self.choose(now, queue, free, conditions) };
        if items.is_empty() {
            return Admit::Wait(self.more_may_start_at(now, queue));
        }
        self.start(&items, now);
        Admit::Start(items)
    }

    /// As many items as may share a request that has so many slots.
    fn choose(&mut self, now: Instant, queue: &mut Queue<I>, free: usize, conditions: &Conditions) -> Vec<Started<I>> {
        let most = self.bucket.left(now).min(self.weights.most().saturating_sub(self.under_way));
        let let_through = self.throttle.left(now);
        let only_tried = let_through == 0 && self.throttle.lets_tried_through();
        let most = most.min(if only_tried { 1 } else { let_through });
        let most = if self.outage.probes(now) { most.min(1) } else { most };
        let size = self.batcher.next_size(queue.ready(), free, conditions.more_is_coming).min(most);
        let mut items = Vec::with_capacity(size);
        while items.len() < size
            && let Some(started) = if only_tried { queue.pop_tried() } else { self.next_ready(now, queue) }
        {
            items.extend(self.enter_mailbox(started));
        }
        items
    }

    /// The next item that may start: while nothing answers, the one that finds out whether that is over.
    fn next_ready(&mut self, now: Instant, queue: &mut Queue<I>) -> Option<Started<I>> {
        if !self.outage.probes(now) {
            return if self.throttle.spares_tried() { queue.pop_least_tried() } else { queue.pop() };
        }
        if self.outage.holds_until(now).is_some() {
            return if self.outage.has_answered() { None } else { queue.pop_tried() };
        }
        // None is to use up its tries for the others.
        let probe = queue.pop_least_tried()?;
        self.outage.probed(now);
        Some(probe)
    }

    /// Gives the item back where its mailbox takes it now; else keeps it.
    fn enter_mailbox(&mut self, mut started: Started<I>) -> Option<Started<I>> {
        if started.track.is_named && !started.track.has_entered {
            started = self.mailboxes.enter(started.track.key.mailbox, started)?;
            started.track.has_entered = true;
        }
        Some(started)
    }

    fn start(&mut self, items: &[Started<I>], now: Instant) {
        for started in items {
            self.lead.started(started.track.position, now);
            self.throttle.started(now, started.track.position);
        }
        self.under_way += items.len();
        self.limiter.started(slots(items.len()));
        self.bucket.started(items.len());
        self.batcher.started(items.len());
    }

    /// When an item is due that waits, the service takes requests again, or the rows that hold others up no longer do.
    fn more_may_start_at(&self, now: Instant, queue: &Queue<I>) -> Option<Instant> {
        if self.limiter.free() == 0 {
            return None;
        }
        let is_any_ready = queue.ready() > 0;
        let due = self.bucket.empty_until(now).filter(|_| is_any_ready).or_else(|| queue.next_due());
        let held = [self.throttle.holds_until(now), self.outage.holds_until(now)];
        let held = held.into_iter().flatten().filter(|_| is_any_ready);
        due.into_iter().chain(held).chain(self.lead.until()).min()
    }

    /// Takes note of an answer. A token that is missing because the network is away becomes a failed try of its
    /// items, instead of the run's end.
    pub(super) fn observe<T>(
        &mut self,
        now: Instant,
        completed: &mut Completed<I, T>,
        queue: &mut Queue<I>,
    ) -> Vec<Notice> {
        self.release_slots(completed, queue);
        completed.outcome.errors_mut().for_each(|error| self.excuse_token(now, error));
        let mut notices = Vec::new();
        let was_limited = self.throttle.limited_until().is_some();
        match &completed.outcome {
            Outcome::Whole(items, AttemptError::Item(error)) => {
                items.iter().for_each(|started| self.note_limit(now, &started.track, Some(error)));
                if let Some(first) = items.first() {
                    self.note_load(&first.track, Some(error), None);
                }
                notices.extend(self.outage.answered(Some(error), now).then_some(Notice::OutageBegan));
                if !error.is_retryable() {
                    self.batcher.refused();
                    notices.push(Notice::BatchesRefused(error.clone()));
                } else if error.status() != Status::Unauthorized {
                    // A token that is no longer taken says nothing of batches.
                    self.batcher.failed(items.len());
                }
            }
            Outcome::Whole(_, AttemptError::Run(_) | AttemptError::Token(_)) => {}
            Outcome::Each(items) => {
                self.batcher.answered();
                let latency = completed.took / rounds(items.len());
                for (started, result) in items {
                    let error = match result {
                        Ok(_) => None,
                        Err(AttemptError::Item(error)) => Some(error),
                        // Nothing was sent.
                        Err(AttemptError::Run(_) | AttemptError::Token(_)) => continue,
                    };
                    self.note_limit(now, &started.track, error);
                    self.note_load(&started.track, error, Some(latency));
                    notices.extend(self.outage.answered(error, now).then_some(Notice::OutageBegan));
                }
            }
        }
        let limited_until = self.throttle.limited_until().filter(|_| !was_limited);
        notices.extend(limited_until.map(|until| Notice::Held(until.saturating_duration_since(now))));
        notices
    }

    fn note_limit(&mut self, now: Instant, track: &Track, error: Option<&Error>) {
        let sign = error.map_or(Sign::Passed, Sign::of_error);
        let was_explained = self.throttle.explains_refusals();
        self.throttle.answered(now, track.position, track.key.mailbox, sign, self.limiter.limit());
        if !was_explained && self.throttle.explains_refusals() {
            self.limiter.forget_throttled();
        }
    }

    fn note_load(&mut self, track: &Track, error: Option<&Error>, latency: Option<Duration>) {
        let load = error.map_or(Load::Fine, Load::of_error);
        if load == Load::Throttled && self.throttle.explains_refusals() {
            return;
        }
        self.limiter.answered(load, track.key.mailbox, latency);
    }

    /// Gives back the slots of a request, and the places of its items where the order does not count.
    fn release_slots<T>(&mut self, completed: &mut Completed<I, T>, queue: &mut Queue<I>) {
        let number = completed.outcome.len();
        self.under_way -= number;
        self.limiter.completed(slots(number));
        self.batcher.completed(number);
        for started in completed.outcome.items_mut() {
            self.lead.completed(started.track.position);
            if !self.mailboxes.is_ordered() {
                self.leave_mailbox(&mut started.track, queue);
            }
        }
    }

    /// Makes way for the next item of the same mailbox.
    pub(super) fn leave_mailbox(&mut self, track: &mut Track, queue: &mut Queue<I>) {
        if std::mem::take(&mut track.has_entered)
            && let Some(next) = self.mailboxes.leave(track.key.mailbox)
        {
            queue.put_first(next);
        }
    }

    fn excuse_token(&self, now: Instant, error: &mut AttemptError) {
        if let AttemptError::Token(cause) = error
            && self.outage.explains(cause, now)
        {
            *error = AttemptError::Item(cause.clone());
        }
    }

    /// Takes note of how large an output is.
    pub(super) fn note_weight(&mut self, weight: usize) {
        self.weights.note(weight);
    }

    /// Whether further lines may be taken in.
    pub(super) fn has_room(&self, queue: &Queue<I>) -> bool {
        queue.has_room() && self.waiting(queue) < MOST_WAITING
    }

    /// How many items wait for a time or for their mailbox.
    pub(super) fn waiting(&self, queue: &Queue<I>) -> usize {
        queue.waiting() + self.mailboxes.waiting()
    }

    /// Items that wait for their mailbox.
    pub(super) fn take_waiting(&mut self) -> impl Iterator<Item = Started<I>> + use<I> {
        self.mailboxes.take_waiting()
    }

    /// Requests in flight, a batch counted as the slots that it takes.
    pub(super) fn in_flight(&self) -> usize {
        self.limiter.in_flight()
    }

    /// Until when the service has the run wait, where it does.
    pub(super) fn held_until(&self, now: Instant) -> Option<Instant> {
        self.throttle.limited_until().or_else(|| self.bucket.empty_until(now))
    }

    /// How many may be in flight.
    pub(super) fn limit(&self) -> usize {
        self.limiter.limit()
    }
}
