//! How changes come from a facet's items, and what is known of them by it: whether they were made, what undoes them.

use serde_json::Value;

use super::change::{Change, ChangeKind, NEW_ID, Precondition, WITHIN_ID, kept};
use super::item::Item;
use super::kind::Facet;
use super::request::FacetRequest;
use crate::error::Result;
use crate::graph::request::holds;

/// An id that is replaced by [`NEW_ID`]: what makes paths of ids writes none of its letters in another way.
const ID_TO_COME: &str = "exrun-id-to-come";

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
            then: None,
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
            then: None,
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
            then: None,
            precondition: still_there(facet, have),
            inverse: Some(inverse),
        })
    }
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
