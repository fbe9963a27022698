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

/// Who is told when the caller is done with the rows of a mailbox: when he comes back for more, or for the end. Rows
/// that go to a file he has when that is in its place.
pub(super) trait Receipts: Send + Sync {
    /// The caller is done with the rows that these came with.
    fn settle(&self, receipts: Vec<String>);
    /// The rows that these came with are in a file that is not complete.
    fn hold(&self, receipts: Vec<String>);
    /// Whether what is settled is done. Asked when no rows are left: nothing follows then.
    fn is_settled(&self) -> Result<bool>;
    /// The file is in its place. Blocks until what was held is done.
    fn settle_held(&self) -> Result<()>;
    /// The caller takes no more rows.
    fn abandon(&self);
}

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
    receipts: Option<Box<dyn Receipts>>,
}

struct State {
    encoder: MailboxEncoder,
    /// Rows of mailboxes that were taken from the run.
    waiting: VecDeque<Row>,
    /// How many were taken from it, and how many of them were given.
    taken: u64,
    given: u64,
    /// Each with how many rows are taken up to the last of its own.
    receipts: VecDeque<(u64, String)>,
}

impl State {
    /// The receipts whose rows were all given.
    fn given_receipts(&mut self) -> Vec<String> {
        let count = self.receipts.iter().take_while(|(last, _)| *last <= self.given).count();
        self.receipts.drain(..count).map(|(_, receipt)| receipt).collect()
    }
}

/// What [`MailboxStream::take`] has.
enum TakenRows {
    Rows(Vec<Row>),
    Pending,
    End,
}

impl<W: Work<Output = MailboxRows>> MailboxStream<W> {
    pub(super) fn new(run: Run<W>, encoder: MailboxEncoder) -> Self {
        let (waiting, receipts) = (VecDeque::new(), VecDeque::new());
        Self { run, state: Mutex::new(State { encoder, waiting, taken: 0, given: 0, receipts }), receipts: None }
    }

    /// The same, with someone who is told what was taken.
    pub(super) fn with_receipts(mut self, receipts: Box<dyn Receipts>) -> Self {
        self.receipts = Some(receipts);
        self
    }

    /// Says which rows the caller is done with: all that were given before this call.
    fn settle(&self, state: &mut State) {
        self.tell(state, |receipts, given| receipts.settle(given));
    }

    /// Says which rows are in the file.
    fn hold(&self, state: &mut State) {
        self.tell(state, |receipts, given| receipts.hold(given));
    }

    fn tell(&self, state: &mut State, tell: impl FnOnce(&dyn Receipts, Vec<String>)) {
        if let Some(receipts) = &self.receipts {
            let given = state.given_receipts();
            if !given.is_empty() {
                tell(&**receipts, given);
            }
        }
    }

    /// The end, once what is settled is done.
    fn end(&self) -> Result<Next> {
        let is_settled = self.receipts.as_ref().map_or(Ok(true), |receipts| receipts.is_settled())?;
        Ok(if is_settled { Next::End } else { Next::Pending })
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
            for mut done in taken {
                let receipt = done.output.receipt.take();
                let rows = state.encoder.rows.of(done.position, done.output);
                let before = state.waiting.len();
                state.waiting.extend(rows.into_iter().filter(|row| with_failures || row.is_shown()));
                state.taken += (state.waiting.len() - before) as u64;
                state.receipts.extend(receipt.map(|receipt| (state.taken, receipt)));
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
            TakenRows::End => {
                self.hold(state);
                FileNext::End
            }
            TakenRows::Rows(rows) => {
                let failures = rows.iter().filter_map(Failure::of).collect();
                state.given += rows.len() as u64;
                self.hold(state);
                FileNext::Batch(FileBatch { data: state.encoder.encoder.encode(&rows), rows: shown(&rows), failures })
            }
        })
    }

    fn delivered(&self) -> Result<()> {
        self.receipts.as_ref().map_or(Ok(()), |receipts| receipts.settle_held())
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
        self.settle(state);
        Ok(match self.take(state, most, with_failures, |most| self.run.take_further(most))? {
            TakenRows::Pending => {
                // Of mailboxes that gave no rows.
                self.settle(state);
                Next::Pending
            }
            TakenRows::End => {
                self.settle(state);
                self.end()?
            }
            TakenRows::Rows(rows) => {
                state.given += rows.len() as u64;
                Next::Batch { data: state.encoder.encoder.encode(&rows), rows: shown(&rows) }
            }
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
        if let Some(receipts) = &self.receipts {
            receipts.abandon();
        }
    }
}

impl<W: Work<Output = MailboxRows>> Drop for MailboxStream<W> {
    fn drop(&mut self) {
        if let Some(receipts) = &self.receipts {
            receipts.abandon();
        }
    }
}
