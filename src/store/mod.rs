//! What a run must not hold in memory: which mailboxes it met, rows that await their turn, lines that wait; and
//! the journal, by which a run that was broken off goes on.
//!
//! | part | holds |
//! |---|---|
//! | `worker` | the one thread that uses the databases; what is committed together |
//! | `sidecar` | files beside the journal that this thread writes too |
//! | `journal`, `opening`, `claim` | the journal: its rows, how its file is opened, and that one run has it at a time |
//! | `migrations` | the formats of a journal, and the steps by which an older one is brought forward |
//! | `schema` | that a journal has the tables of its format and no others |
//! | `mark` | whether a journal's main file stands alone, and which log belongs to it |
//! | `scratch`, `seen` | what ends with the run: in memory while it is little, then in a temporary database |
//! | `scratch_index` | what others than the run's engine look up by a text, in a temporary database |
//! | `scratch_database` | how every temporary database is opened |
//! | `admitted` | what a line of input is to a run and its journal |
//! | `key` | under what the outcome of a line is kept |
//! | `fingerprint` | what makes a run this run, kept with its journal |
//! | `attachments` | what else belongs to a journal, known to who attached it |
//! | `merge` | many journals made one |
//! | `reading` | a journal that is read, not written to |
//! | `recorded` | the rows of a journal, to be read and not resumed |
//! | `fault` | what went wrong, in words |

mod admitted;
mod attachments;
mod claim;
mod fault;
mod fingerprint;
mod journal;
mod journal_options;
mod key;
mod mark;
mod merge;
mod migrations;
mod opening;
mod reading;
mod recorded;
mod schema;
mod scratch;
mod scratch_database;
mod scratch_index;
mod seen;
mod sidecar;
mod work_hash;
mod worker;

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::cancel::CancelToken;
use crate::error::{Error, Result};

pub use admitted::{Admitted, Found};
pub use attachments::Attachment;
pub use claim::Closing;
pub use fingerprint::hashed;
pub use journal_options::JournalOptions;
pub use key::{Key, LineKey};
pub use merge::{Merged, merge, merge_until};
pub use recorded::Recorded;
pub use scratch_index::ScratchIndex;
pub use sidecar::{Sidecar, SidecarFile};
pub use work_hash::{WorkHash, hash_of_header, hash_of_json};

use journal::Change;
use seen::{Counted, Hash, Ids, Occurrences};
use worker::{Answer, OpenedJournal, Worker};

/// What a run keeps outside its memory. Clones share one store; any task may use any of them.
///
/// Its databases belong to one thread of its own, which starts when it is first needed and ends after the last
/// clone was dropped, or with [`Store::close`].
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

/// A row to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Whose.
    pub key: Key,
    /// Whether it is an error row, which `retry_failed` tries again.
    pub failed: bool,
    /// The row.
    pub record: Vec<u8>,
}

impl Store {
    /// Opens the journal, where the run has one. Without one nothing is opened yet.
    ///
    /// # Errors
    ///
    /// `JournalInUse`; `JournalMismatch` for the journal of another run, with what differs; `Journal` for a file
    /// that is no journal, is damaged or cannot be written.
    pub async fn open(journal: Option<JournalOptions>) -> Result<Store> {
        Self::open_until(journal, Closing::default()).await
    }

    /// As [`Store::open`]. Once `closing` is marked, a run that wants the same journal waits until this one has
    /// let go of it, rather than being refused: while it is being opened, too.
    ///
    /// # Errors
    ///
    /// As for [`Store::open`].
    pub async fn open_until(journal: Option<JournalOptions>, closing: Closing) -> Result<Store> {
        let (worker, journal) = match journal {
            None => (Worker::Idle, None),
            Some(options) => {
                let (worker, opened) = worker::start_with_journal(options, closing).await?;
                (worker, Some(opened))
            }
        };
        Ok(Store {
            inner: Arc::new(Inner {
                journal,
                worker: Mutex::new(worker),
                occurrences: Mutex::default(),
                ids: Mutex::default(),
                closed: CancelToken::new(),
            }),
        })
    }

    /// Counts lines by mailbox and by what is done to it, in input order. Gives for each which of those that are the
    /// same in both it is, and what the journal has of it.
    ///
    /// # Errors
    ///
    /// `Journal` where the journal cannot be read, `File` where the temporary database fails.
    pub async fn admit(&self, lines: Vec<impl Into<LineKey>>) -> Result<Vec<Admitted>> {
        let mut admitted = self.number(lines).await?;
        // A journal that began with this run knows of no line before the line was admitted.
        if self.inner.journal.as_ref().is_none_or(|opened| opened.was_empty) {
            return Ok(admitted);
        }
        let find = move |databases: &mut worker::Databases| {
            databases.journal()?.find(&mut admitted)?;
            Ok(admitted)
        };
        self.inner.ask(find).await
    }

