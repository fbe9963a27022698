//! The thread that writes a log, and what waits for it.

use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex, MutexGuard};
use serde_json::json;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::files::describe;

/// Bytes of lines that wait: some 10,000 requests. As many again may be with the thread.
pub(super) const MOST_WAITING: usize = 4 * 1024 * 1024;

/// Lines on their way to the file.
#[derive(Debug)]
pub(super) struct Queue {
    path: PathBuf,
    state: Mutex<State>,
    /// Something came, or nothing will any more.
    came: Condvar,
    emptied: Notify,
}

#[derive(Debug, Default)]
struct State {
    lines: VecDeque<String>,
    /// Of the lines.
    bytes: usize,
    /// Lines that found no room since the thread last took some.
    lost: u64,
    /// Lines that the thread has.
    in_hand: usize,
    /// Nothing is written any more.
    has_ended: bool,
    is_closed: bool,
    warnings: Vec<String>,
}

/// What the thread takes at once.
struct Batch {
    lines: VecDeque<String>,
    lost: u64,
}

impl Queue {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, state: Mutex::default(), came: Condvar::new(), emptied: Notify::new() }
    }

    /// Adds a line, where there is room.
    pub(super) fn push(&self, line: String) {
        let mut state = self.state();
        if state.has_ended {
            return;
        }
        if state.bytes + line.len() > MOST_WAITING {
            state.lost += 1;
        } else {
            state.bytes += line.len();
            state.lines.push_back(line);
        }
        self.came.notify_one();
    }

    /// Ends when nothing waits.
    pub(super) async fn emptied(&self) {
        loop {
            // Before the look, so that nothing is missed in between.
            let emptied = self.emptied.notified();
            {
                let state = self.state();
                if state.has_ended || (state.lines.is_empty() && state.in_hand == 0 && state.lost == 0) {
                    return;
                }
            }
            emptied.await;
        }
    }

    /// Says that nobody waits any more for what is left.
    pub(super) fn give_up(&self) {
        let mut state = self.state();
        let missing = state.lost + (state.lines.len() + state.in_hand) as u64;
        state.lost = 0;
        let message = format!("{missing} lines of the log may be missing: {} does not take them", self.path.display());
        state.warnings.push(message);
    }

    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.came.notify_one();
    }

    pub(super) fn take_warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.state().warnings)
    }

    /// Waits for lines; `None` once none will come.
    fn take(&self) -> Option<Batch> {
        let mut state = self.state();
        loop {
            if !state.lines.is_empty() || state.lost > 0 {
                state.bytes = 0;
                let lines = std::mem::take(&mut state.lines);
                state.in_hand = lines.len();
                return Some(Batch { lines, lost: std::mem::take(&mut state.lost) });
            }
            if state.is_closed {
                return None;
            }
            self.came.wait(&mut state);
        }
    }

    fn is_written(&self, warning: Option<String>) {
        let mut state = self.state();
        state.in_hand = 0;
        state.warnings.extend(warning);
        drop(state);
        self.emptied.notify_waiters();
    }

    fn end(&self, reason: &str) {
        let mut state = self.state();
        state.has_ended = true;
        (state.lines, state.bytes, state.in_hand, state.lost) = (VecDeque::new(), 0, 0, 0);
        let message = format!("nothing more is written to the log file {}: {reason}", self.path.display());
        state.warnings.push(message);
        drop(state);
        self.emptied.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

/// Writes to the file.
pub(super) struct Writer<W> {
    file: W,
    size: u64,
    most: u64,
    clock: Arc<dyn Clock>,
}

impl<W: Write> Writer<W> {
    /// For a file that has `size` bytes and may have `most`.
    pub(super) fn new(file: W, size: u64, most: u64, clock: Arc<dyn Clock>) -> Self {
        Self { file, size, most, clock }
    }

    /// Writes what comes, until nothing will.
    pub(super) fn serve(mut self, queue: &Queue) {
        while let Some(batch) = queue.take() {
            match self.write_all(&batch) {
                Ok(()) => queue.is_written(lost(&batch, queue)),
                Err(reason) => return queue.end(&reason),
            }
        }
    }

    fn write_all(&mut self, batch: &Batch) -> Result<(), String> {
        for line in &batch.lines {
            self.write(line)?;
        }
        if batch.lost > 0 {
            let time = self.clock.now().to_string();
            self.write(&format!("{}\n", json!({"event": "logLinesLost", "time": time, "lines": batch.lost})))?;
        }
        Ok(())
    }

    /// Gives the reason where nothing more is to be written.
    fn write(&mut self, line: &str) -> Result<(), String> {
        if self.size + line.len() as u64 > self.most {
            let reason = format!("it holds {} MiB", self.most >> 20);
            let last = json!({"event": "logStopped", "time": self.clock.now().to_string(), "message": reason});
            let _ = self.file.write_all(format!("{last}\n").as_bytes());
            return Err(reason);
        }
        self.file.write_all(line.as_bytes()).map_err(|error| describe(&error))?;
        self.size += line.len() as u64;
        Ok(())
    }
}

fn lost(batch: &Batch, queue: &Queue) -> Option<String> {
    let message =
        || format!("{} lines of the log were lost: {} takes them too slowly", batch.lost, queue.path.display());
    (batch.lost > 0).then(message)
}
