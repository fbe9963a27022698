//! One request of Graph.

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::operation::GraphRequest;
use crate::Client;

/// Starts one request of Graph, whatever it is for.
///
/// Request: `{"method":"GET"|"POST"|"PATCH"|"PUT"|"DELETE", "path":"applications?$top=5", "apiVersion":"v1.0"|"beta", "body"?, "headers"?:{...},
/// "allPages":false, "allowWholeMailbox":false, "format":"json"|"clixml"}`. The path is relative to the API's version.
/// With `allPages` a collection is read to its end, or to the `$top` of its path. A write to a user itself, to a folder
/// that every mailbox has, or to a whole collection is refused unless `allowWholeMailbox` says that it is meant.
/// Result: the JSON of the reply; `{"StatusCode":204}` and the like where it has no body;
/// `{"ContentType","Encoding":"text"|"base64","Content"}` where it is not JSON.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on, and with
///         EXRUN_ERROR_INVALID_ARGUMENT; EXRUN_ERROR_OUTCOME_UNKNOWN is that of a write that may have been carried out
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_graph_request(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: GraphRequest| {
        let request = request.into();
        Ok(move |context| async move { client.graph_request(&request, &context).await.map(Outcome::Plain) })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
