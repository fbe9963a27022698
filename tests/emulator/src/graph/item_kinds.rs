//! The kinds of things that a mailbox holds, and those that it holds from the start.
//!
//! Source: Microsoft Graph "message resource type", "mailFolder resource type", "calendar resource type", "event
//! resource type".

use serde_json::{Map, Value, json};

use super::seeds;
use crate::population::Population;

/// Seconds since the epoch of the newest message.
const NEWEST: i64 = 1_795_500_000;

/// A kind of things in a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `messages`
    Message,
    /// `mailFolders`
    Folder,
    /// `calendars`
    Calendar,
    /// `events`
    Event,
    /// `mailFolders/inbox/messageRules`
    Rule,
    /// `outlook/masterCategories`
    Category,
    /// `calendar/calendarPermissions`
    Permission,
    /// `contactFolders`
    ContactFolder,
    /// `contacts`
    Contact,
}

/// The folders that every mailbox has, by their well-known names.
pub const FOLDERS: [(&str, &str); 4] =
    [("inbox", "Inbox"), ("drafts", "Drafts"), ("sentitems", "Sent Items"), ("deleteditems", "Deleted Items")];

impl Kind {
    /// The kind of a collection right below the user.
    #[must_use]
    pub fn of(segment: &str) -> Option<Self> {
        match segment {
            "messages" => Some(Self::Message),
            "mailFolders" => Some(Self::Folder),
            "calendars" => Some(Self::Calendar),
            "events" => Some(Self::Event),
            "contactFolders" => Some(Self::ContactFolder),
            "contacts" => Some(Self::Contact),
            _ => None,
        }
    }

