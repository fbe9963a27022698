//! A run that may be about so many mailboxes and no more: all of them are known before the first is asked. They wait
//! in the store, so that memory does not grow with their number.

use tokio::sync::Notify;

use super::counts::{Counts, get};
use super::lines::Lines;
use super::shared::{Share, Shared};
use super::work::Work;
use crate::cancel::Signal;
use crate::error::{Error, Result};
use crate::store::Store;

/// Gathers the lines of a run that may be about `maximum` mailboxes.
pub(super) struct Gather<'a, W> {
    lines: &'a Lines,
    counts: &'a Counts,
    share: Share<W>,
    signal: &'a Signal,
    wake: &'a Notify,
    maximum: u64,
}

impl<'a, W: Work> Gather<'a, W> {
    pub(super) fn new(shared: &'a Shared<W>, maximum: u64) -> Self {
        Self {
            lines: &shared.lines,
            counts: &shared.counts,
            share: shared.share(),
            signal: &shared.signal,
            wake: &shared.wake,
            maximum,
        }
    }

    /// Takes in all lines that are pushed; `false` where there is none.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where there are more than the maximum; `File` where the store fails.
    pub(super) async fn pushed(&self, store: &Store) -> Result<bool> {
        let mut gathered = 0;
        let mut is_any = false;
        loop {
            let (lines, is_finished) = {
                let mut waiting = self.lines.lock();
                let lines = waiting.input.take_all();
                waiting.aside += lines.len() as u64;
                (lines, waiting.input.is_finished())
            };
            if lines.is_empty() {
                if is_finished {
                    return Ok(is_any);
                }
                self.wake.notified().await;
                continue;
            }
            is_any = true;
            gathered += lines.iter().filter(|line| self.share.holds(line)).count() as u64;
            self.check(gathered)?;
            store.queue_lines(lines).await?;
            // There is room for further lines.
            self.signal.notify();
        }
    }

    /// Waits until the lister has found all there is.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where that is more than the maximum; why the lister gave up.
    pub(super) async fn listed(&self) -> Result<()> {
        loop {
            self.check(get(&self.counts.gathered))?;
            {
                let lines = self.lines.lock();
                if lines.input.is_finished() {
                    self.check(get(&self.counts.gathered))?;
                    return lines.listing_failed.clone().map_or(Ok(()), Err);
                }
            }
            self.wake.notified().await;
        }
    }

    fn check(&self, gathered: u64) -> Result<()> {
        let maximum = self.maximum;
        if gathered <= maximum {
            return Ok(());
        }
        Err(Error::argument(format!("maximum: the run is about more than {maximum} mailboxes, and nothing was sent"))
            .hint("see which mailboxes it is about, or allow more with maximum (-Maximum)"))
    }
}
