//! What a facet is: how its items are known, compared and written.

use serde_json::Value;

use super::change::{Change, Difference, Within, kept};
use super::item::Item;
use super::reading::Reading;
use super::request::FacetRequest;
use crate::error::Result;

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

    /// The members of `wanted` whose values are other ones in `have`, as they are to be written; none where it is as
    /// wanted.
    fn differing(&self, have: &Item, wanted: &Item) -> Item {
        let (has, wants) = (self.normal(have), self.normal(wanted));
        self.writable(wanted).into_iter().filter(|(name, _)| has.get(name) != wants.get(name)).collect()
    }

    /// An item with these members in the place of its own.
    fn with(&self, item: &Item, members: &Item) -> Item {
        item.iter().chain(members).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// What undoes that `to` was written over `from`.
    fn back(&self, from: &Item, to: &Item) -> Item {
        to.keys().map(|name| (name.clone(), from.get(name).cloned().unwrap_or_default())).collect()
    }

    /// What a change keeps of an item that gets these members: what must still be there for it to be made.
    fn before(&self, have: &Item, differing: &Item) -> Item {
        let mut before = kept(self.writable(have), have);
        // What is not there yet is null: the way back leads there.
        for name in differing.keys() {
            before.entry(name.as_str()).or_insert(Value::Null);
        }
        before
    }

    /// What is wrong with an item that somebody wants to be there.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    fn check(&self, wanted: &Item) -> Result<()>;

    /// An item of which only the key is known: what is not to be there.
    fn keyed(&self, key: &str) -> Item;

    /// The members by which an item is known among the elements of the list that it is in.
    fn known_by(&self, item: &Item) -> Item;

    /// Whether something that the reading gives is no item, but a folder that items lie in.
    fn is_place(&self, _found: &Item) -> bool {
        false
    }

    /// How deep an item lies within others of its facet: what is around it is made before it, and goes after it.
    fn depth(&self, _item: &Item) -> usize {
        0
    }

    /// Whether an item lies within another, and goes with it.
    fn is_within(&self, _item: &Item, _around: &Item) -> bool {
        false
    }

    /// What must be made before items can be: the folder that they lie in.
    fn groundwork(&self, _have: &[Item]) -> Vec<Change> {
        Vec::new()
    }

    /// A wanted item with what creating it takes of what is there: the id of the folder that it lies in. `is_coming`
    /// says of a key that an item of it is made before this one.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where that is not there.
    fn placed(&self, wanted: &Item, _have: &[Item], _is_coming: &dyn Fn(&str) -> bool) -> Result<Item> {
        Ok(wanted.clone())
    }

    /// An item of the mailbox as it is made again: by the names of folders around it, where these may have been made
    /// again too and have other ids then.
    fn rooted(&self, have: &Item) -> Item {
        let added = have.iter().filter(|(name, _)| name.starts_with('#'));
        self.writable(have).into_iter().chain(added.map(|(name, value)| (name.clone(), value.clone()))).collect()
    }

    /// The folders that lead to where an item lies, for requests with [`super::change::WITHIN_ID`].
    fn within(&self, _item: &Item) -> Vec<Within> {
        Vec::new()
    }

    /// The list that an item is in once it is made.
    fn list_of(&self, placed: &Item) -> String {
        format!("{}{}", self.create(placed).path, self.page())
    }

    /// What asks for large pages of such lists, where the service gives small ones by itself.
    fn page(&self) -> &'static str {
        ""
    }

    /// The request that creates an item, as [`Facet::placed`] or [`Facet::rooted`] gives it.
    fn create(&self, wanted: &Item) -> FacetRequest;

    /// The request that gives an item of the mailbox these members, which [`Facet::normal`] found to differ.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where the service lets none of them be changed.
    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest>;

    /// What is done to an item once it is there with its members, by a request of its own: its photo. `made` is the
    /// creation of an item that is not there yet.
    fn afterwards(&self, _have: Option<&Item>, _made: Option<&Change>, _wanted: &Item) -> Option<Difference> {
        None
    }

    /// Whether an item that is there must go, and be made anew, to be as is wanted: nothing else takes away what it has.
    fn must_go(&self, _have: &Item, _wanted: &Item) -> bool {
        false
    }

    /// The request that removes an item of the mailbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for what the service lets nobody remove.
    fn remove(&self, have: &Item) -> Result<FacetRequest>;

    /// Where one item is read again, before it is written and after an unknown outcome; `None`: by the list.
    fn path_of(&self, have: &Item) -> Option<String>;
}
