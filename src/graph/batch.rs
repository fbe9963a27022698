//! Many reads in one request.
//!
//! Source: Microsoft Graph "Combine multiple HTTP requests using JSON batching". By its section "Sequencing requests with
//! the dependsOn property" what depends on a request that failed is not begun with, and answered with 424. Requests here
//! depend on none of their batch, so that what failed is something of the service's own: they are tried again, as often
//! as after any failure that may pass.

use std::collections::HashMap;

use bytes::{Buf as _, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::call::GraphClient;
use super::surrogates;
use crate::any_base64;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{HttpReply, json, log_part};

/// Most requests of one batch.
pub const MOST_REQUESTS: usize = 20;

#[derive(Serialize)]
struct Envelope<'a> {
    requests: Vec<Request<'a>>,
}

#[derive(Serialize)]
struct Request<'a> {
    id: String,
    method: &'static str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<&'a HashMap<&'a str, &'a str>>,
}

#[derive(Deserialize)]
struct Replies<'a> {
    #[serde(borrow)]
    responses: Vec<Reply<'a>>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    id: Value,
    status: u16,
    #[serde(default)]
    headers: Option<HashMap<String, Value>>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
}

impl GraphClient {
    /// GETs up to [`MOST_REQUESTS`] paths in one request: for each, in their order, the body of its reply or its own
    /// error, with its own `Retry-After`.
    ///
    /// # Errors
    ///
    /// What became of the batch as a whole; none of its reads has a result then.
    pub async fn batch_get(&self, paths: &[String], context: &Context) -> Result<Vec<Result<Bytes>>, AttemptError> {
        let replies = self.batch_get_with(paths, &HeaderMap::new(), context).await?;
        Ok(replies.into_iter().map(|reply| reply.map(|reply| reply.body)).collect())
    }

    /// As [`GraphClient::batch_get`], each request with these headers; gives the whole replies.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::batch_get`].
    pub async fn batch_get_with(
        &self,
        paths: &[String],
        headers: &HeaderMap,
        context: &Context,
    ) -> Result<Vec<Result<HttpReply>>, AttemptError> {
        let relative = paths.iter().map(|path| self.relative(path)).collect::<Result<Vec<_>>>();
        let body = relative.and_then(|paths| envelope(&paths, headers))?;
        let sent = self.exchange(Method::POST, "$batch", &HeaderMap::new(), Some(body), context).await;
        // Reads can be repeated, whatever became of them.
        let (envelope, token) = sent.map_err(|failure| failure.map_item(|error| error.maybe_done(false)))?;
        let mut replies = split(&envelope, paths.len())?;
        let mut results = Vec::with_capacity(paths.len());
        for (number, path) in paths.iter().enumerate() {
            let reply = match replies.remove(&number) {
                Some(Ok(reply)) => {
                    if context.events.has_log()
                        && let Ok(url) = self.url(path)
                    {
                        log_part(&url, &reply, &context.events);
                    }
                    let failed_by_another = reply.status == StatusCode::FAILED_DEPENDENCY;
                    let judged = self.judged(reply, (&Method::GET, path), &token, context).await;
                    judged.map_err(|error| if failed_by_another { error.retryable(true) } else { error })
                }
                Some(Err(error)) => Err(error),
                None => Err(unanswered(&envelope)),
            };
            results.push(reply);
        }
        Ok(results)
    }
}

fn envelope(paths: &[String], headers: &HeaderMap) -> Result<Bytes> {
    if !(1..=MOST_REQUESTS).contains(&paths.len()) {
        return Err(Error::internal(format!("a batch of {} requests", paths.len())));
    }
    let headers: HashMap<&str, &str> =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
    let headers = (!headers.is_empty()).then_some(&headers);
    let requests = paths
        .iter()
        .enumerate()
        .map(|(number, path)| Request { id: number.to_string(), method: "GET", url: format!("/{path}"), headers })
        .collect();
    let body = serde_json::to_vec(&Envelope { requests });
    body.map(Bytes::from).map_err(|cause| Error::internal(format!("writing a batch: {cause}")))
}

