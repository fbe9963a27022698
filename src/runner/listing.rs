//! Input that a lister finds, ahead of the run: a slow caller must not make the directory's page token expire.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::counts::{Counts, add};
use super::lines::Lines;
use super::pairs::pairs;
use super::shared::{Share, Shared};
use super::source::Lister;
use super::work::Work;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::runtime::runtime;
use crate::store::Store;

/// Lists in a task of its own, until all is listed or the run ends.
pub(super) fn start<W: Work>(shared: &Shared<W>, store: &Store, lister: Box<dyn Lister>) -> Result<Listing> {
    let over = shared.context.cancel.child_token();
    let listing = Listing(over.clone());
    let list = List {
        context: shared.context.clone(),
        lines: Arc::clone(&shared.lines),
        counts: Arc::clone(&shared.counts),
        counted: shared.options.maximum.map(|_| shared.share()),
        wake: Arc::clone(&shared.wake),
        store: store.clone(),
    };
    list.counts.listing.store(true, Ordering::Relaxed);
    runtime()?.spawn(async move {
        let listed = tokio::select! {
            biased;
            () = over.cancelled() => return,
            listed = AssertUnwindSafe(list.all(lister)).catch_unwind() => {
                listed.unwrap_or_else(|_| Err(Error::internal("listing the mailboxes panicked")))
            }
        };
        list.counts.listing.store(false, Ordering::Relaxed);
        {
            let mut lines = list.lines.lock();
            lines.input.finish();
            lines.listing_failed = listed.err();
        }
        list.wake.notify_one();
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

/// What lists, and where the lines go.
struct List<W> {
    context: Context,
    lines: Arc<Lines>,
    counts: Arc<Counts>,
    /// The lines that are counted before the first mailbox is asked, where there is a bound.
    counted: Option<Share<W>>,
    wake: Arc<Notify>,
    store: Store,
}

impl<W: Work> List<W> {
    async fn all(&self, mut lister: Box<dyn Lister>) -> Result<()> {
        loop {
            let page = lister.next_page(&self.context).await?;
            add(&self.counts.skipped, page.skipped);
            let (ids, lines): (Vec<String>, Vec<String>) =
                page.listed.into_iter().map(|listed| (listed.id, listed.line)).unzip();
            // A lister that had to start over lists again what it listed before.
            let new = self.store.new_ids(ids).await?;
            let lines = pairs(lines, new, "lines that were listed")?;
            let mut lines: Vec<String> = lines.into_iter().filter_map(|(line, new)| new.then_some(line)).collect();
            add(&self.counts.listed, lines.len() as u64);
            if let Some(share) = &self.counted {
                add(&self.counts.gathered, lines.iter().filter(|line| share.holds(line)).count() as u64);
            }
            let aside = {
                // Lines in the store come before any that would now be put into memory.
                let mut waiting = self.lines.lock();
                if waiting.aside == 0 {
                    waiting.input.fill(&mut lines);
                }
                // Before they are there: the run may take them the moment they are, and is not to end before that.
                waiting.aside += lines.len() as u64;
                lines.len() as u64
            };
            if aside > 0
                && let Err(error) = self.store.queue_lines(lines).await
            {
                self.lines.lock().aside -= aside;
                return Err(error);
            }
            self.wake.notify_one();
            if page.last {
                return Ok(());
            }
        }
    }
}
