//! Diagnostics of one operation or run, drained by the caller as JSON Lines.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::log::RequestLog;
use crate::printable::printable;

/// What a caller that never drains costs at most: older events are dropped and counted.
const CAPACITY: usize = 4096;

/// What a caller does with an event: `prompt` is for the person who has to sign in, `warning` must not be missed, all
/// others are for who looks closer. Said with each event, so that no caller keeps a list of kinds.
fn severity(kind: &str) -> &'static str {
    match kind {
        "deviceCode" | "signIn" => "prompt",
        "warning" | "certificateExpires" | "certificateNotRegistered" => "warning",
        _ => "info",
    }
}

/// The members that every event begins with.
fn event(kind: &str, message: &str) -> Map<String, Value> {
    let mut event = Map::new();
    event.insert("event".into(), kind.into());
    event.insert("severity".into(), severity(kind).into());
    event.insert("time".into(), jiff::Timestamp::now().to_string().into());
    event.insert("message".into(), printable(message.to_owned()).into());
    event
}

/// Where diagnostics go. Cheap to clone; clones share one buffer and one log.
#[derive(Clone, Debug, Default)]
pub struct EventSink {
    buffer: Arc<Mutex<Buffer>>,
    log: Option<Arc<RequestLog>>,
}

#[derive(Debug, Default)]
struct Buffer {
    lines: VecDeque<String>,
    dropped: u64,
}

impl EventSink {
    /// A sink that writes what it takes to a log as well.
    #[must_use]
    pub fn with_log(log: Arc<RequestLog>) -> Self {
        Self { buffer: Arc::default(), log: Some(log) }
    }

    /// Whether there is a log to write to.
    #[must_use]
    pub fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// Writes to the log what is no event.
    pub fn log(&self, line: &Value) {
        self.append_to_log(&line.to_string());
    }

    /// Records an event: `kind` as listed in docs/abi.md, `message` for people, and further members.
    pub fn emit<const N: usize>(&self, kind: &str, message: &str, members: [(&str, Value); N]) {
        let mut event = event(kind, message);
        for (name, value) in members {
            event.insert(name.into(), value);
        }
        let line = Value::Object(event).to_string();
        self.append_to_log(&line);
        self.keep(line);
    }

    /// A log that ends does not end the run, but is said.
    fn append_to_log(&self, line: &str) {
        if let Some(log) = &self.log {
            log.write(line);
            self.keep_warnings_of(log);
        }
    }

    /// Waits until the log has what it was given, for seconds at most.
    pub async fn log_written(&self) {
        if let Some(log) = &self.log {
            log.written().await;
            self.keep_warnings_of(log);
        }
    }

    fn keep_warnings_of(&self, log: &RequestLog) {
        for warning in log.take_warnings() {
            self.keep(Value::Object(event("warning", &warning)).to_string());
        }
    }

    fn keep(&self, line: String) {
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.lines.len() == CAPACITY {
            buffer.lines.pop_front();
            buffer.dropped += 1;
        }
        buffer.lines.push_back(line);
    }

    /// Takes what has gathered, each event ended by a newline.
    #[must_use]
    pub fn drain(&self) -> String {
        if let Some(log) = &self.log {
            self.keep_warnings_of(log);
        }
        let (lines, dropped) = {
            let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
            (std::mem::take(&mut buffer.lines), std::mem::take(&mut buffer.dropped))
        };
        let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        if dropped > 0 {
            let note = event("warning", &format!("{dropped} earlier events were dropped: nobody had drained them"));
            text.push_str(&Value::Object(note).to_string());
            text.push('\n');
        }
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(sink: &EventSink) -> Vec<Value> {
        sink.drain().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_event_says_how_much_it_matters() {
        let sink = EventSink::default();
        for kind in
            ["retry", "warning", "certificateExpires", "certificateNotRegistered", "deviceCode", "signIn", "new"]
        {
            sink.emit(kind, "x", [("further", 1.into())]);
        }
        let events = drained(&sink);
        let severities: Vec<_> = events.iter().map(|event| event["severity"].as_str().unwrap()).collect();
        assert_eq!(severities, ["info", "warning", "warning", "warning", "prompt", "prompt", "info"]);
        let names: Vec<_> = events[0].as_object().unwrap().keys().collect();
        assert_eq!(names, ["event", "severity", "time", "message", "further"]);
    }

    #[test]
    fn what_was_dropped_is_a_warning() {
        let sink = EventSink::default();
        for _ in 0..=CAPACITY {
            sink.emit("retry", "x", []);
        }
        let first = drained(&sink).swap_remove(0);
        assert_eq!(first["severity"], "warning");
        assert!(first["message"].as_str().unwrap().starts_with("1 earlier events"), "{first}");
    }
}
