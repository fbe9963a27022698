//! The settings of many mailboxes, a row each.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::input::{InputItem, InputReader};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::mailbox_settings::settings_path;
use crate::graph::permission;
use crate::rows::out_file::{FileBatch, FileNext, FileRows};
use crate::rows::{ColumnSet, Failure, Next, ReportRow, Row, RowEncoder, RowStream, row};
use crate::runner::{Batched, Done, Run, Taken, Work};
use crate::store::WorkHash;

/// What a journal of this run is of.
const KIND: &str = row::REPORT_KIND;

/// What an error says was being done.
pub const READING: &str = "reading the mailbox settings of";

/// Starts a report on many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub fn start(setup: &RunSetup, request: &RunRequest) -> Result<Arc<dyn RowStream>> {
    let columns = Arc::new(ColumnSet::parse(&request.report.columns)?);
    let encoder = match &request.out_file {
        Some(file) => RowEncoder::for_file(file, &request.report, &columns)?,
        None => RowEncoder::new(&request.report, &columns)?,
    };
    let names: Vec<String> = columns.names().map(str::to_owned).collect();
    let fingerprint =
        Fingerprint { kind: KIND, method: "GET", path: "mailboxSettings", select: &names, ..Fingerprint::default() };
    let options = request.run_options(setup, fingerprint, false)?;

    let context = request.context(setup)?;
    setup.announce(&context);
    let graph = setup.graph()?;
    let work = SettingsWork { graph, columns, reader: request.reader(), context: context.clone() };
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.deliver(setup, Arc::new(ReportStream { run, encoder: Mutex::new(encoder) }))
}

/// Reads the settings of a mailbox into a row.
#[derive(Debug)]
struct SettingsWork {
    graph: Arc<GraphClient>,
    columns: Arc<ColumnSet>,
    reader: InputReader,
    context: Context,
}

impl SettingsWork {
    fn row(&self, item: &InputItem, body: &[u8]) -> Result<(Row, Option<Error>), AttemptError> {
        let row = self.columns.extract(item.given.as_deref(), body).map_err(|error| about(item, error))?;
        Ok((row, None))
    }

    /// The settings of each, by one request; the error is that of the request as a whole.
    async fn bodies<'i>(
        &self,
        items: impl Iterator<Item = &'i InputItem>,
    ) -> Result<Vec<Result<Bytes, AttemptError>>, AttemptError> {
        // What names no mailbox is not sent.
        let paths: Vec<_> = items.map(path_of).collect();
        let sent: Vec<String> = paths.iter().filter_map(|path| path.as_ref().ok()).cloned().collect();
        let bodies = if sent.is_empty() { Ok(Vec::new()) } else { self.graph.batch_get(&sent, &self.context).await };
        let action = "reading the mailbox settings of a batch";
        let mut bodies = bodies.map_err(|failure| failure.map_item(|error| error.action(action)))?.into_iter();
        let missing = || Err(Error::internal("a batch gave fewer replies than it had requests"));
        let body_of = |path: Result<String, AttemptError>| {
            path.and_then(|_| bodies.next().unwrap_or_else(missing).map_err(AttemptError::Item))
        };
        Ok(paths.into_iter().map(body_of).collect())
    }
}

fn path_of(item: &InputItem) -> Result<String, AttemptError> {
    let mailbox = item.mailbox.as_ref().map_err(|error| about(item, error.clone()))?;
    settings_path(mailbox.asked(), None).map_err(|error| about(item, error))
}

fn about(item: &InputItem, failure: impl Into<AttemptError>) -> AttemptError {
    failure.into().about(READING, display_name(item.given.as_deref()))
}

impl Work for SettingsWork {
    type Item = InputItem;
    type Output = (Row, Option<Error>);

    fn read(&self, line: &str) -> InputItem {
        self.reader.read(line)
    }

