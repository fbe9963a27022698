//! Columns and the encoders of rows.

pub mod clixml;
pub mod columns;
pub mod compare;
mod csv;
pub mod encoder;
pub mod failures;
mod formula;
mod html;
mod jsonl;
pub mod mailbox_column;
pub mod object_row;
pub mod out_file;
pub mod row;
pub mod stream;

use serde_json::Value;

pub use columns::ColumnSet;
pub use encoder::RowEncoder;
pub use failures::Failure;
pub use object_row::{MailboxObjects, ObjectRow, ObjectRows, Selection};
pub use out_file::{FileFormat, OutFile, OutFileStream};
pub use row::{Cell, ReportRow, Row};
pub use stream::{Next, RowStream};

use crate::error::{Error, Result};

/// How rows and results are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON document (operations).
    #[default]
    Json,
    /// JSON Lines (streams).
    JsonLines,
    /// CLIXML, which PowerShell's own deserialiser reads.
    Clixml,
    /// CSV (streams).
    Csv,
}

/// How rows are to look; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct ReportRequest {
    /// `JsonLines`, `Clixml` or `Csv`.
    pub format: Format,
    /// Column names; empty: the five of the drop-in report.
    pub columns: Vec<String>,
    /// Adds `ErrorCode`, `ErrorMessage` and `RequestId`.
    pub include_error: bool,
    /// Leaves out the header line of CSV.
    pub no_header: bool,
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
        Format::JsonLines | Format::Csv => {
            Err(Error::argument("format: a single result comes as json or clixml; jsonl and csv are for streams"))
        }
    }
}
