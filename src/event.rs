//! Diagnostics of one operation or run, drained by the caller as JSON Lines.

mod kind;

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::clock::{Clock, SystemClock};
use crate::log::RequestLog;
use crate::printable::printable;

pub use kind::{Event, Severity};

/// What a caller that never drains costs at most: older events are dropped and counted.
const CAPACITY: usize = 4096;

/// Where diagnostics go. Cheap to clone; clones share one buffer and one log.
#[derive(Clone, Debug)]
pub struct EventSink {
    clock: Arc<dyn Clock>,
    buffer: Arc<Mutex<Buffer>>,
    log: Option<Arc<RequestLog>>,
}

/// A sink without a log, by the system's time.
impl Default for EventSink {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock), None)
    }
}

#[derive(Debug, Default)]
struct Buffer {
    lines: VecDeque<String>,
    dropped: u64,
}

impl EventSink {
    /// A sink that dates what it takes by `clock`, and writes it to `log` as well.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, log: Option<Arc<RequestLog>>) -> Self {
        Self { clock, buffer: Arc::default(), log }
    }

    /// The clock by which events are dated.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
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

    /// Records an event: `message` is for people, `members` are some of those that its kind may have.
    pub fn emit<const N: usize>(&self, kind: Event, message: &str, members: [(&str, Value); N]) {
        let mut event = self.event(kind, message);
        for (name, value) in members {
            debug_assert!(kind.members().contains(&name), "{kind:?} has no member {name}: add it to src/event/kind.rs");
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
            self.keep(Value::Object(self.event(Event::Warning, &warning)).to_string());
        }
    }

    /// The members that every event begins with.
    fn event(&self, kind: Event, message: &str) -> Map<String, Value> {
        let mut event = Map::new();
        event.insert("event".into(), kind.name().into());
        event.insert("severity".into(), kind.severity().name().into());
        event.insert("time".into(), self.clock.now().to_string().into());
        event.insert("message".into(), printable(message.to_owned()).into());
        event
    }

    fn keep(&self, line: String) {
        let mut buffer = self.buffer.lock();
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
            let mut buffer = self.buffer.lock();
            (std::mem::take(&mut buffer.lines), std::mem::take(&mut buffer.dropped))
        };
        let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        if dropped > 0 {
            let note =
                self.event(Event::Warning, &format!("{dropped} earlier events were dropped: nobody had drained them"));
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
        let kinds = [
            Event::Retry,
            Event::Warning,
            Event::CertificateExpires,
            Event::CertificateNotRegistered,
            Event::DeviceCode,
            Event::SignIn,
            Event::Listing,
        ];
        for kind in kinds {
            sink.emit(kind, "x", [(kind.members()[0], 1.into())]);
        }
        let events = drained(&sink);
        let severities: Vec<_> = events.iter().map(|event| event["severity"].as_str().unwrap()).collect();
        assert_eq!(severities, ["info", "warning", "warning", "warning", "prompt", "prompt", "info"]);
        let names: Vec<_> = events[0].as_object().unwrap().keys().collect();
        assert_eq!(names, ["event", "severity", "time", "message", "waitMs"]);
    }

    #[test]
    fn what_was_dropped_is_a_warning() {
        let sink = EventSink::default();
        for _ in 0..=CAPACITY {
            sink.emit(Event::Retry, "x", []);
        }
        let first = drained(&sink).swap_remove(0);
        assert_eq!(first["severity"], "warning");
        assert!(first["message"].as_str().unwrap().starts_with("1 earlier events"), "{first}");
    }
}
