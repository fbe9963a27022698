//! What every run over many mailboxes is asked for, whatever it does with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::input::{InputOrigin, InputReader};
use super::limits::Limits;
use super::mailbox_lister;
use super::setup::RunSetup;
use super::source::SourceRequest;
use crate::context::Context;
use crate::error::Result;
use crate::event::EventSink;
use crate::files::check_distinct;
use crate::log::RequestLog;
use crate::rows::out_file::FileRows;
use crate::rows::{FailedFile, Heading, OutFile, OutFileStream, ReportRequest, RowStream};
use crate::runner::{Batching, FailureList, RunOptions, Shard};
use crate::store::{JournalOptions, hash_of_header, hash_of_json, hashed};

/// Request of a run; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// Format; columns where the run is a report.
    pub report: ReportRequest,
    /// Order, tries, requests at a time.
    pub limits: Limits,
    /// Where the mailboxes come from; without it they are pushed.
    pub source: Option<SourceRequest>,
    /// Takes this part of the mailboxes only.
    pub shard: Option<Shard>,
    /// The file that rows are recorded in.
    pub journal: Option<PathBuf>,
    /// Asks again for what ended in an error row.
    pub retry_failed: bool,
    /// Sends again what was sent without an outcome.
    pub retry_unknown: bool,
    /// Stops the run once so many mailboxes have failed in it.
    pub stop_after_errors: Option<u64>,
    /// The most mailboxes that the run may be about; where there are more, nothing is sent.
    pub maximum: Option<u64>,
    /// Whether several mailboxes may share a request.
    pub batching: Batching,
    /// A file that the rows go to.
    pub out_file: Option<OutFile>,
    /// A file of the mailboxes that failed.
    pub failed_file: Option<PathBuf>,
    /// A log of the run's requests, for a support case.
    pub log_file: Option<PathBuf>,
}

impl From<ReportRequest> for RunRequest {
    fn from(report: ReportRequest) -> Self {
        Self { report, ..Self::default() }
    }
}

/// What a run does to each mailbox: a journal is of one such thing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fingerprint<'a> {
    /// `mailboxSettingsReport` and the like.
    pub(super) kind: &'static str,
    /// The HTTP method.
    pub(super) method: &'a str,
    /// The path relative to the mailbox.
    pub(super) path: &'a str,
    /// The request's own headers: they may say what is read.
    pub(super) headers: Option<&'a HeaderMap>,
    /// The body, where there is one.
    pub(super) body: Option<&'a Value>,
    /// Settings that are written, where that is what the run does.
    pub(super) settings: Option<&'a Value>,
    /// What else says how it is done.
    pub(super) flags: &'a [(&'static str, bool)],
    /// What of a reply goes into rows.
    pub(super) select: &'a [String],
    /// The member of the input by which lines are known.
    pub(super) key: Option<&'a str>,
}

impl RunRequest {
    /// Where the run's lines come from: one with a source takes none of its caller.
    pub(super) fn reader(&self) -> InputReader {
        InputReader::new(if self.source.is_some() { InputOrigin::Directory } else { InputOrigin::Caller })
    }

    /// The options of a run that does what `fingerprint` says; `writes`: its requests change something.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member; `File` where the list of failures cannot be begun.
    pub(super) fn run_options(
        &self,
        setup: &RunSetup,
        fingerprint: Fingerprint<'_>,
        writes: bool,
    ) -> Result<RunOptions> {
        // What the client signs in with must not be lost to what the run writes.
        let credential = ("the client's credential", setup.credential_file.as_deref());
        check_distinct(self.files().into_iter().chain([credential]))?;
        let options = self.limits.run_options(setup, writes, self.out_file.is_some())?;
        let source = match &self.source {
            Some(source) => Some(mailbox_lister::lister(source, setup.graph()?, options.retry)),
            None => None,
        };
        let failed_file = self.failed_file.as_deref().map(FailedFile::begin).transpose()?;
        let failure_list = failed_file.map(|file| Box::new(file) as Box<dyn FailureList>);
        Ok(RunOptions {
            shard: self.shard,
            journal: self.journal.as_ref().map(|path| JournalOptions {
                path: path.clone(),
                fingerprint: fingerprint.of(setup),
                retry_failed: self.retry_failed,
                retry_unknown: self.retry_unknown,
            }),
            stop_after_errors: self.stop_after_errors,
            batching: self.batching,
            maximum: self.maximum,
            source,
            failure_list,
            ..options
        })
    }

    /// The files that the run writes, by the members that name them.
    pub(super) fn files(&self) -> [(&'static str, Option<&Path>); 4] {
        let out_file = self.out_file.as_ref().map(|file| &*file.path);
        [
            ("journal", self.journal.as_deref()),
            ("outFile", out_file),
            ("failedFile", self.failed_file.as_deref()),
            ("logFile", self.log_file.as_deref()),
        ]
    }

    /// What a page of the run's rows says of them: `title`, whose they are, and which part of the mailboxes they are of.
    pub(super) fn heading(&self, setup: &RunSetup, title: &str) -> Heading {
        Heading::new(title)
            .fact("Tenant", setup.tenant.as_deref())
            .fact("Mailboxes", self.source.as_ref().map(SourceRequest::to_string))
            .fact("Share", self.shard.map(|shard| shard.to_string()))
    }

    /// What accompanies the run: its log, where one is asked for.
    ///
    /// # Errors
    ///
    /// `File` where the log cannot be opened.
    pub(super) fn context(&self, setup: &RunSetup) -> Result<Context> {
        let clock = &setup.clock;
        let log = self.log_file.as_deref().map(|path| RequestLog::open(path, Arc::clone(clock))).transpose()?;
        let events = EventSink::new(Arc::clone(clock), log);
        Ok(Context { events, ..Context::default() })
    }

    /// The run as its caller sees it: its rows, or where they go to a file, what failed.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a format that failures do not come in.
    pub(super) fn deliver(&self, setup: &RunSetup, run: Arc<impl FileRows + 'static>) -> Result<Arc<dyn RowStream>> {
        let Some(file) = &self.out_file else { return Ok(run) };
        let signal = Arc::clone(&setup.signal);
        let events = EventSink::new(Arc::clone(&setup.clock), None);
        Ok(Arc::new(OutFileStream::start(run, file.clone(), self.report.format, signal, events)?))
    }
}

impl Fingerprint<'_> {
    fn of(&self, setup: &RunSetup) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("kind".into(), self.kind.into());
        members.insert("tenant".into(), setup.tenant.as_deref().into());
        members.insert("client".into(), setup.app.as_deref().into());
        members.insert("method".into(), self.method.into());
        members.insert("path".into(), self.path.into());
        // Values may be secret: a password of somebody's profile, the key of an interface. Their hashes will do.
        for (name, value) in self.headers.into_iter().flatten() {
            members.insert(format!("headers.{name}"), hashed(&hash_of_header(value.as_bytes())));
        }
        for (name, value) in [("body", self.body), ("settings", self.settings)] {
            members.extend(value.map(|value| (name.to_owned(), hashed(&hash_of_json(value)))));
        }
        members.extend(self.flags.iter().map(|(name, flag)| ((*name).to_owned(), (*flag).into())));
        members.insert("select".into(), self.select.into());
        members.extend(self.key.map(|key| ("key".to_owned(), key.to_lowercase().into())));
        members
    }
}
