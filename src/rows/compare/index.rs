//! The earlier report, found by its mailboxes: on disk, so that memory does not grow with it.

use openssl::sha::sha256;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::record::Record;
use crate::error::{Error, Result, Status};

/// KiB of the database that are kept in memory.
const CACHE_KIB: i64 = 8192;

/// Rows by their identities, in a private temporary file.
pub(super) struct Index {
    connection: Connection,
}

impl Index {
    pub(super) fn new() -> Result<Self> {
        // A database without a name is SQLite's private one: its file, which comes when memory is full, loses its
        // name at once (Unix) or goes with its last handle (Windows).
        let connection = Connection::open("").map_err(|error| failed(&error))?;
        // Nobody needs the file once this process has ended, however it ends.
        let prepared = connection.execute_batch(&format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
             PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = FILE;
             CREATE TABLE old (position INTEGER PRIMARY KEY, identity BLOB NOT NULL, taken INTEGER NOT NULL, record TEXT NOT NULL);
             BEGIN"
        ));
        prepared.map_err(|error| failed(&error))?;
        Ok(Self { connection })
    }

    /// Adds the next row.
    pub(super) fn add(&self, identity: &str, record: &Record) -> Result<()> {
        let text = serde_json::to_string(&record.0).map_err(|error| failed(&error))?;
        let insert = || {
            let mut insert =
                self.connection.prepare_cached("INSERT INTO old (identity, taken, record) VALUES (?1, 0, ?2)")?;
            insert.execute(params![hash(identity), text])
        };
        insert().map(drop).map_err(|error| failed(&error))
    }

    /// No row follows: made now, the tree of identities is written in order.
    pub(super) fn complete(&self) -> Result<()> {
        let created = self.connection.execute_batch("CREATE INDEX old_identity ON old (identity, taken, position)");
        created.map_err(|error| failed(&error))
    }

    /// Takes the first row of that identity that has not been taken: the nth of the earlier report belongs to the
    /// nth of the later one.
    pub(super) fn take(&self, identity: &str) -> Result<Option<Record>> {
        let take = || -> rusqlite::Result<Option<String>> {
            let mut find = self.connection.prepare_cached(
                "SELECT position, record FROM old WHERE identity = ?1 AND taken = 0 ORDER BY position LIMIT 1",
            )?;
            let found = find.query_row([hash(identity)], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
            let Some((position, text)) = found else { return Ok(None) };
            self.connection.prepare_cached("UPDATE old SET taken = 1 WHERE position = ?1")?.execute([position])?;
            Ok(Some(text))
        };
        take().map_err(|error| failed(&error))?.map(|text| parse(&text)).transpose()
    }

    /// Rows that have not been taken, in their order, from `after` on: at most `most`, with their positions.
    pub(super) fn rest(&self, after: i64, most: usize) -> Result<Vec<(i64, Record)>> {
        let rest = || -> rusqlite::Result<Vec<(i64, String)>> {
            let mut find = self.connection.prepare_cached(
                "SELECT position, record FROM old WHERE taken = 0 AND position > ?1 ORDER BY position LIMIT ?2",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            find.query_map([after, most], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let rows = rest().map_err(|error| failed(&error))?;
        rows.into_iter().map(|(position, text)| Ok((position, parse(&text)?))).collect()
    }
}

fn hash(identity: &str) -> [u8; 16] {
    let digest = sha256(identity.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

fn parse(text: &str) -> Result<Record> {
    serde_json::from_str(text).map(Record).map_err(|error| failed(&error))
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::new(Status::File, error.to_string())
        .action("keeping the earlier report in")
        .target(std::env::temp_dir().display().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_nth_goes_with_the_nth_and_the_rest_stays_in_order() {
        let index = Index::new().unwrap();
        let record = |number: i32| Record(json!({"n": number}).as_object().cloned().unwrap());
        for (number, identity) in (0..).zip(["a", "b", "a", "c"]) {
            index.add(identity, &record(number)).unwrap();
        }
        index.complete().unwrap();
        assert_eq!(index.take("a").unwrap(), Some(record(0)));
        assert_eq!(index.take("a").unwrap(), Some(record(2)));
        assert_eq!(index.take("a").unwrap(), None);
        let rest = index.rest(0, 1).unwrap();
        assert_eq!(rest, [(2, record(1))]);
        assert_eq!(index.rest(2, 9).unwrap(), [(4, record(3))]);
    }
}
