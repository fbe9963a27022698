//! Microsoft Graph: mailbox settings.
//!
//! Source: Microsoft Graph "Get user mailbox settings", "Update user mailbox settings", "Error responses".

use std::sync::{Arc, PoisonError};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::population::Broken;
use crate::reply::{Reply, http_date};
use crate::service::Service;

/// A request as Graph sees it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The host.
    pub host: &'a str,
    /// The path with its version.
    pub path: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// What a path is about.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// The user as named, decoded.
    pub user: String,
    /// What comes after the user.
    pub rest: String,
}

/// Whether a path is one of Graph's.
#[must_use]
pub fn is_graph_path(path: &str) -> bool {
    path.starts_with("/v1.0/") || path.starts_with("/beta/")
}

/// The user and the rest of a path: `/v1.0/users/{name}/...` or `/v1.0/users('{name}')/...`.
#[must_use]
pub fn target(path: &str) -> Option<Target> {
    let below = path.strip_prefix("/v1.0/").or_else(|| path.strip_prefix("/beta/"))?;
    let (user, rest) = if let Some(quoted) = below.strip_prefix("users('") {
        let (name, rest) = quoted.split_once("')")?;
        (percent_decode_str(name).decode_utf8().ok()?.replace("''", "'"), rest.trim_start_matches('/'))
    } else {
        let (name, rest) = below.strip_prefix("users/")?.split_once('/').unwrap_or((below.strip_prefix("users/")?, ""));
        (percent_decode_str(name).decode_utf8().ok()?.into_owned(), rest)
    };
    Some(Target { user, rest: rest.to_owned() })
}

