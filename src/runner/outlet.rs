//! From outputs to the caller: recorded first, then in their order, and set aside where they would fill the memory.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::admission::Backlog;
use super::counts::{Counts, add};
use super::failed_list::FailedList;
use super::item::{Done, Finished};
use super::shared::{Rows, Shared};
use super::work::{Output, Work};
use crate::cancel::Signal;
use crate::error::{Error, Result};
use crate::gate::Gate;
use crate::store::{Recording, Store};

/// Rows that are done and not yet on the disk: what a crash asks again is at most this and what is in flight.
const MOST_UNRECORDED: usize = 256;
/// Bytes of such rows: a mailbox may have thousands of them.
const MOST_UNRECORDED_BYTES: usize = 8 * 1024 * 1024;

type Recorded<T> = (Vec<Finished<T>>, Result<()>);

enum Moved {
    Aside,
    Back(u64, Vec<(u64, Vec<u8>)>),
}

/// Where rows go.
pub(super) struct Outlet<W: Work> {
    work: Arc<W>,
    rows: Arc<Rows<W::Output>>,
    counts: Arc<Counts>,
    signal: Arc<Signal>,
    wake: Arc<Notify>,
    gate: Arc<Gate>,
    store: Store,
    /// Whether rows are recorded before the caller has them.
    records: bool,
    to_record: Vec<Finished<W::Output>>,
    bytes_to_record: usize,
    recording: Option<BoxFuture<'static, Recorded<W::Output>>>,
    in_recording: usize,
    bytes_in_recording: usize,
    moving: Option<BoxFuture<'static, Result<Moved>>>,
    failed_list: Option<Arc<FailedList>>,
    /// What failed is being written.
    listing: Option<BoxFuture<'static, ()>>,
}

impl<W: Work> Outlet<W> {
    pub(super) fn new(shared: &Shared<W>, store: &Store) -> Self {
        Self {
            work: Arc::clone(&shared.work),
            rows: Arc::clone(&shared.rows),
            counts: Arc::clone(&shared.counts),
            signal: Arc::clone(&shared.signal),
            wake: Arc::clone(&shared.wake),
            gate: Arc::clone(&shared.context.gate),
            store: store.clone(),
            records: shared.options.journal.is_some() || shared.work.concludes(),
            to_record: Vec::new(),
            bytes_to_record: 0,
            recording: None,
            in_recording: 0,
            bytes_in_recording: 0,
            moving: None,
            failed_list: shared.failed_list.clone(),
            listing: None,
        }
    }

    /// Whether another item may be started.
    pub(super) fn has_room(&self) -> bool {
        self.unrecorded() < MOST_UNRECORDED
            && self.bytes_to_record + self.bytes_in_recording < MOST_UNRECORDED_BYTES
            && self.failed_list.as_ref().is_none_or(|list| list.has_room())
            && self.rows.lock().queue.has_room()
    }

    /// Takes a row that is done.
    pub(super) fn put(&mut self, row: Finished<W::Output>) {
        if self.records {
            self.bytes_to_record += row.output.weight();
            self.to_record.push(row);
        } else {
            self.give(row.position, row.output);
        }
    }

    /// Gives the caller a row; what the journal has of it needs no recording.
    pub(super) fn give(&self, position: u64, output: W::Output) {
        add(&self.counts.completed, 1);
        match output.failure() {
            None => self.counts.add_outcome("Ok"),
            Some(error) => {
                add(&self.counts.failed, 1);
                self.counts.add_outcome(error.status().name());
                if let Some(list) = &self.failed_list {
                    list.note(output.mailbox(), error);
                }
            }
        }
        let weight = output.weight();
        self.rows.lock().queue.insert(position, Done { position, output }, weight);
    }

