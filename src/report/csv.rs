//! CSV as RFC 4180 has it: UTF-8, CRLF, a header line once.

use std::borrow::Cow;

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::ColumnSet;
use super::row::{Cell, ERROR_COLUMNS, ReportRow};

/// The rows, after the header line where `header` says so. Null and empty text are both an empty field.
pub(super) fn encode(columns: &ColumnSet, include_error: bool, header: bool, rows: &[ReportRow]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * columns.len() * 24);
    if header {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Status};

    fn row(cells: &[&str], error: Option<Error>) -> ReportRow {
        ReportRow { position: 0, row: cells.iter().map(|cell| Cell::from(*cell)).collect(), error }
    }

    fn encoded(include_error: bool, header: bool, rows: &[ReportRow]) -> String {
        let columns = ColumnSet::parse(&["MailboxName", "Locale"]).unwrap_or_default();
        String::from_utf8(encode(&columns, include_error, header, rows)).unwrap_or_default()
    }

    #[test]
    fn fields_are_quoted_where_somebody_could_misread_them() {
        let rows = [row(&["kim", "a,\"b\"\r\nc"], None), row(&["ü", ""], None), row(&["#x", " y"], None)];
        assert_eq!(
            encoded(false, true, &rows),
            "MailboxName,Locale\r\nkim,\"a,\"\"b\"\"\r\nc\"\r\nü,\r\n\"#x\",\" y\"\r\n"
        );
    }

    #[test]
    fn the_error_has_its_columns_when_asked_for() {
        let error = Error::new(Status::NotFound, "no such mailbox").service(Some("ErrorItemNotFound".into()), None);
        let rows = [row(&["kim", "de"], None), row(&["lee", ""], Some(error))];
        assert_eq!(
            encoded(true, true, &rows),
            "MailboxName,Locale,ErrorCode,ErrorMessage,RequestId\r\nkim,de,,,\r\n\
             \"lee\",\"\",\"ErrorItemNotFound\",\"no such mailbox\",\"\"\r\n"
        );
        assert_eq!(encoded(false, false, &rows), "kim,de\r\n\"lee\",\"\"\r\n");
    }

    #[test]
    fn a_row_of_one_null_is_still_a_row() {
        let columns = ColumnSet::parse(&["Locale"]).unwrap_or_default();
        let rows = [ReportRow { position: 0, row: columns.null_row(None), error: None }];
        assert_eq!(encode(&columns, false, false, &rows), b"\"\"\r\n");
    }
}