    /// The collection's segment.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Message => "messages",
            Self::Folder => "mailFolders",
            Self::Calendar => "calendars",
            Self::Event => "events",
            Self::Rule => "mailFolders('inbox')/messageRules",
            Self::Category => "outlook/masterCategories",
            Self::Permission => "calendar/calendarPermissions",
            Self::ContactFolder => "contactFolders",
            Self::Contact => "contacts",
        }
    }

    /// The type's name.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Folder => "mailFolder",
            Self::Calendar => "calendar",
            Self::Event => "event",
            Self::Rule => "messageRule",
            Self::Category => "outlookCategory",
            Self::Permission => "calendarPermission",
            Self::ContactFolder => "contactFolder",
            Self::Contact => "contact",
        }
    }

    /// Roles that may read things of this kind.
    #[must_use]
    pub fn readers(self) -> &'static [&'static str] {
        match self {
            Self::Folder => &["Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"],
            Self::Message => &["Mail.Read", "Mail.ReadWrite"],
            Self::Calendar | Self::Event | Self::Permission => &["Calendars.Read", "Calendars.ReadWrite"],
            Self::Rule | Self::Category => &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
            Self::ContactFolder | Self::Contact => &["Contacts.Read", "Contacts.ReadWrite"],
        }
    }

    /// The role that may write them.
    #[must_use]
    pub fn writers(self) -> &'static [&'static str] {
        match self {
            Self::Message | Self::Folder => &["Mail.ReadWrite"],
            Self::Calendar | Self::Event | Self::Permission => &["Calendars.ReadWrite"],
            Self::Rule | Self::Category => &["MailboxSettings.ReadWrite"],
            Self::ContactFolder | Self::Contact => &["Contacts.ReadWrite"],
        }
    }

    /// Whether things of this kind have an ETag, which `If-Match` is compared with.
    #[must_use]
    pub fn has_etag(self) -> bool {
        !matches!(self, Self::Folder | Self::Rule | Self::Category | Self::Permission | Self::ContactFolder)
    }

    /// Members that a caller may set.
    #[must_use]
    pub fn writable(self) -> &'static [&'static str] {
        match self {
            Self::Message => &[
                "subject",
                "body",
                "toRecipients",
                "ccRecipients",
                "bccRecipients",
                "replyTo",
                "from",
                "sender",
                "importance",
                "isRead",
                "categories",
                "flag",
                "inferenceClassification",
                "isDeliveryReceiptRequested",
                "isReadReceiptRequested",
                "internetMessageHeaders",
                "attachments",
            ],
            Self::Folder => &["displayName", "isHidden"],
            Self::Calendar => &["name", "color", "hexColor"],
            Self::Event => &[
                "subject",
                "body",
                "start",
                "end",
                "location",
                "attendees",
                "isAllDay",
                "showAs",
                "importance",
                "sensitivity",
                "categories",
                "isReminderOn",
                "reminderMinutesBeforeStart",
                "recurrence",
                "transactionId",
                "isOnlineMeeting",
            ],
            Self::Rule => &seeds::RULE,
            Self::Category => &["displayName", "color"],
            Self::Permission => &["emailAddress", "role", "isInsideOrganization", "isRemovable", "allowedRoles"],
            Self::ContactFolder => &["displayName", "parentFolderId"],
            Self::Contact => &seeds::CONTACT,
        }
    }

    /// Members that only the service sets, and that not each thing has a value of.
    #[must_use]
    pub fn read_only(self) -> &'static [&'static str] {
        match self {
            Self::Event => &["isCancelled", "organizer"],
            Self::Message => &[
                "bodyPreview",
                "changeKey",
                "createdDateTime",
                "hasAttachments",
                "internetMessageId",
                "isDraft",
                "parentFolderId",
                "receivedDateTime",
                "sentDateTime",
            ],
            _ => &[],
        }
    }

    /// Members without which nothing is created.
    #[must_use]
    pub fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Message | Self::Contact => &[],
            Self::Folder | Self::Category | Self::ContactFolder => &["displayName"],
            Self::Calendar => &["name"],
            Self::Event => &["start", "end"],
            Self::Rule => &["displayName", "sequence", "actions"],
            Self::Permission => &["emailAddress", "role"],
        }
    }

    /// How many of this kind a mailbox holds from the start.
    #[must_use]
    pub fn number(self, population: &Population, index: u64) -> u64 {
        match self {
            Self::Message => 3 + population.mix(index, 30) % 30,
            Self::Folder => seeds::folders(index),
            Self::Calendar => 1,
            Self::Event => population.mix(index, 31) % 4,
            Self::Rule => seeds::rules(index),
            Self::Category => seeds::categories(index),
            Self::Permission => seeds::permissions(index),
            Self::ContactFolder => seeds::contact_folders(index),
            Self::Contact => seeds::contacts(index),
        }
    }

    /// The id of the nth thing of this kind in a mailbox.
    #[must_use]
    pub fn id(self, index: u64, nth: u64) -> String {
        let letter = match self {
            Self::Message => 'M',
            Self::Folder => 'F',
            Self::Calendar => 'C',
            Self::Event => 'E',
            Self::Rule => 'R',
            Self::Category => 'G',
            Self::Permission => 'P',
            Self::ContactFolder => 'K',
            Self::Contact => 'N',
        };
        format!("AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZi{letter}{index:012x}{nth:08x}AAA=")
    }

    /// The nth thing of this kind that a mailbox holds from the start.
    #[must_use]
    pub fn seeded(self, population: &Population, index: u64, nth: u64) -> Map<String, Value> {
        let mut all = Map::new();
        if self.has_etag() {
            all.insert("@odata.etag".into(), format!("W/\"CQAAABYAAAA{nth:04x}\"").into());
        }
        all.insert("id".into(), self.id(index, nth).into());
        let own = match self {
            Self::Message => message(population, index, nth),
            Self::Folder => seeds::folder(population, index, nth),
            Self::Calendar => json!({"name": "Calendar", "color": "auto", "hexColor": "", "isDefaultCalendar": true,
                "canEdit": true, "owner": {"name": population.upn(index), "address": population.upn(index)}}),
            Self::Event => json!({"subject": format!("Meeting {nth}"), "isAllDay": false, "showAs": "busy",
                "start": {"dateTime": format!("2026-12-0{}T09:00:00.0000000", nth + 1), "timeZone": "UTC"},
                "end": {"dateTime": format!("2026-12-0{}T10:00:00.0000000", nth + 1), "timeZone": "UTC"}}),
            Self::Rule => seeds::rule(population, index, nth),
            Self::Category => seeds::category(nth),
            Self::Permission => seeds::permission(population, index, nth),
            Self::ContactFolder => seeds::contact_folder(index, nth),
            Self::Contact => seeds::contact(index, nth),
        };
        if let Value::Object(own) = own {
            all.extend(own);
        }
        all
    }
}

fn message(population: &Population, index: u64, nth: u64) -> Value {
    let hours = i64::try_from(nth).unwrap_or(0);
    let received = crate::reply::iso_date(NEWEST - 3600 * hours);
    let from = population.upn(population.mix(index + nth, 32) % population.count.max(1));
    json!({
        "changeKey": format!("CQAAABYAAAA{nth:04x}"),
        "internetMessageId": format!("<{index}.{nth}@mail.contoso.com>"),
        "receivedDateTime": received,
        "sentDateTime": received,
        "hasAttachments": false,
        "subject": format!("Message {nth}"),
        "bodyPreview": format!("This is message {nth}."),
        "importance": if nth.is_multiple_of(5) { "high" } else { "normal" },
        "parentFolderId": Kind::Folder.id(index, 0),
        "isRead": !nth.is_multiple_of(2),
        "isDraft": false,
        "categories": [],
        "body": {"contentType": "html", "content": format!("<html><body>This is message {nth}.</body></html>")},
        "from": {"emailAddress": {"name": from, "address": from}},
        "toRecipients": [{"emailAddress": {"name": population.upn(index), "address": population.upn(index)}}],
    })
}
