//! Requests about what changed in mailboxes.

use serde::Deserialize;

use super::With;
use super::run::Run;
use super::values::{FilePath, Text};
use crate::client::{self, DeltaOptions};
use crate::error::Result;

/// Of `exrun_mailbox_delta`, beside those of every run but `journal`, `retryFailed` and `retryUnknown`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MailboxDelta {
    /// `messages`, `events` or `contacts`.
    of: Text,
    /// The file of links, made where it is not there, for its owner alone. It belongs to one tenant and one choice of what
    /// is read.
    since: FilePath,
    /// Gives no rows of a mailbox that was never read: its changes are told from the next run on. It is read all the same,
    /// for Outlook has no other way to such a link.
    #[serde(default)]
    start_now: bool,
    /// Names of columns in whatever case, after `MailboxName`. Default: all; of a table all but `Item`.
    columns: Option<Vec<String>>,
    /// A row for a mailbox in which nothing changed: its `ItemCount` proves that it was asked.
    #[serde(default)]
    include_empty: bool,
    /// Of `messages` and `contacts`: the folder, by its path (`Company/Berlin`) or its id; of messages a well-known name
    /// (`inbox`), too. Default: messages of all folders; the default folder of contacts.
    folder: Option<Text>,
    /// Of `contacts`: those of every folder.
    #[serde(default)]
    all_folders: bool,
    /// Of `events`, which needs it: where the period begins, a day (`2026-11-01`, of UTC) or a moment of RFC 3339.
    start: Option<Text>,
    /// Of `events`, which needs it: where the period ends; it is no part of it.
    end: Option<Text>,
}

impl Run<MailboxDelta> {
    pub(in crate::ffi) fn request(self) -> Result<client::MailboxDelta> {
        let With(own, run) = self;
        Ok(client::MailboxDelta {
            options: DeltaOptions {
                of: own.of.into(),
                folder: own.folder.map(Into::into),
                all_folders: own.all_folders,
                start: own.start.map(Into::into),
                end: own.end.map(Into::into),
            },
            since: own.since.into(),
            start_now: own.start_now,
            columns: own.columns.unwrap_or_default(),
            include_empty: own.include_empty,
            run: run.request()?,
        })
    }
}
