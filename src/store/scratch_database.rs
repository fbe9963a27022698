//! A temporary database: where every one of them is opened.

use rusqlite::{Connection, Result as SqlResult};

use crate::error::{Error, Result};

use super::fault;

/// A private database on the disk of which memory holds a few pages, and that is gone when this is dropped, or with the
/// process, however that ends.
pub(super) struct ScratchDatabase {
    connection: Connection,
    /// What a change without a rollback has left behind is not to be relied on.
    failed: Option<Error>,
}

impl ScratchDatabase {
    /// Makes it, with these tables. What it may use of the memory, in KiB, it uses before it writes to its file.
    pub(super) fn new(tables: &str, memory_kib: u32) -> Result<Self> {
        let open = || {
            // A database without a name is SQLite's private one: in memory until the cache is full, then in a
            // file with mode 0600, which loses its name at once (Unix) or goes with its last handle (Windows).
            let connection = Connection::open("")?;
            connection.pragma_update(None, "journal_mode", "OFF")?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "cache_size", -i64::from(memory_kib))?;
            // What SQLite sorts for an index may be as much as the database holds.
            connection.pragma_update(None, "temp_store", "FILE")?;
            connection.execute_batch(tables)?;
            // Never committed: nobody else reads it, and nobody after this process.
            connection.execute_batch("BEGIN")?;
            Ok(connection)
        };
        let connection = open().map_err(|cause| fault::scratch(&cause))?;
        Ok(Self { connection, failed: None })
    }

    /// Reads or changes it. After a failure it does neither any more.
    pub(super) fn work<T>(&mut self, work: impl FnOnce(&Connection) -> SqlResult<T>) -> Result<T> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        work(&self.connection).map_err(|cause| {
            let error = fault::scratch(&cause);
            self.failed = Some(error.clone());
            error
        })
    }
}

/// A number as SQLite knows them; those here count lines and bytes of files and stay far below the end.
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows, as SQLite knows it.
pub(super) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
