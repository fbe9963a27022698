//! `$batch`: requests in one envelope, four at a time, each answered as if it had come alone.
//!
//! Source: Microsoft Graph "Combine multiple HTTP requests using JSON batching", "Throttling and batching".

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::{Asked, authorization, body, exchange};
use crate::exchange::{Reset, break_after, break_before, scripted};
use crate::faults::Seen;
use crate::reply::Reply;
use crate::service::Service;

/// Requests of one batch.
const MOST: usize = 20;
/// Requests of one batch that reach Outlook at a time.
const AT_A_TIME: usize = 4;

/// Whether a path is that of the envelope.
#[must_use]
pub fn is_batch_path(path: &str) -> bool {
    let below = path.strip_prefix("/v1.0/").or_else(|| path.strip_prefix("/beta/")).unwrap_or_default();
    below.eq_ignore_ascii_case("$batch") || below.eq_ignore_ascii_case("%24batch")
}

/// One request of a batch.
#[derive(Debug)]
struct Item {
    id: String,
    method: String,
    path: String,
    query: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
    /// Those that must have succeeded before.
    after: Vec<usize>,
}

/// Carries an envelope out.
///
/// # Errors
///
/// [`Reset`] where the fault script says so.
pub async fn carry_out(service: &Arc<Service>, asked: &Asked<'_>) -> Result<Reply, Reset> {
    service.counters.count(|state| state.count_request("batch"));
    let draw = service.draw(9);
    let seen = Seen {
        kind: "batch",
        class: "",
        method: asked.method,
        path: asked.path,
        body: asked.body,
        mailbox: None,
        draw,
        request_draw: draw,
    };
    let action = service.faults.strike(&seen).unwrap_or_default();
    if action.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(action.delay_ms)).await;
    }
    break_before(&action)?;
    exchange::spoil(service, &action);
    let mut reply = match scripted(service, &action) {
        Some(reply) => reply,
        None => match authorization::token(service, asked).and_then(|_| items(asked)) {
            Ok(items) => answered(service, asked, &items).await,
            Err(refused) => refused,
        },
    };
    break_after(&action)?;
    reply.truncated = action.truncate;
    service.counters.count(|state| state.count_status(reply.status));
    Ok(exchange::with_ids(service, reply, asked.client_request_id))
}

/// Reads the envelope.
fn items(asked: &Asked<'_>) -> Result<Vec<Item>, Reply> {
    if asked.method != "POST" {
        return Err(super::no_such_method());
    }
    let envelope = body::object(asked)?;
    let Some(requests) = envelope.get("requests").and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(invalid("Invalid batch payload format."));
    };
    if requests.len() > MOST {
        return Err(invalid(&format!("Number of batch request steps exceeds the maximum value of {MOST}.")));
    }
    let mut ids = HashMap::new();
    let mut items = Vec::with_capacity(requests.len());
    for (number, request) in requests.iter().enumerate() {
        let item = item(request, asked.version(), &ids)?;
        if ids.insert(item.id.to_lowercase(), number).is_some() {
            return Err(invalid(&format!("The request id '{}' is not unique within the batch.", item.id)));
        }
        items.push(item);
    }
    Ok(items)
}

fn item(request: &Value, version: &str, before: &HashMap<String, usize>) -> Result<Item, Reply> {
    const KNOWN: [&str; 6] = ["id", "method", "url", "headers", "body", "dependsOn"];
    let malformed = || invalid("Invalid batch payload format.");
    let members = request.as_object().ok_or_else(malformed)?;
    if members.keys().any(|name| !KNOWN.contains(&name.as_str())) {
        return Err(malformed());
    }
    let text = |name: &str| request[name].as_str().filter(|text| !text.is_empty()).ok_or_else(malformed);
    let (id, method, url) = (text("id")?, text("method")?.to_uppercase(), text("url")?);
    if url.contains("://") || url.starts_with("//") || url.trim_start_matches('/').starts_with("$batch") {
        return Err(invalid(&format!("The url of request '{id}' is not relative to the service's root.")));
    }
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let headers: HashMap<String, String> = match members.get("headers") {
        None | Some(Value::Null) => HashMap::new(),
        Some(Value::Object(headers)) => headers
            .iter()
            .map(|(name, value)| Some((name.to_lowercase(), value.as_str()?.to_owned())))
            .collect::<Option<_>>()
            .ok_or_else(malformed)?,
        Some(_) => return Err(malformed()),
    };
    let is_json = headers.get("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    let body = match members.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(encoded)) if !is_json => STANDARD.decode(encoded).map_err(|_| malformed())?,
        Some(body) => body.to_string().into_bytes(),
    };
    let is_write = ["POST", "PATCH", "PUT"].contains(&method.as_str());
    if (is_write && body.is_empty()) || (!body.is_empty() && !headers.contains_key("content-type")) {
        return Err(invalid(&format!("Write request id : {id} does not contain Content-Type header or body.")));
    }
    let after = match members.get("dependsOn") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(ids)) => ids
            .iter()
            .map(|id| before.get(&id.as_str().unwrap_or_default().to_lowercase()).copied())
            .collect::<Option<_>>()
            .ok_or_else(|| invalid(&format!("The request '{id}' depends on one that does not stand before it.")))?,
        Some(_) => return Err(malformed()),
    };
    let path = format!("/{version}/{}", path.trim_start_matches('/'));
    Ok(Item { id: id.to_owned(), method, path, query: query.to_owned(), headers, body, after })
}

