//! The photos of users.
//!
//! Source: Microsoft Graph "Get profilePhoto": application permission ProfilePhoto.Read.All, or User.Read.All; 404
//! `ImageNotFound` where there is none.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::call::GraphClient;
use super::identity::NOT_UNRESERVED;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Patience, RetryPolicy};

/// The photo of a user by his id, as it was given to him; `None` where he has none, or has no mailbox.
///
/// # Errors
///
/// What the service said, with the permission that is needed.
pub async fn photo(graph: &GraphClient, id: &str, retry: &RetryPolicy, context: &Context) -> Result<Option<Bytes>> {
    let path = format!("users/{}/photo/$value", percent_encoding::utf8_percent_encode(id, NOT_UNRESERVED));
    let headers = HeaderMap::new();
    let read = || graph.send(Method::GET, &path, &headers, None, context);
    match graph.retrier(*retry).run(Patience::Full, context, read).await {
        Ok(reply) => Ok(Some(reply.body)),
        Err(failure) => {
            let error: Error = failure.into_error();
            match error.http_status_code() {
                Some(404) => Ok(None),
                _ => Err(error.action("reading the photo of the member of the group").target(id)),
            }
        }
    }
}
