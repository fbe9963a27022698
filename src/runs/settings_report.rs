//! The settings of many mailboxes, a row each.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::input::{InputItem, InputReader};
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::mailbox_settings::{READING, settings_path};
use crate::graph::permission;
use crate::rows::columns::REPORT_KIND as KIND;
use crate::rows::{ColumnSet, MailboxRows, RowStream};
use crate::runner::{Batched, Run, Work};
use crate::store::WorkHash;

/// Starts a report on many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub fn start(setup: &RunSetup, request: &RunRequest) -> Result<Arc<dyn RowStream>> {
    let columns = Arc::new(ColumnSet::parse(&request.report.columns)?);
    let encoder = MailboxEncoder::of_columns(request, &columns, request.heading(setup, "Mailbox settings"))?;
    let names: Vec<String> = columns.names().map(str::to_owned).collect();
    let fingerprint =
        Fingerprint { kind: KIND, method: "GET", path: "mailboxSettings", select: &names, ..Fingerprint::default() };
    let options = request.run_options(setup, fingerprint, false)?;

    let context = request.context(setup)?;
    setup.announce(&context);
    let graph = setup.graph()?;
    let work = SettingsWork { graph, columns, reader: request.reader(), context: context.clone() };
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
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
    fn row(&self, item: &InputItem, body: &[u8]) -> Result<MailboxRows, AttemptError> {
        let given = item.given.as_deref();
        let settings = self.columns.extract(given, body).map_err(|error| about(item, error))?;
        Ok(MailboxRows::of(given, settings))
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
    type Output = MailboxRows;

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

    fn failed(&self, item: &InputItem, error: Error) -> MailboxRows {
        MailboxRows::failed(item.given.as_deref(), error)
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        self.columns.recall(record)
    }
}
