//! A request of a change.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::item::Item;

/// A request of Graph, relative to the mailbox.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FacetRequest {
    /// POST, PATCH or DELETE.
    pub method: String,
    /// Relative to the mailbox.
    pub path: String,
    /// The body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl FacetRequest {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), body: None }
    }

    /// The same with a body.
    #[must_use]
    pub fn body(self, body: Item) -> Self {
        Self { body: Some(Value::Object(body)), ..self }
    }
}
