//! What a request that writes would take hold of: one thing in a mailbox, or far more than was meant.
//!
//! `DELETE users/kim` deletes the account, and that is what `messages/{id}` becomes where a variable was never set. So
//! a write to a user itself, to a folder that every mailbox has, or to a collection is refused unless its caller says
//! that it is meant. What is not known to be one thing is not deleted either.
//!
//! Sources: Microsoft Graph "user resource type", "mailFolder resource type" (well-known names), "Remove member" (without
//! `$ref` the member itself is deleted).

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::blank::is_blank;
use crate::error::{Error, Result};

/// Collections whose elements are users, groups and the like.
const ACCOUNTS: [&str; 3] = ["users", "directoryobjects", "deleteditems"];

/// Collections that lead to other objects of the directory: without `$ref` a request is about the object itself.
const REFERENCES: [&str; 17] = [
    "acceptedsenders",
    "createdobjects",
    "directreports",
    "manager",
    "memberof",
    "members",
    "owneddevices",
    "ownedobjects",
    "owners",
    "people",
    "registereddevices",
    "registeredowners",
    "registeredusers",
    "rejectedsenders",
    "sponsors",
    "transitivememberof",
    "transitivemembers",
];

/// Collections whose elements may be folders that every mailbox has, or the root of a drive.
const FOLDERS: [&str; 6] = ["mailfolders", "childfolders", "contactfolders", "calendars", "items", "children"];

/// Further collections, of what a user has and of what the directory has.
const COLLECTIONS: [&str; 44] = [
    "applications",
    "approleassignments",
    "attachments",
    "calendargroups",
    "calendarpermissions",
    "calendarview",
    "chats",
    "checklistitems",
    "contacts",
    "devices",
    "domains",
    "drives",
    "emailmethods",
    "events",
    "exceptionoccurrences",
    "extensions",
    "fido2methods",
    "groups",
    "instances",
    "joinedteams",
    "licensedetails",
    "linkedresources",
    "lists",
    "mastercategories",
    "messagerules",
    "messages",
    "methods",
    "multivalueextendedproperties",
    "notebooks",
    "oauth2permissiongrants",
    "onlinemeetings",
    "overrides",
    "pages",
    "permissions",
    "phonemethods",
    "photos",
    "plans",
    "sections",
    "serviceprincipals",
    "singlevalueextendedproperties",
    "subscriptions",
    "tasks",
    "teams",
    "versions",
];

/// Folders that every mailbox has, by their well-known names; those of the archive and of what can be recovered begin
/// alike.
const WELL_KNOWN: [&str; 25] = [
    "allitems",
    "calendar",
    "clutter",
    "conflicts",
    "contacts",
    "conversationhistory",
    "deleteditems",
    "drafts",
    "favorites",
    "inbox",
    "journal",
    "junkemail",
    "localfailures",
    "msgfolderroot",
    "notes",
    "outbox",
    "root",
    "scheduled",
    "searchfolders",
    "sentitems",
    "serverfailures",
    "syncissues",
    "tasks",
    "todosearch",
    "voicemail",
];
const WELL_KNOWN_BEGINNINGS: [&str; 2] = ["archive", "recoverableitems"];

/// Single things that may be deleted as a whole.
const SINGLE: [&str; 1] = ["photo"];

/// Actions that do to a thing what a DELETE would.
const REMOVING: [&str; 3] = ["delete", "permanentdelete", "move"];

/// How often a path may be percent-encoded and still be seen through.
const MOST_DECODINGS: usize = 3;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// Where paths begin that are not relative to a user.
    Service,
    /// A user, or another object of the directory.
    Account,
    /// The only one an object of the directory refers to, as a manager; with `$ref` the reference.
    Referred,
    /// A folder that every mailbox has, or the root of a drive.
    RootFolder,
    /// All of a kind.
    Collection(Kind),
    /// One thing among others.
    Item,
    /// Something by its name, of which it is not known whether it is one thing.
    Named,
    /// Something that is one by its name.
    Single,
}

/// What the elements of a collection are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Accounts,
    References,
    Folders,
    Things,
}

/// Refuses a write whose path, relative to a mailbox's user, takes hold of more than one thing in the mailbox.
///
/// # Errors
///
/// `InvalidArgument` that says what the path is.
pub fn check_of_mailbox(method: &Method, path: &str) -> Result<()> {
    check(Target::Account, method, path)
}

