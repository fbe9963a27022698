//! JSON Lines: an object a row.

use serde::ser::{SerializeMap, Serializer};

use super::ColumnSet;
use super::row::{Cell, ERROR_COLUMNS, ReportRow};

/// A line a row, with an `error` member where the mailbox failed.
pub(super) fn encode(columns: &ColumnSet, include_error: bool, rows: &[ReportRow]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * columns.len() * 40);
    for row in rows {
        let mut json = serde_json::Serializer::new(&mut out);
        // Writing texts and numbers to memory cannot fail.
        let _ = write_row(&mut json, columns, include_error, row);
        out.push(b'\n');
    }
    out
}

fn write_row<S: Serializer>(
    json: S,
    columns: &ColumnSet,
    include_error: bool,
    row: &ReportRow,
) -> Result<S::Ok, S::Error> {
    let mut object = json.serialize_map(None)?;
    for (name, cell) in columns.names().zip(row.row.cells()) {
        write_cell(&mut object, name, cell)?;
    }
    if include_error {
        for (name, cell) in ERROR_COLUMNS.iter().zip(&row.error_cells()) {
            write_cell(&mut object, name, cell)?;
        }
    }
    if let Some(error) = &row.error {
        object.serialize_entry("error", &error.to_json())?;
    }
    object.end()
}

fn write_cell<M: SerializeMap>(object: &mut M, name: &str, cell: &Cell) -> Result<(), M::Error> {
    match cell {
        Cell::Null => object.serialize_entry(name, &()),
        Cell::Text(text) => object.serialize_entry(name, text),
        Cell::Int(integer) => object.serialize_entry(name, integer),
        Cell::Bool(yes) => object.serialize_entry(name, yes),
    }
}
