//! Bytes that are given back.

use super::boundary::{GIVEN, Out, guard};
use super::status::State;

/// Gives back bytes that the library returned. Those of a secret are wiped.
///
/// @param data what a function of this library put into its `data`; null is EXRUN_OK
/// @return EXRUN_OK, or EXRUN_ERROR_FOREIGN_BYTES for a pointer that the library did not give or has back
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_bytes_free(data: *mut u8) -> i32 {
    guard(Out::none(), || {
        if !data.is_null() {
            GIVEN.take_back(data)?;
        }
        Ok(State::Ok)
    })
}
