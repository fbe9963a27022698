//! JSON of a service, read within bounds.

use serde::de::{Deserialize, Error as _};

/// Most values of one document. Each takes some 80 bytes where it is kept, and `[0,0,0...` has one in two bytes: a reply
/// of 32 MiB would take 1.3 GB. A page of 1,000 events with 100 attendees each has fewer.
const MOST_VALUES: usize = 1_000_000;

/// Reads `json`.
///
/// # Errors
///
/// What serde_json says of the text; a document of more than a million values.
pub fn from_slice<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    // A value takes a byte, and what separates it from the next another one.
    if json.len() > MOST_VALUES && values(json) > MOST_VALUES {
        return Err(serde_json::Error::custom(format!("it holds more than {MOST_VALUES} values")));
    }
    from_slice_unbounded(json)
}

/// As [`from_slice`], for what keeps no value that it does not know by name.
///
/// # Errors
///
/// What serde_json says of the text.
pub fn from_slice_unbounded<'a, T: Deserialize<'a>>(json: &'a [u8]) -> serde_json::Result<T> {
    // As text, which is looked at once and not with each of its strings. Bytes that are none may stand in what is skipped.
    match std::str::from_utf8(json) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(json),
    }
}

/// At least as many values as the text has: each but the first of its array or object follows a comma.
fn values(json: &[u8]) -> usize {
    let mut values = 1;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => at = end_of_string(json, at + 1),
            b',' | b'[' | b'{' => values += 1,
            _ => {}
        }
        at += 1;
    }
    values
}

/// Where the string ends that begins at `at`: at its quote, or the text's end.
fn end_of_string(json: &[u8], mut at: usize) -> usize {
    while let Some(found) = json.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if json[at] == b'"' {
            return at;
        }
        at += 2;
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn values_are_counted_without_what_texts_hold() {
        for (text, at_least, at_most) in [
            ("1", 1, 1),
            ("[1,2,3]", 4, 4),
            (r#"{"a":[1,{}],"b,[{":"x,\",y"}"#, 5, 6),
            (r#""unclosed, [ "#, 1, 1),
            (r#""\"#, 1, 1),
        ] {
            let counted = values(text.as_bytes());
            assert!((at_least..=at_most).contains(&counted), "{text}: {counted}");
        }
    }

    #[test]
    fn a_document_of_too_many_values_is_refused_before_it_is_kept() {
        let flood = format!("[{}0]", "0,".repeat(MOST_VALUES));
        let error = from_slice::<Value>(flood.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("more than 1000000 values"), "{error}");
        let text = format!("[\"{}\"]", "0,".repeat(MOST_VALUES));
        assert!(from_slice::<Value>(text.as_bytes()).is_ok());
    }
}
