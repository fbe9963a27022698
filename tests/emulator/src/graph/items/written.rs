//! What may be written to each kind of things, and what the service makes of it.
//!
//! Source: Microsoft Graph "Create rule", "Update rule", "Create Outlook category", "Update outlookCategory", "Create
//! calendarPermission", "Update calendarpermission", "Create mailFolder", "Create contact", "Update contact".

use serde_json::{Map, Value};

use super::event;
use crate::graph::body::{no_such_member, not_of_type, unreadable};
use crate::graph::item_kinds::Kind;
use crate::graph::seeds;
use crate::reply::Reply;

const ACTIONS: [&str; 11] = [
    "assignCategories",
    "copyToFolder",
    "delete",
    "forwardAsAttachmentTo",
    "forwardTo",
    "markAsRead",
    "markImportance",
    "moveToFolder",
    "permanentDelete",
    "redirectTo",
    "stopProcessingRules",
];

const PREDICATES: [&str; 31] = [
    "bodyContains",
    "bodyOrSubjectContains",
    "categories",
    "fromAddresses",
    "hasAttachments",
    "headerContains",
    "importance",
    "isApprovalRequest",
    "isAutomaticForward",
    "isAutomaticReply",
    "isEncrypted",
    "isMeetingRequest",
    "isMeetingResponse",
    "isNonDeliveryReport",
    "isPermissionControlled",
    "isReadReceipt",
    "isSigned",
    "isVoicemail",
    "messageActionFlag",
    "notSentToMe",
    "recipientContains",
    "senderContains",
    "sensitivity",
    "sentCcMe",
    "sentOnlyToMe",
    "sentToAddresses",
    "sentToMe",
    "sentToOrCcMe",
    "subjectContains",
    "withinSizeRange",
    "@odata.type",
];

/// Checks that a kind has all these members, with values of their types as far as those are told apart.
pub(super) fn check(kind: Kind, members: &Map<String, Value>) -> Result<(), Reply> {
    for (name, value) in members {
        if !kind.writable().contains(&name.as_str()) {
            return Err(no_such_member(name, kind.type_name()));
        }
        let (is_right, expected) = match name.as_str() {
            "subject" | "displayName" | "name" | "importance" => (value.is_string(), "Edm.String"),
            "color" | "role" => (value.is_string(), "an enumeration"),
            "isRead" | "isHidden" | "isAllDay" | "isEnabled" => (value.is_boolean(), "Edm.Boolean"),
            "sequence" => (value.is_i64(), "Edm.Int32"),
            "body" | "start" | "end" | "location" | "flag" | "emailAddress" | "actions" => {
                (value.is_object(), "an entity")
            }
            "toRecipients" | "ccRecipients" | "bccRecipients" | "attendees" | "categories" | "emailAddresses"
            | "businessPhones" | "homePhones" => (value.is_array(), "a collection"),
            "conditions" | "exceptions" => (value.is_object() || value.is_null(), "an entity"),
            _ => (true, ""),
        };
        if !is_right {
            return Err(not_of_type(value, expected));
        }
        match (kind, name.as_str()) {
            (Kind::Rule, "actions") => parts(value, &ACTIONS, "messageRuleActions")?,
            (Kind::Rule, "conditions" | "exceptions") => parts(value, &PREDICATES, "messageRulePredicates")?,
            (Kind::Category, "color") => color(value)?,
            (Kind::Permission, "role") => role(value)?,
            (Kind::Contact, _) => of_contact(name, value)?,
            (Kind::Event, _) => event::check(name, value)?,
            _ => {}
        }
    }
    Ok(())
}

fn parts(value: &Value, known: &[&str], type_name: &str) -> Result<(), Reply> {
    for (name, value) in value.as_object().into_iter().flatten() {
        if !known.contains(&name.as_str()) {
            return Err(no_such_member(name, type_name));
        }
        let is_list = name.ends_with("Contains") || name.ends_with("To") || name.ends_with("ategories");
        if is_list && !value.is_array() && !value.is_null() && name != "redirectTo" {
            return Err(not_of_type(value, "a collection"));
        }
        if name.ends_with("To") {
            let has_address =
                |one: &Value| one["emailAddress"]["address"].as_str().is_some_and(|text| !text.is_empty());
            if !value.as_array().into_iter().flatten().all(has_address) {
                return Err(Reply::graph_error(400, "ErrorInvalidRecipients", "At least one recipient is not valid."));
            }
        }
    }
    Ok(())
}

