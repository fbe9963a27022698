//! A person who signs in: once by device code or browser, from then on by the refresh token that came with it.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::app::App;
use super::authorization_code;
use super::device_code;
use super::refresh_token::RefreshTokenGrant;
use crate::auth::cache::key::TokenKey;
use crate::auth::cache::persistent::{OpenCache, PersistentCache};
use crate::auth::credential::{Describe as _, SignIn};
use crate::auth::issuer::{CacheScope, Issuer};
use crate::auth::proof::Proof;
use crate::auth::proof::assertion::Assertion;
use crate::auth::proof::signer::cannot_sign;
use crate::auth::request::AssertionRequest;
use crate::auth::request::IssuerRequest;
use crate::auth::token_endpoint::{TokenFailure, TokenResult};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::secret::Secret;

/// A person of a public client.
#[derive(Debug)]
pub struct Person {
    app: App,
    sign_in: SignIn,
    scopes: PersonScopes,
    /// Tells this person's tokens from another one's of the same app.
    serial: u64,
    /// Where the refresh token outlives the process, if anywhere.
    persistent: Option<Arc<PersistentCache>>,
    session: Mutex<Session>,
}

/// The permissions to ask for.
#[derive(Clone, Debug)]
pub struct PersonScopes {
    /// What they are permissions of, `https://` and the host.
    pub resource: String,
    /// Their names, such as `MailboxSettings.Read`; none: those that the app is registered with.
    pub names: Vec<String>,
}

#[derive(Debug, Default)]
struct Session {
    refresh_token: Option<Secret>,
}

/// The place of a person's refresh token in the persistent cache.
#[derive(Debug)]
struct KeptSession {
    cache: Arc<OpenCache>,
    key: TokenKey,
}

static LAST_SERIAL: AtomicU64 = AtomicU64::new(0);

impl Person {
    /// A person who has not signed in yet.
    #[must_use]
    pub fn new(app: App, sign_in: SignIn, scopes: PersonScopes, persistent: Option<Arc<PersistentCache>>) -> Self {
        let serial = LAST_SERIAL.fetch_add(1, Ordering::Relaxed) + 1;
        Self { app, sign_in, scopes, serial, persistent, session: Mutex::default() }
    }

    /// A token: by the refresh token where there is one. The person is asked when nobody has signed in yet, and
    /// when the refresh token is refused and someone waits for just this token: not in the middle of a run.
    async fn request_members(&self, request: IssuerRequest<'_>, context: &Context) -> TokenResult<Map<String, Value>> {
        let mut session = self.session.lock().await;
        let scope = self.scope(request.token.resource);
        let kept = self.kept().await?;
        let mut refused = None;
        for refresh_token in self.refresh_tokens(&session, kept.as_ref(), context).await {
            let grant = RefreshTokenGrant { refresh_token: &refresh_token, scope: &scope };
            match self.app.request(&grant, &Proof::Nothing, request, context).await {
                Ok(members) => return Ok(self.keep(&mut session, members, kept.as_ref(), context).await),
                Err(failure) if !is_over(&failure) => return Err(failure),
                Err(failure) => refused = Some(failure),
            }
        }
        match refused {
            Some(failure) if !self.may_ask_again(request) => return Err(failure),
            Some(_) => session.refresh_token = None,
            None if request.token_lives => {
                let error = Error::new(Status::CredentialMissing, "there is no refresh token to renew the token with");
                return Err(error.hint("sign in again").into());
            }
            None => {}
        }
        let members = match &self.sign_in {
            SignIn::DeviceCode => device_code::sign_in(&self.app, &scope, request, context).await?,
            SignIn::Browser(options) => {
                authorization_code::sign_in(&self.app, options, &scope, request, context).await?
            }
            SignIn::RefreshToken(_) => {
                let error = Error::new(Status::CredentialMissing, "the refresh token was refused before");
                return Err(error.hint("sign in again").into());
            }
        };
        Ok(self.keep(&mut session, members, kept.as_ref(), context).await)
    }

