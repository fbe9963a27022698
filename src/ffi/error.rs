//! What went wrong, as an object.

use super::boundary::{ERRORS, Out, OutBytes, guard};
use super::status::State;

/// Reads an error.
///
/// The JSON is `{status, name, message, action, target, httpStatus, serviceCode, serviceMessage, requestId,
/// clientRequestId, retryAfterMs, retryable, hint}`, every member present, null where unknown. It may be read
/// any number of times.
///
/// @param error handle that a failed call put into its `error`
/// @param data receives the JSON; free it with exrun_bytes_free
/// @param len receives its length in bytes
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE; EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_error_json(error: i64, data: *mut *mut u8, len: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let out = unsafe { OutBytes::new(data, len) };
    guard(Out::none(), || {
        let out = out.required()?;
        out.set(ERRORS.get(error)?.to_json().to_string())?;
        Ok(State::Ok)
    })
}

/// Frees an error.
///
/// @param error handle that a failed call put into its `error`
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_error_free(error: i64) -> i32 {
    guard(Out::none(), || {
        ERRORS.take(error)?;
        Ok(State::Ok)
    })
}
