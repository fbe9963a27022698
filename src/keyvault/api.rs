//! One request of a vault: challenge, token, retries.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value};
use url::Url;

use super::challenge::{self, Challenge};
use super::error::reply_error;
use super::location::VaultLocation;
use crate::attempt::AttemptError;
use crate::auth::cache::memory::Freshness;
use crate::auth::claims;
use crate::auth::request::TokenParameters;
use crate::auth::token_source::TokenSource;
use crate::cloud::Cloud;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Backoff, Clock, HttpReply, HttpRequest, HttpSender, Patience, Retrier, RetryPolicy, json};

/// The version of the API that every cloud has.
pub const DEFAULT_API_VERSION: &str = "7.4";

/// What Key Vault's guidance asks for after 429: tries again after 1, 2, 4, 8 and 16 seconds.
const MOST_TRIES: u32 = 6;

/// Where someone waits for the answer, a vault that stays silent is said after a few seconds.
const MOST_TRIES_OF_THE_IMPATIENT: u32 = 3;

/// What can be done without for now is not waited for any longer.
const LONGEST_TRY_OF_THE_INDIFFERENT: Duration = Duration::from_secs(10);

/// Gives tokens of the tenant that a vault trusts.
pub trait TokenProvider: Debug + Send + Sync {
    /// Where tokens of that tenant come from.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` for what can be no tenant.
    fn source(&self, tenant: &str) -> Result<Arc<TokenSource>>;
}

/// Key Vault for one app.
#[derive(Clone, Debug)]
pub struct VaultApi {
    /// Whose login host is trusted.
    pub cloud: Cloud,
    /// Sends the requests.
    pub sender: HttpSender,
    /// Gives the tokens.
    pub tokens: Arc<dyn TokenProvider>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// The version of the API.
    pub api_version: String,
    /// Longest time from the first try to the last.
    pub max_elapsed: Duration,
    /// Most tries, where fewer than Key Vault's guidance knows.
    pub max_tries: u32,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Bytes>,
}

impl VaultApi {
    /// GETs something of a vault.
    pub(super) async fn get(
        &self,
        vault: &VaultLocation,
        segments: &[&str],
        patience: Patience,
        context: &Context,
    ) -> Result<Map<String, Value>> {
        let url = vault.url(segments, &self.api_version);
        self.call(vault, Call { method: Method::GET, url, body: None }, patience, context).await
    }

