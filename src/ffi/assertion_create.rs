//! Client assertions.

use serde_json::{Map, Value};

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::token::AssertionCreate;
use crate::Client;

/// Starts to create a signed client assertion (RFC 7523).
///
/// Request: `{"audience"?, "algorithm":"PS256"|"RS256"?, "validForMinutes"?, "format":"json"|"clixml"}`. Result:
/// `{"assertion":"eyJ...","alg":"PS256","expires_on":"seconds since 1970, as text"}`.
///
/// @param client handle of a client with tenant, client id and a certificate
/// @param request JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_CREDENTIAL_MISSING,
///         EXRUN_ERROR_SIGNATURE_UNANSWERED, EXRUN_ERROR_CERTIFICATE_*, EXRUN_ERROR_KEY_*, EXRUN_ERROR_FILE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_assertion_create(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: AssertionCreate| {
        Ok(move |context| async move {
            let created = client.assertion_create(request.into(), &context).await?;
            let mut members = Map::new();
            members.insert("assertion".into(), Value::Null);
            members.insert("alg".into(), created.algorithm.name().into());
            members.insert("expires_on".into(), created.expires_on.to_string().into());
            Ok(Outcome::Revealed { members, member: "assertion", secret: created.assertion })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
