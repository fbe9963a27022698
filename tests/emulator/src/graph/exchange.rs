//! One request to Graph, single or part of a batch, through counters, faults and throttling.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::throttle::{self, Busy};
use super::{Asked, answer, mailbox_of, segments};
use crate::exchange::{Reset, scripted};
use crate::faults::{Action, Seen};
use crate::reply::{Reply, http_date, iso_date};
use crate::service::Service;

/// Carries a request out.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn carry_out(service: &Arc<Service>, asked: &Asked<'_>) -> Result<Reply, Reset> {
    let segments = segments(asked.path).unwrap_or_default();
    let mailbox = mailbox_of(service, &segments);
    let nth = count(service, asked, mailbox);
    let busy = Busy::begin(service, mailbox);
    let action = strike(service, asked, mailbox);
    if action.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(action.delay_ms)).await;
    }
    if action.reset.as_deref() == Some("before") {
        return Err(Reset);
    }
    if action.revoke_tokens {
        service.tokens.revoke_all();
    }
    if service.config.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(service.config.latency_ms)).await;
    }
    let mut reply = scripted(service, &action)
        .or_else(|| busy.over_limit())
        .or_else(|| mailbox.and_then(|index| throttle::first_request(service, index, nth)))
        .unwrap_or_else(|| carried_out(service, asked, &segments, mailbox));
    if action.reset.as_deref() == Some("after") {
        return Err(Reset);
    }
    reply.truncated = action.truncate;
    let reply = with_ids(service, reply, asked.client_request_id);
    service.counters.count(|state| *state.statuses.entry(reply.status).or_default() += 1);
    Ok(reply)
}

/// Counts a request that came; how many of its mailbox there have been, with this one.
fn count(service: &Service, asked: &Asked<'_>, mailbox: Option<u64>) -> u64 {
    let mut nth = 0;
    service.counters.count(|state| {
        state.count_request("graph");
        state.posts += u64::from(asked.method == "POST");
        if let Some(index) = mailbox {
            let number = state.by_mailbox.entry(index).or_default();
            *number += 1;
            nth = *number;
            if asked.method != "GET" {
                *state.writes_by_mailbox.entry(index).or_default() += 1;
            }
        }
    });
    nth
}

fn carried_out(service: &Service, asked: &Asked<'_>, segments: &[Cow<'_, str>], mailbox: Option<u64>) -> Reply {
    let reply = answer(service, asked, segments, mailbox);
    if let Some(index) = mailbox.filter(|_| asked.method != "GET" && reply.status < 400) {
        service.counters.count(|state| *state.writes_done_by_mailbox.entry(index).or_default() += 1);
    }
    reply
}

fn strike(service: &Service, asked: &Asked<'_>, mailbox: Option<u64>) -> Action {
    let draw = service.population.mix(mailbox.unwrap_or(asked.path.len() as u64), 9);
    service.faults.strike(&Seen { kind: "graph", path: asked.path, mailbox, draw }).unwrap_or_default()
}

/// Graph's ids: in the headers, and in the body of an error.
fn with_ids(service: &Service, mut reply: Reply, client_request_id: &str) -> Reply {
    let now = service.now();
    let request_id = uuid::Uuid::new_v4().to_string();
    if reply.status >= 400
        && let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body)
        && let Some(inner) = body.pointer_mut("/error/innerError").and_then(Value::as_object_mut)
    {
        inner.insert("date".into(), iso_date(now).trim_end_matches('Z').into());
        inner.insert("request-id".into(), request_id.clone().into());
        let client_id = if client_request_id.is_empty() { &request_id } else { client_request_id };
        inner.insert("client-request-id".into(), client_id.into());
        reply.body = body.to_string().into_bytes();
    }
    let reply = reply.header("request-id", request_id).header("date", http_date(now));
    if client_request_id.is_empty() { reply } else { reply.header("client-request-id", client_request_id) }
}
