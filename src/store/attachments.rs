//! What a run attaches to its journal beside the outcomes: under a kind and a key, bytes that only who attached them
//! understands.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Params, Result as SqlResult, params};

use crate::error::Result;

use super::fault;

/// Something that belongs to a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is.
    pub kind: String,
    /// Which of its kind. A journal has one of each key, a merged journal those of all that it was made of.
    pub key: String,
    /// What there is to know of it.
    pub value: Vec<u8>,
}

pub(super) const TABLE: &str = "
CREATE TABLE attachments(kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, UNIQUE(kind, key, value))";

/// Those of a kind, in the order in which they came.
pub(super) fn of_kind(connection: &Connection, kind: &str, path: &Path) -> Result<Vec<Attachment>> {
    read(connection, "SELECT rowid, kind, key, value FROM attachments WHERE kind = ?1 ORDER BY rowid", [kind], path)
}

/// The last of that kind and key.
pub(super) fn find(connection: &Connection, kind: &str, key: &str, path: &Path) -> Result<Option<Vec<u8>>> {
    const SELECT: &str = "SELECT value FROM attachments WHERE kind = ?1 AND key = ?2 ORDER BY rowid DESC LIMIT 1";
    let find = || connection.prepare_cached(SELECT)?.query_row([kind, key], |row| row.get(0)).optional();
    find().map_err(|cause| fault::journal(&cause, fault::READING, path))
}

/// All of them.
pub(super) fn all(connection: &Connection, path: &Path) -> Result<Vec<Attachment>> {
    read(connection, "SELECT rowid, kind, key, value FROM attachments ORDER BY rowid", [], path)
}

/// What a statement finds: number, kind, key and value, by the number.
pub(super) fn read(connection: &Connection, select: &str, of: impl Params, path: &Path) -> Result<Vec<Attachment>> {
    let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::READING, path);
    let mut select = connection.prepare(select).map_err(sql)?;
    let mut rows = select.query(of).map_err(sql)?;
    let (mut found, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next().map_err(sql)? {
        // In a file that was tampered with pages may lead back to each other: it would never end.
        let number: Option<i64> = row.get(0).map_err(sql)?;
        if number <= last {
            return Err(fault::damaged_journal(path));
        }
        last = number;
        let read = || Ok(Attachment { kind: row.get(1)?, key: row.get(2)?, value: row.get(3)? });
        found.push(read().map_err(sql)?);
    }
    Ok(found)
}

/// Attaches it in the place of what has its kind and key.
pub(super) fn put(connection: &Connection, attachment: &Attachment) -> SqlResult<()> {
    let Attachment { kind, key, .. } = attachment;
    connection.prepare_cached("DELETE FROM attachments WHERE kind = ?1 AND key = ?2")?.execute([kind, key])?;
    add(connection, attachment)
}

/// Attaches it beside what has its kind and key.
pub(super) fn add(connection: &Connection, attachment: &Attachment) -> SqlResult<()> {
    let Attachment { kind, key, value } = attachment;
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO attachments(kind, key, value) VALUES(?1, ?2, ?3)")?;
    insert.execute(params![kind, key, value]).map(drop)
}
