//! Diagnostics of one operation or run, drained by the caller as JSON Lines.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::log::RequestLog;

/// What a caller that never drains costs at most: older events are dropped and counted.
const CAPACITY: usize = 4096;

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
        let mut event = Map::new();
        event.insert("event".into(), kind.into());
        event.insert("time".into(), jiff::Timestamp::now().to_string().into());
        event.insert("message".into(), message.into());
        for (name, value) in members {
            event.insert(name.into(), value);
        }
        let line = Value::Object(event).to_string();
        self.append_to_log(&line);
        self.keep(line);
    }

    /// A log that ends does not end the run, but is said.
    fn append_to_log(&self, line: &str) {
        let Some(reason) = self.log.as_ref().and_then(|log| log.write(line)) else { return };
        let time = jiff::Timestamp::now().to_string();
        self.keep(serde_json::json!({"event": "warning", "time": time, "message": reason}).to_string());
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
        let (lines, dropped) = {
            let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
            (std::mem::take(&mut buffer.lines), std::mem::take(&mut buffer.dropped))
        };
        let mut text = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
        if dropped > 0 {
            let note = serde_json::json!({"event": "warning", "message": format!("{dropped} earlier events were dropped: nobody had drained them")});
            text.push_str(&note.to_string());
            text.push('\n');
        }
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}
