//! A change of one item: what is there, what is to be, and the request that makes it so.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::kind::Facet;
use super::request::FacetRequest;
use crate::error::Result;
use crate::graph::request::holds;

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

/// An id that is replaced by [`NEW_ID`]: what makes paths of ids writes none of its letters in another way.
const ID_TO_COME: &str = "exrun-id-to-come";

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
    /// The folders that lead to where the item lies, for requests that have [`WITHIN_ID`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Within>,
    /// The request.
    pub request: FacetRequest,
    /// What must hold before it.
    pub precondition: Precondition,
    /// What takes it back; of a creation with [`NEW_ID`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<FacetRequest>,
}

impl Change {
    /// An item comes to be; `wanted` is as [`Facet::placed`] gives it.
    #[must_use]
    pub fn creation(facet: &dyn Facet, wanted: &Item) -> Self {
        let to = facet.writable(wanted);
        let request = facet.create(wanted);
        Self {
            facet: facet.name().to_owned(),
            key: facet.key(wanted),
            kind: ChangeKind::Create,
            from: None,
            within: if request.path.contains(WITHIN_ID) { facet.within(wanted) } else { Vec::new() },
            precondition: Precondition {
                path: facet.list_of(wanted),
                among: Some(facet.known_by(wanted)),
                ..Precondition::default()
            },
            request,
            to: Some(to),
            inverse: facet.removal_to_come(),
        }
    }

    /// An item gets these members.
    ///
    /// # Errors
    ///
    /// As [`Facet::change`].
    pub fn of(facet: &dyn Facet, have: &Item, differing: Item) -> Result<Self> {
        let back = facet.back(have, &differing);
        let now = facet.with(have, &differing);
        Ok(Self {
            facet: facet.name().to_owned(),
            key: facet.key(have),
            kind: ChangeKind::Change,
            from: Some(facet.before(have, &differing)),
            within: Vec::new(),
            request: facet.change(have, &differing)?,
            inverse: facet.change(&now, &back).ok(),
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
        let inverse = facet.create(&facet.rooted(have));
        Ok(Self {
            facet: facet.name().to_owned(),
            key: facet.key(have),
            kind: ChangeKind::Remove,
            from: Some(kept(facet.writable(have), have)),
            to: None,
            within: if inverse.path.contains(WITHIN_ID) { facet.within(have) } else { Vec::new() },
            request: facet.remove(have)?,
            precondition: still_there(facet, have),
            inverse: Some(inverse),
        })
    }
}

/// The members of an item that may be written, after its id.
pub(super) fn kept(writable: Item, have: &Item) -> Item {
    let id = have.get("id").map(|id| ("id".to_owned(), id.clone()));
    id.into_iter().chain(writable).collect()
}

fn still_there(facet: &dyn Facet, have: &Item) -> Precondition {
    let etag = have.get("@odata.etag").and_then(Value::as_str).map(str::to_owned);
    match facet.path_of(have) {
        Some(path) => Precondition { path, etag, ..Precondition::default() },
        None => Precondition {
            path: facet.list_of(have),
            among: Some(facet.known_by(have)),
            etag,
            ..Precondition::default()
        },
    }
}

impl dyn Facet + '_ {
    /// The removal of an item that is yet to be made: with [`NEW_ID`] in its path.
    #[must_use]
    pub fn removal_to_come(&self) -> Option<FacetRequest> {
        let made = Item::from_iter([("id".to_owned(), ID_TO_COME.into())]);
        let request = self.remove(&made).ok().filter(|request| request.path.contains(ID_TO_COME))?;
        Some(FacetRequest { path: request.path.replace(ID_TO_COME, NEW_ID), ..request })
    }

    /// Whether two items are the same for whoever compares them.
    #[must_use]
    pub fn is_same(&self, one: &Item, other: &Item) -> bool {
        self.normal(one) == self.normal(other)
    }

    /// Whether what is there holds what is said of it: each member with the same value, or with one that the service
    /// makes of it. What the facet does not compare must be equal.
    #[must_use]
    pub fn agrees(&self, found: &Item, said: &Item) -> bool {
        let compared = self.writable(said);
        let differing = self.differing(found, &compared);
        said.iter().filter(|(name, _)| !name.starts_with('@')).all(|(name, value)| {
            holds(found.get(name).unwrap_or(&Value::Null), value)
                || (compared.contains_key(name) && !differing.contains_key(name))
        })
    }

    /// Whether a change has been carried out, by the mailbox's items as they are now: for a request whose outcome is
    /// not known.
    #[must_use]
    pub fn is_done(&self, change: &Change, items: &[Item]) -> bool {
        let id = change.from.as_ref().and_then(|from| from.get("id"));
        let own = |item: &&Item| match id {
            Some(id) => item.get("id") == Some(id),
            None => self.key(item).to_lowercase() == change.key.to_lowercase(),
        };
        match (change.kind, &change.to) {
            (ChangeKind::Remove, _) => !items.iter().any(|item| own(&item)),
            (_, Some(to)) => items.iter().filter(own).any(|item| self.differing(item, to).is_empty()),
            (_, None) => false,
        }
    }

    /// What undoes a change that was carried out; `written` is what the service answered to it. `None` for a creation
    /// whose answer has no id: it is undone by the item's key.
    #[must_use]
    pub fn inverse(&self, change: &Change, written: Option<&Item>) -> Option<Change> {
        match change.kind {
            ChangeKind::Create => Change::removal(self, written?).ok(),
            ChangeKind::Remove => Some(Change::creation(self, change.from.as_ref()?)),
            ChangeKind::Change => {
                let (from, to) = (change.from.as_ref()?, change.to.as_ref()?);
                let (now, back) = (self.with(from, to), self.back(from, to));
                Change::of(self, &now, back).ok()
            }
        }
    }
}
