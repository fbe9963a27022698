//! Messages of many mailboxes, saved as files.
//!
//! Source: Microsoft Graph "Get MIME content of a message" (`$value`), "List attachments", "Get attachment" (`$value`: of
//! a file its bytes, of an item its MIME content; a reference has none).

mod manifest;
mod names;
mod request;
mod work;

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use self::manifest::Manifest;
pub use self::request::MessageExport;
use self::work::{ExportWork, ROW_MEMBERS};
use super::mailbox_stream::{MailboxEncoder, MailboxStream};
use super::request::Fingerprint;
use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::facet::messages::NAME as MESSAGES;
use crate::facet::{ReportOptions, report};
use crate::files::{check_distinct, create_private_folder, file_error, look};
use crate::rows::{RowStream, Selection};
use crate::runner::Run;

/// What a journal of this run is of.
const KIND: &str = "messageExport";

/// Starts an export. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member; `File`, `FileExists` for the folder and the manifest.
pub fn start(setup: &RunSetup, request: &MessageExport) -> Result<Arc<dyn RowStream>> {
    let run = &request.run;
    if request.options.as_ref().is_some_and(|options| options.messages.action.is_some()) {
        return Err(Error::argument("action: an export changes nothing"));
    }
    let report = request.options.as_ref().map(|options| report(MESSAGES, options)).transpose()?;
    if report.is_none() && run.source.is_some() {
        return Err(Error::argument("source: goes with what says which messages are sought"));
    }
    let selection = Selection::parse(&ROW_MEMBERS.map(str::to_owned))?;
    let encoder = MailboxEncoder::of_selection(run, &selection, run.heading(setup, "Messages saved as files"))?;
    let options = request.options.as_ref().map(ReportOptions::fingerprint);
    let body = json!({"options": options});
    let fingerprint = Fingerprint {
        kind: KIND,
        method: "GET",
        path: "messages",
        body: Some(&body),
        flags: &[("attachments", request.attachments), ("includeEmpty", request.include_empty)],
        ..Fingerprint::default()
    };
    let manifest = request.out_folder.join(manifest::NAME);
    let files = [("outFolder", Some(&*manifest)), ("the client's credential", setup.credential_file.as_deref())];
    check_distinct(run.files().into_iter().chain(files))?;
    let options = run.run_options(setup, fingerprint, false)?;
    let folder = request.out_folder.clone();
    look(move || create_private_folder(&folder))
        .unwrap_or_else(Err)
        .map_err(|error| file_error("making the folder", &request.out_folder, &error))?;
    // Where the run is resumed, its journal knows whether the manifest that is there is its own.
    let resumes = run.journal.as_deref().is_some_and(Path::exists);
    let manifest = Manifest::open(manifest, resumes)?;
    let context = run.context(setup)?;
    setup.announce(&context);
    let work = ExportWork::new(setup, request, report, manifest, selection, context.clone())?;
    let run_of_it = Run::start(work, options, context, Arc::clone(&setup.signal))?;
    run.deliver(setup, Arc::new(MailboxStream::new(run_of_it, encoder)))
}
