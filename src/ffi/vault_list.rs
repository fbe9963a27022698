//! What a vault holds.

use super::call::Call;
use super::requests::vault::VaultList;
use super::stream::start_for_client;

/// Starts to list what a vault holds: a row for each object, page by page to the end of the list.
///
/// Request: `{"vault":"https://contoso.vault.azure.net", "collection":"secrets"|"certificates"|"keys",
/// "versionsOf":name?, "deleted":false, "apiVersion":"7.4", "format":"jsonl"|"clixml"|"block"}`. Rows are the vault's own
/// objects: `{"id", "contentType", "attributes", "tags" ...}`, of keys `kid` in place of `id`; never a value.
/// `versionsOf` lists the versions of one object, `deleted` what is deleted and can be recovered. The stream takes
/// no input: read rows with exrun_stream_next to EXRUN_END. Pages are asked for as rows are taken.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. exrun_stream_push of such a stream gives EXRUN_ERROR_INPUT_FINISHED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_list(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: VaultList| client.vault_list(&request.request()?))
    }
}
