//! Managed identities: the endpoints of a machine (IMDS) and of App Service, over plain HTTP on loopback.
//!
//! Source: Azure "How to use managed identities on an Azure VM to acquire an access token", App Service "How to use
//! managed identities" (REST endpoint reference).

use std::collections::HashMap;

use http::HeaderMap;
use serde_json::{Value, json};

use crate::login;
use crate::reply::Reply;
use crate::service::Service;
use crate::tokens::Issued;

/// What App Service puts into `IDENTITY_HEADER`.
pub const IDENTITY_HEADER: &str = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";
/// The client id of the machine's identities, the system's and the user-assigned one.
pub const IDENTITY_CLIENT_ID: &str = "5e29463d-71da-4fe0-8e69-999b57db23b0";
/// The object id of the user-assigned identity.
pub const IDENTITY_OBJECT_ID: &str = "3f3a8f2c-26a3-4a5b-a5c1-3a8e8ff9fd07";
/// The Azure resource id of the user-assigned identity.
pub const IDENTITY_RESOURCE_ID: &str =
    "/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/exrun";

/// Answers a request over plain HTTP.
#[must_use]
pub fn answer(service: &Service, method: &str, path: &str, query: &str, headers: &HeaderMap) -> Reply {
    let members: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (method, path) {
        ("GET", "/metadata/identity/oauth2/token") => {
            if header("metadata") != Some("true") {
                return invalid("Required metadata header not specified");
            }
            if header("x-forwarded-for").is_some() {
                return invalid("Requests through a proxy are refused");
            }
            if members.get("api-version").map(String::as_str) != Some("2018-02-01") {
                return invalid("A valid api-version must be specified");
            }
            token(service, &members, ["client_id", "object_id", "msi_res_id"], invalid, true)
        }
        ("GET", "/msi/token") => {
            let refused = |text: &str| Reply::json(400, &json!({"statusCode": 400, "message": text}));
            if header("x-identity-header") != Some(IDENTITY_HEADER) {
                return Reply::json(401, &json!({"statusCode": 401, "message": "Wrong X-IDENTITY-HEADER"}));
            }
            if members.get("api-version").map(String::as_str) != Some("2019-08-01") {
                return refused("The api-version is not supported");
            }
            token(service, &members, ["client_id", "principal_id", "mi_res_id"], refused, false)
        }
        _ => Reply::json(404, &json!({"error": "only managed identities are served over plain HTTP"})),
    }
}

fn invalid(text: &str) -> Reply {
    Reply::json(400, &json!({"error": "invalid_request", "error_description": text}))
}

fn token(
    service: &Service,
    members: &HashMap<String, String>,
    names: [&str; 3],
    refused: fn(&str) -> Reply,
    says_expires_in: bool,
) -> Reply {
    let known = [IDENTITY_CLIENT_ID, IDENTITY_OBJECT_ID, IDENTITY_RESOURCE_ID];
    let ours = ["api-version", "resource", names[0], names[1], names[2]];
    if let Some(other) = members.keys().find(|name| !ours.contains(&name.as_str())) {
        return refused(&format!("Unknown parameter {other}"));
    }
    if names.iter().zip(known).any(|(name, id)| members.get(*name).is_some_and(|given| !given.eq_ignore_ascii_case(id)))
    {
        return refused("Identity not found");
    }
    let Some(resource) = members.get("resource").filter(|resource| login::known_resource(resource).is_ok()) else {
        return refused("The resource is not known");
    };
    let now = service.now();
    let lifetime = service.config.token_lifetime;
    let issued = Issued {
        roles: service.config.roles.clone(),
        ..Issued::new(&service.config.tenant, resource, IDENTITY_CLIENT_ID, now + lifetime)
    };
    let token = service.tokens.issue(issued, now, "1.0");
    service.counters.count(|state| state.tokens_issued += 1);
    let mut reply = json!({
        "access_token": token,
        "client_id": IDENTITY_CLIENT_ID,
        "expires_on": (now + lifetime).to_string(),
        "resource": resource,
        "token_type": "Bearer",
    });
    if says_expires_in && let Some(reply) = reply.as_object_mut() {
        for (name, value) in [("expires_in", lifetime), ("ext_expires_in", lifetime), ("not_before", now - 300)] {
            reply.insert(name.into(), Value::from(value.to_string()));
        }
    }
    Reply::json(200, &reply)
}
