//! Any request of Graph, for each of many mailboxes.

mod base;
mod out_folder;
mod steps;
pub(super) mod verification;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use http::{HeaderMap, Method};
use serde_json::{Map, Value};

pub use self::base::PathBase;
use self::out_folder::{Filed, OutFolder, is_not_there};
pub use self::steps::RequestStep;
use self::verification::{LookUp, LookUpTemplate, MaybeSent, Verify};
use super::batched::{self, BatchedReads};
use super::input::{ALLOW_NULL_MEMBER, BODY_MEMBER, InputItem, InputReader, PATH_MEMBER, VERIFY_MEMBER};
use super::input_key::InputKey;
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::api_version::ApiVersion;
use crate::graph::batch::MOST_REQUESTS;
use crate::graph::blank::{self, Nothing};
use crate::graph::call::GraphClient;
use crate::graph::identity::display_name;
use crate::graph::permission;
use crate::graph::request::{self, Answer, Exchange, Request};
use crate::graph::template::{BodyTemplate, PathTemplate};
use crate::http::HttpReply;
use crate::printable::shortened;
use crate::rows::mailbox_column::MAILBOX_NAME;
use crate::rows::{MailboxRows, RowStream, Selection};
use crate::runner::{Batched, Run, Work};
use crate::store::WorkHash;

/// What a journal of this run is of.
const KIND: &str = "mailboxRequests";

/// Request of a run that sends the same request for each mailbox; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MailboxRequests {
    /// What every run has.
    pub run: RunRequest,
    /// GET, POST, PATCH, PUT or DELETE.
    pub method: String,
    /// Relative to the mailbox: `messages?$top=5`; `{Name}` stands for a member of the input object. `None`: every
    /// input object brings its own.
    pub path: Option<String>,
    /// What it is relative to, where that is not the mailbox.
    pub path_base: PathBase,
    /// The API's version.
    pub version: ApiVersion,
    /// The body, whose texts may hold `{Name}` too.
    pub body: Option<Value>,
    /// How to find out whether a POST was carried out whose outcome is not known.
    pub verify: Option<Verify>,
    /// The members that rows have; none: those that the reply has.
    pub select: Vec<String>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The member of input objects by which a journal knows a line, in the place of its request.
    pub key: Option<String>,
    /// A row for a mailbox whose collection is empty.
    pub include_empty: bool,
    /// Several requests, in their order, in the place of one.
    pub steps: Vec<RequestStep>,
    /// The folder that answers go to, each as a file.
    pub out_folder: Option<PathBuf>,
    /// Lets null, and blank text that comes of a mailbox's own values, be sent.
    pub allow_null: bool,
    /// Lets a write be about a mailbox's user, a folder that every mailbox has, or a whole collection.
    pub allow_whole_mailbox: bool,
}

