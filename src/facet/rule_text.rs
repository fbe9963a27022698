//! What a rule asks for and does, in words.

use serde_json::{Map, Value};

/// Names that do not read well when they are taken apart.
const WORDS: [(&str, &str); 9] = [
    ("stopProcessingRules", "stop processing more rules"),
    ("permanentDelete", "delete for good"),
    ("moveToFolder", "move to a folder"),
    ("copyToFolder", "copy to a folder"),
    ("sentToMe", "sent to me"),
    ("sentToOrCcMe", "sent to or cc me"),
    ("sentCcMe", "sent cc me"),
    ("fromAddresses", "from"),
    ("sentToAddresses", "sent to"),
];

/// Ids of folders say nothing to a person.
const UNREADABLE: [&str; 2] = ["moveToFolder", "copyToFolder"];

/// Conditions, exceptions or actions as a text: parts joined by `; `. `None` where there is none.
pub(super) fn describe(parts: Option<&Value>) -> Option<String> {
    let Some(Value::Object(parts)) = parts else { return None };
    let said: Vec<String> = parts.iter().filter_map(|(name, value)| part(name, value)).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn part(name: &str, value: &Value) -> Option<String> {
    if name.starts_with('@') {
        return None;
    }
    let known = WORDS.iter().find(|(known, _)| *known == name).map(|(_, words)| (*words).to_owned());
    let words = known.unwrap_or_else(|| apart(name));
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::Bool(true) => Some(words),
        _ if UNREADABLE.contains(&name) => Some(words),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => {
            let shown: Vec<String> = items.iter().map(shown).collect();
            Some(format!("{words} {}", shown.join(", ")))
        }
        Value::Object(range) if range.contains_key("minimumSize") || range.contains_key("maximumSize") => {
            Some(format!("{words} {}", size(range)))
        }
        other => Some(format!("{words} {}", shown(other))),
    }
}

/// `subjectContains` as `subject contains`.
fn apart(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        Value::Object(_) => address(value).or_else(|| name(value)).unwrap_or("(nobody)").to_owned(),
        other => other.to_string(),
    }
}

fn size(range: &Map<String, Value>) -> String {
    let number = |name: &str| range.get(name).and_then(Value::as_i64);
    match (number("minimumSize"), number("maximumSize")) {
        (Some(least), Some(most)) => format!("{least} to {most} KB"),
        (Some(least), None) => format!("from {least} KB"),
        (None, Some(most)) => format!("up to {most} KB"),
        (None, None) => "any".to_owned(),
    }
}

/// The address of a recipient.
pub(super) fn address(recipient: &Value) -> Option<&str> {
    recipient.pointer("/emailAddress/address").and_then(Value::as_str).filter(|address| !address.trim().is_empty())
}

fn name(recipient: &Value) -> Option<&str> {
    recipient.pointer("/emailAddress/name").and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_reads_as_words() {
        let recipient = |address: &str| json!({"emailAddress": {"name": "Kim", "address": address}});
        for (parts, words) in [
            (
                json!({"subjectContains": ["a", "b c"], "hasAttachments": true}),
                Some("subject contains 'a', 'b c'; has attachments"),
            ),
            (
                json!({"forwardTo": [recipient("a@b.c"), recipient("")], "stopProcessingRules": true}),
                Some("forward to a@b.c, Kim; stop processing more rules"),
            ),
            (json!({"redirectTo": recipient("a@b.c")}), Some("redirect to a@b.c")),
            (
                json!({"moveToFolder": "AAMk", "markImportance": "high", "delete": false}),
                Some("move to a folder; mark importance 'high'"),
            ),
            (json!({"withinSizeRange": {"minimumSize": 1, "maximumSize": 20}}), Some("within size range 1 to 20 KB")),
            (json!({"@odata.type": "x", "categories": [], "isSigned": null}), None),
            (json!(null), None),
        ] {
            assert_eq!(describe(Some(&parts)).as_deref(), words, "{parts}");
        }
        assert_eq!(describe(None), None);
    }
}
