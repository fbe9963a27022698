//! A whole table: a list that somebody has as a file.

use std::path::Path;

use serde_json::{Map, Value};

use super::read::ReportFile;
use crate::cancel::CancelToken;
use crate::error::Result;
use crate::files::{file_error, open_to_read};

/// The rows of a file of CSV or JSON Lines, whatever program has written it.
///
/// # Errors
///
/// `File` where it cannot be read, or is none.
pub fn read_table(path: &Path, cancel: &CancelToken) -> Result<Vec<Map<String, Value>>> {
    drop(open_to_read(path).map_err(|error| file_error("reading the list", path, &error))?);
    let mut file = ReportFile::open(path, cancel)?;
    let mut rows = Vec::new();
    while let Some(record) = file.next()? {
        rows.push(record.0);
    }
    Ok(rows)
}
