//! Tokens: acquired, and read.

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::token::{TokenAcquire, TokenDecode};
use crate::Client;
use crate::auth::jwt_reader;
use crate::client::TokenReply;
use crate::event::Event;

/// The endpoint's name for the token itself.
const ACCESS_TOKEN: &str = "access_token";

/// Starts to acquire an access token.
///
/// Request: `{"resource"?, "forceRefresh":false, "cachedOnly":false, "plainToken":false,
/// "oauthErrorAsResult":false, "validForMinutes"?, "format":"json"|"clixml"}`. Result: the token endpoint's members
/// in its order. In the place of `access_token` stands `accessTokenSecret`, the handle of a secret (read it with
/// exrun_secret_read, free it with exrun_secret_free); with `plainToken` the token itself. With `cachedOnly` nobody
/// is asked: the result is null where no token is at hand.
///
/// Where a person has to sign in, the events say so at once: drain them with exrun_operation_events while waiting,
/// and show the message of `deviceCode` and `signIn`.
///
/// @param client handle of a client with tenant, client id and credential
/// @param request JSON object; no bytes at all stand for `{}`
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_token_acquire(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: TokenAcquire| {
        let (plain, error_as_result) = (request.plain_token, request.oauth_error_as_result);
        let (request, cached_only) = request.request()?;
        Ok(move |context| async move {
            let reply = match cached_only {
                true => match client.token_at_hand(request.resource.as_deref())? {
                    Some(reply) => reply,
                    None => return Ok(Outcome::Plain(serde_json::Value::Null)),
                },
                false => client.token_acquire(request, &context).await?,
            };
            match reply {
                TokenReply::Token { mut members, access_token, from_cache } => {
                    // A script that wants the endpoint's error as it came wants its members as they came, too.
                    if !error_as_result {
                        members.insert("fromCache".into(), from_cache.into());
                    }
                    Ok(if plain {
                        Outcome::Revealed { members, member: ACCESS_TOKEN, secret: access_token }
                    } else {
                        let handle = "accessTokenSecret";
                        Outcome::Held { members, member: ACCESS_TOKEN, handle, secret: access_token }
                    })
                }
                TokenReply::Refused(reply, error) if error_as_result => {
                    // What can be done about it is not among what the endpoint said.
                    context.events.emit(Event::TokenRefused, &error.to_string(), []);
                    Ok(Outcome::Plain(reply))
                }
                TokenReply::Refused(_, error) => Err(error),
            }
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}

/// Reads a JSON Web Token without checking its signature, at once.
///
/// Request: `{"tokenSecret":handle, "format":"json"|"clixml"}`. Result: `{"headers":{...},"claims":{...},
/// "signature":"base64url text"}`. Any form of base64, padding, further parts, a missing signature, `Bearer ` in
/// front and blanks around are accepted.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param data receives the result; free it with exrun_bytes_free
/// @param data_len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_TOKEN_INVALID for what cannot be a token; EXRUN_ERROR_INVALID_HANDLE for the
///         secret, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8,
///         EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_token_decode(
    request: *const u8,
    len: i64,
    data: *mut *mut u8,
    data_len: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let decode = |request: TokenDecode| Ok(jwt_reader::read(request.token_secret.0.bytes())?.to_json());
    // SAFETY: the premises of the module.
    unsafe { call.answer(data, data_len, decode) }
}
