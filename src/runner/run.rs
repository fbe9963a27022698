//! A run as its caller sees it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::counts::{add, get};
use super::drive::drive;
use super::item::Done;
use super::options::RunOptions;
use super::shared::Shared;
use super::work::Work;
use crate::cancel::Signal;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::runtime::runtime;

/// What [`Run::take`] has.
#[derive(Debug)]
pub enum Taken<T> {
    /// At least one.
    Rows(Vec<Done<T>>),
    /// None ready now.
    Pending,
    /// None will come any more.
    End,
}

/// A run. Dropping it cancels it.
pub struct Run<W: Work> {
    shared: Arc<Shared<W>>,
    has_source: bool,
}

impl<W: Work> Run<W> {
    /// Starts a run; `signal` is notified whenever rows become ready or the run ends.
    ///
    /// # Errors
    ///
    /// `Internal` where the runtime cannot start.
    pub fn start(work: W, mut options: RunOptions, context: Context, signal: Arc<Signal>) -> Result<Self> {
        let now = options.clock.monotonic();
        let source = options.source.take();
        let has_source = source.is_some();
        if let Some(patience) = options.idle_pause {
            context.gate.watch(patience, now);
        }
        let shared = Arc::new(Shared::new(work, options, context, signal, now));
        runtime()?.spawn(drive(Arc::clone(&shared), source));
        Ok(Self { shared, has_source })
    }

    /// Takes whole lines of input, as many as fit; gives how many bytes that was.
    ///
    /// # Errors
    ///
    /// `InputFinished`; `InvalidArgument` for a line over 1 MiB; what ended the run.
    pub fn push(&self, lines: &[u8]) -> Result<usize> {
        if self.has_source {
            return Err(Error::new(Status::InputFinished, "the run finds its mailboxes itself")
                .hint("start a run without a source to push mailboxes to it"));
        }
        self.touch();
        if let Some(Err(error)) = &self.shared.rows.lock().ended {
            return Err(error.clone());
        }
        let taken = self.shared.lines.lock().input.push(lines)?;
        self.shared.wake.notify_one();
        Ok(taken)
    }

    /// Says that no input follows.
    pub fn finish_input(&self) {
        self.touch();
        if !self.has_source {
            self.shared.lines.lock().input.finish();
        }
        self.shared.wake.notify_one();
    }

    /// At most `most` rows whose turn has come. Who calls again is done with those before.
    ///
    /// # Errors
    ///
    /// What stopped the run, once the rows that were ready are taken.
    pub fn take(&self, most: usize) -> Result<Taken<W::Output>> {
        self.come_back();
        self.take_further(most)
    }

    /// Says that the caller is done with the rows that he took.
    pub fn come_back(&self) {
        self.touch();
        self.shared.rows.lock().in_hand = 0;
    }

    /// As [`Run::take`], of one who still has the rows before in hand.
    ///
    /// # Errors
    ///
    /// As [`Run::take`].
    pub fn take_further(&self, most: usize) -> Result<Taken<W::Output>> {
        self.touch();
        self.take_rows(most)
    }

    /// As [`Run::take`], for a file that the run writes itself: nobody has the rows in hand, and it is no call.
    ///
    /// # Errors
    ///
    /// As [`Run::take`].
    pub fn take_for_file(&self, most: usize) -> Result<Taken<W::Output>> {
        let taken = self.take_rows(most);
        self.shared.rows.lock().in_hand = 0;
        taken
    }

    /// How many rows could be taken now: as many as anybody wants, where no more will come.
    #[must_use]
    pub fn ready(&self) -> usize {
        let rows = self.shared.rows.lock();
        if rows.ended.is_some() { usize::MAX } else { rows.queue.untaken().at_hand }
    }

