//! Where a client's tokens come from.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::HeaderMap;
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Map, Value};

use super::cache::key::TokenKey;
use super::cache::memory::{self, Freshness, TokenEntry};
use super::cache::persistent::{OpenCache, PersistentCache};
use super::claims;
use super::issuer::{CacheScope, Issuer};
use super::proof::assertion::Assertion;
use super::proof::signer::cannot_sign;
use super::request::{AssertionRequest, IssuerRequest, TokenParameters};
use super::token::AccessToken;
use super::token_endpoint::TokenResult;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;
use crate::http::Clock;
use crate::secret::Secret;

/// A long run meets challenge after challenge; the tokens of so many are remembered to be refused.
const MOST_CHALLENGES: usize = 4;

/// Where a client's tokens come from: who issues them, or a token that the caller has.
#[derive(Debug)]
pub enum TokenSource {
    /// Issued when they are needed, and renewed.
    Issued(Box<IssuedTokens>),
    /// A token that the caller has.
    Given {
        /// The token.
        token: Secret,
        /// Where time comes from.
        clock: Arc<dyn Clock>,
        /// The token read, once.
        read: once_cell::sync::OnceCell<Arc<AccessToken>>,
    },
}

/// Tokens that an issuer gives, kept in the process's cache.
#[derive(Debug)]
pub struct IssuedTokens {
    issuer: Box<dyn Issuer>,
    clock: Arc<dyn Clock>,
    /// Whether tokens are asked for that live long and may be revoked at any time.
    continuous_access: bool,
    /// Where tokens outlive the process, if anywhere.
    persistent: Option<Arc<PersistentCache>>,
    /// The places in the cache that this client has used, the newest first: finding one costs less than making
    /// its key.
    entries: Mutex<Vec<UsedEntry>>,
}

#[derive(Clone, Debug)]
struct UsedEntry {
    resource: Arc<str>,
    claims: Option<Arc<str>>,
    entry: Arc<TokenEntry>,
    kept: Option<KeptToken>,
}

/// The place of a token in the persistent cache.
#[derive(Clone, Debug)]
struct KeptToken {
    cache: Arc<OpenCache>,
    key: Arc<TokenKey>,
}

impl TokenSource {
    /// A token with these parameters, and whether it came from the cache.
    ///
    /// # Errors
    ///
    /// What the endpoint, the certificate or the network said.
    pub async fn token(
        &self,
        parameters: TokenParameters<'_>,
        freshness: Freshness,
        context: &Context,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        match self {
            TokenSource::Issued(tokens) => tokens.token(parameters, freshness, context).await,
            TokenSource::Given { token, clock, read } => Ok((given(token, clock, read, parameters.resource)?, true)),
        }
    }

    /// The token that serves now, if there is one; nobody is asked.
    ///
    /// # Errors
    ///
    /// `TokenInvalid`, `TokenExpired` for a token that the caller has.
    pub fn at_hand(&self, resource: &str) -> Result<Option<Arc<AccessToken>>> {
        match self {
            TokenSource::Issued(tokens) => Ok(tokens.find(resource).and_then(|used| used.entry.living(&*tokens.clock))),
            TokenSource::Given { token, clock, read } => given(token, clock, read, resource).map(Some),
        }
    }

    /// The service refused the token of that serial: the next one is asked for anew. `false` where there is
    /// no way to a new one.
    pub async fn reject(&self, resource: &str, serial: u64) -> bool {
        match self {
            TokenSource::Issued(tokens) => {
                for used in tokens.lock().iter().filter(|used| &*used.resource == resource) {
                    used.entry.reject(serial);
                }
                true
            }
            TokenSource::Given { .. } => false,
        }
    }

