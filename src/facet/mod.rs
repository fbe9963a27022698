//! Facets: the parts of a mailbox that are read as items with keys, compared with what is wanted, and written.
//!
//! One file a facet. A further one is that file, its line in [`named`], its place in the emulator, and its page in
//! docs/jobs.md. What is here knows paths and JSON, and nothing of runs, rows or plans.

pub mod calendar_permissions;
pub mod categories;
pub mod change;
pub mod compare;
pub mod contacts;
mod domains;
pub mod inbox_rules;
pub mod mail_folders;
pub mod reading;
pub mod report;
pub mod room_use;
mod rule_text;

use serde_json::{Map, Value};

pub use self::change::{Change, ChangeKind, FacetRequest, Precondition};
pub use self::compare::{Mode, Scope, compare};
pub use self::reading::{Reading, Step, Taken};
pub use self::report::{Report, ReportOptions};
use crate::error::{Error, Result};

/// An item as Microsoft Graph gives it.
pub type Item = Map<String, Value>;

/// A part of a mailbox whose items can be compared and written.
pub trait Facet: Reading {
    /// What stands for an item in plans and states, in the words of a person: a rule's name, a folder's path, an
    /// address. Keys are compared without case. Several items of a mailbox may have one: rules of the same name.
    fn key(&self, item: &Item) -> String;

    /// The members that may be written, as the service has them. What a change undoes is written back in this form.
    fn writable(&self, item: &Item) -> Item;

    /// The same in the form in which two of them are compared: what the service rewrites is folded, and what says
    /// nothing is left out.
    fn normal(&self, item: &Item) -> Item;

    /// What is wrong with an item that somebody wants to be there.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    fn check(&self, wanted: &Item) -> Result<()>;

    /// A wanted item with what creating it takes of what is there: the id of the folder that it lies in.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where that is not there.
    fn placed(&self, wanted: &Item, _have: &[Item]) -> Result<Item> {
        Ok(wanted.clone())
    }

    /// The request that creates an item.
    fn create(&self, wanted: &Item) -> FacetRequest;

    /// The request that gives an item of the mailbox these members, which [`Facet::normal`] found to differ.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where the service lets none of them be changed.
    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest>;

    /// The request that removes an item of the mailbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what the service lets nobody remove.
    fn remove(&self, have: &Item) -> Result<FacetRequest>;

    /// Where one item is read again, before it is written and after an unknown outcome; `None`: by the list.
    fn path_of(&self, have: &Item) -> Option<String>;
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
            (_, Some(to)) => {
                let wanted = self.normal(to);
                items.iter().filter(own).any(|item| holds(&self.normal(item), &wanted))
            }
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
                let mut now = from.clone();
                now.extend(to.clone());
                let back = to.keys().map(|name| (name.clone(), from.get(name).cloned().unwrap_or_default())).collect();
                Change::of(self, &now, back).ok()
            }
        }
    }
}

/// Whether all members of `wanted` are in `found`.
pub(crate) fn holds(found: &Item, wanted: &Item) -> bool {
    wanted.iter().all(|(name, value)| found.get(name) == Some(value))
}

/// The facet of a name.
///
/// # Errors
///
/// `InvalidArgument` with the names that there are.
pub fn named(name: &str) -> Result<Box<dyn Facet>> {
    match name {
        calendar_permissions::NAME => Ok(Box::new(calendar_permissions::CalendarPermissions)),
        categories::NAME => Ok(Box::new(categories::Categories)),
        contacts::NAME => Ok(Box::new(contacts::Contacts)),
        inbox_rules::NAME => Ok(Box::new(inbox_rules::InboxRules)),
        mail_folders::NAME => Ok(Box::new(mail_folders::MailFolders)),
        _ => Err(Error::argument(format!("facet: must be one of {}, not {name:?}", NAMES.join(", ")))),
    }
}

/// The names of all facets.
pub const NAMES: [&str; 5] =
    [inbox_rules::NAME, calendar_permissions::NAME, categories::NAME, mail_folders::NAME, contacts::NAME];

/// Some members of an item, in its own order.
pub(crate) fn picked(item: &Item, names: &[&str]) -> Item {
    let own = item.iter().filter(|(name, _)| names.contains(&name.as_str()));
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Refuses a member that nobody can write.
pub(crate) fn known(wanted: &Item, names: &[&str]) -> Result<()> {
    match wanted.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(Error::argument(format!("{name}: must be one of {}", names.join(", ")))),
        None => Ok(()),
    }
}

/// The text of a member; empty where there is none.
pub(crate) fn text<'i>(item: &'i Item, name: &str) -> &'i str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A segment of a path that holds an id or a name.
pub(crate) fn segment(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, crate::graph::identity::NOT_UNRESERVED).to_string()
}
