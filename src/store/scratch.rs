//! The temporary database: what a run keeps for itself and nobody needs after it.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Result as SqlResult, params};

use crate::error::Result;

use super::scratch_database::{ScratchDatabase, limit, number};
use super::seen::Hash;

/// How much memory it uses before it writes to its file.
const MEMORY_KIB: u32 = 512;

/// What was being done when it failed.
const KEEPING: &str = "keeping what the run cannot hold in memory";

/// Rows or lines that are taken at once hold at most about this much.
const MOST_BYTES: usize = 1024 * 1024;

const TABLES: &str = "
CREATE TABLE seen(hash BLOB PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ids(hash BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE aside(position INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE lines(number INTEGER PRIMARY KEY, line TEXT NOT NULL);
";

pub(super) struct Scratch {
    database: ScratchDatabase,
    /// Number of the next line that comes.
    next_line: u64,
}

impl Scratch {
    pub(super) fn new() -> Result<Self> {
        let database = ScratchDatabase::new(TABLES, MEMORY_KIB).map_err(|error| error.action(KEEPING))?;
        Ok(Self { database, next_line: 0 })
    }

    /// Takes over what was counted in memory.
    pub(super) fn keep_counts(&mut self, counts: HashMap<Hash, u32>) -> Result<()> {
        self.change(|database| {
            let mut insert = database.prepare_cached("INSERT INTO seen(hash, times) VALUES(?1, ?2)")?;
            sorted(counts).into_iter().try_for_each(|(hash, times)| insert.execute(params![hash, times]).map(drop))
        })
    }

    /// Which occurrence each is, from 0.
    pub(super) fn count(&mut self, hashes: &[Hash]) -> Result<Vec<u32>> {
        self.change(|database| {
            // Nearly all are new, and what only inserts costs half of what inserts or counts.
            let mut insert = database.prepare_cached("INSERT OR IGNORE INTO seen(hash, times) VALUES(?1, 1)")?;
            let mut again =
                database.prepare_cached("UPDATE seen SET times = times + 1 WHERE hash = ?1 RETURNING times - 1")?;
            let count = |hash: &Hash| match insert.execute([hash])? {
                0 => again.query_row([hash], |row| row.get(0)),
                _ => Ok(0),
            };
            hashes.iter().map(count).collect()
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
        self.change(|database| {
            let mut insert = database.prepare_cached("INSERT OR IGNORE INTO ids(hash) VALUES(?1)")?;
            ids.iter().map(|id| insert.execute([id]).map(|inserted| inserted == 1)).collect()
        })
    }

    pub(super) fn set_aside(&mut self, rows: &[(u64, Vec<u8>)]) -> Result<()> {
        self.change(|database| {
            let mut insert = database.prepare_cached("INSERT INTO aside(position, record) VALUES(?1, ?2)")?;
            rows.iter().try_for_each(|(position, record)| insert.execute(params![number(*position), record]).map(drop))
        })
    }

    pub(super) fn take_back(&mut self, first: u64, most: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.change(|database| {
            let mut select = database
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
            database
                .prepare_cached("DELETE FROM aside WHERE position >= ?1 AND position < ?2")?
                .execute([number(first), number(expected)])?;
            Ok(rows)
        })
    }

    pub(super) fn queue_lines(&mut self, lines: &[String]) -> Result<()> {
        let first = self.next_line;
        self.change(|database| {
            let mut insert = database.prepare_cached("INSERT INTO lines(number, line) VALUES(?1, ?2)")?;
            (first..).zip(lines).try_for_each(|(at, line)| insert.execute(params![number(at), line]).map(drop))
        })?;
        self.next_line += lines.len() as u64;
        Ok(())
    }

    pub(super) fn next_lines(&mut self, most: usize) -> Result<Vec<String>> {
        self.change(|database| {
            let mut select = database.prepare_cached("SELECT number, line FROM lines ORDER BY number LIMIT ?1")?;
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
            database.prepare_cached("DELETE FROM lines WHERE number <= ?1")?.execute([last])?;
            Ok(lines)
        })
    }

    fn change<T>(&mut self, work: impl FnOnce(&Connection) -> SqlResult<T>) -> Result<T> {
        self.database.work(work).map_err(|error| error.action(KEEPING))
    }
}

/// In the order of the table: neighbours then lie on the same page.
fn sorted(counts: HashMap<Hash, u32>) -> Vec<(Hash, u32)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_counted_wherever_it_was_met_before() -> Result<()> {
        let [one, two, three] = ["one", "two", "three"].map(super::super::seen::hash);
        let mut scratch = Scratch::new()?;
        scratch.keep_counts(HashMap::from([(one, 1), (two, 3)]))?;
        assert_eq!(scratch.count(&[three, one, three, two, one])?, [0, 1, 1, 3, 2]);
        assert_eq!(scratch.count(&[two, three])?, [4, 2]);
        Ok(())
    }
}
