//! One value of a row.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// One value of a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// No value.
    #[default]
    Null,
    /// Text.
    Text(Box<str>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// What the service may give beside these: other numbers, lists and objects.
    Json(Box<Value>),
}

impl Cell {
    /// Bytes that the value holds beside itself, for whoever limits how much waits.
    pub(super) fn held(&self) -> usize {
        match self {
            Cell::Null | Cell::Int(_) | Cell::Bool(_) => 0,
            Cell::Text(text) => text.len(),
            Cell::Json(value) => held_by_json(value),
        }
    }
}

fn held_by_json(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 16,
        Value::String(text) => 24 + text.len(),
        Value::Array(items) => 24 + items.iter().map(held_by_json).sum::<usize>(),
        Value::Object(members) => members.iter().map(|(name, value)| 48 + name.len() + held_by_json(value)).sum(),
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(yes),
            Value::String(text) => Self::Text(text.into()),
            Value::Number(ref number) => match number.as_i64() {
                Some(integer) => Self::Int(integer),
                None => Self::Json(Box::new(value)),
            },
            Value::Array(_) | Value::Object(_) => Self::Json(Box::new(value)),
        }
    }
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::String(text.into()),
            Cell::Int(integer) => Value::from(integer),
            Cell::Bool(yes) => Value::Bool(yes),
            Cell::Json(value) => *value,
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Field::from(self).serialize(serializer)
    }
}

/// One value as encoders see it: that of a cell, or of an error.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field<'a> {
    /// No value.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Other numbers, lists and objects.
    Json(&'a Value),
}

impl Field<'_> {
    /// The value as text: nothing for null.
    pub(super) fn shown(&self) -> Cow<'_, str> {
        match self {
            Field::Null => Cow::Borrowed(""),
            Field::Text(text) => Cow::Borrowed(text),
            Field::Int(integer) => Cow::Owned(integer.to_string()),
            // As PowerShell writes them.
            Field::Bool(true) => Cow::Borrowed("True"),
            Field::Bool(false) => Cow::Borrowed("False"),
            Field::Json(value) => Cow::Owned(value.to_string()),
        }
    }
}

impl<'a> From<&'a Cell> for Field<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => Field::Null,
            Cell::Text(text) => Field::Text(Cow::Borrowed(text)),
            Cell::Int(integer) => Field::Int(*integer),
            Cell::Bool(yes) => Field::Bool(*yes),
            Cell::Json(value) => Field::Json(value),
        }
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Field::Null => serializer.serialize_unit(),
            Field::Text(text) => serializer.serialize_str(text),
            Field::Int(integer) => serializer.serialize_i64(*integer),
            Field::Bool(yes) => serializer.serialize_bool(*yes),
            Field::Json(value) => value.serialize(serializer),
        }
    }
}
