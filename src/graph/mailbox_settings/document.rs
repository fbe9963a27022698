//! The settings of a mailbox as the JSON document that the service answered.

use serde_json::{Map, Value};

use super::part::SettingsPart;
use crate::error::{Error, Result, Status};
use crate::graph::json;

/// Reads a body that holds the settings of a mailbox, or one part of them.
///
/// # Errors
///
/// `ResponseInvalid`, retryable, for what is none: no JSON, no object, and an object of something else (`{}`, an error
/// with status 200, settings within a `value`). Whoever took that for settings would take each for not set, and so
/// write that back.
pub fn settings_document(body: &[u8], part: Option<SettingsPart>) -> Result<Value> {
    let invalid = |detail: String| Error::new(Status::ResponseInvalid, detail).retryable(true);
    let document: Value =
        json::from_slice(body).map_err(|cause| invalid(format!("the service's reply is not JSON: {cause}")))?;
    let Value::Object(members) = &document else {
        return Err(invalid("the service's reply is no object".to_owned()));
    };
    let is_it = match part {
        None => members.keys().any(|name| SettingsPart::parse(name).is_ok()),
        Some(_) => holds_part(members),
    };
    if is_it {
        return Ok(document);
    }
    Err(invalid(format!(
        "the service's reply is an object without {}",
        part.map_or("a single mailbox setting".to_owned(), |part| part.name().to_owned())
    )))
}

/// A part that is an object has its members, and of another the `value` is not an object.
fn holds_part(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| match name.as_str() {
        "error" => false,
        "value" => !value.is_object() && !value.is_array(),
        name => !name.starts_with('@'),
    })
}
