//! Batches of failures: of a run whose rows go to a file the caller gets what failed alone.

use serde_json::json;

use super::clixml;
use super::failure::Failure;
use super::format::Format;
use crate::error::{Error, Result};

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
