//! Settings written to many mailboxes, a row each with the old and the new value of each setting.

pub(super) mod update;
pub(super) mod write;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use futures_util::future::BoxFuture;
use serde_json::Value;

use self::write::{ROW_MEMBERS, SettingsWriter, WriteMode, Writing, Written, of_input};
use super::input::{ALLOW_NULL_MEMBER, InputItem, InputReader, SETTINGS_MEMBER, TENANT_MEMBER};
use super::input_key::InputKey;
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::plan_file::{self, PlanFile};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use super::undo::UndoFile;
use crate::attempt::AttemptError;
use crate::clock::Clock;
use crate::error::{Error, Result, Status};
use crate::files::check_distinct;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::permission;
use crate::rows::{MailboxRows, RowStream, Selection};
use crate::runner::{Run, Work};
use crate::store::{Store, WorkHash};

/// What a journal of this run is of.
const KIND: &str = "mailboxSettingsApply";

/// What a plan says that it was made by.
const PLANNED_BY: &str = "exrun_mailbox_settings_apply";

/// What its rows are, on a page.
const TITLE: &str = "Changes of mailbox settings";
const DRY_RUN_TITLE: &str = "Changes of mailbox settings: a dry run, in which nothing was written";

/// What a run writes, and how; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct SettingsWrite {
    /// What every mailbox is to have, with Graph's names; without it each line of input says so itself.
    pub settings: Option<Value>,
    /// Whether all is written, what differs, or nothing.
    pub mode: WriteMode,
    /// A file that takes what was before.
    pub undo_file: Option<PathBuf>,
    /// The member of input objects by which a journal knows a line, in the place of its settings.
    pub key: Option<String>,
    /// Lets null and blank text be written.
    pub allow_null: bool,
    /// A file that takes what would be written as a plan; nothing is then written.
    pub plan_file: Option<PathBuf>,
}

/// Starts to write settings to many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo file.
pub fn start(setup: &RunSetup, request: &RunRequest, write: &SettingsWrite) -> Result<Arc<dyn RowStream>> {
    // A plan is of what differs, and to write it down is to write nothing.
    let plans = write.plan_file.is_some();
    let mode = WriteMode { if_different: write.mode.if_different || plans, dry_run: write.mode.dry_run || plans };
    if plans {
        check_plan(request, write)?;
    }
    let origin = Origin::REQUEST.allowing_null(write.allow_null);
    let wanted = write.settings.as_ref().map(|settings| SettingsPatch::parse(settings, origin));
    let wanted = wanted.transpose()?.map(Arc::new);
    let settings = wanted.as_ref().map(|wanted| wanted.to_json()).unwrap_or_default();
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "PATCH",
        path: "mailboxSettings",
        settings: Some(&settings),
        flags: &[
            ("ifDifferent", mode.if_different),
            ("dryRun", mode.dry_run),
            // Whether, not where: the journals of shards, each with a file of its own, can be merged.
            ("undoFile", write.undo_file.is_some()),
        ],
        key: write.key.as_deref(),
        ..Fingerprint::default()
    };
    let others = [
        ("undoFile", write.undo_file.as_deref()),
        ("planFile", write.plan_file.as_deref()),
        ("the client's credential", setup.credential_file.as_deref()),
    ];
    check_distinct(request.files().into_iter().chain(others))?;
    let options = request.run_options(setup, fingerprint, !mode.dry_run)?;
    let selection = Selection::parse(&ROW_MEMBERS.map(str::to_owned))?;
    let heading = request.heading(setup, if mode.dry_run { DRY_RUN_TITLE } else { TITLE });
    let encoder = MailboxEncoder::of_selection(request, &selection, heading)?;
    let graph = setup.graph()?;
    // Where the run is resumed, its journal knows whether the undo file that is there is its own.
    let resumes = request.journal.as_deref().is_some_and(Path::exists);
    let undo = write.undo_file.clone().filter(|_| !mode.dry_run);
    let undo = undo.map(|path| UndoFile::open(path, resumes)).transpose()?;

    let plan = write.plan_file.as_deref().map(PlanFile::begin).transpose()?;

    let context = request.context(setup)?;
    setup.announce(&context);
    let key = write.key.clone().map(InputKey::new);
    let writer = SettingsWriter { graph, mode, undo, plan, context: context.clone() };
    let work = ApplyWork {
        writer,
        wanted,
        key,
        allow_null: write.allow_null,
        reader: request.reader(),
        selection,
        app: setup.app.clone(),
        clock: Arc::clone(&setup.clock),
        tenant: OnceLock::new(),
    };
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
}

