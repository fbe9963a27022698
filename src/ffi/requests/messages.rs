//! Requests about messages.

use serde::Deserialize;

use super::With;
use super::run::Run;
use super::values::{FilePath, Text};
use crate::client::{self, ItemsOptions, MessageCriteria};
use crate::error::Result;

/// Of `exrun_messages_export`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct MessagesExport {
    /// The folder of the files and of `manifest.jsonl`. A run that is resumed names the one that it began with.
    out_folder: FilePath,
    /// Attachments as files of their own, too: of an item as `.eml`; one that lies elsewhere is noted in the manifest.
    #[serde(default)]
    attachments: bool,
    /// A row for a mailbox that has nothing to save.
    #[serde(default)]
    include_empty: bool,
    /// The folder in which messages are sought: its path, a well-known name or an id. Default: all folders.
    folder: Option<Text>,
    /// The Message-ID that the sender gave it.
    internet_message_id: Option<Text>,
    /// The sender's address, or `@contoso.com` for all of a domain.
    sender: Option<Text>,
    /// What the subject holds.
    subject: Option<Text>,
    /// The words of `$search` (KQL), which gives 1,000 messages at most.
    search: Option<Text>,
    /// Received then or later, a day (of UTC) or a moment of RFC 3339.
    received_after: Option<Text>,
    /// Received before that.
    received_before: Option<Text>,
    /// The name of an attachment, with `*` and `?`.
    attachment_name: Option<Text>,
    /// The SHA-256 of an attachment's content, in hexadecimal digits.
    attachment_sha256: Option<Text>,
    /// Inline attachments count, too.
    #[serde(default)]
    inline_attachments: bool,
    /// What was deleted and can be recovered, too.
    #[serde(default)]
    recoverable_items: bool,
}

impl Run<MessagesExport> {
    pub(in crate::ffi) fn request(self) -> Result<client::MessageExport> {
        let With(own, run) = self;
        let text = |text: Option<Text>| text.map(String::from);
        let options = ItemsOptions {
            folder: text(own.folder),
            messages: MessageCriteria {
                internet_message_id: text(own.internet_message_id),
                sender: text(own.sender),
                subject: text(own.subject),
                search: text(own.search),
                received_after: text(own.received_after),
                received_before: text(own.received_before),
                attachment_name: text(own.attachment_name),
                attachment_sha256: text(own.attachment_sha256),
                inline_attachments: own.inline_attachments,
                recoverable_items: own.recoverable_items,
                ..MessageCriteria::default()
            },
            ..ItemsOptions::default()
        };
        let asks = options.fingerprint().as_object().is_some_and(|given| !given.is_empty());
        Ok(client::MessageExport {
            out_folder: own.out_folder.into(),
            attachments: own.attachments,
            include_empty: own.include_empty,
            options: asks.then_some(options),
            run: run.request()?,
        })
    }
}
