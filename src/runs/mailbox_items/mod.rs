//! The items of a facet of many mailboxes, a row each.

mod planned;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};
use serde_json::Value;

use self::planned::line_of;
use super::batched::{self, BatchedReads};
use super::columns::items_columns;
use super::input::{InputItem, InputReader};
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::plan_file::{self, PlanFile};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use super::walk::Walk;
use crate::attempt::AttemptError;
use crate::clock::Clock;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::facet::report::ITEM_COUNT;
use crate::facet::{Item, Report, ReportOptions, report};
use crate::files::check_distinct;
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::request::Request;
use crate::graph::{path, permission};
use crate::http::{HttpReply, RetryPolicy};
use crate::rows::{MailboxRows, RowStream, Selection};
use crate::runner::{Batched, Run, Work};
use crate::store::WorkHash;

/// What a journal of this run is of.
const KIND: &str = "mailboxItems";

/// What a plan says that it was made by.
const PLANNED_BY: &str = "exrun_mailbox_items_report";

/// Request of a report on items; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MailboxItems {
    /// What every run has.
    pub run: RunRequest,
    /// Which part of the mailboxes.
    pub facet: String,
    /// The columns after the mailbox's name; none: all, of a table all but the item as an object.
    pub columns: Vec<String>,
    /// A row for a mailbox that has nothing to show.
    pub include_empty: bool,
    /// What the facet is asked for.
    pub options: ReportOptions,
    /// A file that takes what is planned for the items.
    pub plan_file: Option<PathBuf>,
}

/// Starts a report on items of many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub fn start(setup: &RunSetup, request: &MailboxItems) -> Result<Arc<dyn RowStream>> {
    let report = report(&request.facet, &request.options)?;
    check_plan(request)?;
    let columns = items_columns(report.columns(), &request.columns, &request.run)?;
    let selection = Selection::parse(&columns)?;
    let heading = request.run.heading(setup, report.title());
    let heading = report.notes().iter().fold(heading, |heading, note| heading.note(*note));
    let encoder = MailboxEncoder::of_selection(&request.run, &selection, heading)?;
    let options = request.options.fingerprint();
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "GET",
        path: report.name(),
        body: Some(&options),
        flags: &[("includeEmpty", request.include_empty)],
        select: &columns,
        ..Fingerprint::default()
    };
    let options = request.run.run_options(setup, fingerprint, false)?;
    let files =
        [("planFile", request.plan_file.as_deref()), ("the client's credential", setup.credential_file.as_deref())];
    check_distinct(request.run.files().into_iter().chain(files))?;
    let plan = request.plan_file.as_deref().map(PlanFile::begin).transpose()?;
    let context = request.run.context(setup)?;
    setup.announce(&context);
    let work = ItemsWork {
        graph: setup.graph()?,
        action: format!("reading {} of", report.title().to_lowercase()),
        headers: report.headers(),
        report,
        selection,
        include_empty: request.include_empty,
        retry: options.retry,
        plan,
        app: setup.app.clone(),
        clock: Arc::clone(&setup.clock),
        reader: request.run.reader(),
        context: context.clone(),
    };
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.run.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
}

/// Refuses what does not go with a plan.
fn check_plan(request: &MailboxItems) -> Result<()> {
    match (request.plan_file.is_some(), request.options.messages.action.is_some()) {
        (true, false) => Err(Error::argument("action: is needed for a plan: moveTo, softDelete or hardDelete")),
        (false, true) => Err(Error::argument("planFile: is needed where there is an action: finding changes nothing")),
        (true, true) if request.run.journal.is_some() => Err(Error::argument("journal: does not go with planFile")
            .hint("a plan is made in one go; its undo plan and its journal are of the run that does it")),
        _ => Ok(()),
    }
}

/// Reads a facet of a mailbox into rows.
#[derive(Debug)]
struct ItemsWork {
    graph: Arc<GraphClient>,
    /// What an error says was being done.
    action: String,
    report: Box<dyn Report>,
    selection: Selection,
    include_empty: bool,
    retry: RetryPolicy,
    headers: HeaderMap,
    /// Takes what is planned for the items.
    plan: Option<Arc<PlanFile>>,
    /// The app that is signed in, as far as it is known.
    app: Option<String>,
    clock: Arc<dyn Clock>,
    reader: InputReader,
    context: Context,
}

/// A mailbox, and how far its reading is: what was read stays read.
struct MailboxItem {
    input: InputItem,
    walk: Walk,
}

impl MailboxItem {
    fn given(&self) -> Option<&str> {
        self.input.given.as_deref()
    }
}

impl ItemsWork {
    /// The request that comes next; `None` where all was read.
    fn request(&self, item: &MailboxItem) -> Result<Option<Request>> {
        let mailbox = item.input.mailbox.as_ref().map_err(Clone::clone)?;
        let Some(step) = item.walk.step() else { return Ok(None) };
        let path = path::of_mailbox(mailbox.asked(), &step.path)?;
        if step.takes_first {
            return Request::new(&Method::GET, path, self.headers.clone(), None, true).map(Some);
        }
        Ok(Some(Request::whole_with(path, self.headers.clone())))
    }