    /// The service refused a request with these headers: where they say which claims the next token must have,
    /// they are asked for from now on.
    pub async fn note_claims_challenge(&self, resource: &str, headers: &HeaderMap, context: &Context) {
        if let (TokenSource::Issued(tokens), Some(challenge)) = (self, claims::challenge(headers)) {
            tokens.note_claims_challenge(resource, &challenge, context).await;
        }
    }

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing` for what has no private key; those of the certificate and the signer.
    pub async fn assertion(&self, request: AssertionRequest, context: &Context) -> Result<Assertion> {
        match self {
            TokenSource::Issued(tokens) => tokens.issuer.assertion(request, context).await,
            TokenSource::Given { .. } => Err(cannot_sign("an access token alone")),
        }
    }
}

/// A token that the caller has, for as long as it lives.
fn given(
    token: &Secret,
    clock: &Arc<dyn Clock>,
    read: &once_cell::sync::OnceCell<Arc<AccessToken>>,
    resource: &str,
) -> Result<Arc<AccessToken>> {
    let read = read.get_or_try_init(|| AccessToken::from_caller(token, resource, clock.now()).map(Arc::new))?;
    if read.expires_at <= clock.now() {
        let expired = format!("the access token that was given expired at {}", read.expires_at);
        return Err(Error::new(Status::TokenExpired, expired)
            .hint("get a new one, or give a certificate so that it can be renewed"));
    }
    Ok(Arc::clone(read))
}

impl IssuedTokens {
    /// The tokens of an issuer.
    #[must_use]
    pub fn new(
        issuer: Box<dyn Issuer>,
        clock: Arc<dyn Clock>,
        continuous_access: bool,
        persistent: Option<Arc<PersistentCache>>,
    ) -> Self {
        Self { issuer, clock, continuous_access, persistent, entries: Mutex::default() }
    }

    async fn token(
        &self,
        parameters: TokenParameters<'_>,
        freshness: Freshness,
        context: &Context,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        let used = self.used(parameters.resource).await?;
        // A sign-in has far more state than the cached token of every other call.
        let ask = || Box::pin(self.ask(&used, parameters, freshness, context));
        used.entry.get(freshness, &self.clock, ask).await
    }

    /// A token that another process kept and that needs no renewal; else one of the issuer.
    async fn ask(
        &self,
        used: &UsedEntry,
        parameters: TokenParameters<'_>,
        freshness: Freshness,
        context: &Context,
    ) -> TokenResult<(Arc<AccessToken>, bool)> {
        let kept = match &used.kept {
            Some(place) if freshness == Freshness::Cached => place.read(used, self.clock.now(), context).await,
            _ => None,
        };
        if let Some(token) = kept.as_ref().filter(|token| token.refresh_at > self.clock.now()) {
            context.events.emit(
                Event::StoredToken,
                &format!("took the token for {} that was kept, valid until {}", parameters.resource, token.expires_at),
                [("resource", parameters.resource.into()), ("expiresOn", token.expires_at.to_string().into())],
            );
            return Ok((Arc::clone(token), true));
        }
        let token_lives = freshness == Freshness::Cached && (kept.is_some() || used.entry.serves(&*self.clock));
        let request = IssuerRequest { token: parameters, claims: used.claims.as_deref(), token_lives };
        match (self.issue(used, request, context).await, kept) {
            (Ok(token), _) => Ok((token, false)),
            // It still serves; the next one who needs it tries to renew it again.
            (Err(_), Some(kept)) if kept.expires_at > self.clock.now() => Ok((kept, true)),
            (Err(failure), _) => Err(failure),
        }
    }

    async fn issue(
        &self,
        used: &UsedEntry,
        request: IssuerRequest<'_>,
        context: &Context,
    ) -> TokenResult<Arc<AccessToken>> {
        let resource = request.token.resource;
        let members = self.issuer.request(request, context).await?;
        let token = AccessToken::from_reply(members, resource, self.clock.now());
        let token = Arc::new(token.map_err(|error| error.action("getting a token for").target(resource))?);
        context.cost.tokens.fetch_add(1, Ordering::Relaxed);
        context.events.emit(
            Event::Token,
            &format!("got a token for {resource}, valid until {}", token.expires_at),
            [("resource", resource.into()), ("expiresOn", token.expires_at.to_string().into())],
        );
        if let Some(place) = &used.kept {
            place.cache.keep_access_token(&place.key, &token, self.clock.now(), context).await;
        }
        Ok(token)
    }

    async fn note_claims_challenge(&self, resource: &str, challenge: &Map<String, Value>, context: &Context) {
        let claims = claims::parameter_of(Some(challenge), self.continuous_access);
        let at_hand = self.find(resource);
        if at_hand.is_some_and(|used| used.claims.as_deref() == claims.as_deref()) {
            return;
        }
        context.events.emit(
            Event::ClaimsChallenge,
            &format!("{resource} asks for a token with further claims"),
            [("resource", resource.into())],
        );
        // What stands against it shows when the token is asked for.
        let _ = Box::pin(self.make(resource, claims)).await;
    }

    async fn used(&self, resource: &str) -> Result<UsedEntry> {
        match self.find(resource) {
            Some(used) => Ok(used),
            None => Box::pin(self.make(resource, claims::parameter_of(None, self.continuous_access))).await,
        }
    }

    fn find(&self, resource: &str) -> Option<UsedEntry> {
        self.lock().iter().find(|used| &*used.resource == resource).cloned()
    }

    async fn make(&self, resource: &str, claims: Option<String>) -> Result<UsedEntry> {
        let scope = match &self.persistent {
            Some(persistent) => CacheScope::Persistent(persistent.open().await?),
            None => CacheScope::Process,
        };
        let key = TokenKey { claims: claims.clone(), ..self.issuer.key(resource, &scope).await? };
        let (entry, kept) = match scope {
            CacheScope::Process => (memory::entry(None, key), None),
            CacheScope::Persistent(cache) => {
                let entry = memory::entry(Some(cache.path()), key.clone());
                (entry, Some(KeptToken { cache, key: Arc::new(key) }))
            }
        };
        let used = UsedEntry { resource: resource.into(), claims: claims.map(Arc::from), entry, kept };
        let mut entries = self.lock();
        // Those that were refused before the last challenge serve nobody any more.
        let mut seen = 0;
        entries.retain(|other| {
            *other.resource != *used.resource || {
                seen += 1;
                seen
            } < MOST_CHALLENGES
        });
        entries.insert(0, used.clone());
        Ok(used)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<UsedEntry>> {
        self.entries.lock()
    }
}

impl KeptToken {
    /// The token that was kept, unless the service refused it.
    async fn read(&self, used: &UsedEntry, now: Timestamp, context: &Context) -> Option<Arc<AccessToken>> {
        let token = self.cache.access_token(&self.key, now, context).await?;
        (!used.entry.is_refused(&token)).then(|| Arc::new(token))
    }
}
