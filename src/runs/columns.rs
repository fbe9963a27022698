//! The columns of rows that show items whole, too.

use super::request::RunRequest;
use crate::error::{Error, Result};
use crate::facet::report::ITEM;
use crate::rows::FileFormat;

/// The columns in the order in which they were asked for, by their own spelling; none: all.
///
/// # Errors
///
/// `InvalidArgument` for one that is not known.
pub(super) fn items_columns(known: &[&str], asked: &[String], run: &RunRequest) -> Result<Vec<String>> {
    if asked.is_empty() {
        // An object in a cell of a table is of no use to who reads it.
        let is_table =
            |file: &crate::rows::OutFile| file.file_format().is_ok_and(|format| format != FileFormat::JsonLines);
        let is_table = run.out_file.as_ref().is_some_and(is_table);
        return Ok(known.iter().filter(|name| !(is_table && **name == ITEM)).map(|name| (*name).to_owned()).collect());
    }
    let spelled = |wanted: &String| {
        let found = known.iter().find(|name| name.eq_ignore_ascii_case(wanted.trim()));
        found
            .map(|name| (*name).to_owned())
            .ok_or_else(|| Error::argument(format!("columns: {wanted:?} is not one of {}", known.join(", "))))
    };
    asked.iter().filter(|name| !name.trim().eq_ignore_ascii_case("MailboxName")).map(spelled).collect()
}
