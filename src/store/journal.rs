//! The journal: the outcome of every mailbox that was recorded, and intents.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension as _, Result as SqlResult, params};

use crate::error::{Error, Result};

use super::admitted::{Admitted, Found};
use super::attachments::{self, Attachment};
use super::claim::{Claim, Closing};
use super::fault;
use super::fingerprint;
use super::journal_options::JournalOptions;
use super::key::Key;
use super::mark::InUse;
use super::opening::{self, Kind, Opened};

/// What a row of the table `outcomes` says. The numbers stand in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Intent = 0,
    Done = 1,
    Failed = 2,
}

impl State {
    pub(super) fn of(number: i64) -> Option<Self> {
        [State::Intent, State::Done, State::Failed].into_iter().find(|state| *state as i64 == number)
    }
}

/// A row of the table `outcomes`.
#[derive(Debug)]
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) state: State,
    pub(super) record: Option<Vec<u8>>,
}

/// What is done to the journal.
#[derive(Debug)]
pub(super) enum Change {
    /// A row of the table `outcomes`.
    Put(Write),
    /// Takes an intent back; an outcome stays.
    Withdraw(Key),
    Attach(Attachment),
}

/// An outcome takes the place of what stood there, but a success is never lost to anything less.
const WRITE: &str = "
INSERT INTO outcomes(mailbox, work, occurrence, state, record) VALUES(?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record
WHERE outcomes.state <> 1 OR excluded.state = 1";

const WITHDRAW: &str = "DELETE FROM outcomes WHERE mailbox = ?1 AND work = ?2 AND occurrence = ?3 AND state = 0";

const FIND: &str = "SELECT state, record FROM outcomes WHERE mailbox = ?1 AND work = ?2 AND occurrence = ?3";

pub(super) struct Journal {
    /// Dropped first: the claim is kept until the file is closed.
    opened: Opened,
    /// Once something is written: to recall rows changes nothing.
    in_use: Option<InUse>,
    path: PathBuf,
    was_empty: bool,
    retry_failed: bool,
    retry_unknown: bool,
    /// After a write has failed nothing is written any more: what the system lost then may be what a later
    /// commit stands on.
    failed: Option<Error>,
    _claim: Claim,
}

impl Journal {
    /// Opens the journal, or makes it. Blocks. Who marks `closing` is about to drop it.
    pub(super) fn open(options: &JournalOptions, closing: Closing) -> Result<Journal> {
        let path = opening::place(&options.path)?;
        let claim = Claim::of(&path, closing)?;
        // Where the rest fails the empty file stays: another process may have begun to use it.
        opening::make_private(&path)?;
        Self::open_claimed(path, claim, options)
    }

    fn open_claimed(path: PathBuf, claim: Claim, options: &JournalOptions) -> Result<Journal> {
        let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::OPENING, &path);
        let mut opened = opening::open(&path)?;
        if opened.kind == Kind::Blank {
            let write = |connection: &Connection| fingerprint::write(connection, &options.fingerprint);
            opening::make(&mut opened.connection, write).map_err(sql)?;
        }
        let recorded = fingerprint::read(&opened.connection, &path)?;
        fingerprint::check(&recorded, &options.fingerprint, &path)?;
        opened.write_ahead()?;
        let is_older = opened.is_older()?;
        let mut in_use = if is_older || opened.was_left_in_use()? { Some(opened.begin()?) } else { None };
        if let Some(in_use) = in_use.as_mut().filter(|_| is_older) {
            opened.bring_forward(in_use)?;
        }
        let first =
            opened.connection.query_row("SELECT 1 FROM outcomes LIMIT 1", [], |_| Ok(())).optional().map_err(sql)?;
        Ok(Journal {
            opened,
            in_use,
            path,
            was_empty: first.is_none(),
            retry_failed: options.retry_failed,
            retry_unknown: options.retry_unknown,
            failed: None,
            _claim: claim,
        })
    }

    /// Whether nothing had been recorded when it was opened.
    pub(super) fn was_empty(&self) -> bool {
        self.was_empty
    }

    /// Looks up what was recorded of each line.
    pub(super) fn find(&self, admitted: &mut [Admitted]) -> Result<()> {
        let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::READING, &self.path);
        let mut find = self.opened.connection.prepare_cached(FIND).map_err(sql)?;
        for Admitted { key, found, .. } in admitted {
            let row = find
                .query_row(params![key.mailbox, key.work.bytes(), key.occurrence], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get(1)?))
                })
                .optional()
                .map_err(sql)?;
            if let Some((number, record)) = row {
                *found = self.found(State::of(number), record)?;
            }
        }
        Ok(())
    }

    pub(super) fn attachments(&self, kind: &str) -> Result<Vec<Attachment>> {
        attachments::of_kind(&self.opened.connection, kind, &self.path)
    }

    pub(super) fn attachment(&self, kind: &str, key: &str) -> Result<Option<Vec<u8>>> {
        attachments::find(&self.opened.connection, kind, key, &self.path)
    }

    fn found(&self, state: Option<State>, record: Option<Vec<u8>>) -> Result<Found> {
        match (state, record) {
            (Some(State::Failed), _) if self.retry_failed => Ok(Found::Failure),
            (Some(State::Intent), _) if self.retry_unknown => Ok(Found::Nothing),
            (Some(State::Intent), _) => Ok(Found::Intent),
            (Some(State::Done | State::Failed), Some(record)) => Ok(Found::Row(record)),
            _ => Err(fault::damaged_journal(&self.path)),
        }
    }

    /// Changes a row, to be committed with [`Journal::commit`]. Where that fails, all changes since the last
    /// commit are gone.
    pub(super) fn write(&mut self, change: &Change) -> Result<()> {
        self.begin_use()?;
        self.attempt(|connection| {
            if connection.is_autocommit() {
                connection.execute_batch("BEGIN IMMEDIATE")?;
            }
            match change {
                Change::Put(write) => insert(connection, WRITE, write),
                Change::Attach(attachment) => attachments::put(connection, attachment),
                Change::Withdraw(key) => {
                    let key = params![key.mailbox, key.work.bytes(), key.occurrence];
                    connection.prepare_cached(WITHDRAW)?.execute(key).map(drop)
                }
            }
        })
    }

    /// Returns when what was written is on the disk.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.attempt(
            |connection| if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("COMMIT") },
        )?;
        // What is committed is committed; where this fails nothing more will be.
        let _ = self.keep_log_short();
        Ok(())
    }

    fn begin_use(&mut self) -> Result<()> {
        if self.in_use.is_some() || self.failed.is_some() {
            return Ok(());
        }
        self.in_use = Some(self.opened.begin().inspect_err(|error| self.failed = Some(error.clone()))?);
        Ok(())
    }

    fn keep_log_short(&mut self) -> Result<()> {
        let Some(in_use) = &mut self.in_use else { return Ok(()) };
        let kept = in_use.turn_over(&self.opened.connection);
        self.attempt(|_| kept)
    }

    fn attempt(&mut self, work: impl FnOnce(&Connection) -> SqlResult<()>) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        work(&self.opened.connection).map_err(|cause| {
            let error = fault::journal(&cause, fault::RECORDING, &self.path);
            if !self.opened.connection.is_autocommit() {
                // Whether that succeeds or not, the rows are not committed, and no others will be.
                let _ = self.opened.connection.execute_batch("ROLLBACK");
            }
            self.failed = Some(error.clone());
            error
        })
    }
}

