//! A comparison with a wanted state as a run's work.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use http::HeaderMap;
use serde_json::Value;

use super::super::batched::{self, BatchedReads};
use super::super::input::{InputItem, InputReader};
use super::super::plan_file::{self, PlanFile};
use super::super::plan_photos::PlanPhotos;
use super::super::walk::Walk;
use super::late::LateState;
use crate::attempt::AttemptError;
use crate::clock::Clock;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::facet::{Difference, Facet, Item, State};
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::request::Request;
use crate::graph::{path, permission};
use crate::http::{HttpReply, RetryPolicy};
use crate::plan::PlanLine;
use crate::rows::{MailboxRows, Selection};
use crate::runner::{Batched, Work};
use crate::store::WorkHash;

/// The members of a row, after the mailbox's name.
pub(super) const ROW_MEMBERS: [&str; 7] = ["InDesiredState", "Facet", "Key", "Change", "From", "To", "Blocked"];

/// What an error says was being done.
const COMPARING: &str = "comparing with the wanted state the mailbox";

/// In how many requests one after another mailboxes are read together: as a rule one for each facet. What goes on with
/// many folders then goes on by itself.
const MOST_ROUNDS: usize = 32;

/// Compares mailboxes with a state.
#[derive(Debug)]
pub(super) struct StateWork {
    pub(super) graph: Arc<GraphClient>,
    /// What is read of each mailbox.
    pub(super) readings: Vec<Arc<dyn Facet>>,
    pub(super) late: Arc<dyn LateState>,
    /// What is wanted, once it is known.
    pub(super) state: OnceLock<Arc<State>>,
    pub(super) retry: RetryPolicy,
    pub(super) include_empty: bool,
    /// Takes what would be done.
    pub(super) plan: Option<Arc<PlanFile>>,
    /// Has saved what lines may name.
    pub(super) photos: Option<Arc<PlanPhotos>>,
    pub(super) planned_by: &'static str,
    /// How many differences nothing takes away.
    pub(super) blocked: AtomicU64,
    pub(super) selection: Selection,
    /// The app that is signed in, as far as it is known.
    pub(super) app: Option<String>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) headers: HeaderMap,
    pub(super) reader: InputReader,
    pub(super) context: Context,
}

/// A mailbox, and how far its reading is: what was read stays read.
pub(super) struct StateItem {
    input: InputItem,
    /// One for each reading of the state.
    walks: Vec<Walk>,
}

impl StateItem {
    fn given(&self) -> Option<&str> {
        self.input.given.as_deref()
    }

    /// The reading that goes on, by its number.
    fn under_way(&self) -> Option<usize> {
        self.walks.iter().position(|walk| !walk.is_done())
    }
}

impl StateWork {
    /// The request that a reading goes on with; `None` where it has come to its end.
    fn request(&self, item: &StateItem, number: usize) -> Result<Option<Request>> {
        let mailbox = item.input.mailbox.as_ref().map_err(Clone::clone)?;
        let Some(step) = item.walks[number].step() else { return Ok(None) };
        Ok(Some(Request::whole(path::of_mailbox(mailbox.asked(), &step.path)?)))
    }

    /// The first reading whose next request goes into a batch: another may be at a further page of a long list.
    fn in_batch(&self, item: &StateItem) -> Option<(usize, Request)> {
        let request = |number: usize| Some((number, self.request(item, number).ok()??));
        (0..item.walks.len()).filter_map(request).find(|(number, request)| item.walks[*number].fits_batch(request))
    }

    fn facet(&self, number: usize) -> &dyn Facet {
        &*self.readings[number]
    }

    /// The mailbox's rows; what is to be done goes into the plan.
    fn rows(&self, item: &mut StateItem) -> Result<MailboxRows, AttemptError> {
        let mailbox = item.input.mailbox.clone().map_err(|error| self.about(item, error))?;
        let found: Vec<Vec<Item>> = item.walks.iter_mut().map(Walk::take_found).collect();
        let state =
            self.state.get().ok_or_else(|| AttemptError::Run(Error::internal("the wanted state is not known")))?;
        let differences = state.differences(&found);
        if let Some(plan) = &self.plan {
            let given = item.given().unwrap_or_default();
            let planned = differences.iter().filter_map(|(_, difference)| difference.change.as_ref().ok());
            plan.add_all(&planned.map(|change| PlanLine::of(given, &mailbox, change)).collect::<Vec<_>>());
        }
        let blocked = differences.iter().filter(|(_, difference)| difference.change.is_err()).count();
        self.blocked.fetch_add(blocked as u64, Ordering::Relaxed);
        let mut rows: Vec<Item> = differences.into_iter().map(|(facet, difference)| row(facet, difference)).collect();
        if rows.is_empty() && self.include_empty {
            rows.push(Item::from_iter([(ROW_MEMBERS[0].to_owned(), true.into())]));
        }
        let objects = rows.into_iter().map(|row| self.selection.of(row)).collect();
        Ok(MailboxRows { mailbox: item.given().map(str::to_owned), objects, ..MailboxRows::default() })
    }

