//! A run from its start to its end, however it ends: its store, its first line, its token, and how it is cancelled.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::counts::{get, set};
use super::engine::Engine;
use super::gather::Gather;
use super::in_flight::panicked;
use super::lines::Lines;
use super::listing;
use super::shared::{Rows, Shared};
use super::source::Lister;
use super::work::Work;
use crate::cancel::Signal;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::Store;

/// How long a run that was cancelled waits for the writes in flight. The next run with its journal waits longer.
const LONGEST_WAIT_FOR_IN_FLIGHT: Duration = Duration::from_secs(5);

/// Says that a run has ended, however its task ends: nobody is to wait for ever.
struct Ending<T> {
    rows: Arc<Rows<T>>,
    signal: Arc<Signal>,
}

impl<T> Drop for Ending<T> {
    fn drop(&mut self) {
        self.rows.lock().ended.get_or_insert_with(|| Err(Error::internal("the run stopped before its end")));
        self.signal.notify();
    }
}

/// Runs until every line has its row, the run is cancelled, or nothing more can be done.
pub(super) async fn drive<W: Work>(shared: Arc<Shared<W>>, source: Option<Box<dyn Lister>>) {
    let _ending = Ending { rows: Arc::clone(&shared.rows), signal: Arc::clone(&shared.signal) };
    let ended = tokio::select! {
        biased;
        () = shared.context.cancel.cancelled() => Err(Error::cancelled()),
        () = has_waited_long_enough(&shared.cancelled, &*shared.options.clock) => Err(Error::cancelled()),
        ended = caught(conduct(&shared, source)) => ended,
    };
    close_failed_list(&shared, &ended).await;
    // Before anybody learns that the run has ended: the next one may want the same journal.
    if let Some(store) = shared.store.get() {
        store.close().await;
    }
    set(&shared.counts.in_flight, 0);
    set(&shared.counts.waiting, 0);
    shared.counts.listing.store(false, Ordering::Relaxed);
    shared.counts.set_held_until(None);
    // Who learns that the run has ended may end the process.
    shared.context.events.log_written().await;
    shared.rows.lock().ended = Some(ended);
}

/// Puts the list of what failed in its place, however the run ended. One that ended before anything was done says
/// nothing of any mailbox, and leaves the list of an earlier run.
async fn close_failed_list<W: Work>(shared: &Shared<W>, ended: &Result<()>) {
    let Some(list) = shared.failed_list.clone() else { return };
    let keep = ended.is_ok() || get(&shared.counts.completed) > 0;
    let closing = tokio::task::spawn_blocking(move || list.close(keep));
    if shared.is_stopped() {
        // Who stopped it waits no longer for a slow disk than for what was in flight.
        let _ = tokio::time::timeout(LONGEST_WAIT_FOR_IN_FLIGHT, closing).await;
    } else {
        let _ = closing.await;
    }
}

/// The result of a part of the run. Nobody looks at what a part that panicked held any more.
async fn caught(part: impl Future<Output = Result<()>>) -> Result<()> {
    AssertUnwindSafe(part).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
}

/// Ends when what was in flight at a cancel has had its time to complete.
async fn has_waited_long_enough(cancelled: &Notify, clock: &dyn Clock) {
    cancelled.notified().await;
    clock.sleep(LONGEST_WAIT_FOR_IN_FLIGHT).await;
}

async fn conduct<W: Work>(shared: &Arc<Shared<W>>, source: Option<Box<dyn Lister>>) -> Result<()> {
    let store = Store::open_until(shared.options.journal.clone(), shared.closing.clone()).await?;
    let store = shared.store.get_or_init(|| store);
    shared.work.attach(store).await?;
    let gather = shared.options.maximum.map(|maximum| Gather::new(shared, maximum));
    let is_any = match &gather {
        _ if source.is_some() => true,
        Some(gather) => gather.pushed(store).await?,
        None => first_line_came(&shared.lines, &shared.wake).await,
    };
    if !is_any {
        return Ok(());
    }
    shared.work.prepare().await?;
    let listing = source.map(|lister| listing::start(shared, store, lister)).transpose()?;
    if let (Some(_), Some(gather)) = (&listing, gather) {
        gather.listed().await?;
    }
    // From here on there is something that may have to be waited for.
    shared.is_under_way.store(true, Ordering::SeqCst);
    let mut engine = Engine::new(shared, store);
    let ended = caught(engine.run()).await;
    engine.intake.finish();
    // What was done is recorded and given, however the run ended.
    engine.results.outlet.finish().await?;
    let closed = shared.work.end(&ended).await;
    ended.and(closed)
}

/// Waits for input; `false` when it ended without a line, which then needs no token either.
async fn first_line_came(lines: &Lines, wake: &Notify) -> bool {
    loop {
        {
            let lines = lines.lock();
            if !lines.input.is_empty() {
                return true;
            }
            if lines.input.is_finished() {
                return false;
            }
        }
        wake.notified().await;
    }
}
