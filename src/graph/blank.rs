//! Null and blank text where something was meant: the mark of a variable that was never set, of a column by another
//! name.

use serde_json::Value;

/// Characters that show nothing and are no white space to Unicode: the zero-width ones.
const ZERO_WIDTH: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Whether a text shows nothing.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || ZERO_WIDTH.contains(&character))
}

/// Which nothing counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Null alone: blank text was written by whoever wrote the value.
    Null,
    /// Blank text, too: the value was made of other values.
    NullOrBlank,
}

/// The first null or blank text in a value, however deep: where it stands, and what it is. Annotations of OData say
/// nothing of their own.
#[must_use]
pub fn find(value: &Value, nothing: Nothing) -> Option<(String, &'static str)> {
    match value {
        Value::Null => Some((String::new(), "null")),
        Value::String(text) if nothing == Nothing::NullOrBlank && is_blank(text) => Some((String::new(), "blank")),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(place, item)| find(item, nothing).map(|found| below(&format!("[{place}]"), found))),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.starts_with('@'))
            .find_map(|(name, value)| find(value, nothing).map(|found| below(name, found))),
        _ => None,
    }
}

fn below(place: &str, (within, what): (String, &'static str)) -> (String, &'static str) {
    let dot = if within.is_empty() || within.starts_with('[') { "" } else { "." };
    (format!("{place}{dot}{within}"), what)
}

/// Whether a body asks for nothing: an object without members, or whose members are such objects all; an empty list.
#[must_use]
pub fn asks_for_nothing(body: &Value) -> bool {
    match body {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !name.starts_with("@odata."))
            .all(|(_, value)| value.is_object() && asks_for_nothing(value)),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => is_blank(text),
        Value::Null => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_found_however_deep() {
        let found = |value: &Value, nothing| find(value, nothing).map(|(place, what)| format!("{place} {what}"));
        let both = |value: &Value| (found(value, Nothing::Null), found(value, Nothing::NullOrBlank));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(both(&json!({"a": 1, "b": false, "c": {}, "d": [], "@e": null})), (None, None));
        assert_eq!(both(&json!({"a": {"b": [1, {"c": null}]}})), (some("a.b[1].c null"), some("a.b[1].c null")));
        assert_eq!(both(&json!({"a": ["\u{a0}\u{200b} "]})), (None, some("a[0] blank")));
        assert_eq!(both(&Value::Null), (some(" null"), some(" null")));
    }

    #[test]
    fn a_body_that_asks_for_nothing() {
        for body in [json!({}), json!({"@odata.type": "x"}), json!({"a": {}}), json!([]), json!(" "), Value::Null] {
            assert!(asks_for_nothing(&body), "{body}");
        }
        for body in [json!({"a": []}), json!({"a": null}), json!([1]), json!("x"), json!(0), json!({"a": {"b": ""}})] {
            assert!(!asks_for_nothing(&body), "{body}");
        }
    }
}
