//! The steps of a mailbox as a run's work.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::super::super::batched::{self, BatchedReads};
use super::super::super::input::{ALLOW_NULL_MEMBER, BODY_MEMBER, InputItem, InputReader, PATH_MEMBER, VERIFY_MEMBER};
use super::super::super::input_key::InputKey;
use super::super::super::setup::RunSetup;
use super::super::base::PathBase;
use super::super::line::{check_is_row, members};
use super::super::request::MailboxRequests;
use super::super::verification::{LookUp, MaybeSent};
use super::progress::{Done, KIND, Outcome, Progress, name_of};
use super::step::{Rules, Step};
use super::values::{Values, at};
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::permission;
use crate::graph::request::{Answer, Exchange, Request};
use crate::graph::template::member;
use crate::http::HttpReply;
use crate::printable::shortened;
use crate::rows::{Fields, MailboxRows, Selection, nested};
use crate::runner::{Batched, Work};
use crate::store::{Key, Store, WorkHash};

/// What each row says of its step.
pub(super) const OWN_MEMBERS: [&str; 4] = ["Step", "Outcome", "StatusCode", "Items"];

/// The most bytes that are kept of an answer for later steps, in memory and in the journal.
const MOST_KEPT: usize = 64 * 1024;

/// Does the steps.
#[derive(Debug)]
pub(super) struct StepsWork {
    graph: Arc<GraphClient>,
    steps: Vec<Step>,
    names: Vec<String>,
    rules: Rules,
    selection: Selection,
    /// The members of answers that rows show.
    shown: Vec<String>,
    key: Option<InputKey>,
    reader: InputReader,
    store: OnceLock<Store>,
    context: Context,
}

/// A line, and how far its steps are.
pub(super) struct StepsItem {
    input: InputItem,
    key: Option<Key>,
    progress: Progress,
    /// The progress is that of an earlier run, where there was one.
    is_loaded: bool,
    /// An earlier run had begun with it, and the journal has no outcome.
    is_resumed: bool,
    /// The journal knows that the next request is about to be sent.
    is_noted: bool,
    /// Nobody knows whether its request was carried out, and nothing will tell.
    is_stuck: bool,
    exchange: Exchange,
    /// Of a POST that is looked up.
    maybe_sent: Option<MaybeSent>,
    has_advanced: bool,
}

/// What comes next for a mailbox.
enum Next {
    /// The step needs no request, or no more.
    Over(Done),
    Send(Box<Request>, Option<LookUp>),
}

impl StepsWork {
    pub(super) fn new(
        setup: &RunSetup,
        request: &MailboxRequests,
        (steps, names, rules): (Vec<Step>, Vec<String>, Rules),
        selection: Selection,
        context: Context,
    ) -> Result<Self> {
        Ok(Self {
            graph: setup.graph()?.of_version(request.version)?,
            steps,
            names,
            rules,
            shown: selection.names().iter().skip(OWN_MEMBERS.len()).map(str::to_owned).collect(),
            selection,
            key: request.key.clone().map(InputKey::new),
            reader: request.run.reader(),
            store: OnceLock::new(),
            context,
        })
    }

    /// The step that is next for a mailbox; the last of them gives its rows, so that there always is one.
    fn step(&self, item: &StepsItem) -> Result<&Step> {
        self.steps.get(item.progress.done.len()).ok_or_else(|| Error::internal("no step is left"))
    }

    fn is_last(&self, item: &StepsItem) -> bool {
        item.progress.done.len() + 1 == self.steps.len()
    }

