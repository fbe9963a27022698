//! The formats that a journal has had, and the steps by which an older one is brought forward.
//!
//! A new format comes with a line at the end of [`FORMATS`]; what stands there before it is never changed, for files
//! have it.

use std::path::Path;

use rusqlite::Connection;

use crate::error::Result;

use super::attachments::{self, Attachment};
use super::fault;

/// A format: what a file of it holds, and how it comes of the one before.
pub(super) struct Format {
    /// It stands in the file's `user_version`, in the lowest byte.
    pub(super) number: u32,
    /// The tables that it has.
    pub(super) tables: &'static [&'static str],
    /// A table that it may have: made when it was first needed.
    pub(super) optional: Option<&'static str>,
    /// What there is attached to a journal of it.
    attachments: fn(&Connection, &Path) -> Result<Vec<Attachment>>,
    /// Brings a journal of the format before to this one, within a transaction.
    step: fn(&Connection, &Path) -> Result<()>,
}

const FINGERPRINT: &str = "CREATE TABLE fingerprint(name TEXT NOT NULL UNIQUE, value TEXT NOT NULL)";

const OUTCOMES: &str = "
CREATE TABLE outcomes(
    mailbox BLOB NOT NULL,
    work BLOB NOT NULL,
    occurrence INTEGER NOT NULL,
    state INTEGER NOT NULL,
    record BLOB,
    UNIQUE(mailbox, work, occurrence)
)";

const UNDO_FILES: &str = "CREATE TABLE undo_files(path TEXT NOT NULL, first_line BLOB, UNIQUE(path, first_line))";

/// From the oldest that is still read to the one that is written. Format 1 knew lines by their mailbox and number alone:
/// nobody can say what its rows are of.
const FORMATS: [Format; 2] = [
    Format {
        number: 2,
        tables: &[FINGERPRINT, OUTCOMES],
        optional: Some(UNDO_FILES),
        attachments: undo_files,
        // Nothing older is brought forward.
        step: |_, _| Ok(()),
    },
    Format {
        number: 3,
        tables: &[FINGERPRINT, OUTCOMES, attachments::TABLE],
        optional: None,
        attachments: attachments::all,
        step: take_over_undo_files,
    },
];

pub(super) const OLDEST: u32 = FORMATS[0].number;

/// The one that is written.
pub(super) const CURRENT: u32 = FORMATS[FORMATS.len() - 1].number;

/// The format of that number, where this version knows it.
pub(super) fn format(number: u32) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.number == number)
}

impl Format {
    /// What is attached to a journal of this format, which stays as it is.
    pub(super) fn attachments(&self, connection: &Connection, path: &Path) -> Result<Vec<Attachment>> {
        (self.attachments)(connection, path)
    }
}

/// Makes the tables of the format that is written.
pub(super) fn lay_out(connection: &Connection) -> rusqlite::Result<()> {
    FORMATS[FORMATS.len() - 1].tables.iter().try_for_each(|table| connection.execute_batch(table))
}

/// Brings the tables of a journal forward from those of an older format, within the transaction that is open.
pub(super) fn bring_forward(connection: &Connection, from: u32, path: &Path) -> Result<()> {
    FORMATS.iter().filter(|format| format.number > from).try_for_each(|format| (format.step)(connection, path))
}

fn take_over_undo_files(connection: &Connection, path: &Path) -> Result<()> {
    let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::OPENING, path);
    let files = undo_files(connection, path)?;
    connection.execute_batch(attachments::TABLE).map_err(sql)?;
    files.iter().try_for_each(|file| attachments::add(connection, file)).map_err(sql)?;
    connection.execute_batch("DROP TABLE IF EXISTS undo_files").map_err(sql)
}

/// Format 2 knew one kind of attachment. A file's row without a first line said that none was written to it yet, or
/// beside one with a line, that this was about to be written.
fn undo_files(connection: &Connection, path: &Path) -> Result<Vec<Attachment>> {
    const IS_THERE: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'undo_files'";
    const SELECT: &str = "
        SELECT rowid, 'undo file', path, CAST(CASE
            WHEN first_line IS NULL THEN 'named'
            WHEN EXISTS(SELECT 1 FROM undo_files AS other WHERE other.path = file.path AND other.first_line IS NULL)
                THEN 'expected ' || lower(hex(first_line))
            ELSE 'begun ' || lower(hex(first_line))
        END AS BLOB)
        FROM undo_files AS file
        WHERE first_line IS NOT NULL
            OR NOT EXISTS(SELECT 1 FROM undo_files AS other WHERE other.path = file.path AND other.first_line IS NOT NULL)
        ORDER BY rowid";
    let is_there = connection.query_row(IS_THERE, [], |row| row.get::<_, i64>(0));
    if is_there.map_err(|cause| fault::journal(&cause, fault::READING, path))? == 0 {
        return Ok(Vec::new());
    }
    attachments::read(connection, SELECT, [], path)
}
