//! Batches of failures: of a run whose rows go to a file the caller gets what failed alone.

use serde_json::json;

use super::failure::Failure;
use super::format::Format;
use super::{block, clixml};
use crate::error::{Error, Result};

/// Refuses a format that failures do not come in.
///
/// # Errors
///
/// `InvalidArgument`.
pub(super) fn check(format: Format) -> Result<()> {
    match format {
        Format::JsonLines | Format::Clixml | Format::Block => Ok(()),
        Format::Csv | Format::Json => {
            Err(Error::argument("format: where the rows go to a file, what failed comes as jsonl, clixml or block")
                .hint("outFormat says what the file is written in"))
        }
    }
}

/// A batch of failures: in JSON Lines `{"row","mailbox","error"}` a line, in CLIXML, and in that of a block without
/// rows, `{rows: [], errors: [...]}`.
pub(super) fn encode(format: Format, failures: &[Failure]) -> Vec<u8> {
    match format {
        Format::Clixml => return clixml::encode_failures(failures),
        Format::Block => return block::encode_failures(failures),
        Format::JsonLines | Format::Csv | Format::Json => {}
    }
    let mut out = Vec::with_capacity(failures.len() * 400);
    for Failure { row, mailbox, error } in failures {
        let line = json!({"row": row, "mailbox": mailbox, "error": error.to_json()});
        out.extend_from_slice(line.to_string().as_bytes());
        out.push(b'\n');
    }
    out
}
