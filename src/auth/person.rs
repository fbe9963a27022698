//! A person who signs in: once by device code or browser, from then on by the refresh token that came with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::app::App;
use super::authorization_code;
use super::cache::TokenKey;
use super::device_code;
use super::persistent_cache::{OpenCache, PersistentCache};
use super::proof::Proof;
use super::refresh_token::RefreshTokenGrant;
use super::token_endpoint::{TokenFailure, TokenResult};
use super::token_source::Asked;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::Patience;
use crate::secret::Secret;

/// How a person signs in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// On any device, with a code that is shown (RFC 8628).
    DeviceCode,
    /// In a browser on this machine (RFC 8252).
    Browser(BrowserOptions),
    /// With a refresh token from an earlier sign-in.
    RefreshToken(Secret),
}

/// How to sign in with a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserOptions {
    /// The loopback port that the browser comes back to; by default a free one.
    pub port: Option<u16>,
    /// Whether to open the browser; the URL is said in any case.
    pub open: bool,
    /// Whose account to suggest.
    pub login_hint: Option<String>,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self { port: None, open: true, login_hint: None }
    }
}

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
    pub(super) async fn request(&self, asked: Asked<'_>, context: &Context) -> TokenResult<Map<String, Value>> {
        let mut session = self.session.lock().await;
        let scope = self.scope(asked.wanted.resource);
        let kept = self.kept().await?;
        let mut refused = None;
        for refresh_token in self.refresh_tokens(&session, kept.as_ref(), context).await {
            let grant = RefreshTokenGrant { refresh_token: &refresh_token, scope: &scope };
            match self.app.request(&grant, &Proof::Nothing, asked, context).await {
                Ok(members) => return Ok(self.keep(&mut session, members, kept.as_ref(), context).await),
                Err(failure) if !is_over(&failure) => return Err(failure),
                Err(failure) => refused = Some(failure),
            }
        }
        match refused {
            Some(failure) if !self.may_ask_again(asked) => return Err(failure),
            Some(_) => session.refresh_token = None,
            None if asked.token_lives => {
                let error = Error::new(Status::CredentialMissing, "there is no refresh token to renew the token with");
                return Err(error.hint("sign in again").into());
            }
            None => {}
        }
        let members = match &self.sign_in {
            SignIn::DeviceCode => device_code::sign_in(&self.app, &scope, asked, context).await?,
            SignIn::Browser(options) => authorization_code::sign_in(&self.app, options, &scope, asked, context).await?,
            SignIn::RefreshToken(_) => {
                let error = Error::new(Status::CredentialMissing, "the refresh token was refused before");
                return Err(error.hint("sign in again").into());
            }
        };
        Ok(self.keep(&mut session, members, kept.as_ref(), context).await)
    }

    pub(super) fn key(&self, resource: &str, cache: Option<&OpenCache>) -> Result<TokenKey> {
        let credential = match cache {
            None => format!("person {}", self.serial),
            Some(cache) => format!("{} for {}", self.name(cache)?, self.scopes.names.join(" ")),
        };
        Ok(TokenKey { resource: resource.to_owned(), ..self.refresh_key(credential) })
    }

    /// Whom a later process means that signs in the same way.
    fn name(&self, cache: &OpenCache) -> Result<String> {
        Ok(match &self.sign_in {
            SignIn::Browser(BrowserOptions { login_hint: Some(hint), .. }) => format!("person {}", hint.to_lowercase()),
            SignIn::DeviceCode | SignIn::Browser(_) => "person".to_owned(),
            SignIn::RefreshToken(token) => format!("refresh token {}", cache.digest(token)?),
        })
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

    fn may_ask_again(&self, asked: Asked<'_>) -> bool {
        asked.wanted.patience != Patience::Full && !matches!(self.sign_in, SignIn::RefreshToken(_))
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
