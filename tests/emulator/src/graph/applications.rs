//! The application as Graph shows it, and its key credentials.
//!
//! Source: Microsoft Graph "Get application", "Update application", "keyCredential resource type".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::authorization::directory_role;
use super::body;
use super::filter::Filter;
use super::query::{Query, bad, selected, unsupported};
use super::users::context_url;
use super::{Asked, no_such_method, no_such_resource, no_such_segment};
use crate::application::{Key, OBJECT_ID};
use crate::reply::{Reply, iso_date};
use crate::service::Service;

const READERS: [&str; 5] = [
    "Application.Read.All",
    "Application.ReadWrite.OwnedBy",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const WRITERS: [&str; 2] = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"];
const MEMBERS: [&str; 6] = ["id", "appId", "displayName", "signInAudience", "keyCredentials", "passwordCredentials"];

/// Answers a request for `/applications` and below; `rest` is what follows it in the path.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn answer(service: &Service, asked: &Asked<'_>, roles: &[String], rest: &[&str]) -> Result<Reply, Reply> {
    directory_role(roles, if asked.method == "GET" { &READERS } else { &WRITERS })?;
    let query = Query::read(asked)?;
    let Some((id, below)) = rest.split_first() else { return list(service, asked, &query) };
    let (app_id, _) = service.application.read();
    let by_app_id = id.strip_prefix("(appId='").and_then(|key| key.strip_suffix("')"));
    let is_it = by_app_id.map_or(id.eq_ignore_ascii_case(OBJECT_ID), |key| key.eq_ignore_ascii_case(&app_id));
    if !is_it {
        return Err(no_such_resource(by_app_id.unwrap_or(id)));
    }
    match (asked.method, below) {
        ("GET", []) => {
            let mut body = Map::new();
            body.insert("@odata.context".into(), context_url(asked, "applications/$entity").into());
            // The keys themselves are shown to the one who asks for the credentials by name.
            let with_keys = query.select.iter().flatten().any(|name| name == "keyCredentials");
            body.append(&mut show(service, &query, with_keys)?);
            Ok(Reply::json(200, &Value::Object(body)))
        }
        ("PATCH", []) => change(service, asked),
        (_, []) => Err(no_such_method()),
        _ => Err(no_such_segment(below.first().copied().unwrap_or_default())),
    }
}

/// What follows `applications` in a path: nothing, an id, or a key in brackets.
#[must_use]
pub fn is_segment(segment: &str) -> bool {
    segment == "applications" || segment.starts_with("applications(")
}

fn list(service: &Service, asked: &Asked<'_>, query: &Query) -> Result<Reply, Reply> {
    if asked.method != "GET" {
        return Err(no_such_method());
    }
    let filter = query.filter.as_deref().map(Filter::parse).transpose();
    let filter = filter.map_err(|wrong| bad(&format!("Invalid filter clause: {wrong}")))?;
    if let Some(filter) = &filter
        && filter.properties().iter().any(|name| !["appId", "id", "displayName"].contains(name))
    {
        return Err(unsupported("Unsupported or invalid query filter clause specified for resource 'Application'."));
    }
    let passes = filter.is_none_or(|filter| filter.passes(&|name| member(service, name, false)));
    let value = if passes { vec![Value::Object(show(service, query, false)?)] } else { Vec::new() };
    Ok(Reply::json(200, &json!({"@odata.context": context_url(asked, "applications"), "value": value})))
}

fn show(service: &Service, query: &Query, with_keys: bool) -> Result<Map<String, Value>, Reply> {
    selected(query.select.as_deref(), &MEMBERS, "application", |name| member(service, name, with_keys))
}

fn member(service: &Service, name: &str, with_keys: bool) -> Option<Value> {
    Some(match name {
        "id" => OBJECT_ID.into(),
        "appId" => service.application.read().0.into(),
        "displayName" => "ExRun emulator app".into(),
        "signInAudience" => "AzureADMyOrg".into(),
        "keyCredentials" => service.application.keys().iter().map(|key| credential(key, with_keys)).collect(),
        "passwordCredentials" => json!([]),
        _ => return None,
    })
}

fn credential(key: &Key, with_key: bool) -> Value {
    let parsed = x509_parser::parse_x509_certificate(&key.der).ok();
    let validity = parsed.as_ref().map(|(_, certificate)| certificate.validity());
    json!({
        "customKeyIdentifier": STANDARD.encode(key.sha1()),
        "displayName": key.name,
        "startDateTime": validity.map(|validity| iso_date(validity.not_before.timestamp())),
        "endDateTime": validity.map(|validity| iso_date(validity.not_after.timestamp())),
        "key": with_key.then(|| STANDARD.encode(&key.der)),
        "keyId": key.id,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    })
}

/// Replaces the list of key credentials by that of the body.
fn change(service: &Service, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let members = body::object(asked)?;
    if let Some(name) = members.keys().find(|name| !MEMBERS.contains(&name.as_str()) && !name.starts_with('@')) {
        return Err(body::no_such_member(name, "application"));
    }
    if let Some(name) = members.keys().find(|name| ["id", "appId"].contains(&name.as_str())) {
        return Err(invalid(&format!("Property '{name}' is read-only and cannot be set.")));
    }
    if let Some(credentials) = members.get("keyCredentials") {
        let credentials = credentials.as_array().ok_or_else(|| invalid("keyCredentials is no collection."))?;
        let before = service.application.keys();
        let keys = credentials.iter().map(|one| key(one, &before)).collect::<Result<Vec<_>, _>>()?;
        service.application.replace(keys);
    }
    Ok(Reply { status: 204, headers: Vec::new(), body: Vec::new(), truncated: false })
}

/// A key of the body: a new one with its certificate, or one that is there, by its id.
fn key(credential: &Value, before: &[Key]) -> Result<Key, Reply> {
    const KNOWN: [&str; 8] =
        ["customKeyIdentifier", "displayName", "startDateTime", "endDateTime", "key", "keyId", "type", "usage"];
    let members = credential.as_object().ok_or_else(|| invalid("A key credential is no object."))?;
    if let Some(name) = members.keys().find(|name| !KNOWN.contains(&name.as_str()) && !name.starts_with('@')) {
        return Err(body::no_such_member(name, "keyCredential"));
    }
    let id = credential["keyId"].as_str();
    let Some(encoded) = credential["key"].as_str() else {
        let kept = before.iter().find(|key| id.is_some_and(|id| id.eq_ignore_ascii_case(&key.id)));
        return kept.cloned().ok_or_else(|| invalid("A key credential that is not there yet has no value."));
    };
    if credential["type"] != "AsymmetricX509Cert" || credential["usage"] != "Verify" {
        return Err(invalid("A certificate's key credential has type AsymmetricX509Cert and usage Verify."));
    }
    let der = STANDARD.decode(encoded).map_err(|_| invalid("The value of a key credential is not base64."))?;
    if x509_parser::parse_x509_certificate(&der).is_err() {
        return Err(Reply::graph_error(
            400,
            "Request_BadRequest",
            "Invalid value specified for property 'keyCredentials' of resource 'Application': no certificate.",
        ));
    }
    if id.is_some_and(|id| uuid::Uuid::try_parse(id).is_err()) {
        return Err(invalid("A key credential's keyId is no GUID."));
    }
    let name = credential["displayName"].as_str().map(str::to_owned);
    Ok(Key { id: id.map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned), name, der })
}

fn invalid(message: &str) -> Reply {
    Reply::graph_error(400, "Request_BadRequest", message)
}