    fn next(&self, item: &StepsItem) -> Result<Next> {
        let mailbox = item.input.mailbox.as_ref().map_err(Clone::clone)?;
        let step = self.step(item)?;
        let members = members(&item.input);
        let mut values = Values { done: &item.progress.done, each: None, members: &members };
        // Once an element is done nothing decides any more whether it is wanted.
        if item.progress.each == 0 && !step.is_wanted(&values) {
            return Ok(Next::Over(Done { outcome: Outcome::Skipped, ..Done::default() }));
        }
        if let Some(elements) = step.elements(&values, &self.names)? {
            match elements.get(item.progress.each) {
                Some(element) => values.each = Some(element),
                None => return Ok(Next::Over(Done { items: Some(elements.len() as u64), ..Done::default() })),
            }
        }
        let allow_null = self.rules.allow_null || members.get(ALLOW_NULL_MEMBER) == Some(&Value::Bool(true));
        let rules = Rules { allow_null, ..self.rules };
        let (request, look_up) = step.fill(mailbox.asked(), &values, &self.names, rules)?;
        Ok(Next::Send(Box::new(request), look_up))
    }

    /// One step further, or one element. Gives the rows where that was the last.
    async fn go_on(&self, item: &mut StepsItem) -> Result<Option<MailboxRows>, AttemptError> {
        let (request, look_up) = match self.next(item)? {
            Next::Over(done) => return Ok(self.conclude(item, done, None)),
            Next::Send(request, look_up) => (*request, look_up),
        };
        let step = self.step(item)?;
        if step.writes() {
            self.open(item, step, look_up.is_some()).await?;
        }
        let StepsItem { exchange, maybe_sent, .. } = &mut *item;
        let sent = match look_up {
            Some(look_up) => look_up.attempt(&request, (exchange, maybe_sent), &self.graph, &self.context).await,
            None => exchange.attempt(&request, &self.graph, &self.context).await,
        };
        if step.writes() && matches!(sent, Err(AttemptError::Run(_) | AttemptError::Token(_))) {
            self.take_back(item).await;
        }
        let answer = sent?;
        let rows = self.take(item, &request, answer)?;
        if step.writes() && rows.is_none() {
            self.note(item).await?;
        }
        Ok(rows)
    }

    /// Before a request that writes: the journal knows of it, and what an earlier run may have sent is taken into
    /// account.
    async fn open(&self, item: &mut StepsItem, step: &Step, has_look_up: bool) -> Result<(), AttemptError> {
        if item.is_noted {
            return Ok(());
        }
        if item.progress.is_open {
            if step.method != Method::POST {
                item.exchange.mark_maybe_sent();
            } else if has_look_up {
                item.maybe_sent = Some(MaybeSent::after(item.maybe_sent, self.graph.clock().monotonic()));
            } else {
                item.is_stuck = true;
                let detail = "an earlier run sent this request and ended before it had the answer";
                return Err(Error::new(Status::OutcomeUnknown, detail).maybe_done(true).into());
            }
        }
        item.progress.is_open = true;
        self.note(item).await?;
        item.is_noted = true;
        Ok(())
    }

    /// The run ends, and a request was not sent of which the journal knows that it is about to be.
    async fn take_back(&self, item: &mut StepsItem) {
        if item.exchange.is_maybe_done() || item.maybe_sent.is_some() {
            return;
        }
        (item.progress.is_open, item.is_noted) = (false, false);
        // Where that fails, the next run takes it for one that may have been sent.
        let _ = self.note(item).await;
    }

    async fn note(&self, item: &StepsItem) -> Result<(), AttemptError> {
        let Some((store, key)) = self.store.get().zip(item.key) else { return Ok(()) };
        store.attach(item.progress.attachment(key)).await.map_err(AttemptError::Run)
    }

    /// Takes from the journal how far an earlier run has come.
    async fn load(&self, item: &mut StepsItem) -> Result<(), AttemptError> {
        if item.is_loaded {
            return Ok(());
        }
        if let Some((store, key)) = self.store.get().zip(item.key) {
            let found = store.attachment(KIND, name_of(key)).await.map_err(AttemptError::Run)?;
            if let Some(found) = found {
                item.progress = Progress::read(&found, self.steps.len()).map_err(AttemptError::Run)?;
            }
        }
        // What was refused, or is to be sent again whatever became of it, is as if it had never been sent.
        item.progress.is_open &= item.is_resumed;
        item.is_loaded = true;
        Ok(())
    }

