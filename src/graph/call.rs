//! One call of Graph with a token, and the same with retries.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderValue, header};
use url::Url;

use super::error::reply_error;
use crate::auth::cache::Freshness;
use crate::auth::client_credentials::Wanted;
use crate::auth::token_source::TokenSource;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Clock, HttpRequest, HttpSender, RetryPolicy};

/// A 401 calls for a new token at once; a second one after it is final.
pub const TRIES_WITH_NEW_TOKENS: u32 = 2;

/// Why a call gave nothing.
#[derive(Clone, Debug)]
pub enum CallError {
    /// No token: no other call of this client will fare better.
    NoToken(Error),
    /// This call failed.
    Call(Error),
}

impl CallError {
    /// The error, whichever it is.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            CallError::NoToken(error) | CallError::Call(error) => error,
        }
    }
}

/// Graph for one app.
#[derive(Debug)]
pub struct GraphClient {
    base: Url,
    resource: String,
    tokens: Arc<TokenSource>,
    sender: HttpSender,
    clock: Arc<dyn Clock>,
}

impl GraphClient {
    /// Graph of a cloud; `resource` is what its tokens are for, `https://` and the host.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where the host is none.
    pub fn new(resource: String, tokens: Arc<TokenSource>, sender: HttpSender, clock: Arc<dyn Clock>) -> Result<Self> {
        let base = Url::parse(&format!("{resource}/v1.0/"))
            .map_err(|_| Error::argument(format!("cloud: {resource:?} is no host name")))?;
        Ok(Self { base, resource, tokens, sender, clock })
    }

    /// A token, so that what is wrong with the credential shows before the first call.
    ///
    /// # Errors
    ///
    /// What the endpoint, the certificate or the network said.
    pub async fn prepare(&self, context: &Context) -> Result<()> {
        self.tokens
            .token(Wanted { impatient: true, ..self.wanted() }, Freshness::Cached, context)
            .await
            .map(drop)
            .map_err(crate::auth::token_endpoint::TokenFailure::into_error)
    }

    /// GETs a path below the API's version, once. `path` is percent-encoded by the caller.
    ///
    /// # Errors
    ///
    /// [`CallError`]; a 401 is retryable where a new token can be had, which the next call gets.
    pub async fn get(&self, path: &str, context: &Context) -> std::result::Result<Bytes, CallError> {
        let (token, _) = self
            .tokens
            .token(self.wanted(), Freshness::Cached, context)
            .await
            .map_err(|failure| CallError::NoToken(failure.into_error()))?;
        let mut request = HttpRequest::get(self.url(path).map_err(CallError::Call)?);
        request.headers.insert(header::AUTHORIZATION, token.authorization());
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        context.cost.requests.fetch_add(1, Ordering::Relaxed);
        let reply = self.sender.send(request).await.map_err(CallError::Call)?;
        if reply.status.is_success() {
            return Ok(reply.body);
        }
        let mut error = reply_error(&reply, self.clock.now());
        if error.status() == Status::Unauthorized {
            self.tokens.heed(&self.resource, &reply.headers, context).await;
            error = error.retryable(self.tokens.reject(&self.resource, token.serial()).await);
        }
        Err(CallError::Call(error))
    }

    /// The same with retries.
    ///
    /// # Errors
    ///
    /// The last try's.
    pub async fn get_with_retries(&self, path: &str, policy: &RetryPolicy, context: &Context) -> Result<Bytes> {
        let began = self.clock.monotonic();
        let mut tries = 0;
        let mut unauthorized = 0;
        loop {
            tries += 1;
            let error = match self.get(path, context).await {
                Ok(body) => return Ok(body),
                Err(CallError::NoToken(error)) => return Err(error),
                Err(CallError::Call(error)) => error,
            };
            if error.status() == Status::Unauthorized {
                unauthorized += 1;
                if unauthorized >= TRIES_WITH_NEW_TOKENS || !error.is_retryable() {
                    return Err(error);
                }
                continue;
            }
            let elapsed = self.clock.monotonic().saturating_duration_since(began);
            let Some(wait) = policy.wait(&error, tries, elapsed) else { return Err(error) };
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            context.events.emit(
                "retry",
                &format!("trying again in {wait_ms} ms: {error}"),
                [("waitMs", wait_ms.into()), ("tries", tries.into())],
            );
            self.clock.sleep(wait).await;
        }
    }

    /// The clock that calls go by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn wanted(&self) -> Wanted<'_> {
        Wanted { resource: &self.resource, valid_for_minutes: None, impatient: false }
    }

    /// The URL of a path. What would leave the API's base is refused.
    fn url(&self, path: &str) -> Result<Url> {
        let url = self.base.join(path).map_err(|_| Error::argument(format!("{path:?} is no path")))?;
        let below = url.origin() == self.base.origin() && url.path().starts_with(self.base.path());
        if below { Ok(url) } else { Err(Error::argument(format!("{path:?} leads outside of {}", self.base))) }
    }
}