/// Starts to send a request for each of many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub fn start(setup: &RunSetup, request: &MailboxRequests) -> Result<Arc<dyn RowStream>> {
    if !request.steps.is_empty() {
        return steps::start(setup, request);
    }
    let method = request::method(&request.method)?;
    let path = request.path.as_deref();
    let base = request.path_base;
    path.map(|path| base.check_of_run(path)).transpose()?;
    // One that takes values of the input is judged with them.
    if let Some(path) = path.filter(|path| !request.allow_whole_mailbox && !path.contains('{')) {
        base.guard(&method, path, request.body.as_ref())?;
    }
    let headers = request::headers(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    // What is wrong with the body is wrong for all.
    Request::new(&method, String::new(), headers.clone(), request.body.clone(), true)?;
    if let Some(body) = request.body.as_ref().filter(|_| !request.allow_null) {
        refuse(body, "body", Nothing::Null)?;
    }
    let selection = match &request.out_folder {
        Some(_) => selection_of_files(&method, &request.select)?,
        None => Selection::parse(&request.select)?,
    };
    let asked = format!("{method} {}", shortened(path.unwrap_or("of each line's own path"), 100));
    let heading = request.run.heading(setup, "Mailbox requests").fact("Request", Some(asked));
    let encoder = MailboxEncoder::of_selection(&request.run, &selection, heading)?;
    let names: Vec<String> = selection.names().iter().map(str::to_owned).collect();
    // Those that are not as they always were: a journal of before knows nothing of them.
    let flags: Vec<(&str, bool)> = [
        ("outsideMailbox", base == PathBase::Service),
        ("beta", request.version == ApiVersion::Beta),
        ("includeEmpty", request.include_empty),
        ("outFolder", request.out_folder.is_some()),
    ]
    .into_iter()
    .filter(|(_, is_set)| *is_set)
    .collect();
    let fingerprint = Fingerprint {
        kind: KIND,
        method: method.as_str(),
        path: path.unwrap_or_default(),
        headers: Some(&headers),
        body: request.body.as_ref(),
        flags: &flags,
        select: &names,
        key: request.key.as_deref(),
        ..Fingerprint::default()
    };
    let options = request.run.run_options(setup, fingerprint, method != Method::GET)?;

    let out_folder = request.out_folder.as_ref().map(|folder| OutFolder::open(folder, path)).transpose()?;
    let context = request.run.context(setup)?;
    setup.announce(&context);
    let work = RequestWork {
        graph: setup.graph()?.of_version(request.version)?,
        base,
        action: format!("{method} {} for", shortened(path.unwrap_or("a path of its own"), 100)),
        path: path.map(PathTemplate::parse).transpose()?,
        body: request.body.clone().map(BodyTemplate::new),
        verify: request.verify.as_ref().map(|verify| LookUpTemplate::new(verify, &method, base)).transpose()?,
        method,
        headers,
        selection,
        key: request.key.clone().map(InputKey::new),
        include_empty: request.include_empty,
        out_folder,
        allow_null: request.allow_null,
        allow_whole_mailbox: request.allow_whole_mailbox,
        reader: request.run.reader(),
        context: context.clone(),
    };
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.run.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
}

/// The members of rows that each say which file an answer is in.
fn selection_of_files(method: &Method, select: &[String]) -> Result<Selection> {
    if *method != Method::GET {
        return Err(Error::argument(format!("outFolder: takes answers of a GET, not of a {method}")));
    }
    if !select.is_empty() {
        return Err(Error::argument("select: not with outFolder, whose rows say where a file is"));
    }
    Selection::parse(&out_folder::ROW_MEMBERS.map(str::to_owned))
}

/// Refuses a value that nobody meant, and says where in it there is nothing.
fn refuse(value: &Value, member: &str, nothing: Nothing) -> Result<()> {
    let Some((place, what)) = blank::find(value, nothing) else { return Ok(()) };
    let dot = if place.is_empty() || place.starts_with('[') { "" } else { "." };
    Err(Error::argument(format!("{member}{dot}{place} is {what}"))
        .hint("leave it out; where it is meant, say so with allowNull (-AllowNull)"))
}

/// Sends one request for each mailbox.
#[derive(Debug)]
struct RequestWork {
    graph: Arc<GraphClient>,
    base: PathBase,
    /// What an error says was being done.
    action: String,
    method: Method,
    path: Option<PathTemplate>,
    body: Option<BodyTemplate>,
    verify: Option<LookUpTemplate>,
    headers: HeaderMap,
    selection: Selection,
    key: Option<InputKey>,
    include_empty: bool,
    out_folder: Option<OutFolder>,
    allow_null: bool,
    allow_whole_mailbox: bool,
    reader: InputReader,
    context: Context,
}

/// A line of input, and how far its request is. The request is made anew for each try: thousands of items may wait
/// at a time, and bodies be large.
struct RequestItem {
    input: InputItem,
    exchange: Exchange,
    /// Of a POST that is looked up.
    maybe_sent: Option<MaybeSent>,
}

impl RequestItem {
    fn given(&self) -> Option<&str> {
        self.input.given.as_deref()
    }
}

