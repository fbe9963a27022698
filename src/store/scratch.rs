//! The temporary database: what a run keeps for itself and nobody needs after it.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Result as SqlResult, Transaction, params};

use crate::error::{Error, Result};

use super::fault;
use super::seen::Hash;

/// How much memory it uses before it writes to its file.
const CACHE_KIB: i64 = 512;

/// Rows or lines that are taken at once hold at most about this much.
const MOST_BYTES: usize = 1024 * 1024;

const SCHEMA: &str = "
CREATE TABLE seen(hash BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ids(hash BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE aside(position INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE lines(number INTEGER PRIMARY KEY, line TEXT NOT NULL);
";

pub(super) struct Scratch {
    connection: Connection,
    /// Number of the next line that comes.
    next_line: i64,
    /// What a transaction without a journal of its own has left behind is not to be relied on.
    failed: Option<Error>,
}

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        let open = || {
            // A database without a name is SQLite's private one: in memory until the cache is full, then in a
            // file with mode 0600, which loses its name at once (Unix) or goes with its last handle (Windows).
            let connection = Connection::open("")?;
            connection.pragma_update(None, "journal_mode", "OFF")?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = open().map_err(|cause| fault::scratch(&cause))?;
        Ok(Self { connection, next_line: 0, failed: None })
    }

    /// Takes over what was counted in memory.
    pub(super) fn keep_counts(&mut self, counts: HashMap<Hash, u32>) -> Result<()> {
        self.change(|transaction| {
            let mut insert = transaction.prepare_cached("INSERT INTO seen(hash, times) VALUES(?1, ?2)")?;
            sorted(counts).into_iter().try_for_each(|(hash, times)| insert.execute(params![hash, times]).map(drop))
        })
    }

    /// Which occurrence each is, from 0.
    pub(super) fn count(&mut self, hashes: &[Hash]) -> Result<Vec<u32>> {
        self.change(|transaction| {
            let mut count = transaction.prepare_cached(
                "INSERT INTO seen(hash, times) VALUES(?1, 1)
                 ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times - 1",
            )?;
            hashes.iter().map(|hash| count.query_row([hash], |row| row.get(0))).collect()
        })
    }

    /// Takes over ids that were remembered in memory.
    pub(super) fn remember(&mut self, ids: HashSet<Hash>) -> Result<()> {
        let mut ids: Vec<Hash> = ids.into_iter().collect();
        ids.sort_unstable();
        self.new_ids(&ids).map(drop)
    }

    /// Remembers ids; whether each is new.
    pub(super) fn new_ids(&mut self, ids: &[Hash]) -> Result<Vec<bool>> {
        self.change(|transaction| {
            let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO ids(hash) VALUES(?1)")?;
            ids.iter().map(|id| insert.execute([id]).map(|inserted| inserted == 1)).collect()
        })
    }

    pub(super) fn set_aside(&mut self, rows: &[(u64, Vec<u8>)]) -> Result<()> {
        self.change(|transaction| {
            let mut insert = transaction.prepare_cached("INSERT INTO aside(position, record) VALUES(?1, ?2)")?;
            rows.iter().try_for_each(|(position, record)| insert.execute(params![number(*position), record]).map(drop))
        })
    }

    pub(super) fn take_back(&mut self, first: u64, most: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.change(|transaction| {
            let mut select = transaction
                .prepare_cached("SELECT position, record FROM aside WHERE position >= ?1 ORDER BY position LIMIT ?2")?;
            let mut found = select.query(params![number(first), limit(most)])?;
            let mut rows: Vec<(u64, Vec<u8>)> = Vec::new();
            let mut bytes = 0;
            let mut expected = first;
            while let Some(row) = found.next()? {
                let record: Vec<u8> = row.get(1)?;
                bytes += record.len();
                let too_much = !rows.is_empty() && bytes > MOST_BYTES;
                if row.get::<_, i64>(0)? != number(expected) || too_much {
                    break;
                }
                rows.push((expected, record));
                expected += 1;
            }
            transaction
                .prepare_cached("DELETE FROM aside WHERE position >= ?1 AND position < ?2")?
                .execute([number(first), number(expected)])?;
            Ok(rows)
        })
    }

    pub(super) fn queue_lines(&mut self, lines: &[String]) -> Result<()> {
        let first = self.next_line;
        self.change(|transaction| {
            let mut insert = transaction.prepare_cached("INSERT INTO lines(number, line) VALUES(?1, ?2)")?;
            (first..).zip(lines).try_for_each(|(number, line)| insert.execute(params![number, line]).map(drop))
        })?;
        self.next_line += limit(lines.len());
        Ok(())
    }

    pub(super) fn next_lines(&mut self, most: usize) -> Result<Vec<String>> {
        self.change(|transaction| {
            let mut select = transaction.prepare_cached("SELECT number, line FROM lines ORDER BY number LIMIT ?1")?;
            let mut found = select.query([limit(most)])?;
            let mut lines: Vec<String> = Vec::new();
            let mut bytes = 0;
            let mut last = -1;
            while let Some(row) = found.next()? {
                let line: String = row.get(1)?;
                bytes += line.len();
                if !lines.is_empty() && bytes > MOST_BYTES {
                    break;
                }
                last = row.get(0)?;
                lines.push(line);
            }
            transaction.prepare_cached("DELETE FROM lines WHERE number <= ?1")?.execute([last])?;
            Ok(lines)
        })
    }

    fn change<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> SqlResult<T>) -> Result<T> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let done = self.connection.transaction().and_then(|transaction| {
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        });
        done.map_err(|cause| {
            let error = fault::scratch(&cause);
            self.failed = Some(error.clone());
            error
        })
    }
}

/// In the order of the table: neighbours then lie on the same page.
fn sorted(counts: HashMap<Hash, u32>) -> Vec<(Hash, u32)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}

/// A position as SQLite knows numbers; positions count lines and stay far below the end.
fn number(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
