//! One line of a plan, done: what is there is read and compared, the way back noted, the change sent, and what is there
//! read again where nobody knows what became of it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use bytes::Bytes;
use http::Method;
use parking_lot::Mutex;
use serde_json::Value;

use super::super::mailbox_requests::verification::{SETTLES_WITHIN, is_missing, not_there_yet};
use super::body_files::BodyFiles;
use super::outcome::PlanOutcome;
use super::undo_plan::UndoPlan;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::graph::json;
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::path;
use crate::graph::request::{Answer, Exchange, Request};
use crate::http::HttpReply;
use crate::plan::{
    ChangeKind, Found, PlanHeader, PlanLine, PlannedRequest, SETTINGS_FACET, Within, is_among, within_id,
};

/// Places that are kept in memory: folders, and what was made lately; those of the mailboxes that are under way are few.
const MOST_PLACES: usize = 1_000;

/// What errors say was being done.
const READING: &str = "reading what is there before the plan's change of";
const WRITING: &str = "doing the plan's change of";

/// A line, and how far it is.
#[derive(Debug)]
pub(super) struct Doing {
    pub(super) line: PlanLine,
    pub(super) mailbox: Mailbox,
    /// The id of the folder that it lies in, once that was looked up.
    around: Option<String>,
    /// Since when it is not known whether the change was made.
    unknown_since: Option<Instant>,
    /// The change was sent, by this run or the one that is resumed.
    was_sent: bool,
    /// The request that made it, as the service calls it.
    pub(super) request_id: Option<String>,
}

impl Doing {
    pub(super) fn new(line: PlanLine) -> Result<Self> {
        let mailbox = line.whose()?;
        Ok(Self { line, mailbox, around: None, unknown_since: None, was_sent: false, request_id: None })
    }

    /// An earlier run may have sent it.
    pub(super) fn resume(&mut self, now: Instant) {
        self.unknown_since.get_or_insert(now);
        self.was_sent = true;
    }

    /// A path of the line with the id of the folder that the thing lies in; `None` while that is not known.
    fn path(&self, path: &str) -> Option<String> {
        match &self.around {
            Some(id) => Some(within_id(path, id)),
            None => (!self.line.needs_within()).then(|| path.to_owned()),
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        self.unknown_since.is_some()
    }

    /// A failed try of it: as long as nobody knows whether the change was made, no failure says that it was not.
    pub(super) fn leaves_open(&self, failure: AttemptError) -> AttemptError {
        failure.map_item(|error| if self.is_unknown() { error.maybe_done(true) } else { error })
    }

    /// Whether a second request would make a second thing: what the first made may not show at once.
    fn makes_anew(&self) -> bool {
        let is_post = self.line.request.method.eq_ignore_ascii_case("POST");
        is_post && self.line.change != ChangeKind::Remove && !self.line.is_move()
    }
}

/// Does lines.
#[derive(Debug)]
pub(super) struct PlanWriter {
    pub(super) graph: Arc<GraphClient>,
    pub(super) dry_run: bool,
    pub(super) undo: Option<UndoPlan>,
    /// What was looked up or made, by its mailbox and the names that lead to it: what lies in one folder stands together
    /// in a plan, and a photo after its contact.
    pub(super) places: Mutex<HashMap<(String, String), String>>,
    /// What requests send that have a file in the place of a body.
    pub(super) files: BodyFiles,
    /// Why the undo plan does not hold what was made: nothing more is sent then.
    pub(super) broken: OnceLock<Error>,
    pub(super) context: Context,
}

impl PlanWriter {
    /// The read that shows what is there; none while it is not known where that is.
    pub(super) fn reading(doing: &Doing) -> Result<Request, AttemptError> {
        match doing.path(&doing.line.precondition.path) {
            Some(path) => Self::reading_of(doing, &path),
            None => Err(about(READING, doing, Error::internal("it was not looked up what it lies in"))),
        }
    }

