//! Writing the settings of one mailbox: read, noted, written, and read back where it is not known what happened.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};

use super::super::plan_file::PlanFile;
use super::super::undo::UndoFile;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::graph::identity;
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Change, READING, SettingsPatch, settings_document, settings_path};
use crate::plan::{ChangeKind, PlanLine, PlannedRequest, Precondition, SETTINGS_FACET};

/// Where the settings of a mailbox are.
const PATH: &str = "mailboxSettings";

/// What an error says was being done.
const WRITING: &str = "writing the mailbox settings of";

/// How settings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteMode {
    /// Writes only what differs, and nothing where nothing does.
    pub if_different: bool,
    /// Writes nothing.
    pub dry_run: bool,
}

/// What became of a mailbox's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// They were other than wanted, and are as wanted now.
    Changed,
    /// They were as wanted.
    Unchanged,
    /// They are other than wanted; a dry run leaves them.
    WouldChange,
    /// It is not known that they are as wanted: the error says why.
    Failed,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Changed => "Changed",
            Self::Unchanged => "Unchanged",
            Self::WouldChange => "WouldChange",
            Self::Failed => "Failed",
        }
    }
}

/// The members of a mailbox's row, after its name.
pub(super) const ROW_MEMBERS: [&str; 2] = ["Outcome", "Changes"];

/// What a mailbox gives: its outcome, and the old and the new value of each setting, as rows show them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    outcome: Outcome,
    /// `[{"Setting","From","To"}]`.
    changes: Value,
}

impl Written {
    fn new(changes: &[Change], where_some: Outcome) -> Self {
        let outcome = if changes.is_empty() { Outcome::Unchanged } else { where_some };
        let changes = changes
            .iter()
            .map(|change| json!({"Setting": change.setting.path, "From": change.from, "To": change.to}))
            .collect();
        Self { outcome, changes }
    }

    /// Of a mailbox of which it is not known what it has now.
    pub(super) fn failed() -> Self {
        Self { outcome: Outcome::Failed, changes: Value::Array(Vec::new()) }
    }

    /// As members of a row.
    pub(super) fn into_members(self) -> Map<String, Value> {
        let values = [self.outcome.name().into(), self.changes];
        ROW_MEMBERS.into_iter().map(str::to_owned).zip(values).collect()
    }
}

/// Whose settings are to be written, and how far that has come.
#[derive(Debug)]
pub(super) struct Writing {
    /// The name as the caller gave it.
    pub(super) given: String,
    pub(super) mailbox: Mailbox,
    pub(super) wanted: Arc<SettingsPatch>,
    /// What the first reading found; kept from try to try, for the way back starts there.
    found: Option<Found>,
    /// Whether a PATCH may have been carried out whose answer never came.
    outcome_unknown: bool,
}

#[derive(Debug)]
struct Found {
    changes: Vec<Change>,
    /// What is left to send: nothing where a PATCH before this process ended was carried out.
    to_send: SettingsPatch,
    before: SettingsPatch,
}

impl Writing {
    pub(super) fn new(given: String, mailbox: Mailbox, wanted: Arc<SettingsPatch>) -> Self {
        Self { given, mailbox, wanted, found: None, outcome_unknown: false }
    }

    /// The error that ends the tries, which says where the settings may have been written all the same.
    pub(super) fn last_error(&self, error: Error) -> Error {
        if self.outcome_unknown {
            error.maybe_done(true).hint("the settings may have been written: read them, or write them again")
        } else {
            error
        }
    }
}

/// Writes settings.
#[derive(Debug)]
pub(super) struct SettingsWriter {
    pub(super) graph: Arc<GraphClient>,
    pub(super) mode: WriteMode,
    pub(super) undo: Option<UndoFile>,
    /// Takes what would be written.
    pub(super) plan: Option<Arc<PlanFile>>,
    pub(super) context: Context,
}

impl SettingsWriter {
    /// One try. What is known stays in `writing` for the next.
    ///
    /// The mailbox is read first: rows say what there was, an undo file what to go back to. A PATCH sets the same
    /// values however often it is sent, so it may be repeated; but somebody may have changed them again in the
    /// meantime, so where one may have been carried out, the settings are read before another is sent.
    pub(super) async fn try_once(&self, writing: &mut Writing) -> Result<Written, AttemptError> {
        let path = settings_path(writing.mailbox.asked(), None).map_err(|error| about(WRITING, writing, error))?;
        if writing.found.is_none() {
            let there = self.read(&path, writing).await?;
            writing.found = Some(self.find(writing, &there).await?);
        } else if writing.outcome_unknown {
            let there = self.read(&path, writing).await?;
            writing.outcome_unknown = false;
            if let Some(found) = &mut writing.found
                && writing.wanted.changes(&there).is_empty()
            {
                found.to_send = SettingsPatch::default();
            }
        }
        let Some(found) = &writing.found else { return Err(AttemptError::Run(Error::internal("nothing was read"))) };
        if self.mode.dry_run {
            if let Some(plan) = self.plan.as_ref().filter(|_| !found.to_send.is_empty()) {
                plan.add(&planned(writing, found));
            }
            return Ok(Written::new(&found.changes, Outcome::WouldChange));
        }
        if !found.to_send.is_empty() {
            if let Some(undo) = &self.undo {
                undo.note(writing.mailbox.name(), &writing.given, found.before.clone())
                    .await
                    .map_err(AttemptError::Run)?;
            }
            self.send(&path, writing).await?;
        }
        let changes = writing.found.as_ref().map(|found| &*found.changes).unwrap_or_default();
        Ok(Written::new(changes, Outcome::Changed))
    }

