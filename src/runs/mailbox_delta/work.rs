//! Changes of mailboxes as a run's work.

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, Method};
use serde_json::Value;

use super::super::batched::{self, BatchedReads};
use super::super::input::{InputItem, InputReader};
use super::super::setup::RunSetup;
use super::keeper::Keeper;
use super::request::MailboxDelta;
use super::round::{Next, Round};
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::facet::delta::{Delta, Found, Scope};
use crate::facet::report::ITEM_COUNT;
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::request::Request;
use crate::graph::{path, permission};
use crate::http::HttpReply;
use crate::rows::{MailboxRows, Selection};
use crate::runner::{Batched, Work};

/// In so many requests one after another mailboxes share batches where each has many folders.
const MOST_ROUNDS: usize = 64;

/// Reads changes.
pub(super) struct DeltaWork {
    graph: Arc<GraphClient>,
    delta: Delta,
    /// What an error says was being done.
    action: String,
    headers: HeaderMap,
    selection: Selection,
    include_empty: bool,
    start_now: bool,
    keeper: Arc<Keeper>,
    tenant: Option<String>,
    reader: InputReader,
    context: Context,
}

/// A mailbox, and how far its reading is, once it has begun.
pub(super) struct DeltaItem {
    input: InputItem,
    round: Option<Round>,
}

impl DeltaItem {
    fn given(&self) -> Option<&str> {
        self.input.given.as_deref()
    }
}

impl DeltaWork {
    pub(super) fn new(
        setup: &RunSetup,
        request: &MailboxDelta,
        delta: Delta,
        selection: Selection,
        keeper: Arc<Keeper>,
        context: Context,
    ) -> Result<Self> {
        Ok(Self {
            graph: setup.graph()?,
            action: format!("reading {} of", delta.title().to_lowercase()),
            headers: delta.headers(),
            delta,
            selection,
            include_empty: request.include_empty,
            start_now: request.start_now,
            keeper,
            tenant: setup.tenant.clone(),
            reader: request.run.reader(),
            context,
        })
    }

    fn about(&self, item: &DeltaItem, failure: impl Into<AttemptError>) -> AttemptError {
        failure.into().about(&self.action, display_name(item.given()))
    }

    /// Looks up by what the mailbox goes on.
    async fn begin(&self, item: &mut DeltaItem) -> Result<(), AttemptError> {
        if item.round.is_none() && item.input.mailbox.is_ok() {
            // What the file does not give, it gives of no mailbox.
            let before = self.keeper.of_mailbox(item.input.identity()).await.map_err(AttemptError::Run)?;
            item.round = Some(Round::new(&self.delta, before, self.start_now));
        }
        Ok(())
    }

    /// The request that comes next; `None` where all was read.
    fn next(&self, item: &DeltaItem) -> Result<Option<String>> {
        let mailbox = item.input.mailbox.as_ref().map_err(Clone::clone)?;
        match item.round.as_ref().and_then(|round| round.next(&self.delta)) {
            None => Ok(None),
            Some(Next::Link(link)) if !self.graph.holds(&link) => {
                Err(Error::argument("the file of links has one that leads away from the service")
                    .hint("nothing was sent there; begin with another file"))
            }
            Some(Next::Link(link)) => Ok(Some(link)),
            Some(Next::Path(path)) => path::of_mailbox(mailbox.asked(), &path).map(Some),
        }
    }

    /// Takes a reply, or why there is none; what is no failure of the mailbox is none.
    fn take(&self, item: &mut DeltaItem, reply: Result<HttpReply>) -> Result<()> {
        let Some(round) = &mut item.round else { return Ok(()) };
        match reply {
            Ok(reply) => round.take(&self.delta, &reply, |link| self.graph.holds(link)),
            Err(error) => round.fail(&self.delta, error),
        }
    }

    /// Whether the mailbox is to be asked for by the other reading of its name.
    fn turns_to_unescaped(item: &mut DeltaItem, failure: &AttemptError) -> bool {
        let has_begun = item.round.as_ref().is_some_and(Round::has_begun);
        let turns = !has_begun && item.input.turn_to_unescaped(failure);
        if turns {
            item.round = None;
        }
        turns
    }

