//! Columns and the encoders of rows.

mod block;
pub mod cell;
pub mod clixml;
pub mod columns;
pub mod compare;
mod csv;
pub mod encoder;
pub mod failed_file;
pub mod failure;
mod failures;
pub mod fields;
mod format;
mod formula;
pub mod heading;
mod html;
mod jsonl;
pub mod mailbox_column;
pub mod mailbox_rows;
mod older_report;
pub mod out_file;
pub mod row;
pub mod row_maker;
pub mod selection;
pub mod stream;

use serde_json::{Value, json};

pub use cell::Cell;
pub use columns::ColumnSet;
pub use encoder::RowEncoder;
pub use failed_file::FailedFile;
pub use failure::Failure;
pub use fields::{Fields, Names};
pub use format::{Format, ReportRequest};
pub use heading::Heading;
pub use mailbox_rows::MailboxRows;
pub use out_file::{FileFormat, OutFile, OutFileStream};
pub use row::Row;
pub use row_maker::RowMaker;
pub use selection::{Selection, nested};
pub use stream::{Next, RowStream};

use crate::error::{Error, Result};

/// Objects that are rows by themselves, as a batch of a stream.
///
/// # Errors
///
/// `InvalidArgument` for the formats of which they are none.
pub fn encode_objects(objects: &[Value], format: Format) -> Result<Vec<u8>> {
    match format {
        Format::JsonLines => Ok(objects.iter().flat_map(|object| format!("{object}\n").into_bytes()).collect()),
        Format::Clixml => Ok(clixml::document(&json!({"rows": objects, "errors": []}))),
        // Too few for more.
        Format::Block => Ok(block::of_document(&clixml::document(&json!({"rows": objects, "errors": []})))),
        Format::Json | Format::Csv => {
            Err(Error::argument("format: what a vault holds comes as jsonl, clixml or block"))
        }
    }
}

/// A single result in the format that its request names.
///
/// # Errors
///
/// `InvalidArgument` for the formats of streams.
pub fn encode_result(result: &Value, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Json => Ok(result.to_string().into_bytes()),
        Format::Clixml => Ok(clixml::document(result)),
        Format::JsonLines | Format::Block | Format::Csv => Err(Error::argument(
            "format: a single result comes as json or clixml; jsonl, block and csv are for streams",
        )),
    }
}
