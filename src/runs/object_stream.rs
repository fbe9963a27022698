//! A run whose rows are objects, as its caller sees it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::request::RunRequest;
use crate::error::Result;
use crate::rows::out_file::{FileBatch, FileNext, FileRows};
use crate::rows::stream::USUAL_BATCH;
use crate::rows::{Failure, MailboxObjects, Next, ObjectRow, ObjectRows, RowEncoder, RowStream, Selection};
use crate::runner::{Run, Taken, Work};

/// The most rows of a batch.
const MOST_BATCH: usize = 4096;

/// Mailboxes that are taken at a time: what they gave waits here, where nothing bounds it.
const MOST_MAILBOXES: usize = 64;

/// Encodes what mailboxes gave.
#[derive(Debug)]
pub(super) struct ObjectEncoder {
    rows: ObjectRows,
    encoder: RowEncoder,
}

impl ObjectEncoder {
    /// An encoder for what `request` asks for: a stream, or its file.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn new(request: &RunRequest, selection: &Selection) -> Result<Self> {
        let report = &request.report;
        let encoder = RowEncoder::for_objects(report, request.out_file.as_ref(), selection)?;
        let rows = ObjectRows::new(selection.clone(), report.include_error, encoder.failures_have_rows());
        Ok(Self { rows, encoder })
    }
}

/// A run of work that gives objects. However many a mailbox gives, a batch has as many rows as were asked for.
pub(super) struct ObjectStream<W: Work<Output = MailboxObjects>> {
    run: Run<W>,
    state: Mutex<State>,
}

struct State {
    encoder: ObjectEncoder,
    /// Rows of mailboxes that were taken from the run.
    waiting: VecDeque<ObjectRow>,
}

/// What [`ObjectStream::take`] has.
enum TakenRows {
    Rows(Vec<ObjectRow>),
    Pending,
    End,
}

impl<W: Work<Output = MailboxObjects>> ObjectStream<W> {
    pub(super) fn new(run: Run<W>, encoder: ObjectEncoder) -> Self {
        Self { run, state: Mutex::new(State { encoder, waiting: VecDeque::new() }) }
    }

    /// Up to `most` rows, those that wait first. What fails the run is told once none waits.
    fn take(
        &self,
        state: &mut State,
        most: usize,
        with_failures: bool,
        further: impl Fn(usize) -> Result<Taken<MailboxObjects>>,
    ) -> Result<TakenRows> {
        while state.waiting.len() < most {
            let mailboxes = (most - state.waiting.len()).min(MOST_MAILBOXES);
            let taken = match further(mailboxes) {
                Ok(Taken::Rows(taken)) => taken,
                _ if !state.waiting.is_empty() => break,
                Ok(Taken::Pending) => return Ok(TakenRows::Pending),
                Ok(Taken::End) => return Ok(TakenRows::End),
                Err(error) => return Err(error),
            };
            for done in taken {
                let rows = state.encoder.rows.of(done.position, done.output);
                state.waiting.extend(rows.into_iter().filter(|row| with_failures || row.members.is_some()));
            }
        }
        let count = state.waiting.len().min(most);
        Ok(TakenRows::Rows(state.waiting.drain(..count).collect()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(rows: &[ObjectRow]) -> usize {
    rows.iter().filter(|row| row.members.is_some()).count()
}

impl<W: Work<Output = MailboxObjects>> FileRows for ObjectStream<W> {
    fn next_for_file(&self) -> Result<FileNext> {
        let state = &mut *self.state();
        Ok(match self.take(state, USUAL_BATCH, true, |most| self.run.take_for_file(most))? {
            TakenRows::Pending => FileNext::Pending,
            TakenRows::End => FileNext::End,
            TakenRows::Rows(rows) => {
                let failures = rows.iter().filter_map(Failure::of).collect();
                FileNext::Batch(FileBatch { data: state.encoder.encoder.encode(&rows), rows: shown(&rows), failures })
            }
        })
    }

    fn stay(&self) {
        self.run.stay();
    }

    fn end_of_file(&self, now: Timestamp) -> Vec<u8> {
        self.state().encoder.encoder.finish(&self.run.progress(), now)
    }
}

impl<W: Work<Output = MailboxObjects>> RowStream for ObjectStream<W> {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.run.push(lines)
    }

    fn finish_input(&self) {
        self.run.finish_input();
    }

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        let most = if max_rows == 0 { USUAL_BATCH } else { max_rows.min(MOST_BATCH) };
        // Held from taking to encoding: the first batch taken is the one that gets the header.
        let state = &mut *self.state();
        let with_failures = state.encoder.encoder.errors_travel_beside();
        self.run.come_back();
        Ok(match self.take(state, most, with_failures, |most| self.run.take_further(most))? {
            TakenRows::Pending => Next::Pending,
            TakenRows::End => Next::End,
            TakenRows::Rows(rows) => Next::Batch { data: state.encoder.encoder.encode(&rows), rows: shown(&rows) },
        })
    }

    fn ready(&self) -> usize {
        self.run.ready().saturating_add(self.state().waiting.len())
    }

    fn gathers_for(&self) -> Duration {
        self.state().encoder.encoder.gathers_for(self.run.writes())
    }

    fn progress(&self) -> Value {
        self.run.progress()
    }

    fn events(&self) -> String {
        self.run.events()
    }

    fn cancel(&self) {
        self.run.cancel();
    }
}
