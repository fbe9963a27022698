//! A collection that comes in pages.
//!
//! Source: Microsoft Graph "Paging Microsoft Graph data in your app", "Use delta query to track changes in Microsoft Graph
//! data".

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::call::GraphClient;
use super::json;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};

/// One page of a collection.
#[derive(Clone, Debug, Deserialize)]
pub struct CollectionPage<T> {
    /// The elements.
    pub value: Vec<T>,
    /// The absolute URL of the next page; the last has none, or an empty one.
    #[serde(default, rename = "@odata.nextLink", alias = "odata.nextLink")]
    pub next_link: Option<String>,
    /// Of a delta query: the absolute URL by which the next round is asked for; its last page alone has one.
    #[serde(default, rename = "@odata.deltaLink", alias = "odata.deltaLink")]
    pub delta_link: Option<String>,
}

impl<T: DeserializeOwned> CollectionPage<T> {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` for what is none.
    pub fn read(body: &Bytes) -> Result<Self> {
        json::from_slice(body).map_err(|cause| {
            Error::new(Status::ResponseInvalid, format!("the service's reply is not a page of a collection: {cause}"))
        })
    }
}

impl GraphClient {
    /// GETs one page: the first by its path, a further one by the link of the page before it.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`]; `ResponseInvalid` for a reply that is no page.
    pub async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        headers: &HeaderMap,
        context: &Context,
    ) -> Result<CollectionPage<T>, AttemptError> {
        let reply = self.send(Method::GET, path, headers, None, context).await?;
        Ok(CollectionPage::read(&reply.body)?)
    }

    /// Whether a link leads to the service itself.
    pub(crate) fn holds(&self, link: &str) -> bool {
        self.relative(link).is_ok()
    }
}