    /// The rows of a mailbox that was read, and what is planned for it.
    fn conclude_one(&self, item: &mut MailboxItem) -> Result<MailboxRows, AttemptError> {
        let found = item.walk.take_found();
        if let Some(plan) = &self.plan {
            let mailbox = item.input.mailbox.as_ref().map_err(|error| AttemptError::Item(error.clone()))?;
            let given = item.given().unwrap_or_default();
            let planned = self.report.planned(&found).map_err(|error| self.about(item, error))?;
            planned.into_iter().for_each(|change| plan.add(&line_of(self.report.name(), given, mailbox, change)));
        }
        let doubt = self.report.doubt(&found).map(|error| self.about(item, error).into_error());
        Ok(MailboxRows { error: doubt, ..self.rows(item, found) })
    }

    fn rows(&self, item: &MailboxItem, found: Vec<Item>) -> MailboxRows {
        let count = self.report.count(&found);
        let mut rows = self.report.rows(found);
        if rows.is_empty() && self.include_empty {
            rows.push(Item::new());
        }
        let with_count = rows.into_iter().map(|mut row| {
            row.entry(ITEM_COUNT).or_insert_with(|| Value::from(count));
            self.selection.of(row)
        });
        MailboxRows {
            mailbox: item.given().map(str::to_owned),
            objects: with_count.collect(),
            ..MailboxRows::default()
        }
    }

    fn about(&self, item: &MailboxItem, failure: impl Into<AttemptError>) -> AttemptError {
        failure.into().about(&self.action, display_name(item.given()))
    }

    /// Whether the read is to be made by the other reading of the mailbox's name; all its requests are of one mailbox.
    fn turns_to_unescaped(item: &mut MailboxItem, failure: &AttemptError) -> bool {
        !item.walk.has_begun() && item.input.turn_to_unescaped(failure)
    }
}

impl BatchedReads for ItemsWork {
    type Item = MailboxItem;

    fn graph(&self) -> &GraphClient {
        &self.graph
    }

    fn context(&self) -> &Context {
        &self.context
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn request_in_batch(&self, item: &MailboxItem) -> Option<Request> {
        self.request(item).ok()?.filter(|request| item.walk.fits_batch(request))
    }

    fn take_from_batch(
        &self,
        item: &mut MailboxItem,
        request: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>> {
        match item.walk.take(&*self.report, request, &self.graph, reply).map_err(AttemptError::Item) {
            Ok(()) => item.walk.is_done().then(|| self.conclude_one(item)),
            Err(failure) if Self::turns_to_unescaped(item, &failure) => None,
            Err(failure) => Some(Err(self.about(item, failure))),
        }
    }

    async fn attempt_one(&self, item: &mut MailboxItem) -> Result<MailboxRows, AttemptError> {
        loop {
            let request = match self.request(item) {
                Ok(Some(request)) => request,
                Ok(None) => return self.conclude_one(item),
                Err(error) => return Err(self.about(item, error)),
            };
            match item.walk.attempt(&*self.report, &request, &self.graph, &self.context).await {
                Ok(()) => {}
                Err(failure) if Self::turns_to_unescaped(item, &failure) => {}
                Err(failure) => return Err(self.about(item, failure)),
            }
        }
    }
}

impl Work for ItemsWork {
    type Item = MailboxItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> MailboxItem {
        MailboxItem { input: self.reader.read(line), walk: Walk::new(&*self.report) }
    }

    fn identity<'a>(&self, item: &'a MailboxItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    fn work_hash(&self, item: &MailboxItem, line: &str) -> WorkHash {
        if item.input.mailbox.is_ok() { WorkHash::OF_RUN } else { WorkHash::of_line(line) }
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await?;
        if let Some(plan) = &self.plan {
            let tenant = self.graph.tenant(&self.context).await?;
            plan.set_header(tenant.as_deref(), self.app.as_deref(), PLANNED_BY, self.clock.now())?;
        }
        self.report.prepare(&self.graph, &self.retry, &self.context).await
    }

    async fn attempt(&self, item: &mut MailboxItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item).await
    }

    fn most_per_batch(&self) -> usize {
        MOST_REQUESTS
    }

    async fn attempt_batch(&self, items: &mut [MailboxItem]) -> Batched<MailboxRows> {
        batched::attempt_batch(self, items).await
    }

    fn has_advanced(&self, item: &mut MailboxItem) -> bool {
        item.walk.has_advanced()
    }

    fn failed(&self, item: &MailboxItem, error: Error) -> MailboxRows {
        MailboxRows::failed(item.given(), self.about(item, error).into_error())
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn concludes(&self) -> bool {
        self.plan.is_some()
    }

    fn conclude(&self, _: &[&MailboxRows]) -> Option<BoxFuture<'static, Result<()>>> {
        plan_file::conclude(self.plan.as_ref())
    }

    async fn end(&self, ended: &Result<()>) -> Result<()> {
        plan_file::end(self.plan.as_ref(), ended).await
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}