    fn about(&self, item: &StateItem, failure: impl Into<AttemptError>) -> AttemptError {
        // A name is never guessed here: what is read is what a plan then writes.
        let explained = failure.into().map_item(|error| match &item.input.mailbox {
            Ok(mailbox) => mailbox.explain(error),
            Err(_) => error,
        });
        explained.about(COMPARING, display_name(item.given()))
    }
}

fn row(facet: &dyn Facet, difference: Difference) -> Item {
    let Difference { key, kind, from, to, change } = difference;
    let item = |item: Option<Item>| item.map_or(Value::Null, Value::Object);
    let blocked = change.err().map(|error| error.to_string());
    let values =
        [false.into(), facet.name().into(), key.into(), kind.name().into(), item(from), item(to), blocked.into()];
    ROW_MEMBERS.into_iter().map(str::to_owned).zip(values).collect()
}

impl BatchedReads for StateWork {
    type Item = StateItem;

    fn graph(&self) -> &GraphClient {
        &self.graph
    }

    fn context(&self) -> &Context {
        &self.context
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn most_rounds(&self) -> usize {
        MOST_ROUNDS
    }

    fn request_in_batch(&self, item: &StateItem) -> Option<Request> {
        self.in_batch(item).map(|(_, request)| request)
    }

    fn take_from_batch(
        &self,
        item: &mut StateItem,
        request: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>> {
        // The one that it was asked for: nothing has changed since.
        let (number, _) = self.in_batch(item)?;
        match item.walks[number].take(self.facet(number), request, &self.graph, reply) {
            Ok(()) => item.under_way().is_none().then(|| self.rows(item)),
            Err(error) => Some(Err(self.about(item, error))),
        }
    }

    async fn attempt_one(&self, item: &mut StateItem) -> Result<MailboxRows, AttemptError> {
        while let Some(number) = item.under_way() {
            let request = match self.request(item, number) {
                Ok(Some(request)) => request,
                Ok(None) => break,
                Err(error) => return Err(self.about(item, error)),
            };
            let read = item.walks[number].attempt(self.facet(number), &request, &self.graph, &self.context).await;
            read.map_err(|failure| self.about(item, failure))?;
        }
        self.rows(item)
    }
}

impl Work for StateWork {
    type Item = StateItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> StateItem {
        let walks = self.readings.iter().map(|facet| Walk::new(&**facet)).collect();
        StateItem { input: self.reader.read(line), walks }
    }

    fn identity<'a>(&self, item: &'a StateItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    fn work_hash(&self, item: &StateItem, line: &str) -> WorkHash {
        if item.input.mailbox.is_ok() { WorkHash::OF_RUN } else { WorkHash::of_line(line) }
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await?;
        let state = self.late.state(&self.graph, &self.retry, &self.context).await?;
        let _ = self.state.set(state);
        let Some(plan) = &self.plan else { return Ok(()) };
        let tenant = self.graph.tenant(&self.context).await?;
        plan.set_header(tenant.as_deref(), self.app.as_deref(), self.planned_by, self.clock.now())
    }

    async fn attempt(&self, item: &mut StateItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item).await
    }

    fn most_per_batch(&self) -> usize {
        MOST_REQUESTS
    }

    async fn attempt_batch(&self, items: &mut [StateItem]) -> Batched<MailboxRows> {
        batched::attempt_batch(self, items).await
    }

    fn has_advanced(&self, item: &mut StateItem) -> bool {
        item.walks.iter_mut().fold(false, |advanced, walk| walk.has_advanced() | advanced)
    }

    fn failed(&self, item: &StateItem, error: Error) -> MailboxRows {
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
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked > 0 {
            let message = format!("{blocked} differences stay whatever is done: the rows say in Blocked why");
            self.context.events.emit(Event::Warning, &message, []);
        }
        let written = plan_file::end(self.plan.as_ref(), ended).await;
        if let (Some(photos), Some(plan)) = (self.photos.clone(), self.plan.clone()) {
            let is_there = ended.is_ok() && written.is_ok();
            let kept = move || photos.keep_only(|sha256| is_there && plan.names(sha256));
            let _ = tokio::task::spawn_blocking(kept).await;
        }
        written
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}
