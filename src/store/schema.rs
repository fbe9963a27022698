//! The tables of a journal, and that a file has these and nothing else: the file may come from elsewhere, and a view in
//! the place of a table never ends, or a trigger does what nobody asked for.

use std::path::Path;

use rusqlite::{Connection, Result as SqlResult};

use crate::error::{Error, Result};

use super::{fault, undo_files};

pub(super) const TABLES: &str = "
CREATE TABLE fingerprint(name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
CREATE TABLE outcomes(
    mailbox BLOB NOT NULL,
    work BLOB NOT NULL,
    occurrence INTEGER NOT NULL,
    state INTEGER NOT NULL,
    record BLOB,
    UNIQUE(mailbox, work, occurrence)
);
";

/// Refuses a journal that has anything but its tables and what SQLite makes for them.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<()> {
    let is_ours = is_ours(connection).map_err(|cause| fault::journal(&cause, fault::OPENING, path))?;
    if is_ours { Ok(()) } else { Err(foreign_tables(path)) }
}

fn is_ours(connection: &Connection) -> SqlResult<bool> {
    let needed: Vec<String> = TABLES.split(';').map(normal).filter(|table| !table.is_empty()).collect();
    let optional = normal(undo_files::TABLE).replace("IFNOTEXISTS", "");
    let mut found = 0;
    let mut select = connection.prepare("SELECT type, name, sql FROM sqlite_schema")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, sql): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match sql.as_deref().map(normal) {
            Some(sql) if kind == "table" && needed.contains(&sql) => found += 1,
            Some(sql) if kind == "table" && sql == optional => {}
            // The index of a UNIQUE.
            None if kind == "index" && name.starts_with("sqlite_autoindex_") => {}
            _ => return Ok(false),
        }
    }
    Ok(found == needed.len())
}

/// Without blanks: a journal that another program made has the same tables, laid out otherwise.
fn normal(sql: &str) -> String {
    sql.split_whitespace().collect()
}

fn foreign_tables(path: &Path) -> Error {
    fault::unusable("its tables are not those that ExRun makes: something else has changed the file")
        .hint("start with another journal, or with a copy of this one from before")
        .action(fault::OPENING)
        .target(path.display().to_string())
}
