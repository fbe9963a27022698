//! Requests for many mailboxes.

use super::call::Call;
use super::requests::mailboxes::MailboxRequests;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to send a request for each of many mailboxes: what a reply holds comes as rows.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"method":"GET"|"POST"|"PATCH"|
/// "PUT"|"DELETE", "path":"messages?$top=5", "apiVersion":"v1.0"|"beta", "outsideMailbox":false, "body"?,
/// "verify"?:{"path":"...", "done":"found"|"notFound"}, "select"?:[...], "headers"?:{...}, "key"?, "includeEmpty":false,
/// "allowNull":false, "allowWholeMailbox":false}`. The path is relative to the mailbox, with `outsideMailbox` to the
/// API's version; `{Name}` in it and in texts of the body stands for a member of the input object. `verify` is a GET that
/// finds out whether a POST was carried out whose answer never came. A null that nobody said is meant, and a write to
/// more than one thing in a mailbox, are refused (docs/abi.md). Push the mailboxes with exrun_stream_push and end them
/// with exrun_stream_finish_input, unless `"source"` names them; read rows with exrun_stream_next. A mailbox gives as many rows as its reply has
/// elements, possibly none; with `includeEmpty` one where it has none.
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
pub unsafe extern "C" fn exrun_mailbox_requests(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MailboxRequests>| {
            client.mailbox_requests(&request.request()?)
        })
    }
}
