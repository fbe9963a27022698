//! Extended properties of one value: written with the thing, and shown where they are asked for by their ids.
//!
//! Source: Microsoft Graph "Create single-value extended property", "Get singleValueLegacyExtendedProperty", "Extended
//! properties overview" (the forms of an id). A filter asks of them as of any collection.

use serde_json::{Map, Value, json};

use crate::graph::body::unreadable;
use crate::graph::filter::Filter;
use crate::graph::item_kinds::Kind;
use crate::graph::query::{Query, bad};
use crate::reply::Reply;

/// The member that holds them, in requests and in what is kept.
pub(super) const MEMBER: &str = "singleValueExtendedProperties";

/// The types of single values ("Extended properties overview").
const TYPES: [&str; 11] = [
    "Binary",
    "Boolean",
    "ApplicationTime",
    "CLSID",
    "Currency",
    "Double",
    "Float",
    "Integer",
    "Long",
    "Short",
    "String",
];

/// Whether things of a kind have them here.
pub(super) fn has(kind: Kind) -> bool {
    matches!(kind, Kind::Message | Kind::Event | Kind::Contact | Kind::ContactFolder | Kind::Calendar)
}

/// Reads those of a body; its ids come in the spelling in which the service gives them back.
///
/// # Errors
///
/// The reply to what is no list of them.
pub(super) fn take(kind: Kind, members: &mut Map<String, Value>) -> Result<Option<Value>, Reply> {
    if !has(kind) {
        return Ok(None);
    }
    let Some(given) = members.shift_remove(MEMBER) else { return Ok(None) };
    let given = given.as_array().ok_or_else(|| unreadable("The extended properties are no collection."))?;
    let mut all: Vec<Value> = Vec::with_capacity(given.len());
    for one in given {
        let known = one.as_object().filter(|one| one.keys().all(|name| name == "id" || name == "value"));
        let text = |name: &str| known.and_then(|one| one.get(name)?.as_str());
        let (Some(id), Some(value)) = (text("id"), text("value")) else {
            return Err(unreadable("An extended property has an id and a value, both of which are texts."));
        };
        let id = spelled(id).ok_or_else(|| {
            Reply::graph_error(400, "ErrorInvalidExtendedProperty", &format!("The property id '{id}' is not valid."))
        })?;
        if all.iter().any(|one| one["id"] == id.as_str()) {
            return Err(unreadable("An extended property is there twice."));
        }
        all.push(json!({"id": id, "value": value}));
    }
    Ok(Some(all.into()))
}

/// An id in the service's spelling: `String {guid} Name x`, `Integer {guid} Id 0x8012`, `String 0x4001`.
fn spelled(id: &str) -> Option<String> {
    let mut words = id.splitn(4, ' ');
    let kind = words.next().filter(|kind| TYPES.contains(kind))?;
    let second = words.next()?;
    if let Some(number) = second.strip_prefix("0x") {
        return (words.next().is_none() && u32::from_str_radix(number, 16).is_ok()).then(|| id.to_owned());
    }
    let guid = second.strip_prefix('{')?.strip_suffix('}')?;
    let parts: Vec<usize> = guid.split('-').map(str::len).collect();
    let is_guid = parts == [8, 4, 4, 4, 12] && guid.chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit());
    let by = words.next().filter(|by| is_guid && (*by == "Name" || *by == "Id"))?;
    let name = words.next().filter(|name| !name.trim().is_empty())?;
    Some(format!("{kind} {{{}}} {by} {name}", guid.to_lowercase()))
}

/// Those of a thing after some were written: one stays until it is written itself.
pub(super) fn merged(before: Option<&Value>, written: &Value) -> Value {
    let mut all = before.and_then(Value::as_array).cloned().unwrap_or_default();
    for one in written.as_array().cloned().unwrap_or_default() {
        match all.iter_mut().find(|known| known["id"] == one["id"]) {
            Some(known) => *known = one,
            None => all.push(one),
        }
    }
    all.into()
}

/// Adds those that are asked for to what is shown of a thing.
///
/// # Errors
///
/// The 400 of an expansion that the service does not know.
pub(super) fn expand(
    kind: Kind,
    item: &Map<String, Value>,
    shown: &mut Map<String, Value>,
    query: &Query,
) -> Result<(), Reply> {
    shown.shift_remove(MEMBER);
    let Some(expand) = &query.expand else { return Ok(()) };
    let options = expand.trim().strip_prefix(MEMBER).filter(|_| has(kind)).ok_or_else(|| {
        bad(&format!("Parsing OData Select and Expand failed: Could not find a property named '{expand}'."))
    })?;
    // "This is currently the only way to get" them: without a filter by the id none is shown.
    let filter = options.strip_prefix("($filter=").and_then(|rest| rest.strip_suffix(')'));
    let filter = filter.ok_or_else(|| bad("An expansion of extended properties needs a $filter by their ids."))?;
    let filter = Filter::parse(filter).map_err(|wrong| bad(&format!("Invalid filter clause: {wrong}")))?;
    if filter.properties().iter().any(|name| *name != "id") {
        return Err(bad("Extended properties are expanded by their ids alone."));
    }
    let all = item.get(MEMBER).and_then(Value::as_array).into_iter().flatten();
    let wanted: Vec<Value> = all.filter(|one| filter.passes(&|name| one.get(name).cloned())).cloned().collect();
    if !wanted.is_empty() {
        shown.insert(MEMBER.to_owned(), wanted.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_in_all_their_forms() {
        let guid = "{66F5A359-4659-4830-9070-00047EC6AC6E}";
        assert_eq!(
            spelled(&format!("String {guid} Name Color of mine")).unwrap(),
            "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color of mine"
        );
        assert!(spelled(&format!("Integer {guid} Id 0x8012")).is_some() && spelled("String 0x4001").is_some());
        for wrong in
            ["", "String", "Text {x} Name y", "String {x} Name y", &format!("String {guid} Name "), "String 0xzz"]
        {
            assert_eq!(spelled(wrong), None, "{wrong}");
        }
    }
}
