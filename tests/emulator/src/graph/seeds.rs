//! What mailboxes hold from the start of the kinds that reports and plans are about: from the mailbox's number alone.
//!
//! Source: Microsoft Graph "messageRule", "messageRuleActions", "messageRulePredicates", "outlookCategory",
//! "calendarPermission", "mailFolder", "contactFolder" and "contact resource type".

use serde_json::{Value, json};

use super::item_kinds::{FOLDERS, Kind};
use crate::population::Population;

/// Members of a rule that a caller may set.
pub const RULE: [&str; 6] = ["displayName", "sequence", "isEnabled", "conditions", "actions", "exceptions"];

/// Members of a contact that a caller may set.
pub const CONTACT: [&str; 33] = [
    "givenName",
    "surname",
    "displayName",
    "middleName",
    "nickName",
    "title",
    "companyName",
    "department",
    "jobTitle",
    "officeLocation",
    "emailAddresses",
    "businessPhones",
    "homePhones",
    "mobilePhone",
    "businessAddress",
    "homeAddress",
    "personalNotes",
    "categories",
    "fileAs",
    "birthday",
    "assistantName",
    "businessHomePage",
    "children",
    "generation",
    "imAddresses",
    "initials",
    "manager",
    "otherAddress",
    "profession",
    "spouseName",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
];

/// The domain of whoever is outside of the tenant.
pub const OUTSIDE: &str = "collector.example";

/// Half of the mailboxes have no rule, one in ten has more than a page.
pub fn rules(index: u64) -> u64 {
    match index % 10 {
        0..=4 => 0,
        5 | 6 => 1,
        7 => 2,
        8 => 3,
        _ => 12,
    }
}

/// Of twenty mailboxes one forwards to outside, one redirects to a colleague, and one forwards to what has no address.
pub fn rule(population: &Population, index: u64, nth: u64) -> Value {
    let someone = |name: &str, address: &str| json!([{"emailAddress": {"name": name, "address": address}}]);
    let colleague = population.upn((index + 1) % population.count.max(1));
    let (name, conditions, actions) = match (index % 20, nth) {
        (7, 0) => (
            "Invoices".to_owned(),
            json!({"subjectContains": ["INVOICE", "PAYMENT"]}),
            json!({"forwardTo": someone("Collector", &format!("drop{index}@{OUTSIDE}")), "markAsRead": true}),
        ),
        (17, 0) => (
            "To my deputy".to_owned(),
            json!({"sentToMe": true}),
            json!({"redirectTo": someone("Deputy", &colleague), "stopProcessingRules": true}),
        ),
        (8, 1) => (
            "To the archive".to_owned(),
            Value::Null,
            json!({"forwardAsAttachmentTo": someone("Archive", "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=archive")}),
        ),
        _ => (
            format!("Newsletter {nth}"),
            json!({"senderContains": [format!("NEWS{nth}@")], "hasAttachments": false}),
            json!({"moveToFolder": Kind::Folder.id(index, 3), "stopProcessingRules": true}),
        ),
    };
    json!({"displayName": name, "sequence": nth + 1, "isEnabled": !nth.is_multiple_of(3) || nth == 0, "hasError": false,
        "isReadOnly": false, "conditions": conditions, "actions": actions, "exceptions": null})
}

/// One mailbox in five has no category, one in ten more than a page of them.
pub fn categories(index: u64) -> u64 {
    match index % 10 {
        0 | 1 => 0,
        9 => 14,
        _ => 6,
    }
}

/// The nth of them.
pub fn category(nth: u64) -> Value {
    const NAMES: [(&str, &str); 6] = [
        ("Red category", "preset0"),
        ("Orange category", "preset1"),
        ("Yellow category", "preset3"),
        ("Green category", "preset4"),
        ("Blue category", "preset7"),
        ("Purple category", "preset8"),
    ];
    match usize::try_from(nth).ok().and_then(|nth| NAMES.get(nth)) {
        Some((name, color)) => json!({"displayName": name, "color": color}),
        None => json!({"displayName": format!("Project {nth}"), "color": "none"}),
    }
}

/// Everybody of the tenant, and in some mailboxes a delegate and somebody outside.
pub fn permissions(index: u64) -> u64 {
    match index % 4 {
        1 => 2,
        3 => 3,
        _ => 1,
    }
}

/// The nth of them.
pub fn permission(population: &Population, index: u64, nth: u64) -> Value {
    let roles = |role: &str| allowed_roles(role != "freeBusyRead");
    match nth {
        0 => json!({"emailAddress": {"name": "My Organization", "address": null}, "role": "freeBusyRead",
            "isInsideOrganization": true, "isRemovable": false, "allowedRoles": ["none", "freeBusyRead", "limitedRead", "read", "write"]}),
        1 => {
            let colleague = population.upn((index + 1) % population.count.max(1));
            json!({"emailAddress": {"name": colleague, "address": colleague}, "role": "write",
                "isInsideOrganization": true, "isRemovable": true, "allowedRoles": roles("write")})
        }
        _ => {
            json!({"emailAddress": {"name": "Guest", "address": format!("guest{index}@{OUTSIDE}")}, "role": "freeBusyRead",
            "isInsideOrganization": false, "isRemovable": true, "allowedRoles": ["freeBusyRead", "limitedRead", "read"]})
        }
    }
}

