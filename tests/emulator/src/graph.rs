//! Microsoft Graph: which part of it answers a request.
//!
//! Source: Microsoft Graph "Use the Microsoft Graph API", "Error responses".

pub mod applications;
pub mod authorization;
pub mod batch;
pub mod body;
pub mod exchange;
pub mod filter;
pub mod groups;
pub mod item_kinds;
pub mod items;
pub mod mailbox_settings;
pub mod organization;
pub mod query;
pub mod seeds;
pub mod settings_patch;
pub mod throttle;
pub mod time_zones;
pub mod users;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::population::Broken;
use crate::reply::Reply;
use crate::service::Service;
use crate::tokens::Issued;

/// A request as Graph sees it, single or part of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The host.
    pub host: &'a str,
    /// The path with its version.
    pub path: &'a str,
    /// What follows the question mark, as it came.
    pub query: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The `Content-Type` header; empty: none.
    pub content_type: &'a str,
    /// The `ConsistencyLevel` header; empty: none.
    pub consistency_level: &'a str,
    /// The `If-Match` header; empty: none.
    pub if_match: &'a str,
    /// The `Prefer` header; empty: none.
    pub prefer: &'a str,
    /// The `client-request-id` header; empty: none.
    pub client_request_id: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Asked<'_> {
    /// The version of the API that is asked.
    #[must_use]
    pub fn version(&self) -> &'static str {
        if self.path.starts_with("/beta/") { "beta" } else { "v1.0" }
    }
}

/// Whether a path is one of Graph's.
#[must_use]
pub fn is_graph_path(path: &str) -> bool {
    path.starts_with("/v1.0/") || path.starts_with("/beta/")
}

