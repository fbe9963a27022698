//! What ExRun writes into items of its own, so that it knows them again: extended properties of one value.
//!
//! Source: Microsoft Graph "Create single-value extended property", "Get singleValueLegacyExtendedProperty" (`$expand` and
//! `$filter`; the service gives an id back with its GUID in small letters), "Extended properties overview".

use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use super::item::Item;
use crate::graph::identity::NOT_UNRESERVED;

/// The member that holds them.
pub(super) const MEMBER: &str = "singleValueExtendedProperties";

/// The key by which an item is known, whatever else of it changes. Kept for ever: what earlier versions wrote must be
/// known again.
pub(super) const KEY: &str = "String {3ad591df-00fa-4bdf-b7fd-5d68e0e5f311} Name ExRunKey";
/// The hash of what the service gives back otherwise than it was written, or not at all: a body, a photo.
pub(super) const CONTENT: &str = "String {3ad591df-00fa-4bdf-b7fd-5d68e0e5f311} Name ExRunContent";

/// The longest key, in letters: a filter compares no more than the first 255 of a text.
pub(super) const LONGEST_KEY: usize = 200;

/// The value of one.
pub(super) fn value<'i>(item: &'i Item, id: &str) -> Option<&'i str> {
    let all = item.get(MEMBER)?.as_array()?;
    let own = all.iter().find(|one| one["id"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(id)))?;
    own["value"].as_str().filter(|value| !value.trim().is_empty())
}

/// Several as a member holds them.
pub(super) fn member(all: &[(&str, Option<&str>)]) -> Option<Value> {
    let all: Vec<Value> = all.iter().filter_map(|(id, value)| Some(json!({"id": id, "value": (*value)?}))).collect();
    (!all.is_empty()).then_some(Value::Array(all))
}

/// The option of a path that asks for some of them.
pub(super) fn expand(ids: &[&str]) -> String {
    let all: Vec<String> = ids.iter().map(|id| format!("id eq '{id}'")).collect();
    format!("$expand={MEMBER}($filter={})", encoded(&all.join(" or ")))
}

/// The option of a path that asks for the items with this key.
pub(super) fn with_key(key: &str) -> String {
    format!("$filter={}", encoded(&format!("{MEMBER}/any(p:p/id eq '{KEY}' and p/value eq {})", literal(key))))
}

/// The option of a path that asks for the items whose keys begin so.
pub(super) fn with_prefix(prefix: &str) -> String {
    let filter = format!("{MEMBER}/any(p:p/id eq '{KEY}' and startswith(p/value,{}))", literal(prefix));
    format!("$filter={}", encoded(&filter))
}

/// What a change keeps of an item of ours: what it does not have says so, for the way back takes that away again.
pub(super) fn before(kept: Item, have: &Item, differing: &Item) -> Item {
    let mut before = kept;
    for name in differing.keys() {
        before.entry(name.clone()).or_insert_with(|| have.get(name).cloned().unwrap_or_default());
    }
    before
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NOT_UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_id_in_whatever_case() {
        let upper = KEY.replace("3ad591df", "3AD591DF");
        let item = json!({MEMBER: [{"id": "String {0} Name x", "value": "y"}, {"id": upper, "value": "E1"}]});
        let item = item.as_object().unwrap();
        assert_eq!((value(item, KEY), value(item, CONTENT)), (Some("E1"), None));
        assert_eq!(member(&[(KEY, Some("a")), (CONTENT, None)]), Some(json!([{"id": KEY, "value": "a"}])));
        assert!(with_key("o'x&y").ends_with("%20eq%20%27o%27%27x%26y%27%29"), "{}", with_key("o'x&y"));
    }
}
