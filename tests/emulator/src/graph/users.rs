//! Users of the directory: one, or all of them in pages.
//!
//! Source: Microsoft Graph "List users", "Get a user", "user resource type".

use serde_json::{Map, Value, json};

use super::authorization::{directory_role, outlook_role};
use super::filter::Filter;
use super::query::{Query, bad, next_link, page_start, selected, unsupported};
use super::{Asked, mailbox_settings, no_such_method, no_such_resource, no_such_segment, not_enabled, opened};
use crate::directory::{Directory, User};
use crate::reply::Reply;
use crate::service::Service;

/// Roles that may read users.
pub const ROLES: [&str; 4] = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// What a user shows where nothing is selected.
const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

const FILTERED: [&str; 11] = [
    "id",
    "userPrincipalName",
    "mail",
    "displayName",
    "givenName",
    "surname",
    "mailNickname",
    "accountEnabled",
    "userType",
    "department",
    "assignedPlans",
];

/// Answers a request for `/users`.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn list(service: &Service, asked: &Asked<'_>, roles: &[String]) -> Result<Reply, Reply> {
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    directory_role(roles, &ROLES)?;
    let query = Query::read(asked)?;
    if query.select.iter().flatten().any(|name| name == "mailboxSettings") {
        return Err(Reply::graph_error(
            400,
            "ExplicitTargetMailboxIdShouldNotBeNullOrWhiteSpace",
            "The explicit target mailbox id should not be null or white space.",
        ));
    }
    let filter = read_filter(&query, &FILTERED, "User")?;
    let directory = service.directory();
    let passes = |place: u64| {
        let user = directory.at(place);
        filter.as_ref().is_none_or(|filter| filter.passes(&|name| directory.member(user, name)))
    };
    let shown = |place: u64| show(&directory, directory.at(place), query.select.as_deref());
    let members = query.select.as_ref().map_or_else(String::new, |names| format!("({})", names.join(",")));
    let listing = Listing { context: format!("users{members}"), len: directory.len(), passes: &passes, shown: &shown };
    page(service, asked, &query, &listing)
}

/// Answers a request for `/users/$count`.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn count(service: &Service, asked: &Asked<'_>, roles: &[String]) -> Result<Reply, Reply> {
    directory_role(roles, &ROLES)?;
    let query = Query::read(asked)?;
    if !query.is_eventual {
        return Err(Reply::graph_error(400, "Request_BadRequest", "$count is not currently supported."));
    }
    let filter = read_filter(&Query { count: true, ..query }, &FILTERED, "User")?;
    let directory = service.directory();
    let number = (0..directory.len())
        .filter(|place| {
            let user = directory.at(*place);
            filter.as_ref().is_none_or(|filter| filter.passes(&|name| directory.member(user, name)))
        })
        .count();
    Ok(Reply::json(200, &json!(number)).header("content-type", "text/plain"))
}

/// Answers a request for `/users/{id}`.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn one(service: &Service, asked: &Asked<'_>, roles: &[String], name: &str) -> Result<Reply, Reply> {
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    directory_role(roles, &ROLES)?;
    let mut query = Query::read(asked)?;
    let directory = service.directory();
    let user = directory.find(name).ok_or_else(|| no_such_resource(name))?;
    let context = match &query.select {
        Some(names) => format!("users({})/$entity", names.join(",")),
        None => "users/$entity".to_owned(),
    };
    // The one member of a user that another service has.
    let select = query.select.as_mut();
    let wants_settings = select.is_some_and(|names| {
        let before = names.len();
        names.retain(|name| name != "mailboxSettings");
        before > names.len()
    });
    let mut body = Map::new();
    body.insert("@odata.context".into(), context_url(asked, &context).into());
    body.append(&mut show(&directory, user, query.select.as_deref())?);
    if wants_settings {
        outlook_role(roles, &["MailboxSettings.Read", "MailboxSettings.ReadWrite"])?;
        let User::Mailbox(index) = user else { return Err(not_enabled()) };
        opened(service, index)?;
        body.insert("mailboxSettings".into(), mailbox_settings::settings(service, index));
    }
    Ok(Reply::json(200, &Value::Object(body)))
}

