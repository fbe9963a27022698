//! What changed in many mailboxes since they were last read.

use super::call::Call;
use super::requests::delta::MailboxDelta;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to read what changed in each mailbox since the run before with the same file of links: a row for each change.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"of":"messages", "since":"state.db",
/// "startNow":false, ...}`. Push the mailboxes with exrun_stream_push and end them with exrun_stream_finish_input, unless
/// `"source"` names them; read rows with exrun_stream_next until it gives EXRUN_END.
///
/// A mailbox goes on after rows only once their caller is done with them: he says so by calling exrun_stream_next again.
/// Rows of one who ended before come again with the next run. With `"outFile"` they are taken when the file is in its
/// place. EXRUN_END says that all links are on the disk.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_delta(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MailboxDelta>| {
            client.mailbox_delta(&request.request()?)
        })
    }
}
