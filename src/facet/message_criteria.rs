//! Which messages are sought, and what a plan does with them, as a request says it.

use serde_json::Value;

use crate::error::{Error, Result};

/// Which messages; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MessageCriteria {
    /// The `Message-ID` that its sender gave it.
    pub internet_message_id: Option<String>,
    /// Who sent it: an address, or all of a domain (`@contoso.com`).
    pub sender: Option<String>,
    /// What its subject holds.
    pub subject: Option<String>,
    /// In the words of `$search`.
    pub search: Option<String>,
    /// Received then or later.
    pub received_after: Option<String>,
    /// Received before that.
    pub received_before: Option<String>,
    /// The name of an attachment, with `*` and `?`.
    pub attachment_name: Option<String>,
    /// The SHA-256 of an attachment's content.
    pub attachment_sha256: Option<String>,
    /// Inline attachments too.
    pub inline_attachments: bool,
    /// What was deleted and can be recovered, too.
    pub recoverable_items: bool,
    /// The names of attachments in rows, whatever is sought.
    pub list_attachments: bool,
    /// What a plan is to do with them.
    pub action: Option<MessageAction>,
}

impl MessageCriteria {
    /// Those that are given, by their names in requests.
    pub(super) fn given(&self) -> Vec<(&'static str, Value)> {
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let yes = |flag: bool| flag.then_some(Value::Bool(true));
        let action = self.action.as_ref();
        let all = [
            ("internetMessageId", text(&self.internet_message_id)),
            ("sender", text(&self.sender)),
            ("subject", text(&self.subject)),
            ("search", text(&self.search)),
            ("receivedAfter", text(&self.received_after)),
            ("receivedBefore", text(&self.received_before)),
            ("attachmentName", text(&self.attachment_name)),
            ("attachmentSha256", text(&self.attachment_sha256)),
            ("inlineAttachments", yes(self.inline_attachments)),
            ("recoverableItems", yes(self.recoverable_items)),
            ("listAttachments", yes(self.list_attachments)),
            ("action", action.map(|action| action.name().into())),
            ("moveTo", action.and_then(|action| action.destination_given()).map(Value::from)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Where a soft deletion moves a message.
pub(super) const DELETIONS: &str = "recoverableitemsdeletions";

/// What a plan does with messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// They are moved to a folder: a well-known name, an id or a path.
    MoveTo(String),
    /// They are deleted so that they can be recovered.
    SoftDelete,
    /// They are deleted for good.
    HardDelete,
}

impl MessageAction {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub fn read(action: &str, move_to: Option<&str>) -> Result<Self> {
        let known = |name: &str| action.trim().eq_ignore_ascii_case(name);
        match move_to.map(str::trim) {
            Some("") => Err(Error::argument("moveTo: is blank")),
            Some(folder) if known("moveTo") => Ok(Self::MoveTo(folder.to_owned())),
            None if known("softDelete") => Ok(Self::SoftDelete),
            None if known("hardDelete") => Ok(Self::HardDelete),
            None if known("moveTo") => Err(Error::argument("moveTo: a folder is needed that messages are moved to")),
            Some(_) if known("softDelete") || known("hardDelete") => {
                Err(Error::argument("moveTo: is for the action moveTo alone"))
            }
            _ => Err(Error::argument(format!("action: must be moveTo, softDelete or hardDelete, not {action:?}"))),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::MoveTo(_) => "moveTo",
            Self::SoftDelete => "softDelete",
            Self::HardDelete => "hardDelete",
        }
    }

    pub(super) fn destination_given(&self) -> Option<&str> {
        match self {
            Self::MoveTo(folder) => Some(folder),
            Self::SoftDelete | Self::HardDelete => None,
        }
    }

    /// The folder that messages come to lie in.
    pub(super) fn destination(&self) -> Option<&str> {
        match self {
            Self::MoveTo(folder) => Some(folder),
            Self::SoftDelete => Some(DELETIONS),
            Self::HardDelete => None,
        }
    }
}