    /// Takes the answer of a step, or of one of its elements.
    fn take(&self, item: &mut StepsItem, request: &Request, answer: Answer) -> Result<Option<MailboxRows>> {
        let step = self.step(item)?;
        check_is_row(&step.method, request, &answer)?;
        if step.for_each.is_some() {
            item.progress.each += 1;
            item.advance();
            return Ok(None);
        }
        let status = match &answer {
            Answer::Nothing(status) => Some(*status),
            _ => item.exchange.status(),
        };
        let items = match &answer {
            Answer::Collection(elements) => Some(elements.len() as u64),
            _ => None,
        };
        let mut done = Done { status: status.map(|status| status.as_u16()), items, ..Done::default() };
        if !self.is_last(item) {
            self.keep(step, &answer.clone().into_document(), &mut done)?;
        }
        Ok(self.conclude(item, done, Some(answer)))
    }

    /// Keeps of an answer what later steps take and rows show.
    fn keep(&self, step: &Step, answer: &Value, done: &mut Done) -> Result<()> {
        let kept = step.keeps.iter().filter_map(|path| Some((path.clone(), at(answer, path)?.clone())));
        done.kept = kept.collect();
        if let (Some(members), None) = (answer.as_object(), done.items) {
            let shown = self.shown.iter().filter_map(|name| Some((name.clone(), nested(members, name)?.clone())));
            done.shown = shown.collect();
        }
        let bytes = serde_json::to_vec(&*done).map_or(0, |text| text.len());
        if bytes <= MOST_KEPT {
            return Ok(());
        }
        let detail =
            format!("what later steps and rows take of the answer has {bytes} bytes, and may have {MOST_KEPT}");
        // What was written stays written.
        Err(Error::argument(detail)
            .hint("ask for less of it with $select or $top in the path")
            .maybe_done(step.writes()))
    }

    /// A step is over: the rows of all of them where it was the last.
    fn conclude(&self, item: &mut StepsItem, done: Done, answer: Option<Answer>) -> Option<MailboxRows> {
        if !self.is_last(item) {
            item.progress.done.push(done);
            item.progress.each = 0;
            item.advance();
            return None;
        }
        let step = item.progress.done.len();
        let mut objects: Vec<Fields> = self.rows_of_done(item);
        let mut found = match answer {
            // Nothing but a status, which the row has.
            Some(Answer::Nothing(_)) | None => Vec::new(),
            Some(answer) => answer.into_objects(),
        };
        if found.is_empty() {
            found.push(Map::new());
        }
        objects.extend(found.into_iter().map(|object| self.row(step, done.outcome.name(), &done, object)));
        Some(MailboxRows { mailbox: item.input.given.clone(), objects, ..MailboxRows::default() })
    }

    fn rows_of_done(&self, item: &StepsItem) -> Vec<Fields> {
        let done = item.progress.done.iter().enumerate();
        done.map(|(step, done)| self.row(step, done.outcome.name(), done, done.shown.clone())).collect()
    }

    fn row(&self, step: usize, outcome: &str, done: &Done, of_answer: Map<String, Value>) -> Fields {
        let own: [Value; 4] = [
            self.names.get(step).map_or("", String::as_str).into(),
            outcome.into(),
            done.status.into(),
            done.items.into(),
        ];
        let mut members: Map<String, Value> = OWN_MEMBERS.into_iter().map(str::to_owned).zip(own).collect();
        if self.shown.is_empty() {
            for (name, value) in of_answer {
                members.entry(name).or_insert(value);
            }
            return members.into();
        }
        for name in &self.shown {
            let value = of_answer.get(name).or_else(|| nested(&of_answer, name));
            members.insert(name.clone(), value.cloned().unwrap_or_default());
        }
        self.selection.of(members)
    }

