//! The rooms of a tenant, as its places have them.
//!
//! Source: Microsoft Graph "List places", "room resource type": application permission Place.Read.All.

use std::sync::Arc;

use http::HeaderMap;
use serde::{Deserialize, Serialize};

use super::call::GraphClient;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Pager, Patience, RetryPolicy};

const FIRST: &str = "places/microsoft.graph.room?$top=100";

/// A room. As a line of input it is asked for by its address: the id is that of the place, and of no user.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase", serialize = "PascalCase"))]
pub struct Room {
    /// Of the place.
    #[serde(skip_serializing)]
    pub id: String,
    /// Of its mailbox.
    pub email_address: Option<String>,
    /// Its name.
    pub display_name: Option<String>,
}

/// Lists rooms, page by page.
#[derive(Debug)]
pub struct RoomListing {
    graph: Arc<GraphClient>,
    retry: RetryPolicy,
    pager: Pager,
}

/// One page of a listing.
#[derive(Debug)]
pub struct RoomPage {
    /// Those that have a mailbox.
    pub rooms: Vec<Room>,
    /// How many have none.
    pub skipped: u64,
    /// No page follows.
    pub last: bool,
}

impl RoomListing {
    /// A listing that has not begun.
    #[must_use]
    pub fn new(graph: Arc<GraphClient>, retry: RetryPolicy) -> Self {
        Self { graph, retry, pager: Pager::default() }
    }

    /// The next page. Throttled requests are tried again.
    ///
    /// # Errors
    ///
    /// What the service said, with the permission that is needed.
    pub async fn next_page(&mut self, context: &Context) -> Result<RoomPage> {
        let in_context = |error: Error| error.action("listing the rooms of").target("the tenant");
        let path = self.pager.next().unwrap_or(FIRST).to_owned();
        let headers = HeaderMap::new();
        let page = || self.graph.page::<Room>(&path, &headers, context);
        let page = self.graph.retrier(self.retry).run(Patience::Full, context, page).await;
        let page = page.map_err(|failure| in_context(failure.into_error()))?;
        let elements = page.value.len();
        let has_address = |room: &Room| room.email_address.as_deref().is_some_and(|address| !address.trim().is_empty());
        let rooms: Vec<Room> = page.value.into_iter().filter(has_address).collect();
        self.pager.take(page.next_link.as_deref(), elements, |link| self.graph.holds(link)).map_err(in_context)?;
        Ok(RoomPage { skipped: (elements - rooms.len()) as u64, rooms, last: self.pager.next().is_none() })
    }
}
