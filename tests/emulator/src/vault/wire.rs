//! Objects of a vault as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::answer::Place;
use super::store::{Certificate, Object, Version};

const RECOVERABLE_DAYS: i64 = 90;
const DAY: i64 = 86_400;

/// The URL that names an object, or one of its versions.
pub(super) fn id(place: &Place<'_>, collection: &str, object: &Object, version: Option<&Version>) -> String {
    let version = version.map(|version| format!("/{}", version.id)).unwrap_or_default();
    format!("{}/{collection}/{}{version}", place.base, object.name)
}

/// An object as a list has it: without what is secret.
pub(super) fn item(
    place: &Place<'_>,
    plain: &str,
    object: &Object,
    version: Option<&Version>,
    is_deleted: bool,
) -> Value {
    let shown = version.unwrap_or_else(|| object.latest());
    let mut item = Map::new();
    let named = if plain == "keys" { "kid" } else { "id" };
    item.insert(named.into(), id(place, plain, object, version).into());
    if let ("secrets", Some((_, Some(content_type)))) = (plain, shown.secret()) {
        item.insert("contentType".into(), content_type.into());
    }
    if let ("certificates", Some(certificate)) = (plain, shown.certificate()) {
        item.insert("x5t".into(), x5t(certificate).into());
    }
    item.insert("attributes".into(), attributes(shown));
    item.insert("tags".into(), shown.tags.clone().into());
    finish(item, place, plain, object, is_deleted)
}

/// An object whole.
pub(super) fn object(
    place: &Place<'_>,
    plain: &str,
    object: &Object,
    version: &Version,
    is_latest: bool,
    is_deleted: bool,
) -> Value {
    let mut whole = Map::new();
    match plain {
        "secrets" => {
            if let Some((value, content_type)) = version.secret().filter(|_| !is_deleted) {
                whole.insert("value".into(), value.into());
                if let Some(content_type) = content_type {
                    whole.insert("contentType".into(), content_type.into());
                }
            }
            whole.insert("id".into(), id(place, plain, object, Some(version)).into());
            if version.certificate().is_some() {
                whole.insert("kid".into(), id(place, "keys", object, Some(version)).into());
            }
        }
        "keys" => {
            if let Some(key) = version.key() {
                let (n, e) = key.public();
                let kid = id(place, plain, object, Some(version));
                let kty = if version.certificate().is_some_and(|certificate| !certificate.exportable) {
                    "RSA-HSM"
                } else {
                    "RSA"
                };
                let operations = ["sign", "verify", "wrapKey", "unwrapKey", "encrypt", "decrypt"];
                whole.insert("key".into(), json!({"kid": kid, "kty": kty, "key_ops": operations, "n": n, "e": e}));
            }
        }
        _ => {
            whole.insert("id".into(), id(place, plain, object, Some(version)).into());
            whole.insert("kid".into(), id(place, "keys", object, Some(version)).into());
            whole.insert("sid".into(), id(place, "secrets", object, Some(version)).into());
            if let Some(certificate) = version.certificate() {
                whole.insert("x5t".into(), x5t(certificate).into());
                whole.insert("cer".into(), STANDARD.encode(&certificate.der).into());
                whole.insert("contentType".into(), certificate.content_type().into());
            }
        }
    }
    whole.insert("attributes".into(), attributes(version));
    whole.insert("tags".into(), version.tags.clone().into());
    if plain == "certificates" && is_latest {
        whole.insert("policy".into(), policy(place, object));
    }
    finish(whole, place, plain, object, is_deleted)
}

/// The policy of a certificate.
pub(super) fn policy(place: &Place<'_>, object: &Object) -> Value {
    let version = object.latest();
    let Some(certificate) = version.certificate() else { return Value::Null };
    let kty = if certificate.exportable { "RSA" } else { "RSA-HSM" };
    json!({
        "id": format!("{}/certificates/{}/policy", place.base, object.name),
        "key_props": {"exportable": certificate.exportable, "kty": kty, "key_size": 2048, "reuse_key": false},
        "secret_props": {"contentType": certificate.content_type()},
        "x509_props": {
            "subject": certificate.subject, "ekus": ["1.3.6.1.5.5.7.3.2"], "key_usage": ["digitalSignature"],
            "validity_months": 12, "basic_constraints": {"ca": false},
        },
        "lifetime_actions": [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}],
        "issuer": {"name": "Self"},
        "attributes": {"enabled": true, "created": version.created, "updated": version.created},
    })
}

fn finish(mut members: Map<String, Value>, place: &Place<'_>, plain: &str, object: &Object, is_deleted: bool) -> Value {
    if plain != "certificates" && object.latest().certificate().is_some() {
        members.insert("managed".into(), true.into());
    }
    if is_deleted {
        let recovery = format!("{}/deleted{plain}/{}", place.base, object.name);
        members.insert("recoveryId".into(), recovery.into());
        members.insert("deletedDate".into(), (place.now - DAY).into());
        members.insert("scheduledPurgeDate".into(), (place.now + (RECOVERABLE_DAYS - 1) * DAY).into());
    }
    Value::Object(members)
}

fn attributes(version: &Version) -> Value {
    let mut attributes = Map::new();
    attributes.insert("enabled".into(), version.enabled.into());
    for (name, time) in [("nbf", version.not_before), ("exp", version.expires)] {
        if let Some(time) = time {
            attributes.insert(name.into(), time.into());
        }
    }
    attributes.insert("created".into(), version.created.into());
    attributes.insert("updated".into(), version.created.into());
    attributes.insert("recoveryLevel".into(), "Recoverable+Purgeable".into());
    attributes.insert("recoverableDays".into(), RECOVERABLE_DAYS.into());
    Value::Object(attributes)
}

fn x5t(certificate: &Certificate) -> String {
    let sha1 = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate.der);
    URL_SAFE_NO_PAD.encode(sha1)
}
