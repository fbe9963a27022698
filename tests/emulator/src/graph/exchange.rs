//! One request to Graph, single or part of a batch, through counters, faults and throttling.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::throttle::{self, Admission, Target};
use super::{Asked, batch, mailbox_of, segments};
use crate::exchange::{Reset, break_after, break_before, scripted};
use crate::faults::{Action, Seen};
use crate::reply::{Reply, http_date, iso_date};
use crate::service::Service;
use crate::writes::Write;

/// Answers what came over a connection: an envelope of requests, or one request.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn answer(service: &Arc<Service>, asked: &Asked<'_>) -> Result<Reply, Reset> {
    if batch::is_batch_path(asked.path) {
        batch::carry_out(service, asked).await
    } else {
        carry_out(service, asked).await
    }
}

/// Carries one request out.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn carry_out(service: &Arc<Service>, asked: &Asked<'_>) -> Result<Reply, Reset> {
    service.requests.came(asked);
    let segments = segments(asked.path).unwrap_or_default();
    let mailbox = mailbox_of(service, &segments);
    let (class, target) = classify(asked, &segments, mailbox);
    let nth = count(service, asked, class, mailbox);
    let write = mailbox.filter(|_| asked.method != "GET").map(|index| note(service, asked, &segments, index));
    let admission = Admission::begin(service, target);
    let action = strike(service, asked, class, mailbox);
    if action.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(action.delay_ms)).await;
    }
    break_before(&action)?;
    spoil(service, &action);
    let latency = admission.latency();
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    if action.carry_out {
        // Its answer is lost: what comes between answers in its place.
        let _ = carried_out(service, asked, &segments, mailbox, write);
    }
    let mut reply = scripted(service, &action)
        .or_else(|| admission.refused())
        .or_else(|| mailbox.and_then(|index| throttle::first_request(service, index, nth)))
        .unwrap_or_else(|| carried_out(service, asked, &segments, mailbox, write));
    write.into_iter().for_each(|number| service.writes.answered(number, reply.status));
    break_after(&action)?;
    reply.truncated = action.truncate;
    let reply = admission.announce(with_ids(service, reply, asked.client_request_id));
    service.counters.count(|state| state.count_status(reply.status));
    Ok(reply)
}

/// What the fault script makes worthless.
pub fn spoil(service: &Service, action: &Action) {
    if action.revoke_tokens {
        service.tokens.revoke_all(service.now());
    }
    if action.expire_tokens {
        service.tokens.expire_all(service.now());
    }
    if action.expire_page_tokens {
        service.expire_page_tokens();
    }
}

/// Which part of the directory a request is for, if any, and what it counts for.
fn classify(asked: &Asked<'_>, segments: &[Cow<'_, str>], mailbox: Option<u64>) -> (&'static str, Target) {
    match (segments.first().map(AsRef::as_ref), segments.len(), mailbox) {
        (Some("users"), 3.., Some(index)) => ("", Target::Mailbox(index)),
        (Some("users"), 1 | 2, _) => ("users", Target::Directory(cost(asked, 2))),
        (Some("groups"), ..) => ("groups", Target::Directory(cost(asked, 3))),
        _ => ("", Target::Other),
    }
}

/// What a request to the directory costs in resource units.
fn cost(asked: &Asked<'_>, base: u64) -> u64 {
    let has = |name: &str| asked.query.contains(name);
    (base + u64::from(has("$expand"))).saturating_sub(u64::from(has("$select") || has("%24select"))).max(1)
}

/// Counts a request that came; how many of its mailbox there have been, with this one.
fn count(service: &Service, asked: &Asked<'_>, class: &str, mailbox: Option<u64>) -> u64 {
    let mut nth = 0;
    service.counters.count(|state| {
        state.count_request("graph");
        if !class.is_empty() {
            state.count_request(class);
        }
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

/// Takes note of a write that came; gives its number.
fn note(service: &Service, asked: &Asked<'_>, segments: &[Cow<'_, str>], mailbox: u64) -> usize {
    service.writes.came(Write {
        mailbox,
        method: asked.method.to_owned(),
        path: segments.get(2..).unwrap_or_default().join("/"),
        body: String::from_utf8_lossy(asked.body).into_owned(),
        done: false,
        status: None,
    })
}

fn carried_out(
    service: &Service,
    asked: &Asked<'_>,
    segments: &[Cow<'_, str>],
    mailbox: Option<u64>,
    write: Option<usize>,
) -> Reply {
    let reply = super::answer(service, asked, segments, mailbox);
    if let Some(index) = mailbox.filter(|_| asked.method != "GET" && reply.status < 400) {
        write.into_iter().for_each(|number| service.writes.done(number));
        service.counters.count(|state| *state.writes_done_by_mailbox.entry(index).or_default() += 1);
    }
    reply
}

fn strike(service: &Service, asked: &Asked<'_>, class: &'static str, mailbox: Option<u64>) -> Action {
    let request_draw = service.draw(9);
    let draw = mailbox.map_or(request_draw, |index| service.population.mix(index, 9));
    let Asked { method, path, body, .. } = *asked;
    service
        .faults
        .strike(&Seen { kind: "graph", class, method, path, body, mailbox, draw, request_draw })
        .unwrap_or_default()
}

/// Graph's ids: in the headers, and in the body of an error.
#[must_use]
pub fn with_ids(service: &Service, mut reply: Reply, client_request_id: &str) -> Reply {
    let now = service.now();
    let request_id = uuid::Uuid::from_u64_pair(service.draw(12), service.draw(13)).to_string();
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
