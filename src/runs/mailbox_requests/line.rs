//! What a line brings to requests, and what of an answer is a row.

use std::borrow::Cow;

use http::Method;
use serde_json::{Map, Value};

use super::super::input::InputItem;
use crate::error::{Error, Result, Status};
use crate::graph::blank::{self, Nothing};
use crate::graph::request::{Answer, Request};
use crate::printable::shortened;
use crate::rows::mailbox_column::MAILBOX_NAME;

/// What templates may use: the input object's members, and always the mailbox's name.
pub(super) fn members(input: &InputItem) -> Cow<'_, Map<String, Value>> {
    match &input.object {
        Some(Value::Object(members)) if members.keys().any(|name| name.eq_ignore_ascii_case(MAILBOX_NAME)) => {
            Cow::Borrowed(members)
        }
        object => {
            let mut members = object.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
            members.insert(MAILBOX_NAME.to_owned(), input.given.as_deref().into());
            Cow::Owned(members)
        }
    }
}

/// Refuses a value that nobody meant, and says where in it there is nothing.
pub(super) fn refuse(value: &Value, member: &str, nothing: Nothing) -> Result<()> {
    let Some((place, what)) = blank::find(value, nothing) else { return Ok(()) };
    let dot = if place.is_empty() || place.starts_with('[') { "" } else { "." };
    Err(Error::argument(format!("{member}{dot}{place} is {what}"))
        .hint("leave it out; where it is meant, say so with allowNull (-AllowNull)"))
}

/// Refuses an answer that is a file rather than a row. What a write gave is shown, whatever it is: it was carried out.
pub(super) fn check_is_row(method: &Method, request: &Request, answer: &Answer) -> Result<()> {
    let Answer::Content { kind, bytes } = answer else { return Ok(()) };
    let is_count = request.path().split('?').next().is_some_and(|path| path.ends_with("/$count"));
    if *method != Method::GET || is_count {
        return Ok(());
    }
    let kind = kind.as_deref().unwrap_or("of no type that it says");
    let detail = format!("the answer is no JSON and no row: {} bytes, {}", bytes.len(), shortened(kind, 100));
    Err(Error::new(Status::ResponseInvalid, detail)
        .hint("have such answers saved to files: name a folder with outFolder (-OutFolder)"))
}
