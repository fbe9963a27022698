//! Ids that stay when a thing is moved, and folders that no list shows.
//!
//! Source: Microsoft Graph "Obtain immutable identifiers for Outlook resources" (`Prefer: IdType="ImmutableId"`; folders
//! have none), "mailFolder resource type" (well-known folder names).

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Request;
use crate::graph::item_kinds::Kind;
use crate::graph::seeds;

/// How ids begin that change, and those that do not.
const CHANGING: &str = "AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZi";
const IMMUTABLE: &str = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A";

/// The folder of what was deleted and can be recovered: none of its content is in the list of all messages.
const DELETIONS: &str = "recoverableitemsdeletions";

/// What was moved: both ids of each.
#[derive(Debug, Default)]
pub(super) struct Moved {
    current: HashMap<String, String>,
    immutable: HashMap<String, String>,
}

impl Moved {
    pub(super) fn immutable(&self, id: &str) -> String {
        self.immutable.get(id).cloned().unwrap_or_else(|| id.replacen(CHANGING, IMMUTABLE, 1))
    }

    fn current(&self, id: &str) -> String {
        self.current.get(id).cloned().unwrap_or_else(|| id.replacen(IMMUTABLE, CHANGING, 1))
    }

    /// A thing has got another id.
    pub(super) fn moved(&mut self, old: &str, new: &str) {
        let immutable = self.immutable(old);
        self.immutable.remove(old);
        self.immutable.insert(new.to_owned(), immutable.clone());
        self.current.insert(immutable, new.to_owned());
    }
}

impl Request<'_> {
    /// The id by which a thing is kept, of one that a client gives: either kind is taken.
    pub(super) fn current_id(&self, given: &str) -> String {
        if given.starts_with(IMMUTABLE) {
            return self.with_changes(|changes| changes.ids.current(given));
        }
        given.to_owned()
    }

    /// Shows the id of the kind that the client prefers.
    pub(super) fn with_id_type(&self, kind: Kind, item: &mut Map<String, Value>) {
        let prefers = self.asked.prefer.to_ascii_lowercase().replace(['"', ' '], "").contains("idtype=immutableid");
        if !prefers || !matches!(kind, Kind::Message | Kind::Event | Kind::Contact) {
            return;
        }
        if let Some(Value::String(id)) = item.get_mut("id") {
            *id = self.with_changes(|changes| changes.ids.immutable(id));
        }
    }

    /// How many things of a kind the mailbox holds from the start.
    pub(super) fn number(&self, kind: Kind) -> u64 {
        let seeded = || kind.number(&self.service.population, self.named.index);
        self.service.config.messages.filter(|_| kind == Kind::Message).unwrap_or_else(seeded)
    }

    /// A folder that every mailbox has and no list shows.
    pub(super) fn system_folder(&self, kind: Kind, id: &str) -> Option<Map<String, Value>> {
        let index = self.named.index;
        let (name, parent) = match id {
            _ if kind != Kind::Folder => return None,
            id if id == seeds::root(index) => ("Top of Information Store", Kind::Folder.id(index, 0x0fff_fffe)),
            id if Some(id) == system_folder(index, DELETIONS).as_deref() => {
                ("Deletions", Kind::Folder.id(index, 0x0fff_fffd))
            }
            _ => return None,
        };
        let folder = json!({"id": id, "displayName": name, "parentFolderId": parent, "isHidden": false,
            "childFolderCount": 0, "totalItemCount": 0, "unreadItemCount": 0, "sizeInBytes": 0});
        folder.as_object().cloned()
    }
}

/// The id of such a folder by its well-known name.
pub(super) fn system_folder(index: u64, name: &str) -> Option<String> {
    match name.to_ascii_lowercase().as_str() {
        DELETIONS => Some(Kind::Folder.id(index, 0x0fff_fff0)),
        "msgfolderroot" => Some(seeds::root(index)),
        _ => None,
    }
}
