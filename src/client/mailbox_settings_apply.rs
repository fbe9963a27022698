//! Settings written to many mailboxes, a row each of what was what.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::mailbox_settings_write::{Outcome, SettingsWriter, WriteError, WriteMode, Writing, Written, of_input};
use super::run_request::{Fingerprint, RunRequest};
use super::undo_file::{SETTINGS_MEMBER, UndoFile};
use super::{Client, trial};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::identity::InputItem;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::runner::{AttemptError, Done, Next, RowStream, Run, Taken, Work};

/// What a journal of this run is of.
const KIND: &str = "mailboxSettingsApply";

/// What a run writes, and how; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct SettingsWrite {
    /// What every mailbox is to have, with Graph's names; without it each line of input says so itself.
    pub settings: Option<Value>,
    /// Whether all is written, what differs, or nothing.
    pub mode: WriteMode,
    /// A file that takes what was before.
    pub undo_file: Option<PathBuf>,
}

impl Client {
    /// Starts to write settings to many mailboxes. Needs no runtime of the caller.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo file.
    pub fn apply_mailbox_settings(&self, request: &RunRequest, write: &SettingsWrite) -> Result<Arc<dyn RowStream>> {
        let wanted = write.settings.as_ref().map(|settings| SettingsPatch::parse(settings, Origin::Request));
        let wanted = wanted.transpose()?.map(Arc::new);
        let body = json!({
            "settings": wanted.as_ref().map(|wanted| wanted.to_json()),
            "ifDifferent": write.mode.if_different,
            "dryRun": write.mode.dry_run,
            "undoFile": write.undo_file.as_deref().map(absolute),
        });
        let fingerprint =
            Fingerprint { kind: KIND, method: "PATCH", path: "mailboxSettings", body: Some(&body), select: &[] };
        let options = request.run_options(self, fingerprint)?;
        let rows = RowWriter::new(request)?;
        let graph = Arc::clone(&self.identity()?.graph);
        // A journal names its undo file: the one that is there belongs to the run that is resumed.
        let resumes = request.journal.as_deref().is_some_and(Path::exists);
        let undo = write.undo_file.clone().filter(|_| !write.mode.dry_run);
        let undo = undo.map(|path| UndoFile::open(path, resumes)).transpose()?;

        let context = Context::default();
        trial::warn_once(&context, self.options());
        let writer = SettingsWriter { graph, mode: write.mode, undo, context: context.clone() };
        let run = Run::start(ApplyWork { writer, wanted }, options, context, Arc::clone(self.signal()))?;
        Ok(Arc::new(ApplyStream { run, rows: Mutex::new(rows) }))
    }
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// Writes the settings of a mailbox.
#[derive(Debug)]
struct ApplyWork {
    writer: SettingsWriter,
    wanted: Option<Arc<SettingsPatch>>,
}

/// What a line of input asks for.
#[derive(Debug)]
struct ApplyItem {
    given: Option<String>,
    /// The mailbox and how far it is, or what is wrong with the line.
    writing: Result<Writing>,
}

/// What a line of input gave.
#[derive(Clone, Debug, PartialEq)]
struct Applied {
    given: Option<String>,
    written: Written,
    error: Option<AppliedError>,
}

impl Work for ApplyWork {
    type Item = ApplyItem;
    type Output = Applied;

    fn read(&self, line: &str) -> ApplyItem {
        let InputItem { given, mailbox, object } = InputItem::parse(line.as_bytes());
        let writing = mailbox.and_then(|mailbox| {
            let wanted = self.wanted_of(object.as_ref())?;
            Ok(Writing::new(given.clone().unwrap_or_default(), mailbox, wanted))
        });
        ApplyItem { given, writing }
    }

    fn identity<'a>(&self, item: &'a ApplyItem) -> Cow<'a, str> {
        match &item.writing {
            Ok(writing) => writing.mailbox.as_str().into(),
            Err(_) => item.given.as_deref().unwrap_or_default().into(),
        }
    }

    async fn prepare(&self) -> Result<()> {
        self.writer.graph.prepare(&self.writer.context).await
    }

    async fn attempt(&self, item: &mut ApplyItem) -> std::result::Result<Applied, AttemptError> {
        let writing = match &mut item.writing {
            Ok(writing) => writing,
            Err(error) => return Err(AttemptError::Item(of_input(error.clone(), item.given.as_deref()))),
        };
        match self.writer.try_once(writing).await {
            Ok(written) => Ok(Applied { given: item.given.clone(), written, error: None }),
            Err(WriteError::Mailbox(error)) => Err(AttemptError::Item(error)),
            Err(WriteError::Run(error)) => Err(AttemptError::Run(error)),
        }
    }

    fn failed(&self, item: &ApplyItem, error: Error) -> Applied {
        let error = match &item.writing {
            Ok(writing) => writing.last_error(error),
            Err(_) => error,
        };
        let written = Written { outcome: Outcome::Failed, changes: Value::Array(Vec::new()) };
        Applied { given: item.given.clone(), written, error: Some(AppliedError(error)) }
    }

    fn failure<'a>(&self, output: &'a Applied) -> Option<&'a Error> {
        output.error.as_ref().map(|error| &error.0)
    }

    fn weight(&self, output: &Applied) -> usize {
        // Texts of replies are what may be large; the rest is a few hundred bytes.
        let texts = output.written.changes.as_array().into_iter().flatten().map(|change| change.to_string().len());
        512 + texts.sum::<usize>()
    }

    fn record(&self, output: &Applied) -> Vec<u8> {
        json!({
            "mailbox": output.given,
            "outcome": output.written.outcome.name(),
            "changes": output.written.changes,
            "error": self.failure(output).map(Error::to_json),
        })
        .to_string()
        .into_bytes()
    }

    fn recall(&self, record: &[u8]) -> Result<Applied> {
        let unreadable =
            || Error::new(Status::Journal, "the journal holds a row that is none of settings that were written");
        let mut record: Value = serde_json::from_slice(record).map_err(|_| unreadable())?;
        let outcome = record["outcome"].as_str().and_then(Outcome::of_name).ok_or_else(unreadable)?;
        let error = match &record["error"] {
            Value::Null => None,
            error => Some(AppliedError(Error::from_json(error).ok_or_else(unreadable)?)),
        };
        Ok(Applied {
            given: record["mailbox"].as_str().map(str::to_owned),
            written: Written { outcome, changes: record["changes"].take() },
            error,
        })
    }
}

impl ApplyWork {
    /// What a mailbox is to have: its line's own settings, else those of the request.
    fn wanted_of(&self, line: Option<&Value>) -> Result<Arc<SettingsPatch>> {
        match (line.and_then(|line| line.get(SETTINGS_MEMBER)), &self.wanted) {
            (Some(own), _) => SettingsPatch::parse(own, Origin::Line).map(Arc::new),
            (None, Some(wanted)) => Ok(Arc::clone(wanted)),
            (None, None) => Err(Error::argument(format!(
                "neither the request says what to write, in settings, nor the line, in {SETTINGS_MEMBER}"
            ))),
        }
    }
}