    /// Adds to an error of a mailbox which step it was, and what was done before.
    fn about(&self, item: &StepsItem, failure: impl Into<AttemptError>) -> AttemptError {
        let Ok(step) = self.step(item) else { return failure.into() };
        let number = item.progress.done.len();
        let mut before: Vec<String> = item
            .progress
            .done
            .iter()
            .zip(&self.names)
            .filter(|(done, _)| done.outcome == Outcome::Done)
            .map(|(_, name)| name.clone())
            .collect();
        if item.progress.each > 0 {
            before.push(format!("{} of {}", item.progress.each, step.name));
        }
        let before = if before.is_empty() { String::new() } else { format!("; done before: {}", before.join(", ")) };
        let (name, of, method, asked) = (&step.name, self.steps.len(), &step.method, shortened(&step.asked, 100));
        let action = format!("step {name} ({} of {of}{before}), {method} {asked} for", number + 1);
        failure.into().about(&action, display_name(item.input.given.as_deref()))
    }

    fn explain(&self, item: &StepsItem, error: Error) -> Error {
        let writes = self.step(item).is_ok_and(Step::writes);
        match &item.input.mailbox {
            Ok(mailbox) if self.rules.base == PathBase::Mailbox && writes => mailbox.explain(error),
            _ => error,
        }
    }

    /// Whether the first read is to be made by the other reading of the mailbox's name; all steps are of one mailbox.
    fn turns_to_unescaped(&self, item: &mut StepsItem, failure: &AttemptError) -> bool {
        let is_first = item.progress.done.is_empty() && item.progress.each == 0 && !item.exchange.has_begun();
        self.rules.base == PathBase::Mailbox
            && is_first
            && self.step(item).is_ok_and(|step| !step.writes())
            && item.input.turn_to_unescaped(failure)
    }

    /// The work of a line: what it brings to the steps.
    fn work_of(&self, item: &StepsItem) -> Result<WorkHash> {
        item.input.mailbox.as_ref().map_err(Clone::clone)?;
        if let Some(key) = &self.key {
            return key.of(item.input.object.as_ref());
        }
        let members = members(&item.input);
        let names = self.steps.iter().flat_map(|step| &step.inputs);
        let values: Map<String, Value> =
            names.map(|name| (name.to_lowercase(), member(&members, name).cloned().unwrap_or_default())).collect();
        Ok(WorkHash::of_values(&Value::Object(values)))
    }
}

impl StepsItem {
    /// What was left of the tries of one request is nothing to the next.
    fn advance(&mut self) {
        self.exchange = Exchange::default();
        self.maybe_sent = None;
        self.progress.is_open = false;
        self.is_noted = false;
        self.has_advanced = true;
    }
}

impl Work for StepsWork {
    type Item = StepsItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> StepsItem {
        let mut input = self.reader.read(line);
        let object = input.object.as_ref().and_then(Value::as_object);
        let own = [PATH_MEMBER, BODY_MEMBER, VERIFY_MEMBER];
        if let Some(own) = own.into_iter().find(|own| object.is_some_and(|object| object.contains_key(*own))) {
            input.refuse(Error::argument(format!("{own}: not with steps, of which each has its own")));
        }
        if let Some(key) = &self.key
            && let Err(error) = key.of(input.object.as_ref())
        {
            input.refuse(error);
        }
        StepsItem {
            input,
            key: None,
            progress: Progress::default(),
            is_loaded: false,
            is_resumed: false,
            is_noted: false,
            is_stuck: false,
            exchange: Exchange::default(),
            maybe_sent: None,
            has_advanced: false,
        }
    }

    fn work_hash(&self, item: &StepsItem, line: &str) -> WorkHash {
        self.work_of(item).unwrap_or_else(|_| WorkHash::of_line(line))
    }

    fn note_key(&self, item: &mut StepsItem, key: Key) {
        item.key = Some(key);
    }

    fn note_repeated(&self, item: &mut StepsItem) {
        if let Some(key) = &self.key {
            item.input.refuse(key.repeated());
        }
    }

    fn identity<'a>(&self, item: &'a StepsItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    async fn attach(&self, store: &Store) -> Result<()> {
        let _ = self.store.set(store.clone());
        Ok(())
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await
    }