/// The segments of a path below its version, decoded: `users('{name}')/x` is `users`, `{name}`, `x`.
#[must_use]
pub fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    let below = path.strip_prefix("/v1.0/").or_else(|| path.strip_prefix("/beta/"))?;
    let mut all = Vec::with_capacity(4);
    let mut rest = below.trim_end_matches('/');
    while !rest.is_empty() {
        let end = rest.find('/').unwrap_or(rest.len());
        let keyed = rest.find("('").filter(|start| *start < end).and_then(|start| {
            let close = rest[start + 2..].find("')")? + start + 2;
            let next = rest[close + 2..].strip_prefix('/').or_else(|| rest[close + 2..].is_empty().then_some(""))?;
            Some((&rest[..start], &rest[start + 2..close], next))
        });
        if let Some((name, key, next)) = keyed {
            all.push(decoded(name)?);
            all.push(match decoded(key)? {
                key if key.contains("''") => Cow::Owned(key.replace("''", "'")),
                key => key,
            });
            rest = next;
        } else {
            all.push(decoded(&rest[..end])?);
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    Some(all)
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// The mailbox that a path is about.
#[must_use]
pub fn mailbox_of(service: &Service, segments: &[Cow<'_, str>]) -> Option<u64> {
    match segments {
        [first, name, ..] if first == "users" => service.population.find(name),
        _ => None,
    }
}

/// Answers a request that no fault has struck.
#[must_use]
pub fn answer(service: &Service, asked: &Asked<'_>, segments: &[Cow<'_, str>], mailbox: Option<u64>) -> Reply {
    let issued = match authorization::token(service, asked) {
        Ok(issued) => issued,
        Err(reply) => return reply,
    };
    service.counters.count(|state| {
        *state.requests_by_tenant.entry(issued.tenant.clone()).or_default() += 1;
        state.beta += u64::from(asked.version() == "beta");
        if asked.method != "GET" {
            *state.writes_by_tenant.entry(issued.tenant.clone()).or_default() += 1;
        }
    });
    let names: Vec<&str> = segments.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        ["me", ..] => {
            Reply::graph_error(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        }
        // Microsoft Graph, "Get user": outside of brackets a name that begins with $ is taken for an option of the query.
        ["users", name, ..] if name.starts_with('$') && *name != "$count" && !asked.path.contains("/users('") => {
            Reply::graph_error(400, "BadRequest", "Resource not found for the segment.")
        }
        ["users"] => users::list(service, asked, &issued.roles).unwrap_or_else(|refused| refused),
        ["users", "$count"] => users::count(service, asked, &issued.roles).unwrap_or_else(|refused| refused),
        ["users", name] => users::one(service, asked, &issued.roles, name).unwrap_or_else(|refused| refused),
        ["users", name, rest @ ..] => match mailbox {
            Some(index) => of_mailbox(service, asked, &issued, &Named { name, index }, rest),
            None => users::of_user_without_mailbox(service, name, rest),
        },
        ["domains"] => organization::domains(service, asked, &issued.roles).unwrap_or_else(|refused| refused),
        ["places", "microsoft.graph.room"] => {
            organization::rooms(service, asked, &issued.roles).unwrap_or_else(|refused| refused)
        }
        ["groups", rest @ ..] => groups::answer(service, asked, &issued.roles, rest).unwrap_or_else(|refused| refused),
        [first, rest @ ..] if applications::is_segment(first) => {
            // A key in brackets stands in the same segment.
            let key = first.strip_prefix("applications").filter(|key| !key.is_empty());
            let rest: Vec<&str> = key.into_iter().chain(rest.iter().copied()).collect();
            applications::answer(service, asked, &issued.roles, &rest).unwrap_or_else(|refused| refused)
        }
        _ => no_such_segment(names.last().copied().unwrap_or_default()),
    }
}

/// What a user has only with a mailbox.
pub const OF_MAILBOX: [&str; 13] = [
    "mailboxSettings",
    "photo",
    "messages",
    "mailFolders",
    "calendar",
    "calendars",
    "calendarView",
    "events",
    "sendMail",
    "outlook",
    "contacts",
    "contactFolders",
    "inferenceClassification",
];

/// A mailbox, and the name that it was asked for with.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The user principal name or id as it came, decoded.
    pub name: &'a str,
    /// The mailbox.
    pub index: u64,
}

fn of_mailbox(service: &Service, asked: &Asked<'_>, issued: &Issued, named: &Named<'_>, rest: &[&str]) -> Reply {
    let roles = &issued.roles;
    let answered = match rest {
        ["mailboxSettings", part @ ..] => authorization::own_mailbox(issued, named.index)
            .and_then(|()| mailbox_settings::answer(service, asked, roles, named, part)),
        _ => items::answer(&items::Request { service, asked, roles, named: *named }, rest),
    };
    answered.unwrap_or_else(|refused| refused)
}

/// The error of a mailbox that always answers with one.
///
/// # Errors
///
/// The reply.
pub fn opened(service: &Service, index: u64) -> Result<(), Reply> {
    Err(match service.population.broken(index) {
        None => return Ok(()),
        Some(Broken::NotEnabled) => not_enabled(),
        Some(Broken::ItemNotFound) => {
            Reply::graph_error(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        }
        Some(Broken::BlockedByPolicy) => Reply::graph_error(
            403,
            "ErrorAccessDenied",
            "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.",
        ),
    })
}

/// The error of a user who has no mailbox here.
#[must_use]
pub fn not_enabled() -> Reply {
    Reply::graph_error(
        404,
        "MailboxNotEnabledForRESTAPI",
        "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
    )
}

/// The error of a name that the directory does not know.
#[must_use]
pub fn no_such_resource(name: &str) -> Reply {
    let message =
        format!("Resource '{name}' does not exist or one of its queried reference-property objects are not present.");
    Reply::graph_error(404, "Request_ResourceNotFound", &message)
}

/// The error of a path that means nothing.
#[must_use]
pub fn no_such_segment(segment: &str) -> Reply {
    Reply::graph_error(400, "BadRequest", &format!("Resource not found for the segment '{segment}'."))
}

/// The error of a method that a path does not know.
#[must_use]
pub fn no_such_method() -> Reply {
    Reply::graph_error(405, "ErrorInvalidRequest", "The OData request is not supported.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Vec<String> {
        segments(path).unwrap().into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn both_forms_of_a_key_are_read() {
        assert_eq!(
            of("/v1.0/users/a%2Fb%23@c/mailboxSettings/timeZone"),
            ["users", "a/b#@c", "mailboxSettings", "timeZone"]
        );
        assert_eq!(of("/beta/users('o''brien@c')/messages"), ["users", "o'brien@c", "messages"]);
        assert_eq!(of("/v1.0/users('x')"), ["users", "x"]);
        assert_eq!(of("/v1.0/users/mary.o'brien@c/"), ["users", "mary.o'brien@c"]);
        assert_eq!(of("/v1.0/applications(appId='x')"), ["applications(appId='x')"]);
        assert_eq!(segments("/v2.0/users"), None);
    }
}