/// The same for a path relative to the API's version. In a `$batch` each request is looked at.
///
/// # Errors
///
/// As [`check_of_mailbox`].
pub fn check_of_service(method: &Method, path: &str, body: Option<&Value>) -> Result<()> {
    let is_batch = *method == Method::POST && decoded(before_query(path)).eq_ignore_ascii_case("$batch");
    let within = body.filter(|_| is_batch).and_then(|body| body.get("requests")).and_then(Value::as_array);
    for request in within.into_iter().flatten() {
        let text = |name: &str| request.get(name).and_then(Value::as_str).unwrap_or_default();
        let method = Method::from_bytes(text("method").to_ascii_uppercase().as_bytes()).unwrap_or_default();
        check(Target::Service, &method, text("url").trim_start_matches('/'))?;
    }
    check(Target::Service, method, path)
}

fn check(from: Target, method: &Method, path: &str) -> Result<()> {
    if *method == Method::GET {
        return Ok(());
    }
    // What the service makes of an encoded slash or question mark is its own affair: each reading must be harmless.
    let mut reading = before_query(path).to_owned();
    for _ in 0..=MOST_DECODINGS {
        if let Some(what) = refused(from, method, before_query(&reading)) {
            return Err(Error::argument(format!("path: {method} of {path:?} is about {what}")).hint(
                "a variable in the path may never have been set; where it is meant, say so with allowWholeMailbox \
                 (-AllowWholeMailbox)",
            ));
        }
        let next = decoded(&reading);
        if next == reading {
            break;
        }
        reading = next;
    }
    Ok(())
}

fn before_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What is wrong with writing to a path, in words.
fn refused(from: Target, method: &Method, path: &str) -> Option<&'static str> {
    let lower = path.to_lowercase();
    let mut segments: Vec<&str> = lower.split('/').filter(|segment| !is_blank(segment)).collect();
    let mut removes = *method == Method::DELETE;
    if *method == Method::POST {
        let action = segments.last().map(|last| own_name(last));
        removes = segments.len() > 1 && action.is_some_and(|action| REMOVING.contains(&action));
        if removes {
            segments.pop();
        } else if !segments.is_empty() {
            return None;
        }
    }
    // What stands behind the thing itself is about it.
    let mut by_reference = false;
    while let Some(last) = segments.last().filter(|last| last.starts_with('$')) {
        by_reference |= *last == "$ref";
        segments.pop();
    }
    match walk(from, &segments) {
        Target::Service => (*method != Method::POST).then_some("everything"),
        Target::Account => Some("the user itself, and not about something in the mailbox"),
        Target::Referred => {
            (!by_reference).then_some("the object itself that is referred to; add /$ref for the reference")
        }
        Target::RootFolder => Some("a folder that every mailbox has, or a root"),
        Target::Collection(_) => Some("a whole collection, and not about one of its elements"),
        Target::Named if removes => Some("what is not known to be one thing of a mailbox"),
        Target::Named | Target::Item | Target::Single => None,
    }
}

/// Where the segments lead, one by one.
fn walk(from: Target, segments: &[&str]) -> Target {
    let mut at = from;
    let mut addresses_by_path = false;
    for segment in segments {
        // A cast to a type, as `microsoft.graph.user`, stays where it is.
        if segment.starts_with("microsoft.graph.") && !segment.contains('(') {
            continue;
        }
        let (name, key) = split_key(segment);
        at = match (at, key) {
            (Target::Collection(kind), _) => element(kind, segment),
            // `root:/folder/file.txt`
            _ if addresses_by_path => Target::Item,
            (_, Some(key)) => match collection(name) {
                Target::Collection(kind) if !is_blank(key) => element(kind, key),
                Target::Collection(kind) => Target::Collection(kind),
                _ if is_blank(key) => Target::Named,
                _ => Target::Item,
            },
            (_, None) => collection(name),
        };
        addresses_by_path |= segment.ends_with(':');
    }
    at
}