    fn reading_of(doing: &Doing, path: &str) -> Result<Request, AttemptError> {
        let path = path::of_mailbox(doing.mailbox.asked(), path);
        let headers = doing.line.request.preference();
        let request = path.and_then(|path| Request::new(&Method::GET, path, headers?, None, true));
        request.map_err(|error| about(READING, doing, error))
    }

    async fn read(&self, doing: &Doing, request: &Request) -> Result<Found, AttemptError> {
        let read = Exchange::default().attempt(request, &self.graph, &self.context).await;
        found_of(read).map_err(|error| about(READING, doing, error))
    }

    /// What an error of that read says was being done.
    pub(super) fn reading_failed(doing: &Doing, failure: AttemptError) -> AttemptError {
        about(READING, doing, failure)
    }

    /// One try. What is known stays in `doing` for the next. `header` is that of the undo plan.
    pub(super) async fn try_once(
        &self,
        doing: &mut Doing,
        header: impl Fn() -> PlanHeader,
    ) -> Result<PlanOutcome, AttemptError> {
        if doing.line.needs_within() && doing.around.is_none() {
            match self.look_up(doing).await? {
                Some(id) => doing.around = Some(id),
                // What it lies in is made by a line before it, of which nothing is done here.
                None if self.dry_run && doing.line.change != ChangeKind::Remove => return self.would_do(doing).await,
                None => return Err(about(READING, doing, not_around())),
            }
        }
        let found = self.read(doing, &Self::reading(doing)?).await?;
        self.go_on(doing, &found, header).await
    }

    /// The id of the folder that the thing lies in, by the names that lead to it.
    async fn look_up(&self, doing: &Doing) -> Result<Option<String>, AttemptError> {
        let mut id = String::new();
        for (number, folder) in doing.line.within.iter().enumerate() {
            let key = place_key(doing, doing.line.within.iter().take(number + 1));
            let known = self.places.lock().get(&key).cloned();
            if let Some(known) = known {
                id = known;
                continue;
            }
            let found = self.read(doing, &Self::reading_of(doing, &within_id(&folder.path, &id))?).await?;
            let Found::Elements(elements) = found else { return Ok(None) };
            let mut own = elements.iter().filter(|element| is_among(element, &folder.among));
            let (Some(only), None) = (own.next(), own.next()) else { return Ok(None) };
            id = only.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            self.keep_place(key, &id);
        }
        Ok(Some(id))
    }

    fn keep_place(&self, key: (String, String), id: &str) {
        let mut places = self.places.lock();
        if places.len() >= MOST_PLACES {
            places.clear();
        }
        places.insert(key, id.to_owned());
    }

    /// Keeps where a thing is that was made: a line after it may be about it.
    fn keep_made(&self, doing: &Doing, made: Option<&Value>) {
        let id = made.and_then(|made| made.get("id")?.as_str()).filter(|_| doing.line.change == ChangeKind::Create);
        let (Some(id), Some(among)) = (id, &doing.line.precondition.among) else { return };
        let own = Within { path: doing.line.precondition.path.clone(), among: among.clone() };
        self.keep_place(place_key(doing, doing.line.within.iter().chain([&own])), id);
    }

