//! Who sends: one client with its user agent and its longest time for a request.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use tokio::sync::mpsc::Sender;

use super::message::{HttpReply, HttpRequest};
use super::request_id::new_request_id;
use super::request_log::LoggedRequest;
use super::transport::Transport;
use crate::context::Context;
use crate::error::{Error, Result};

/// Longest URL, as `http::Uri` takes it; the services take less.
const LONGEST_URL: usize = u16::MAX as usize - 1;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// Sends requests of one client: its user agent, its longest time for a request, and its counters.
#[derive(Clone, Debug)]
pub struct HttpSender {
    transport: Arc<Transport>,
    user_agent: HeaderValue,
    timeout: Duration,
}

impl HttpSender {
    /// A sender over `transport`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a user agent that cannot be a header's value.
    pub fn new(transport: Arc<Transport>, user_agent: Option<&str>, timeout: Duration) -> Result<Self> {
        let own = concat!("exrun/", env!("CARGO_PKG_VERSION"));
        let user_agent = user_agent.map_or_else(|| own.to_owned(), |first| format!("{first} {own}"));
        let user_agent = HeaderValue::from_str(&user_agent)
            .map_err(|_| Error::argument("userAgent: holds characters that a header cannot carry"))?;
        Ok(Self { transport, user_agent, timeout })
    }

    /// Tells apart ways of connecting: senders of the same one share their connections.
    #[must_use]
    pub fn transport_id(&self) -> usize {
        Arc::as_ptr(&self.transport).addr()
    }

    /// Begins what a first request needs and takes time, for a caller who has other work before it. Only inside a
    /// runtime.
    pub fn prepare(&self) {
        self.transport.prepare();
    }

    /// Sends one request once, and logs it where `context` has a log. A reply of any status is `Ok`.
    ///
    /// # Errors
    ///
    /// `Connection`, `Timeout`, `Tls`, `Proxy`, or `ResponseInvalid` for a body that is too long.
    pub async fn send(&self, request: HttpRequest, context: &Context) -> Result<HttpReply> {
        self.sent(request, None, context).await
    }

    /// As [`HttpSender::send`], with the body of a good reply given to `pieces` as it comes, however long it is; the
    /// reply then has none.
    ///
    /// # Errors
    ///
    /// As [`HttpSender::send`].
    pub async fn fetch(&self, request: HttpRequest, pieces: &Sender<Bytes>, context: &Context) -> Result<HttpReply> {
        self.sent(request, Some(pieces), context).await
    }

    async fn sent(
        &self,
        mut request: HttpRequest,
        pieces: Option<&Sender<Bytes>>,
        context: &Context,
    ) -> Result<HttpReply> {
        let client_request_id = new_request_id();
        if let Ok(value) = HeaderValue::from_str(&client_request_id) {
            request.headers.insert(CLIENT_REQUEST_ID, value);
        }
        request.headers.insert(http::header::USER_AGENT, self.user_agent.clone());
        check_length(&request.url)?;
        let logged = LoggedRequest::begin(&request, &client_request_id, &context.events);
        let pool = self.transport.pool(request.url.host_str().unwrap_or_default());
        let sent = match pieces {
            None => pool.send(request, self.timeout, &client_request_id).await,
            // Larger than the others, and rare: each request moves about what the largest takes.
            Some(pieces) => Box::pin(pool.fetch(request, self.timeout, &client_request_id, pieces)).await,
        };
        if let Some(logged) = logged {
            logged.end(&sent);
        }
        sent.map_err(|error| error.client_request_id(Some(client_request_id)))
    }
}

/// Refuses what no request can carry: it comes from a path, a name or a filter of the caller's.
fn check_length(url: &url::Url) -> Result<()> {
    let length = url.as_str().len();
    if length <= LONGEST_URL {
        return Ok(());
    }
    Err(Error::argument(format!("the URL of the request has {length} bytes; it can have {LONGEST_URL} at most"))
        .hint("look for a name, a path or a filter that is much too long"))
}
