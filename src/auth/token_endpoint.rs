//! One POST to a token endpoint, and what its answer means.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::form::Form;
use super::hint::hint;
use crate::attempt::TryFailure;
use crate::context::Context;
use crate::error::{Error, Status};
use crate::http::{Clock, HttpReply, HttpRequest, HttpSender, Retrier, RetryPolicy, json};

/// What an error says was being done.
const ACTION: &str = "getting a token from";

/// An endpoint that asks for a longer wait than this is not waited for: the caller is told how long.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How an endpoint is asked again.
#[must_use]
pub fn retrier(policy: RetryPolicy, clock: Arc<dyn Clock>) -> Retrier {
    Retrier::new(RetryPolicy { longest_wait: LONGEST_WAIT, ..policy }, clock, "asking for a token")
}

/// What the endpoint said against us.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The OAuth error (RFC 6749, 5.2), as it came.
    pub json: Value,
    /// The same as an error.
    pub error: Error,
    /// The service's time, for 700024.
    pub date: Option<Timestamp>,
}

impl Refusal {
    /// The numbers in `error_codes`.
    #[must_use]
    pub fn codes(&self) -> Vec<i64> {
        codes(&self.json)
    }
}

/// A token's members, or why none came.
pub type TokenResult<T> = Result<T, TokenFailure>;

/// Why no token came.
#[derive(Clone, Debug)]
pub enum TokenFailure {
    /// The endpoint refused.
    Refused(Box<Refusal>),
    /// Anything else.
    Other(Error),
}

impl From<Error> for TokenFailure {
    fn from(error: Error) -> Self {
        TokenFailure::Other(error)
    }
}

impl TryFailure for TokenFailure {
    fn curable(&self) -> Option<&Error> {
        Some(self.error())
    }
}

impl TokenFailure {
    /// The failure with its error changed.
    #[must_use]
    pub(super) fn map_error(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            TokenFailure::Refused(mut refusal) => {
                refusal.error = change(refusal.error);
                TokenFailure::Refused(refusal)
            }
            TokenFailure::Other(error) => TokenFailure::Other(change(error)),
        }
    }

    /// The failure as an error.
    #[must_use]
    pub fn error(&self) -> &Error {
        match self {
            TokenFailure::Refused(refusal) => &refusal.error,
            TokenFailure::Other(error) => error,
        }
    }

    /// The failure as an error.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            TokenFailure::Refused(refusal) => refusal.error,
            TokenFailure::Other(error) => error,
        }
    }
}

/// Posts a form once.
///
/// # Errors
///
/// [`TokenFailure::Refused`] for an OAuth error, else what went wrong.
pub async fn post(
    sender: &HttpSender,
    url: &Url,
    form: &Form,
    now: impl Fn() -> Timestamp,
    context: &Context,
) -> TokenResult<Map<String, Value>> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    // Says that 429 with Retry-After is understood, as MSAL does.
    headers.insert("x-ms-lib-capability", HeaderValue::from_static("retry-after, h429"));
    let request = HttpRequest { method: Method::POST, url: url.clone(), headers, body: Some(form.encode()) };
    let reply = sender.send(request, context).await.map_err(|error| error.action(ACTION).target(url.as_str()))?;
    let understood = understand(&reply, now());
    reply.wipe();
    understood.map_err(|failure| failure.map_error(|error| error.action(ACTION).target(url.as_str())))
}

/// What a reply means: its members, or why there is no token.
pub(super) fn understand(reply: &HttpReply, now: Timestamp) -> TokenResult<Map<String, Value>> {
    let body: Option<Value> = json::from_slice(&reply.body).ok();
    let retry_after = reply.retry_after(now);
    let retryable = reply.status == StatusCode::TOO_MANY_REQUESTS
        || reply.status == StatusCode::REQUEST_TIMEOUT
        || reply.status.is_server_error()
        || retry_after.is_some() && !reply.status.is_success();
    match body {
        Some(Value::Object(members)) if members.get("error").is_some_and(Value::is_string) => {
            // Microsoft Entra, "Error codes for token endpoint errors": "Retry the request"; it comes with status 400.
            let retryable = retryable || members["error"] == "temporarily_unavailable";
            Err(TokenFailure::Refused(Box::new(refusal(members, reply, now, retryable))))
        }
        Some(Value::Object(members)) if reply.status.is_success() => Ok(members),
        _ => {
            let status = if reply.status.is_success() { Status::ResponseInvalid } else { Status::Service };
            let status = if reply.status == StatusCode::TOO_MANY_REQUESTS { Status::Throttled } else { status };
            // App Service says `message` where others say `error_description`.
            let message = body.as_ref().and_then(|json| json.get("message")?.as_str());
            let message = match message {
                Some(message) => format!("the token endpoint answered {}: {message}", reply.status.as_u16()),
                None => {
                    format!("the token endpoint answered {} with something that is not a token", reply.status.as_u16())
                }
            };
            Err(TokenFailure::Other(
                Error::new(status, message)
                    .http_status(reply.status.as_u16())
                    .request_id(reply.request_id())
                    .client_request_id(Some(reply.client_request_id.clone()))
                    .retry_after(retry_after)
                    .retryable(retryable || reply.status.is_success()),
            ))
        }
    }
}

fn refusal(members: Map<String, Value>, reply: &HttpReply, now: Timestamp, retryable: bool) -> Refusal {
    let json = Value::Object(members);
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
    let code = text("error");
    // The description goes on with ids and the time, on lines of their own or behind the text.
    let description = text("error_description").map(|text| {
        let end = [" Trace ID:", "\r", "\n"].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
        text[..end].trim().trim_end_matches('.').to_owned()
    });
    let message = match (&code, &description) {
        (Some(code), Some(description)) => format!("{code}: {description}"),
        (Some(code), None) => code.clone(),
        _ => "an error without a name".to_owned(),
    };
    let numbers = codes(&json);
    let status = if numbers.contains(&90_002) { Status::TenantNotFound } else { Status::TokenRefused };
    let mut error = Error::new(status, format!("the token endpoint answered {} {message}", reply.status.as_u16()))
        .http_status(reply.status.as_u16())
        .service(code, description)
        .request_id(text("trace_id").or_else(|| reply.request_id()))
        .client_request_id(Some(reply.client_request_id.clone()))
        .retry_after(reply.retry_after(now))
        .retryable(retryable);
    if let Some(hint) = hint(&numbers) {
        error = error.hint(hint);
    }
    let date = reply.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
    Refusal { json, error, date: date.and_then(|date| Timestamp::try_from(date).ok()) }
}

fn codes(json: &Value) -> Vec<i64> {
    json.get("error_codes")
        .and_then(Value::as_array)
        .map_or_else(Vec::new, |codes| codes.iter().filter_map(Value::as_i64).collect())
}