/// What a name means that is no key.
fn collection(name: &str) -> Target {
    match name {
        "me" => Target::Account,
        "manager" => Target::Referred,
        "calendar" | "root" | "special" => Target::RootFolder,
        _ if SINGLE.contains(&name) => Target::Single,
        _ if ACCOUNTS.contains(&name) => Target::Collection(Kind::Accounts),
        _ if REFERENCES.contains(&name) => Target::Collection(Kind::References),
        _ if FOLDERS.contains(&name) => Target::Collection(Kind::Folders),
        _ if COLLECTIONS.contains(&name) => Target::Collection(Kind::Things),
        // Ids have digits and the like in them, names of members do not.
        _ if name.bytes().all(|byte| byte.is_ascii_alphabetic()) => Target::Named,
        _ => Target::Item,
    }
}

/// What a key of a collection means.
fn element(kind: Kind, key: &str) -> Target {
    let key = key.trim_matches(['\'', '"', ' ']);
    match kind {
        Kind::Accounts => Target::Account,
        Kind::References => Target::Referred,
        Kind::Folders if is_well_known(key) => Target::RootFolder,
        Kind::Folders | Kind::Things => Target::Item,
    }
}

fn is_well_known(key: &str) -> bool {
    WELL_KNOWN.contains(&key) || WELL_KNOWN_BEGINNINGS.iter().any(|beginning| key.starts_with(beginning))
}

/// A segment with its key, where it has one: `messages('x')`, `applications(appId='x')`.
fn split_key(segment: &str) -> (&str, Option<&str>) {
    match segment.strip_suffix(')').and_then(|segment| segment.split_once('(')) {
        Some((name, key)) => {
            let key = key.rsplit_once('=').filter(|_| !key.starts_with('\'')).map_or(key, |(_, key)| key);
            (name, Some(key.trim_matches(['\'', '"', ' '])))
        }
        None => (segment, None),
    }
}

