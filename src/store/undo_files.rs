//! Which undo files belong to a journal: what mailboxes had before a run wrote to them stands in one of those, and
//! a run that goes on must not begin another.

use rusqlite::{Connection, OptionalExtension as _, Result as SqlResult};

/// An undo file as a journal knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoFileRecord {
    /// Where it was when the run began. It may have been moved since.
    pub path: String,
    /// The SHA-256 of its first line, by which it is known wherever it is; none where it may not have come to that.
    pub first_line: Option<[u8; 32]>,
    /// The first line is about to be written: until it has been, nothing was sent, and the file may be missing.
    pub is_expected: bool,
}

/// Made when it is first needed: a journal without undo files has no such table. While a first line is expected, the
/// row without one stays beside that with it.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS undo_files(path TEXT NOT NULL, first_line BLOB, UNIQUE(path, first_line))";

pub(super) fn read(connection: &Connection) -> SqlResult<Vec<UndoFileRecord>> {
    let is_there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'undo_files'";
    if connection.query_row(is_there, [], |_| Ok(())).optional()?.is_none() {
        return Ok(Vec::new());
    }
    let mut select = connection.prepare(
        "SELECT path, first_line, EXISTS(SELECT 1 FROM undo_files AS empty
                WHERE empty.path = undo_files.path AND empty.first_line IS NULL) FROM undo_files ORDER BY rowid",
    )?;
    let rows = select.query_map([], |row| {
        let first_line: Option<[u8; 32]> = row.get(1)?;
        Ok(UndoFileRecord { path: row.get(0)?, is_expected: first_line.is_some() && row.get(2)?, first_line })
    })?;
    let mut files = rows.collect::<SqlResult<Vec<_>>>()?;
    let expected: Vec<String> = files.iter().filter(|file| file.is_expected).map(|file| file.path.clone()).collect();
    files.retain(|file| file.first_line.is_some() || !expected.contains(&file.path));
    Ok(files)
}

/// Takes the place of what is known of a file at this path that has no line yet.
pub(super) fn put(connection: &Connection, file: &UndoFileRecord) -> SqlResult<()> {
    const INSERT: &str = "INSERT OR IGNORE INTO undo_files(path, first_line) VALUES(?1, ?2)";
    connection.execute_batch(TABLE)?;
    if file.is_expected {
        connection.execute("DELETE FROM undo_files WHERE path = ?1", [&file.path])?;
        connection.execute(INSERT, (&file.path, None::<[u8; 32]>))?;
    } else {
        connection.execute("DELETE FROM undo_files WHERE path = ?1 AND first_line IS NULL", [&file.path])?;
    }
    connection.execute(INSERT, (&file.path, &file.first_line)).map(drop)
}
