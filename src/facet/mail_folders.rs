//! The folders of a mailbox, those within others too.
//!
//! Source: Microsoft Graph "mailFolder resource type", "List mailFolders", "List childFolders" (includeHiddenFolders),
//! "Create MailFolder", "Create child folder", "Update mailfolder", "Delete mailFolder". Reading takes
//! Mail.ReadBasic.All, writing Mail.ReadWrite. `sizeInBytes` is given by the service and is not in the reference: it may
//! be missing.

use serde_json::{Value, json};

use super::change::{WITHIN_ID, Within};
use super::item::{Item, known, named, picked, segment, text};
use super::kind::Facet;
use super::reading::{Reading, Step, Taken};
use super::report::{ITEM, ITEM_COUNT, Report, ReportOptions, row};
use super::request::FacetRequest;
use crate::error::{Error, Result};

/// The facet's name.
pub const NAME: &str = "mailFolders";

const LIST: &str = "mailFolders?$top=250";
const WITH_HIDDEN: &str = "&includeHiddenFolders=true";

/// What a reading adds: the names of the folders that it lies in, and its own.
const PATH: &str = "#path";
/// Whose oldest message an item of a reading is; it is no folder.
const OLDEST_OF: &str = "#oldestOf";

/// The folders. Their key is the path: `Inbox/Projects`. A `/` in a name is written `\/`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MailFolders;

impl Reading for MailFolders {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(LIST)]
    }

    fn take(&self, step: &Step, element: Item) -> Taken {
        folder(step, element, "")
    }
}

/// A folder's name as it stands in a path.
pub(super) fn escaped(name: &str) -> String {
    name.replace('\\', "\\\\").replace('/', "\\/")
}

/// A folder, and the list of those within it.
fn folder(step: &Step, mut element: Item, options: &str) -> Taken {
    let name = escaped(text(&element, "displayName"));
    let path = if step.within.is_empty() { name } else { format!("{}/{name}", step.within) };
    let has_children = element.get("childFolderCount").and_then(Value::as_u64).is_none_or(|count| count > 0);
    let list = format!("mailFolders/{}/childFolders?$top=250{options}", segment(text(&element, "id")));
    let further = has_children.then(|| Step::within(list, path.as_str())).into_iter().collect();
    element.insert(PATH.to_owned(), path.into());
    Taken { item: Some(element), further }
}

impl Facet for MailFolders {
    fn key(&self, item: &Item) -> String {
        let path = text(item, PATH);
        if path.is_empty() { text(item, "path").trim().to_owned() } else { path.to_owned() }
    }

    fn writable(&self, item: &Item) -> Item {
        let mut own = picked(item, &["displayName", "parentFolderId", "isHidden"]);
        // By the path alone a person says where a folder is to be.
        if own.get("displayName").is_none_or(Value::is_null) && !self.key(item).is_empty() {
            own.insert("displayName".to_owned(), last_name(&self.key(item)).into());
        }
        own
    }

    fn normal(&self, item: &Item) -> Item {
        let mut own = picked(&self.writable(item), &["displayName", "isHidden", "parentFolderId"]);
        own.retain(|_, value| !value.is_null() && *value != json!(false));
        // The path says which folder it is, without case: that its name is spelled in another one is no difference.
        if let Some(Value::String(name)) = own.get_mut("displayName") {
            *name = name.to_lowercase();
        }
        own
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        known(wanted, &["path", "displayName", "isHidden"])?;
        let (name, path) = (text(wanted, "displayName"), last_name(&self.key(wanted)));
        if !name.is_empty() && name != path {
            return Err(Error::argument(format!(
                "displayName: must be the last name of the path, {path:?}, or be left out"
            )));
        }
        Ok(())
    }

    fn keyed(&self, key: &str) -> Item {
        Item::from_iter([("path".to_owned(), key.into())])
    }

    fn known_by(&self, item: &Item) -> Item {
        named(&last_name(&self.key(item)))
    }

    fn depth(&self, item: &Item) -> usize {
        std::iter::successors(Some(self.key(item).as_str()), |path| Some(split(path)?.0)).count()
    }

