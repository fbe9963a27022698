//! Groups, and who is in them.
//!
//! Source: Microsoft Graph "List groups", "Get group", "List group members", "List group transitive members".

use serde_json::{Map, Value};

use super::authorization::directory_role;
use super::query::{Query, selected};
use super::users::{self, Listing, context_url, page, read_filter, show};
use super::{Asked, no_such_method, no_such_resource, no_such_segment};
use crate::directory::{Group, User};
use crate::reply::Reply;
use crate::service::Service;

const ROLES: [&str; 6] = [
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const DEFAULT: [&str; 11] = [
    "id",
    "createdDateTime",
    "description",
    "displayName",
    "groupTypes",
    "mail",
    "mailEnabled",
    "mailNickname",
    "proxyAddresses",
    "securityEnabled",
    "visibility",
];
const FILTERED: [&str; 6] = ["id", "displayName", "mail", "mailNickname", "mailEnabled", "securityEnabled"];

/// Answers a request below `/groups`.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn answer(service: &Service, asked: &Asked<'_>, roles: &[String], rest: &[&str]) -> Result<Reply, Reply> {
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    directory_role(roles, &ROLES)?;
    let query = Query::read(asked)?;
    let Some((id, below)) = rest.split_first() else { return list(service, asked, &query) };
    let group = Group::ALL.into_iter().find(|group| group.id().eq_ignore_ascii_case(id));
    let group = group.ok_or_else(|| no_such_resource(id))?;
    match below {
        [] => {
            let mut body = Map::new();
            body.insert("@odata.context".into(), context_url(asked, "groups/$entity").into());
            body.append(&mut selected(query.select.as_deref(), &DEFAULT, "group", |name| group.member(name))?);
            Ok(Reply::json(200, &Value::Object(body)))
        }
        [name @ ("members" | "transitiveMembers"), cast @ ..] => {
            let only_users = match cast {
                [] => false,
                ["microsoft.graph.user"] => true,
                _ => return Err(no_such_segment(cast.last().copied().unwrap_or_default())),
            };
            let has_users = users::ROLES.iter().any(|role| roles.iter().any(|has| has == role));
            let wanted = Members { group, is_transitive: *name == "transitiveMembers", only_users, has_users };
            wanted.list(service, asked, &query)
        }
        _ => Err(no_such_segment(below.first().copied().unwrap_or_default())),
    }
}

fn list(service: &Service, asked: &Asked<'_>, query: &Query) -> Result<Reply, Reply> {
    let filter = read_filter(query, &FILTERED, "Group")?;
    let at = |place: u64| Group::ALL[usize::try_from(place).unwrap_or(0)];
    let passes = |place: u64| filter.as_ref().is_none_or(|filter| filter.passes(&|name| at(place).member(name)));
    let shown = |place: u64| selected(query.select.as_deref(), &DEFAULT, "group", |name| at(place).member(name));
    let listing =
        Listing { context: "groups".to_owned(), len: Group::ALL.len() as u64, passes: &passes, shown: &shown };
    page(service, asked, query, &listing)
}

/// Which members of a group are asked for.
struct Members {
    group: Group,
    is_transitive: bool,
    only_users: bool,
    /// Whether the app may read users; without that, all of a user but the id is null.
    has_users: bool,
}

impl Members {
    fn list(&self, service: &Service, asked: &Asked<'_>, query: &Query) -> Result<Reply, Reply> {
        read_filter(query, &[], "DirectoryObject")?;
        let directory = service.directory();
        // The groups stand before the users.
        let groups = if self.only_users { &[] } else { self.group.groups() };
        let before = groups.len() as u64;
        let passes = |place: u64| place < before || self.group.has(directory.at(place - before), self.is_transitive);
        let shown = |place: u64| match groups.get(usize::try_from(place).unwrap_or(usize::MAX)) {
            Some(group) => {
                let members = selected(query.select.as_deref(), &DEFAULT, "group", |name| {
                    // A property of users alone is null for a group.
                    group.member(name).or_else(|| directory.member(User::Mailbox(0), name).map(|_| Value::Null))
                })?;
                Ok(typed("group", members))
            }
            None => {
                let mut user = show(&directory, directory.at(place - before), query.select.as_deref())?;
                if !self.has_users {
                    user.iter_mut().filter(|(name, _)| *name != "id").for_each(|(_, value)| *value = Value::Null);
                }
                Ok(if self.only_users { user } else { typed("user", user) })
            }
        };
        let context = if self.only_users { "users" } else { "directoryObjects" };
        let listing =
            Listing { context: context.to_owned(), len: before + directory.len(), passes: &passes, shown: &shown };
        page(service, asked, query, &listing)
    }
}

fn typed(name: &str, mut members: Map<String, Value>) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("@odata.type".into(), format!("#microsoft.graph.{name}").into());
    all.append(&mut members);
    all
}
