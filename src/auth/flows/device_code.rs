//! The device authorization grant: a person signs in on any device with a code that is shown (RFC 8628).
//!
//! Source: Microsoft Entra "OAuth 2.0 device authorization grant flow".

use std::time::Duration;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::app::{App, Grant};
use crate::auth::form::Form;
use crate::auth::proof::Proof;
use crate::auth::request::IssuerRequest;
use crate::auth::token_endpoint::{self, TokenFailure, TokenResult};
use crate::auth::token_life;
use crate::context::Context;
use crate::error::{Error, Status};
use crate::event::Event;
use crate::http::Patience;
use crate::printable::printable;

/// RFC 8628, 3.2: where the endpoint does not say.
const DEFAULT_INTERVAL: u64 = 5;
/// RFC 8628, 3.5: what `slow_down` adds.
const SLOWER_BY: u64 = 5;
const LONGEST_INTERVAL: u64 = 60;
/// No code is waited for longer, whatever the endpoint says.
const LONGEST_LIFE: u64 = 3600;
const DEFAULT_LIFE: u64 = 900;

struct DeviceCodeGrant<'a> {
    device_code: &'a str,
}

impl Grant for DeviceCodeGrant<'_> {
    fn fill(&self, form: &mut Form) {
        form.add("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        form.add("device_code", self.device_code);
    }
}

/// What the endpoint gave to begin with.
struct Started {
    device_code: Zeroizing<String>,
    user_code: String,
    verification_uri: String,
    message: String,
    interval: u64,
    life: u64,
}

/// Shows a code and waits until the person has signed in with it, has declined, or the code has expired.
pub(super) async fn sign_in(
    app: &App,
    scope: &str,
    request: IssuerRequest<'_>,
    context: &Context,
) -> TokenResult<Map<String, Value>> {
    let started = start(app, scope, context).await?;
    context.events.emit(
        Event::DeviceCode,
        &started.message,
        [
            ("userCode", started.user_code.as_str().into()),
            ("verificationUri", started.verification_uri.as_str().into()),
            ("expiresInSeconds", started.life.into()),
        ],
    );
    let clock = &app.retrier.clock;
    let began = clock.monotonic();
    let grant = DeviceCodeGrant { device_code: &started.device_code };
    let mut interval = started.interval;
    loop {
        let elapsed = clock.monotonic().saturating_duration_since(began);
        if elapsed >= Duration::from_secs(started.life) {
            return Err(expired(started.life).into());
        }
        clock.sleep(Duration::from_secs(interval)).await;
        let failure = match app.request(&grant, &Proof::Nothing, request, context).await {
            Ok(members) => return Ok(members),
            Err(failure) => failure,
        };
        match oauth_error(&failure) {
            Some("authorization_pending") => {}
            Some("slow_down") => interval = (interval + SLOWER_BY).min(LONGEST_INTERVAL),
            Some("expired_token" | "code_expired") => return Err(expired(started.life).into()),
            Some("authorization_declined" | "access_denied") => {
                return Err(failure.map_error(|error| error.hint("the person declined; start again")));
            }
            // RFC 8628, 3.5: a connection that fails is no reason to give up, only to ask less often.
            None if failure.error().is_retryable() => interval = (interval * 2).min(LONGEST_INTERVAL),
            _ => return Err(failure),
        }
    }
}

async fn start(app: &App, scope: &str, context: &Context) -> TokenResult<Started> {
    let url = app.authority.device_code_url();
    let attempt = || async {
        let mut form = Form::default();
        form.add("client_id", app.client_id.as_str());
        form.add("scope", scope);
        token_endpoint::post(&app.sender, &url, &form, || app.retrier.clock.now(), context).await
    };
    let mut members = app.retrier.run(Patience::Short, context, attempt).await?;
    let mut text = |name: &str| match members.get_mut(name).map(Value::take) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let invalid = |what: &str| {
        Error::new(Status::ResponseInvalid, format!("the reply holds no {what}"))
            .action("asking for a device code at")
            .target(url.as_str())
    };
    let device_code = Zeroizing::new(text("device_code").ok_or_else(|| invalid("device_code"))?);
    let user_code = printable(text("user_code").ok_or_else(|| invalid("user_code"))?);
    // Entra once said verification_url.
    let uri = text("verification_uri").or_else(|| text("verification_url"));
    let verification_uri = printable(uri.ok_or_else(|| invalid("verification_uri"))?);
    let message = text("message").map_or_else(
        || format!("To sign in, open {verification_uri} in a web browser and enter the code {user_code}"),
        printable,
    );
    let seconds = |name: &str| token_life::seconds(&members, name).map(i64::unsigned_abs);
    Ok(Started {
        device_code,
        user_code,
        verification_uri,
        message,
        interval: seconds("interval").unwrap_or(DEFAULT_INTERVAL).clamp(1, LONGEST_INTERVAL),
        life: seconds("expires_in").unwrap_or(DEFAULT_LIFE).min(LONGEST_LIFE),
    })
}

fn oauth_error(failure: &TokenFailure) -> Option<&str> {
    match failure {
        TokenFailure::Refused(refusal) => refusal.json.get("error").and_then(Value::as_str),
        TokenFailure::Other(_) => None,
    }
}

fn expired(life: u64) -> Error {
    Error::new(Status::TokenRefused, format!("nobody signed in with the code within {life} s"))
        .action("signing in with a device code")
        .hint("start again, and enter the code in time")
}
