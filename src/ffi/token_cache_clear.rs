//! Tokens that outlive the process: forgotten on request.

use serde_json::json;

use super::call::Call;
use super::operation::start;
use super::outcome::Outcome;
use super::requests::token::TokenCacheClear;
use crate::client::{Context, PersistentCache};

/// Starts to remove the tokens that clients with `"tokenCache":"persistent"` kept for this user, those of every app
/// and person, and their key from the credential store. A client that has a token in memory goes on with it and
/// keeps no later one.
///
/// Request: `{"format":"json"|"clixml"}`. Result: `{"file":path,"removed":true}`, false where nothing was kept. A
/// credential store that does not answer is an event `warning`: without the file its key opens nothing.
///
/// @param request JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
///         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
///         fail with EXRUN_ERROR_FILE, and with EXRUN_ERROR_TOKEN_CACHE_UNAVAILABLE where the user has no home folder
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_token_cache_clear(
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |_: TokenCacheClear| {
        Ok(|context: Context| async move {
            let cleared = PersistentCache::of_user().clear(&context).await?;
            Ok(Outcome::Plain(json!({"file": cleared.file.display().to_string(), "removed": cleared.removed})))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}
