//! One request and the items that share it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt;

use super::drive::panicked;
use super::item::Started;
use super::run::Shared;
use super::store::Store;
use super::{AttemptError, Batched, Work};
use crate::error::Error;
use crate::log;

/// Items whose request has ended.
pub(super) struct Landed<W: Work> {
    pub(super) items: Vec<Started<W::Item>>,
    pub(super) outcome: Batched<W::Output>,
    pub(super) took: Duration,
}

/// Tries items once: one alone, several in one request.
pub(super) async fn fly<W: Work>(shared: &Arc<Shared<W>>, store: &Store, items: Vec<Started<W::Item>>) -> Landed<W> {
    let clock = &shared.options.clock;
    let began = clock.monotonic();
    let (mut tracks, mut items): (Vec<_>, Vec<_>) =
        items.into_iter().map(|started| (started.track, started.item)).unzip();
    // Of several items the one that was tried most counts.
    let number = tracks.iter().map(|track| track.tries + 1).max().unwrap_or(1);
    let outcome = match (items.as_mut_slice(), tracks.as_mut_slice()) {
        ([item], [track]) => {
            let intended =
                if shared.work.notes_intent() && !track.intended { store.intend(track.key).await } else { Ok(()) };
            track.intended = true;
            match intended {
                Ok(()) if shared.stopping.load(Ordering::Relaxed) => {
                    Batched::Envelope(AttemptError::Run(Error::cancelled()))
                }
                Ok(()) => match caught(log::as_attempt(number, shared.work.attempt(item))).await {
                    Some(outcome) => Batched::Each(vec![outcome]),
                    None => {
                        // It may have been sent by then.
                        track.in_doubt = true;
                        Batched::Envelope(AttemptError::Run(panicked()))
                    }
                },
                Err(error) => Batched::Envelope(AttemptError::Run(error)),
            }
        }
        (items, _) => {
            let outcome = caught(log::as_attempt(number, shared.work.attempt_batch(items))).await;
            outcome.unwrap_or_else(|| Batched::Envelope(AttemptError::Run(panicked())))
        }
    };
    let items = tracks.into_iter().zip(items).map(|(track, item)| Started { track, item }).collect();
    Landed { items, outcome, took: clock.monotonic().saturating_duration_since(began) }
}

/// What a try gives; `None` where it panics: the run ends with it, once what else is under way has its answers.
async fn caught<T>(attempt: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(attempt).catch_unwind().await.ok()
}