    fn key_of(&self, resource: &str, scope: &CacheScope) -> Result<TokenKey> {
        let credential = match scope {
            CacheScope::Process => format!("person {}", self.serial),
            CacheScope::Persistent(cache) => format!("{} for {}", self.name(cache)?, self.scopes.names.join(" ")),
        };
        Ok(TokenKey { resource: resource.to_owned(), ..self.refresh_key(credential) })
    }

    /// Whom a later process means that signs in the same way.
    fn name(&self, cache: &OpenCache) -> Result<String> {
        self.sign_in.identity(&|secret| cache.digest(secret))
    }

    /// A refresh token serves every resource.
    fn refresh_key(&self, credential: String) -> TokenKey {
        TokenKey {
            token_url: self.app.token_url().into(),
            client_id: self.app.client_id.clone(),
            resource: String::new(),
            credential,
            claims: None,
        }
    }

    /// The place of the refresh token in the persistent cache.
    async fn kept(&self) -> Result<Option<KeptSession>> {
        let Some(persistent) = &self.persistent else { return Ok(None) };
        let cache = persistent.open().await?;
        let key = self.refresh_key(self.name(&cache)?);
        Ok(Some(KeptSession { cache, key }))
    }

    /// The refresh tokens to try: that of this session, that which another process kept, that which was given.
    async fn refresh_tokens(&self, session: &Session, kept: Option<&KeptSession>, context: &Context) -> Vec<Secret> {
        let mut found: Vec<Secret> = session.refresh_token.iter().cloned().collect();
        let mut add = |token: Secret| {
            if !found.iter().any(|other| other.bytes() == token.bytes()) {
                found.push(token);
            }
        };
        if let Some(KeptSession { cache, key }) = kept
            && let Some(token) = cache.refresh_token(key, context).await
        {
            add(token);
        }
        if let SignIn::RefreshToken(token) = &self.sign_in
            && session.refresh_token.is_none()
        {
            add(token.clone());
        }
        found
    }

    /// Keeps the refresh token to itself; a reply without one leaves that of before.
    async fn keep(
        &self,
        session: &mut Session,
        mut members: Map<String, Value>,
        kept: Option<&KeptSession>,
        context: &Context,
    ) -> Map<String, Value> {
        if let Some(Value::String(token)) = members.shift_remove("refresh_token") {
            let token = Secret::new(token.into_bytes());
            if let Some(KeptSession { cache, key }) = kept {
                cache.keep_refresh_token(key, &token, self.app.retrier.clock.now(), context).await;
            }
            session.refresh_token = Some(token);
        }
        members
    }

    /// What is asked for of a resource, a refresh token and who the person is (OpenID Connect Core 1.0, 11).
    fn scope(&self, resource: &str) -> String {
        let names = &self.scopes.names;
        let permissions = if names.is_empty() || resource != self.scopes.resource {
            format!("{resource}/.default")
        } else {
            let qualified = |name: &String| match name.contains("://") {
                true => name.clone(),
                false => format!("{resource}/{name}"),
            };
            names.iter().map(qualified).collect::<Vec<_>>().join(" ")
        };
        format!("{permissions} openid profile offline_access")
    }

    fn may_ask_again(&self, request: IssuerRequest<'_>) -> bool {
        request.token.patience != Patience::Full && !matches!(self.sign_in, SignIn::RefreshToken(_))
    }
}

impl Issuer for Person {
    fn request<'a>(
        &'a self,
        request: IssuerRequest<'a>,
        context: &'a Context,
    ) -> BoxFuture<'a, TokenResult<Map<String, Value>>> {
        Box::pin(self.request_members(request, context))
    }

    fn key<'a>(&'a self, resource: &'a str, scope: &'a CacheScope) -> BoxFuture<'a, Result<TokenKey>> {
        Box::pin(ready(self.key_of(resource, scope)))
    }

    fn assertion<'a>(&'a self, _: AssertionRequest, _: &'a Context) -> BoxFuture<'a, Result<Assertion>> {
        Box::pin(ready(Err(cannot_sign("a person"))))
    }
}

/// Whether the endpoint says that only the person can help.
fn is_over(failure: &TokenFailure) -> bool {
    let TokenFailure::Refused(refusal) = failure else { return false };
    matches!(
        refusal.json.get("error").and_then(Value::as_str),
        Some("invalid_grant" | "interaction_required" | "login_required" | "consent_required")
    )
}
