//! Rows: what one mailbox contributes to a report.

use serde_json::Value;

use crate::error::Error;

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

impl ReportRow {
    /// The cells of [`ERROR_COLUMNS`].
    pub(super) fn error_cells(&self) -> [Cell; 3] {
        let Some(error) = &self.error else { return [const { Cell::Null }; 3] };
        let code = error.service_code().unwrap_or(error.status().name());
        [code.into(), error.to_string().as_str().into(), error.any_request_id().into()]
    }
}

/// The columns that `includeError` adds.
pub const ERROR_COLUMNS: [&str; 3] = ["ErrorCode", "ErrorMessage", "RequestId"];
