//! Mailboxes compared with a wanted state: a row for each difference, and on request the plan that takes them away.

mod work;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use self::work::{ROW_MEMBERS, StateWork};
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::plan_file::PlanFile;
use super::request::{Fingerprint, RunRequest};
use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::facet::State;
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
    let run = &request.run;
    let state = State::read(&request.state)?;
    if request.plan_file.is_some() && run.journal.is_some() {
        return Err(Error::argument("journal: does not go with planFile")
            .hint("a plan is made in one go; its journal is of the run that does it"));
    }
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "GET",
        body: Some(&request.state),
        flags: &[("includeEmpty", request.include_empty)],
        ..Fingerprint::default()
    };
    let others =
        [("planFile", request.plan_file.as_deref()), ("the client's credential", setup.credential_file.as_deref())];
    check_distinct(run.files().into_iter().chain(others))?;
    let options = run.run_options(setup, fingerprint, false)?;
    let selection = Selection::parse(&ROW_MEMBERS.map(str::to_owned))?;
    let encoder = MailboxEncoder::of_selection(run, &selection, run.heading(setup, TITLE))?;
    let graph = setup.graph()?;
    let plan = request.plan_file.as_deref().map(PlanFile::begin).transpose()?;
    let context = run.context(setup)?;
    setup.announce(&context);
    let work = StateWork {
        graph,
        state,
        include_empty: request.include_empty,
        plan,
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