    /// Whether its requests change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.shared.options.writes
    }

    fn take_rows(&self, most: usize) -> Result<Taken<W::Output>> {
        // Who asked for none would never come to the end.
        let most = most.max(1);
        if self.shared.is_stopped() || self.shared.context.cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        let mut state = self.shared.rows.lock();
        // A portion is no smaller only because its rows are on the disk: they are on their way.
        let awaits_more = state.ended.is_none() && state.queue.awaits_more(most);
        let mut rows = Vec::new();
        while !awaits_more
            && rows.len() < most
            && let Some(row) = state.queue.pop()
        {
            rows.push(row);
        }
        state.in_hand += rows.len();
        if rows.is_empty() {
            let answer = match &state.ended {
                Some(Ok(())) => Ok(Taken::End),
                Some(Err(error)) => Err(error.clone()),
                None => Ok(Taken::Pending),
            };
            drop(state);
            if self.shared.options.writes {
                // The caller is done with the rows that he had: others may start.
                self.shared.wake.notify_one();
            }
            return answer;
        }
        drop(state);
        // There is room for further rows.
        self.shared.wake.notify_one();
        add(&self.shared.counts.delivered, rows.len() as u64);
        Ok(Taken::Rows(rows))
    }

    /// Counts, as docs/abi.md names them.
    #[must_use]
    pub fn progress(&self) -> Value {
        let shared = &*self.shared;
        let paused = !shared.is_stopped() && !shared.context.gate.is_open(shared.options.clock.monotonic());
        self.touch();
        // The end first: after it nothing is pushed.
        let ended = shared.rows.lock().ended.is_some();
        let (pushed, finished) = {
            let lines = shared.lines.lock();
            (lines.pushed(), lines.input.is_finished())
        };
        let counts = &shared.counts;
        let mut progress = json!({
            "pushed": pushed,
            "completed": get(&counts.completed),
            "delivered": get(&counts.delivered),
            "failed": get(&counts.failed),
            "inFlight": get(&counts.in_flight),
            "waiting": get(&counts.waiting),
            "requests": get(&shared.context.cost.requests),
            "retries": get(&counts.retries),
            "throttled": get(&counts.throttled),
            "tokenRenewals": get(&shared.context.cost.tokens),
            "paused": paused,
            "inputFinished": finished,
            "ended": ended,
            "elapsedMs": shared.elapsed_ms(),
            "skipped": get(&counts.skipped),
            "otherShards": get(&counts.other_shards),
            "duplicates": get(&counts.duplicates),
            "recalled": get(&counts.recalled),
            "unknown": get(&counts.unknown),
            "bytes": get(&shared.context.cost.bytes),
            "batches": get(&counts.batches),
            "limit": get(&counts.limit),
            "listed": get(&counts.listed),
            "listing": counts.listing.load(Ordering::Relaxed),
            "outcomes": &*counts.outcomes(),
            "rates": counts.rates().to_json(),
            "heldMs": counts.held_until().map(|until| until.saturating_sub(shared.elapsed_ms())),
        });
        if let Some(list) = &shared.failed_list
            && let Some(members) = progress.as_object_mut()
        {
            members.insert("failedFile".to_owned(), list.to_json());
        }
        progress
    }

    /// Drains diagnostics as JSON Lines.
    #[must_use]
    pub fn events(&self) -> String {
        self.stay();
        self.shared.context.events.drain()
    }

    /// What the run does with its input.
    #[must_use]
    pub fn work(&self) -> &W {
        &self.shared.work
    }

    /// Stops the run: no request starts any more. Those of a run that writes land and are recorded.
    pub fn cancel(&self) {
        // The next run with this journal waits until this one has let go of it.
        self.shared.closing.mark();
        self.shared.context.gate.stop();
        self.shared.cancelled.notify_one();
        let completes = self.shared.options.writes && self.shared.is_under_way.load(Ordering::SeqCst);
        if !completes {
            self.shared.context.cancel.cancel();
        }
        self.shared.wake.notify_one();
        self.shared.signal.notify();
    }

    /// Gives a sign of life without another call.
    pub fn stay(&self) {
        self.touch();
    }

    /// Any call is a sign of life: a paused run goes on.
    fn touch(&self) {
        if self.shared.context.gate.touch(self.shared.options.clock.monotonic()) {
            self.shared.wake.notify_one();
        }
    }
}

impl<W: Work> Drop for Run<W> {
    fn drop(&mut self) {
        self.cancel();
    }
}