/// Refuses what does not go with a plan.
fn check_plan(request: &RunRequest, write: &SettingsWrite) -> Result<()> {
    let others = [("undoFile", write.undo_file.is_some()), ("journal", request.journal.is_some())];
    match others.into_iter().find(|(_, is_there)| *is_there) {
        Some((name, _)) => Err(Error::argument(format!("{name}: does not go with planFile"))
            .hint("a plan is made in one go; its undo plan and its journal are of the run that does it")),
        None => Ok(()),
    }
}

/// Writes the settings of a mailbox.
#[derive(Debug)]
struct ApplyWork {
    writer: SettingsWriter,
    wanted: Option<Arc<SettingsPatch>>,
    key: Option<InputKey>,
    allow_null: bool,
    reader: InputReader,
    /// Of rows.
    selection: Selection,
    /// The app that is signed in, as far as it is known.
    app: Option<String>,
    clock: Arc<dyn Clock>,
    /// The tenant of the run's token, once there is one that says so.
    tenant: OnceLock<String>,
}

/// What a line of input asks for.
#[derive(Debug)]
struct ApplyItem {
    given: Option<String>,
    /// The tenant that the line says the mailbox is of, as that of an undo file does.
    tenant: Option<String>,
    /// The mailbox and how far it is, or what is wrong with the line.
    writing: Result<Writing>,
    /// What the line says its work is known by.
    key: Option<WorkHash>,
}

impl Work for ApplyWork {
    type Item = ApplyItem;
    type Output = MailboxRows;

    fn read(&self, line: &str) -> ApplyItem {
        let InputItem { given, mailbox, object } = self.reader.read(line);
        let key = self.key.as_ref().map(|key| key.of(object.as_ref())).transpose();
        let writing = mailbox.and_then(|mailbox| {
            key.as_ref().map_err(Clone::clone)?;
            let wanted = self.wanted_of(object.as_ref())?;
            Ok(Writing::new(given.clone().unwrap_or_default(), mailbox, wanted))
        });
        let tenant = object.as_ref().and_then(|line| line.get(TENANT_MEMBER)).and_then(Value::as_str);
        ApplyItem { given, tenant: tenant.map(str::to_owned), writing, key: key.ok().flatten() }
    }

    fn work_hash(&self, item: &ApplyItem, line: &str) -> WorkHash {
        // A key says alone which work it is, though its settings are refused today.
        item.key.unwrap_or_else(|| match &item.writing {
            Ok(writing) => WorkHash::of_settings(&writing.wanted.to_json()),
            Err(_) => WorkHash::of_line(line),
        })
    }

    fn note_repeated(&self, item: &mut ApplyItem) {
        if let Some(key) = self.key.as_ref().filter(|_| item.writing.is_ok()) {
            item.writing = Err(key.repeated());
        }
    }

