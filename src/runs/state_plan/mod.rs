//! Mailboxes compared with a wanted state: a row for each difference, and on request the plan that takes them away.

mod late;
mod work;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

pub(super) use self::late::{Known, LateState};
use self::work::{ROW_MEMBERS, StateWork};
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::plan_file::PlanFile;
use super::plan_photos::PlanPhotos;
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::facet::{Facet, State};
use crate::files::check_distinct;
use crate::rows::{RowStream, Selection};
use crate::runner::Run;

/// What a journal of this run is of.
const KIND: &str = "mailboxStatePlan";

/// What a plan says that it was made by.
const PLANNED_BY: &str = "exrun_mailbox_state_plan";

/// What its rows are, on a page.
const TITLE: &str = "Differences from the wanted state";

/// Request of a comparison with a wanted state; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct StatePlan {
    /// What every run has.
    pub run: RunRequest,
    /// The wanted state, as [`State::read`] takes it.
    pub state: Value,
    /// A row for a mailbox that is in the state.
    pub include_empty: bool,
    /// A file that takes what would be done, as a plan.
    pub plan_file: Option<PathBuf>,
}

/// Starts to compare mailboxes with a wanted state. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member; `File` for the plan.
pub fn start(setup: &RunSetup, request: &StatePlan) -> Result<Arc<dyn RowStream>> {
    let state = State::read(&request.state)?;
    let comparison = Comparison {
        run: &request.run,
        planned_by: PLANNED_BY,
        title: TITLE,
        fingerprint: &request.state,
        include_empty: request.include_empty,
        plan_file: request.plan_file.as_deref(),
        readings: state.readings().to_vec(),
        remark: None,
        photos: None,
    };
    compare_with(setup, comparison, Known::new(state))
}

/// What a comparison is, but for the state.
pub(super) struct Comparison<'r> {
    pub(super) run: &'r RunRequest,
    /// What a plan says that it was made by.
    pub(super) planned_by: &'static str,
    /// What the rows are, on a page.
    pub(super) title: &'static str,
    /// What a journal tells comparisons apart by.
    pub(super) fingerprint: &'r Value,
    pub(super) include_empty: bool,
    pub(super) plan_file: Option<&'r Path>,
    /// What is read of each mailbox.
    pub(super) readings: Vec<Arc<dyn Facet>>,
    /// What is to be said when it begins.
    pub(super) remark: Option<String>,
    /// The photos that the lines of the plan may name.
    pub(super) photos: Option<Arc<PlanPhotos>>,
}

/// Starts to compare mailboxes with a state.
///
/// # Errors
///
/// As [`start`].
pub(super) fn compare_with(
    setup: &RunSetup,
    comparison: Comparison<'_>,
    state: Arc<dyn LateState>,
) -> Result<Arc<dyn RowStream>> {
    let Comparison { run, planned_by, title, fingerprint, include_empty, plan_file, readings, remark, photos } =
        comparison;
    if plan_file.is_some() && run.journal.is_some() {
        return Err(Error::argument("journal: does not go with planFile")
            .hint("a plan is made in one go; its journal is of the run that does it"));
    }
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "GET",
        // Of its own kind, so that the journal of one comparison is not that of another.
        path: if planned_by == PLANNED_BY { "" } else { planned_by },
        body: Some(fingerprint),
        flags: &[("includeEmpty", include_empty)],
        ..Fingerprint::default()
    };
    let others = [("planFile", plan_file), ("the client's credential", setup.credential_file.as_deref())];
    check_distinct(run.files().into_iter().chain(others))?;
    let options = run.run_options(setup, fingerprint, false)?;
    let selection = Selection::parse(&ROW_MEMBERS.map(str::to_owned))?;
    let encoder = MailboxEncoder::of_selection(run, &selection, run.heading(setup, title))?;
    let graph = setup.graph()?;
    let plan = plan_file.map(PlanFile::begin).transpose()?;
    let context = run.context(setup)?;
    setup.announce(&context);
    if let Some(remark) = remark {
        context.events.emit(Event::Warning, &remark, []);
    }
    let work = StateWork {
        graph,
        readings,
        late: state,
        state: OnceLock::new(),
        retry: options.retry,
        include_empty,
        plan,
        photos,
        planned_by,
        blocked: 0.into(),
        selection,
        app: setup.app.clone(),
        clock: Arc::clone(&setup.clock),
        headers: http::HeaderMap::new(),
        reader: run.reader(),
        context: context.clone(),
    };
    let stream = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    run.deliver(setup, Arc::new(MailboxStream::new(stream, encoder)))
}
