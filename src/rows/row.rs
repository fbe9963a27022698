//! Rows: what one mailbox contributes to a report.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::error::{Error, Result, Status};

/// One value of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

/// The columns' names.
pub(super) type Names<'a> = &'a [&'a str];

/// One value of a row, however the row holds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Field<'a> {
    /// No value.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// What a column cannot hold: other numbers, lists and objects.
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
        }
    }
}

impl<'a> From<&'a Value> for Field<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Field::Null,
            Value::Bool(yes) => Field::Bool(*yes),
            Value::String(text) => Field::Text(Cow::Borrowed(text)),
            Value::Number(number) => number.as_i64().map_or(Field::Json(value), Field::Int),
            Value::Array(_) | Value::Object(_) => Field::Json(value),
        }
    }
}

/// A row that can be encoded, whatever it is made of.
pub trait EncodableRow {
    /// The position of its input in the whole run, from 0.
    fn position(&self) -> u64;
    /// Why its mailbox failed.
    fn error(&self) -> Option<&Error>;
    /// Its mailbox as the input spelled it, for the list of errors: a report need not show it, but an error knows it.
    fn mailbox(&self) -> Option<&str> {
        self.error().and_then(Error::target_name)
    }
    /// Whether it is a row, and not an error alone.
    fn is_shown(&self) -> bool {
        true
    }
    /// Its fields, without those of the error; `names` are those of the columns.
    fn fields<'a>(&'a self, names: Names<'a>) -> impl Iterator<Item = (&'a str, Field<'a>)>;
}

/// All fields of a row, with those of [`ERROR_COLUMNS`] where `include_error` says so.
pub(super) fn all_fields<'a, R: EncodableRow>(
    row: &'a R,
    names: Names<'a>,
    include_error: bool,
) -> impl Iterator<Item = (&'a str, Field<'a>)> {
    let errors = include_error.then(|| ERROR_COLUMNS.into_iter().zip(error_fields(row.error())));
    row.fields(names).chain(errors.into_iter().flatten())
}

fn error_fields(error: Option<&Error>) -> [Field<'_>; 3] {
    let Some(error) = error else { return [const { Field::Null }; 3] };
    let text = |text| Field::Text(Cow::Borrowed(text));
    let code = error.service_code().unwrap_or(error.status().name());
    [text(code), Field::Text(Cow::Owned(error.to_string())), error.any_request_id().map_or(Field::Null, text)]
}

impl From<&Cell> for Value {
    fn from(cell: &Cell) -> Self {
        match cell {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::String(text.as_ref().to_owned()),
            Cell::Int(number) => Value::from(*number),
            Cell::Bool(flag) => Value::Bool(*flag),
        }
    }
}

impl Cell {
    /// The cell of a JSON value, where it is null, text, a whole number or yes or no.
    #[must_use]
    pub fn of_json(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::String(text) => Some(Self::from(text.as_str())),
            Value::Number(number) => number.as_i64().map(Self::Int),
            Value::Bool(flag) => Some(Self::Bool(*flag)),
            Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// The cells of a row, in the order of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Box<[Cell]>);

impl Row {
    /// The cells.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.0
    }

    /// Bytes that the row holds, for whoever limits how much waits.
    #[must_use]
    pub fn size(&self) -> usize {
        let texts: usize = self.0.iter().map(|cell| if let Cell::Text(text) = cell { text.len() } else { 0 }).sum();
        size_of_val(&*self.0) + texts
    }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Self(cells.into())
    }
}

impl FromIterator<Cell> for Row {
    fn from_iter<I: IntoIterator<Item = Cell>>(cells: I) -> Self {
        Self(cells.into_iter().collect())
    }
}

/// What a journal of settings reports says that it is of.
pub const REPORT_KIND: &str = "mailboxSettingsReport";

/// A row and its failure as a journal keeps them.
#[must_use]
pub fn record(row: &Row, error: Option<&Error>) -> Vec<u8> {
    let cells: Vec<Value> = row.cells().iter().map(Value::from).collect();
    json!({"cells": cells, "error": error.map(Error::to_json)}).to_string().into_bytes()
}

/// The same back.
///
/// # Errors
///
/// `Journal` for what is no such record.
pub fn recall(record: &[u8]) -> Result<(Row, Option<Error>)> {
    let unreadable = || Error::new(Status::Journal, "the journal contains a row of another kind of run");
    let record: Value = serde_json::from_slice(record).map_err(|_| unreadable())?;
    let cells = record["cells"].as_array().ok_or_else(unreadable)?;
    let row: Row = cells.iter().map(Cell::of_json).collect::<Option<_>>().ok_or_else(unreadable)?;
    let error = match &record["error"] {
        Value::Null => None,
        error => Some(Error::from_json(error).ok_or_else(unreadable)?),
    };
    Ok((row, error))
}

/// A row of a report with its place and its failure.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// The position of its input in the whole run, from 0.
    pub position: u64,
    /// The cells; null but for what the input said, where the mailbox failed.
    pub row: Row,
    /// Why it failed.
    pub error: Option<Error>,
}

impl EncodableRow for ReportRow {
    fn position(&self) -> u64 {
        self.position
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn fields<'a>(&'a self, names: Names<'a>) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        names.iter().copied().zip(self.row.cells().iter().map(Field::from))
    }
}

/// The columns that `includeError` adds.
pub const ERROR_COLUMNS: [&str; 3] = ["ErrorCode", "ErrorMessage", "RequestId"];
