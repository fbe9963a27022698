//! What is found by a text and is more than memory should hold: in a temporary database of its own.

use rusqlite::{OptionalExtension as _, params};

use crate::error::Result;

use super::scratch_database::{ScratchDatabase, limit, number};
use super::seen::hash;

const ENTRIES: &str = "
CREATE TABLE entries(number INTEGER PRIMARY KEY, key BLOB NOT NULL, taken INTEGER NOT NULL, record BLOB NOT NULL)";

const BY_KEY: &str = "CREATE INDEX IF NOT EXISTS entries_by_key ON entries(key, taken, number)";

/// Entries in the order of their numbers, found by their keys. It lies in a private temporary file, which is gone when
/// this is dropped. Its errors do not say what was being done.
pub struct ScratchIndex {
    database: ScratchDatabase,
}

impl ScratchIndex {
    /// An empty one, which uses so much memory before it writes to its file.
    ///
    /// # Errors
    ///
    /// `File` where the temporary database fails, as of all that follow.
    pub fn new(memory_kib: u32) -> Result<Self> {
        Ok(Self { database: ScratchDatabase::new(ENTRIES, memory_kib)? })
    }

    /// Adds an entry. Where another had the number, this one takes its place.
    ///
    /// # Errors
    ///
    /// As for [`ScratchIndex::new`].
    pub fn add(&mut self, key: &str, number: u64, record: &[u8]) -> Result<()> {
        let number = self::number(number);
        self.database.work(|database| {
            let mut insert = database
                .prepare_cached("INSERT OR REPLACE INTO entries(number, key, taken, record) VALUES(?1, ?2, 0, ?3)")?;
            insert.execute(params![number, hash(key), record]).map(drop)
        })
    }

    /// Makes entries quick to find, after the most of them were added: the tree of keys is then written in its order.
    ///
    /// # Errors
    ///
    /// As for [`ScratchIndex::new`].
    pub fn sort(&mut self) -> Result<()> {
        self.database.work(|database| database.execute_batch(BY_KEY))
    }

    /// The numbers below `end` of the entries with a key, in their order.
    ///
    /// # Errors
    ///
    /// As for [`ScratchIndex::new`].
    pub fn numbers(&mut self, key: &str, end: u64) -> Result<Vec<u64>> {
        self.database.work(|database| {
            let mut find = database.prepare_cached(
                "SELECT number FROM entries WHERE key = ?1 AND taken = 0 AND number < ?2 ORDER BY number",
            )?;
            let numbers = find.query_map(params![hash(key), number(end)], |row| row.get(0).map(i64::unsigned_abs))?;
            numbers.collect()
        })
    }

    /// Takes the first entry with a key: the record of one that was not taken before.
    ///
    /// # Errors
    ///
    /// As for [`ScratchIndex::new`].
    pub fn take(&mut self, key: &str) -> Result<Option<Vec<u8>>> {
        self.database.work(|database| {
            let mut find = database.prepare_cached(
                "SELECT number, record FROM entries WHERE key = ?1 AND taken = 0 ORDER BY number LIMIT 1",
            )?;
            let found = find.query_row([hash(key)], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
            let Some((number, record)) = found else { return Ok(None) };
            database.prepare_cached("UPDATE entries SET taken = 1 WHERE number = ?1")?.execute([number])?;
            Ok(Some(record))
        })
    }

    /// Entries that were not taken, with their numbers, which are above `after`: at most `most`.
    ///
    /// # Errors
    ///
    /// As for [`ScratchIndex::new`].
    pub fn rest(&mut self, after: u64, most: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        self.database.work(|database| {
            let mut find = database.prepare_cached(
                "SELECT number, record FROM entries WHERE taken = 0 AND number > ?1 ORDER BY number LIMIT ?2",
            )?;
            let rest = find
                .query_map([number(after), limit(most)], |row| Ok((row.get(0).map(i64::unsigned_abs)?, row.get(1)?)))?;
            rest.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_before_and_after_they_are_sorted_and_taken_once() {
        let mut index = ScratchIndex::new(64).unwrap();
        for (number, key) in (1..).zip(["a", "b", "a"]) {
            index.add(key, number, &[0]).unwrap();
        }
        assert_eq!(index.numbers("a", u64::MAX).unwrap(), [1, 3]);
        index.sort().unwrap();
        index.sort().unwrap();
        index.add("a", 9, b"last").unwrap();
        index.add("c", 2, b"instead of b").unwrap();
        assert_eq!(index.numbers("a", 9).unwrap(), [1, 3]);
        assert_eq!(index.numbers("b", u64::MAX).unwrap(), [] as [u64; 0]);
        assert_eq!((index.take("a").unwrap(), index.take("a").unwrap()), (Some(vec![0]), Some(vec![0])));
        assert_eq!(index.rest(0, 1).unwrap(), [(2, b"instead of b".to_vec())]);
        assert_eq!(index.rest(2, 9).unwrap(), [(9, b"last".to_vec())]);
        assert_eq!((index.take("a").unwrap(), index.take("a").unwrap()), (Some(b"last".to_vec()), None));
    }

    /// Whoever holds one may panic; the file has no name, so that nothing is left whatever happens.
    #[test]
    #[cfg(target_os = "linux")]
    fn its_file_is_private_and_gone_with_it_after_a_panic_too() {
        use std::os::unix::fs::MetadataExt as _;
        use std::panic::{AssertUnwindSafe, catch_unwind};

        // Other tests of the process have temporary files too: those of this one are told by their size.
        const RECORD: usize = 1024 * 1024;
        let files = || {
            let open = std::fs::read_dir("/proc/self/fd").unwrap();
            let metadata = open.filter_map(|file| std::fs::metadata(file.unwrap().path()).ok());
            let large = metadata.filter(|file| file.is_file() && file.nlink() == 0 && file.len() > 7 * RECORD as u64);
            large.map(|file| file.mode() & 0o777).collect::<Vec<_>>()
        };
        let mut index = ScratchIndex::new(64).unwrap();
        for number in 0..8 {
            index.add("key", number, &vec![1; RECORD]).unwrap();
        }
        assert_eq!(files(), [0o600]);
        let panicked = catch_unwind(AssertUnwindSafe(move || {
            let _index = index;
            panic!("on purpose")
        }));
        assert!(panicked.is_err());
        assert_eq!(files(), [] as [u32; 0]);
    }
}
