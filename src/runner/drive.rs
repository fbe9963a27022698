//! A run from its start to its end, however it ends: its store, its first line, its token, and how it is cancelled.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;

use super::counts::set;
use super::engine::Engine;
use super::gather;
use super::in_flight::panicked;
use super::listing;
use super::shared::Shared;
use super::source::Lister;
use super::work::Work;
use crate::error::{Error, Result};
use crate::store::Store;

/// How long a run that was cancelled waits for the writes in flight. The next run with its journal waits longer.
const LONGEST_WAIT_FOR_IN_FLIGHT: Duration = Duration::from_secs(5);

/// Says that a run has ended, however its task ends: nobody is to wait for ever.
struct Ending<W: Work>(Arc<Shared<W>>);

impl<W: Work> Drop for Ending<W> {
    fn drop(&mut self) {
        self.0.rows.lock().ended.get_or_insert_with(|| Err(Error::internal("the run stopped before its end")));
        self.0.signal.notify();
    }
}

/// Runs until every line has its row, the run is cancelled, or nothing more can be done.
pub(super) async fn drive<W: Work>(shared: Arc<Shared<W>>, source: Option<Box<dyn Lister>>) {
    let _ending = Ending(Arc::clone(&shared));
    let ended = tokio::select! {
        biased;
        () = shared.context.cancel.cancelled() => Err(Error::cancelled()),
        () = has_waited_long_enough(&shared) => Err(Error::cancelled()),
        ended = caught(conduct(&shared, source)) => ended,
    };
    // Before anybody learns that the run has ended: the next one may want the same journal.
    if let Some(store) = shared.store.get() {
        store.close().await;
    }
    set(&shared.counts.in_flight, 0);
    set(&shared.counts.waiting, 0);
    shared.counts.listing.store(false, Ordering::Relaxed);
    // Who learns that the run has ended may end the process.
    shared.context.events.log_written().await;
    shared.rows.lock().ended = Some(ended);
}

/// The result of a part of the run. Nobody looks at what a part that panicked held any more.
async fn caught(part: impl Future<Output = Result<()>>) -> Result<()> {
    AssertUnwindSafe(part).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
}

/// Ends when what was in flight at a cancel has had its time to complete.
async fn has_waited_long_enough<W: Work>(shared: &Shared<W>) {
    shared.cancelled.notified().await;
    shared.options.clock.sleep(LONGEST_WAIT_FOR_IN_FLIGHT).await;
}

async fn conduct<W: Work>(shared: &Arc<Shared<W>>, source: Option<Box<dyn Lister>>) -> Result<()> {
    let store = Store::open_until(shared.options.journal.clone(), shared.closing.clone()).await?;
    let store = shared.store.get_or_init(|| store);
    shared.work.attach(store).await?;
    let maximum = shared.options.maximum;
    let is_any = match maximum {
        _ if source.is_some() => true,
        Some(maximum) => gather::pushed(shared, store, maximum).await?,
        None => first_line_came(shared).await,
    };
    if !is_any {
        return Ok(());
    }
    shared.work.prepare().await?;
    let listing = source.map(|lister| listing::start(shared, store, lister)).transpose()?;
    if let (Some(_), Some(maximum)) = (&listing, maximum) {
        gather::listed(shared, maximum).await?;
    }
    // From here on there is something that may have to be waited for.
    shared.is_under_way.store(true, Ordering::SeqCst);
    let mut engine = Engine::new(shared, store);
    let ended = caught(engine.run()).await;
    engine.intake.finish();
    // What was done is recorded and given, however the run ended.
    engine.results.outlet.finish(shared).await?;
    ended
}

/// Waits for input; `false` when it ended without a line, which then needs no token either.
async fn first_line_came<W: Work>(shared: &Shared<W>) -> bool {
    loop {
        {
            let lines = shared.lines.lock();
            if !lines.input.is_empty() {
                return true;
            }
            if lines.input.is_finished() {
                return false;
            }
        }
        shared.wake.notified().await;
    }
}
