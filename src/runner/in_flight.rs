//! Requests under way, each with the items that share it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, try_join_all};
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::item::{Completed, Outcome, Started, Track};
use super::pairs::with_outcomes;
use super::work::{Batched, Work};
use crate::attempt::AttemptError;
use crate::error::{Error, Result};
use crate::http::Clock;
use crate::log;
use crate::store::Store;

/// The requests that have begun and not ended.
pub(super) struct InFlight<W: Work> {
    attempter: Attempter<W>,
    requests: FuturesUnordered<BoxFuture<'static, Completed<W::Item, W::Output>>>,
}

/// What it takes to try items.
struct Attempter<W: Work> {
    work: Arc<W>,
    store: Store,
    clock: Arc<dyn Clock>,
    /// The run ends by itself: what has not been sent is not to be.
    is_ending: Arc<AtomicBool>,
}

impl<W: Work> InFlight<W> {
    pub(super) fn new(work: Arc<W>, store: Store, clock: Arc<dyn Clock>) -> Self {
        let attempter = Attempter { work, store, clock, is_ending: Arc::default() };
        Self { attempter, requests: FuturesUnordered::new() }
    }

    /// Begins the one request of these items.
    pub(super) fn start(&mut self, items: Vec<Started<W::Item>>) {
        self.requests.push(self.attempter.clone().run_attempt(items).boxed());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// The next request that ends; `None` where none is under way.
    pub(super) async fn next(&mut self) -> Option<Completed<W::Item, W::Output>> {
        self.requests.next().await
    }

    /// A request that has ended by now.
    pub(super) fn next_now(&mut self) -> Option<Completed<W::Item, W::Output>> {
        self.requests.next().now_or_never().flatten()
    }

    /// From now on nothing is sent that has not been.
    pub(super) fn send_no_more(&self) {
        self.attempter.is_ending.store(true, Ordering::Relaxed);
    }
}

impl<W: Work> Clone for Attempter<W> {
    fn clone(&self) -> Self {
        Self {
            work: Arc::clone(&self.work),
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            is_ending: Arc::clone(&self.is_ending),
        }
    }
}

impl<W: Work> Attempter<W> {
    /// Tries items once: one alone, several in one request.
    async fn run_attempt(self, items: Vec<Started<W::Item>>) -> Completed<W::Item, W::Output> {
        let began = self.clock.monotonic();
        // Of several items the one that was tried most counts.
        let number = items.iter().map(|started| started.track.tries + 1).max().unwrap_or(1);
        let (items, outcome) = match <[Started<W::Item>; 1]>::try_from(items) {
            Ok([mut started]) => {
                let outcome = self.run_one(&mut started, number).await;
                (vec![started], outcome)
            }
            Err(items) => self.run_batch(items, number).await,
        };
        let outcome = match outcome {
            Batched::Each(results) => Outcome::Each(with_outcomes(items, results).collect()),
            Batched::Envelope(error) => Outcome::Whole(items, error),
        };
        Completed { outcome, took: self.clock.monotonic().saturating_duration_since(began) }
    }

    async fn run_one(&self, started: &mut Started<W::Item>, number: u32) -> Batched<W::Output> {
        let Started { track, item } = started;
        let noted =
            if self.work.notes_intent() && !track.intended { self.store.intend(track.key).await } else { Ok(()) };
        track.intended = true;
        if let Err(error) = noted {
            return Batched::Envelope(AttemptError::Run(error));
        }
        if self.is_ending.load(Ordering::Relaxed) {
            return Batched::Envelope(AttemptError::Run(Error::cancelled()));
        }
        match caught(log::as_attempt(number, Box::pin(self.work.attempt(item)))).await {
            Some(outcome) => Batched::Each(vec![outcome]),
            None => {
                // It may have been sent by then.
                track.is_maybe_done = true;
                Batched::Envelope(AttemptError::Run(panicked()))
            }
        }
    }

    async fn run_batch(
        &self,
        items: Vec<Started<W::Item>>,
        number: u32,
    ) -> (Vec<Started<W::Item>>, Batched<W::Output>) {
        let (mut tracks, mut items): (Vec<_>, Vec<_>) =
            items.into_iter().map(|started| (started.track, started.item)).unzip();
        if let Err(error) = self.intend_all(&mut tracks).await {
            let items = tracks.into_iter().zip(items).map(|(track, item)| Started { track, item }).collect();
            return (items, Batched::Envelope(AttemptError::Run(error)));
        }
        let outcome = caught(log::as_attempt(number, Box::pin(self.work.attempt_batch(&mut items)))).await;
        let outcome = outcome.unwrap_or_else(|| Batched::Envelope(AttemptError::Run(panicked())));
        (tracks.into_iter().zip(items).map(|(track, item)| Started { track, item }).collect(), outcome)
    }
}

impl<W: Work> Attempter<W> {
    /// Notes items that are about to be tried, where a journal is to know of each; they are on the disk together.
    async fn intend_all(&self, tracks: &mut [Track]) -> Result<()> {
        if self.work.notes_intent() {
            let new = tracks.iter().filter(|track| !track.intended).map(|track| self.store.intend(track.key));
            try_join_all(new).await?;
        }
        tracks.iter_mut().for_each(|track| track.intended = true);
        if self.is_ending.load(Ordering::Relaxed) { Err(Error::cancelled()) } else { Ok(()) }
    }
}

/// What a try gives; `None` where it panics: the run ends with it, once what else is under way has its answers. The try is
/// boxed by who calls: each of the futures around it would hold it twice, and all of them are moved with a request.
async fn caught<T>(attempt: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(attempt).catch_unwind().await.ok()
}

/// A fault of a work, or of the run itself.
pub(super) fn panicked() -> Error {
    Error::internal("the run panicked")
}