fn color(value: &Value) -> Result<(), Reply> {
    let text = value.as_str().unwrap_or_default().to_ascii_lowercase();
    let preset = text.strip_prefix("preset").and_then(|number| number.parse::<u32>().ok());
    if text == "none" || preset.is_some_and(|number| number <= 24) {
        Ok(())
    } else {
        Err(not_of_type(value, "categoryColor"))
    }
}

fn role(value: &Value) -> Result<(), Reply> {
    const ROLES: [&str; 8] = [
        "none",
        "freeBusyRead",
        "limitedRead",
        "read",
        "write",
        "delegateWithoutPrivateEventAccess",
        "delegateWithPrivateEventAccess",
        "custom",
    ];
    if value.as_str().is_some_and(|role| ROLES.contains(&role)) {
        Ok(())
    } else {
        Err(not_of_type(value, "calendarRoleType"))
    }
}

/// What a thing that is written may not change any more.
pub(super) fn check_change(kind: Kind, members: &Map<String, Value>, before: &Map<String, Value>) -> Result<(), Reply> {
    let fixed = |name: &str| {
        members.contains_key(name)
            && (kind == Kind::Category && name == "displayName"
                || kind == Kind::Permission && name != "role"
                || kind == Kind::Event && name == "transactionId")
    };
    if let Some(name) = members.keys().find(|name| fixed(name)) {
        return Err(Reply::graph_error(
            400,
            "ErrorInvalidRequest",
            &format!("The property '{name}' cannot be changed."),
        ));
    }
    let allowed = before.get("allowedRoles").and_then(Value::as_array);
    if let (Kind::Permission, Some(role), Some(allowed)) = (kind, members.get("role"), allowed)
        && !allowed.contains(role)
    {
        return Err(Reply::graph_error(400, "ErrorInvalidRequest", "The role is not one of the allowed roles."));
    }
    Ok(())
}

/// What the service makes of members that it takes.
pub(super) fn rewritten(kind: Kind, mut members: Map<String, Value>) -> Map<String, Value> {
    match kind {
        // "Create rule": `adele` comes back as `ADELE`.
        Kind::Rule => {
            for name in ["conditions", "exceptions"] {
                for (name, value) in members.get_mut(name).and_then(Value::as_object_mut).into_iter().flatten() {
                    if name.ends_with("Contains") {
                        value.as_array_mut().into_iter().flatten().for_each(upper);
                    }
                }
            }
        }
        Kind::Category => {
            if let Some(color) = members.get_mut("color") {
                *color = color.as_str().unwrap_or_default().to_ascii_lowercase().into();
            }
        }
        Kind::Event => event::rewrite(&mut members),
        _ => {}
    }
    members
}

fn upper(text: &mut Value) {
    *text = text.as_str().unwrap_or_default().to_uppercase().into();
}

/// The members that the service adds to a thing that comes to be.
pub(super) fn added(kind: Kind, members: &mut Map<String, Value>) {
    let mut otherwise = |name: &str, value: Value| {
        members.entry(name).or_insert(value);
    };
    match kind {
        Kind::Rule => {
            otherwise("isEnabled", true.into());
            otherwise("hasError", false.into());
            otherwise("isReadOnly", false.into());
            otherwise("conditions", Value::Null);
            otherwise("exceptions", Value::Null);
        }
        Kind::Category => otherwise("color", "none".into()),
        Kind::Permission => {
            otherwise("isInsideOrganization", true.into());
            otherwise("isRemovable", true.into());
            let is_inside = members.get("isInsideOrganization") == Some(&Value::Bool(true));
            members.insert("allowedRoles".into(), seeds::allowed_roles(is_inside));
        }
        Kind::Folder => {
            otherwise("isHidden", false.into());
            for name in ["childFolderCount", "totalItemCount", "unreadItemCount", "sizeInBytes"] {
                otherwise(name, 0.into());
            }
        }
        Kind::Contact => {
            if let Some(name) = display_name(members) {
                members.entry("displayName").or_insert(name.into());
            }
            let mut otherwise = |name: &str, value: Value| {
                members.entry(name).or_insert(value);
            };
            otherwise("emailAddresses", Value::Array(Vec::new()));
            otherwise("businessPhones", Value::Array(Vec::new()));
            otherwise("categories", Value::Array(Vec::new()));
        }
        Kind::Event => event::add(members),
        _ => {}
    }
}

