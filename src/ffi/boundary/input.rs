//! What comes in: bytes and text, checked before anything looks at them.

use crate::error::{Error, Result, Status};

/// Longest input. Far more than any request needs, and little enough that a mistaken length is found out.
const LONGEST: usize = 64 * 1024 * 1024;

/// Bytes that the caller owns.
///
/// # Safety
///
/// `data` is null, or readable for `len` bytes until the call of the exported function returns.
pub(in crate::ffi) unsafe fn bytes<'call>(data: *const u8, len: i64, name: &str) -> Result<&'call [u8]> {
    if data.is_null() {
        return if len == 0 {
            Ok(&[])
        } else {
            Err(Error::new(Status::NullPointer, format!("{name} is null and its length {len}")))
        };
    }
    let len = usize::try_from(len).ok().filter(|len| *len <= LONGEST).ok_or_else(|| {
        Error::new(Status::InvalidLength, format!("the length of {name} is {len}; it must be 0 to {LONGEST}"))
    })?;
    // SAFETY: `data` is not null and readable for `len` bytes by the premise; `len` is at most 64 MiB, so that
    // it fits an isize; alignment of u8 is always right.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// Text in UTF-8 that the caller owns.
///
/// # Safety
///
/// As for [`bytes`].
pub(in crate::ffi) unsafe fn text<'call>(data: *const u8, len: i64, name: &str) -> Result<&'call str> {
    // SAFETY: the premise of this function.
    let bytes = unsafe { bytes(data, len, name) }?;
    std::str::from_utf8(bytes).map_err(|fault| {
        Error::new(Status::InvalidUtf8, format!("{name} is not UTF-8 from byte {} on", fault.valid_up_to()))
    })
}
