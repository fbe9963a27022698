//! Reports on many mailboxes.

use std::sync::Arc;

use crate::error::Result;
use crate::ffi::client::{CLIENTS, concurrency, retry_time, tries};
use crate::ffi::guard::guard;
use crate::ffi::input;
use crate::ffi::json::Members;
use crate::ffi::output::Out;
use crate::ffi::status::State;
use crate::ffi::stream::{STREAMS, Stream};
use crate::report::{Format, ReportRequest};
use crate::runner::Order;

const MEMBERS: &[&str] = &[
    "format",
    "order",
    "columns",
    "includeError",
    "header",
    "maxConcurrency",
    "maxTries",
    "maxRetryMs",
    "idlePauseMs",
];

/// Starts a report: one row of settings for each mailbox that is pushed.
///
/// Request: `{"format":"jsonl"|"csv"|"clixml", "order":"input"|"completion", "columns":[...],
/// "includeError":false, "header":true, "maxConcurrency"?, "maxTries"?, "maxRetryMs"?, "idlePauseMs":0}`. Push the
/// mailboxes with exrun_stream_push, end them with exrun_stream_finish_input, read rows with exrun_stream_next.
///
/// @param client handle of a client with a credential
/// @param request JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_settings_report(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (stream, error) = unsafe { (Out::new(stream, "stream"), Out::new(error, "error")) };
    guard(error, || {
        let stream = stream.required()?;
        // SAFETY: premise 1 of the module.
        let text = unsafe { input::text(request, len, "request") }?;
        let request = read_request(text)?;
        let client = CLIENTS.get(client)?;
        let rows = client.mailbox_settings_report(&request)?;
        stream.set(STREAMS.insert(Arc::new(Stream::new(rows, client)))?);
        Ok(State::Ok)
    })
}

fn read_request(text: &str) -> Result<ReportRequest> {
    let mut members = Members::parse(text, MEMBERS)?;
    let formats = [("jsonl", Format::JsonLines), ("csv", Format::Csv), ("clixml", Format::Clixml)];
    let orders = [("input", Order::Input), ("completion", Order::Completion)];
    Ok(ReportRequest {
        format: members.choice("format", &formats)?.unwrap_or(Format::JsonLines),
        order: members.choice("order", &orders)?.unwrap_or_default(),
        columns: members.texts("columns")?.unwrap_or_default(),
        include_error: members.flag("includeError")?.unwrap_or(false),
        no_header: !members.flag("header")?.unwrap_or(true),
        max_concurrency: concurrency(&mut members)?,
        max_tries: tries(&mut members)?,
        max_retry: retry_time(&mut members)?,
        idle_pause: members.milliseconds("idlePauseMs", 0..=86_400_000)?.filter(|pause| !pause.is_zero()),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn nothing_is_the_drop_in_report_as_json_lines() {
        let request = read_request("").unwrap();
        assert_eq!((request.format, request.order), (Format::JsonLines, Order::Input));
        assert!(request.columns.is_empty() && !request.include_error && !request.no_header);
        assert_eq!(request.idle_pause, None);
    }

    #[test]
    fn every_member_is_read() {
        let request = read_request(
            r#"{"format":"csv","order":"completion","columns":["TimeZone"],"includeError":true,"header":false,
            "maxConcurrency":4,"maxTries":2,"maxRetryMs":1000,"idlePauseMs":2000}"#,
        )
        .unwrap();
        assert_eq!((request.format, request.order), (Format::Csv, Order::Completion));
        assert_eq!(request.columns, ["TimeZone"]);
        assert!(request.include_error && request.no_header);
        assert_eq!((request.max_concurrency, request.max_tries), (Some(4), Some(2)));
        assert_eq!(request.max_retry, Some(Duration::from_secs(1)));
        assert_eq!(request.idle_pause, Some(Duration::from_secs(2)));
    }

    #[test]
    fn the_format_of_operations_is_not_that_of_streams() {
        let error = read_request(r#"{"format":"json"}"#).unwrap_err().to_string();
        assert!(error.contains("format must be one of jsonl, csv, clixml"), "{error}");
    }
}