impl RequestWork {
    fn request(&self, input: &InputItem) -> Result<Request> {
        let mailbox = input.mailbox.as_ref().map_err(Clone::clone)?;
        let (path, body) = self.path_and_body(input)?;
        let whole_path = self.base.whole(mailbox.asked(), &path)?;
        if !self.allow_whole_mailbox {
            self.base.guard(&self.method, &path, body.as_ref())?;
        }
        request::check_has_body(&self.method, body.as_ref())?;
        Request::new(&self.method, whole_path, self.headers.clone(), body, true)
    }

    /// What the line's request asks of its mailbox.
    fn path_and_body(&self, input: &InputItem) -> Result<(String, Option<Value>)> {
        let members = members(input);
        Ok((self.path(&members)?, self.body(&members)?))
    }

    /// The work of a line that makes a request.
    fn work_of(&self, input: &InputItem) -> Result<WorkHash> {
        input.mailbox.as_ref().map_err(Clone::clone)?;
        if let Some(key) = &self.key {
            return key.of(input.object.as_ref());
        }
        let (path, body) = self.path_and_body(input)?;
        Ok(WorkHash::of_request(&self.method, &path, &self.headers, body.as_ref()))
    }

    /// How the outcome of an input's request is looked up, where that was said.
    fn look_up(&self, input: &InputItem) -> Result<Option<LookUp>> {
        let mailbox = input.mailbox.as_ref().map_err(Clone::clone)?;
        let members = members(input);
        let own = match members.get(VERIFY_MEMBER).filter(|value| !value.is_null()) {
            Some(value) => Some(LookUpTemplate::new(&Verify::of_value(value)?, &self.method, self.base)?),
            None => None,
        };
        let template = own.as_ref().or(self.verify.as_ref());
        template.map(|template| template.fill(mailbox.asked(), &members, &self.headers)).transpose()
    }

    fn path(&self, members: &Map<String, Value>) -> Result<String> {
        match (members.get(PATH_MEMBER), &self.path) {
            (Some(Value::String(path)), _) if !blank::is_blank(path) => Ok(path.clone()),
            // The user itself, for whoever says so.
            (Some(Value::String(path)), _) if path.is_empty() && self.allow_null && self.method == Method::GET => {
                Ok(String::new())
            }
            (Some(Value::String(_) | Value::Null), _) => {
                Err(Error::argument(format!("{PATH_MEMBER} of the input is null or blank, which is not a path")))
            }
            (Some(_), _) => Err(Error::argument(format!("{PATH_MEMBER}: must be text"))),
            (None, Some(template)) => template.fill(members, self.allow_null),
            (None, None) => Err(Error::argument("the request has no path, and the input object brings none")),
        }
    }

