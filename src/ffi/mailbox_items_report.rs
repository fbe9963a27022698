//! Reports on the items of a facet of many mailboxes.

use super::call::Call;
use super::requests::mailboxes::MailboxItemsReport;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts a report on a part of each mailbox: a row for each of its items, such as the rules of its inbox.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"facet":"inboxRules", "columns"?:[...],
/// "includeEmpty":false}` with the options of the facet. Push the mailboxes with exrun_stream_push and end them with
/// exrun_stream_finish_input, unless `"source"` names them; read rows with exrun_stream_next. A mailbox gives as many
/// rows as it has items, possibly none.
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
pub unsafe extern "C" fn exrun_mailbox_items_report(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MailboxItemsReport>| {
            client.mailbox_items_report(&request.request()?)
        })
    }
}
