//! Secrets: bytes that requests and results name by a handle.

use zeroize::Zeroizing;

use super::boundary::{Kind, Out, OutBytes, Registry, guard, input};
use super::status::State;
use crate::secret::Secret;

/// The secrets that callers hold.
pub(super) static SECRETS: Registry<Secret> = Registry::new(Kind::Secret);

/// Takes a copy of secret bytes (a password, a token, a PFX), to be named by requests.
///
/// The copy is wiped when the handle is freed and nothing that was started with it needs it any more: the
/// caller may wipe its own bytes, and free the handle right after the call that names it.
///
/// @param data the bytes, any values; may be null when `len` is 0
/// @param len their number, 0 to 67,108,864
/// @param secret receives the handle; free it with exrun_secret_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_secret_new(data: *const u8, len: i64, secret: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (secret, error) = unsafe { (Out::new(secret, "secret"), Out::new(error, "error")) };
    guard(error, || {
        let secret = secret.required()?;
        // SAFETY: premise 1 of the module.
        let bytes = unsafe { input::bytes(data, len, "data") }?;
        secret.set(SECRETS.insert(Secret::new(bytes.to_vec()))?);
        Ok(State::Ok)
    })
}

/// Gives the bytes of a secret, for example a token that a result carries as `accessTokenSecret`.
///
/// @param secret handle of a secret
/// @param data receives the bytes; exrun_bytes_free wipes them
/// @param len receives their number
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_secret_read(secret: i64, data: *mut *mut u8, len: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        out.set(Zeroizing::new(SECRETS.get(secret)?.bytes().to_vec()))?;
        Ok(State::Ok)
    })
}

/// Frees a secret. Work that was started with it keeps its own reference.
///
/// @param secret handle of a secret
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_secret_free(secret: i64) -> i32 {
    guard(Out::none(), || {
        SECRETS.take(secret)?;
        Ok(State::Ok)
    })
}
