//! An item, and what is done with its members.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// An item as Microsoft Graph gives it.
pub type Item = Map<String, Value>;

/// Some members of an item, in its own order.
pub(super) fn picked(item: &Item, names: &[&str]) -> Item {
    let own = item.iter().filter(|(name, _)| names.contains(&name.as_str()));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Refuses a member that nobody can write.
pub(super) fn known(wanted: &Item, names: &[&str]) -> Result<()> {
    match wanted.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(Error::argument(format!("{name}: must be one of {}", names.join(", ")))),
        None => Ok(()),
    }
}

/// The text of a member; empty where there is none.
pub(super) fn text<'i>(item: &'i Item, name: &str) -> &'i str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What is known by its name alone.
pub(super) fn named(name: &str) -> Item {
    Item::from_iter([("displayName".to_owned(), name.into())])
}

/// A segment of a path that holds an id or a name.
pub(super) fn segment(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, crate::graph::identity::NOT_UNRESERVED).to_string()
}
