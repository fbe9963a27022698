//! Which application permission a refused call most likely lacks.
//!
//! Source: the "Permissions" table of each method in the Microsoft Graph API reference; for `Mail-Advanced` the Exchange
//! team's "Upcoming breaking changes to modifying sensitive email properties via Graph API" of 24 March 2026.

use http::Method;

use crate::context::Granted;
use crate::error::Error;

/// What stands below a user, by the first segment of its path: the permission to read it, and to change it.
const OF_A_MAILBOX: [(&[&str], &str, &str); 7] = [
    (&["mailboxSettings"], "MailboxSettings.Read", "MailboxSettings.ReadWrite"),
    (&["messages", "inferenceClassification"], "Mail.Read", "Mail.ReadWrite"),
    (&["mailFolders"], "Mail.ReadBasic.All", "Mail.ReadWrite"),
    (
        &["calendar", "calendars", "calendarGroups", "calendarView", "events", "reminderView"],
        "Calendars.Read",
        "Calendars.ReadWrite",
    ),
    (&["contacts", "contactFolders"], "Contacts.Read", "Contacts.ReadWrite"),
    (&["photo", "photos"], "ProfilePhoto.Read.All", "ProfilePhoto.ReadWrite.All"),
    (&["todo"], "Tasks.Read.All", "Tasks.ReadWrite.All"),
];

/// What stands deeper in a path and is of another permission than what it lies in: rules lie in a folder.
const WITHIN_A_MAILBOX: [(&[&str], &str, &str); 2] = [
    (&["messageRules", "masterCategories"], "MailboxSettings.Read", "MailboxSettings.ReadWrite"),
    (&["messages"], "Mail.Read", "Mail.ReadWrite"),
];

/// What stands at the top of the API.
const OF_THE_DIRECTORY: [(&[&str], &str, &str); 5] = [
    (&["domains"], "Domain.Read.All", "Domain.ReadWrite.All"),
    (&["places"], "Place.Read.All", "Place.ReadWrite.All"),
    (&["users"], "User.Read.All", "User.ReadWrite.All"),
    (&["groups"], "GroupMember.Read.All", "Group.ReadWrite.All"),
    (&["applications", "servicePrincipals"], "Application.Read.All", "Application.ReadWrite.OwnedBy"),
];

/// The application permission that a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    name: &'static str,
    /// It counts for mailboxes, of which the tenant may leave some out.
    is_of_mailbox: bool,
    /// The call changes a message.
    changes_message: bool,
}

/// The least permission for a call that the method's reference names, where it is known here.
#[must_use]
pub fn needed(method: &Method, path: &str) -> Option<Permission> {
    let path = path.split('?').next().unwrap_or(path);
    let mut segments = path.split('/');
    let top = segments.next()?;
    let user = if top == "users" { segments.next() } else { top.starts_with("users(").then_some(top) };
    let below = user.and(segments.next()).filter(|part| !part.is_empty());
    let consent = match below {
        Some("sendMail") => Some("Mail.Send"),
        Some(part) => segments
            .find_map(|deeper| find(&WITHIN_A_MAILBOX, deeper, method))
            .or_else(|| find(&OF_A_MAILBOX, part, method)),
        None => None,
    };
    if let Some(name) = consent {
        let is_message = |part: &str| part == "messages" || part.starts_with("messages(");
        let changes_message = *method == Method::PATCH && path.split('/').any(is_message);
        return Some(Permission { name, is_of_mailbox: true, changes_message });
    }
    let collection = top.split('(').next().unwrap_or(top);
    let name = find(&OF_THE_DIRECTORY, collection, method)?;
    Some(Permission { name, is_of_mailbox: false, changes_message: false })
}

impl Permission {
    /// The hint for a 403 to the call. Where the call was permitted for other mailboxes, the app has the permission,
    /// and the tenant leaves this mailbox out.
    #[must_use]
    pub fn hint(self, granted: &Granted) -> String {
        let hint = if granted.holds(self.name) { self.excluded() } else { self.missing() };
        if self.changes_message { format!("{hint}; {ADVANCED}") } else { hint }
    }

    /// Notes that the call was permitted.
    pub fn note_granted(self, granted: &Granted) {
        // Of the directory nothing is left out, so that there is nothing to tell apart.
        if self.is_of_mailbox {
            granted.add(self.name);
        }
    }

    fn missing(self) -> String {
        let rbac = if self.is_of_mailbox { " or by RBAC for Applications" } else { "" };
        format!("the app needs the application permission {}, with admin consent{rbac}", self.name)
    }

    fn excluded(self) -> String {
        format!(
            "the app has {}, for other mailboxes were let through: an application access policy, or the scope of the \
             app's role in RBAC for Applications, leaves this one out",
            self.name
        )
    }
}