fn invalid(message: &str) -> Reply {
    Reply::graph_error(400, "BadRequest", message)
}

/// The replies of all, in an order that follows from the seed.
async fn answered(service: &Arc<Service>, envelope: &Asked<'_>, items: &[Item]) -> Reply {
    let mut waiting: Vec<usize> = (0..items.len()).collect();
    let mut statuses: Vec<Option<u16>> = vec![None; items.len()];
    let mut parts: Vec<String> = Vec::with_capacity(items.len());
    let mut running = FuturesUnordered::new();
    loop {
        let mut next = 0;
        while next < waiting.len() && running.len() < AT_A_TIME {
            let number = waiting[next];
            let before: Vec<u16> = items[number].after.iter().filter_map(|earlier| statuses[*earlier]).collect();
            if before.len() < items[number].after.len() {
                next += 1;
                continue;
            }
            waiting.remove(next);
            if before.iter().any(|status| *status >= 400) {
                statuses[number] = Some(424);
                parts.push(part(&items[number].id, &failed_dependency()));
                // Those that stand before it may have waited for it.
                next = 0;
                continue;
            }
            running.push(async move { (number, one(service, envelope, &items[number]).await) });
        }
        let Some((number, reply)) = running.next().await else { break };
        statuses[number] = Some(reply.status);
        parts.push(part(&items[number].id, &reply));
    }
    shuffle(service, &mut parts);
    let body = format!("{{\"responses\":[{}]}}", parts.join(","));
    Reply { status: 200, headers: Vec::new(), body: body.into_bytes(), truncated: false }
}

/// One request of a batch. What would break its connection becomes a 504: there is none to break.
async fn one(service: &Arc<Service>, envelope: &Asked<'_>, item: &Item) -> Reply {
    let header = |name: &str| item.headers.get(name).map_or("", String::as_str);
    let own_id = header("client-request-id");
    let asked = Asked {
        method: &item.method,
        host: envelope.host,
        path: &item.path,
        query: &item.query,
        authorization: envelope.authorization,
        content_type: header("content-type"),
        consistency_level: header("consistencylevel"),
        if_match: header("if-match"),
        prefer: header("prefer"),
        client_request_id: if own_id.is_empty() { envelope.client_request_id } else { own_id },
        body: &item.body,
    };
    match exchange::carry_out(service, &asked).await {
        Ok(reply) if !reply.truncated => reply,
        _ => {
            let reply = Reply::graph_error(504, "UnknownError", "");
            exchange::with_ids(service, reply, asked.client_request_id)
        }
    }
}

fn failed_dependency() -> Reply {
    Reply::json(
        424,
        &json!({"error": {"code": "FailedDependency", "message": "A request that this one depends on has failed."}}),
    )
}

/// A reply as one of an envelope's.
fn part(id: &str, reply: &Reply) -> String {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        let shown = match *name {
            "content-type" => "Content-Type",
            "retry-after" => "Retry-After",
            "location" => "Location",
            "date" => continue,
            other => other,
        };
        headers.insert(shown.to_owned(), Value::from(value.as_str()));
    }
    if !reply.body.is_empty() {
        headers.entry("Content-Type").or_insert_with(|| "application/json".into());
    }
    let body = match serde_json::from_slice::<&RawValue>(&reply.body) {
        _ if reply.body.is_empty() => String::new(),
        Ok(json) => format!(",\"body\":{json}"),
        // What is no JSON stands there in base64.
        Err(_) => format!(",\"body\":\"{}\"", STANDARD.encode(&reply.body)),
    };
    format!("{{\"id\":{},\"status\":{},\"headers\":{}{body}}}", Value::from(id), reply.status, Value::Object(headers))
}

fn shuffle(service: &Service, parts: &mut [String]) {
    for last in (1..parts.len()).rev() {
        let drawn = service.draw(11) % (last as u64 + 1);
        parts.swap(last, usize::try_from(drawn).unwrap_or(0));
    }
}
