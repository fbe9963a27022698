//! Many journals made one: those of a run's shards, to be resumed or read as one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Result as SqlResult};
use serde_json::{Map, Value, json};

use super::work_hash::WorkHash;
use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::files::{StagedDatabase, check_distinct, folder, put_path_new, stage_database, sync_folder};

use super::claim::{Claim, Closing};
use super::journal::{self, State, Write};
use super::key::Key;
use super::opening;
use super::reading::Reading;
use super::{attachments, fault, fingerprint};

/// Memory for pages of the new journal.
const CACHE_KIB: i64 = 8192;

/// Rows between two looks at whether to go on.
const STRIDE: u64 = 1024;

/// A success comes before an intent, an intent before a failure, and otherwise what came first stays: a request that
/// one journal knows to be done is done, and one that another may have sent is in doubt, whatever was refused here.
const MERGE: &str = "
INSERT INTO outcomes(mailbox, work, occurrence, state, record) VALUES(?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET state = excluded.state, record = excluded.record
WHERE (outcomes.state <> 1 AND excluded.state = 1) OR (outcomes.state = 2 AND excluded.state = 0)";

/// What the merged journal holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Recorded rows, those of failures too.
    pub rows: u64,
    /// Those of failures.
    pub failed: u64,
    /// Intents without an outcome.
    pub intents: u64,
    /// Rows and intents that were left out: another journal had the same line.
    pub duplicates: u64,
}

impl Merged {
    /// As the C ABI gives it.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({"rows": self.rows, "failed": self.failed, "intents": self.intents, "duplicates": self.duplicates})
    }
}

/// Makes one journal of those of one run's shards, which a run without a shard then resumes. Blocks.
///
/// Where several have the same line (mailbox, request and number among equal ones), a success comes before an intent,
/// and an intent before a failure. The inputs keep their content, and none may be in use. The output is written beside its place and moved there
/// when it is complete.
///
/// # Errors
///
/// `FileExists` where `output` is there; `JournalMismatch` for journals of different runs, with what differs;
/// `JournalInUse`; `Journal` for what is no journal or cannot be read or written.
pub fn merge(inputs: &[PathBuf], output: &Path) -> Result<Merged> {
    merge_until(inputs, output, &CancelToken::new())
}

/// As [`merge`], until `cancel` is cancelled.
///
/// # Errors
///
/// As for [`merge`]; `Cancelled` when it was told to stop. There is no output then.
pub fn merge_until(inputs: &[PathBuf], output: &Path, cancel: &CancelToken) -> Result<Merged> {
    let inputs = places(inputs)?;
    let output = opening::place(output)?;
    if output.symlink_metadata().is_ok() {
        return Err(exists(&output));
    }
    for input in &inputs {
        check_distinct([("journal", Some(&**input)), ("the merged journal", Some(&*output))])?;
    }
    let mut target = Target::new(&output)?;
    for input in &inputs {
        target.add(input, cancel)?;
    }
    target.finish(&output)
}

/// Where the inputs are; each once.
fn places(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if inputs.is_empty() {
        return Err(Error::argument("there is no journal to merge").hint("name at least one"));
    }
    let mut places: Vec<PathBuf> = Vec::with_capacity(inputs.len());
    for input in inputs {
        let place = opening::place(input)?;
        if places.contains(&place) {
            return Err(Error::argument(format!("the journal {} is named twice", place.display())));
        }
        places.push(place);
    }
    Ok(places)
}

/// The journal that is made.
struct Target {
    /// Dropped first: an open file cannot be deleted everywhere.
    connection: Connection,
    file: StagedDatabase,
    place: PathBuf,
    /// Of the first input, with its place.
    fingerprint: Option<(PathBuf, Map<String, Value>)>,
    read: u64,
}

impl Target {
    fn new(place: &Path) -> Result<Self> {
        let file = stage_database(folder(place)).map_err(|cause| fault::file(&cause, fault::MERGING, place))?;
        let connection = open_target(&file.path).map_err(|cause| fault::journal(&cause, fault::MERGING, place))?;
        Ok(Self { connection, file, place: place.to_owned(), fingerprint: None, read: 0 })
    }