    fn identity<'a>(&self, item: &'a InputItem) -> Cow<'a, str> {
        item.identity().into()
    }

    fn work_hash(&self, item: &InputItem, line: &str) -> WorkHash {
        if item.mailbox.is_ok() { WorkHash::OF_RUN } else { WorkHash::of_line(line) }
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await
    }

    async fn attempt(&self, item: &mut InputItem) -> Result<Self::Output, AttemptError> {
        loop {
            let path = path_of(item)?;
            match self.graph.get(&path, &self.context).await {
                Ok(body) => return self.row(item, &body),
                Err(failure) if item.turn_to_unescaped(&failure) => {}
                Err(failure) => return Err(about(item, failure)),
            }
        }
    }

    fn most_per_batch(&self) -> usize {
        MOST_REQUESTS
    }

    async fn attempt_batch(&self, items: &mut [InputItem]) -> Batched<Self::Output> {
        let mut bodies = match self.bodies(items.iter()).await {
            Ok(bodies) => bodies,
            Err(failure) => return Batched::Envelope(failure),
        };
        let read = items.iter_mut().zip(&bodies).enumerate();
        let turned: Vec<usize> = read
            .filter_map(|(number, (item, body))| item.turn_to_unescaped(body.as_ref().err()?).then_some(number))
            .collect();
        if !turned.is_empty() {
            // Where this fails as a whole, the next try asks for what they have turned to.
            match self.bodies(turned.iter().filter_map(|number| items.get(*number))).await {
                Ok(again) => turned.into_iter().zip(again).for_each(|(number, body)| bodies[number] = body),
                Err(failure) => return Batched::Envelope(failure),
            }
        }
        let rows = items.iter().zip(bodies).map(|(item, body)| {
            let body = body.map_err(|failure| about(item, failure))?;
            self.row(item, &body)
        });
        Batched::Each(rows.collect())
    }

    fn failed(&self, item: &InputItem, error: Error) -> Self::Output {
        (self.columns.null_row(item.given.as_deref()), Some(error))
    }

    fn failure<'a>(&self, (_, error): &'a Self::Output) -> Option<&'a Error> {
        error.as_ref()
    }

    fn reconsider(&self, (_, error): &mut Self::Output) {
        *error = error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn weight(&self, (row, error): &Self::Output) -> usize {
        // An error's texts are a few hundred bytes.
        row.size() + error.as_ref().map_or(0, |_| 1024)
    }

    fn record(&self, (row, error): &Self::Output) -> Vec<u8> {
        row::record(row, error.as_ref())
    }

    fn recall(&self, record: &[u8]) -> Result<Self::Output> {
        row::recall(record)
    }
}

struct ReportStream {
    run: Run<SettingsWork>,
    encoder: Mutex<RowEncoder>,
}

impl ReportStream {
    fn encoder(&self) -> MutexGuard<'_, RowEncoder> {
        self.encoder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileRows for ReportStream {
    fn next_for_file(&self) -> Result<FileNext> {
        let mut encoder = self.encoder();
        Ok(match self.run.take(0)? {
            Taken::Pending => FileNext::Pending,
            Taken::End => FileNext::End,
            Taken::Rows(done) => {
                let rows = report_rows(done);
                let failures = rows.iter().filter_map(Failure::of).collect();
                FileNext::Batch(FileBatch { data: encoder.encode(&rows), rows: rows.len(), failures })
            }
        })
    }

    fn stay(&self) {
        self.run.stay();
    }

    fn end_of_file(&self, now: Timestamp) -> Vec<u8> {
        self.encoder().finish(&self.run.progress(), now)
    }
}

fn report_rows(done: Vec<Done<(Row, Option<Error>)>>) -> Vec<ReportRow> {
    done.into_iter().map(|Done { position, output: (row, error) }| ReportRow { position, row, error }).collect()
}

impl RowStream for ReportStream {
    fn push(&self, lines: &[u8]) -> Result<usize> {
        self.run.push(lines)
    }

    fn finish_input(&self) {
        self.run.finish_input();
    }

    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        // Held from taking to encoding: the first batch taken is the one that gets the header.
        let mut encoder = self.encoder();
        Ok(match self.run.take(max_rows)? {
            Taken::Pending => Next::Pending,
            Taken::End => Next::End,
            Taken::Rows(done) => {
                let rows = report_rows(done);
                Next::Batch { data: encoder.encode(&rows), rows: rows.len() }
            }
        })
    }

    fn ready(&self) -> usize {
        self.run.ready()
    }

    fn gathers_for(&self) -> Duration {
        self.encoder().gathers_for(self.run.writes())
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
