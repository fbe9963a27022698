//! That a file has the tables of a journal and nothing else: the file may come from elsewhere, and a view in
//! the place of a table never ends, or a trigger does what nobody asked for.

use std::path::Path;

use rusqlite::{Connection, Result as SqlResult};

use crate::error::{Error, Result};

use super::fault;
use super::migrations::Format;

/// Refuses a journal that has anything but the tables of its format and what SQLite makes for them.
pub(super) fn check(connection: &Connection, format: &Format, path: &Path) -> Result<()> {
    let is_ours = is_ours(connection, format).map_err(|cause| fault::journal(&cause, fault::OPENING, path))?;
    if is_ours { Ok(()) } else { Err(foreign_tables(path)) }
}

fn is_ours(connection: &Connection, format: &Format) -> SqlResult<bool> {
    let needed: Vec<String> = format.tables.iter().copied().map(normal).collect();
    let optional = format.optional.map(normal);
    let mut found = 0;
    let mut select = connection.prepare("SELECT type, name, sql FROM sqlite_schema")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, sql): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match sql.as_deref().map(normal) {
            Some(sql) if kind == "table" && needed.contains(&sql) => found += 1,
            Some(sql) if kind == "table" && optional.as_ref() == Some(&sql) => {}
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
