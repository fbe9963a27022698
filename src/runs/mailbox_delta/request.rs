//! What is asked for.

use std::path::PathBuf;

use super::super::request::RunRequest;
use crate::facet::delta::DeltaOptions;

/// Request of changes; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MailboxDelta {
    /// What every run has.
    pub run: RunRequest,
    /// Of what.
    pub options: DeltaOptions,
    /// The file of links.
    pub since: PathBuf,
    /// Of mailboxes that were never read only the links are wanted.
    pub start_now: bool,
    /// The columns after the mailbox's name; none: all, of a table all but the item as an object.
    pub columns: Vec<String>,
    /// A row for a mailbox in which nothing changed.
    pub include_empty: bool,
}
