//! Which application permission a refused call most likely lacks.
//!
//! Source: the "Permissions" table of each method in the Microsoft Graph API reference; for `Mail-Advanced` the Exchange
//! team's "Upcoming breaking changes to modifying sensitive email properties via Graph API" of 24 March 2026.

use http::Method;

/// What stands below a user, by the first segment of its path: the permission to read it, and to change it.
const OF_A_MAILBOX: [(&[&str], &str, &str); 5] = [
    (&["mailboxSettings"], "MailboxSettings.Read", "MailboxSettings.ReadWrite"),
    (&["messages", "mailFolders", "inferenceClassification"], "Mail.Read", "Mail.ReadWrite"),
    (
        &["calendar", "calendars", "calendarGroups", "calendarView", "events", "reminderView"],
        "Calendars.Read",
        "Calendars.ReadWrite",
    ),
    (&["contacts", "contactFolders"], "Contacts.Read", "Contacts.ReadWrite"),
    (&["todo"], "Tasks.Read.All", "Tasks.ReadWrite.All"),
];

/// What stands at the top of the API.
const OF_THE_DIRECTORY: [(&[&str], &str, &str); 3] = [
    (&["users"], "User.Read.All", "User.ReadWrite.All"),
    (&["groups"], "GroupMember.Read.All", "Group.ReadWrite.All"),
    (&["applications", "servicePrincipals"], "Application.Read.All", "Application.ReadWrite.OwnedBy"),
];

/// The hint for a 403 to a call: the least permission that the method's reference names, where it is known here.
#[must_use]
pub fn hint(method: &Method, path: &str) -> Option<String> {
    let mut segments = path.split(['/', '?']);
    let top = segments.next()?;
    let user = if top == "users" { segments.next() } else { top.starts_with("users(").then_some(top) };
    let below = user.and(segments.next()).filter(|part| !part.is_empty() && !path.contains(&format!("?{part}")));
    let consent = match below {
        Some("sendMail") => return Some(for_mailbox("Mail.Send")),
        Some("messages" | "mailFolders") if method == Method::PATCH => {
            let needed = for_mailbox("Mail.ReadWrite");
            return Some(format!(
                "{needed}; from 31 December 2026 changing subject, body or recipients of received mail needs Mail-Advanced.ReadWrite.All"
            ));
        }
        Some(part) => find(&OF_A_MAILBOX, part, method).map(for_mailbox),
        None => None,
    };
    let collection = top.split('(').next().unwrap_or(top);
    consent.or_else(|| {
        let permission = find(&OF_THE_DIRECTORY, collection, method)?;
        Some(format!("the app needs the application permission {permission}, with admin consent"))
    })
}

fn for_mailbox(permission: &str) -> String {
    format!("the app needs the application permission {permission}, with admin consent or by RBAC for Applications")
}

fn find(table: &[(&[&str], &'static str, &'static str)], part: &str, method: &Method) -> Option<&'static str> {
    let part = part.split('(').next().unwrap_or(part);
    let (_, read, write) =
        table.iter().find(|(names, _, _)| names.iter().any(|name| name.eq_ignore_ascii_case(part)))?;
    Some(if method == Method::GET { read } else { write })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            (Method::GET, "users?$top=999", "User.Read.All,"),
            (Method::GET, "users/kim?$select=id", "User.Read.All,"),
            (Method::GET, "users/kim/memberOf", "User.Read.All,"),
            (Method::GET, "groups/1/transitiveMembers", "GroupMember.Read.All,"),
            (Method::PATCH, "applications(appId='1')", "Application.ReadWrite.OwnedBy,"),
        ];
        for (method, path, permission) in cases {
            let hint = hint(&method, path).unwrap();
            assert!(hint.contains(permission), "{method} {path}: {hint}");
        }
        assert_eq!(hint(&Method::GET, "organization"), None);
    }
}
