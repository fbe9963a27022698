//! JSON bodies of requests, read as strictly as OData does.

use serde_json::{Map, Value};

use super::Asked;
use crate::reply::Reply;

/// The body as a JSON object.
///
/// # Errors
///
/// 400 where there is no Content-Type or the body is no JSON object, 415 where it is said to be something else.
pub fn object(asked: &Asked<'_>) -> Result<Map<String, Value>, Reply> {
    if asked.content_type.is_empty() {
        return Err(unreadable(
            "A missing or empty content type header was found when trying to read a message. The content type header is required.",
        ));
    }
    let media_type = asked.content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = format!("Unsupported media type '{media_type}' was requested.");
        return Err(Reply::graph_error(415, "UnsupportedMediaType", &message));
    }
    match serde_json::from_slice(asked.body) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(unreadable(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )),
    }
}

/// The error of a body that cannot be read as what it should be.
#[must_use]
pub fn unreadable(message: &str) -> Reply {
    Reply::graph_error(400, "RequestBodyRead", message)
}

/// The error of a member that a type does not have.
#[must_use]
pub fn no_such_member(name: &str, of: &str) -> Reply {
    unreadable(&format!(
        "The property '{name}' does not exist on type 'microsoft.graph.{of}'. Make sure to only use property names that are defined by the type."
    ))
}

/// The error of a value that a type does not take.
#[must_use]
pub fn not_of_type(value: &Value, expected: &str) -> Reply {
    let literal = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    unreadable(&format!("Cannot convert the literal '{literal}' to the expected type '{expected}'."))
}
