//! Looking at an audit file: whether it is as it was written.

use std::io::BufReader;
use std::path::Path;

use serde_json::Value;

use crate::cancel::CancelToken;
use crate::error::{Error, Result};
use crate::files::{file_error, open_to_read};
use crate::plan::audit::verify;

const READING: &str = "reading the audit file";

/// What an audit file says, and the first thing that is wrong with it, as docs/abi.md has it. Blocks.
///
/// # Errors
///
/// `File` for what cannot be read; `Cancelled`.
pub fn verify_audit(path: &Path, head: Option<&str>, cancel: &CancelToken) -> Result<Value> {
    let file = open_to_read(path).map_err(|error| file_error(READING, path, &error))?;
    let may_go_on = || if cancel.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) };
    let verified = verify(BufReader::new(file), head, may_go_on);
    let verified = verified.map_err(|error| error.action(READING).target(path.display().to_string()))?;
    Ok(verified.to_json())
}