    /// Adds the rows of a journal.
    fn add(&mut self, input: &Path, cancel: &CancelToken) -> Result<()> {
        if !input.exists() {
            return Err(of_input(fault::unusable("there is no such file"), input));
        }
        let _claim = Claim::of(input, Closing::default())?;
        let reading = Reading::open(input, cancel)?;
        let source = reading.connection();
        self.compare(input, fingerprint::read(source, input)?)?;
        let failed = |cause: rusqlite::Error| fault::journal(&cause, fault::MERGING, input);
        for attachment in opening::attachments(source, input)? {
            attachments::add(&self.connection, &attachment).map_err(|cause| self.failed(&cause))?;
        }
        let mut select = source
            .prepare("SELECT mailbox, work, occurrence, state, record, rowid FROM outcomes ORDER BY rowid")
            .map_err(failed)?;
        let mut rows = select.query([]).map_err(failed)?;
        let mut last = None;
        while let Some(row) = rows.next().map_err(failed)? {
            if self.read.is_multiple_of(STRIDE) && cancel.is_cancelled() {
                return Err(Error::cancelled());
            }
            // In a file that was tampered with pages may lead back to each other: it would never end.
            let rowid: Option<i64> = row.get(5).map_err(failed)?;
            if rowid <= last {
                return Err(fault::damaged_journal(input));
            }
            last = rowid;
            let write = read_row(row).map_err(failed)?.ok_or_else(|| fault::damaged_journal(input))?;
            journal::insert(&self.connection, MERGE, &write).map_err(|cause| self.failed(&cause))?;
            self.read += 1;
        }
        reading.check_unchanged()
    }

    fn compare(&mut self, input: &Path, fingerprint: Map<String, Value>) -> Result<()> {
        match &self.fingerprint {
            Some((first, known)) => fingerprint::compare((first, known), (input, &fingerprint)),
            None => {
                fingerprint::write(&self.connection, &fingerprint).map_err(|cause| self.failed(&cause))?;
                self.fingerprint = Some((input.to_owned(), fingerprint));
                Ok(())
            }
        }
    }

    /// Puts the journal in its place.
    fn finish(self, output: &Path) -> Result<Merged> {
        let merged = self.connection.execute_batch("COMMIT").and_then(|()| count(&self.connection, self.read));
        let merged = merged.map_err(|cause| self.failed(&cause))?;
        self.connection.close().map_err(|(_, cause)| fault::journal(&cause, fault::MERGING, &self.place))?;
        let synced = File::options().write(true).open(&self.file.path).and_then(|file| file.sync_all());
        synced.map_err(|cause| fault::file(&cause, fault::MERGING, output))?;
        put_path_new(self.file.path, output).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => exists(output),
            _ => fault::file(&cause, fault::MERGING, output),
        })?;
        // Where that fails there is no better way.
        let _ = sync_folder(output);
        Ok(merged)
    }

    fn failed(&self, cause: &rusqlite::Error) -> Error {
        fault::journal(cause, fault::MERGING, &self.place)
    }
}

/// A database in a file that nobody sees before it is complete: it needs no log of its own.
fn open_target(file: &Path) -> SqlResult<Connection> {
    let connection = opening::connect(file, OpenFlags::default())?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.execute_batch("BEGIN")?;
    opening::lay_out(&connection)?;
    Ok(connection)
}

/// A row as it was recorded; nothing where it cannot be one.
fn read_row(row: &rusqlite::Row<'_>) -> SqlResult<Option<Write>> {
    let key = Key { mailbox: row.get(0)?, work: WorkHash::from(row.get::<_, [u8; 16]>(1)?), occurrence: row.get(2)? };
    let record: Option<Vec<u8>> = row.get(4)?;
    let state = State::of(row.get(3)?).filter(|state| record.is_some() || *state == State::Intent);
    Ok(state.map(|state| Write { key, state, record }))
}

fn count(connection: &Connection, read: u64) -> SqlResult<Merged> {
    let mut merged = Merged::default();
    let mut select = connection.prepare("SELECT state, count(*) FROM outcomes GROUP BY state")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let times = row.get::<_, i64>(1)?.unsigned_abs();
        match State::of(row.get(0)?) {
            Some(State::Intent) => merged.intents += times,
            Some(State::Failed) => merged.failed += times,
            _ => merged.rows += times,
        }
    }
    merged.rows += merged.failed;
    merged.duplicates = read - merged.rows - merged.intents;
    Ok(merged)
}

fn of_input(error: Error, input: &Path) -> Error {
    error.action(fault::MERGING).target(input.display().to_string())
}

fn exists(output: &Path) -> Error {
    Error::new(Status::FileExists, "the file exists")
        .action(fault::MERGING)
        .target(output.display().to_string())
        .hint("choose another name for the merged journal")
}
