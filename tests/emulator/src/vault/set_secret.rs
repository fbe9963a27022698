//! A secret is set: a new one, or a further version of one that is there.
//!
//! Source: Azure Key Vault REST API reference (7.4), "Set Secret"; "Key Vault soft-delete overview" for a name that a
//! deleted secret still has.

use serde_json::{Map, Value};

use super::store::{Content, Object, Version, version_id};
use super::{Asked, State, refuse};
use crate::reply::Reply;

/// The longest value of a secret, in characters.
const LONGEST_VALUE: usize = 25_000;

/// Gives the new version's object. The name is one that a secret may have.
pub(super) fn set_secret(
    state: &mut State,
    (vault, name, now): (&str, &str, i64),
    asked: &Asked<'_>,
) -> Result<Object, Box<Reply>> {
    let bad = |message: &str| Box::new(refuse(400, "BadParameter", message, None));
    if !asked.content_type.starts_with("application/json") {
        return Err(Box::new(refuse(415, "BadParameter", "The content type must be application/json.", None)));
    }
    let body: Map<String, Value> =
        serde_json::from_slice(asked.body).map_err(|_| bad("The request body is not a JSON object."))?;
    if let Some(unknown) =
        body.keys().find(|name| !["value", "contentType", "attributes", "tags"].contains(&name.as_str()))
    {
        return Err(bad(&format!("Property '{unknown}' is not supported.")));
    }
    let value = body.get("value").and_then(Value::as_str).ok_or_else(|| bad("Property 'value' is required."))?;
    if value.chars().count() > LONGEST_VALUE {
        return Err(bad("The secret value is longer than 25k characters."));
    }
    let content_type = text_member(&body, "contentType").map_err(bad)?;
    let tags = match body.get("tags") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(tags)) if tags.len() <= 15 && tags.values().all(Value::is_string) => tags.clone(),
        Some(_) => return Err(bad("Property 'tags' must hold at most 15 texts.")),
    };
    let attributes = body.get("attributes").filter(|value| !value.is_null()).cloned().unwrap_or_default();

    let objects = state.objects(vault, now).map_err(|cause| Box::new(refuse(500, "InternalError", cause, None)))?;
    let same_name = |object: &&mut Object| object.is_in("secrets") && object.name.eq_ignore_ascii_case(name);
    let there = objects.iter_mut().find(same_name);
    if there.as_ref().is_some_and(|object| object.deleted) {
        let message = format!(
            "Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged."
        );
        return Err(Box::new(refuse(409, "Conflict", message, Some("ObjectIsDeletedButRecoverable"))));
    }
    if there.as_ref().is_some_and(|object| object.latest().certificate().is_some()) {
        return Err(Box::new(refuse(403, "Forbidden", "The secret belongs to a certificate and cannot be set.", None)));
    }
    let version = |number: usize| Version {
        id: version_id(name, number),
        enabled: attributes["enabled"].as_bool().unwrap_or(true),
        not_before: attributes["nbf"].as_i64(),
        expires: attributes["exp"].as_i64(),
        created: now,
        tags: tags.clone(),
        content: Content::Secret { value: value.to_owned(), content_type: content_type.clone() },
    };
    if let Some(object) = there {
        object.versions.push(version(object.versions.len()));
        return Ok(object.clone());
    }
    let object = Object { name: name.to_owned(), deleted: false, versions: vec![version(0)] };
    let place = objects.partition_point(|other| other.name.as_str() < name);
    objects.insert(place, object.clone());
    Ok(object)
}

fn text_member(body: &Map<String, Value>, name: &str) -> Result<Option<String>, &'static str> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err("Property 'contentType' must be text."),
    }
}