    fn is_within(&self, item: &Item, around: &Item) -> bool {
        let (item, around) = (self.key(item).to_lowercase(), self.key(around).to_lowercase());
        item.strip_prefix(around.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    fn placed(&self, wanted: &Item, have: &[Item], is_coming: &dyn Fn(&str) -> bool) -> Result<Item> {
        let key = self.key(wanted);
        let mut placed = wanted.clone();
        let Some((parent, _)) = split(&key) else { return Ok(placed) };
        let found = have.iter().find(|folder| self.key(folder).to_lowercase() == parent.to_lowercase());
        match found.and_then(|folder| folder.get("id")) {
            Some(id) => {
                placed.insert("parentFolderId".to_owned(), id.clone());
            }
            None if is_coming(parent) => {}
            None => {
                return Err(Error::argument(format!("{key:?} lies in {parent:?}, which is not there"))
                    .hint("say that the folder around it is wanted too"));
            }
        }
        Ok(placed)
    }

    fn rooted(&self, have: &Item) -> Item {
        let mut rooted = self.writable(have);
        rooted.shift_remove("parentFolderId");
        rooted.insert(PATH.to_owned(), self.key(have).into());
        rooted
    }

    fn within(&self, item: &Item) -> Vec<Within> {
        let key = self.key(item);
        let mut around: Vec<&str> =
            std::iter::successors(split(&key), |(path, _)| split(path)).map(|(path, _)| path).collect();
        around.reverse();
        let list = |level: usize| match level {
            0 => LIST.to_owned(),
            _ => format!("mailFolders/{WITHIN_ID}/childFolders?$top=250"),
        };
        around
            .iter()
            .enumerate()
            .map(|(level, path)| Within { path: list(level), among: named(&last_name(path)) })
            .collect()
    }

    fn page(&self) -> &'static str {
        "?$top=250"
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        let list = match text(wanted, "parentFolderId") {
            "" if split(&self.key(wanted)).is_some() => format!("mailFolders/{WITHIN_ID}/childFolders"),
            "" => "mailFolders".to_owned(),
            parent => format!("mailFolders/{}/childFolders", segment(parent)),
        };
        FacetRequest::new("POST", list).body(picked(&self.writable(wanted), &["displayName", "isHidden"]))
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        if differing.contains_key("isHidden") {
            return Err(Error::argument("isHidden: the service takes it only when the folder is created"));
        }
        Ok(FacetRequest::new("PATCH", path(have)).body(picked(differing, &["displayName"])))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(path(have))
    }
}

fn path(have: &Item) -> String {
    format!("mailFolders/{}", segment(text(have, "id")))
}

/// The folder around one, and its own name, as they are written in the path.
fn split(path: &str) -> Option<(&str, &str)> {
    let bytes = path.as_bytes();
    let is_end = |at: &usize| {
        let escapes = bytes[..*at].iter().rev().take_while(|byte| **byte == b'\\').count();
        bytes[*at] == b'/' && escapes.is_multiple_of(2)
    };
    let at = (0..bytes.len()).rev().find(is_end)?;
    Some((&path[..at], &path[at + 1..]))
}

fn last_name(path: &str) -> String {
    let name = split(path).map_or(path, |(_, name)| name);
    let mut plain = String::with_capacity(name.len());
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        plain.push(if letter == '\\' { letters.next().unwrap_or(letter) } else { letter });
    }
    plain
}

/// The report on folders.
#[derive(Clone, Copy, Debug)]
pub struct FolderReport {
    include_hidden: bool,
    sum: bool,
    oldest_item: bool,
}

impl FolderReport {
    pub(super) fn new(options: &ReportOptions) -> Self {
        Self { include_hidden: options.include_hidden, sum: options.sum, oldest_item: options.oldest_item }
    }

    fn hidden(self) -> &'static str {
        if self.include_hidden { WITH_HIDDEN } else { "" }
    }
}

impl Reading for FolderReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(format!("{LIST}{}", self.hidden()))]
    }

    fn take(&self, step: &Step, mut element: Item) -> Taken {
        if step.takes_first {
            element.insert(OLDEST_OF.to_owned(), step.within.as_str().into());
            return element.into();
        }
        let id = text(&element, "id").to_owned();
        let is_empty = element.get("totalItemCount").and_then(Value::as_u64) == Some(0);
        let mut taken = folder(step, element, self.hidden());
        if self.oldest_item && !is_empty {
            let path = format!(
                "mailFolders/{}/messages?$top=1&$orderby=receivedDateTime%20asc&$select=receivedDateTime",
                segment(&id)
            );
            taken.further.push(Step { takes_first: true, ..Step::within(path, id) });
        }
        taken
    }
}