/// The replies within a batch's reply, by their request's number: the service gives them in any order.
fn split(envelope: &HttpReply, requests: usize) -> Result<HashMap<usize, Result<HttpReply>>> {
    let clean = match json::from_slice_unbounded::<Replies<'_>>(&envelope.body) {
        Ok(replies) => return Ok(by_number(replies, envelope, &envelope.body, requests)),
        Err(cause) => surrogates::replace_lone(&envelope.body).map(Bytes::from).ok_or(cause),
    };
    let not_a_batch = |cause: serde_json::Error| {
        Error::new(Status::ResponseInvalid, format!("the reply to a batch is not one: {cause}"))
            .http_status(envelope.status.as_u16())
            .request_id(envelope.request_id())
            .client_request_id(Some(envelope.client_request_id.clone()))
            .retryable(true)
    };
    let clean = clean.map_err(not_a_batch)?;
    let replies = json::from_slice_unbounded(&clean).map_err(not_a_batch)?;
    Ok(by_number(replies, envelope, &clean, requests))
}

/// `text` is what the replies were read from: their bodies stay parts of it.
fn by_number(
    replies: Replies<'_>,
    envelope: &HttpReply,
    text: &Bytes,
    requests: usize,
) -> HashMap<usize, Result<HttpReply>> {
    let mut found = HashMap::with_capacity(requests);
    for reply in replies.responses {
        let number = match &reply.id {
            Value::String(id) => id.parse().ok(),
            id => id.as_u64().and_then(|id| usize::try_from(id).ok()),
        };
        if let Some(number) = number.filter(|number| *number < requests) {
            found.entry(number).or_insert_with(|| reply_of(reply, envelope, text));
        }
    }
    found
}

fn reply_of(reply: Reply<'_>, envelope: &HttpReply, text: &Bytes) -> Result<HttpReply> {
    let status = StatusCode::from_u16(reply.status).map_err(|_| {
        let detail = format!("the service answered {} within a batch, which is not an HTTP status", reply.status);
        Error::new(Status::ResponseInvalid, detail).client_request_id(Some(envelope.client_request_id.clone()))
    })?;
    let headers = headers_of(reply.headers.unwrap_or_default());
    let body = reply.body.map_or_else(Bytes::new, |body| body_of(body, text));
    Ok(HttpReply { status, headers, body, client_request_id: envelope.client_request_id.clone() })
}

fn headers_of(given: HashMap<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let value = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        // What cannot be a header says nothing that is looked for here.
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    headers
}

/// A body stands in the envelope as what it is where it is JSON, else as the base64 of its bytes, which some
/// services do to JSON too. Replies of Graph are objects: a text is never a body of its own.
fn body_of(body: &RawValue, text: &Bytes) -> Bytes {
    if body.get() == "null" {
        return Bytes::new();
    }
    // Most are objects, and an error for each would cost an allocation.
    let is_text = body.get().starts_with('"');
    match is_text.then(|| serde_json::from_str::<String>(body.get()).ok()).flatten() {
        Some(encoded) => {
            let text = encoded.trim().trim_start_matches('\u{feff}');
            any_base64::decode(text).map_or_else(|| Bytes::copy_from_slice(text.as_bytes()), without_mark)
        }
        None => text.slice_ref(body.get().as_bytes()),
    }
}

/// As of a reply that comes alone.
fn without_mark(body: Vec<u8>) -> Bytes {
    let mut body = Bytes::from(body);
    if body.starts_with("\u{feff}{".as_bytes()) {
        body.advance('\u{feff}'.len_utf8());
    }
    body
}

