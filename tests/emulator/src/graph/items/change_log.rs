//! What was done to the things of a mailbox, in its order: what delta queries tell.

use serde_json::{Map, Value};

use super::{Changes, Items};
use crate::graph::item_kinds::Kind;

/// The changes, and when tokens have expired.
#[derive(Debug, Default)]
pub(super) struct ChangeLog {
    pub(super) entries: Vec<Entry>,
    /// Tokens of an earlier one have expired.
    pub(super) generation: u64,
    /// How those are refused.
    pub(super) refusal: Option<(u16, String)>,
}

/// A change of a thing.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) id: String,
    /// The id that stays, as it was then.
    pub(super) immutable: String,
    /// The folder that it lay in before; none: it was not there.
    pub(super) before: Option<String>,
    pub(super) is_new: bool,
}

impl Changes {
    /// Notes a change; `before` is the folder that the thing lay in, where it was there.
    pub(super) fn note(&mut self, kind: Kind, id: &str, before: Option<String>) {
        let is_new = !self.log.entries.iter().any(|entry| entry.id == id) && before.is_none();
        let immutable = self.ids.immutable(id);
        self.log.entries.push(Entry { kind, id: id.to_owned(), immutable, before, is_new });
    }
}

impl Items {
    /// Makes every token that delta queries of a mailbox have given so far one that has expired: it is refused with this
    /// status and code.
    pub fn expire_deltas(&self, index: u64, status: u16, code: &str) {
        let mut all = self.0.lock();
        let log = &mut all.entry(index).or_default().log;
        log.generation += 1;
        log.refusal = Some((status, code.to_owned()));
    }
}

/// The folder that a thing lies in.
pub(super) fn folder_of(item: &Map<String, Value>) -> Option<String> {
    item.get("parentFolderId").and_then(Value::as_str).map(str::to_owned)
}
