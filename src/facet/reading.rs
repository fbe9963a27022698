//! How a part of a mailbox is read, a list at a time.

use std::fmt::Debug;

use http::HeaderMap;

use super::item::Item;

/// A list that is to be read, or a single object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Relative to the mailbox. Its `$top` is the size of a page, and the list is read to its end.
    pub path: String,
    /// What the elements lie within: the path of a folder, the name of a calendar; empty at the top.
    pub within: String,
    /// Whether the `$top` of the path is all that is wanted.
    pub takes_first: bool,
    /// Whether it is the content of something, of which the SHA-256 alone is wanted.
    pub digests: bool,
}

impl Step {
    /// A list at the top.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), within: String::new(), takes_first: false, digests: false }
    }

    /// A list of what lies within something.
    #[must_use]
    pub fn within(path: impl Into<String>, within: impl Into<String>) -> Self {
        Self { path: path.into(), within: within.into(), takes_first: false, digests: false }
    }
}

/// What an element of a list gives.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// An item, with what the reading adds to it: members that begin with `#`, which no service has.
    pub item: Option<Item>,
    /// Lists that are read because of it.
    pub further: Vec<Step>,
}

impl From<Item> for Taken {
    fn from(item: Item) -> Self {
        Self { item: Some(item), further: Vec::new() }
    }
}

/// How a part of a mailbox is read: lists, of which each element is an item or leads to further lists.
pub trait Reading: Debug + Send + Sync {
    /// What it is called in requests, plans and journals.
    fn name(&self) -> &'static str;

    /// Where the reading begins. The first of them is what mailboxes share batches for.
    fn begin(&self) -> Vec<Step>;

    /// What an element of a list gives.
    fn take(&self, _step: &Step, element: Item) -> Taken {
        element.into()
    }

    /// What is read once all that came before is: what of `found` leads to. What was read before is not read again.
    fn then(&self, _found: &[Item]) -> Vec<Step> {
        Vec::new()
    }

    /// Headers of each request.
    fn headers(&self) -> HeaderMap {
        HeaderMap::new()
    }
}
