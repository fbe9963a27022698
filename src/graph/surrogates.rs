//! Lone surrogates in JSON text.
//!
//! JSON lets a string hold `"\ud800"` without its other half (RFC 8259, section 8.2), .NET services can write
//! it, and a Rust string cannot hold it: serde_json refuses the whole document. One broken character in an
//! automatic reply must not cost a mailbox its row, so a document that fails is read once more with each
//! lone half replaced by U+FFFD. Documents that parse pay nothing.

/// `json` with the escape of each lone surrogate replaced by `\ufffd`; `None` when it has none.
#[must_use]
pub fn replace_lone(json: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::new();
    let mut copied = 0;
    let mut at = 0;
    // A backslash stands only in strings, and always begins an escape there.
    while let Some(backslash) = memchr::memchr(b'\\', json.get(at..)?) {
        let start = at + backslash;
        at = match code_unit(json, start) {
            None => start + 2,
            Some(0xD800..=0xDBFF) if matches!(code_unit(json, start + 6), Some(0xDC00..=0xDFFF)) => start + 12,
            Some(0xD800..=0xDFFF) => {
                clean.extend_from_slice(&json[copied..start]);
                clean.extend_from_slice(br"\ufffd");
                copied = start + 6;
                copied
            }
            Some(_) => start + 6,
        };
        if at > json.len() {
            break;
        }
    }
    if copied == 0 {
        return None;
    }
    clean.extend_from_slice(&json[copied..]);
    Some(clean)
}

/// The value of the `\uXXXX` at `start`, if one stands there.
fn code_unit(json: &[u8], start: usize) -> Option<u16> {
    let digits = json.get(start..start + 6)?.strip_prefix(br"\u")?;
    digits.iter().try_fold(0, |value: u16, digit| {
        let digit = u16::try_from(char::from(*digit).to_digit(16)?).ok()?;
        Some(value << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::super::json::from_slice;
    use super::*;

    fn text(json: &str) -> Option<String> {
        from_slice(json.as_bytes()).ok()
    }

    #[test]
    fn pairs_stay_and_lone_halves_become_the_replacement_character() {
        assert_eq!(text(r#""a\ud800b""#).as_deref(), Some("a\u{fffd}b"));
        assert_eq!(text(r#""\uDC00""#).as_deref(), Some("\u{fffd}"));
        assert_eq!(text(r#""\ud83d\ude00 \ud83d""#).as_deref(), Some("\u{1f600} \u{fffd}"));
        assert_eq!(text(r#""\ud83d\ud83d\ude00""#).as_deref(), Some("\u{fffd}\u{1f600}"));
        assert_eq!(text(r#""\ud800\n\u0041""#).as_deref(), Some("\u{fffd}\nA"));
    }

    #[test]
    fn an_escaped_backslash_before_a_u_is_no_escape() {
        assert_eq!(replace_lone(br#""\\ud800""#), None);
        assert_eq!(text(r#""\\\ud800""#).as_deref(), Some("\\\u{fffd}"));
    }

    #[test]
    fn broken_text_stays_an_error() {
        for json in [r#""\ud80"#, r#""\ud800"#, r#""\"#, r#"{"a":"\udfff","#, r#""\u"#] {
            assert_eq!(text(json), None, "{json}");
        }
    }
}
