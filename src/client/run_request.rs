//! What every run over many mailboxes is asked for, whatever it does with them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::options::check_range;
use super::{Client, Credential, MOST_CONCURRENCY, MOST_TRIES};
use crate::auth::jwt_reader;
use crate::context::Context;
use crate::error::Result;
use crate::event::EventSink;
use crate::files::check_distinct;
use crate::http::RetryPolicy;
use crate::log::RequestLog;
use crate::rows::out_file::FileRows;
use crate::rows::{OutFile, OutFileStream, ReportRequest};
use crate::runner::store::hashed;
use crate::runner::{Batching, JournalOptions, RowStream, RunOptions, Shard, hash_of_header, hash_of_json};

/// How long nobody may take rows of a run that writes before it starts nothing more.
const LONGEST_ABSENCE: Duration = Duration::from_millis(250);

/// Request of a run; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct RunRequest {
    /// Format, order and limits; columns where the run is a report.
    pub report: ReportRequest,
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
    /// A log of the run's requests, for a support case.
    pub log_file: Option<PathBuf>,
}

impl From<ReportRequest> for RunRequest {
    fn from(report: ReportRequest) -> Self {
        Self { report, ..Self::default() }
    }
}

/// Mailboxes that the library finds itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceRequest {
    /// Those of the tenant.
    All {
        /// An OData filter on users.
        filter: Option<String>,
        /// At most so many.
        top: Option<u64>,
        /// Users without a mailbox too.
        include_without_mailbox: bool,
    },
    /// The members of a group, by its object id, mail address or display name.
    Group(String),
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
    /// The options of a run of `client` that does what `fingerprint` says; `writes`: its requests change something.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn run_options(
        &self,
        client: &Client,
        fingerprint: Fingerprint<'_>,
        writes: bool,
    ) -> Result<RunOptions> {
        let options = client.options();
        // What the client signs in with must not be lost to what the run writes.
        check_distinct(self.files().into_iter().chain([("the client's credential", options.credential_file())]))?;
        let report = &self.report;
        let max_tries = report.max_tries.unwrap_or(options.max_tries);
        let max_concurrency = report.max_concurrency.unwrap_or(options.max_concurrency);
        check_range("maxTries", max_tries.into(), 1, MOST_TRIES.into())?;
        check_range("maxConcurrency", max_concurrency as u64, 1, MOST_CONCURRENCY as u64)?;
        let retry = RetryPolicy::new(max_tries, report.max_retry.unwrap_or(options.max_retry));
        Ok(RunOptions {
            order: report.order,
            idle_pause: self.idle_pause(writes),
            writes,
            to_file: self.out_file.is_some(),
            shard: self.shard,
            journal: self.journal.as_ref().map(|path| JournalOptions {
                path: path.clone(),
                fingerprint: fingerprint.of_client(client),
                retry_failed: self.retry_failed,
                retry_unknown: self.retry_unknown,
            }),
            stop_after_errors: self.stop_after_errors,
            batching: self.batching,
            maximum: self.maximum,
            source: self.source.as_ref().map(|source| source.lister(client, retry)).transpose()?,
            ..RunOptions::new(max_concurrency, retry, Arc::clone(&options.clock))
        })
    }
}

impl RunRequest {
    /// How long nobody may touch the run before it pauses. A run that writes always does: who went away without a
    /// word is not to find more written than he saw.
    fn idle_pause(&self, writes: bool) -> Option<Duration> {
        let asked = self.report.idle_pause;
        match (writes, self.out_file.is_some()) {
            (false, false) => asked,
            // A file of what was read can be written with nobody there.
            (false, true) => None,
            (true, false) => Some(asked.map_or(LONGEST_ABSENCE, |asked| asked.min(LONGEST_ABSENCE))),
            (true, true) => Some(asked.unwrap_or(LONGEST_ABSENCE)),
        }
    }

    /// The files that the run writes, by the members that name them.
    pub(super) fn files(&self) -> [(&'static str, Option<&Path>); 3] {
        let out_file = self.out_file.as_ref().map(|file| &*file.path);
        [("journal", self.journal.as_deref()), ("outFile", out_file), ("logFile", self.log_file.as_deref())]
    }

    /// What accompanies the run: its log, where one is asked for.
    ///
    /// # Errors
    ///
    /// `File` where the log cannot be opened.
    pub(super) fn context(&self, client: &Client) -> Result<Context> {
        let clock = &client.options().clock;
        let log = self.log_file.as_deref().map(|path| RequestLog::open(path, Arc::clone(clock))).transpose()?;
        let events = EventSink::new(Arc::clone(clock), log);
        Ok(Context { events, ..Context::default() })
    }

    /// The run as its caller sees it: its rows, or where they go to a file, what failed.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a format that failures do not come in.
    pub(super) fn deliver(&self, client: &Client, run: Arc<impl FileRows + 'static>) -> Result<Arc<dyn RowStream>> {
        let Some(file) = &self.out_file else { return Ok(run) };
        let signal = Arc::clone(client.signal());
        Ok(Arc::new(OutFileStream::start(
            run,
            file.path.clone(),
            self.report.format,
            signal,
            client.new_context().events,
        )?))
    }
}

impl Fingerprint<'_> {
    fn of_client(&self, client: &Client) -> Map<String, Value> {
        let (tenant, app) = tenant_and_app(client);
        let mut members = Map::new();
        members.insert("kind".into(), self.kind.into());
        members.insert("tenant".into(), tenant.into());
        members.insert("client".into(), app.into());
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

/// Whose journal it is: what a given token says of itself, else what the client was made with.
fn tenant_and_app(client: &Client) -> (Option<String>, Option<String>) {
    let options = client.options();
    let claims = match &options.credential {
        Some(Credential::Token(token)) => jwt_reader::read(token.bytes()).map(|token| token.claims).unwrap_or_default(),
        _ => Map::new(),
    };
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_lowercase);
    let option = |value: &Option<String>| value.as_deref().map(str::to_lowercase);
    // The app is `appid` in tokens of version 1, which those of Graph are, and `azp` in version 2.
    let app = claim("appid").or_else(|| claim("azp")).or_else(|| option(&options.client_id));
    (claim("tid").or_else(|| option(&options.tenant_id)), app)
}
