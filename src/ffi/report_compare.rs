//! Comparing reports that were written before.

use super::call::Call;
use super::requests::With;
use super::requests::report::ReportCompare;
use super::requests::run::OutFileMembers;
use super::stream::{Stream, start};
use crate::rows::compare::compare;

/// Starts to compare two reports, CSV or JSON Lines as ExRun, `Export-Csv` or Excel wrote them, or journals of
/// reports: a row for each property that differs.
///
/// Request: `{"old":path, "new":path, "key"?, "ignore":[columns], "includeError":false,
/// "format":"jsonl"|"csv"|"clixml"|"block", "header":true, "outFile"?, "outFormat"?, "defuseFormulas":false,
/// "outFileByteOrderMark":false}`. Read rows with exrun_stream_next; such a stream takes no input and needs no client.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
///         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_report_compare(request: *const u8, len: i64, stream: *mut i64, error: *mut i64) -> i32 {
    let call = Call { request, len, error };
    let make = |request: With<ReportCompare, OutFileMembers>| {
        let comparison = compare(request.request()?)?;
        Ok(Stream::without_client(comparison.rows, comparison.signal))
    };
    // SAFETY: premises 1 and 2 of the module.
    unsafe { start(call, stream, make) }
}
