//! A comparison as its caller sees it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Instant;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};

use super::pass::{self, Counts};
use super::request::CompareRequest;
use crate::cancel::{CancelToken, Signal};
use crate::error::{Error, Result, Status};
use crate::event::EventSink;
use crate::rows::out_file::{FileBatch, FileNext, FileRows};
use crate::rows::stream::{Next, RowStream, USUAL_BATCH, batch_size};
use crate::rows::{Fields, Row, RowEncoder};

/// Messages that wait: more would only hold rows that nobody asks for yet.
const MOST_MESSAGES: usize = 16;

enum Message {
    Rows(Vec<Fields>),
    Ended(Result<()>),
}

/// A comparison. Dropping it ends it.
pub(super) struct CompareStream {
    shared: Arc<Shared>,
    state: Mutex<State>,
    began: Instant,
}

#[derive(Default)]
struct Shared {
    counts: Counts,
    events: EventSink,
    cancelled: CancelToken,
    delivered: AtomicU64,
}

struct State {
    encoder: RowEncoder,
    /// Nothing once the comparison was cancelled, which frees a thread that waits to send.
    messages: Option<Receiver<Message>>,
    rows: VecDeque<Fields>,
    position: u64,
    ended: Option<Result<()>>,
}

enum Taken {
    Rows(Vec<Row>),
    Pending,
    End,
}

impl CompareStream {
    pub(super) fn start(request: CompareRequest, encoder: RowEncoder, signal: Arc<Signal>) -> Result<Self> {
        let (sender, receiver) = sync_channel(MOST_MESSAGES);
        let shared = Arc::new(Shared::default());
        let began = shared.events.clock().monotonic();
        let worker = Arc::clone(&shared);
        thread::Builder::new()
            .name("exrun-compare".to_owned())
            .spawn(move || worker.drive(&request, &sender, &signal))
            .map_err(|cause| Error::internal(format!("the system refused a thread: {cause}")))?;
        let state = State { encoder, messages: Some(receiver), rows: VecDeque::new(), position: 0, ended: None };
        Ok(Self { shared, state: Mutex::new(state), began })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl Shared {
    fn drive(&self, request: &CompareRequest, sender: &SyncSender<Message>, signal: &Signal) {
        let mut gathered = Vec::new();
        let send = |rows: Vec<Fields>| {
            let sent = sender.send(Message::Rows(rows)).is_ok();
            signal.notify();
            sent
        };
        let give = |row| {
            gathered.push(row);
            gathered.len() < USUAL_BATCH || send(std::mem::take(&mut gathered))
        };
        let mut ended = pass::run(request, &self.counts, &self.events, &self.cancelled, give);
        if !gathered.is_empty() && !send(gathered) {
            ended = ended.and(Err(Error::cancelled()));
        }
        // Nobody listens where the stream is gone.
        let _ = sender.send(Message::Ended(ended));
        signal.notify();
    }
}

impl State {
    fn take(&mut self, max_rows: usize) -> Result<Taken> {
        let most = batch_size(max_rows);
        while self.rows.is_empty() && self.ended.is_none() {
            let Some(messages) = &self.messages else { return Err(Error::cancelled()) };
            match messages.try_recv() {
                Ok(Message::Rows(rows)) => self.rows.extend(rows),
                Ok(Message::Ended(ended)) => self.ended = Some(ended),
                Err(TryRecvError::Empty) => return Ok(Taken::Pending),
                Err(TryRecvError::Disconnected) => {
                    self.ended = Some(Err(Error::internal("the thread that compared ended early")));
                }
            }
        }
        if self.rows.is_empty() {
            return match &self.ended {
                Some(Err(error)) => Err(error.clone()),
                _ => Ok(Taken::End),
            };
        }
        let count = self.rows.len().min(most);
        let rows = self.rows.drain(..count).zip(self.position..);
        let rows = rows.map(|(fields, position)| Row::new(position, fields)).collect();
        self.position += count as u64;
        Ok(Taken::Rows(rows))
    }
}

impl RowStream for CompareStream {
    fn push(&self, _: &[u8]) -> Result<usize> {
        Err(Error::new(Status::InputFinished, "a comparison takes no input")
            .hint("name the two reports as old and new"))
    }

    fn finish_input(&self) {}

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        let mut state = self.state();
        Ok(match state.take(max_rows)? {
            Taken::Pending => Next::Pending,
            Taken::End => Next::End,
            Taken::Rows(rows) => {
                self.shared.delivered.fetch_add(rows.len() as u64, Ordering::Relaxed);
                Next::Batch { data: state.encoder.encode(&rows), rows: rows.len() }
            }
        })
    }

    fn progress(&self) -> Value {
        let counts = &self.shared.counts;
        let get = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let elapsed = self.shared.events.clock().monotonic().saturating_duration_since(self.began);
        json!({
            "oldRows": get(&counts.old_rows),
            "newRows": get(&counts.new_rows),
            "added": get(&counts.added),
            "removed": get(&counts.removed),
            "changed": get(&counts.changed),
            "unchanged": get(&counts.unchanged),
            "failed": get(&counts.failed),
            "delivered": get(&self.shared.delivered),
            "elapsedMs": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn events(&self) -> String {
        self.shared.events.drain()
    }

    fn cancel(&self) {
        self.shared.cancelled.cancel();
        let mut state = self.state();
        state.messages = None;
        state.rows.clear();
        state.ended.get_or_insert_with(|| Err(Error::cancelled()));
    }
}

impl FileRows for CompareStream {
    fn next_for_file(&self) -> Result<FileNext> {
        let mut state = self.state();
        Ok(match state.take(0)? {
            Taken::Pending => FileNext::Pending,
            Taken::End => FileNext::End,
            Taken::Rows(rows) => {
                FileNext::Batch(FileBatch { data: state.encoder.encode(&rows), rows: rows.len(), failures: Vec::new() })
            }
        })
    }

    /// A comparison reads two files and sends nothing: it needs nobody to be there.
    fn stay(&self) {}

    fn end_of_file(&self, now: Timestamp) -> Vec<u8> {
        let progress = self.progress();
        self.state().encoder.finish(&progress, now)
    }
}

impl Drop for CompareStream {
    fn drop(&mut self) {
        self.cancel();
    }
}