impl Report for FolderReport {
    fn title(&self) -> &'static str {
        if self.sum { "Mailbox sizes" } else { "Mail folders" }
    }

    fn options(&self) -> &'static [&'static str] {
        &["includeHidden", "sum", "oldestItem"]
    }

    fn columns(&self) -> &'static [&'static str] {
        if self.sum {
            return &[
                "Folders",
                "Items",
                "Unread",
                "SizeInBytes",
                "LargestFolder",
                "LargestFolderSize",
                "OldestItem",
                ITEM_COUNT,
            ];
        }
        &[
            "Path",
            "Name",
            "Items",
            "Unread",
            "SizeInBytes",
            "ChildFolders",
            "IsHidden",
            "OldestItem",
            "FolderId",
            ITEM_COUNT,
            ITEM,
        ]
    }

    fn count(&self, found: &[Item]) -> usize {
        found.iter().filter(|item| !item.contains_key(OLDEST_OF)).count()
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        let (oldest, folders): (Vec<Item>, Vec<Item>) =
            found.into_iter().partition(|item| item.contains_key(OLDEST_OF));
        let oldest_of = |id: &str| {
            oldest.iter().find(|item| text(item, OLDEST_OF) == id).map(|item| text(item, "receivedDateTime"))
        };
        if self.sum {
            let first = oldest.iter().map(|item| text(item, "receivedDateTime")).filter(|text| !text.is_empty()).min();
            return vec![sum(&folders, first)];
        }
        let shown = |mut folder: Item| {
            let path = folder.shift_remove(PATH).unwrap_or_default();
            let member = |name: &str| folder.get(name).cloned().unwrap_or_default();
            let values = [
                ("Path", path),
                ("Name", member("displayName")),
                ("Items", member("totalItemCount")),
                ("Unread", member("unreadItemCount")),
                ("SizeInBytes", member("sizeInBytes")),
                ("ChildFolders", member("childFolderCount")),
                ("IsHidden", member("isHidden")),
                ("OldestItem", oldest_of(text(&folder, "id")).into()),
                ("FolderId", member("id")),
            ];
            row(values, Some(folder))
        };
        let mut rows: Vec<Item> = folders.into_iter().map(shown).collect();
        // A folder before those within it, whatever the order in which they were read.
        rows.sort_by_cached_key(|row| text(row, "Path").split('/').map(str::to_lowercase).collect::<Vec<_>>());
        rows
    }
}

/// What all folders of a mailbox hold together; null where the service does not say it of one.
fn sum(folders: &[Item], oldest: Option<&str>) -> Item {
    let total = |name: &str| -> Option<u64> { folders.iter().map(|folder| folder.get(name)?.as_u64()).sum() };
    let largest = folders.iter().max_by_key(|folder| folder.get("sizeInBytes").and_then(Value::as_u64));
    let largest = largest.filter(|folder| folder.get("sizeInBytes").is_some_and(|size| !size.is_null()));
    row(
        [
            ("Folders", folders.len().into()),
            ("Items", total("totalItemCount").into()),
            ("Unread", total("unreadItemCount").into()),
            ("SizeInBytes", total("sizeInBytes").into()),
            ("LargestFolder", largest.and_then(|folder| folder.get(PATH).cloned()).unwrap_or_default()),
            ("LargestFolderSize", largest.and_then(|folder| folder.get("sizeInBytes").cloned()).unwrap_or_default()),
            ("OldestItem", oldest.into()),
        ],
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_holds_names_with_any_letter() {
        for (path, parent, name) in [
            ("Inbox", None, "Inbox"),
            ("Inbox/a", Some("Inbox"), "a"),
            ("Inbox/a\\/b", Some("Inbox"), "a/b"),
            ("x\\\\/y", Some("x\\\\"), "y"),
            ("A\\/B", None, "A/B"),
        ] {
            assert_eq!((split(path).map(|(parent, _)| parent), last_name(path).as_str()), (parent, name), "{path}");
        }
    }
}
