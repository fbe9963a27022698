//! CSV as RFC 4180 has it: UTF-8, CRLF, a header line once.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::ColumnSet;
use super::row::{Cell, ERROR_COLUMNS, ReportRow};

/// The rows, after the header line where `header` says so. Null and empty text are both an empty field.
pub(super) fn encode(columns: &ColumnSet, include_error: bool, header: bool, rows: &[ReportRow]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * columns.len() * 24);
    if header && !rows.is_empty() {
        let names = columns.names().chain(ERROR_COLUMNS.into_iter().filter(|_| include_error));
        // Writing to memory cannot fail, here and below.
        let _ = writer(&mut out, QuoteStyle::Necessary).write_record(names);
    }
    for run in rows.chunk_by(|one, next| is_fragile(one) == is_fragile(next)) {
        let style = if run.iter().any(is_fragile) { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let mut writer = writer(&mut out, style);
        for row in run {
            let _ = write_row(&mut writer, include_error, row);
        }
    }
    out
}

fn writer(out: &mut Vec<u8>, style: QuoteStyle) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).quote_style(style).from_writer(out)
}

/// Whether readers may change a field that stands without quotes: `ConvertFrom-Csv` drops the blanks around it
/// and takes a line that begins with `#` for a comment. Failed rows carry the service's words, which are
/// anything.
fn is_fragile(row: &ReportRow) -> bool {
    let fragile = |text: &str| text.starts_with('#') || text.trim().len() != text.len();
    row.error.is_some() || row.row.cells().iter().any(|cell| matches!(cell, Cell::Text(text) if fragile(text)))
}

fn write_row(writer: &mut Writer<&mut Vec<u8>>, include_error: bool, row: &ReportRow) -> csv::Result<()> {
    for cell in row.row.cells() {
        writer.write_field(text_of(cell).as_bytes())?;
    }
    if include_error {
        for cell in &row.error_cells() {
            writer.write_field(text_of(cell).as_bytes())?;
        }
    }
    writer.write_record(None::<&[u8]>)
}

fn text_of(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Int(integer) => Cow::Owned(integer.to_string()),
        // As PowerShell writes them.
        Cell::Bool(true) => Cow::Borrowed("True"),
        Cell::Bool(false) => Cow::Borrowed("False"),
    }
}
