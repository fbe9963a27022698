//! From outputs to the caller: recorded first, then in their order, and set aside where they would fill the memory.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Work;
use super::counts::{add, get};
use super::item::Track;
use super::run::{Done, Shared};
use super::store::{Key, Recording, Store};
use crate::error::{Error, Result};

/// Rows that are done and not yet on the disk: what a crash asks again is at most this and what is in flight.
const MOST_UNRECORDED: usize = 256;
/// Rows that are brought back together.
const BROUGHT_BACK: usize = 64;

/// A row that is done.
pub(super) struct Finished<T> {
    pub(super) position: u64,
    pub(super) key: Key,
    pub(super) output: T,
    /// Its intent stays in the journal, and no outcome.
    pub(super) is_unknown: bool,
    /// An earlier run recorded its failure.
    pub(super) has_failed_before: bool,
}

impl<T> Finished<T> {
    /// The row of an item whose outcome is known.
    pub(super) fn new(track: &Track, output: T) -> Self {
        let has_failed_before = track.has_failed_before;
        Self { position: track.position, key: track.key, output, is_unknown: false, has_failed_before }
    }
}

type Recorded<T> = (Vec<Finished<T>>, Result<()>);

enum Moved {
    Aside,
    Back(u64, Vec<(u64, Vec<u8>)>),
}

/// Where rows go.
pub(super) struct Outlet<W: Work> {
    shared: Arc<Shared<W>>,
    store: Store,
    fresh: Vec<Finished<W::Output>>,
    recording: Option<BoxFuture<'static, Recorded<W::Output>>>,
    in_recording: usize,
    moving: Option<BoxFuture<'static, Result<Moved>>>,
}

impl<W: Work> Outlet<W> {
    pub(super) fn new(shared: &Arc<Shared<W>>, store: &Store) -> Self {
        Self {
            shared: Arc::clone(shared),
            store: store.clone(),
            fresh: Vec::new(),
            recording: None,
            in_recording: 0,
            moving: None,
        }
    }

    /// Whether another item may be started.
    pub(super) fn has_room(&self) -> bool {
        self.unrecorded() < MOST_UNRECORDED && self.shared.state().rows.has_room()
    }

    /// Takes a row that is done.
    pub(super) fn put(&mut self, row: Finished<W::Output>) {
        if self.shared.options.journal.is_none() {
            self.give(row.position, row.output);
        } else {
            self.fresh.push(row);
        }
    }

    /// Gives the caller a row; what the journal has of it needs no recording.
    pub(super) fn give(&self, position: u64, output: W::Output) {
        let shared = &*self.shared;
        add(&shared.counts.completed, 1);
        match shared.work.failure(&output) {
            None => shared.counts.add_outcome("Ok"),
            Some(error) => {
                add(&shared.counts.failed, 1);
                shared.counts.add_outcome(error.status().name());
            }
        }
        let weight = shared.work.weight(&output);
        shared.state().rows.insert(position, Done { position, output }, weight);
    }

    /// Starts what is to be done: recording, setting aside, bringing back; one of each at a time.
    pub(super) fn begin(&mut self) {
        if self.recording.is_none() && !self.fresh.is_empty() {
            let rows = std::mem::take(&mut self.fresh);
            self.in_recording = rows.len();
            let work = &self.shared.work;
            let recordings = rows.iter().filter(|row| !row.is_unknown).map(|row| Recording {
                key: row.key,
                failed: work.failure(&row.output).is_some(),
                record: work.record(&row.output),
            });
            let (recordings, store) = (recordings.collect(), self.store.clone());
            self.recording = Some(Box::pin(async move { (rows, store.record(recordings).await) }));
        }
        if self.moving.is_none() {
            self.moving = self.next_move();
        }
    }

    fn next_move(&self) -> Option<BoxFuture<'static, Result<Moved>>> {
        let (wanted, overflow) = {
            let mut state = self.shared.state();
            let wanted = state.rows.wanted_back();
            (wanted, if wanted.is_some() { None } else { state.rows.overflow() })
        };
        let store = self.store.clone();
        if let Some(first) = wanted {
            return Some(Box::pin(async move {
                store.take_back(first, BROUGHT_BACK).await.map(|rows| Moved::Back(first, rows))
            }));
        }
        let shared = Arc::clone(&self.shared);
        let rows = overflow?;
        Some(Box::pin(async move {
            let rows = rows.into_iter().map(|(position, (done, _))| (position, shared.work.record(&done.output)));
            store.set_aside(rows.collect()).await.map(|()| Moved::Aside)
        }))
    }

    /// Waits for something that was started; for ever where nothing was.
    pub(super) async fn next(&mut self) -> Result<()> {
        tokio::select! {
            Some((rows, recorded)) = finished(&mut self.recording) => {
                self.recording = None;
                self.in_recording = 0;
                recorded?;
                for row in rows {
                    self.give(row.position, row.output);
                }
            }
            Some(moved) = finished(&mut self.moving) => {
                self.moving = None;
                self.put_back(moved?)?;
            }
            else => return std::future::pending().await,
        }
        self.shared.signal.notify();
        Ok(())
    }

    fn put_back(&self, moved: Moved) -> Result<()> {
        let Moved::Back(first, rows) = moved else { return Ok(()) };
        if rows.first().is_none_or(|(position, _)| *position != first) {
            return Err(Error::internal(format!("row {first} was set aside and is gone")));
        }
        for (position, record) in rows {
            let output = self.shared.work.recall(&record)?;
            let weight = self.shared.work.weight(&output);
            self.shared.state().rows.put_back(position, Done { position, output }, weight);
        }
        Ok(())
    }

    /// Rows that are done and not the caller's yet.
    pub(super) fn unrecorded(&self) -> usize {
        self.fresh.len() + self.in_recording
    }

    /// Whether every row that is done is the caller's to take, in memory or aside.
    pub(super) fn is_recorded(&self) -> bool {
        self.fresh.is_empty() && self.recording.is_none()
    }

    /// Records what is left and brings back what the caller can still take.
    pub(super) async fn finish(&mut self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        loop {
            self.begin();
            let is_over = self.is_recorded() && self.moving.is_none();
            // Of a run that was stopped nobody takes rows any more.
            if is_over && (shared.is_stopped() || shared.state().rows.is_over()) {
                return Ok(());
            }
            tokio::select! {
                moved = self.next() => moved?,
                // The caller took rows.
                () = shared.wake.notified() => {}
            }
        }
    }

    /// Notes how far the run is at this time.
    pub(super) fn note_rate(&self) {
        let shared = &*self.shared;
        shared.counts.rates().note(shared.elapsed_ms(), get(&shared.counts.completed));
    }
}

/// What a future in a slot gives; `None` where the slot is empty.
async fn finished<T>(slot: &mut Option<BoxFuture<'static, T>>) -> Option<T> {
    match slot {
        Some(future) => Some(future.await),
        None => None,
    }
}