    fn body(&self, members: &Map<String, Value>) -> Result<Option<Value>> {
        let allow_null = self.allow_null || members.get(ALLOW_NULL_MEMBER) == Some(&Value::Bool(true));
        match (members.get(BODY_MEMBER), &self.body) {
            (Some(Value::Null), _) if allow_null => Ok(None),
            (Some(body), _) if allow_null => Ok(Some(body.clone())),
            (Some(body), _) => refuse(body, BODY_MEMBER, Nothing::NullOrBlank).map(|()| Some(body.clone())),
            (None, Some(template)) => template.fill(members, allow_null).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Adds to an error of a mailbox what was being done.
    fn about(&self, given: Option<&str>, failure: impl Into<AttemptError>) -> AttemptError {
        failure.into().about(&self.action, display_name(given))
    }

    fn objects(&self, given: Option<&str>, request: &Request, answer: Answer) -> Result<MailboxRows> {
        check_is_row(&self.method, request, &answer)?;
        Ok(self.rows_of(given, answer.into_objects()))
    }

    fn rows_of(&self, given: Option<&str>, mut found: Vec<Map<String, Value>>) -> MailboxRows {
        if found.is_empty() && self.include_empty {
            found.push(Map::new());
        }
        let objects = found.into_iter().map(|object| self.selection.of(object)).collect();
        MailboxRows { mailbox: given.map(str::to_owned), objects, ..MailboxRows::default() }
    }

    /// Has the answer saved to a file.
    async fn save_once(&self, folder: &OutFolder, item: &RequestItem) -> Result<MailboxRows, AttemptError> {
        let request = self.request(&item.input)?;
        let (path, _) = self.path_and_body(&item.input)?;
        let named = (item.input.identity(), path.as_str());
        let found = match folder.save(&request, named, &self.graph, &self.context).await {
            Ok(Filed::File(row)) => vec![row],
            Ok(Filed::Nothing) => Vec::new(),
            Err(AttemptError::Item(error)) if self.include_empty && is_not_there(&error) => Vec::new(),
            Err(failure) => return Err(failure),
        };
        Ok(self.rows_of(item.given(), found))
    }

    async fn send_once(&self, item: &mut RequestItem) -> Result<MailboxRows, AttemptError> {
        if let Some(folder) = &self.out_folder {
            return self.save_once(folder, item).await;
        }
        // Both before anything is sent: what cannot be looked up is not to come to need it.
        let request = self.request(&item.input)?;
        let look_up = self.look_up(&item.input)?;
        let RequestItem { exchange, maybe_sent, .. } = item;
        let answer = match look_up {
            Some(look_up) => look_up.attempt(&request, (exchange, maybe_sent), &self.graph, &self.context).await?,
            None => exchange.attempt(&request, &self.graph, &self.context).await?,
        };
        Ok(self.objects(item.given(), &request, answer)?)
    }

    /// Whether a read is to be made by the other reading of the mailbox's name; all its pages are of one mailbox.
    fn turns_to_unescaped(&self, item: &mut RequestItem, failure: &AttemptError) -> bool {
        self.base == PathBase::Mailbox
            && self.method == Method::GET
            && !item.exchange.has_begun()
            && item.input.turn_to_unescaped(failure)
    }

    fn explain(&self, item: &RequestItem, error: Error) -> Error {
        match &item.input.mailbox {
            Ok(mailbox) if self.base == PathBase::Mailbox && self.method != Method::GET => mailbox.explain(error),
            _ => error,
        }
    }
}

/// What templates may use: the input object's members, and always the mailbox's name.
fn members(input: &InputItem) -> Cow<'_, Map<String, Value>> {
    match &input.object {
        Some(Value::Object(members)) if members.keys().any(|name| name.eq_ignore_ascii_case(MAILBOX_NAME)) => {
            Cow::Borrowed(members)
        }
        object => {
            let mut members = object.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            members.insert(MAILBOX_NAME.to_owned(), input.given.as_deref().into());
            Cow::Owned(members)
        }
    }
}

impl Work for RequestWork {
    type Item = RequestItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> RequestItem {
        let mut input = self.reader.read(line);
        if let Some(key) = &self.key
            && let Err(error) = key.of(input.object.as_ref())
        {
            input.refuse(error);
        }
        RequestItem { input, exchange: Exchange::default(), maybe_sent: None }
    }

    fn work_hash(&self, item: &RequestItem, line: &str) -> WorkHash {
        self.work_of(&item.input).unwrap_or_else(|_| WorkHash::of_line(line))
    }

    fn note_repeated(&self, item: &mut RequestItem) {
        if let Some(key) = &self.key {
            item.input.refuse(key.repeated());
        }
    }

