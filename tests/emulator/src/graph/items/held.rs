//! What a mailbox holds, for tests that compare what was before with what is now.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::ids::system_folder;
use super::{Items, Kind};
use crate::graph::mailbox_settings::settings;
use crate::graph::seeds;
use crate::service::Service;

const KINDS: [Kind; 9] = [
    Kind::Message,
    Kind::Folder,
    Kind::Calendar,
    Kind::Event,
    Kind::Rule,
    Kind::Category,
    Kind::Permission,
    Kind::ContactFolder,
    Kind::Contact,
];
/// What the service makes anew for a thing that comes back, or writes down of a change.
const MADE: [&str; 6] = ["id", "@odata.etag", "changeKey", "createdDateTime", "lastModifiedDateTime", "transactionId"];

impl Items {
    /// Takes everything back that was done to the mailboxes.
    pub fn forget(&self) {
        self.0.lock().clear();
    }

    /// What a mailbox holds: its settings and its things, as texts in an order of their own, without their ids and versions;
    /// folders stand there by their names.
    #[must_use]
    pub fn held(&self, service: &Service, index: u64) -> Vec<String> {
        let all: Vec<(Kind, Map<String, Value>)> = {
            let mut lock = self.0.lock();
            let changes = lock.entry(index).or_default();
            let created = changes.created.iter().map(|(kind, _, item)| (*kind, item.clone()));
            let seeded = KINDS.into_iter().flat_map(|kind| {
                let number = service.config.messages.filter(|_| kind == Kind::Message);
                (0..number.unwrap_or_else(|| kind.number(&service.population, index)))
                    .map(move |nth| (kind, kind.seeded(&service.population, index, nth)))
            });
            let there = |(kind, item)| changes.applied(item).map(|item| (kind, item));
            created.chain(seeded).filter_map(there).collect()
        };
        let names = names(index, &all);
        let mut held: Vec<String> = all.into_iter().map(|(kind, item)| text(kind, item, &names)).collect();
        held.push(format!("mailboxSettings {}", sorted(settings(service, index))));
        held.sort();
        held
    }
}

/// What each folder is called, by its id.
fn names(index: u64, all: &[(Kind, Map<String, Value>)]) -> HashMap<String, String> {
    let folders = all.iter().filter(|(kind, _)| matches!(kind, Kind::Folder | Kind::ContactFolder));
    let text = |item: &Map<String, Value>, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
    let own = folders.filter_map(|(_, item)| Some((text(item, "id")?, text(item, "displayName")?)));
    let known = ["recoverableitemsdeletions", "msgfolderroot"];
    let known = known.into_iter().filter_map(|name| Some((system_folder(index, name)?, name.to_owned())));
    own.chain(known).chain([(seeds::default_contacts(index), "contacts".to_owned())]).collect()
}

fn text(kind: Kind, mut item: Map<String, Value>, names: &HashMap<String, String>) -> String {
    if let Some(Value::String(parent)) = item.get_mut("parentFolderId")
        && let Some(name) = names.get(parent)
    {
        parent.clone_from(name);
    }
    // Null is what a member has that nobody has set.
    item.retain(|name, value| !MADE.contains(&name.as_str()) && !value.is_null());
    format!("{} {}", kind.segment(), sorted(json!(item)))
}

/// Whatever the order in which its members were given.
fn sorted(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}
