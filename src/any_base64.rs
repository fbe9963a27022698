//! Base64 of whatever kind: services and people use both alphabets of RFC 4648, with and without padding.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The padding is cut off before.
const UNPADDED: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone);
const STRICT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, UNPADDED);
const LENIENT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, UNPADDED.with_decode_allow_trailing_bits(true));

/// The bytes that a text stands for; `None` where it is no base64.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STRICT.decode(flatten(text)).ok()
}

/// As [`decode`], with whatever the last character has in its unused bits: some tools leave bits there.
#[must_use]
pub fn decode_leniently(text: &str) -> Option<Vec<u8>> {
    LENIENT.decode(flatten(text)).ok()
}

/// The same in the alphabet for URLs, without padding.
fn flatten(text: &str) -> String {
    text.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_alike() {
        for text in ["+/8=", "+/8", "-_8=", "-_8"] {
            assert_eq!(decode(text), Some(vec![251, 255]), "{text}");
        }
        assert_eq!(decode(""), Some(vec![]));
        assert_eq!(decode("<a>"), None);
    }

    #[test]
    fn unused_bits_count_where_a_text_may_be_something_else() {
        assert_eq!((decode("ok"), decode_leniently("ok")), (None, Some(vec![162])));
    }
}
