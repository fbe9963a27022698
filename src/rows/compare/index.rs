//! The earlier report, found by its mailboxes: on disk, so that memory does not grow with it.

use super::record::Record;
use crate::error::{Error, Result, Status};
use crate::store::ScratchIndex;

/// What it may hold in memory.
const MEMORY_KIB: u32 = 8192;

/// Rows by their identities, with their positions from 1 on.
pub(super) struct Index {
    rows: ScratchIndex,
    added: u64,
}

impl Index {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { rows: ScratchIndex::new(MEMORY_KIB).map_err(in_context)?, added: 0 })
    }

    /// Adds the next row.
    pub(super) fn add(&mut self, identity: &str, record: &Record) -> Result<()> {
        self.added += 1;
        let text = serde_json::to_vec(&record.0).map_err(|error| no_row(&error))?;
        self.rows.add(identity, self.added, &text).map_err(in_context)
    }

    /// No row follows.
    pub(super) fn complete(&mut self) -> Result<()> {
        self.rows.sort().map_err(in_context)
    }

    /// Takes the first row of that identity that has not been taken: the nth of the earlier report belongs to the
    /// nth of the later one.
    pub(super) fn take(&mut self, identity: &str) -> Result<Option<Record>> {
        self.rows.take(identity).map_err(in_context)?.map(|text| parse(&text)).transpose()
    }

    /// Rows that have not been taken, in their order, from `after` on: at most `most`, with their positions.
    pub(super) fn rest(&mut self, after: u64, most: usize) -> Result<Vec<(u64, Record)>> {
        let rows = self.rows.rest(after, most).map_err(in_context)?;
        rows.into_iter().map(|(position, text)| Ok((position, parse(&text)?))).collect()
    }
}

fn parse(text: &[u8]) -> Result<Record> {
    serde_json::from_slice(text).map(Record).map_err(|error| no_row(&error))
}

fn no_row(error: &serde_json::Error) -> Error {
    in_context(Error::new(Status::File, error.to_string()))
}

fn in_context(error: Error) -> Error {
    error.action("keeping the earlier report")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_nth_goes_with_the_nth_and_the_rest_stays_in_order() {
        let mut index = Index::new().unwrap();
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
