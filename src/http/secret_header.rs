//! Values of headers that are secrets.

use bytes::Bytes;
use http::HeaderValue;
use http::header::InvalidHeaderValue;
use zeroize::Zeroizing;

/// A value that is wiped with its last copy, for copies share its memory, and that is marked sensitive: no log shows
/// it, and HTTP/2 keeps it out of the table of values that it has sent.
///
/// # Errors
///
/// What holds characters that no header can carry.
pub fn secret_header(value: Zeroizing<Vec<u8>>) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(value))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_the_memory_that_is_wiped() {
        let text = Zeroizing::new(b"Bearer abc".to_vec());
        let at = text.as_ptr();
        let value = secret_header(text).unwrap();
        assert_eq!(value.as_bytes().as_ptr(), at);
        assert_eq!(value.clone().as_bytes().as_ptr(), at);
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(secret_header(Zeroizing::new(b"a\nb".to_vec())).is_err());
    }
}
