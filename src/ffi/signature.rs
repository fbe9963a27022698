//! Signatures by the caller, for a key that never leaves its store.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::boundary::{Out, OutBytes, guard, input};
use super::client::CLIENTS;
use super::status::State;
use crate::error::Error;
use crate::signature::Answer;

/// Gives the client's oldest open signature request.
///
/// The JSON is `{"id":3,"alg":"PS256","digest":"base64 of a SHA-256","thumbprint":"hex SHA-1"}`. Answer within
/// 60 s with exrun_signature_provide or exrun_signature_decline, from any thread.
///
/// @param client handle of a client whose credential is a `callerCertificate`
/// @param data receives the JSON; free it with exrun_bytes_free. Null unless EXRUN_OK is returned
/// @param len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_PENDING when no request is open; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_signature_request(
    client: i64,
    data: *mut *mut u8,
    len: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        let Some(request) = CLIENTS.get(client)?.signatures().pending() else { return Ok(State::Pending) };
        let request = json!({
            "id": request.id,
            "alg": request.algorithm.name(),
            "digest": STANDARD.encode(request.digest),
            "thumbprint": request.thumbprint,
        });
        out.set(request.to_string())?;
        Ok(State::Ok)
    })
}

/// Answers a signature request.
///
/// @param client handle of the client
/// @param id `id` of the request; one that is not open any more is EXRUN_OK and ignored
/// @param signature the signature of the digest. PS256: RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of
///        32 bytes; RS256: RSASSA-PKCS1-v1_5 with SHA-256
/// @param len its length in bytes, at least 1
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_signature_provide(
    client: i64,
    id: i64,
    signature: *const u8,
    len: i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || {
        let client = CLIENTS.get(client)?;
        // SAFETY: premise 1 of the module.
        let signature = unsafe { input::bytes(signature, len, "signature") }?;
        if signature.is_empty() {
            let fault = Error::new(crate::Status::InvalidLength, "the signature is empty");
            return Err(fault.hint("a key that cannot sign is declined with exrun_signature_decline"));
        }
        client.signatures().answer(id, Answer::Signature(signature.to_vec()));
        Ok(State::Ok)
    })
}

/// Says that the key cannot do the algorithm of a request. RS256 is asked for after PS256; when both are
/// declined what waited fails with EXRUN_ERROR_KEY_UNUSABLE.
///
/// @param client handle of the client
/// @param id `id` of the request; one that is not open any more is EXRUN_OK and ignored
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_signature_decline(client: i64, id: i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || {
        CLIENTS.get(client)?.signatures().answer(id, Answer::Declined);
        Ok(State::Ok)
    })
}
