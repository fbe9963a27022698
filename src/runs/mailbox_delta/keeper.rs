//! The file of links: read as mailboxes come, written once their rows were taken.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::super::mailbox_stream::Receipts;
use super::state::MailboxState;
use crate::cancel::Signal;
use crate::error::{Error, Result, Status};
use crate::runtime::runtime;
use crate::store::{Closing, JournalOptions, Key, Recording, Store};

/// Says whose links a receipt holds.
const SEPARATOR: char = '\n';

/// Receipts that come back from outside of memory at a time.
const PORTION: usize = 256;

/// The file, once it is open, and what is to be written to it.
#[derive(Debug)]
pub(super) struct Keeper {
    path: PathBuf,
    fingerprint: Map<String, Value>,
    store: OnceLock<Store>,
    closing: Closing,
    signal: Arc<Signal>,
    work: Mutex<Pending>,
    /// Who writes to the file, or closes it.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Pending {
    /// Receipts of rows that were taken.
    due: Vec<String>,
    /// Receipts of rows that are in a file which is not complete, to be set aside.
    held: Vec<String>,
    /// How many were set aside.
    aside: u64,
    is_writing: bool,
    is_closed: bool,
    failed: Option<Error>,
}

impl Keeper {
    pub(super) fn new(path: PathBuf, fingerprint: Map<String, Value>, signal: Arc<Signal>) -> Arc<Self> {
        let (store, closing, work, turn) = Default::default();
        Arc::new(Self { path, fingerprint, store, closing, signal, work, turn })
    }

    /// The receipt of a mailbox with these links.
    pub(super) fn receipt(identity: &str, state: &str) -> String {
        format!("{}{SEPARATOR}{state}", folded(identity))
    }

    /// Opens the file for the tenant that is signed in to.
    pub(super) async fn open(&self, tenant: Option<&str>) -> Result<()> {
        let mut fingerprint = self.fingerprint.clone();
        fingerprint.insert("tenant".to_owned(), tenant.into());
        let options =
            JournalOptions { path: self.path.clone(), fingerprint, retry_failed: false, retry_unknown: false };
        let store = Store::open_until(Some(options), self.closing.clone()).await.map_err(of_file)?;
        let _ = self.store.set(store);
        Ok(())
    }

    /// What the file has of a mailbox.
    pub(super) async fn of_mailbox(&self, identity: &str) -> Result<Option<MailboxState>> {
        let Some(record) = self.store()?.recorded(Key::of_mailbox(&folded(identity))).await? else { return Ok(None) };
        // What an older version wrote, or nobody: all is read anew.
        Ok(serde_json::from_slice(&record).ok())
    }

    fn store(&self) -> Result<&Store> {
        self.store.get().ok_or_else(|| Error::internal("the file of links is not open"))
    }

    /// Writes what is due, until nothing is.
    fn write(self: &Arc<Self>) {
        {
            let mut work = self.work.lock();
            let is_idle = work.due.is_empty() && work.held.is_empty();
            if is_idle || work.failed.is_some() || std::mem::replace(&mut work.is_writing, true) {
                return;
            }
        }
        let keeper = Arc::clone(self);
        self.spawn(async move { keeper.write_all().await });
    }

    /// Has work on the file done, of which others wait for the end: where it panics, it has ended too.
    fn spawn(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let keeper = Arc::clone(self);
        match runtime() {
            Ok(runtime) => drop(runtime.spawn(async move {
                if tokio::spawn(work).await.is_err() {
                    keeper.ended(Err(Error::internal("writing the file of links panicked")));
                }
            })),
            Err(error) => self.ended(Err(error)),
        }
    }

    async fn write_all(&self) {
        let _turn = self.turn.lock().await;
        loop {
            let (due, held, first) = {
                let mut work = self.work.lock();
                if work.due.is_empty() && work.held.is_empty() {
                    work.is_writing = false;
                    break;
                }
                let (due, held) = (std::mem::take(&mut work.due), std::mem::take(&mut work.held));
                let first = work.aside;
                work.aside += held.len() as u64;
                (due, held, first)
            };
            let written = async {
                self.record(due).await?;
                let rows = held.into_iter().zip(first..).map(|(receipt, number)| (number, receipt.into_bytes()));
                let rows: Vec<_> = rows.collect();
                if rows.is_empty() { Ok(()) } else { self.store()?.set_aside(rows).await }
            };
            if let Err(error) = written.await {
                return self.ended(Err(error));
            }
        }
        self.signal.notify();
    }

