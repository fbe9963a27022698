//! What failed in a run whose rows go to a file: the caller gets the failures alone.

use serde_json::json;

use super::row::EncodableRow;
use super::{Format, clixml};
use crate::error::{Error, Result};

/// One mailbox that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The position of its input in the whole run, from 0.
    pub row: u64,
    /// The mailbox, as the caller spelled it.
    pub mailbox: Option<String>,
    /// Why.
    pub error: Error,
}

impl Failure {
    /// That of a row, where it has failed.
    #[must_use]
    pub fn of(row: &impl EncodableRow) -> Option<Self> {
        let error = row.error()?.clone();
        Some(Self { row: row.position(), mailbox: row.mailbox().map(str::to_owned), error })
    }
}

/// Refuses a format that failures do not come in.
///
/// # Errors
///
/// `InvalidArgument`.
pub(super) fn check(format: Format) -> Result<()> {
    match format {
        Format::JsonLines | Format::Clixml => Ok(()),
        Format::Csv | Format::Json => {
            Err(Error::argument("format: where the rows go to a file, what failed comes as jsonl or clixml")
                .hint("outFormat says what the file is written in"))
        }
    }
}

/// A batch of failures: in JSON Lines `{"row","mailbox","error"}` a line, in CLIXML `{rows: [], errors: [...]}`.
pub(super) fn encode(format: Format, failures: &[Failure]) -> Vec<u8> {
    if format == Format::Clixml {
        return clixml::encode_failures(failures);
    }
    let mut out = Vec::with_capacity(failures.len() * 400);
    for Failure { row, mailbox, error } in failures {
        let line = json!({"row": row, "mailbox": mailbox, "error": error.to_json()});
        out.extend_from_slice(line.to_string().as_bytes());
        out.push(b'\n');
    }
    out
}
