//! A person who signs in: once by device code or browser, from then on by the refresh token that came with it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use tokio::sync::Mutex;

use super::app::App;
use super::authorization_code;
use super::cache::TokenKey;
use super::device_code;
use super::proof::Proof;
use super::refresh_token::RefreshTokenGrant;
use super::token_endpoint::{TokenFailure, TokenResult};
use super::token_source::Asked;
use crate::context::Context;
use crate::error::{Error, Status};
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

static LAST_SERIAL: AtomicU64 = AtomicU64::new(0);

impl Person {
    /// A person who has not signed in yet.
    #[must_use]
    pub fn new(app: App, sign_in: SignIn, scopes: PersonScopes) -> Self {
        let refresh_token = match &sign_in {
            SignIn::RefreshToken(token) => Some(token.clone()),
            SignIn::DeviceCode | SignIn::Browser(_) => None,
        };
        let serial = LAST_SERIAL.fetch_add(1, Ordering::Relaxed) + 1;
        Self { app, sign_in, scopes, serial, session: Mutex::new(Session { refresh_token }) }
    }

    /// A token: by the refresh token where there is one. The person is asked when nobody has signed in yet, and
    /// when the refresh token is refused and someone waits for just this token: not in the middle of a run.
    pub(super) async fn request(&self, asked: Asked<'_>, context: &Context) -> TokenResult<Map<String, Value>> {
        let mut session = self.session.lock().await;
        let scope = self.scope(asked.wanted.resource);
        if let Some(refresh_token) = session.refresh_token.clone() {
            let grant = RefreshTokenGrant { refresh_token: &refresh_token, scope: &scope };
            match self.app.request(&grant, &Proof::Nothing, asked, context).await {
                Ok(members) => return Ok(session.keep(members)),
                Err(failure) if !self.may_ask_again(&failure, asked) => return Err(failure),
                Err(_) => session.refresh_token = None,
            }
        }
        let members = match &self.sign_in {
            SignIn::DeviceCode => device_code::sign_in(&self.app, &scope, asked, context).await?,
            SignIn::Browser(options) => authorization_code::sign_in(&self.app, options, &scope, asked, context).await?,
            SignIn::RefreshToken(_) => {
                let error = Error::new(Status::CredentialMissing, "the refresh token was refused before");
                return Err(error.hint("sign in again").into());
            }
        };
        Ok(session.keep(members))
    }

    pub(super) fn key(&self, resource: &str) -> TokenKey {
        TokenKey {
            token_url: self.app.token_url().into(),
            client_id: self.app.client_id.clone(),
            resource: resource.to_owned(),
            credential: format!("person {}", self.serial),
            claims: None,
        }
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

    fn may_ask_again(&self, failure: &TokenFailure, asked: Asked<'_>) -> bool {
        let TokenFailure::Refused(refusal) = failure else { return false };
        let is_over = matches!(
            refusal.json.get("error").and_then(Value::as_str),
            Some("invalid_grant" | "interaction_required" | "login_required" | "consent_required")
        );
        is_over && asked.wanted.impatient && !matches!(self.sign_in, SignIn::RefreshToken(_))
    }
}

impl Session {
    /// Keeps the refresh token to itself; a reply without one leaves that of before.
    fn keep(&mut self, mut members: Map<String, Value>) -> Map<String, Value> {
        if let Some(Value::String(token)) = members.shift_remove("refresh_token") {
            self.refresh_token = Some(Secret::new(token.into_bytes()));
        }
        members
    }
}
