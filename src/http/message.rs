//! One request and one reply.

use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderMap;
use http::{Method, StatusCode};
use jiff::Timestamp;
use zeroize::Zeroize as _;

use super::retry_after::parse_retry_after;

/// One request.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: url::Url,
    /// Headers; `client-request-id` and `user-agent` are added.
    pub headers: HeaderMap,
    /// The body.
    pub body: Option<Bytes>,
}

impl HttpRequest {
    /// A GET without headers.
    #[must_use]
    pub fn get(url: url::Url) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: None }
    }
}

/// One reply, whatever its status.
#[derive(Clone, Debug)]
pub struct HttpReply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed.
    pub body: Bytes,
    /// The id that was sent with the request.
    pub client_request_id: String,
}

impl HttpReply {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Wipes the body, which held a secret, as far as this reply is the only one that has its memory.
    pub fn wipe(self) {
        if let Ok(mut body) = self.body.try_into_mut() {
            body.zeroize();
        }
    }

    /// The service's id of the request: Graph says `request-id`, Entra and Azure `x-ms-request-id`.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        self.header("request-id").or_else(|| self.header("x-ms-request-id")).map(str::to_owned)
    }

    /// How long the service asks to wait.
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        parse_retry_after(self.header("retry-after")?, now)
    }
}
