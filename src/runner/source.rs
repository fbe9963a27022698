//! Input that the library finds itself.

use futures_util::future::BoxFuture;

use crate::context::Context;
use crate::error::Result;

/// Gives input that the library finds itself: users of the tenant, members of a group.
pub trait Lister: Send + Sync {
    /// The next page. A page token that has expired is the lister's own affair: it starts over, and what was
    /// listed before is recognised by its id.
    fn next_page<'a>(&'a mut self, context: &'a Context) -> BoxFuture<'a, Result<Page>>;
}

/// What a [`Lister`] found.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// In the order of the directory.
    pub listed: Vec<Listed>,
    /// What was left out because it has no mailbox.
    pub skipped: u64,
    /// No page follows.
    pub last: bool,
}

/// One line of input that was found.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The directory's id, by which a repeated listing is recognised.
    pub id: String,
    /// The line, as JSON without its newline.
    pub line: String,
}
