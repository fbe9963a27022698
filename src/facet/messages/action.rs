//! What a plan does with messages that were found.
//!
//! Source: Microsoft Graph "message: move", "message: permanentDelete" (into the folder of purges, which no client sees),
//! "mailFolder resource type" (`recoverableitemsdeletions`), "Obtain immutable identifiers for Outlook resources": ids
//! that stay when a message is moved within its mailbox. What DELETE does is said nowhere but that it may be refused in
//! the folder of recoverable items, so that a soft deletion is a move into that folder.

use serde_json::{Map, Value, json};

use super::super::change::ChangeKind;
use super::super::item::{Item, segment, text};
use super::super::report::PlannedChange;
use super::super::request::FacetRequest;
use super::folders::well_known;
use crate::error::{Error, Result};

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

    /// What is done with one message; `None` where it lies there already. `destination` is the id of the folder.
    pub(super) fn planned(&self, message: &Item, destination: Option<&str>) -> Option<PlannedChange> {
        let id = text(message, "id");
        let parent = text(message, "parentFolderId");
        let known = ["subject", "internetMessageId", "receivedDateTime", "parentFolderId"];
        let from: Item =
            known.iter().filter_map(|name| Some(((*name).to_owned(), message.get(*name)?.clone()))).collect();
        // Of what was received the key changes when somebody opens it, and all else stays; a draft is written on.
        let is_draft = message.get("isDraft") == Some(&Value::Bool(true));
        let change_key = message.get("changeKey").and_then(Value::as_str).filter(|_| is_draft).map(str::to_owned);
        let path = format!("messages/{}", segment(id));
        let precondition = format!("{path}?$select={}", [&known[..], &["changeKey"]].concat().join(","));
        let moved = |folder: &str| FacetRequest {
            body: Some(json!({"destinationId": folder})),
            ..FacetRequest::new("POST", format!("{path}/move"))
        };
        let (kind, to, request, inverse) = match (self, destination) {
            (Self::HardDelete, _) | (_, None) => {
                (ChangeKind::Remove, Map::new(), FacetRequest::new("POST", format!("{path}/permanentDelete")), None)
            }
            (_, Some(folder)) if folder == parent => return None,
            (action, Some(folder)) => {
                let kind = if *action == Self::SoftDelete { ChangeKind::Remove } else { ChangeKind::Change };
                let to = Map::from_iter([("parentFolderId".to_owned(), folder.into())]);
                (kind, to, moved(folder), Some(moved(parent)))
            }
        };
        Some(PlannedChange { key: id.to_owned(), kind, from, to, request, inverse, precondition, change_key })
    }

    /// Whether the destination is named as the service names it, and not by a path.
    pub(super) fn is_known_folder(folder: &str) -> bool {
        well_known(folder) || super::folders::is_id(folder)
    }
}
