//! How a struct is read from JSON so that every fault names its member in plain words.

use std::fmt;

use serde::de::value::{Error as Ignored, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error as _, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::super::secret::SECRETS;
use crate::error::{Error, Result};
use crate::json_kind::kind_of;

/// The largest integer that a double and every JSON hold exactly.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// What is wrong with a member, until it is known where that stands.
#[derive(Debug)]
pub(super) enum Fault {
    /// Goes on where the member's name ends.
    Wrong(String),
    Missing(&'static str),
    Unknown {
        name: String,
        known: Vec<&'static str>,
    },
    /// A kind of value where the handle of a secret should be.
    NoHandle(&'static str),
    Failed(Error),
}

impl Fault {
    pub(super) fn unknown(name: &str, known: Vec<&'static str>) -> Self {
        Fault::Unknown { name: name.to_owned(), known }
    }

    fn wrong(wanted: &str, found: &Value) -> Self {
        Fault::Wrong(format!("must be {wanted}, not {}", kind_of(found)))
    }

    /// The error, for the member or object at `path`.
    pub(super) fn at(self, path: &str) -> Error {
        let within = if path.is_empty() { String::new() } else { format!("{path}.") };
        match self {
            Fault::Wrong(what) => Error::argument(format!("the member {path} {what}")),
            Fault::Missing(name) => Error::argument(format!("the member {within}{name} is missing")),
            Fault::Unknown { name, known } => {
                let advice = match known.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
                    Some(near) => format!("the name is {near}"),
                    None => format!("known are {}", known.join(", ")),
                };
                Error::argument(format!("the member {within}{name} is unknown")).hint(advice)
            }
            Fault::NoHandle(kind) => {
                Error::argument(format!("the member {path} must be the handle of a secret, not {kind}"))
                    .hint("exrun_secret_new gives the handle")
            }
            Fault::Failed(error) => error.target(path),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Wrong(what) => f.write_str(what),
            Fault::Missing(name) => write!(f, "{name} is missing"),
            Fault::Unknown { name, .. } => write!(f, "{name} is unknown"),
            Fault::NoHandle(kind) => write!(f, "{kind} is not the handle of a secret"),
            Fault::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Fault {}

// What was found is left out of all of them: it may be a secret.
impl serde::de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Fault::Wrong(what.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Fault::Wrong(format!("must be {wanted}"))
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Fault::Wrong(format!("must be one of {}", known.join(", ")))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Fault::unknown(name, known.to_vec())
    }

    fn missing_field(name: &'static str) -> Self {
        Fault::Missing(name)
    }
}

/// Reads what `value` holds.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(Node(value)).map_err(|failed| {
        let mut path: Vec<String> = failed.path().iter().map(Segment::to_string).collect();
        let fault = failed.into_inner();
        // Whether the path ends in the object or in the member that it does not know is of no interest.
        if matches!(&fault, Fault::Unknown { name, .. } if path.last() == Some(name)) {
            path.pop();
        }
        fault.at(&path.join(".").replace(".[", "["))
    })
}

/// The members of a struct.
pub(super) fn members_of<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut members: &'static [&'static str] = &[];
    let _ = T::deserialize(Probe(&mut members));
    members
}

/// Learns the members of the struct that asks for them, and gives it nothing.
struct Probe<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Ignored;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, Ignored> {
        Err(Ignored::custom("no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, Ignored> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A value on its way into a struct.
struct Node(Value);

type Read<T> = std::result::Result<T, Fault>;

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Node))),
            Value::Object(members) => {
                visitor.visit_map(MapDeserializer::new(members.into_iter().map(|(name, value)| (name, Node(value)))))
            }
            Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_i64(number),
                (_, Some(number), _) => visitor.visit_u64(number),
                (_, _, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(Fault::custom("is not a number that a double can hold")),
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.only(visitor, "true or false", Value::is_boolean)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.only(visitor, "a string", Value::is_string)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.only(visitor, "a list", Value::is_array)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.only(visitor, "an object", Value::is_object)
    }

    /// A whole number, also where a language without integers wrote it as `17.0`.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match whole(&self.0) {
            Some(number) => visitor.visit_i64(number),
            None => self.only(visitor, "a whole number", |value| value.as_f64().is_some_and(|it| it.fract() == 0.0)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// Only known members are asked for here; one that is null counts as absent.
    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        if let Value::Object(members) = &mut self.0 {
            members.retain(|_, value| !value.is_null());
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        match self.0 {
            Value::String(name) => visitor.visit_enum(name.into_deserializer()),
            other => Err(Fault::wrong("a string", &other)),
        }
    }

    /// A handle that names no secret is an error with a status of its own, which a visitor could not give.
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Read<V::Value> {
        if name == super::values::SECRET {
            let Some(handle) = whole(&self.0) else {
                return Err(Fault::NoHandle(kind_of(&self.0)));
            };
            SECRETS.get(handle).map_err(Fault::Failed)?;
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 u8 u16 u32 u64 f32 f64 char str bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}

impl Node {
    fn only<'de, V: Visitor<'de>>(self, visitor: V, wanted: &str, is: impl Fn(&Value) -> bool) -> Read<V::Value> {
        if is(&self.0) { self.deserialize_any(visitor) } else { Err(Fault::wrong(wanted, &self.0)) }
    }
}

impl IntoDeserializer<'_, Fault> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A whole number that an integer of 64 bits holds.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let double = value.as_f64().filter(|double| double.fract() == 0.0 && double.abs() <= LARGEST_EXACT)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, as just checked")]
        Some(double as i64)
    })
}
