//! Events brought into the default calendars of many mailboxes.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::request::RunRequest;
use super::super::setup::RunSetup;
use super::super::state_plan::{Comparison, Known, compare_with};
use super::file;
use super::remarks::{check_some, said_of};
use crate::error::Result;
use crate::facet::lists::{self, EventOptions};
use crate::facet::synced_events::SyncedEvents;
use crate::facet::{Facet, Mode, Scope, State};
use crate::rows::RowStream;

/// What a plan says that it was made by.
const PLANNED_BY: &str = "exrun_event_sync_plan";

const TITLE: &str = "Events that differ from the list";

/// Where events come from.
#[derive(Clone, Debug)]
pub enum EventSource {
    /// Objects, with the names of Graph or of Outlook's export.
    List(Value),
    /// A CSV file, or JSON Lines.
    File(PathBuf),
    /// An iCalendar file.
    Calendar(PathBuf),
}

/// Request to compare the calendars of many mailboxes with a list of events; docs/abi.md describes each member.
#[derive(Clone, Debug)]
pub struct EventSync {
    /// What every run has.
    pub run: RunRequest,
    /// The events.
    pub events: EventSource,
    /// The list's name: its events are known by it, and no other list touches them.
    pub name: String,
    /// What events have where the list does not say it.
    pub options: EventOptions,
    /// A list of nothing is meant.
    pub allow_empty: bool,
    /// A row for a mailbox that is as the list.
    pub include_empty: bool,
    /// A file that takes what would be done, as a plan.
    pub plan_file: Option<PathBuf>,
}

/// Starts the comparison. Needs no runtime of the caller.
///
/// # Errors
///
/// `CredentialMissing`; `InvalidArgument` that names the member or the row of the list; `File` for the list and the plan.
pub fn event_sync(setup: &RunSetup, request: &EventSync) -> Result<Arc<dyn RowStream>> {
    let facet = SyncedEvents::new(&request.name)?;
    let prefix = facet.prefix().to_owned();
    let read = match &request.events {
        EventSource::List(list) => lists::events(list, &prefix, &request.options)?,
        EventSource::File(path) => lists::events(&file::rows(path)?, &prefix, &request.options)?,
        EventSource::Calendar(path) => lists::calendar(&file::calendar(path)?, &prefix, &request.options)?,
    };
    check_some("events", read.events.len(), request.allow_empty)?;
    let remark = said_of(&read.left_out);
    let facet: Arc<dyn Facet> = Arc::new(facet);
    let body =
        json!({"name": request.name, "events": read.events.iter().cloned().map(Value::Object).collect::<Vec<_>>()});
    let state = State::of(Arc::clone(&facet), read.events, Mode::Exact, Some(Scope::Prefix(prefix)))?;
    let comparison = Comparison {
        run: &request.run,
        planned_by: PLANNED_BY,
        title: TITLE,
        fingerprint: &body,
        include_empty: request.include_empty,
        plan_file: request.plan_file.as_deref(),
        readings: vec![facet],
        remark,
        photos: None,
    };
    compare_with(setup, comparison, Known::new(state))
}
