//! A change of one item: what is there, what is to be, and the request that makes it so.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::request::FacetRequest;
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

impl ChangeKind {
    /// As rows show it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Change => "Change",
            Self::Remove => "Remove",
        }
    }

    /// What undoes it.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Create => Self::Remove,
            Self::Change => Self::Change,
            Self::Remove => Self::Create,
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What must be there for a change to be made.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Precondition {
    /// What is read, relative to the mailbox: the thing, or the list that it is in or is not in.
    pub path: String,
    /// Of a list, only the elements with these members count: by them the thing is known. Texts in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Item>,
    /// What it must hold, where that is not the line's `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// Its `@odata.etag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// Its `changeKey`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_key: Option<String>,
}

/// A folder that a thing lies in and whose id is not known beforehand: it is looked up when the change is made.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Within {
    /// The list that it is in; [`WITHIN_ID`] stands for the id of the folder before it.
    pub path: String,
    /// The members by which it is known there.
    pub among: Item,
}

/// Stands in paths for the id of the folder that [`Change::within`] leads to.
pub const WITHIN_ID: &str = "{within}";

/// Stands in the path of an inverse for the id of what is made: nobody knows it before.
pub const NEW_ID: &str = "{id}";

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
    /// still be equal to it, as `Facet::normal` compares.
    pub from: Option<Item>,
    /// What is written: of a creation the whole item, of a change the members that differ.
    pub to: Option<Item>,
    /// The folders that lead to where the item lies, for requests that have [`WITHIN_ID`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Within>,
    /// The request.
    pub request: FacetRequest,
    /// What is sent once it was carried out, and says so of the item: by it a change is known that cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<FacetRequest>,
    /// What must hold before it.
    pub precondition: Precondition,
    /// What takes it back; of a creation with [`NEW_ID`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<FacetRequest>,
}

/// A difference between what is wanted and what is there.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The item's key.
    pub key: String,
    /// What is to be done to it.
    pub kind: ChangeKind,
    /// What is there: of a change the members that differ alone.
    pub from: Option<Item>,
    /// What is to be there.
    pub to: Option<Item>,
    /// What does it, or why nothing does.
    pub change: Result<Change>,
}

/// The members of an item that may be written, after its id.
pub(super) fn kept(writable: Item, have: &Item) -> Item {
    let id = have.get("id").map(|id| ("id".to_owned(), id.clone()));
    id.into_iter().chain(writable).collect()
}
