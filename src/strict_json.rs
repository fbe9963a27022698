//! JSON, read strictly: RFC 8259, and no object that has a member twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result, Status};

/// A text of JSON. Section 8.1 of RFC 8259 lets a reader skip a byte order mark: editors of Windows put one in front of
/// the file that a text comes from.
///
/// # Errors
///
/// `InvalidJson`; `InvalidArgument` for an object that has a member twice.
pub(crate) fn read(text: &str) -> Result<Value> {
    let document: std::result::Result<Document, _> =
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    document.map(|document| document.0).map_err(|fault| match fault.classify() {
        // Of our own visitor: names a member.
        Category::Data => Error::argument(fault.to_string()),
        Category::Io | Category::Syntax | Category::Eof => {
            Error::new(Status::InvalidJson, format!("not JSON: {fault}"))
        }
    })
}

/// A JSON value in which no object has a member twice: `serde_json::Value` would keep the last without a word.
struct Document(Value);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor).map(Document)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> std::result::Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> std::result::Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Document(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Document(value))) = entries.next_entry::<String, Document>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member {name} is there twice")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}
