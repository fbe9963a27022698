//! A run as its caller sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::counts::{Counts, add, get};
use super::drive::drive;
use super::input::InputQueue;
use super::journal_options::JournalOptions;
use super::order::{Order, RowQueue};
use super::shard::Shard;
use super::source::Lister;
use super::store::{Closing, Store};
use super::{Batching, Work};
use crate::cancel::Signal;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Clock, RetryPolicy};
use crate::runtime::runtime;

/// Rows of a batch where the caller does not say: enough to spread the cost of a call, few enough to see
/// rows come.
const USUAL_BATCH: usize = 256;
const MOST_BATCH: usize = 4096;

/// How a run goes about its work.
pub struct RunOptions {
    /// In which order rows come.
    pub order: Order,
    /// Most requests in flight; the run finds by itself how many of them suit the service.
    pub max_concurrency: usize,
    /// Bounds the tries of an item.
    pub retry: RetryPolicy,
    /// Pauses the run when no call touches it for so long.
    pub idle_pause: Option<Duration>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Gives the input; without it lines are pushed.
    pub source: Option<Box<dyn Lister>>,
    /// Takes this part of the mailboxes only.
    pub shard: Option<Shard>,
    /// Records rows, and recalls those that an earlier run recorded.
    pub journal: Option<JournalOptions>,
    /// Stops the run once so many mailboxes have failed in it.
    pub stop_after_errors: Option<u64>,
    /// Whether several items may share a request.
    pub batching: Batching,
}

impl RunOptions {
    /// Usual options: input order, no bound on time without calls, no journal.
    #[must_use]
    pub fn new(max_concurrency: usize, retry: RetryPolicy, clock: Arc<dyn Clock>) -> Self {
        Self {
            order: Order::Input,
            max_concurrency,
            retry,
            idle_pause: None,
            clock,
            source: None,
            shard: None,
            journal: None,
            stop_after_errors: None,
            batching: Batching::Auto,
        }
    }
}

/// The output of one input line.
#[derive(Debug)]
pub struct Done<T> {
    /// The line's 0-based position in the whole run.
    pub position: u64,
    /// What it gave.
    pub output: T,
}

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

pub(super) struct Shared<W: Work> {
    pub(super) work: W,
    pub(super) options: RunOptions,
    pub(super) context: Context,
    pub(super) signal: Arc<Signal>,
    pub(super) wake: Notify,
    /// Notified when a paused run goes on.
    pub(super) resumed: Notify,
    pub(super) counts: Counts,
    pub(super) paused: AtomicBool,
    pub(super) state: Mutex<State<W::Output>>,
    /// Once it is open.
    pub(super) store: OnceLock<Store>,
    /// Of the store's journal.
    pub(super) closing: Closing,
    /// The run ends by itself: what has not been sent is not to be.
    pub(super) stopping: AtomicBool,
    began: Instant,
}

pub(super) struct State<T> {
    pub(super) input: InputQueue,
    /// Lines in the store, after those in memory.
    pub(super) lines_aside: u64,
    /// Why the lister gave up.
    pub(super) listing_failed: Option<Error>,
    pub(super) rows: RowQueue<Done<T>>,
    pub(super) last_touch: Instant,
    /// How long the run has paused in all.
    paused_for: Duration,
    /// How the run ended, once it has.
    pub(super) ended: Option<Result<()>>,
}

impl<W: Work> Shared<W> {
    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, State<W::Output>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, on a clock that stands still while the run pauses: a pause is no try that lasted long.
    pub(super) fn working_time(&self) -> Instant {
        let now = self.options.clock.monotonic();
        now.checked_sub(self.state().paused_for).unwrap_or(now)
    }

    pub(super) fn elapsed_ms(&self) -> u64 {
        let elapsed = self.options.clock.monotonic().saturating_duration_since(self.began);
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
    }
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
        let state = State {
            input: InputQueue::default(),
            lines_aside: 0,
            listing_failed: None,
            rows: RowQueue::new(options.order),
            last_touch: now,
            paused_for: Duration::ZERO,
            ended: None,
        };
        let has_source = source.is_some();
        let shared = Arc::new(Shared {
            work,
            options,
            context,
            signal,
            wake: Notify::new(),
            resumed: Notify::new(),
            counts: Counts::default(),
            paused: AtomicBool::new(false),
            state: Mutex::new(state),
            store: OnceLock::new(),
            closing: Closing::default(),
            stopping: AtomicBool::new(false),
            began: now,
        });
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
        let taken = {
            let mut state = self.touch();
            if let Some(Err(error)) = &state.ended {
                return Err(error.clone());
            }
            state.input.push(lines)?
        };
        self.shared.wake.notify_one();
        Ok(taken)
    }

    /// Says that no input follows.
    pub fn finish_input(&self) {
        let mut state = self.touch();
        if !self.has_source {
            state.input.finish();
        }
        drop(state);
        self.shared.wake.notify_one();
    }

    /// At most `most` rows whose turn has come (0: as many as suit).
    ///
    /// # Errors
    ///
    /// What stopped the run, once the rows that were ready are taken.
    pub fn take(&self, most: usize) -> Result<Taken<W::Output>> {
        let most = if most == 0 { USUAL_BATCH } else { most.min(MOST_BATCH) };
        if self.shared.context.cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        let mut state = self.touch();
        let mut rows = Vec::new();
        while rows.len() < most
            && let Some(row) = state.rows.pop()
        {
            rows.push(row);
        }
        if rows.is_empty() {
            return match &state.ended {
                Some(Ok(())) => Ok(Taken::End),
                Some(Err(error)) => Err(error.clone()),
                None => Ok(Taken::Pending),
            };
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
        let (pushed, finished) = {
            let state = self.touch();
            (state.input.pushed() + state.lines_aside, state.input.is_finished())
        };
        let shared = &*self.shared;
        let counts = &shared.counts;
        json!({
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
            "paused": shared.paused.load(Ordering::Relaxed),
            "inputFinished": finished,
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
        })
    }

    /// Drains diagnostics as JSON Lines.
    #[must_use]
    pub fn events(&self) -> String {
        drop(self.touch());
        self.shared.context.events.drain()
    }

    /// What the run does with its input.
    #[must_use]
    pub fn work(&self) -> &W {
        &self.shared.work
    }

    /// Stops the run at once.
    pub fn cancel(&self) {
        // The next run with this journal waits until this one has let go of it.
        self.shared.closing.mark();
        self.shared.context.cancel.cancel();
        self.shared.signal.notify();
    }

    /// Any call is a sign of life: a paused run goes on.
    fn touch(&self) -> std::sync::MutexGuard<'_, State<W::Output>> {
        let mut state = self.shared.state();
        let now = self.shared.options.clock.monotonic();
        if let Some(idle_pause) = self.shared.options.idle_pause {
            let absent = now.saturating_duration_since(state.last_touch);
            state.paused_for += absent.saturating_sub(idle_pause);
        }
        state.last_touch = now;
        if self.shared.paused.swap(false, Ordering::Relaxed) {
            self.shared.wake.notify_one();
            self.shared.resumed.notify_one();
        }
        state
    }
}

impl<W: Work> Drop for Run<W> {
    fn drop(&mut self) {
        self.cancel();
    }
}