    /// The rest of a try, once it is known what is there.
    pub(super) async fn go_on(
        &self,
        doing: &mut Doing,
        found: &Found,
        header: impl Fn() -> PlanHeader,
    ) -> Result<PlanOutcome, AttemptError> {
        if let Some(error) = self.broken.get() {
            return Err(AttemptError::Run(error.clone()));
        }
        if doing.line.is_after(found) {
            if doing.was_sent && doing.line.needs_new_id() {
                let made = doing.line.only(found);
                self.note_made(doing, made.as_deref(), &header).await?;
            }
            return Ok(match doing.line.change {
                _ if doing.was_sent => PlanOutcome::Done,
                ChangeKind::Remove => PlanOutcome::AlreadyGone,
                ChangeKind::Create | ChangeKind::Change => PlanOutcome::Unchanged,
            });
        }
        if !doing.line.is_before(found) {
            let is_gone = *found == Found::Nothing && doing.line.is_move();
            return Ok(if is_gone { PlanOutcome::AlreadyGone } else { PlanOutcome::Drifted });
        }
        if let Some(since) = doing.unknown_since {
            let waited = self.graph.clock().monotonic().saturating_duration_since(since);
            let left = SETTLES_WITHIN.checked_sub(waited).filter(|left| !left.is_zero() && doing.makes_anew());
            if let Some(left) = left {
                return Err(about(WRITING, doing, not_there_yet(left)));
            }
            // It was not carried out.
            doing.unknown_since = None;
        }
        if self.dry_run {
            return self.would_do(doing).await;
        }
        match &self.undo {
            // The way back is noted when its id is known; that it can be is known before.
            Some(undo) if doing.line.needs_new_id() => undo.begin(&header).await.map_err(AttemptError::Run)?,
            _ => self.note(doing.line.undo(None), &header).await.map_err(AttemptError::Run)?,
        }
        self.send(doing, found, header).await
    }

    /// What a dry run says of a line that fits: what it would send is looked at.
    async fn would_do(&self, doing: &Doing) -> Result<PlanOutcome, AttemptError> {
        if let Some(file) = &doing.line.request.body_file {
            self.files.read(file).await.map_err(|error| about(WRITING, doing, error))?;
        }
        Ok(PlanOutcome::WouldDo)
    }

    async fn send(
        &self,
        doing: &mut Doing,
        found: &Found,
        header: impl Fn() -> PlanHeader,
    ) -> Result<PlanOutcome, AttemptError> {
        let reply = match self.send_one(doing, &doing.line.request, doing.line.precondition.etag.as_deref()).await {
            Ok(reply) => reply,
            Err(AttemptError::Item(error)) => return self.judge(doing, error),
            Err(failure) => return Err(failure),
        };
        if let Some(then) = &doing.line.then
            && let Err(failure) = self.send_one(doing, then, None).await
        {
            // It is not noted that it was done: it is done again then, which does no harm.
            return match failure {
                AttemptError::Item(error) => self.judge(doing, error),
                failure => Err(failure),
            };
        }
        doing.was_sent = true;
        doing.request_id = reply.request_id();
        check_taken(&doing.line, found, &reply.body).map_err(|error| about(WRITING, doing, error))?;
        let made: Option<Value> =
            (doing.line.change == ChangeKind::Create).then(|| json::from_slice(&reply.body).ok()).flatten();
        self.keep_made(doing, made.as_ref());
        if doing.line.needs_new_id() {
            self.note_made(doing, made.as_ref(), &header).await?;
        }
        Ok(PlanOutcome::Done)
    }

    async fn send_one(
        &self,
        doing: &Doing,
        planned: &PlannedRequest,
        etag: Option<&str>,
    ) -> Result<HttpReply, AttemptError> {
        let path = doing.path(&planned.path).unwrap_or_default();
        let planned = PlannedRequest { path, ..planned.clone() };
        let request = planned.of_mailbox(doing.mailbox.asked(), etag)?;
        let request = match &planned.body_file {
            Some(file) => request.carrying(self.files.read(file).await?),
            None => request,
        };
        request.send(&self.graph, &self.context).await
    }

