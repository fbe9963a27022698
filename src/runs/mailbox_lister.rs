//! Mailboxes that the library finds itself, as input of a run.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;

use super::source::SourceRequest;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::graph::rooms::RoomListing;
use crate::graph::users::{UserListing, UsersOf};
use crate::http::RetryPolicy;
use crate::runner::{Listed, Lister, Page};

/// Lists what the request says with the tries that `retry` allows each page.
pub(super) fn lister(source: &SourceRequest, graph: Arc<GraphClient>, retry: RetryPolicy) -> Box<dyn Lister> {
    let of = match source.clone() {
        SourceRequest::All { filter, top, include_without_mailbox } => {
            UsersOf::Tenant { filter, top, include_without_mailbox }
        }
        SourceRequest::Group(name) => UsersOf::Group(name),
        SourceRequest::Rooms => return Box::new(RoomLister(RoomListing::new(graph, retry))),
    };
    Box::new(MailboxLister(UserListing::new(graph, of, retry)))
}

/// Each user as a line that has its properties for templates.
struct MailboxLister(UserListing);

impl Lister for MailboxLister {
    fn next_page<'a>(&'a mut self, context: &'a Context) -> BoxFuture<'a, Result<Page>> {
        Box::pin(async move {
            let page = self.0.next_page(context).await?;
            let listed = page.users.into_iter().map(|user| {
                let line = line_of(&user)?;
                Ok(Listed { id: user.id, line })
            });
            Ok(Page { listed: listed.collect::<Result<_>>()?, skipped: page.skipped, last: page.last })
        })
    }
}

/// Each room as a line that names its mailbox by the address.
struct RoomLister(RoomListing);

impl Lister for RoomLister {
    fn next_page<'a>(&'a mut self, context: &'a Context) -> BoxFuture<'a, Result<Page>> {
        Box::pin(async move {
            let page = self.0.next_page(context).await?;
            let listed = page.rooms.into_iter().map(|room| {
                let line = line_of(&room)?;
                Ok(Listed { id: room.id, line })
            });
            Ok(Page { listed: listed.collect::<Result<_>>()?, skipped: page.skipped, last: page.last })
        })
    }
}

fn line_of(listed: &impl Serialize) -> Result<String> {
    serde_json::to_string(listed).map_err(|cause| Error::internal(format!("writing a line of input: {cause}")))
}
