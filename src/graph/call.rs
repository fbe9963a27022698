//! One call of Graph with a token, and the same with retries.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;
use tokio::sync::mpsc::Sender;
use url::Url;

use super::api_version::ApiVersion;
use super::error::{error_within_success, reply_error};
use super::permission;
use crate::attempt::AttemptError;
use crate::auth::cache::memory::Freshness;
use crate::auth::jwt_reader;
use crate::auth::request::TokenParameters;
use crate::auth::token::AccessToken;
use crate::auth::token_source::TokenSource;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{Clock, HttpReply, HttpRequest, HttpSender, Patience, Retrier, RetryPolicy};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One version of Graph for one app. A copy shares its tokens and connections.
#[derive(Clone, Debug)]
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
        let base = base(&resource, ApiVersion::default())?;
        Ok(Self { base, resource, tokens, sender, clock })
    }

    /// The same in this version of the API.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::new`].
    pub fn of_version(self: &Arc<Self>, version: ApiVersion) -> Result<Arc<Self>> {
        if version == ApiVersion::default() {
            return Ok(Arc::clone(self));
        }
        let base = base(&self.resource, version)?;
        Ok(Arc::new(Self { base, ..Self::clone(self) }))
    }

    /// A token, so that what is wrong with the credential shows before the first call.
    ///
    /// # Errors
    ///
    /// What the endpoint, the certificate or the network said.
    pub async fn prepare(&self, context: &Context) -> Result<()> {
        self.tokens
            .token(TokenParameters { patience: Patience::Short, ..self.token_parameters() }, Freshness::Cached, context)
            .await
            .map(drop)
            .map_err(crate::auth::token_endpoint::TokenFailure::into_error)
    }

    /// The id of the tenant that the token is of, where it says so.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::prepare`].
    pub async fn tenant(&self, context: &Context) -> Result<Option<String>> {
        let wanted = TokenParameters { patience: Patience::Short, ..self.token_parameters() };
        let token = self.tokens.token(wanted, Freshness::Cached, context).await;
        let (token, _) = token.map_err(crate::auth::token_endpoint::TokenFailure::into_error)?;
        let claims = jwt_reader::read(token.secret().bytes()).map(|token| token.claims).unwrap_or_default();
        Ok(claims.get("tid").and_then(Value::as_str).map(str::to_lowercase))
    }

    /// Sends one request, once. `path` stands below the API's version and is percent-encoded by the caller, or is a
    /// link that Graph itself gave. A reply that is no success is an error.
    ///
    /// # Errors
    ///
    /// [`AttemptError`]; a 401 is retryable where a new token can be had, which the next call gets. An error of a
    /// write says whether the write may have happened.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &HeaderMap,
        body: Option<Bytes>,
        context: &Context,
    ) -> Result<HttpReply, AttemptError> {
        self.exchange(method, path, headers, body, context).await.map(|(reply, _)| reply)
    }

    /// As [`GraphClient::send`], with the token that the reply was given for.
    pub(super) async fn exchange(
        &self,
        method: Method,
        path: &str,
        headers: &HeaderMap,
        body: Option<Bytes>,
        context: &Context,
    ) -> Result<(HttpReply, Arc<AccessToken>), AttemptError> {
        self.exchanged(method, path, headers, body, None, context).await
    }

    /// GETs what may be of any length: its body goes to `pieces` as it comes, and the reply has none.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`].
    pub async fn fetch(
        &self,
        path: &str,
        headers: &HeaderMap,
        pieces: &Sender<Bytes>,
        context: &Context,
    ) -> Result<HttpReply, AttemptError> {
        self.exchanged(Method::GET, path, headers, None, Some(pieces), context).await.map(|(reply, _)| reply)
    }

    async fn exchanged(
        &self,
        method: Method,
        path: &str,
        headers: &HeaderMap,
        body: Option<Bytes>,
        pieces: Option<&Sender<Bytes>>,
        context: &Context,
    ) -> Result<(HttpReply, Arc<AccessToken>), AttemptError> {
        let url = self.url(path)?;
        // Before the token, which nobody needs while nothing may be sent.
        self.pass(context, || {}).await?;
        let (token, _) = self
            .tokens
            .token(self.token_parameters(), Freshness::Cached, context)
            .await
            .map_err(|failure| AttemptError::Token(failure.into_error()))?;
        let mut request = HttpRequest { method: method.clone(), url, headers: headers.clone(), body };
        request.headers.insert(header::AUTHORIZATION, token.authorization());
        request.headers.entry(header::ACCEPT).or_insert(JSON);
        if request.body.is_some() {
            request.headers.entry(header::CONTENT_TYPE).or_insert(JSON);
        }
        // And after it: a token may have been long in coming.
        let count = || _ = context.cost.requests.fetch_add(1, Ordering::Relaxed);
        self.pass(context, count).await?;
        let reply = match pieces {
            None => self.sender.send(request, context).await?,
            Some(pieces) => self.sender.fetch(request, pieces, context).await?,
        };
        context.cost.bytes.fetch_add(reply.body.len() as u64, Ordering::Relaxed);
        // The link to a further page is a whole URL.
        let named = if path.contains("://") { self.relative(path)?.into() } else { Cow::Borrowed(path) };
        let reply = self.judged(reply, (&method, &named), &token, context).await?;
        Ok((reply, token))
    }

    /// The reply where it is a success, else its error. Of each reply, alone or within a batch, this notes what
    /// the service announced, and lets go of a token that it does not take.
    pub(super) async fn judged(
        &self,
        reply: HttpReply,
        (method, path): (&Method, &str),
        token: &AccessToken,
        context: &Context,
    ) -> Result<HttpReply> {
        context.limits.note(&reply.headers, self.clock.monotonic());
        let permission = || permission::needed(method, path);
        // Reads can be repeated, whatever became of them.
        let of_method = |error: Error| if *method == Method::GET { error.maybe_done(false) } else { error };
        if reply.status.is_success() {
            if let Some(error) = error_within_success(&reply, self.clock.now()) {
                return Err(of_method(error));
            }
            if !token.is_of_person() {
                permission().into_iter().for_each(|permission| permission.note_granted(&context.granted));
            }
            return Ok(reply);
        }
        let hint = || permission().map(|permission| permission.hint(&context.granted));
        let error = of_method(reply_error(&reply, hint, self.clock.now()));
        if error.status() == Status::Unauthorized {
            self.tokens.note_claims_challenge(&self.resource, &reply.headers, context).await;
            return Err(error.retryable(self.tokens.reject(&self.resource, token.serial()).await));
        }
        Err(error)
    }

    /// GETs a path below the API's version, once.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`].
    pub async fn get(&self, path: &str, context: &Context) -> Result<Bytes, AttemptError> {
        self.send(Method::GET, path, &HeaderMap::new(), None, context).await.map(|reply| reply.body)
    }

    /// The same with retries.
    ///
    /// # Errors
    ///
    /// The last try's.
    pub async fn get_with_retries(&self, path: &str, policy: &RetryPolicy, context: &Context) -> Result<Bytes> {
        Ok(self.retrier(*policy).run(Patience::Full, context, || self.get(path, context)).await?)
    }

    /// How a call that somebody waits for is tried again.
    #[must_use]
    pub fn retrier(&self, policy: RetryPolicy) -> Retrier {
        Retrier::new(policy, Arc::clone(&self.clock), "trying")
    }

    /// The clock that calls go by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Waits until the work may begin another request; what stops the work stops it for all.
    async fn pass(&self, context: &Context, begin: impl FnOnce()) -> Result<(), AttemptError> {
        context.gate.pass(|| self.clock.monotonic(), begin).await.map_err(AttemptError::Run)
    }

    fn token_parameters(&self) -> TokenParameters<'_> {
        TokenParameters { resource: &self.resource, valid_for_minutes: None, patience: Patience::Full }
    }

    /// The URL of a path. What would leave the API's base is refused.
    pub(super) fn url(&self, path: &str) -> Result<Url> {
        let url = self.base.join(path).map_err(|_| Error::argument(format!("{path:?} is not a path")))?;
        let is_here = url.scheme() == self.base.scheme()
            && url.host_str() == self.base.host_str()
            && url.port_or_known_default() == self.base.port_or_known_default();
        let below = is_here && url.path().starts_with(self.base.path());
        if below { Ok(url) } else { Err(Error::argument(format!("{path:?} leads outside of {}", self.base))) }
    }

    /// A path as it stands in a batch: relative to the API's base, and not beyond it.
    pub(super) fn relative(&self, path: &str) -> Result<String> {
        let mut url = self.url(path)?;
        url.set_fragment(None);
        let base = self.base.as_str().len();
        // Below the base, as `url` has checked.
        Ok(url.as_str().get(base..).unwrap_or_default().to_owned())
    }
}

/// What the paths of a version are below.
fn base(resource: &str, version: ApiVersion) -> Result<Url> {
    Url::parse(&format!("{resource}/{}/", version.name()))
        .map_err(|_| Error::argument(format!("cloud: {resource:?} is not a host name")))
}
