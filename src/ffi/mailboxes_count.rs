//! How many mailboxes a run would be about.

use serde_json::json;

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::operation::MailboxesCount;
use crate::Client;

/// Starts to count the mailboxes that a run with a `source` would be about, for whoever is to agree to it. A run with
/// that number as its `maximum` is about no more than what was agreed to.
///
/// Request: `{"source":{...}, "shard"?, "format":"json"|"clixml"}`, as runs have them (docs/abi.md, "Streams").
/// Result: `{"mailboxes":n,"skipped":n}`; what was skipped has no mailbox.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailboxes_count(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: MailboxesCount| {
        let (source, shard) = request.request()?;
        Ok(move |context| async move {
            let count = client.mailboxes_count(&source, shard, &context).await?;
            Ok(Outcome::Plain(json!({"mailboxes": count.mailboxes, "skipped": count.skipped})))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
