//! What this library is, and what it holds.

use serde_json::json;

use super::boundary::{ERRORS, GIVEN, Out, OutBytes, guard};
use super::client::CLIENTS;
use super::operation::OPERATIONS;
use super::secret::SECRETS;
use super::status::State;
use super::stream::STREAMS;

/// Version of the ABI that this header describes; exrun_abi_version must return the same.
pub const EXRUN_ABI_VERSION: i32 = 1;

/// The ABI version of the loaded library. Compare it with EXRUN_ABI_VERSION before anything else.
///
/// @return a positive number; EXRUN_ERROR_FORKED
#[unsafe(no_mangle)]
pub extern "C" fn exrun_abi_version() -> i32 {
    match guard(Out::none(), || Ok(State::Ok)) {
        failure if failure < 0 => failure,
        _ => EXRUN_ABI_VERSION,
    }
}

/// The version of the loaded library as text, for example `0.1.0`.
///
/// @param data receives the text; free it with exrun_bytes_free
/// @param len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_version(data: *mut *mut u8, len: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        out.required()?.set(String::from(env!("CARGO_PKG_VERSION")))?;
        Ok(State::Ok)
    })
}

/// How many objects of each kind are alive: for tests, and to find what a program forgets to free.
///
/// The JSON is `{"secret":0,"error":0,"client":0,"operation":0,"stream":0,"bytes":0}`; its own bytes are not
/// counted.
///
/// @param data receives the JSON; free it with exrun_bytes_free
/// @param len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_open_handles(data: *mut *mut u8, len: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        let counts = json!({
            "secret": SECRETS.count(),
            "error": ERRORS.count(),
            "client": CLIENTS.count(),
            "operation": OPERATIONS.count(),
            "stream": STREAMS.count(),
            "bytes": GIVEN.count(),
        });
        out.set(counts.to_string())?;
        Ok(State::Ok)
    })
}