impl Drop for Journal {
    /// Ends the use in good order. Where that fails, or something has failed before, the files stay as after a kill.
    fn drop(&mut self) {
        let connection = &self.opened.connection;
        let Some(in_use) = &mut self.in_use else { return };
        if self.failed.is_none() && connection.is_autocommit() && !std::thread::panicking() {
            let _ = in_use.clear(connection);
        }
    }
}

pub(super) fn insert(connection: &Connection, statement: &str, write: &Write) -> SqlResult<()> {
    let Write { key, state, record } = write;
    let mut statement = connection.prepare_cached(statement)?;
    statement.execute(params![key.mailbox, key.work.bytes(), key.occurrence, *state as i64, record]).map(drop)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Map;

    use crate::error::Status;
    use crate::store::WorkHash;

    use super::*;

    fn open(path: &Path) -> Journal {
        let path = path.to_owned();
        let options = JournalOptions { path, fingerprint: Map::new(), retry_failed: false, retry_unknown: false };
        Journal::open(&options, Closing::default()).unwrap()
    }

    fn write(occurrence: u32) -> Write {
        let key = Key { mailbox: [7; 16], work: WorkHash::OF_RUN, occurrence };
        Write { key, state: State::Done, record: Some(vec![1; 2000]) }
    }

    fn admitted(occurrence: u32) -> Admitted {
        Admitted { key: write(occurrence).key, repeats_mailbox: false, found: Found::Nothing }
    }

    fn put(occurrence: u32) -> Change {
        Change::Put(write(occurrence))
    }

    /// SQLite's own limit stands for the disk: it meets both in the same way.
    #[test]
    fn a_full_disk_says_what_to_do_and_takes_only_the_open_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let mut journal = open(&path);
        journal.opened.connection.pragma_update_and_check(None, "max_page_count", 20, |_| Ok(())).unwrap();
        let mut recorded = 0;
        let error = loop {
            match journal.write(&put(recorded)).and_then(|()| journal.commit()) {
                Ok(()) => recorded += 1,
                Err(error) => break error,
            }
        };
        let text = error.to_string();
        assert_eq!(error.status(), Status::Journal);
        assert!(text.contains("the disk is full") && text.contains("free space, then run again"), "{text}");
        // Room alone is not trusted: the run ends here, and the next one begins with what is on the disk.
        journal.opened.connection.pragma_update_and_check(None, "max_page_count", 1000, |_| Ok(())).unwrap();
        assert_eq!(journal.write(&put(recorded)).unwrap_err().to_string(), text);
        drop(journal);

        let mut found: Vec<Admitted> = (0..=recorded).map(admitted).collect();
        open(&path).find(&mut found).unwrap();
        let rows = found.iter().take_while(|admitted| admitted.found == Found::Row(vec![1; 2000])).count();
        assert!(recorded > 5 && rows == recorded as usize, "{rows} of {recorded}");
        assert_eq!(found[rows].found, Found::Nothing);
    }

    #[test]
    fn a_commit_is_flushed_and_memory_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&folder.path().join("run.db"));
        let number =
            |name| journal.opened.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        let text =
            |name| journal.opened.connection.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
        assert_eq!((text("journal_mode"), text("locking_mode")), ("wal".into(), "exclusive".into()));
        // 2 is FULL: the log is flushed with every commit.
        assert_eq!((number("synchronous"), number("cache_size"), number("mmap_size")), (2, -2048, 0));
    }

    #[test]
    fn what_no_version_wrote_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let mut journal = open(&path);
        journal.write(&Change::Put(Write { record: None, ..write(0) })).unwrap();
        assert!(journal.find(&mut [admitted(0)]).unwrap_err().to_string().contains("damaged"));
    }
}