    fn conclude(&self, item: &DeltaItem, error: Option<Error>) -> MailboxRows {
        let Some(round) = &item.round else {
            return MailboxRows { mailbox: item.given().map(str::to_owned), error, ..MailboxRows::default() };
        };
        let count = round.found().iter().filter(|found| found.is_thing()).count();
        let mut rows: Vec<_> = round.found().iter().map(|found: &Found| self.delta.row(found.clone())).collect();
        if rows.is_empty() && self.include_empty && error.is_none() {
            rows.push(serde_json::Map::new());
        }
        let with_count = rows.into_iter().map(|mut row| {
            row.insert(ITEM_COUNT.to_owned(), Value::from(count));
            self.selection.of(row)
        });
        let receipt = round.receipt().map(|state| Keeper::receipt(item.input.identity(), &state));
        MailboxRows { mailbox: item.given().map(str::to_owned), objects: with_count.collect(), error, receipt }
    }

    /// The rows of a mailbox that was read.
    fn done(&self, item: &DeltaItem) -> MailboxRows {
        let doubt = item.round.as_ref().and_then(Round::doubt);
        self.conclude(item, doubt.map(|error| self.about(item, error).into_error()))
    }
}

impl BatchedReads for DeltaWork {
    type Item = DeltaItem;

    fn graph(&self) -> &GraphClient {
        &self.graph
    }

    fn context(&self) -> &Context {
        &self.context
    }

    fn most_rounds(&self) -> usize {
        if self.delta.scope() == Scope::All { MOST_ROUNDS } else { 1 }
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn request_in_batch(&self, item: &DeltaItem) -> Option<Request> {
        let path = self.next(item).ok()??;
        let is_first = item.round.as_ref().is_some_and(Round::is_first_page);
        is_first.then(|| Request::whole_with(path, self.headers.clone()))
    }

    fn take_from_batch(
        &self,
        item: &mut DeltaItem,
        _: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>> {
        match self.take(item, reply).map_err(AttemptError::Item) {
            Ok(()) => matches!(self.next(item), Ok(None)).then(|| Ok(self.done(item))),
            Err(failure) if Self::turns_to_unescaped(item, &failure) => None,
            Err(failure) => Some(Err(self.about(item, failure))),
        }
    }

    async fn attempt_one(&self, item: &mut DeltaItem) -> Result<MailboxRows, AttemptError> {
        loop {
            self.begin(item).await?;
            let path = match self.next(item) {
                Ok(Some(path)) => path,
                Ok(None) => return Ok(self.done(item)),
                Err(error) => return Err(self.about(item, error)),
            };
            let sent = self.graph.send(Method::GET, &path, &self.headers, None, &self.context).await;
            let taken = match sent {
                Ok(reply) => self.take(item, Ok(reply)),
                Err(AttemptError::Item(error)) => self.take(item, Err(error)),
                Err(failure) => return Err(failure),
            };
            match taken.map_err(AttemptError::Item) {
                Ok(()) => {}
                Err(failure) if Self::turns_to_unescaped(item, &failure) => {}
                Err(failure) => return Err(self.about(item, failure)),
            }
        }
    }
}

impl Work for DeltaWork {
    type Item = DeltaItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> DeltaItem {
        DeltaItem { input: self.reader.read(line), round: None }
    }

    fn identity<'a>(&self, item: &'a DeltaItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await?;
        let tenant = self.graph.tenant(&self.context).await?;
        self.keeper.open(tenant.as_deref().or(self.tenant.as_deref())).await
    }

    async fn attempt(&self, item: &mut DeltaItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item).await
    }

    fn most_per_batch(&self) -> usize {
        MOST_REQUESTS
    }

    async fn attempt_batch(&self, items: &mut [DeltaItem]) -> Batched<MailboxRows> {
        for item in items.iter_mut() {
            if let Err(failure) = self.begin(item).await {
                return Batched::Envelope(failure);
            }
        }
        batched::attempt_batch(self, items).await
    }

    fn has_advanced(&self, item: &mut DeltaItem) -> bool {
        item.round.as_mut().is_some_and(Round::has_advanced)
    }

    /// What was read of it to the end is told; the rest comes with the next run.
    fn failed(&self, item: &DeltaItem, error: Error) -> MailboxRows {
        self.conclude(item, Some(self.about(item, error).into_error()))
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}
