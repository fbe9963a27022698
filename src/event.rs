//! Diagnostics of one operation or run, drained by the caller as JSON Lines.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

/// What a caller that never drains costs at most: older events are dropped and counted.
const CAPACITY: usize = 4096;

/// Where diagnostics go. Cheap to clone; clones share one buffer.
#[derive(Clone, Debug, Default)]
pub struct EventSink(Arc<Mutex<Buffer>>);

#[derive(Debug, Default)]
struct Buffer {
    lines: VecDeque<String>,
    dropped: u64,
}

impl EventSink {
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
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
            let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
