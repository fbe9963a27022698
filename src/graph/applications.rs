//! The keys of an application registration.
//!
//! Source: Microsoft Graph "Get application", "Update application", "keyCredential resource type".

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value, json};

use super::call::GraphClient;
use crate::attempt::AttemptError;
use crate::certificate::{Certificate, KeyCredential};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{RetryPolicy, json};

/// Which application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationId {
    /// By its object id.
    Object(String),
    /// By its application (client) id.
    App(String),
}

/// An application and its keys.
#[derive(Clone, Debug)]
pub struct Application {
    /// The object id.
    pub id: String,
    /// The application (client) id.
    pub app_id: String,
    /// Its name.
    pub display_name: String,
    /// The keys as Graph gives them.
    pub keys: Vec<Map<String, Value>>,
}

impl ApplicationId {
    /// Its path below the API's version.
    fn path(&self) -> Result<String> {
        let (id, path) = match self {
            ApplicationId::Object(id) => (id, format!("applications/{id}")),
            ApplicationId::App(id) => (id, format!("applications(appId='{id}')")),
        };
        match uuid::Uuid::try_parse(id) {
            Ok(_) => Ok(path),
            Err(_) => Err(Error::argument(format!("an application is named by a GUID, not {id:?}"))),
        }
    }
}

/// Reads an application with its keys.
///
/// # Errors
///
/// `InvalidArgument` for an id that is none; what the service said.
pub async fn read(
    graph: &GraphClient,
    application: &ApplicationId,
    policy: &RetryPolicy,
    context: &Context,
) -> Result<Application> {
    let path = format!("{}?$select=id,appId,displayName,keyCredentials", application.path()?);
    let body = graph.get_with_retries(&path, policy, context).await?;
    let invalid = |what: &str| Error::new(Status::ResponseInvalid, format!("the application's description {what}"));
    let described: Value = json::from_slice(&body).map_err(|cause| invalid(&format!("is not JSON: {cause}")))?;
    let text = |name: &str| described.get(name).and_then(Value::as_str).map(str::to_owned);
    let keys =
        described.get("keyCredentials").and_then(Value::as_array).ok_or_else(|| invalid("has no keyCredentials"))?;
    Ok(Application {
        id: text("id").ok_or_else(|| invalid("has no id"))?,
        app_id: text("appId").unwrap_or_default(),
        display_name: text("displayName").unwrap_or_default(),
        keys: keys.iter().filter_map(Value::as_object).cloned().collect(),
    })
}

/// Replaces an application's keys, once: those that stay are given as they were read.
///
/// # Errors
///
/// As [`GraphClient::send`]; what an error leaves open, reading the application again tells.
pub async fn replace_keys(
    graph: &GraphClient,
    application: &Application,
    keys: &[Map<String, Value>],
    context: &Context,
) -> Result<(), AttemptError> {
    let path = ApplicationId::Object(application.id.clone()).path()?;
    let body = Bytes::from(json!({"keyCredentials": keys}).to_string());
    graph.send(Method::PATCH, &path, &HeaderMap::new(), Some(body), context).await.map(drop)
}

/// A new key for a certificate.
#[must_use]
pub fn new_key(certificate: &Certificate, name: &str) -> Map<String, Value> {
    let KeyCredential { custom_key_identifier, key_id, kind, usage, value } = KeyCredential::new(certificate);
    [
        ("customKeyIdentifier", custom_key_identifier.into()),
        ("displayName", name.into()),
        ("startDateTime", certificate.not_before().to_string().into()),
        ("endDateTime", certificate.not_after().to_string().into()),
        ("key", value.into()),
        ("keyId", key_id.into()),
        ("type", kind.into()),
        ("usage", usage.into()),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name.to_owned(), value))
    .collect()
}

/// The SHA-1 of a key's certificate in upper-case hex. The portal writes it as base64 of the hash, some tools as
/// base64 of its hex, or as hex.
#[must_use]
pub fn thumbprint(key: &Map<String, Value>) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let from_key = || {
        let der = STANDARD.decode(key.get("key")?.as_str()?).ok()?;
        Certificate::from_der(&der).ok().map(|certificate| certificate.thumbprint())
    };
    let from_identifier = || {
        let text = key.get("customKeyIdentifier")?.as_str()?;
        let is_hex = |bytes: &[u8]| bytes.len() == 40 && bytes.iter().all(u8::is_ascii_hexdigit);
        if is_hex(text.as_bytes()) {
            return Some(text.to_ascii_uppercase());
        }
        let bytes = STANDARD.decode(text).ok()?;
        if is_hex(&bytes) {
            return String::from_utf8(bytes).ok().map(|hex| hex.to_ascii_uppercase());
        }
        (bytes.len() == 20).then(|| bytes.iter().map(|byte| format!("{byte:02X}")).collect())
    };
    from_key().or_else(from_identifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_read_in_each_form() {
        let hex = "52ED9B5038A47B9E2E2190715CC238359D4F8F73";
        for identifier in
            ["Uu2bUDikex4uIZBxXMI4NZ1Pj3M=", hex, "NTJFRDlCNTAzOEE0N0I5RTJFMjE5MDcxNUNDMjM4MzU5RDRGOEY3Mw=="]
        {
            let key = Map::from_iter([("customKeyIdentifier".to_owned(), identifier.into())]);
            let found = thumbprint(&key).unwrap();
            // The first is another hash in the same form.
            assert!(found == hex || identifier.starts_with("Uu2b") && found.len() == 40, "{identifier}: {found}");
        }
        assert_eq!(thumbprint(&Map::new()), None);
        let odd = Map::from_iter([("customKeyIdentifier".to_owned(), "eA==".into())]);
        assert_eq!(thumbprint(&odd), None);
    }

    #[test]
    fn an_application_is_named_by_a_guid() {
        let guid = "084adbb3-f70c-498f-97a3-464e1f444d9a";
        assert_eq!(ApplicationId::App(guid.into()).path().unwrap(), format!("applications(appId='{guid}')"));
        assert!(ApplicationId::Object("../users".into()).path().is_err());
    }
}