    /// What there is to do with a mailbox that has the settings `there`.
    async fn find(&self, writing: &Writing, there: &Value) -> Result<Found, AttemptError> {
        let wanted = &writing.wanted;
        let earlier = match &self.undo {
            Some(undo) => undo.earlier(writing.mailbox.name()).await.map_err(AttemptError::Run)?,
            None => None,
        };
        let left = wanted.changes(there);
        let changes = match &earlier {
            // It has what is wanted: a run before this one may have written it, and what was before that is what counts.
            Some(earlier) if left.is_empty() => wanted.changes(&earlier.over(there)),
            // What was noted before may be that of another line of the mailbox.
            _ => left.clone(),
        };
        let is_done = left.is_empty() && (self.mode.if_different || earlier.is_some());
        let to_send = match () {
            () if is_done => SettingsPatch::default(),
            () if self.mode.if_different => wanted.only(&left),
            () => SettingsPatch::clone(wanted),
        };
        let before = to_send.undo(there);
        Ok(Found { changes, to_send, before })
    }

    async fn read(&self, path: &str, writing: &Writing) -> Result<Value, AttemptError> {
        let body = self.graph.get(path, &self.context).await.map_err(|error| about(READING, writing, error))?;
        settings_document(&body, None).map_err(|error| about(READING, writing, error))
    }

    async fn send(&self, path: &str, writing: &mut Writing) -> Result<(), AttemptError> {
        let Some(found) = &writing.found else { return Ok(()) };
        let body = Bytes::from(found.to_send.to_json().to_string());
        let sent = self.graph.send(Method::PATCH, path, &HeaderMap::new(), Some(body), &self.context).await;
        let reply = match sent {
            Ok(reply) => reply,
            Err(failure) => {
                writing.outcome_unknown |= failure.is_maybe_done();
                return Err(about(WRITING, writing, failure));
            }
        };
        match settings_document(&reply.body, None) {
            // 204, as other resources answer a PATCH: it says that it is done.
            _ if reply.body.is_empty() => Ok(()),
            Ok(now) => self.check(writing, &now),
            Err(error) => {
                let error = about(WRITING, writing, error.maybe_done(true));
                writing.outcome_unknown = true;
                Err(error)
            }
        }
    }

    /// The reply to a PATCH gives what was changed: a setting that it gives as it was before was not.
    fn check(&self, writing: &Writing, now: &Value) -> Result<(), AttemptError> {
        let changes = writing.found.as_ref().map(|found| &*found.changes).unwrap_or_default();
        let ignored = SettingsPatch::ignored(changes, now);
        if ignored.is_empty() {
            return Ok(());
        }
        let detail = format!("the service took the settings and kept {} as it was", ignored.join(", "));
        Err(about(WRITING, writing, Error::new(Status::ResponseInvalid, detail)))
    }
}

/// What is to be written to a mailbox, as the line of a plan.
fn planned(writing: &Writing, found: &Found) -> PlanLine {
    let (from, to) = (found.before.to_json(), found.to_send.to_json());
    PlanLine {
        mailbox: writing.given.clone(),
        mailbox_id: writing.mailbox.other_name().map(str::to_owned),
        facet: SETTINGS_FACET.to_owned(),
        key: PATH.to_owned(),
        change: ChangeKind::Change,
        within: Vec::new(),
        request: PlannedRequest::new(&Method::PATCH, PATH, Some(to.clone())),
        precondition: Precondition { path: PATH.to_owned(), ..Precondition::default() },
        inverse: Some(PlannedRequest::new(&Method::PATCH, PATH, Some(from.clone()))),
        from,
        to,
        then: None,
        sum: None,
    }
}

fn about(action: &str, writing: &Writing, failure: impl Into<AttemptError>) -> AttemptError {
    // A name is never guessed here, not even to read: what is read is what is then written.
    failure.into().map_item(|error| writing.mailbox.explain(error)).about(action, &writing.given)
}

/// Puts what was being done and to whom into an error that came before there was a mailbox to write to.
pub(super) fn of_input(error: Error, given: Option<&str>) -> Error {
    error.action(WRITING).target(identity::display_name(given))
}

/// The mailbox that a name means.
pub(super) fn mailbox_of(given: &str) -> Result<Mailbox> {
    Mailbox::typed(given).map_err(|error| of_input(error, Some(given)))
}
