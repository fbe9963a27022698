//! A request of a change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;

/// A file whose bytes a request sends: a photo. A plan names it, and does not hold it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BodyFile {
    /// Relative to the folder of the plan, with `/`.
    pub path: String,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A request of Graph, relative to the mailbox.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetRequest {
    /// POST, PATCH, PUT or DELETE.
    pub method: String,
    /// Relative to the mailbox.
    pub path: String,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// The file that is sent in the place of a body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_file: Option<BodyFile>,
}

impl FacetRequest {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), body: None, body_file: None }
    }

    /// The same with a body.
    #[must_use]
    pub fn body(self, body: Item) -> Self {
        Self { body: Some(Value::Object(body)), ..self }
    }
}