    /// Lines with their keys, of which nothing has been looked up.
    async fn number(&self, lines: Vec<impl Into<LineKey>>) -> Result<Vec<Admitted>> {
        let mut admitted = Vec::with_capacity(lines.len());
        let mut counted = Vec::with_capacity(lines.len());
        for line in lines {
            let line = line.into();
            let key = Key { mailbox: line.mailbox_hash(), work: line.work, occurrence: 0 };
            counted.push(key.mailbox);
            counted.extend(key::counted(&key.mailbox, key.work));
            admitted.push(Admitted { key, repeats_mailbox: false, found: Found::Nothing });
        }
        let mut times = self.count(&counted).await?.into_iter();
        let mut next = || times.next().ok_or_else(|| Error::internal("fewer lines were counted than there are"));
        for Admitted { key, repeats_mailbox, .. } in &mut admitted {
            let of_mailbox = next()?;
            *repeats_mailbox = of_mailbox > 0;
            key.occurrence = if key::counted(&key.mailbox, key.work).is_some() { next()? } else { of_mailbox };
        }
        Ok(admitted)
    }

    /// What the journal has under a key; nothing without a journal.
    ///
    /// # Errors
    ///
    /// `Journal` where it cannot be read.
    pub async fn recorded(&self, key: Key) -> Result<Option<Vec<u8>>> {
        if self.inner.journal.is_none() {
            return Ok(None);
        }
        let mut admitted = [Admitted { key, repeats_mailbox: false, found: Found::Nothing }];
        let find = move |databases: &mut worker::Databases| {
            databases.journal()?.find(&mut admitted)?;
            let [Admitted { found, .. }] = admitted;
            Ok(found)
        };
        Ok(match self.inner.ask(find).await? {
            Found::Row(record) => Some(record),
            _ => None,
        })
    }

    /// Records rows; they are on the disk when it returns. Without a journal it does nothing.
    ///
    /// A row whose request may or may not have been carried out is not recorded: its intent stays, and says so.
    ///
    /// # Errors
    ///
    /// `Journal`: the disk is full or fails. Nothing that was recorded before is lost.
    pub async fn record(&self, rows: Vec<Recording>) -> Result<()> {
        let writes = rows.into_iter().map(|row| {
            let state = if row.failed { journal::State::Failed } else { journal::State::Done };
            Change::Put(journal::Write { key: row.key, state, record: Some(row.record) })
        });
        self.write(writes.collect()).await
    }

    /// Says that a request which must never be repeated is about to be sent; on the disk when it returns.
    /// Without a journal it does nothing.
    ///
    /// # Errors
    ///
    /// As for [`Store::record`]; the request must then not be sent.
    pub async fn intend(&self, key: Key) -> Result<()> {
        let intent = journal::Write { key, state: journal::State::Intent, record: None };
        self.write(vec![Change::Put(intent)]).await
    }

    /// Takes back an intent whose request was not carried out, so that it may be sent again. It is done before
    /// anything that is asked later, and with the next commit on the disk; does not wait for that.
    /// Without a journal it does nothing.
    ///
    /// # Errors
    ///
    /// `Cancelled` after [`Store::close`].
    pub fn withdraw(&self, key: Key) -> Result<()> {
        if self.inner.journal.is_none() {
            return Ok(());
        }
        lock(&self.inner.worker).write(vec![Change::Withdraw(key)]).map(drop)
    }

    /// What is attached to the journal of a kind, in the order in which it was; nothing without a journal.
    ///
    /// # Errors
    ///
    /// `Journal` where it cannot be read.
    pub async fn attachments(&self, kind: &'static str) -> Result<Vec<Attachment>> {
        if self.inner.journal.is_none() {
            return Ok(Vec::new());
        }
        self.inner.ask(|databases| databases.journal()?.attachments(kind)).await
    }

    /// What an earlier run attached under a kind and a key; nothing without a journal.
    ///
    /// # Errors
    ///
    /// `Journal` where it cannot be read.
    pub async fn attachment(&self, kind: &'static str, key: String) -> Result<Option<Vec<u8>>> {
        if self.inner.journal.is_none() {
            return Ok(None);
        }
        self.inner.ask(move |databases| databases.journal()?.attachment(kind, &key)).await
    }

    /// Attaches something to the journal in the place of what has its kind and key; on the disk when it returns.
    /// Without a journal it does nothing.
    ///
    /// # Errors
    ///
    /// As for [`Store::record`].
    pub async fn attach(&self, attachment: Attachment) -> Result<()> {
        self.write(vec![Change::Attach(attachment)]).await
    }

