//! Messages of many mailboxes, saved as files.

use super::call::Call;
use super::requests::messages::MessagesExport;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to save messages as files: `.eml`, one a message, in a folder a mailbox, and a list of them, `manifest.jsonl`.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"outFolder":path, "attachments":false}` with
/// what says which messages are sought, as of the facet `messages` of exrun_mailbox_items_report; without any of that each
/// line of input is an object with `MailboxName`, `MessageId`, `Subject`, `Received` and `InternetMessageId`, such as a row of
/// that report. Rows: `{"MailboxName", "Outcome":"Saved"|"Gone", "File", "Bytes", "Sha256", "Attachments", "Subject",
/// "Received", "InternetMessageId", "MessageId"}`. A file is there whole or not at all, whatever its size.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log, the folder),
///         EXRUN_ERROR_FILE_EXISTS (the manifest)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_messages_export(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MessagesExport>| {
            client.messages_export(&request.request()?)
        })
    }
}
