//! A collection that comes in pages.
//!
//! Source: Microsoft Graph "Paging Microsoft Graph data in your app".

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::call::{CallError, GraphClient};
use super::surrogates;
use crate::context::Context;
use crate::error::{Error, Result, Status};

/// One page of a collection.
#[derive(Clone, Debug, Deserialize)]
pub struct CollectionPage<T> {
    /// The elements.
    pub value: Vec<T>,
    /// The absolute URL of the next page; the last has none.
    #[serde(default, rename = "@odata.nextLink", alias = "odata.nextLink")]
    pub next_link: Option<String>,
}

impl<T: DeserializeOwned> CollectionPage<T> {
    /// Reads a page.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` for what is none.
    pub fn read(body: &Bytes) -> Result<Self> {
        surrogates::from_slice(body).map_err(|cause| {
            Error::new(Status::ResponseInvalid, format!("the service's reply is no page of a collection: {cause}"))
        })
    }
}

impl GraphClient {
    /// GETs one page: the first by its path, a further one by the link of the page before it.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`]; `ResponseInvalid` for a reply that is no page, and for one whose link leads away
    /// from the service or back to itself.
    pub async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        headers: &HeaderMap,
        context: &Context,
    ) -> std::result::Result<CollectionPage<T>, CallError> {
        let reply = self.send(Method::GET, path, headers, None, context).await?;
        let page = CollectionPage::read(&reply.body).map_err(CallError::Call)?;
        if let Some(link) = &page.next_link {
            self.check_link(link, path).map_err(CallError::Call)?;
        }
        Ok(page)
    }

    /// Checks the link to the page that follows the one at `path`: a token must not follow it to another host.
    pub(super) fn check_link(&self, link: &str, path: &str) -> Result<()> {
        let wrong = |what: &str| Err(Error::new(Status::ResponseInvalid, format!("the link to the next page {what}")));
        match self.relative(link) {
            Err(_) => wrong("leads away from the service"),
            Ok(_) if link == path => wrong("leads back to its own page"),
            Ok(_) => Ok(()),
        }
    }
}
