//! What the parts of a run share. The parts themselves are given of it only what they use.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use super::counts::{Counts, get};
use super::failed_list::FailedList;
use super::item::Done;
use super::lines::Lines;
use super::options::RunOptions;
use super::order::RowQueue;
use super::shard::Shard;
use super::work::Work;
use crate::cancel::Signal;
use crate::context::Context;
use crate::error::Result;
use crate::event::Event;
use crate::store::{Closing, Store};

/// The parts of a run, the caller's side and the run's.
pub(super) struct Shared<W: Work> {
    pub(super) work: Arc<W>,
    pub(super) options: RunOptions,
    pub(super) context: Context,
    /// Wakes the caller: rows are ready, there is room for lines, or the run has ended.
    pub(super) signal: Arc<Signal>,
    /// Wakes the run: lines came, rows were taken, or the caller is back.
    pub(super) wake: Arc<Notify>,
    pub(super) counts: Arc<Counts>,
    pub(super) lines: Arc<Lines>,
    pub(super) rows: Arc<Rows<W::Output>>,
    /// Where it is asked for.
    pub(super) failed_list: Option<Arc<FailedList>>,
    /// Once it is open.
    pub(super) store: OnceLock<Store>,
    /// Of the store's journal.
    pub(super) closing: Closing,
    /// Notified when the caller cancels.
    pub(super) cancelled: Notify,
    /// Whether requests may be in flight.
    pub(super) is_under_way: AtomicBool,
    has_said_pause: AtomicBool,
    began: Instant,
}

/// Rows on their way to the caller, and how the run ended.
pub(super) struct Rows<T>(Mutex<RowsState<T>>);

pub(super) struct RowsState<T> {
    pub(super) queue: RowQueue<Done<T>>,
    /// Rows that the caller took last. He is at them until he comes back for more.
    pub(super) in_hand: usize,
    /// How the run ended, once it has. Under one lock with the rows: who finds none learns whether any will come.
    pub(super) ended: Option<Result<()>>,
}

impl<T> Rows<T> {
    pub(super) fn lock(&self) -> MutexGuard<'_, RowsState<T>> {
        self.0.lock()
    }
}

/// The part of the input that a run is about.
pub(super) struct Share<W> {
    work: Arc<W>,
    shard: Option<Shard>,
}

impl<W: Work> Share<W> {
    pub(super) fn holds(&self, line: &str) -> bool {
        self.shard.is_none_or(|shard| shard.holds(&self.work.identity(&self.work.read(line))))
    }
}

impl<W: Work> Shared<W> {
    pub(super) fn new(work: W, mut options: RunOptions, context: Context, signal: Arc<Signal>, now: Instant) -> Self {
        let failed_list = options.failure_list.take().map(|list| Arc::new(FailedList::new(list)));
        let rows = RowsState { queue: RowQueue::new(options.order), in_hand: 0, ended: None };
        Self {
            work: Arc::new(work),
            options,
            context,
            signal,
            wake: Arc::default(),
            counts: Arc::default(),
            lines: Arc::default(),
            rows: Arc::new(Rows(Mutex::new(rows))),
            failed_list,
            store: OnceLock::new(),
            closing: Closing::default(),
            cancelled: Notify::new(),
            is_under_way: AtomicBool::new(false),
            has_said_pause: AtomicBool::new(false),
            began: now,
        }
    }

    /// Whether the caller cancelled the run: nothing more starts.
    pub(super) fn is_stopped(&self) -> bool {
        self.context.gate.is_stopped()
    }

    /// Which lines are this run's own.
    pub(super) fn share(&self) -> Share<W> {
        Share { work: Arc::clone(&self.work), shard: self.options.shard }
    }

    pub(super) fn now(&self) -> Instant {
        self.options.clock.monotonic()
    }

    /// Sleeps until a time; without one, for ever.
    pub(super) fn sleep_until(&self, time: Option<Instant>) -> impl Future<Output = ()> + use<W> {
        let clock = Arc::clone(&self.options.clock);
        async move {
            match time {
                Some(time) => clock.sleep(time.saturating_duration_since(clock.monotonic())).await,
                None => std::future::pending().await,
            }
        }
    }

    pub(super) fn elapsed_ms(&self) -> u64 {
        self.elapsed_ms_at(self.now())
    }

    /// How many milliseconds after the run's start a time is.
    pub(super) fn elapsed_ms_at(&self, time: Instant) -> u64 {
        let elapsed = time.saturating_duration_since(self.began);
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes how far the run is at this time.
    pub(super) fn note_rate(&self) {
        self.counts.rates().note(self.elapsed_ms(), get(&self.counts.completed));
    }

    /// Says once that the run pauses: a caller that is slow with each batch is not to be told of all of them.
    pub(super) fn say_pause(&self) {
        let Some(idle_pause) = self.options.idle_pause.filter(|_| !self.is_stopped()) else { return };
        if self.has_said_pause.swap(true, Ordering::Relaxed) {
            return;
        }
        let idle_ms = u64::try_from(idle_pause.as_millis()).unwrap_or(u64::MAX);
        let message = format!("nobody asked for {idle_ms} ms: no request starts until somebody does");
        self.context.events.emit(Event::Paused, &message, [("idlePauseMs", idle_ms.into())]);
    }
}
