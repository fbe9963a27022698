//! One HTTP exchange: which part of the service answers, which fault strikes, what is counted.

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::faults::{Action, Seen};
use crate::graph::{self, Asked, Busy};
use crate::reply::{Body, Reply, http_date};
use crate::service::Service;
use crate::{control, login, vault};

const LONGEST_BODY: usize = 8 * 1024 * 1024;

/// Breaks the connection (HTTP/1.1) or the stream (HTTP/2).
#[derive(Debug)]
pub struct Reset;

impl std::fmt::Display for Reset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the fault script breaks this connection")
    }
}

impl std::error::Error for Reset {}

/// Answers a request.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn answer(service: Arc<Service>, request: Request<Incoming>) -> Result<Response<Body>, Reset> {
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
        let Ok(body) = read.await else { return Err(Reset) };
        return Ok(control::answer(&service, &method, &path, &body).into_response());
    }
    let is_vault = vault::is_vault(&host, &path);
    let is_graph = !is_vault && graph::is_graph_path(&path);
    let kind = match (is_graph, login::is_login_path(&path)) {
        _ if is_vault => "vault",
        (true, _) => "graph",
        (_, true) if path.ends_with("/openid-configuration") => "openid",
        _ => "token",
    };
    let mailbox =
        is_graph.then(|| graph::target(&path)).flatten().and_then(|target| service.population.find(&target.user));
    let mut nth = 0;
    service.counters.count(|state| {
        *state.requests.entry(kind.to_owned()).or_default() += 1;
        state.without_client_request_id += u64::from(client_request_id.is_empty());
        if state.user_agent != user_agent {
            state.user_agent.clone_from(&user_agent);
        }
        if let Some(index) = mailbox {
            let asked = state.by_mailbox.entry(index).or_default();
            *asked += 1;
            nth = *asked;
        }
    });
    let busy = is_graph.then(|| Busy::begin(&service, mailbox));
    let over_limit = busy.as_ref().is_some_and(|(_, now)| *now > 4);

    let action = strike(&service, kind, &path, mailbox);
    if action.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(action.delay_ms)).await;
    }
    if action.reset.as_deref() == Some("before") {
        return Err(Reset);
    }
    if action.revoke_tokens {
        service.tokens.revoke_all();
    }
    let Ok(body) = read.await else { return Err(Reset) };
    if is_graph && service.config.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(service.config.latency_ms)).await;
    }
    let mut reply = match scripted(&service, &action) {
        Some(reply) => reply,
        None if over_limit => {
            Reply::graph_error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
                .header("retry-after", "1")
        }
        None if is_graph => {
            let asked = Asked {
                method: &method,
                host: &host,
                path: &path,
                authorization: authorization.as_deref(),
                body: &body,
            };
            mailbox
                .and_then(|index| graph::throttled(&service, index, nth))
                .unwrap_or_else(|| graph::answer(&service, &asked))
        }
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
        None => login::answer(&service, &method, &host, &path, &content_type, &body),
    };
    if action.reset.as_deref() == Some("after") {
        return Err(Reset);
    }
    reply.truncated = action.truncate;
    if is_vault {
        reply = vault::with_ids(reply, &client_request_id, &service);
    }
    if is_graph {
        reply = with_ids(reply, &client_request_id, service.now());
    }
    service.counters.count(|state| *state.statuses.entry(reply.status).or_default() += 1);
    drop(busy);
    Ok(reply.into_response())
}

fn strike(service: &Service, kind: &'static str, path: &str, mailbox: Option<u64>) -> Action {
    let draw = service.population.mix(mailbox.unwrap_or(path.len() as u64), 9);
    service.faults.strike(&Seen { kind, path, mailbox, draw }).unwrap_or_default()
}

/// The reply that a fault script words itself.
fn scripted(service: &Service, action: &Action) -> Option<Reply> {
    let mut reply = match (action.status, &action.body) {
        (None, None) => return None,
        (status, Some(body)) => {
            let mut reply = Reply::json(status.unwrap_or(200), &Value::Null);
            reply.body = body.clone().into_bytes();
            reply
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
    if let Some(value) = &action.retry_after {
        reply = reply.header("retry-after", value);
    }
    if let Some(seconds) = action.retry_after_date {
        reply = reply.header("retry-after", http_date(service.now() + seconds));
    }
    Some(reply)
}

/// Graph's ids: in the headers, and in the body of an error.
fn with_ids(mut reply: Reply, client_request_id: &str, now: i64) -> Reply {
    let request_id = uuid::Uuid::new_v4().to_string();
    if reply.status >= 400
        && let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body)
        && let Some(inner) = body.pointer_mut("/error/innerError").and_then(Value::as_object_mut)
    {
        let date = crate::reply::iso_date(now);
        inner.insert("date".into(), date.trim_end_matches('Z').into());
        inner.insert("request-id".into(), request_id.clone().into());
        let client_id = if client_request_id.is_empty() { &request_id } else { client_request_id };
        inner.insert("client-request-id".into(), client_id.into());
        reply.body = body.to_string().into_bytes();
    }
    let reply = reply.header("request-id", request_id).header("date", http_date(now));
    if client_request_id.is_empty() { reply } else { reply.header("client-request-id", client_request_id) }
}
