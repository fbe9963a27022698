//! A run that may be about so many mailboxes and no more: all of them are known before the first is asked. They wait
//! in the store, so that memory does not grow with their number.

use super::counts::get;
use super::shared::Shared;
use super::work::Work;
use crate::error::{Error, Result};
use crate::store::Store;

/// Takes in all lines that are pushed; `false` where there is none.
///
/// # Errors
///
/// `InvalidArgument` where there are more than `maximum`; `File` where the store fails.
pub(super) async fn pushed<W: Work>(shared: &Shared<W>, store: &Store, maximum: u64) -> Result<bool> {
    let mut gathered = 0;
    let mut is_any = false;
    loop {
        let (lines, is_finished) = {
            let mut waiting = shared.lines.lock();
            let lines = waiting.input.take_all();
            waiting.aside += lines.len() as u64;
            (lines, waiting.input.is_finished())
        };
        if lines.is_empty() {
            if is_finished {
                return Ok(is_any);
            }
            shared.wake.notified().await;
            continue;
        }
        is_any = true;
        gathered += lines.iter().filter(|line| shared.is_own(line)).count() as u64;
        check(gathered, maximum)?;
        store.queue_lines(lines).await?;
        // There is room for further lines.
        shared.signal.notify();
    }
}

/// Waits until the lister has found all there is.
///
/// # Errors
///
/// `InvalidArgument` where that is more than `maximum`; why the lister gave up.
pub(super) async fn listed<W: Work>(shared: &Shared<W>, maximum: u64) -> Result<()> {
    loop {
        check(get(&shared.counts.gathered), maximum)?;
        {
            let lines = shared.lines.lock();
            if lines.input.is_finished() {
                check(get(&shared.counts.gathered), maximum)?;
                return lines.listing_failed.clone().map_or(Ok(()), Err);
            }
        }
        shared.wake.notified().await;
    }
}

fn check(gathered: u64, maximum: u64) -> Result<()> {
    if gathered <= maximum {
        return Ok(());
    }
    Err(Error::argument(format!("maximum: the run is about more than {maximum} mailboxes, and nothing was sent"))
        .hint("see which mailboxes it is about, or allow more with maximum (-Maximum)"))
}