    fn identity<'a>(&self, item: &'a RequestItem) -> Cow<'a, str> {
        item.input.identity().into()
    }

    async fn prepare(&self) -> Result<()> {
        self.graph.prepare(&self.context).await
    }

    async fn attempt(&self, item: &mut RequestItem) -> Result<MailboxRows, AttemptError> {
        self.attempt_one(item).await
    }

    fn most_per_batch(&self) -> usize {
        if self.method == Method::GET && self.out_folder.is_none() { MOST_REQUESTS } else { 1 }
    }

    async fn attempt_batch(&self, items: &mut [RequestItem]) -> Batched<MailboxRows> {
        batched::attempt_batch(self, items).await
    }

    fn needs_intent(&self) -> bool {
        self.method == Method::POST
    }

    fn notes_intent(&self) -> bool {
        matches!(self.method, Method::POST | Method::DELETE)
    }

    /// What is not there any more may have been deleted by the run before; what can be looked up is.
    fn resume(&self, item: &mut RequestItem) -> bool {
        match self.method {
            Method::DELETE => item.exchange.mark_maybe_sent(),
            Method::POST if matches!(self.look_up(&item.input), Ok(Some(_))) => {
                item.maybe_sent = Some(MaybeSent::after(item.maybe_sent, self.graph.clock().monotonic()));
            }
            _ => return false,
        }
        true
    }

    fn has_advanced(&self, item: &mut RequestItem) -> bool {
        item.exchange.has_advanced()
    }

    fn failed(&self, item: &RequestItem, error: Error) -> MailboxRows {
        let error = item.exchange.conclude(error);
        MailboxRows::failed(item.given(), self.about(item.given(), error).into_error())
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.context.granted));
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }

    fn may_lose(&self) -> bool {
        self.out_folder.is_some()
    }

    /// A file that is not there any more is fetched again.
    fn has_lost(&self, record: &[u8]) -> bool {
        let folder = self.out_folder.as_ref();
        folder.is_some_and(|folder| self.recall(record).is_ok_and(|rows| folder.has_lost(&rows)))
    }
}

/// Refuses an answer that is a file rather than a row. What a write gave is shown, whatever it is: it was carried out.
fn check_is_row(method: &Method, request: &Request, answer: &Answer) -> Result<()> {
    let Answer::Content { kind, bytes } = answer else { return Ok(()) };
    let is_count = request.path().split('?').next().is_some_and(|path| path.ends_with("/$count"));
    if *method != Method::GET || is_count {
        return Ok(());
    }
    let kind = kind.as_deref().map_or("of no type that it says", |kind| kind);
    let detail = format!("the answer is no JSON and no row: {} bytes, {}", bytes.len(), shortened(kind, 100));
    Err(Error::new(Status::ResponseInvalid, detail)
        .hint("have such answers saved to files: name a folder with outFolder (-OutFolder)"))
}

impl BatchedReads for RequestWork {
    type Item = RequestItem;

    fn graph(&self) -> &GraphClient {
        &self.graph
    }

    fn context(&self) -> &Context {
        &self.context
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn request_in_batch(&self, item: &RequestItem) -> Option<Request> {
        self.request(&item.input).ok().filter(|request| item.exchange.fits_batch(request))
    }

    fn take_from_batch(
        &self,
        item: &mut RequestItem,
        request: &Request,
        reply: Result<HttpReply>,
    ) -> Option<Result<MailboxRows, AttemptError>> {
        let taken = reply.and_then(|reply| item.exchange.take(request, &self.graph, reply));
        match taken.map_err(AttemptError::Item) {
            Ok(Some(answer)) => {
                let rows = self.objects(item.given(), request, answer);
                Some(rows.map_err(|error| self.about(item.given(), error)))
            }
            Err(failure) if self.turns_to_unescaped(item, &failure) => None,
            Err(failure) => Some(Err(self.about(item.given(), failure))),
            // A further page.
            Ok(None) => None,
        }
    }

    async fn attempt_one(&self, item: &mut RequestItem) -> Result<MailboxRows, AttemptError> {
        loop {
            match self.send_once(item).await {
                Ok(rows) => return Ok(rows),
                Err(failure) if self.turns_to_unescaped(item, &failure) => {}
                Err(failure) => {
                    let failure = failure.map_item(|error| self.explain(item, error));
                    return Err(self.about(item.given(), failure));
                }
            }
        }
    }
}
