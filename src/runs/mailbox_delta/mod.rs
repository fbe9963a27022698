//! What changed in many mailboxes since they were last read.
//!
//! By what a mailbox goes on is kept in a file of its own (`state.rs`, `keeper.rs`), which is a journal to the store. What
//! it has of a mailbox is replaced once the caller is done with the mailbox's rows, and not before: whatever ends the
//! process, changes are told again rather than never. So nothing else makes such a run resumable, and it has no journal.

mod keeper;
mod request;
mod round;
mod state;
mod work;

use std::sync::Arc;

use serde_json::{Map, Value};

use self::keeper::Keeper;
pub use self::request::MailboxDelta;
use self::work::DeltaWork;
use super::columns::items_columns;
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::request::Fingerprint;
use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::facet::delta::Delta;
use crate::files::check_distinct;
use crate::rows::{RowStream, Selection};
use crate::runner::Run;

/// What the file of links is of.
const KIND: &str = "mailboxDelta";

/// Starts to read changes of many mailboxes. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member.
pub fn start(setup: &RunSetup, request: &MailboxDelta) -> Result<Arc<dyn RowStream>> {
    let run = &request.run;
    if run.journal.is_some() {
        return Err(Error::argument("journal: does not go with changes: the file in since is what a run goes on from")
            .hint("run again with the same file: what was taken does not come again"));
    }
    let delta = Delta::new(&request.options)?;
    let columns = items_columns(delta.columns(), &request.columns, run)?;
    let selection = Selection::parse(&columns)?;
    let encoder = MailboxEncoder::of_selection(run, &selection, run.heading(setup, delta.title()))?;
    // Of no use without a journal.
    let options = run.run_options(setup, Fingerprint { kind: KIND, ..Fingerprint::default() }, false)?;
    let files = [("since", Some(&*request.since)), ("the client's credential", setup.credential_file.as_deref())];
    check_distinct(run.files().into_iter().chain(files))?;
    let mut fingerprint = Map::from_iter([("kind".to_owned(), Value::from(KIND))]);
    if let Value::Object(choice) = delta.fingerprint() {
        fingerprint.extend(choice);
    }
    let context = run.context(setup)?;
    setup.announce(&context);
    let keeper = Keeper::new(request.since.clone(), fingerprint, Arc::clone(&setup.signal));
    let work = DeltaWork::new(setup, request, delta, selection, Arc::clone(&keeper), context.clone())?;
    let run_of_it = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    run.deliver(setup, Arc::new(MailboxStream::new(run_of_it, encoder).with_receipts(Box::new(keeper))))
}
