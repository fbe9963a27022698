//! What a plan does with messages that were found.
//!
//! Source: Microsoft Graph "message: move", "message: permanentDelete" (into the folder of purges, which no client sees),
//! "mailFolder resource type" (`recoverableitemsdeletions`), "Obtain immutable identifiers for Outlook resources": ids
//! that stay when a message is moved within its mailbox. What DELETE does is said nowhere but that it may be refused in
//! the folder of recoverable items, so that a soft deletion is a move into that folder.

use serde_json::{Map, Value, json};

use super::super::change::ChangeKind;
use super::super::item::{Item, segment, text};
use super::super::message_criteria::MessageAction;
use super::super::report::PlannedChange;
use super::super::request::FacetRequest;

/// What is done with one message; `None` where it lies there already, or there is no folder. `destination` is the id of the folder.
pub(super) fn planned(action: &MessageAction, message: &Item, destination: Option<&str>) -> Option<PlannedChange> {
    let id = text(message, "id");
    let parent = text(message, "parentFolderId");
    let known = ["subject", "internetMessageId", "receivedDateTime", "parentFolderId"];
    let from: Item = known.iter().filter_map(|name| Some(((*name).to_owned(), message.get(*name)?.clone()))).collect();
    // Of what was received the key changes when somebody opens it, and all else stays; a draft is written on.
    let is_draft = message.get("isDraft") == Some(&Value::Bool(true));
    let change_key = message.get("changeKey").and_then(Value::as_str).filter(|_| is_draft).map(str::to_owned);
    let path = format!("messages/{}", segment(id));
    let precondition = format!("{path}?$select={}", [&known[..], &["changeKey"]].concat().join(","));
    let moved = |folder: &str| FacetRequest {
        body: Some(json!({"destinationId": folder})),
        ..FacetRequest::new("POST", format!("{path}/move"))
    };
    let (kind, to, request, inverse) = match action {
        MessageAction::HardDelete => {
            (ChangeKind::Remove, Map::new(), FacetRequest::new("POST", format!("{path}/permanentDelete")), None)
        }
        MessageAction::MoveTo(_) | MessageAction::SoftDelete => {
            // Without a folder nothing is planned, and least of all something else.
            let folder = destination.filter(|folder| *folder != parent)?;
            let kind = if *action == MessageAction::SoftDelete { ChangeKind::Remove } else { ChangeKind::Change };
            let to = Map::from_iter([("parentFolderId".to_owned(), folder.into())]);
            (kind, to, moved(folder), Some(moved(parent)))
        }
    };
    Some(PlannedChange { key: id.to_owned(), kind, from, to, request, inverse, precondition, change_key })
}