/// Answers a request for something of a user who has no mailbox.
#[must_use]
pub fn of_user_without_mailbox(service: &Service, name: &str, rest: &[&str]) -> Reply {
    match service.directory().find(name) {
        None => no_such_resource(name),
        Some(_) if super::OF_MAILBOX.contains(rest.first().unwrap_or(&"")) => not_enabled(),
        Some(_) => no_such_segment(rest.first().copied().unwrap_or_default()),
    }
}

/// A user as JSON.
///
/// # Errors
///
/// The 400 of a member that users do not have.
pub fn show(directory: &Directory, user: User, select: Option<&[String]>) -> Result<Map<String, Value>, Reply> {
    selected(select, &DEFAULT, "user", |name| directory.member(user, name))
}

/// The filter of a query over the directory.
///
/// # Errors
///
/// The 400 of a filter that is wrong, of properties that cannot be filtered, or that needs an advanced query.
pub fn read_filter(query: &Query, filtered: &[&str], type_name: &str) -> Result<Option<Filter>, Reply> {
    if query.skip.is_some() {
        return Err(Reply::graph_error(400, "Request_BadRequest", "'$skip' is not supported by the service."));
    }
    if let Some(option) = query.unsupported {
        return Err(unsupported(&format!("The query option '{option}' is not supported here.")));
    }
    if query.order_by.is_some() {
        return Err(unsupported("Sorting not supported for current query."));
    }
    let Some(text) = &query.filter else { return Ok(None) };
    let filter = Filter::parse(text).map_err(|wrong| bad(&format!("Invalid filter clause: {wrong}")))?;
    if let Some(name) = filter.properties().into_iter().find(|name| !filtered.contains(name)) {
        return Err(unsupported(&format!(
            "Unsupported or invalid query filter clause specified for property '{name}' of resource '{type_name}'."
        )));
    }
    if filter.has_contains() {
        return Err(unsupported("Unsupported Query: contains is not supported by the directory."));
    }
    if filter.is_advanced() && !query.is_advanced() {
        return Err(unsupported(
            "Unsupported Query. The request needs $count=true in its query and the header ConsistencyLevel: eventual.",
        ));
    }
    Ok(Some(filter))
}

/// A collection of the directory, by the places of its entities.
pub struct Listing<'a> {
    /// What its context says.
    pub context: String,
    /// How many places there are.
    pub len: u64,
    /// Whether the entity at a place belongs to it.
    pub passes: &'a dyn Fn(u64) -> bool,
    /// The entity at a place.
    pub shown: &'a dyn Fn(u64) -> Result<Map<String, Value>, Reply>,
}

/// A page of a collection.
///
/// # Errors
///
/// The 400 of a page that cannot be given.
pub fn page(service: &Service, asked: &Asked<'_>, query: &Query, listing: &Listing<'_>) -> Result<Reply, Reply> {
    let size = query.page_size()?;
    let mut place = page_start(service, asked, query)?;
    let mut body = Map::new();
    body.insert("@odata.context".into(), context_url(asked, &listing.context).into());
    if query.is_advanced() && query.skip_token.is_none() {
        let number = (0..listing.len).filter(|place| (listing.passes)(*place)).count();
        body.insert("@odata.count".into(), number.into());
    }
    let mut entities = Vec::with_capacity(size);
    while place < listing.len && entities.len() < size {
        if (listing.passes)(place) {
            entities.push(Value::Object((listing.shown)(place)?));
        }
        place += 1;
    }
    // The last page may turn out to be empty, as the service's may.
    if place < listing.len {
        body.insert("@odata.nextLink".into(), next_link(service, asked, place).into());
    }
    body.insert("value".into(), entities.into());
    Ok(Reply::json(200, &Value::Object(body)))
}

/// The URL of a context.
#[must_use]
pub fn context_url(asked: &Asked<'_>, context: &str) -> String {
    format!("https://{}/{}/$metadata#{context}", asked.host, asked.version())
}
