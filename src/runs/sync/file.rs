//! Files of lists.

use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::files::{file_error, look, open_to_read};
use crate::rows::compare::read_table;

const READING: &str = "reading the list";

/// The largest calendar, in bytes: more is read by nobody.
const LARGEST: u64 = 16 * 1024 * 1024;

/// The rows of a CSV file, or of JSON Lines. Blocks.
///
/// # Errors
///
/// `File`.
pub(super) fn rows(path: &Path) -> Result<Value> {
    let owned = path.to_owned();
    look(move || read_table(&owned, &CancelToken::new()))
        .unwrap_or_else(|error| Err(file_error(READING, path, &error)))
        .map(|rows| rows.into_iter().map(Value::Object).collect())
}

/// The text of a calendar. Blocks.
///
/// # Errors
///
/// `File`.
pub(super) fn calendar(path: &Path) -> Result<String> {
    let owned = path.to_owned();
    let read = look(move || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        open_to_read(&owned)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let bytes = read.and_then(std::convert::identity).map_err(|error| file_error(READING, path, &error))?;
    let refused = |what: &str| Error::new(Status::File, what).action(READING).target(path.display().to_string());
    if bytes.len() as u64 > LARGEST {
        return Err(refused("the file is larger than 16 MB"));
    }
    String::from_utf8(bytes).map_err(|_| refused("the file is not UTF-8, as calendars are"))
}