/// The name of an action, without its namespace and brackets.
fn own_name(segment: &str) -> &str {
    let (name, _) = split_key(segment);
    name.strip_prefix("microsoft.graph.").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn says(check: Result<()>) -> String {
        check.map_or_else(|error| error.to_string(), |()| "allowed".to_owned())
    }

    #[test]
    fn what_is_more_than_one_thing_is_not_written_to() {
        for (path, part) in [
            ("", "the user itself"),
            ("?x=1", "the user itself"),
            ("#x", "the user itself"),
            ("$ref", "the user itself"),
            ("$value", "the user itself"),
            ("%24ref", "the user itself"),
            ("microsoft.graph.user", "the user itself"),
            ("%2F", "the user itself"),
            ("%252F", "the user itself"),
            ("%3Fx%3D1", "the user itself"),
            ("messages%3Fx", "a whole collection"),
            (" ", "the user itself"),
            ("mailFolders", "a whole collection"),
            ("MAILFOLDERS", "a whole collection"),
            ("mailFolders/", "a whole collection"),
            ("mailFolders/$ref", "a whole collection"),
            ("mailFolders('')", "a whole collection"),
            ("mailFolders()", "a whole collection"),
            ("mailFolders/inbox", "a folder that every mailbox has"),
            ("mailFolders%2Finbox", "a folder that every mailbox has"),
            ("mailFolders/%69nbox", "a folder that every mailbox has"),
            ("mailFolders/Inbox/$value", "a folder that every mailbox has"),
            ("mailFolders('inbox')", "a folder that every mailbox has"),
            ("mailFolders(id='inbox')", "a folder that every mailbox has"),
            ("mailFolders/'inbox'", "a folder that every mailbox has"),
            ("mailFolders/recoverableItemsDeletions", "a folder that every mailbox has"),
            ("mailFolders/AAMk/childFolders/archiveroot", "a folder that every mailbox has"),
            ("calendar", "a folder that every mailbox has"),
            ("drive/root", "a folder that every mailbox has"),
            ("drive/items/root", "a folder that every mailbox has"),
            ("contactFolders/contacts", "a folder that every mailbox has"),
            ("messages", "a whole collection"),
            ("messages/%20", "a whole collection"),
            ("messages/$count", "a whole collection"),
            ("messages/microsoft.graph.eventMessage", "a whole collection"),
            ("mailFolders/inbox/messages", "a whole collection"),
            ("messages/AAMk=/attachments", "a whole collection"),
            ("calendar/events", "a whole collection"),
            ("calendars/AAMk=/calendarView", "a whole collection"),
            ("manager", "the object itself that is referred to"),
            ("memberOf/0a1b", "the object itself that is referred to"),
        ] {
            for method in [Method::DELETE, Method::PATCH, Method::PUT] {
                let refusal = says(check_of_mailbox(&method, path));
                assert!(refusal.contains(part), "{method} {path:?}: {refusal}");
            }
            assert!(check_of_mailbox(&Method::GET, path).is_ok());
        }
        for path in ["", "?x", "mailFolders/inbox/move", "mailFolders('inbox')/microsoft.graph.permanentDelete"] {
            assert_ne!(says(check_of_mailbox(&Method::POST, path)), "allowed", "{path}");
        }
        // Not known to be one thing.
        for path in ["inferenceClassification", "todo", "drive", "settings/storage"] {
            let refusal = says(check_of_mailbox(&Method::DELETE, path));
            assert!(refusal.contains("not known to be one thing"), "{path}: {refusal}");
            assert_eq!(says(check_of_mailbox(&Method::PATCH, path)), "allowed", "{path}");
        }
    }

    #[test]
    fn one_thing_is_written_to() {
        for (methods, paths) in [
            (
                &[Method::DELETE, Method::PATCH][..],
                &[
                    "messages/AAMk",
                    "messages/messages",
                    "messages('AAMk')",
                    "messages/AAMk%2F%2Fx%3D",
                    "messages/inbox",
                    "mailFolders/AAMkAD=",
                    "mailFolders/inbox/messages/AAMk",
                    "mailFolders/inbox/messageRules/AQ",
                    "mailFolders/inbox/childFolders/AAMk",
                    "calendar/events/AAMk?sendUpdates=none",
                    "calendars/AAMk",
                    "events/AAMk/attachments/x",
                    "messages/AAMk/extensions/Com.Contoso.Note",
                    "todo/lists/AAMk/tasks/BBMk",
                    "drive/items/01AB",
                    "drive/root:/folder/report.csv",
                    "photo/$value",
                    "manager/$ref",
                    "authentication/phoneMethods/3179e48a-750b-4051-897c-87b9720928f7",
                ][..],
            ),
            (&[Method::PATCH, Method::PUT], &["mailboxSettings", "photo/$value", "inferenceClassification"]),
            (
                &[Method::POST],
                &["messages", "sendMail", "messages/AAMk/send", "messages/AAMk/move", "calendar/events", "mailFolders"],
            ),
        ] {
            for (method, path) in methods.iter().flat_map(|method| paths.iter().map(move |path| (method, path))) {
                assert_eq!(says(check_of_mailbox(method, path)), "allowed", "{method} {path}");
            }
        }
    }

    #[test]
    fn a_path_of_the_service_may_lead_to_a_user_too() {
        for path in [
            "users/kim@contoso.com",
            "users('kim@contoso.com')",
            "users(userPrincipalName='kim')",
            "Users/kim/$ref",
            "users/kim/mailFolders/inbox",
            "users/kim/messages",
            "users",
            "me",
            "me/mailFolders/inbox",
            "directoryObjects/0a1b",
            "groups/0a1b/members/0c1d",
            "users/kim/manager",
        ] {
            assert_ne!(says(check_of_service(&Method::DELETE, path, None)), "allowed", "{path}");
            assert_ne!(says(check_of_service(&Method::PATCH, path, None)), "allowed", "{path}");
        }
        for path in [
            "users/kim/messages/AAMk",
            "applications/0a1b-2",
            "applications(appId='x')",
            "groups/0a1b",
            "groups/0a1b/members/0c1d/$ref",
            "subscriptions/0a1b",
        ] {
            assert_eq!(says(check_of_service(&Method::DELETE, path, None)), "allowed", "{path}");
        }
        for path in ["users", "users/kim/messages", "groups", "$batch"] {
            assert_eq!(says(check_of_service(&Method::POST, path, None)), "allowed", "{path}");
        }
        let batch = |method: &str, url: &str| {
            let body = json!({"requests": [{"method": "GET", "url": "/users/kim"}, {"method": method, "url": url}]});
            says(check_of_service(&Method::POST, "$batch", Some(&body)))
        };
        assert!(batch("delete", "/users/kim").contains("the user itself"));
        assert_eq!(batch("DELETE", "/users/kim/messages/AAMk"), "allowed");
    }
}
