//! A run from its start to its end: its store, its first line, its token, and how it is cancelled.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;

use super::Work;
use super::counts::set;
use super::engine::Engine;
use super::listing;
use super::run::Shared;
use super::source::Lister;
use super::store::Store;
use crate::error::{Error, Result};

/// How long a run that was cancelled waits for the writes in flight. The next run with its journal waits longer.
const LONGEST_LANDING: Duration = Duration::from_secs(5);

/// Runs until every line has its row, the run is cancelled, or nothing more can be done.
pub(super) async fn drive<W: Work>(shared: Arc<Shared<W>>, source: Option<Box<dyn Lister>>) {
    let ended = tokio::select! {
        biased;
        () = shared.context.cancel.cancelled() => Err(Error::cancelled()),
        () = has_waited_long_enough(&shared) => Err(Error::cancelled()),
        ended = AssertUnwindSafe(conduct(&shared, source)).catch_unwind() => {
            // Nobody looks at what the engine held any more.
            ended.unwrap_or_else(|_| Err(Error::internal("the run panicked")))
        }
    };
    // Before anybody learns that the run has ended: the next one may want the same journal.
    if let Some(store) = shared.store.get() {
        store.close().await;
    }
    set(&shared.counts.in_flight, 0);
    set(&shared.counts.waiting, 0);
    shared.counts.listing.store(false, Ordering::Relaxed);
    shared.state().ended = Some(ended);
    shared.signal.notify();
}

/// Ends when what was in flight at a cancel has had its time to land.
async fn has_waited_long_enough<W: Work>(shared: &Shared<W>) {
    shared.cancelled.notified().await;
    shared.options.clock.sleep(LONGEST_LANDING).await;
}

async fn conduct<W: Work>(shared: &Arc<Shared<W>>, source: Option<Box<dyn Lister>>) -> Result<()> {
    let store = Store::open_until(shared.options.journal.clone(), shared.closing.clone()).await?;
    let store = shared.store.get_or_init(|| store);
    shared.work.attach(store).await?;
    if source.is_none() && !first_line_came(shared).await {
        return Ok(());
    }
    shared.work.prepare().await?;
    shared.state().is_under_way = true;
    let _listing = source.map(|lister| listing::start(shared, store, lister)).transpose()?;
    Engine::new(shared, store).run().await
}

/// Waits for input; `false` when it ended without a line, which then needs no token either.
async fn first_line_came<W: Work>(shared: &Shared<W>) -> bool {
    loop {
        {
            let state = shared.state();
            if !state.input.is_empty() {
                return true;
            }
            if state.input.is_finished() {
                return false;
            }
        }
        shared.wake.notified().await;
    }
}
