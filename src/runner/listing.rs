//! Input that a lister finds, ahead of the run: a slow caller must not make the directory's page token expire.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;

use super::counts::add;
use super::pairs::pairs;
use super::shared::Shared;
use super::source::Lister;
use super::work::Work;
use crate::error::{Error, Result};
use crate::runtime::runtime;
use crate::store::Store;

/// Lists in a task of its own, until all is listed or the run ends.
pub(super) fn start<W: Work>(shared: &Arc<Shared<W>>, store: &Store, lister: Box<dyn Lister>) -> Result<Listing> {
    let over = shared.context.cancel.child_token();
    let listing = Listing(over.clone());
    let (shared, store) = (Arc::clone(shared), store.clone());
    shared.counts.listing.store(true, Ordering::Relaxed);
    runtime()?.spawn(async move {
        let listed = tokio::select! {
            biased;
            () = over.cancelled() => return,
            listed = AssertUnwindSafe(list(&shared, &store, lister)).catch_unwind() => {
                listed.unwrap_or_else(|_| Err(Error::internal("listing the mailboxes panicked")))
            }
        };
        shared.counts.listing.store(false, Ordering::Relaxed);
        {
            let mut lines = shared.lines.lock();
            lines.input.finish();
            lines.listing_failed = listed.err();
        }
        shared.wake.notify_one();
    });
    Ok(listing)
}

/// Ends the listing when dropped.
pub(super) struct Listing(crate::cancel::CancelToken);

impl Drop for Listing {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn list<W: Work>(shared: &Shared<W>, store: &Store, mut lister: Box<dyn Lister>) -> Result<()> {
    loop {
        let page = lister.next_page(&shared.context).await?;
        add(&shared.counts.skipped, page.skipped);
        let (ids, lines): (Vec<String>, Vec<String>) =
            page.listed.into_iter().map(|listed| (listed.id, listed.line)).unzip();
        // A lister that had to start over lists again what it listed before.
        let new = store.new_ids(ids).await?;
        let lines = pairs(lines, new, "lines that were listed")?;
        let mut lines: Vec<String> = lines.into_iter().filter_map(|(line, new)| new.then_some(line)).collect();
        add(&shared.counts.listed, lines.len() as u64);
        if shared.options.maximum.is_some() {
            add(&shared.counts.gathered, lines.iter().filter(|line| shared.is_own(line)).count() as u64);
        }
        let aside = {
            // Lines in the store come before any that would now be put into memory.
            let mut waiting = shared.lines.lock();
            if waiting.aside == 0 {
                waiting.input.fill(&mut lines);
            }
            // Before they are there: the run may take them the moment they are, and is not to end before that.
            waiting.aside += lines.len() as u64;
            lines.len() as u64
        };
        if aside > 0
            && let Err(error) = store.queue_lines(lines).await
        {
            shared.lines.lock().aside -= aside;
            return Err(error);
        }
        shared.wake.notify_one();
        if page.last {
            return Ok(());
        }
    }
}
