//! What drives a run: starts items, tries them again, and puts their rows where the caller finds them.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::counts::{add, set};
use super::limiter::Limiter;
use super::not_before::NotBeforeQueue;
use super::run::{Done, Shared};
use super::{AttemptError, Work};
use crate::error::{Error, Result, Status};
use crate::log;

/// A 401 calls for a new token at once; so many of them for one item are final.
const MOST_UNAUTHORIZED: u32 = 2;

/// An item between its first try and its row.
struct Started<W: Work> {
    position: u64,
    item: W::Item,
    tries: u32,
    unauthorized: u32,
    first_try: Instant,
}

type Attempted<W> = (Started<W>, std::result::Result<<W as Work>::Output, AttemptError>);

/// Runs until every line has its row, the run is cancelled, or nothing more can be done.
pub(super) async fn drive<W: Work>(shared: Arc<Shared<W>>) {
    let ended = tokio::select! {
        biased;
        () = shared.context.cancel.cancelled() => Err(Error::cancelled()),
        ended = Engine::new(&shared).run() => ended,
    };
    set(&shared.counts.in_flight, 0);
    set(&shared.counts.waiting, 0);
    shared.state().ended = Some(ended);
    shared.signal.notify();
}

struct Engine<'a, W: Work> {
    shared: &'a Shared<W>,
    limiter: Limiter,
    waiting: NotBeforeQueue<Started<W>>,
}

impl<'a, W: Work> Engine<'a, W> {
    fn new(shared: &'a Shared<W>) -> Self {
        Self { shared, limiter: Limiter::new(shared.options.max_concurrency), waiting: NotBeforeQueue::new() }
    }

    async fn run(mut self) -> Result<()> {
        if !self.first_line_came().await {
            return Ok(());
        }
        self.shared.work.prepare().await?;
        let mut flying = FuturesUnordered::new();
        loop {
            while let Some(started) = self.next_to_start() {
                flying.push(attempt(self.shared, started));
            }
            self.show_counts();
            if flying.is_empty() && self.waiting.len() == 0 && self.shared.state().input.is_exhausted() {
                return Ok(());
            }
            tokio::select! {
                Some(attempted) = flying.next(), if !flying.is_empty() => {
                    self.settle(attempted)?;
                    // What else is done by now is settled too, and the caller woken once for all of it.
                    while let Some(Some(attempted)) = flying.next().now_or_never() {
                        self.settle(attempted)?;
                    }
                    self.shared.signal.notify();
                }
                () = self.next_is_due() => {}
                () = self.shared.wake.notified() => {}
            }
        }
    }

    /// Waits for input; `false` when it ended without a line, which then needs no token either.
    async fn first_line_came(&self) -> bool {
        loop {
            {
                let state = self.shared.state();
                if !state.input.is_empty() {
                    return true;
                }
                if state.input.is_finished() {
                    return false;
                }
            }
            self.shared.wake.notified().await;
        }
    }

    /// An item that may be tried now, with a slot taken for it.
    fn next_to_start(&mut self) -> Option<Started<W>> {
        let now = self.shared.options.clock.monotonic();
        if self.pauses(now) || !self.limiter.try_take() {
            return None;
        }
        let started = self.waiting.pop_due(now).or_else(|| self.next_line(now));
        if started.is_none() {
            self.limiter.give_back();
        }
        started
    }

    fn next_line(&self, now: Instant) -> Option<Started<W>> {
        let (position, line) = {
            let mut state = self.shared.state();
            if !state.rows.has_room() {
                return None;
            }
            state.input.pop()?
        };
        let item = self.shared.work.read(&line);
        Some(Started { position, item, tries: 0, unauthorized: 0, first_try: now })
    }

    /// Whether nobody has touched the run for so long that nothing new is to start.
    fn pauses(&self, now: Instant) -> bool {
        let Some(idle_pause) = self.shared.options.idle_pause else { return false };
        let state = self.shared.state();
        let pauses = now.saturating_duration_since(state.last_touch) >= idle_pause;
        self.shared.paused.store(pauses, Ordering::Relaxed);
        pauses
    }

    /// Ends when a waiting item is due; never while the run pauses or no slot is free.
    fn next_is_due(&self) -> impl Future<Output = ()> + use<W> {
        let clock = Arc::clone(&self.shared.options.clock);
        let blocked = self.shared.paused.load(Ordering::Relaxed) || self.limiter.is_full();
        let due = self.waiting.next_due().filter(|_| !blocked);
        async move {
            match due {
                Some(due) => clock.sleep(due.saturating_duration_since(clock.monotonic())).await,
                None => std::future::pending().await,
            }
        }
    }

    /// Gives an attempted item its row, or its next try.
    fn settle(&mut self, (mut started, outcome): Attempted<W>) -> Result<()> {
        self.limiter.give_back();
        started.tries += 1;
        let error = match outcome {
            Ok(output) => {
                self.put_row(started.position, output);
                return Ok(());
            }
            Err(AttemptError::Run(error)) => return Err(error),
            Err(AttemptError::Item(error)) => error,
        };
        if error.status() == Status::Throttled {
            add(&self.shared.counts.throttled, 1);
        }
        match self.next_try(&mut started, &error) {
            Some(due) => {
                add(&self.shared.counts.retries, 1);
                self.waiting.push(due, started);
            }
            None => {
                add(&self.shared.counts.failed, 1);
                let output = self.shared.work.failed(&started.item, error);
                self.put_row(started.position, output);
            }
        }
        Ok(())
    }

    /// When to try again, if at all.
    fn next_try(&self, started: &mut Started<W>, error: &Error) -> Option<Instant> {
        let now = self.shared.options.clock.monotonic();
        if error.status() == Status::Unauthorized {
            started.unauthorized += 1;
            return (error.is_retryable() && started.unauthorized < MOST_UNAUTHORIZED).then_some(now);
        }
        let elapsed = now.saturating_duration_since(started.first_try);
        let wait = self.shared.options.retry.wait(error, started.tries, elapsed)?;
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let kind = if error.status() == Status::Throttled { "throttled" } else { "retry" };
        self.shared.context.events.emit(
            kind,
            &format!("trying again in {wait_ms} ms: {error}"),
            [("row", started.position.into()), ("waitMs", wait_ms.into()), ("tries", started.tries.into())],
        );
        now.checked_add(wait)
    }

    fn put_row(&self, position: u64, output: W::Output) {
        let weight = self.shared.work.weight(&output);
        add(&self.shared.counts.completed, 1);
        self.shared.state().rows.insert(position, Done { position, output }, weight);
    }

    fn show_counts(&self) {
        set(&self.shared.counts.in_flight, self.limiter.in_flight());
        set(&self.shared.counts.waiting, self.waiting.len());
    }
}

async fn attempt<W: Work>(shared: &Shared<W>, mut started: Started<W>) -> Attempted<W> {
    let outcome = log::as_attempt(started.tries + 1, shared.work.attempt(&mut started.item)).await;
    (started, outcome)
}