/// The member by which two things of a kind may not be the same, and the error.
pub(super) fn is_taken(kind: Kind, item: &Map<String, Value>, members: &Map<String, Value>) -> Option<Reply> {
    let same = |name: &str| {
        let text = |of: &Map<String, Value>| of.get(name).and_then(Value::as_str).map(str::to_lowercase);
        text(item).is_some() && text(item) == text(members)
    };
    let address =
        |of: &Map<String, Value>| of.get("emailAddress").and_then(|of| of["address"].as_str()).map(str::to_lowercase);
    match kind {
        Kind::Folder | Kind::ContactFolder if same("displayName") => {
            Some(Reply::graph_error(409, "ErrorFolderExists", "A folder with the specified name already exists."))
        }
        // The reference has no code for it.
        Kind::Category if same("displayName") => {
            Some(Reply::graph_error(409, "ErrorDuplicateName", "A category with the specified name already exists."))
        }
        Kind::Permission if address(item).is_some() && address(item) == address(members) => {
            Some(Reply::graph_error(409, "ErrorDuplicateName", "The calendar is shared with this user already."))
        }
        _ => None,
    }
}

/// Checks a body that says nothing.
pub(super) fn check_some(kind: Kind, members: &Map<String, Value>) -> Result<(), Reply> {
    if members.is_empty() && !matches!(kind, Kind::Message | Kind::Event | Kind::Calendar | Kind::Folder) {
        return Err(unreadable("The request has no property to update."));
    }
    Ok(())
}

/// Whatever else is changed of a name, the service makes the displayed one anew, unless the request has it ("contact
/// resource type", displayName). Of an address, what a request does not name stays.
pub(super) fn follow(kind: Kind, members: &mut Map<String, Value>, before: &Map<String, Value>) {
    if kind != Kind::Contact {
        return;
    }
    if NAMES.iter().any(|name| members.contains_key(*name)) && !members.contains_key("displayName") {
        let mut after = before.clone();
        after.extend(members.clone());
        members.extend(display_name(&after).map(|name| ("displayName".to_owned(), name.into())));
    }
    for name in ["businessAddress", "homeAddress", "otherAddress"] {
        let Some(written) = members.get_mut(name).and_then(Value::as_object_mut) else { continue };
        for (part, value) in before.get(name).and_then(Value::as_object).into_iter().flatten() {
            written.entry(part.clone()).or_insert_with(|| value.clone());
        }
    }
}

const NAMES: [&str; 4] = ["title", "givenName", "middleName", "surname"];

fn display_name(contact: &Map<String, Value>) -> Option<String> {
    let parts = ["givenName", "middleName", "surname"];
    let parts: Vec<&str> = parts.iter().filter_map(|name| contact.get(*name)?.as_str()).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// How many a contact may have. The reference names neither the numbers nor the code.
fn of_contact(name: &str, value: &Value) -> Result<(), Reply> {
    let most = match name {
        "emailAddresses" => 3,
        "businessPhones" | "homePhones" => 2,
        "businessAddress" | "homeAddress" | "otherAddress" => {
            let known = ["city", "countryOrRegion", "postalCode", "state", "street"];
            return match value.as_object().into_iter().flatten().find(|(part, _)| !known.contains(&part.as_str())) {
                Some((part, _)) => Err(no_such_member(part, "physicalAddress")),
                None => Ok(()),
            };
        }
        _ => return Ok(()),
    };
    let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if name == "emailAddresses" {
        let is_address =
            |one: &Value| one.as_object().is_some_and(|one| one.keys().all(|part| part == "address" || part == "name"));
        if !all.iter().all(is_address) {
            return Err(not_of_type(value, "Collection(microsoft.graph.emailAddress)"));
        }
    } else if !all.iter().all(Value::is_string) {
        return Err(not_of_type(value, "Collection(Edm.String)"));
    }
    if all.len() > most {
        let message = format!("The collection '{name}' must not have more than {most} elements.");
        return Err(Reply::graph_error(400, "ErrorInvalidRequest", &message));
    }
    Ok(())
}