    /// What a refusal of the change means.
    fn judge(&self, doing: &mut Doing, error: Error) -> Result<PlanOutcome, AttemptError> {
        match error.http_status_code() {
            // Somebody has changed it since it was read.
            Some(412) => return Ok(PlanOutcome::Drifted),
            Some(404) if doing.line.change == ChangeKind::Remove && is_missing(&error) => {
                return Ok(if doing.was_sent { PlanOutcome::Done } else { PlanOutcome::AlreadyGone });
            }
            // It has gone since it was read, or the folder has: what is read next time says which.
            Some(404) if doing.line.is_move() && is_missing(&error) => {
                return Err(about(WRITING, doing, error.retryable(true)));
            }
            _ => {}
        }
        doing.request_id = error.any_request_id().map(str::to_owned);
        if error.is_maybe_done() {
            doing.was_sent = true;
            doing.unknown_since.get_or_insert(self.graph.clock().monotonic());
            // Whatever the answer says of another try, the next begins with reading.
            return Err(about(WRITING, doing, error.retryable(true)));
        }
        Err(about(WRITING, doing, error))
    }

    /// Notes the way back of what was made, whose id is known now.
    async fn note_made(
        &self,
        doing: &mut Doing,
        made: Option<&Value>,
        header: &impl Fn() -> PlanHeader,
    ) -> Result<(), AttemptError> {
        let undo = doing.line.undo(made);
        if undo.is_none() && self.undo.is_some() {
            // What is read next time has it.
            doing.unknown_since.get_or_insert(self.graph.clock().monotonic());
            let error = Error::new(Status::ResponseInvalid, "the service made it and does not say under which id");
            return Err(about(WRITING, doing, error.retryable(true).maybe_done(true)));
        }
        self.note(undo, header).await.map_err(|error| {
            let error = self.broken.get_or_init(|| error).clone();
            // It was made, and the run that goes on notes it.
            about(WRITING, doing, error.retryable(true).maybe_done(true))
        })
    }

    async fn note(&self, undo: Option<PlanLine>, header: &impl Fn() -> PlanHeader) -> Result<()> {
        match (&self.undo, undo) {
            (Some(plan), Some(line)) => plan.note(&line, header).await,
            _ => Ok(()),
        }
    }
}

/// By what a place is known: what leads to it.
fn place_key<'w>(doing: &Doing, around: impl Iterator<Item = &'w Within>) -> (String, String) {
    let around: Vec<&Within> = around.collect();
    (doing.mailbox.asked().to_owned(), serde_json::to_string(&around).unwrap_or_default())
}

fn not_around() -> Error {
    Error::new(Status::NotFound, "what it lies in is not there, or there are several of its name")
        .hint("a line before it may make that: see what became of it")
}

/// What an answer says is there.
pub(super) fn found_of(read: Result<Answer, AttemptError>) -> Result<Found, AttemptError> {
    match read {
        Ok(Answer::Collection(elements)) => Ok(Found::Elements(elements)),
        Ok(Answer::Document(document @ Value::Object(_))) => Ok(Found::Object(document)),
        Ok(_) => {
            let detail = "the service's answer is neither an object nor a collection";
            Err(Error::new(Status::ResponseInvalid, detail).retryable(true).into())
        }
        Err(AttemptError::Item(error)) if is_missing(&error) => Ok(Found::Nothing),
        Err(failure) => Err(failure),
    }
}

/// The reply to a change of settings gives them: one that it gives as it was before was not taken.
fn check_taken(line: &PlanLine, found: &Found, reply: &Bytes) -> Result<()> {
    let (true, Found::Object(before)) = (line.facet == SETTINGS_FACET && !reply.is_empty(), found) else {
        return Ok(());
    };
    let Ok(now) = json::from_slice::<Value>(reply) else { return Ok(()) };
    let wanted = SettingsPatch::read(&line.to, Origin::UNDO)?;
    let ignored = SettingsPatch::ignored(&wanted.changes(before), &now);
    if ignored.is_empty() {
        return Ok(());
    }
    let detail = format!("the service took the settings and kept {} as it was", ignored.join(", "));
    Err(Error::new(Status::ResponseInvalid, detail))
}

fn about(action: &str, doing: &Doing, failure: impl Into<AttemptError>) -> AttemptError {
    // A name is never guessed here, not even to read: what is read is what is then written.
    failure.into().map_item(|error| doing.mailbox.explain(error)).about(action, &doing.line.mailbox)
}
