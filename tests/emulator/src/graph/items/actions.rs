//! What is done to a thing in a mailbox by an action of its own: moved, permanently deleted, cancelled.
//!
//! Source: Microsoft Graph "message: move", "message: permanentDelete", "mailFolder: permanentDelete", "calendar:
//! permanentDelete", "event: permanentDelete", "event: cancel".

use serde_json::Value;

use super::change_log::folder_of;
use super::{Request, empty};
use crate::graph::item_kinds::Kind;
use crate::graph::{body, no_such_method, no_such_segment};
use crate::reply::Reply;

impl Request<'_> {
    /// Carries an action out on the thing with this id.
    pub(super) fn act(&self, kind: Kind, id: &str, action: &str) -> Result<Reply, Reply> {
        match (kind, action) {
            (Kind::Message | Kind::Folder, "move") | (Kind::Event, "cancel") | (_, "permanentDelete") => {}
            _ => return Err(no_such_segment(action)),
        }
        if self.asked.method != "POST" {
            return Err(no_such_method());
        }
        match action {
            "move" => self.move_to(kind, id),
            "cancel" => self.cancel(id),
            // To the purges folder, which no client sees.
            _ => self.delete(kind, id),
        }
    }

    /// A copy in the destination takes the place of what is moved: it has another id.
    fn move_to(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        let mut members = body::object(self.asked)?;
        let destination = members.shift_remove("destinationId").or_else(|| members.shift_remove("DestinationId"));
        let Some(Value::String(destination)) = destination.filter(|_| members.is_empty()) else {
            return Err(body::unreadable("The action 'move' takes the parameter 'destinationId' and no other."));
        };
        let mut item = self.find(kind, id)?;
        let before = folder_of(&item);
        item.insert("parentFolderId".into(), self.folder(&destination)?.into());
        self.renew(kind, id, &mut item);
        let moved = self.with_changes(|changes| {
            let new = kind.id(self.named.index, super::FIRST_CREATED + changes.created.len() as u64);
            item.insert("id".into(), new.as_str().into());
            changes.note(kind, id, before);
            changes.deleted.insert(id.to_owned());
            changes.ids.moved(id, &new);
            changes.note(kind, &new, None);
            changes.created.push((kind, new, item.clone()));
            item
        });
        self.entity(201, kind, moved)
    }

    /// The organizer's: every event here is one of the mailbox's own.
    fn cancel(&self, id: &str) -> Result<Reply, Reply> {
        if !self.asked.body.is_empty() {
            let members = body::object(self.asked)?;
            if let Some(name) = members.keys().find(|name| !name.eq_ignore_ascii_case("comment")) {
                return Err(body::unreadable(&format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation 'cancel'."
                )));
            }
        }
        self.delete(Kind::Event, id)?;
        Ok(empty(202))
    }
}
