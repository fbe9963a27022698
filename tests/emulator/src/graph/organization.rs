//! What the tenant as a whole has: its domains.
//!
//! Source: Microsoft Graph "List domains", "domain resource type".

use serde_json::{Map, Value, json};

use super::authorization::directory_role;
use super::query::{Query, selected};
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
