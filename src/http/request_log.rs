//! A request's line in the log of its run: what is on the lists of `redact`, and nothing else of it.

use std::time::Instant;

use serde_json::{Map, Value, json};
use url::Url;

use super::message::{HttpReply, HttpRequest};
use super::redact;
use crate::error::{Error, Result};
use crate::event::EventSink;
use crate::log;

/// A request that is under way. Dropped without a reply, it is logged as given up.
pub(super) struct LoggedRequest<'a> {
    events: &'a EventSink,
    began: Instant,
    line: Map<String, Value>,
    ended: bool,
}

impl<'a> LoggedRequest<'a> {
    /// `None` where there is no log.
    pub(super) fn begin(request: &HttpRequest, client_request_id: &str, events: &'a EventSink) -> Option<Self> {
        if !events.has_log() {
            return None;
        }
        let mut line = Map::new();
        let mut set = |name: &str, value: Value| line.insert(name.to_owned(), value);
        set("event", "request".into());
        set("time", events.clock().now().to_string().into());
        set("method", request.method.as_str().into());
        set("url", redact::url(&request.url).into());
        set("clientRequestId", client_request_id.into());
        set("attempt", log::attempt().unwrap_or(1).into());
        set("sentBytes", request.body.as_ref().map_or(0, bytes::Bytes::len).into());
        Some(Self { events, began: events.clock().monotonic(), line, ended: false })
    }

    /// Writes the line.
    pub(super) fn end(mut self, sent: &Result<HttpReply>) {
        self.ended = true;
        match sent {
            Ok(reply) => self.reply(reply),
            Err(error) => self.error(error),
        }
        self.write();
    }

    fn reply(&mut self, reply: &HttpReply) {
        self.set("status", reply.status.as_u16().into());
        self.set("requestId", reply.request_id().into());
        self.set("bytes", reply.body.len().into());
        self.set("retryAfter", reply.header("retry-after").into());
        if !reply.status.is_success() {
            // What Microsoft's support asks for; a good reply's would only make the log longer.
            let headers = redact::headers(&reply.headers);
            let shown: Map<String, Value> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
            self.set("headers", shown.into());
        }
    }

    fn error(&mut self, error: &Error) {
        self.set("status", Value::Null);
        self.set("error", json!({"name": error.status().name(), "message": error.to_string()}));
    }

    fn set(&mut self, name: &str, value: Value) {
        self.line.insert(name.to_owned(), value);
    }

    fn write(&mut self) {
        let took = u64::try_from(self.events.clock().monotonic().saturating_duration_since(self.began).as_millis())
            .unwrap_or(u64::MAX);
        self.set("durationMs", took.into());
        self.events.log(&Value::Object(std::mem::take(&mut self.line)));
    }
}

/// Logs a GET that was answered within a batch, whose envelope has a line of its own with the same
/// `clientRequestId`.
pub fn log_part(url: &Url, reply: &HttpReply, events: &EventSink) {
    if let Some(mut part) = LoggedRequest::begin(&HttpRequest::get(url.clone()), &reply.client_request_id, events) {
        part.set("event", "batchedRequest".into());
        part.ended = true;
        part.reply(reply);
        // It took as long as the envelope.
        events.log(&Value::Object(std::mem::take(&mut part.line)));
    }
}

impl Drop for LoggedRequest<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.error(&Error::cancelled());
            self.write();
        }
    }
}