/// The error of a call that was refused before others of its kind were let through, with the hint that fits now.
#[must_use]
pub fn reconsider(error: Error, granted: &Granted) -> Error {
    let unasked = Granted::default();
    let of_messages_or_not =
        |name| [false, true].map(|changes_message| Permission { name, is_of_mailbox: true, changes_message });
    let hints = granted.names().into_iter().flat_map(of_messages_or_not);
    match hints.into_iter().find(|permission| error.hint_text() == Some(&permission.hint(&unasked))) {
        Some(permission) => error.hint(permission.hint(granted)),
        None => error,
    }
}

const ADVANCED: &str =
    "from 31 December 2026 changing subject, body or recipients of received mail needs Mail-Advanced.ReadWrite.All";

fn find(table: &[(&[&str], &'static str, &'static str)], part: &str, method: &Method) -> Option<&'static str> {
    let part = part.split('(').next().unwrap_or(part);
    let (_, read, write) =
        table.iter().find(|(names, _, _)| names.iter().any(|name| name.eq_ignore_ascii_case(part)))?;
    Some(if method == Method::GET { read } else { write })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn the_least_permission_of_a_call_is_named() {
        let cases = [
            (Method::GET, "users/kim/mailboxSettings", "MailboxSettings.Read,"),
            (Method::GET, "users('$kim@contoso.com')/mailboxSettings", "MailboxSettings.Read,"),
            (Method::PATCH, "users/kim/mailboxSettings", "MailboxSettings.ReadWrite,"),
            (Method::GET, "users/kim/messages?$top=5", "Mail.Read,"),
            (Method::DELETE, "users/kim/mailFolders('inbox')/messages/1", "Mail.ReadWrite,"),
            (Method::POST, "users/kim/sendMail", "Mail.Send,"),
            (Method::PATCH, "users/kim/messages/1", "Mail.ReadWrite,"),
            (Method::PATCH, "users/kim/messages/1", "Mail-Advanced.ReadWrite.All"),
            (Method::GET, "users/kim/calendarView?a=b", "Calendars.Read,"),
            (Method::GET, "users/kim/mailFolders/inbox/messageRules", "MailboxSettings.Read,"),
            (Method::DELETE, "users/kim/mailFolders/inbox/messageRules/AQ", "MailboxSettings.ReadWrite,"),
            (Method::GET, "users/kim/outlook/masterCategories", "MailboxSettings.Read,"),
            (Method::GET, "users/kim/calendar/calendarPermissions", "Calendars.Read,"),
            (Method::GET, "domains?$select=id", "Domain.Read.All,"),
            (Method::GET, "users?$top=999", "User.Read.All,"),
            (Method::GET, "users/kim?$select=id", "User.Read.All,"),
            (Method::GET, "users/kim/memberOf", "User.Read.All,"),
            (Method::GET, "groups/1/transitiveMembers", "GroupMember.Read.All,"),
            (Method::PATCH, "applications(appId='1')", "Application.ReadWrite.OwnedBy,"),
        ];
        for (method, path, permission) in cases {
            let hint = needed(&method, path).unwrap().hint(&Granted::default());
            assert!(hint.contains(permission), "{method} {path}: {hint}");
        }
        assert_eq!(needed(&Method::GET, "organization"), None);
    }

    #[test]
    fn what_was_granted_for_other_mailboxes_is_not_missing() {
        let granted = Granted::default();
        let read = needed(&Method::GET, "users/kim/mailboxSettings").unwrap();
        let write = needed(&Method::PATCH, "users/kim/mailboxSettings").unwrap();
        let refused = Error::new(Status::AccessDenied, "403").hint(read.hint(&granted));
        let policy = Error::new(Status::AccessDenied, "403").hint("a policy excludes it");
        read.note_granted(&granted);
        assert!(read.hint(&granted).starts_with("the app has MailboxSettings.Read, "));
        assert_eq!(reconsider(refused, &granted).hint_text(), Some(&*read.hint(&granted)));
        assert_eq!(reconsider(policy, &granted).hint_text(), Some("a policy excludes it"));
        // Who may read may not write for that.
        assert!(write.hint(&granted).starts_with("the app needs the application permission MailboxSettings.ReadWrite"));
        let users = needed(&Method::GET, "users/kim").unwrap();
        users.note_granted(&granted);
        assert!(users.hint(&granted).starts_with("the app needs"));
    }

    #[test]
    fn only_changes_of_messages_come_to_need_more() {
        let hint = |method: Method, path: &str| {
            let permission = needed(&method, path).unwrap();
            permission.note_granted(&Granted::default());
            permission.hint(&Granted::default()).contains("Mail-Advanced")
        };
        for path in
            ["users/kim/messages/1", "users/kim/messages('1')", "users('$k@c.d')/mailFolders/inbox/messages/1?x"]
        {
            assert!(hint(Method::PATCH, path), "{path}");
            assert!(!hint(Method::GET, path), "{path}");
        }
        assert!(!hint(Method::PATCH, "users/kim/mailFolders/inbox"));
    }
}
