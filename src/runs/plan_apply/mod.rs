//! A plan, done: what it holds and nothing else, a row for each of its lines.

mod audit_file;
mod body_files;
mod outcome;
mod source;
mod undo_plan;
mod work;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use self::audit_file::AuditFile;
use self::body_files::BodyFiles;
use self::outcome::ROW_MEMBERS;
use self::source::{PlanLister, PlanSource};
use self::undo_plan::UndoPlan;
use self::work::PlanWork;
use self::writer::PlanWriter;
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::files::check_distinct;
use crate::rows::{RowStream, Selection};
use crate::runner::Run;

/// What a journal of this run is of.
const KIND: &str = "planApply";

/// What its rows are, on a page.
const TITLE: &str = "A plan of changes, done";
const DRY_RUN_TITLE: &str = "A plan of changes: a dry run, in which nothing was written";

/// A plan that is to be done, and how; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct PlanApply {
    /// The file of the plan.
    pub plan: PathBuf,
    /// Whether what is there is read and compared, and nothing is sent.
    pub dry_run: bool,
    /// A file that takes the way back.
    pub undo_plan: Option<PathBuf>,
    /// A file that takes what became of each line, chained.
    pub audit_file: Option<PathBuf>,
}

/// Starts to do a plan. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member; `FileExists` for the undo plan and the audit file.
pub fn start(setup: &RunSetup, request: &RunRequest, apply: &PlanApply) -> Result<Arc<dyn RowStream>> {
    if request.source.is_some() {
        return Err(Error::argument("source: a plan says itself which mailboxes it is about"));
    }
    let fingerprint = Fingerprint {
        kind: KIND,
        flags: &[
            ("dryRun", apply.dry_run),
            // Whether, not where: each shard has files of its own.
            ("undoPlan", apply.undo_plan.is_some()),
            ("auditFile", apply.audit_file.is_some()),
        ],
        ..Fingerprint::default()
    };
    let others = [
        ("plan", Some(&*apply.plan)),
        ("undoPlan", apply.undo_plan.as_deref()),
        ("auditFile", apply.audit_file.as_deref()),
        ("the client's credential", setup.credential_file.as_deref()),
    ];
    check_distinct(request.files().into_iter().chain(others))?;
    let mut options = request.run_options(setup, fingerprint, !apply.dry_run)?;
    let selection = Selection::parse(&ROW_MEMBERS.map(str::to_owned))?;
    let heading = request.heading(setup, if apply.dry_run { DRY_RUN_TITLE } else { TITLE });
    let encoder = MailboxEncoder::of_selection(request, &selection, heading)?;
    let graph = setup.graph()?;
    // Where the run is resumed, its journal knows whether the files that are there are its own.
    let resumes = request.journal.as_deref().is_some_and(Path::exists);
    let written = |path: &Option<PathBuf>| path.clone().filter(|_| !apply.dry_run);
    let undo = written(&apply.undo_plan).map(|path| UndoPlan::open(path, resumes)).transpose()?;
    let audit = written(&apply.audit_file).map(|path| AuditFile::open(path, resumes)).transpose()?;

    let source = Arc::new(PlanSource::new(apply.plan.clone(), request.shard));
    // All of it is known before anything is sent; how much it may be is judged by its lines.
    options.maximum = Some(u64::MAX);
    options.source = Some(Box::new(PlanLister::new(Arc::clone(&source))));
    let context = request.context(setup)?;
    setup.announce(&context);
    let writer = PlanWriter {
        graph,
        dry_run: apply.dry_run,
        undo,
        places: Mutex::default(),
        files: BodyFiles::beside(&apply.plan),
        broken: OnceLock::new(),
        context: context.clone(),
    };
    // Alone in its request, each write stands before the gate that closes when the caller goes away.
    let batches = apply.dry_run || request.out_file.is_some();
    let work = PlanWork::new(setup, source, request.maximum, writer, audit, selection, batches);
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
}