/// What somebody may be given.
pub fn allowed_roles(is_inside: bool) -> Value {
    if is_inside {
        json!([
            "freeBusyRead",
            "limitedRead",
            "read",
            "write",
            "delegateWithoutPrivateEventAccess",
            "delegateWithPrivateEventAccess"
        ])
    } else {
        json!(["freeBusyRead", "limitedRead", "read"])
    }
}

/// Those of every mailbox and a hidden one; one mailbox in four has folders within folders, one in forty more than a
/// page of them.
pub fn folders(index: u64) -> u64 {
    let own = FOLDERS.len() as u64 + 1;
    match index % 40 {
        13 => own + 300,
        at if at % 4 == 2 => own + 3,
        _ => own,
    }
}

/// The nth of them.
pub fn folder(population: &Population, index: u64, nth: u64) -> Value {
    let known = FOLDERS.len() as u64;
    let (name, parent, is_hidden) = match nth {
        nth if nth < known => (FOLDERS[usize::try_from(nth).unwrap_or(0)].1.to_owned(), None, false),
        nth if nth == known => ("Conversation Action Settings".to_owned(), None, true),
        // Each within the one before it, or all within the inbox.
        nth if index % 40 == 13 => (format!("Case {:03}", nth - known - 1), Some(0), false),
        nth => (format!("Level {}", nth - known), Some(if nth == known + 1 { 0 } else { nth - 1 }), false),
    };
    let parent = parent.map_or_else(|| root(index), |nth| Kind::Folder.id(index, nth));
    let items = if nth < known { 0 } else { population.mix(index + nth, 35) % 50 };
    json!({"displayName": name, "parentFolderId": parent, "isHidden": is_hidden, "childFolderCount": 0,
        "totalItemCount": items, "unreadItemCount": items / 3, "sizeInBytes": items * 40_960})
}

/// The id of the folder that the top ones lie in.
pub fn root(index: u64) -> String {
    Kind::Folder.id(index, 0x0fff_ffff)
}

/// The id of the folder that contacts lie in where nothing else is said.
pub fn default_contacts(index: u64) -> String {
    Kind::ContactFolder.id(index, 0x0fff_ffff)
}

/// One mailbox in three has a folder of contacts beside the default one.
pub fn contact_folders(index: u64) -> u64 {
    u64::from(index.is_multiple_of(3))
}

/// The nth of them.
pub fn contact_folder(index: u64, _nth: u64) -> Value {
    json!({"displayName": "Company", "parentFolderId": default_contacts(index)})
}

/// Some in the default folder, of one mailbox in twenty more than a page; two in the other folder.
pub fn contacts(index: u64) -> u64 {
    let in_default = if index % 20 == 6 { 320 } else { index % 5 };
    in_default + 2 * contact_folders(index)
}

/// The nth of them.
pub fn contact(index: u64, nth: u64) -> Value {
    let in_folder = nth < 2 * contact_folders(index);
    let parent = if in_folder { Kind::ContactFolder.id(index, 0) } else { default_contacts(index) };
    json!({"changeKey": format!("CQAAABYAAAA{nth:04x}"), "parentFolderId": parent, "displayName": format!("Contact {nth}"),
        "givenName": "Contact", "surname": nth.to_string(), "companyName": "Fabrikam", "jobTitle": null,
        "emailAddresses": [{"name": format!("Contact {nth}"), "address": format!("contact{nth}@fabrikam.com")}],
        "businessPhones": [format!("+49 30 {nth:06}")], "mobilePhone": null, "categories": []})
}

/// Whether a mailbox is that of a room.
pub fn is_room(index: u64) -> bool {
    index % 25 == 12
}

/// Meetings of a room on each working day: from nine to ten, and from one to three. Of the first ones each fifth was
/// cancelled; to each seventh of the second ones nobody comes.
pub fn meetings(population: &Population, index: u64, day: jiff::civil::Date) -> Vec<Value> {
    if matches!(day.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday) {
        return Vec::new();
    }
    let number = u64::try_from(day.day_of_year()).unwrap_or(0) + index;
    let organizer = population.upn(number % population.count.max(1));
    let meeting = |nth: u64, from: u32, to: u32, is_cancelled: bool, response: &str| {
        let time = |hour: u32| json!({"dateTime": format!("{day}T{hour:02}:00:00.0000000"), "timeZone": "UTC"});
        json!({
            "@odata.etag": "W/\"CQAAABYAAAA0001\"",
            "id": Kind::Event.id(index, number * 2 + nth),
            "subject": format!("Meeting {nth}"), "start": time(from), "end": time(to), "isAllDay": false,
            "isCancelled": is_cancelled, "showAs": "busy",
            "organizer": {"emailAddress": {"name": organizer, "address": organizer}},
            "attendees": [
                {"type": "required", "status": {"response": response, "time": "0001-01-01T00:00:00Z"},
                    "emailAddress": {"name": "Guest", "address": "guest@contoso.com"}},
                {"type": "resource", "status": {"response": "accepted", "time": "0001-01-01T00:00:00Z"},
                    "emailAddress": {"name": "Room", "address": population.upn(index)}},
            ],
        })
    };
    vec![
        meeting(0, 9, 10, number.is_multiple_of(5), "accepted"),
        meeting(1, 13, 15, false, if number.is_multiple_of(7) { "declined" } else { "accepted" }),
    ]
}