    fn identity<'a>(&self, item: &'a ApplyItem) -> Cow<'a, str> {
        match &item.writing {
            Ok(writing) => writing.mailbox.name().into(),
            Err(_) => item.given.as_deref().unwrap_or_default().into(),
        }
    }

    async fn attach(&self, store: &Store) -> Result<()> {
        match &self.writer.undo {
            Some(undo) => undo.attach(store).await,
            None => Ok(()),
        }
    }

    async fn prepare(&self) -> Result<()> {
        let tenant = self.writer.graph.tenant(&self.writer.context).await?;
        if let Some(plan) = &self.writer.plan {
            plan.set_header(tenant.as_deref(), self.app.as_deref(), PLANNED_BY, self.clock.now())?;
        }
        if let Some(tenant) = tenant {
            if let Some(undo) = &self.writer.undo {
                undo.set_tenant(&tenant);
            }
            let _ = self.tenant.set(tenant);
        }
        Ok(())
    }

    async fn attempt(&self, item: &mut ApplyItem) -> Result<MailboxRows, AttemptError> {
        self.check_tenant(item).map_err(AttemptError::Run)?;
        let writing = match &mut item.writing {
            Ok(writing) => writing,
            Err(error) => return Err(of_input(error.clone(), item.given.as_deref()).into()),
        };
        let written = self.writer.try_once(writing).await?;
        Ok(objects(item.given.clone(), written, None))
    }

    /// The last line of a mailbox is what it has in the end.
    fn is_ordered(&self) -> bool {
        true
    }

    fn failed(&self, item: &ApplyItem, error: Error) -> MailboxRows {
        let error = match &item.writing {
            Ok(writing) => writing.last_error(error),
            Err(_) => error,
        };
        objects(item.given.clone(), Written::failed(), Some(error))
    }

    fn reconsider(&self, output: &mut MailboxRows) {
        output.error = output.error.take().map(|error| permission::reconsider(error, &self.writer.context.granted));
    }

    fn concludes(&self) -> bool {
        self.writer.plan.is_some()
    }

    fn conclude(&self, _: &[&MailboxRows]) -> Option<BoxFuture<'static, Result<()>>> {
        plan_file::conclude(self.writer.plan.as_ref())
    }

    async fn end(&self, ended: &Result<()>) -> Result<()> {
        plan_file::end(self.writer.plan.as_ref(), ended).await
    }

    fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        MailboxRows::recall(record, self.selection.names())
    }
}

/// A mailbox's row: one that failed has one too.
fn objects(given: Option<String>, written: Written, error: Option<Error>) -> MailboxRows {
    MailboxRows { mailbox: given, objects: vec![written.into_members().into()], error, ..MailboxRows::default() }
}

impl ApplyWork {
    /// Lines of another tenant's undo file end the run before anything is sent for one of them.
    fn check_tenant(&self, item: &ApplyItem) -> Result<()> {
        let Some(of_line) = &item.tenant else { return Ok(()) };
        let own = self.tenant.get();
        if own.is_some_and(|own| own.eq_ignore_ascii_case(of_line)) {
            return Ok(());
        }
        let own = own.map_or("one that the token does not tell", String::as_str);
        let detail = format!("the line is of the tenant {of_line}, and this run is of {own}");
        Err(Error::new(Status::TenantMismatch, detail)
            .action("restoring from an undo file")
            .target(item.given.clone().unwrap_or_default())
            .hint("sign in to the tenant that the undo file is of"))
    }

    /// What a mailbox is to have: its line's own settings, else those of the request.
    fn wanted_of(&self, line: Option<&Value>) -> Result<Arc<SettingsPatch>> {
        match (line.and_then(|line| line.get(SETTINGS_MEMBER)), &self.wanted) {
            (Some(own), _) => {
                let says_so = line.and_then(|line| line.get(ALLOW_NULL_MEMBER)) == Some(&Value::Bool(true));
                SettingsPatch::parse(own, Origin::LINE.allowing_null(self.allow_null || says_so)).map(Arc::new)
            }
            (None, Some(wanted)) => Ok(Arc::clone(wanted)),
            (None, None) => Err(Error::argument(format!(
                "nothing to write: give settings in the request, or {SETTINGS_MEMBER} in the line"
            ))),
        }
    }
}