    async fn attempt(&self, item: &mut StepsItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item).await
    }

    fn most_per_batch(&self) -> usize {
        if self.most_rounds() > 0 { MOST_REQUESTS } else { 1 }
    }

    async fn attempt_batch(&self, items: &mut [StepsItem]) -> Batched<MailboxRows> {
        for item in items.iter_mut() {
            if let Err(failure) = self.load(item).await {
                return Batched::Envelope(failure);
            }
        }
        batched::attempt_batch(self, items).await
    }

    fn needs_intent(&self) -> bool {
        self.steps.iter().any(Step::writes)
    }

    fn resume(&self, item: &mut StepsItem) -> bool {
        if !item.is_loaded {
            item.is_resumed = true;
            return true;
        }
        let Ok(step) = self.step(item) else { return false };
        if item.is_stuck || (step.method == Method::POST && !step.has_look_up()) {
            return false;
        }
        if step.method == Method::POST {
            item.maybe_sent = Some(MaybeSent::after(item.maybe_sent, self.graph.clock().monotonic()));
        }
        true
    }

    fn has_advanced(&self, item: &mut StepsItem) -> bool {
        let has_page = item.exchange.has_advanced();
        std::mem::take(&mut item.has_advanced) || has_page
    }

    /// What was done before it failed is shown.
    fn failed(&self, item: &StepsItem, error: Error) -> MailboxRows {
        let error = self.about(item, item.exchange.conclude(error)).into_error();
        let mut objects = Vec::new();
        if item.progress.each > 0 || item.progress.done.iter().any(|done| done.outcome == Outcome::Done) {
            let outcome = if error.status() == Status::OutcomeUnknown { "OutcomeUnknown" } else { "Failed" };
            let items = (item.progress.each > 0).then_some(item.progress.each as u64);
            let done = Done { status: error.http_status_code(), items, ..Done::default() };
            objects.push(self.row(item.progress.done.len(), outcome, &done, Map::new()));
            objects.extend(self.rows_of_done(item));
        }
        MailboxRows { objects, ..MailboxRows::failed(item.input.given.as_deref(), error) }
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}

impl BatchedReads for StepsWork {
    type Item = StepsItem;

    fn graph(&self) -> &GraphClient {
        &self.graph
    }

    fn context(&self) -> &Context {
        &self.context
    }

    /// The reads that all mailboxes begin with.
    fn most_rounds(&self) -> usize {
        self.steps.iter().take_while(|step| step.is_one_read() && step.headers == *self.headers()).count()
    }

    fn headers(&self) -> &HeaderMap {
        // There is at least one.
        &self.steps[0].headers
    }

    fn request_in_batch(&self, item: &StepsItem) -> Option<Request> {
        self.step(item).ok().filter(|step| step.is_one_read() && step.headers == *self.headers())?;
        match self.next(item) {
            Ok(Next::Send(request, _)) if item.exchange.fits_batch(&request) => Some(*request),
            _ => None,
        }
    }

    fn take_from_batch(
        &self,
        item: &mut StepsItem,
        request: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>> {
        let taken = reply.and_then(|reply| item.exchange.take(request, &self.graph, reply));
        let taken = taken.and_then(|answer| match answer {
            Some(answer) => self.take(item, request, answer),
            // A further page.
            None => Ok(None),
        });
        match taken.map_err(AttemptError::Item) {
            Ok(rows) => rows.map(Ok),
            Err(failure) if self.turns_to_unescaped(item, &failure) => None,
            Err(failure) => Some(Err(self.about(item, failure))),
        }
    }

    async fn attempt_one(&self, item: &mut StepsItem) -> Result<MailboxRows, AttemptError> {
        self.load(item).await?;
        loop {
            match self.go_on(item).await {
                Ok(Some(rows)) => return Ok(rows),
                Ok(None) => {}
                Err(failure) if self.turns_to_unescaped(item, &failure) => {}
                Err(failure) => {
                    let failure = failure.map_item(|error| self.explain(item, error));
                    return Err(self.about(item, failure));
                }
            }
        }
    }
}
