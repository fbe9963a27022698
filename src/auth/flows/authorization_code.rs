//! The authorization code grant with PKCE: a person signs in with a browser on this machine (RFC 6749, 4.1;
//! RFC 7636; RFC 8252).
//!
//! Source: Microsoft Entra "OAuth 2.0 authorization code flow".

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use url::Url;
use zeroize::Zeroizing;

use super::app::{App, Grant};
use super::browser;
use super::loopback::{Loopback, Redirect};
use crate::auth::credential::BrowserOptions;
use crate::auth::form::Form;
use crate::auth::hint::hint;
use crate::auth::proof::Proof;
use crate::auth::request::IssuerRequest;
use crate::auth::token_endpoint::TokenResult;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::event::Event;

/// How long the person may take.
const SIGN_IN_WITHIN: Duration = Duration::from_secs(600);

const ACTION: &str = "signing in with a browser";

struct AuthorizationCodeGrant<'a> {
    code: &'a str,
    verifier: &'a str,
    redirect_uri: &'a str,
    scope: &'a str,
}

impl Grant for AuthorizationCodeGrant<'_> {
    fn fill(&self, form: &mut Form) {
        form.add("grant_type", "authorization_code");
        form.add("code", self.code);
        form.add("redirect_uri", self.redirect_uri);
        form.add("code_verifier", self.verifier);
        form.add("scope", self.scope);
    }
}

/// Opens the browser, says its URL, and waits until it comes back with a code.
pub(super) async fn sign_in(
    app: &App,
    options: &BrowserOptions,
    scope: &str,
    request: IssuerRequest<'_>,
    context: &Context,
) -> TokenResult<Map<String, Value>> {
    let said = |error: Error| error.action(ACTION);
    let verifier = random_text()?;
    let state = random_text()?;
    let loopback = Loopback::bind(options.port).await.map_err(said)?;
    let redirect_uri = loopback.redirect_uri();
    let challenge = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(verifier.as_bytes()));
    let mut url = app.authority.authorize_url();
    url.query_pairs_mut()
        .append_pair("client_id", &app.client_id)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("response_mode", "query")
        .append_pair("scope", scope)
        .append_pair("state", &state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    match &options.login_hint {
        Some(hint) => url.query_pairs_mut().append_pair("login_hint", hint),
        // A machine may hold several accounts: the person says which.
        None => url.query_pairs_mut().append_pair("prompt", "select_account"),
    };
    if let Some(claims) = request.claims {
        url.query_pairs_mut().append_pair("claims", claims);
    }
    announce(&url, options.open, context).await;

    let clock = &app.retrier.clock;
    let redirect = tokio::select! {
        redirect = loopback.redirect(&state) => redirect,
        () = clock.sleep(SIGN_IN_WITHIN) => {
            let late = format!("nobody signed in within {} s", SIGN_IN_WITHIN.as_secs());
            return Err(said(Error::new(Status::TokenRefused, late)).into());
        }
    };
    let code = code_of(redirect).map_err(said)?;
    let grant = AuthorizationCodeGrant { code: &code, verifier: &verifier, redirect_uri: &redirect_uri, scope };
    app.request(&grant, &Proof::Nothing, request, context).await
}

/// Says where to sign in, whether or not a browser opens: it may open on a screen that nobody sees.
async fn announce(url: &Url, open: bool, context: &Context) {
    let opened = open && browser::open(url).await;
    let message = if opened {
        format!("Sign in with the browser that was opened; if none was, open {url}")
    } else {
        format!("To sign in, open {url} in a web browser on this machine")
    };
    context.events.emit(Event::SignIn, &message, [("url", url.as_str().into()), ("browserOpened", opened.into())]);
}

fn code_of(redirect: Redirect) -> Result<Zeroizing<String>> {
    match redirect {
        Redirect::Code(code) => Ok(code),
        Redirect::Refused { error, description } => {
            // The description begins with the number: AADSTS65004: ...
            let number = description
                .as_deref()
                .and_then(|text| text.strip_prefix("AADSTS"))
                .and_then(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok());
            let text = match &description {
                Some(description) => format!("the sign-in page answered {error}: {description}"),
                None => format!("the sign-in page answered {error}"),
            };
            let refused = Error::new(Status::TokenRefused, text).service(Some(error), description);
            Err(match number.and_then(|number| hint(&[number])) {
                Some(hint) => refused.hint(hint),
                None => refused,
            })
        }
    }
}

/// 256 random bits as text (RFC 7636, 4.1: 43 characters).
fn random_text() -> Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes)
        .map_err(|cause| Error::internal(format!("the system gives no randomness: {cause}")))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes)))
}