    async fn record(&self, receipts: Vec<String>) -> Result<()> {
        if receipts.is_empty() {
            return Ok(());
        }
        let rows = receipts.iter().filter_map(|receipt| receipt.split_once(SEPARATOR)).map(|(identity, state)| {
            Recording { key: Key::of_mailbox(identity), failed: false, record: state.as_bytes().to_vec() }
        });
        self.store()?.record(rows.collect()).await
    }

    fn ended(&self, ended: Result<()>) {
        {
            let mut work = self.work.lock();
            work.is_writing = false;
            work.failed = work.failed.take().or(ended.err());
        }
        self.signal.notify();
    }

    /// Whether all that is due is on the disk.
    fn is_written(&self) -> Result<bool> {
        let work = self.work.lock();
        match &work.failed {
            Some(error) => Err(error.clone()),
            None => Ok(!work.is_writing && work.due.is_empty() && work.held.is_empty()),
        }
    }

    /// Records what was set aside, in its order.
    async fn bring_back(&self) -> Result<()> {
        let Some(store) = self.store.get() else { return Ok(()) };
        let mut next = 0;
        loop {
            let rows = store.take_back(next, PORTION).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            next = last + 1;
            let receipts = rows.into_iter().map(|(_, receipt)| String::from_utf8_lossy(&receipt).into_owned());
            self.record(receipts.collect()).await?;
        }
    }
}

impl Receipts for Arc<Keeper> {
    fn settle(&self, receipts: Vec<String>) {
        self.work.lock().due.extend(receipts);
        self.write();
    }

    fn hold(&self, receipts: Vec<String>) {
        self.work.lock().held.extend(receipts);
        self.write();
    }

    fn is_settled(&self) -> Result<bool> {
        if !self.is_written()? {
            return Ok(false);
        }
        let Some(store) = self.store.get().cloned() else { return Ok(true) };
        {
            let mut work = self.work.lock();
            if work.is_closed {
                return Ok(true);
            }
            if std::mem::replace(&mut work.is_writing, true) {
                return Ok(false);
            }
        }
        // When the caller learns that the run has ended, the next one may have the file.
        self.closing.mark();
        let keeper = Self::clone(self);
        self.spawn(async move {
            store.close().await;
            keeper.work.lock().is_closed = true;
            keeper.ended(Ok(()));
        });
        Ok(false)
    }

    fn settle_held(&self) -> Result<()> {
        loop {
            let seen = self.signal.epoch();
            if self.is_written()? {
                break;
            }
            self.signal.wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
        }
        self.closing.mark();
        runtime()?.block_on(async {
            self.bring_back().await?;
            if let Some(store) = self.store.get() {
                store.close().await;
            }
            Ok(())
        })
    }

    fn abandon(&self) {
        self.closing.mark();
        let Some(store) = self.store.get().cloned() else { return };
        if let Ok(runtime) = runtime() {
            let keeper = Self::clone(self);
            runtime.spawn(async move {
                let _turn = keeper.turn.lock().await;
                // What was taken is written all the same.
                let due = std::mem::take(&mut keeper.work.lock().due);
                let _ = keeper.record(due).await;
                store.close().await;
                keeper.work.lock().is_closed = true;
            });
        }
    }
}

/// Whose links they are, however the name is spelled.
fn folded(identity: &str) -> String {
    identity.to_lowercase().replace(SEPARATOR, " ")
}

/// To the store the file is a journal; its user has named it in `since`.
fn of_file(error: Error) -> Error {
    match error.status() {
        Status::JournalMismatch => {
            error.hint("the file in since goes on with what it was begun with: ask for that, or name another file")
        }
        Status::JournalInUse => error.hint("wait until the other run with this file in since has ended"),
        _ => error,
    }
}
