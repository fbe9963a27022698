//! JSON that a caller has as text, judged by the parser that reads requests.

use super::call::Call;
use super::requests::operation::JsonRead;
use crate::strict_json::read;

/// Reads a text of JSON (RFC 8259), at once: what a binding does before it puts a text of its user's into a request,
/// where a fault in it would be one of the request.
///
/// Request: `{"text":"...", "format":"json"|"clixml"}`. Result: the value, with texts as they are, whatever they look
/// like. A byte order mark in front is left out. An object that has a member twice is refused by its name.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param data receives the result; free it with exrun_bytes_free
/// @param data_len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_JSON for a text that is none, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_ARGUMENT
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_json_read(
    request: *const u8,
    len: i64,
    data: *mut *mut u8,
    data_len: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: the premises of the module.
    unsafe { call.answer(data, data_len, |request: JsonRead| read(&request.text)) }
}
