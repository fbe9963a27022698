//! The rows of changes.

use serde_json::Value;

use super::super::contacts;
use super::super::item::{Item, text};
use super::super::report::{ITEM, ITEM_COUNT, row};
use super::tracked::{Delta, Of};

/// What became of a thing, as far as Graph tells: of what is there it does not say whether it is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOf {
    /// It is there: all is read that is.
    Present,
    /// It came, or changed.
    AddedOrChanged,
    /// It is not there any more.
    Removed,
    /// No thing: what follows of this list is all that is there, and what was known of it before is to be forgotten.
    Reset,
    /// No thing: the folder is gone, with all that was in it.
    FolderRemoved,
}

impl ChangeOf {
    fn name(self) -> &'static str {
        match self {
            ChangeOf::Present => "Present",
            ChangeOf::AddedOrChanged => "AddedOrChanged",
            ChangeOf::Removed => "Removed",
            ChangeOf::Reset => "Reset",
            ChangeOf::FolderRemoved => "FolderRemoved",
        }
    }
}

/// Why a list was read anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Anew {
    /// Nothing of it was known.
    First,
    /// The service had lost what its link stood for.
    Expired,
}

/// A row, before it has columns.
#[derive(Clone, Debug)]
pub struct Found {
    /// What became of it.
    pub change: ChangeOf,
    /// Whether its list was read anew.
    pub anew: Option<Anew>,
    /// The folder, as rows have it.
    pub folder: Option<String>,
    /// Its id, where it has one that is known.
    pub folder_id: Option<String>,
    /// The thing; nothing where there is none.
    pub item: Item,
}

impl Found {
    /// An element of the list of a folder.
    #[must_use]
    pub fn element(anew: Option<Anew>, folder: Option<String>, folder_id: Option<String>, item: Item) -> Self {
        let change = match anew {
            _ if item.contains_key("@removed") => ChangeOf::Removed,
            Some(_) => ChangeOf::Present,
            None => ChangeOf::AddedOrChanged,
        };
        Self { change, anew, folder, folder_id, item }
    }

    /// Whether it is of a thing, and not of a list.
    #[must_use]
    pub fn is_thing(&self) -> bool {
        !matches!(self.change, ChangeOf::Reset | ChangeOf::FolderRemoved)
    }
}

const MESSAGES: [&str; 15] = [
    "Change",
    "ReadAnew",
    "Reason",
    "Folder",
    "Subject",
    "From",
    "FromName",
    "Received",
    "InternetMessageId",
    "HasAttachments",
    "IsRead",
    "MessageId",
    "FolderId",
    ITEM_COUNT,
    ITEM,
];

const EVENTS: [&str; 15] = [
    "Change",
    "ReadAnew",
    "Reason",
    "Subject",
    "Start",
    "End",
    "TimeZone",
    "IsAllDay",
    "IsCancelled",
    "ShowAs",
    "Organizer",
    "Location",
    "EventId",
    ITEM_COUNT,
    ITEM,
];

const CONTACTS: [&str; 17] = [
    "Change",
    "ReadAnew",
    "Reason",
    "Folder",
    "Name",
    "Address",
    "OtherAddresses",
    "CompanyName",
    "Department",
    "JobTitle",
    "BusinessPhones",
    "MobilePhone",
    "Categories",
    "ContactId",
    "FolderId",
    ITEM_COUNT,
    ITEM,
];

impl Delta {
    /// The columns after the mailbox's name.
    #[must_use]
    pub fn columns(&self) -> &'static [&'static str] {
        match self.of {
            Of::Messages => &MESSAGES,
            Of::Events(_) => &EVENTS,
            Of::Contacts => &CONTACTS,
        }
    }

    /// The row of what was found.
    #[must_use]
    pub fn row(&self, found: Found) -> Item {
        let is_thing = found.is_thing();
        let Found { change, anew, folder, folder_id, item } = found;
        let reason = item.get("@removed").and_then(|removed| removed.get("reason")).cloned().unwrap_or_default();
        let mut shown = match self.of {
            _ if !is_thing => Item::new(),
            Of::Messages => message(item),
            Of::Events(_) => event(item),
            Of::Contacts => contacts::shown(item),
        };
        let anew = match anew {
            Some(Anew::First) => "First".into(),
            Some(Anew::Expired) => "Expired".into(),
            None => Value::Null,
        };
        let own = [
            ("Change", change.name().into()),
            ("ReadAnew", anew),
            ("Reason", reason),
            ("Folder", folder.into()),
            ("FolderId", folder_id.into()),
        ];
        shown.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value)));
        shown
    }
}

fn message(item: Item) -> Item {
    let member = |name: &str| item.get(name).cloned().unwrap_or_default();
    let from = |name: &str| within(&item, "from").and_then(|from| from.get(name)).cloned().unwrap_or_default();
    let values = [
        ("Subject", member("subject")),
        ("From", from("address")),
        ("FromName", from("name")),
        ("Received", member("receivedDateTime")),
        ("InternetMessageId", member("internetMessageId")),
        ("HasAttachments", member("hasAttachments")),
        ("IsRead", member("isRead")),
        ("MessageId", member("id")),
    ];
    row(values, Some(item))
}

fn event(item: Item) -> Item {
    let member = |name: &str| item.get(name).cloned().unwrap_or_default();
    let of = |name: &str, part: &str| item.get(name).and_then(|value| value.get(part)).cloned().unwrap_or_default();
    let organizer = within(&item, "organizer").and_then(|organizer| organizer.get("address")).cloned();
    let values = [
        ("Subject", member("subject")),
        ("Start", of("start", "dateTime")),
        ("End", of("end", "dateTime")),
        ("TimeZone", of("start", "timeZone")),
        ("IsAllDay", member("isAllDay")),
        ("IsCancelled", member("isCancelled")),
        ("ShowAs", member("showAs")),
        ("Organizer", organizer.unwrap_or_default()),
        ("Location", of("location", "displayName")),
        ("EventId", text(&item, "id").into()),
    ];
    row(values, Some(item))
}

/// Who a recipient is.
fn within<'i>(item: &'i Item, name: &str) -> Option<&'i Value> {
    item.get(name)?.get("emailAddress")
}
