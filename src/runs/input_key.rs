//! The member of input objects by which the caller knows the work of a line, whatever its request is today.

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::graph::template::{member, simple_text};
use crate::store::WorkHash;

/// The name of the member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InputKey(String);

impl InputKey {
    pub(super) fn new(name: String) -> Self {
        Self(name)
    }

    /// The work of a line.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where the line has no such member, or one that says nothing.
    pub(super) fn of(&self, line: Option<&Value>) -> Result<WorkHash> {
        let nothing = Map::new();
        let members = line.and_then(Value::as_object).unwrap_or(&nothing);
        let missing = |_| {
            Error::argument(format!("the input has no member {}, which is to be the key of its work", self.0))
                .hint("give objects that have it, or leave out the key")
        };
        let value = member(members, &self.0).map_err(missing)?;
        let text = simple_text(&self.0, value).map_err(|_| self.unusable(value))?;
        let text = text.trim();
        if text.is_empty() { Err(self.unusable(value)) } else { Ok(WorkHash::of_key(text)) }
    }

    /// What is wrong with a line whose mailbox has its key already.
    pub(super) fn repeated(&self) -> Error {
        Error::argument(format!(
            "an earlier line of this mailbox has the same {}, which is the key of its work",
            self.0
        ))
        .hint("nothing was sent for this line: give each line of a mailbox a key of its own")
    }

    fn unusable(&self, value: &Value) -> Error {
        let what = match value {
            Value::Null => "null",
            Value::Array(_) | Value::Object(_) => "neither text nor a number",
            _ => "blank",
        };
        Error::argument(format!("{} is {what}, and is to be the key of the line's work", self.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(line: &Value) -> Result<WorkHash, String> {
        InputKey::new("Order".to_owned()).of(Some(line)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_text_or_a_number_whatever_else_the_line_has() {
        let wanted = Ok(WorkHash::of_key("4711"));
        for line in [json!({"Order": "4711", "a": 1}), json!({"order": 4711}), json!({"Order": " 4711\t"})] {
            assert_eq!(of(&line), wanted);
        }
        assert_ne!(of(&json!({"Order": "4712"})), wanted);
        for (line, part) in [
            (json!({"Oder": "4711"}), "no member Order"),
            (json!("kim@contoso.com"), "no member Order"),
            (json!({"Order": null}), "Order is null"),
            (json!({"Order": " "}), "Order is blank"),
            (json!({"Order": [1]}), "Order is neither text nor a number"),
        ] {
            let error = of(&line).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
