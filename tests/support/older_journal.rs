//! Journals as versions before this one made them: with the text of their tables then.
#![allow(dead_code, reason = "no test needs all of it")]

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use serde_json::{Map, Value};

const TABLES: &str = "
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

const UNDO_FILES: &str = "
CREATE TABLE IF NOT EXISTS undo_files(path TEXT NOT NULL, first_line BLOB, UNIQUE(path, first_line));
";

/// The mark of format 2: not in use, and in use with the log that begins next.
const STANDS_ALONE: u32 = 2 | 7 << 9;
const IN_USE: u32 = 2 | 1 << 8 | 8 << 9;

/// A row of the table of outcomes: mailbox, work, state and record.
pub(crate) type Row = ([u8; 16], [u8; 16], i64, Option<Vec<u8>>);

/// A row of the table of undo files: path and first line.
pub(crate) type UndoFile = (&'static str, Option<[u8; 32]>);

/// Makes a journal of format 2: of a run that was closed in good order, or that was killed and has left its rows in the
/// log.
pub(crate) fn make(path: &Path, fingerprint: &Map<String, Value>, is_killed: bool, rows: &[Row], undo: &[UndoFile]) {
    let database = Connection::open(path).unwrap();
    database.execute_batch(TABLES).unwrap();
    let name = |(name, value): (&String, &Value)| {
        database.execute("INSERT INTO fingerprint(name, value) VALUES(?1, ?2)", (name, value.to_string())).unwrap()
    };
    fingerprint.iter().map(name).for_each(drop);
    database.pragma_update(None, "application_id", 0x4578_5275).unwrap();
    database.pragma_update(None, "user_version", STANDS_ALONE).unwrap();
    database.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
    database.pragma_update(None, "journal_mode", "WAL").unwrap();
    if is_killed {
        database.pragma_update(None, "user_version", IN_USE).unwrap();
        database.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        database.pragma_update(None, "user_version", IN_USE).unwrap();
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    }
    for (mailbox, work, state, record) in rows {
        let insert = "INSERT INTO outcomes(mailbox, work, occurrence, state, record) VALUES(?1, ?2, 0, ?3, ?4)";
        database.execute(insert, (mailbox, work, state, record)).unwrap();
    }
    if !undo.is_empty() {
        database.execute_batch(UNDO_FILES).unwrap();
    }
    for (path, first_line) in undo {
        database.execute("INSERT INTO undo_files(path, first_line) VALUES(?1, ?2)", (path, first_line)).unwrap();
    }
    database.close().unwrap();
}

/// Makes of a journal of this version, which stands alone, what format 2 would have of it.
pub(crate) fn turn_back(path: &Path) {
    let database = Connection::open(path).unwrap();
    database.execute_batch(UNDO_FILES).unwrap();
    let mut select = database.prepare("SELECT key, CAST(value AS TEXT) FROM attachments").unwrap();
    let attached = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (path, value) in attached.collect::<rusqlite::Result<Vec<(String, String)>>>().unwrap() {
        let begun = value.strip_prefix("begun ").unwrap();
        database.execute("INSERT INTO undo_files VALUES(?1, unhex(?2))", [&*path, begun]).unwrap();
    }
    drop(select);
    database.execute_batch("DROP TABLE attachments").unwrap();
    let mark: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    database.pragma_update(None, "user_version", mark & !0xff | 2).unwrap();
    database.close().unwrap();
}

/// As the header of a journal's main file has it.
pub(crate) fn format_of(path: &Path) -> u8 {
    std::fs::read(path).unwrap()[63]
}