/// Answers a request that no fault has struck.
#[must_use]
pub fn answer(service: &Service, asked: &Asked<'_>) -> Reply {
    if let Err(reply) = authorize(service, asked) {
        return reply;
    }
    let Some(target) = target(asked.path) else {
        return Reply::graph_error(400, "BadRequest", "Resource not found for the segment.");
    };
    let Some(index) = service.population.find(&target.user) else {
        let message = format!(
            "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
            target.user
        );
        return Reply::graph_error(404, "Request_ResourceNotFound", &message);
    };
    let Some(part) = target.rest.strip_prefix("mailboxSettings") else {
        return Reply::graph_error(
            400,
            "BadRequest",
            &format!("Resource not found for the segment '{}'.", target.rest),
        );
    };
    match service.population.broken(index) {
        Some(Broken::NotEnabled) => Reply::graph_error(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        ),
        Some(Broken::ItemNotFound) => {
            Reply::graph_error(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        }
        Some(Broken::BlockedByPolicy) => Reply::graph_error(
            403,
            "ErrorAccessDenied",
            "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
        ),
        None if asked.method == "GET" => settings(service, asked, &target.user, index, part.trim_start_matches('/')),
        None => Reply::graph_error(405, "ErrorInvalidRequest", "The OData request is not supported."),
    }
}

/// Checks the token: issued here, for Graph, alive, with the role.
fn authorize(service: &Service, asked: &Asked<'_>) -> Result<(), Reply> {
    let unauthorized = |message: &str| {
        Reply::graph_error(401, "InvalidAuthenticationToken", message).header(
            "www-authenticate",
            format!("Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\", error=\"invalid_token\", error_description=\"{message}\""),
        )
    };
    let Some(token) = asked.authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(unauthorized("Access token is empty."));
    };
    let Some(issued) = service.tokens.find(token) else {
        return Err(unauthorized("Access token validation failure. Invalid signature or revoked."));
    };
    if issued.expires <= service.now() {
        return Err(unauthorized("Lifetime validation failed, the token is expired."));
    }
    let is_local = asked.host.starts_with("localhost") || asked.host.starts_with("127.0.0.1");
    if !is_local && issued.audience.trim_end_matches('/') != format!("https://{}", asked.host) {
        return Err(unauthorized("Access token validation failure. Invalid audience."));
    }
    let wanted: &[&str] = if asked.method == "GET" {
        &["MailboxSettings.Read", "MailboxSettings.ReadWrite"]
    } else {
        &["MailboxSettings.ReadWrite"]
    };
    if wanted.iter().any(|role| issued.roles.iter().any(|has| has == role)) {
        return Ok(());
    }
    Err(Reply::graph_error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."))
}

fn settings(service: &Service, asked: &Asked<'_>, user: &str, index: u64, part: &str) -> Reply {
    let mut all = service.population.settings(index);
    if let Some(written) = service.written.lock().unwrap_or_else(PoisonError::into_inner).get(&index) {
        merge(&mut all, written);
    }
    let context = format!("https://{}/v1.0/$metadata#users('{user}')/mailboxSettings", asked.host);
    if part.is_empty() {
        return Reply::json(200, &with_context(&context, all));
    }
    match all.get(part) {
        None => {
            Reply::graph_error(400, "RequestBroker--ParseUri", &format!("Resource not found for the segment '{part}'."))
        }
        Some(object @ Value::Object(_)) => {
            Reply::json(200, &with_context(&format!("{context}/{part}"), object.clone()))
        }
        Some(value) => Reply::json(200, &json!({"@odata.context": format!("{context}/{part}"), "value": value})),
    }
}

fn with_context(context: &str, body: Value) -> Value {
    let mut all = serde_json::Map::new();
    all.insert("@odata.context".into(), context.into());
    if let Value::Object(members) = body {
        all.extend(members);
    }
    Value::Object(all)
}

/// Puts the members of `change` over those of `all`.
pub fn merge(all: &mut Value, change: &Value) {
    match (all, change) {
        (Value::Object(all), Value::Object(change)) => {
            for (name, value) in change {
                merge(all.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (all, change) => *all = change.clone(),
    }
}

/// The throttling that the configuration asks for: a share of the mailboxes at their first request, with
/// each form of Retry-After in turn.
#[must_use]
pub fn throttled(service: &Service, mailbox: u64, nth_request: u64) -> Option<Reply> {
    let draw = service.population.mix(mailbox, 8) % 1_000_000;
    #[expect(clippy::cast_precision_loss, reason = "below a million")]
    let struck = (draw as f64) < service.config.throttle_percent * 10_000.0;
    if !struck || nth_request > 1 {
        return None;
    }
    let seconds = service.config.throttle_seconds;
    let retry_after = match draw % 3 {
        0 => format!("{seconds}"),
        #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
        1 => format!("{}", seconds.ceil() as i64),
        _ => http_date(service.now() + 1),
    };
    let reply = if draw.is_multiple_of(2) {
        Reply::graph_error(429, "TooManyRequests", "Too many requests.")
    } else {
        Reply::graph_error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
    };
    Some(reply.header("retry-after", retry_after))
}

/// Counts a request of a mailbox while it is being answered.
#[derive(Debug)]
pub struct Busy {
    service: Arc<Service>,
    mailbox: Option<u64>,
}

impl Busy {
    /// Begins a request; the number says how many of this mailbox there are now.
    #[must_use]
    pub fn begin(service: &Arc<Service>, mailbox: Option<u64>) -> (Self, u32) {
        service.counters.count(|state| {
            state.in_flight += 1;
            state.max_in_flight = state.max_in_flight.max(state.in_flight);
        });
        let mut now = 0;
        if let Some(index) = mailbox {
            let mut busy = service.busy.lock().unwrap_or_else(PoisonError::into_inner);
            let number = busy.entry(index).or_default();
            *number += 1;
            now = *number;
        }
        (Self { service: Arc::clone(service), mailbox }, now)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.service.counters.count(|state| state.in_flight -= 1);
        if let Some(index) = self.mailbox {
            let mut busy = self.service.busy.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(number) = busy.get_mut(&index) {
                *number -= 1;
                if *number == 0 {
                    busy.remove(&index);
                }
            }
        }
    }
}