fn unanswered(envelope: &HttpReply) -> Error {
    Error::new(Status::ResponseInvalid, "the reply to a batch says nothing of this request")
        .request_id(envelope.request_id())
        .client_request_id(Some(envelope.client_request_id.clone()))
        .retryable(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope_of(body: &str) -> HttpReply {
        HttpReply {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            client_request_id: "c1".into(),
        }
    }

    fn found(body: &str, requests: usize) -> HashMap<usize, Result<HttpReply>> {
        split(&envelope_of(body), requests).unwrap()
    }

    fn body(reply: &Result<HttpReply>) -> &str {
        std::str::from_utf8(&reply.as_ref().unwrap().body).unwrap()
    }

    #[test]
    fn requests_are_numbered_and_carry_their_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("prefer", HeaderValue::from_static("outlook.timezone=\"UTC\""));
        let written = envelope(&["users/a/x?$top=1".into(), "users/b/x".into()], &headers).unwrap();
        let written: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(
            written["requests"][0],
            serde_json::json!({"id":"0","method":"GET","url":"/users/a/x?$top=1","headers":{"prefer":"outlook.timezone=\"UTC\""}})
        );
        let plain = envelope(&["users/a/x".into()], &HeaderMap::new()).unwrap();
        assert_eq!(plain, r#"{"requests":[{"id":"0","method":"GET","url":"/users/a/x"}]}"#);
        assert!(envelope(&[], &headers).is_err());
        assert!(envelope(&vec![String::new(); MOST_REQUESTS + 1], &headers).is_err());
    }

    #[test]
    fn replies_come_in_any_order_and_belong_to_their_request() {
        let replies = found(
            r#"{"responses":[
                {"id":"1","status":429,"headers":{"retry-AFTER":"2.5","X-Odd":7,"bad name":"x"},"body":{"error":{"code":"TooManyRequests"}}},
                {"id":0,"status":200,"headers":{},"body":{"a": [1]}},
                {"id":"0","status":500},
                {"id":"7","status":200},
                {"id":"2","status":204}]}"#,
            4,
        );
        assert_eq!(body(&replies[&0]), r#"{"a": [1]}"#);
        let throttled = replies[&1].as_ref().unwrap();
        assert_eq!(throttled.status, 429);
        assert_eq!(throttled.retry_after(jiff::Timestamp::UNIX_EPOCH).unwrap().as_millis(), 2500);
        assert_eq!(throttled.header("x-odd"), Some("7"));
        assert_eq!(replies[&2].as_ref().unwrap().status, 204);
        assert_eq!(body(&replies[&2]), "");
        assert!(!replies.contains_key(&3));
        assert_eq!(replies.len(), 3);
    }

    #[test]
    fn what_is_not_json_comes_as_base64_of_either_kind() {
        let replies = found(
            r#"{"responses":[{"id":"0","status":200,"body":"PGE+Pz8/"},{"id":"1","status":200,"body":"PGE-Pz8_"},
                {"id":"2","status":200,"body":"eyJhIjoxfQ"},{"id":"3","status":502,"body":"<html>"},
                {"id":"4","status":200,"body":null}]}"#,
            5,
        );
        assert_eq!((body(&replies[&0]), body(&replies[&1])), ("<a>???", "<a>???"));
        assert_eq!((body(&replies[&2]), body(&replies[&3]), body(&replies[&4])), (r#"{"a":1}"#, "<html>", ""));
    }

    #[test]
    fn a_lone_surrogate_costs_no_mailbox_its_reply() {
        let replies =
            found(r#"{"responses":[{"id":"0","status":200,"headers":{"x":"\ud800"},"body":{"a":"\ud800"}}]}"#, 1);
        assert!(body(&replies[&0]).starts_with(r#"{"a":"#));
    }

    #[test]
    fn what_is_no_reply_to_a_batch_is_one_error() {
        for body in ["<html>", "{}", r#"{"responses":{}}"#, r#"{"responses":[{"id":"0"}]}"#, ""] {
            let error = split(&envelope_of(body), 1).unwrap_err();
            assert_eq!((error.status(), error.is_retryable()), (Status::ResponseInvalid, true), "{body}");
        }
        let odd = found(r#"{"responses":[{"id":"0","status":99}]}"#, 1);
        assert_eq!(odd[&0].as_ref().unwrap_err().status(), Status::ResponseInvalid);
    }
}
