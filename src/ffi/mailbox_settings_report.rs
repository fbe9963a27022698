//! Reports on many mailboxes.

use super::json::Members;
use super::run_request::{read_run, run_members};
use super::stream::start;
use crate::client::{Client, RunRequest};
use crate::error::Result;

const MEMBERS: &[&str] = run_members!("columns");

/// Starts a report: one row of settings for each mailbox that is pushed.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `"columns":[...]`. Push the mailboxes
/// with exrun_stream_push and end them with exrun_stream_finish_input, unless `"source"` names them; read rows with
/// exrun_stream_next.
///
/// @param client handle of a client with a credential
/// @param request JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_settings_report(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premises 1 and 2 of the module.
    unsafe { start(client, (request, len), (stream, error), read_request, Client::mailbox_settings_report) }
}

fn read_request(text: &str) -> Result<RunRequest> {
    let mut members = Members::parse(text, MEMBERS)?;
    let mut request = read_run(&mut members)?;
    request.report.columns = members.texts("columns")?.unwrap_or_default();
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_reports_own() {
        assert!(read_request("").unwrap().report.columns.is_empty());
        assert_eq!(read_request(r#"{"columns":["TimeZone"]}"#).unwrap().report.columns, ["TimeZone"]);
    }
}
