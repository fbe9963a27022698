//! Several requests for each mailbox, in their order, of which the later take values of the earlier.
//!
//! | part | holds |
//! |---|---|
//! | `step` | a step as it was understood: its request, and whether it is wanted |
//! | `values` | what stands in braces for a value of a step |
//! | `progress` | how far a mailbox is, as the journal keeps it |
//! | `work` | the steps as a run's work |
//!
//! What a mailbox's steps gave so far is in the journal before each request that writes, and after it: a run that is
//! resumed goes on at the step that was not done, with the values that were got. Reads in between are made again.

mod progress;
mod step;
mod values;
mod work;

use std::sync::Arc;

use serde_json::Value;

use self::step::{Rules, understand};
use self::work::{OWN_MEMBERS, StepsWork};
use super::super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::super::request::Fingerprint;
use super::super::setup::RunSetup;
use super::base::PathBase;
use super::request::{MailboxRequests, RequestStep};
use crate::error::{Error, Result};
use crate::graph::api_version::ApiVersion;
use crate::graph::request;
use crate::printable::shortened;
use crate::rows::{RowStream, Selection};
use crate::runner::Run;

/// What a journal of this run is of.
const KIND: &str = "mailboxRequestSteps";

/// Starts the steps of many mailboxes.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub(super) fn start(setup: &RunSetup, request: &MailboxRequests) -> Result<Arc<dyn RowStream>> {
    check_alone(request)?;
    let rules = Rules {
        base: request.path_base,
        allow_null: request.allow_null,
        allow_whole_mailbox: request.allow_whole_mailbox,
    };
    let steps = understand(&request.steps, &request.headers, rules)?;
    // Also where it has none: which of them the steps' own come beside is wrong for all.
    let headers = request::headers(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
    let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
    let selection = selection(&request.select)?;
    let asked = shortened(&names.join(", "), 100).into_owned();
    let heading = request.run.heading(setup, "Mailbox requests").fact("Steps", Some(asked));
    let encoder = MailboxEncoder::of_selection(&request.run, &selection, heading)?;
    let selected: Vec<String> = selection.names().iter().map(str::to_owned).collect();
    let flags = [("outsideMailbox", rules.base == PathBase::Service), ("beta", request.version == ApiVersion::Beta)];
    let body: Value = request.steps.iter().map(RequestStep::description).collect();
    let path = names.join(", ");
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "steps",
        path: &path,
        headers: Some(&headers),
        body: Some(&body),
        flags: &flags,
        select: &selected,
        key: request.key.as_deref(),
        ..Fingerprint::default()
    };
    let writes = steps.iter().any(step::Step::writes);
    let options = request.run.run_options(setup, fingerprint, writes)?;
    let context = request.run.context(setup)?;
    setup.announce(&context);
    let work = StepsWork::new(setup, request, (steps, names, rules), selection, context.clone())?;
    let run = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    request.run.deliver(setup, Arc::new(MailboxStream::new(run, encoder)))
}

/// Refuses what is of a single request.
fn check_alone(request: &MailboxRequests) -> Result<()> {
    let given = [
        ("method", !request.method.is_empty()),
        ("path", request.path.is_some()),
        ("body", request.body.is_some()),
        ("verify", request.verify.is_some()),
        ("outFolder", request.out_folder.is_some()),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some(("outFolder", _)) => Err(Error::argument("outFolder: not with steps")
            .hint("find what is to be saved with steps, and save it with a request of its own")),
        Some((member, _)) => Err(Error::argument(format!("{member}: not with steps, of which each has its own"))),
        None => Ok(()),
    }
}

/// The members of rows, where some are selected: those of the answers come after those of every step.
fn selection(select: &[String]) -> Result<Selection> {
    if select.is_empty() {
        return Selection::parse(&[]);
    }
    let own = OWN_MEMBERS.iter().map(|name| (*name).to_owned());
    Selection::parse(&own.chain(select.iter().cloned()).collect::<Vec<_>>())
}