    /// Starts what is to be done: recording, setting aside, bringing back, listing; one of each at a time.
    pub(super) fn begin(&mut self) {
        if self.recording.is_none() && !self.to_record.is_empty() {
            let rows = std::mem::take(&mut self.to_record);
            self.in_recording = rows.len();
            self.bytes_in_recording = std::mem::take(&mut self.bytes_to_record);
            let recordings = rows.iter().filter(|row| !row.is_unknown).map(|row| Recording {
                key: row.key,
                failed: row.output.failure().is_some(),
                record: row.output.record(),
            });
            let (recordings, store) = (recordings.collect(), self.store.clone());
            let outputs: Vec<&W::Output> = rows.iter().map(|row| &row.output).collect();
            let concluded = self.work.conclude(&outputs);
            self.recording = Some(Box::pin(async move {
                if let Some(concluded) = concluded
                    && let Err(error) = concluded.await
                {
                    return (rows, Err(error));
                }
                (rows, store.record(recordings).await)
            }));
        }
        if self.moving.is_none() {
            self.moving = self.next_move();
        }
        if self.listing.is_none()
            && let Some(list) = self.failed_list.as_ref().filter(|list| list.is_due())
        {
            let list = Arc::clone(list);
            self.listing = Some(Box::pin(async move {
                // One that panicked has its list still, to be closed at the end.
                let _ = tokio::task::spawn_blocking(move || list.write()).await;
            }));
        }
    }

    fn next_move(&self) -> Option<BoxFuture<'static, Result<Moved>>> {
        let (set_aside, overflow) = {
            let mut rows = self.rows.lock();
            let first = rows.queue.due_back();
            let overflow = if first.is_some() { None } else { rows.queue.overflow() };
            (first.map(|first| (first, rows.queue.portion())), overflow)
        };
        let store = self.store.clone();
        if let Some((first, most)) = set_aside {
            return Some(Box::pin(
                async move { store.take_back(first, most).await.map(|rows| Moved::Back(first, rows)) },
            ));
        }
        let rows = overflow?;
        Some(Box::pin(async move {
            let rows = rows.into_iter().map(|(position, (done, _))| (position, done.output.record()));
            store.set_aside(rows.collect()).await.map(|()| Moved::Aside)
        }))
    }

    /// Waits for something that was started; for ever where nothing was.
    pub(super) async fn next(&mut self) -> Result<()> {
        tokio::select! {
            Some((rows, recorded)) = finished(&mut self.recording) => {
                self.recording = None;
                self.in_recording = 0;
                self.bytes_in_recording = 0;
                recorded?;
                for row in rows {
                    self.give(row.position, row.output);
                }
            }
            Some(moved) = finished(&mut self.moving) => {
                self.moving = None;
                self.put_back(moved?)?;
            }
            Some(()) = finished(&mut self.listing) => self.listing = None,
            else => return std::future::pending().await,
        }
        self.signal.notify();
        Ok(())
    }

    fn put_back(&self, moved: Moved) -> Result<()> {
        let Moved::Back(first, rows) = moved else { return Ok(()) };
        if rows.first().is_none_or(|(position, _)| *position != first) {
            return Err(Error::internal(format!("row {first} was set aside and is gone")));
        }
        for (position, record) in rows {
            let output = self.work.recall(&record)?;
            let weight = output.weight();
            self.rows.lock().queue.put_back(position, Done { position, output }, weight);
        }
        Ok(())
    }

    /// The rows that the caller is not done with.
    pub(super) fn backlog(&self) -> Backlog {
        let rows = self.rows.lock();
        Backlog { untaken: rows.queue.untaken(), in_hand: rows.in_hand, unrecorded: self.unrecorded() }
    }

    /// Rows that are done and not the caller's yet.
    fn unrecorded(&self) -> usize {
        self.to_record.len() + self.in_recording
    }

    /// Whether every row that is done is the caller's to take, in memory or aside.
    pub(super) fn is_recorded(&self) -> bool {
        self.to_record.is_empty() && self.recording.is_none()
    }

    /// Records what is left and brings back what the caller can still take.
    pub(super) async fn finish(&mut self) -> Result<()> {
        let wake = Arc::clone(&self.wake);
        loop {
            self.begin();
            let is_over = self.is_recorded() && self.moving.is_none();
            // Of a run that was stopped nobody takes rows any more.
            if is_over && (self.gate.is_stopped() || self.rows.lock().queue.is_over()) {
                return Ok(());
            }
            tokio::select! {
                moved = self.next() => moved?,
                // The caller took rows.
                () = wake.notified() => {}
            }
        }
    }
}

/// What a future in a slot gives; `None` where the slot is empty.
async fn finished<T>(slot: &mut Option<BoxFuture<'static, T>>) -> Option<T> {
    match slot {
        Some(future) => Some(future.await),
        None => None,
    }
}
