//! A run over mailboxes as its caller sees it: what they gave, as encoded rows.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;

use super::request::RunRequest;
use crate::error::{Error, Result};
use crate::rows::out_file::{FileBatch, FileNext, FileRows};
use crate::rows::stream::{MOST_BATCH, USUAL_BATCH, batch_size};
use crate::rows::{ColumnSet, Failure, Heading, MailboxRows, Next, Row, RowEncoder, RowMaker, RowStream, Selection};
use crate::runner::{Output, Run, Taken, Work};

/// Mailboxes that are taken at a time where one may give many rows: what they gave waits here, where nothing bounds it.
const MOST_MAILBOXES: usize = 64;

/// Makes rows of what mailboxes gave, and encodes them.
#[derive(Debug)]
pub(super) struct MailboxEncoder {
    rows: RowMaker,
    encoder: RowEncoder,
    /// The most mailboxes that are taken at a time.
    most_mailboxes: usize,
}

impl MailboxEncoder {
    /// An encoder for what `request` asks for, a stream or its file, of rows with these columns: one for each mailbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn of_columns(request: &RunRequest, columns: &ColumnSet, heading: Heading) -> Result<Self> {
        let encoder = match &request.out_file {
            Some(file) => RowEncoder::for_file(file, heading, &request.report, columns)?,
            None => RowEncoder::new(&request.report, columns)?,
        };
        Ok(Self { rows: RowMaker::of_columns(columns), encoder, most_mailboxes: MOST_BATCH })
    }

    /// The same of rows with the members of `selection`.
    ///
    /// # Errors
    ///
    /// As [`MailboxEncoder::of_columns`].
    pub(super) fn of_selection(request: &RunRequest, selection: &Selection, heading: Heading) -> Result<Self> {
        let report = &request.report;
        let file = request.out_file.as_ref().map(|file| (file, heading));
        let encoder = RowEncoder::for_objects(report, file, selection)?;
        let rows = RowMaker::of_selection(selection, report.include_error, encoder.failures_have_rows());
        Ok(Self { rows, encoder, most_mailboxes: MOST_MAILBOXES })
    }
}

impl Output for MailboxRows {
    fn failure(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn mailbox(&self) -> Option<&str> {
        self.mailbox.as_deref()
    }

    fn weight(&self) -> usize {
        self.size()
    }

    fn record(&self) -> Vec<u8> {
        MailboxRows::record(self)
    }
}

/// A run over mailboxes. However many a mailbox gives, a batch has as many rows as were asked for.
pub(super) struct MailboxStream<W: Work<Output = MailboxRows>> {
    run: Run<W>,
    state: Mutex<State>,
}

struct State {
    encoder: MailboxEncoder,
    /// Rows of mailboxes that were taken from the run.
    waiting: VecDeque<Row>,
}

/// What [`MailboxStream::take`] has.
enum TakenRows {
    Rows(Vec<Row>),
    Pending,
    End,
}

impl<W: Work<Output = MailboxRows>> MailboxStream<W> {
    pub(super) fn new(run: Run<W>, encoder: MailboxEncoder) -> Self {
        Self { run, state: Mutex::new(State { encoder, waiting: VecDeque::new() }) }
    }

    /// Up to `most` rows, those that wait first. What fails the run is told once none waits.
    fn take(
        &self,
        state: &mut State,
        most: usize,
        with_failures: bool,
        further: impl Fn(usize) -> Result<Taken<MailboxRows>>,
    ) -> Result<TakenRows> {
        while state.waiting.len() < most {
            let mailboxes = (most - state.waiting.len()).min(state.encoder.most_mailboxes);
            let taken = match further(mailboxes) {
                Ok(Taken::Rows(taken)) => taken,
                _ if !state.waiting.is_empty() => break,
                Ok(Taken::Pending) => return Ok(TakenRows::Pending),
                Ok(Taken::End) => return Ok(TakenRows::End),
                Err(error) => return Err(error),
            };
            for done in taken {
                let rows = state.encoder.rows.of(done.position, done.output);
                state.waiting.extend(rows.into_iter().filter(|row| with_failures || row.is_shown()));
            }
        }
        let count = state.waiting.len().min(most);
        Ok(TakenRows::Rows(state.waiting.drain(..count).collect()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

fn shown(rows: &[Row]) -> usize {
    rows.iter().filter(|row| row.is_shown()).count()
}

impl<W: Work<Output = MailboxRows>> FileRows for MailboxStream<W> {
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

impl<W: Work<Output = MailboxRows>> RowStream for MailboxStream<W> {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.run.push(lines)
    }

    fn finish_input(&self) {
        self.run.finish_input();
    }

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        let most = batch_size(max_rows);
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
