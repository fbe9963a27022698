//! What the tenant as a whole has: its domains, and its rooms.
//!
//! Source: Microsoft Graph "List domains", "domain resource type", "List places", "room resource type".

use serde_json::{Map, Value, json};

use super::authorization::directory_role;
use super::query::{Query, bad, link_with, selected};
use super::seeds;
use super::users::context_url;
use super::{Asked, no_such_method};
use crate::reply::Reply;
use crate::service::Service;

/// The domains, and whether the tenant has proved to own them.
const DOMAINS: [(&str, bool); 3] =
    [("contoso.com", true), ("contoso.onmicrosoft.com", true), ("unproven.example", false)];

/// Roles that may read domains.
const ROLES: [&str; 4] = ["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

/// Lists the domains.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn domains(_service: &Service, asked: &Asked<'_>, roles: &[String]) -> Result<Reply, Reply> {
    directory_role(roles, &ROLES)?;
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    let query = Query::read(asked)?;
    let shown = |(id, is_verified): &(&str, bool)| {
        let all = json!({"authenticationType": "Managed", "availabilityStatus": null, "id": id, "isAdminManaged": true,
            "isDefault": *id == "contoso.com", "isInitial": id.ends_with(".onmicrosoft.com"), "isRoot": true,
            "isVerified": is_verified, "supportedServices": ["Email", "OfficeCommunicationsOnline"]});
        let names: Vec<&str> = all.as_object().map(|all| all.keys().map(String::as_str).collect()).unwrap_or_default();
        selected(query.select.as_deref(), &names, "domain", |name| all.get(name).cloned()).map(Value::Object)
    };
    let mut body = Map::new();
    body.insert("@odata.context".into(), context_url(asked, "domains").into());
    body.insert("value".into(), DOMAINS.iter().map(shown).collect::<Result<Vec<_>, _>>()?.into());
    Ok(Reply::json(200, &Value::Object(body)))
}

/// Lists the rooms: one in twenty-five of the mailboxes, and one that has no mailbox.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn rooms(service: &Service, asked: &Asked<'_>, roles: &[String]) -> Result<Reply, Reply> {
    directory_role(roles, &["Place.Read.All", "Place.ReadWrite.All"])?;
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    let query = Query::read(asked)?;
    let number = |text: &Option<String>, otherwise: usize| match text {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| bad(&format!("Invalid value '{text}' in the query."))),
    };
    let (top, skip) = (number(&query.top, 100)?.clamp(1, 1000), number(&query.skip, 0)?);
    let population = &service.population;
    let all: Vec<u64> = (0..population.count).filter(|index| seeds::is_room(*index)).collect();
    let shown = |place: usize| match all.get(place) {
        Some(index) => {
            json!({"id": format!("3162F1E1-C4C0-604B-51D8-{index:012X}"), "emailAddress": population.upn(*index),
            "displayName": format!("Room {index}"), "capacity": 4 + index % 20, "bookingType": "standard"})
        }
        None => json!({"id": "3162F1E1-C4C0-604B-51D8-FFFFFFFFFFFF", "emailAddress": null, "displayName": "Garden"}),
    };
    let end = skip.saturating_add(top).min(all.len() + 1);
    let mut body = Map::new();
    body.insert("@odata.context".into(), context_url(asked, "places/microsoft.graph.room").into());
    body.insert("value".into(), (skip..end).map(shown).collect::<Vec<_>>().into());
    if end <= all.len() {
        body.insert("@odata.nextLink".into(), link_with(asked, "$skip", &end.to_string()).into());
    }
    Ok(Reply::json(200, &Value::Object(body)))
}
