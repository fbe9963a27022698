//! Results of operations, encoded.

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::boundary::Given;
use super::secret::SECRETS;
use crate::error::{Error, Result};
use crate::rows::{Format, encode_result};
use crate::secret::Secret;

/// What an operation gave, until the caller takes it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// No secret in it.
    Plain(Value),
    /// A secret goes out as the text of a member; the bytes are wiped when they come back.
    Revealed { members: Map<String, Value>, member: &'static str, secret: Secret },
    /// A secret goes out as a handle: in the place of `member` stands `handle`.
    Held { members: Map<String, Value>, member: &'static str, handle: &'static str, secret: Secret },
}

impl Outcome {
    /// The bytes for the caller. A secret's handle is made here and not before, so that a result that nobody
    /// takes leaves none behind.
    pub(super) fn encode(self, format: Format) -> Result<Given> {
        match self {
            Outcome::Plain(value) => Ok(encode_result(&value, format)?.into()),
            Outcome::Revealed { mut members, member, secret } => {
                let text = secret.text().ok_or_else(|| Error::internal(format!("{member} is not text")))?;
                members.insert(member.to_owned(), text.into());
                let mut value = Value::Object(members);
                let bytes = encode_result(&value, format).map(Zeroizing::new);
                if let Some(Value::String(copy)) = value.get_mut(member) {
                    copy.zeroize();
                }
                Ok(bytes?.into())
            }
            Outcome::Held { members, member, handle, secret } => {
                let number = SECRETS.insert(secret)?;
                let value = Value::Object(renamed(members, member, handle, number.into()));
                encode_result(&value, format).map(Given::from).inspect_err(|_| {
                    // Nobody learns of this handle any more.
                    let _ = SECRETS.take(number);
                })
            }
        }
    }
}

/// The members with `old` renamed and filled, in its place; at the end where it was not there.
fn renamed(members: Map<String, Value>, old: &str, new: &str, value: Value) -> Map<String, Value> {
    let mut result = Map::with_capacity(members.len() + 1);
    for (name, member) in members {
        if name == old {
            result.insert(new.to_owned(), value.clone());
        } else {
            result.insert(name, member);
        }
    }
    result.entry(new).or_insert(value);
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members() -> Map<String, Value> {
        let value = json!({"token_type": "Bearer", "access_token": null, "expires_in": 3599});
        value.as_object().cloned().unwrap()
    }

    fn text(given: Given) -> String {
        match given {
            Given::Plain(bytes) => String::from_utf8(bytes).unwrap(),
            Given::Secret(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    #[test]
    fn a_revealed_secret_stands_in_its_place_and_will_be_wiped() {
        let secret = Secret::new(b"eyJ".to_vec());
        let given =
            Outcome::Revealed { members: members(), member: "access_token", secret }.encode(Format::Json).unwrap();
        assert!(matches!(given, Given::Secret(_)));
        assert_eq!(text(given), r#"{"token_type":"Bearer","access_token":"eyJ","expires_in":3599}"#);
    }

    #[test]
    fn a_held_secret_leaves_a_handle_in_its_place() {
        let secret = Secret::new(b"eyJ".to_vec());
        let outcome = Outcome::Held { members: members(), member: "access_token", handle: "accessTokenSecret", secret };
        let value: Value = serde_json::from_str(&text(outcome.encode(Format::Json).unwrap())).unwrap();
        let names: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(names, ["token_type", "accessTokenSecret", "expires_in"]);
        let handle = value["accessTokenSecret"].as_i64().unwrap();
        assert_eq!(SECRETS.take(handle).unwrap().bytes(), b"eyJ");
    }
}
