//! Bytes as hexadecimal digits.

use std::fmt::Write as _;

/// Two digits in lower case for each byte.
#[must_use]
pub(crate) fn lower(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
