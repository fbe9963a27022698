//! One HTTP exchange: which part of the service answers, which fault strikes, what is counted.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::faults::{Action, Break, Seen};
use crate::graph::{self, Asked};
use crate::reply::{Body, Reply, http_date};
use crate::service::Service;
use crate::{control, identity, login, vault};

const LONGEST_BODY: usize = 8 * 1024 * 1024;

/// Breaks the connection (HTTP/1.1) or the stream (HTTP/2).
#[derive(Debug, Default)]
pub struct Reset {
    /// What the stream is reset with; without it an internal error.
    reason: Option<h2::Error>,
}

impl Reset {
    /// Nothing was done, and the stream says so.
    #[must_use]
    pub fn refused() -> Self {
        Self { reason: Some(h2::Reason::REFUSED_STREAM.into()) }
    }
}

/// Breaks where the fault script says so before anything was carried out.
///
/// # Errors
///
/// [`Reset`]
pub fn break_before(action: &Action) -> Result<(), Reset> {
    match action.reset {
        Some(Break::Before) => Err(Reset::default()),
        Some(Break::Refused) => Err(Reset::refused()),
        Some(Break::After) | None => Ok(()),
    }
}

/// Breaks where it says so after that.
///
/// # Errors
///
/// [`Reset`]
pub fn break_after(action: &Action) -> Result<(), Reset> {
    if action.reset == Some(Break::After) { Err(Reset::default()) } else { Ok(()) }
}

impl std::fmt::Display for Reset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the fault script breaks this connection")
    }
}

impl std::error::Error for Reset {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.reason.as_ref().map(|reason| reason as _)
    }
}

/// Answers a request.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn answer(service: Arc<Service>, request: Request<Incoming>, is_tls: bool) -> Result<Response<Body>, Reset> {
    let (head, body) = request.into_parts();
    let authority = head.uri.authority().map(ToString::to_string);
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let host = authority.as_deref().or_else(|| header("host")).unwrap_or_default().to_owned();
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let method = head.method.as_str().to_owned();
    let text = |name: &str| header(name).unwrap_or_default().to_owned();
    let content_type = text("content-type");
    let client_request_id = text("client-request-id");
    let user_agent = text("user-agent");
    let authorization = header("authorization").map(str::to_owned);
    let read = async {
        http_body_util::Limited::new(body, LONGEST_BODY).collect().await.map(http_body_util::Collected::to_bytes)
    };

    if path.starts_with("/_emulator/") {
        let Ok(body) = read.await else { return Err(Reset::default()) };
        return Ok(control::answer(&service, &method, &path, &body).into_response());
    }
    let is_vault = is_tls && vault::is_vault(&host, &path);
    service.counters.count(|state| {
        state.without_client_request_id += u64::from(client_request_id.is_empty());
        if state.user_agent != user_agent {
            state.user_agent.clone_from(&user_agent);
        }
    });
    if is_tls && !is_vault && graph::is_graph_path(&path) {
        let Ok(body) = read.await else { return Err(Reset::default()) };
        let asked = Asked {
            method: &method,
            host: &host,
            path: &path,
            query: &query,
            authorization: authorization.as_deref(),
            content_type: &content_type,
            consistency_level: header("consistencylevel").unwrap_or_default(),
            if_match: header("if-match").unwrap_or_default(),
            prefer: header("prefer").unwrap_or_default(),
            client_request_id: &client_request_id,
            body: &body,
        };
        return Ok(graph::exchange::answer(&service, &asked).await?.into_response());
    }
    let kind = match login::kind(&path) {
        _ if !is_tls => "identity",
        _ if is_vault => "vault",
        kind => kind,
    };
    service.counters.count(|state| state.count_request(kind));
    let action = strike(&service, kind, &method, &path);
    if action.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(action.delay_ms)).await;
    }
    break_before(&action)?;
    graph::exchange::spoil(&service, &action);
    let Ok(body) = read.await else { return Err(Reset::default()) };
    let mut reply = match scripted(&service, &action) {
        Some(reply) => reply,
        None if is_vault => vault::answer(
            &service,
            &vault::Asked {
                method: &method,
                host: &host,
                path: &path,
                query: &query,
                authorization: authorization.as_deref(),
                content_type: &content_type,
                body: &body,
            },
        ),
        None if !is_tls => identity::answer(&service, &method, &path, &query, &head.headers),
        None => login::answer(
            &service,
            &login::Asked {
                method: &method,
                host: &host,
                path: &path,
                query: &query,
                content_type: &content_type,
                body: &body,
            },
        ),
    };
    break_after(&action)?;
    reply.truncated = action.truncate;
    if is_vault {
        reply = vault::with_ids(reply, &client_request_id, &service);
    }
    service.counters.count(|state| state.count_status(reply.status));
    Ok(reply.into_response())
}

fn strike(service: &Service, kind: &'static str, method: &str, path: &str) -> Action {
    let draw = service.draw(9);
    let seen = Seen { kind, class: "", method, path, body: b"", mailbox: None, draw, request_draw: draw };
    service.faults.strike(&seen).unwrap_or_default()
}

/// The reply that a fault script words itself.
#[must_use]
pub fn scripted(service: &Service, action: &Action) -> Option<Reply> {
    let mut reply = match (action.status, &action.body) {
        (None, None) => return None,
        (status, Some(body)) => {
            let mut reply = Reply::json(status.unwrap_or(200), &Value::Null);
            reply.body = body.clone().into_bytes();
            match &action.content_type {
                Some(kind) => reply.header("content-type", kind),
                None => reply,
            }
        }
        (Some(status), None) => Reply::graph_error(
            status,
            action.code.as_deref().unwrap_or("UnknownError"),
            action.message.as_deref().unwrap_or_default(),
        ),
    };
    if let Some(challenge) = &action.www_authenticate {
        reply = reply.header("www-authenticate", challenge);
    }
    if let Some(location) = &action.location {
        reply = reply.header("location", location);
    }
    if let Some(value) = &action.retry_after {
        reply = reply.header("retry-after", value);
    }
    if let Some(seconds) = action.retry_after_date {
        reply = reply.header("retry-after", http_date(service.now() + seconds));
    }
    Some(reply)
}