    /// Has something done with a file beside the journal, by the thread that writes it. Without a journal too.
    ///
    /// # Errors
    ///
    /// Those of `work`; `Cancelled` after [`Store::close`].
    pub async fn with_sidecar<F: SidecarFile, T: Send + 'static>(
        &self,
        sidecar: &Sidecar<F>,
        work: impl FnOnce(&mut F) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let sidecar = sidecar.clone();
        self.inner.ask(move |_| work(&mut sidecar.file())).await
    }

    /// Has something written to a file beside the journal; it is on the disk when this returns. Without a journal too.
    ///
    /// # Errors
    ///
    /// Those of `write` and of the flush; `Cancelled` after [`Store::close`].
    pub async fn append<F: SidecarFile>(
        &self,
        sidecar: &Sidecar<F>,
        write: impl FnOnce(&mut F) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let answer = lock(&self.inner.worker).append(sidecar.append(write))?;
        worker::answer_of(answer).await
    }

    /// Cancelled by [`Store::close`], which waits for what the thread is at: what may take long there looks at it.
    #[must_use]
    pub fn closed(&self) -> CancelToken {
        self.inner.closed.clone()
    }

    /// Keeps rows by their positions until their turn comes; a position comes once.
    ///
    /// # Errors
    ///
    /// `File` where the temporary database fails.
    pub async fn set_aside(&self, rows: Vec<(u64, Vec<u8>)>) -> Result<()> {
        self.inner.ask(move |databases| databases.scratch()?.set_aside(&rows)).await
    }

    /// Takes the rows of `first_position` and of those that follow without a gap: at most `most`, and no more
    /// than suit the memory, but always one where there is one.
    ///
    /// # Errors
    ///
    /// As for [`Store::set_aside`].
    pub async fn take_back(&self, first_position: u64, most: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.inner.ask(move |databases| databases.scratch()?.take_back(first_position, most)).await
    }

    /// Keeps lines in their order.
    ///
    /// # Errors
    ///
    /// As for [`Store::set_aside`].
    pub async fn queue_lines(&self, lines: Vec<String>) -> Result<()> {
        self.inner.ask(move |databases| databases.scratch()?.queue_lines(&lines)).await
    }

    /// Takes the oldest lines: at most `most`, and no more than suit the memory, but always one where there is
    /// one.
    ///
    /// # Errors
    ///
    /// As for [`Store::set_aside`].
    pub async fn next_lines(&self, most: usize) -> Result<Vec<String>> {
        self.inner.ask(move |databases| databases.scratch()?.next_lines(most)).await
    }

    /// Remembers ids; gives for each whether it was not seen before.
    ///
    /// # Errors
    ///
    /// As for [`Store::set_aside`].
    pub async fn new_ids(&self, ids: Vec<String>) -> Result<Vec<bool>> {
        let hashes: Vec<Hash> = ids.iter().map(|id| seen::hash(id)).collect();
        let answer = {
            let mut ids = lock(&self.inner.ids);
            match ids.insert(&hashes) {
                Counted::Here(new) => return Ok(new),
                // Sent under the lock: what is moved arrives before what is asked about it.
                Counted::Elsewhere(moved) => self.inner.send(move |databases| {
                    let scratch = databases.scratch()?;
                    scratch.remember(moved)?;
                    scratch.new_ids(&hashes)
                })?,
            }
        };
        worker::answer_of(answer).await
    }

    /// Commits what was given, and lets go of the journal: when it returns, another run may have it. Other
    /// calls fail from here on.
    pub async fn close(&self) {
        let closed = {
            let mut worker = lock(&self.inner.worker);
            self.inner.mark_closing();
            self.inner.closed.cancel();
            std::mem::replace(&mut *worker, Worker::Closed).close()
        };
        if let Some(closed) = closed {
            // It answers when the files are closed; a thread that has ended has closed them too.
            let _ = closed.await;
        }
    }

    async fn count(&self, hashes: &[Hash]) -> Result<Vec<u32>> {
        let answer = {
            let mut occurrences = lock(&self.inner.occurrences);
            match occurrences.count(hashes) {
                Counted::Here(counts) => return Ok(counts),
                Counted::Elsewhere(moved) => {
                    let hashes = hashes.to_vec();
                    self.inner.send(move |databases| {
                        let scratch = databases.scratch()?;
                        scratch.keep_counts(moved)?;
                        scratch.count(&hashes)
                    })?
                }
            }
        };
        worker::answer_of(answer).await
    }

    async fn write(&self, changes: Vec<Change>) -> Result<()> {
        if self.inner.journal.is_none() || changes.is_empty() {
            return Ok(());
        }
        let answer = lock(&self.inner.worker).write(changes)?;
        worker::answer_of(answer).await
    }
}

#[derive(Debug)]
struct Inner {
    journal: Option<OpenedJournal>,
    worker: Mutex<Worker>,
    occurrences: Mutex<Occurrences>,
    ids: Mutex<Ids>,
    closed: CancelToken,
}

impl Inner {
    fn send<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut worker::Databases) -> Result<T> + Send + 'static,
    ) -> Result<Answer<T>> {
        lock(&self.worker).ask(work)
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut worker::Databases) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let answer = self.send(work)?;
        worker::answer_of(answer).await
    }

    fn mark_closing(&self) {
        if let Some(journal) = &self.journal {
            journal.closing.mark();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock()
}
