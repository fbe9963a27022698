//! A change of one item: what is there, what is to be, and the request that makes it so.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facet, Item};
use crate::error::Result;

/// What a change does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// An item comes to be.
    Create,
    /// An item has other values.
    Change,
    /// An item goes.
    Remove,
}

/// A request of Graph, relative to the mailbox.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetRequest {
    /// POST, PATCH or DELETE.
    pub method: String,
    /// Relative to the mailbox.
    pub path: String,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl FacetRequest {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), body: None }
    }

    /// The same with a body.
    #[must_use]
    pub fn body(self, body: Item) -> Self {
        Self { body: Some(Value::Object(body)), ..self }
    }
}

/// What must hold before a change is carried out.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Precondition {
    /// What is read, relative to the mailbox: the item, or the list that it is in or is not in.
    pub path: String,
    /// For `If-Match`, where the service has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Of a creation: no item of the list has the key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
}

/// A change of one item of a mailbox: the part of a plan's line that a facet knows.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The facet's name.
    pub facet: String,
    /// The item's key.
    pub key: String,
    /// What it does.
    #[serde(rename = "change")]
    pub kind: ChangeKind,
    /// The item as it is: its `id`, and the members that may be written. What is there when it is carried out must
    /// still be equal to it, as [`Facet::normal`] compares.
    pub from: Option<Item>,
    /// What is written: of a creation the whole item, of a change the members that differ.
    pub to: Option<Item>,
    /// The request.
    pub request: FacetRequest,
    /// What must hold before it.
    pub precondition: Precondition,
}

impl Change {
    /// An item comes to be.
    #[must_use]
    pub fn creation(facet: &dyn Facet, wanted: &Item) -> Self {
        let to = facet.writable(wanted);
        Self {
            facet: facet.name().to_owned(),
            key: facet.key(wanted),
            kind: ChangeKind::Create,
            from: None,
            request: facet.create(&to),
            to: Some(to),
            precondition: Precondition { path: list_of(facet), etag: None, absent: true },
        }
    }

    /// An item gets these members.
    ///
    /// # Errors
    ///
    /// As [`Facet::change`].
    pub fn of(facet: &dyn Facet, have: &Item, differing: Item) -> Result<Self> {
        Ok(Self {
            facet: facet.name().to_owned(),
            key: facet.key(have),
            kind: ChangeKind::Change,
            from: Some(kept(facet, have)),
            request: facet.change(have, &differing)?,
            to: Some(differing),
            precondition: still_there(facet, have),
        })
    }

    /// An item goes.
    ///
    /// # Errors
    ///
    /// As [`Facet::remove`].
    pub fn removal(facet: &dyn Facet, have: &Item) -> Result<Self> {
        Ok(Self {
            facet: facet.name().to_owned(),
            key: facet.key(have),
            kind: ChangeKind::Remove,
            from: Some(kept(facet, have)),
            to: None,
            request: facet.remove(have)?,
            precondition: still_there(facet, have),
        })
    }
}

/// What is kept of an item that is changed or goes.
fn kept(facet: &dyn Facet, have: &Item) -> Item {
    let id = have.get("id").map(|id| ("id".to_owned(), id.clone()));
    id.into_iter().chain(facet.writable(have)).collect()
}

fn still_there(facet: &dyn Facet, have: &Item) -> Precondition {
    let etag = have.get("@odata.etag").and_then(Value::as_str).map(str::to_owned);
    Precondition { path: facet.path_of(have).unwrap_or_else(|| list_of(facet)), etag, absent: false }
}

fn list_of(facet: &dyn Facet) -> String {
    facet.begin().into_iter().next().map(|step| step.path).unwrap_or_default()
}