    /// Sends a call until it is answered or gives up. What is sent may be sent twice.
    pub(super) async fn call(
        &self,
        vault: &VaultLocation,
        call: Call,
        patience: Patience,
        context: &Context,
    ) -> Result<Map<String, Value>> {
        let is_first = AtomicBool::new(true);
        let attempt = || async {
            if !is_first.swap(false, Ordering::Relaxed) {
                context.cost.retries.fetch_add(1, Ordering::Relaxed);
            }
            let tried = Self::within(patience, self.call_once(vault, &call, patience, context)).await;
            tried.inspect_err(|failure| {
                if matches!(failure, AttemptError::Item(error) if error.status() == Status::Throttled) {
                    context.cost.throttled.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        Ok(self.retrier().run(patience, context, attempt).await?)
    }

    fn retrier(&self) -> Retrier {
        let policy = RetryPolicy {
            max_tries_of_the_impatient: MOST_TRIES_OF_THE_IMPATIENT,
            backoff: Backoff::WholeSeconds,
            ..RetryPolicy::new(self.max_tries.min(MOST_TRIES), self.max_elapsed)
        };
        Retrier::new(policy, Arc::clone(&self.clock), "asking the vault")
    }

    /// Whoever can do without an answer for now does not wait for a vault that hangs.
    async fn within<T>(
        patience: Patience,
        work: impl Future<Output = Result<T, AttemptError>>,
    ) -> Result<T, AttemptError> {
        if patience != Patience::OneTry {
            return work.await;
        }
        match tokio::time::timeout(LONGEST_TRY_OF_THE_INDIFFERENT, work).await {
            Ok(done) => done,
            Err(_) => Err(Error::new(Status::Timeout, "the vault did not answer in time").retryable(true).into()),
        }
    }

    /// One try: a challenge where none is remembered, a token, the request. A token that is refused is replaced
    /// once, and so is a challenge that has changed.
    async fn call_once(
        &self,
        vault: &VaultLocation,
        call: &Call,
        patience: Patience,
        context: &Context,
    ) -> Result<Map<String, Value>, AttemptError> {
        let authority = vault.authority();
        let mut challenge = match challenge::remembered(&self.sender, &self.cloud, &authority) {
            Some(challenge) => challenge,
            None => self.ask_for_challenge(vault, call, context).await?,
        };
        let mut was_refused = false;
        loop {
            let tokens = self.tokens.source(&challenge.tenant)?;
            let wanted = TokenParameters { resource: &challenge.resource, valid_for_minutes: None, patience };
            let (token, _) = tokens
                .token(wanted, Freshness::Cached, context)
                .await
                .map_err(|failure| AttemptError::Token(failure.into_error()))?;
            let mut request = request(call);
            request.headers.insert(header::AUTHORIZATION, token.authorization());
            request.body.clone_from(&call.body);
            let reply = self.send(request, context).await?;
            if reply.status != StatusCode::UNAUTHORIZED {
                let read = self.read(&reply).map_err(AttemptError::Item);
                reply.wipe();
                return read;
            }
            let error = reply_error(&reply, self.clock.now());
            tokens.note_claims_challenge(&challenge.resource, &reply.headers, context).await;
            // A 401 that asks for more of the token says nothing new about whose token it must be.
            let next = match claims::challenge(&reply.headers) {
                Some(_) => challenge.clone(),
                None => Challenge::of(&reply, vault.host(), &self.cloud)?,
            };
            let has_changed = next != challenge;
            challenge::remember(&self.sender, &self.cloud, &authority, &next);
            let has_other = has_changed || tokens.reject(&challenge.resource, token.serial()).await;
            if was_refused || !has_other {
                return Err(error.into());
            }
            was_refused = true;
            challenge = next;
        }
    }

    /// Asks without a token, and without what is to be sent: the answer says whose token is needed.
    async fn ask_for_challenge(&self, vault: &VaultLocation, call: &Call, context: &Context) -> Result<Challenge> {
        let reply = self.send(request(call), context).await?;
        match reply.status {
            StatusCode::UNAUTHORIZED => {
                let challenge = Challenge::of(&reply, vault.host(), &self.cloud)?;
                challenge::remember(&self.sender, &self.cloud, &vault.authority(), &challenge);
                Ok(challenge)
            }
            status if status.is_success() => Err(Error::new(
                Status::ResponseInvalid,
                "the host answered without asking for a token, which no vault does",
            )
            .http_status(status.as_u16())
            .hint("check the vault's URL")),
            _ => Err(reply_error(&reply, self.clock.now())),
        }
    }

    async fn send(&self, request: HttpRequest, context: &Context) -> Result<HttpReply> {
        context.cost.requests.fetch_add(1, Ordering::Relaxed);
        self.sender.send(request, context).await
    }

    fn read(&self, reply: &HttpReply) -> Result<Map<String, Value>> {
        if !reply.status.is_success() {
            return Err(reply_error(reply, self.clock.now()));
        }
        // The parser's own words would repeat what it read, which may be a secret.
        json::from_slice::<Map<String, Value>>(&reply.body).map_err(|_| {
            Error::new(Status::ResponseInvalid, "the vault's reply is not a JSON object")
                .http_status(reply.status.as_u16())
                .request_id(reply.request_id())
                .client_request_id(Some(reply.client_request_id.clone()))
        })
    }
}

fn request(call: &Call) -> HttpRequest {
    let mut request = HttpRequest::get(call.url.clone());
    request.method = call.method.clone();
    request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if call.method != Method::GET {
        request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    request
}
