//! JSON as Graph sends it and as callers give it.

use serde::de::DeserializeOwned;

use super::surrogates::replace_lone;
use crate::http::json;

/// Reads `json` within the bounds of [`json::from_slice`], lone surrogates as U+FFFD.
///
/// # Errors
///
/// What serde_json says of the text; a document of more than a million values.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    json::from_slice(json).or_else(|error| match replace_lone(json) {
        Some(clean) => json::from_slice(&clean),
        None => Err(error),
    })
}
