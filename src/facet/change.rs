//! A change of one item: what is there, what is to be, and the request that makes it so.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;
use super::kind::Facet;
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

impl dyn Facet + '_ {
    /// Whether two items are the same for whoever compares them.
    #[must_use]
    pub fn is_same(&self, one: &Item, other: &Item) -> bool {
        self.normal(one) == self.normal(other)
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
