//! CSV as RFC 4180 has it: UTF-8, CRLF, a header line once.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::cell::Field;
use super::formula::defused;
use super::row::{ERROR_COLUMNS, Row, all_fields};

/// What a report's CSV is like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Adds the error's columns.
    pub(super) include_error: bool,
    /// Text that a spreadsheet program would run gets an apostrophe before it; numbers are ours and stay.
    pub(super) defuse: bool,
}

/// The line of the columns' names.
pub(super) fn header(names: &[&str], style: Style) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let names = names.iter().copied().chain(ERROR_COLUMNS.into_iter().filter(|_| style.include_error));
    // Writing to memory cannot fail, here and below.
    let _ = writer(&mut out, QuoteStyle::Necessary).write_record(names);
    out
}

/// The rows. Null and empty text are both an empty field.
pub(super) fn encode(style: Style, rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.iter().map(|row| row.cells().len() * 24).sum());
    for run in rows.chunk_by(|one, next| is_fragile(one) == is_fragile(next)) {
        let quotes = if run.iter().any(is_fragile) { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let mut writer = writer(&mut out, quotes);
        for row in run.iter().filter(|row| row.is_shown()) {
            let _ = write_row(&mut writer, style, row);
        }
    }
    out
}

/// Writes lines as every file of ours has them.
pub(super) fn writer(out: &mut Vec<u8>, style: QuoteStyle) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).quote_style(style).from_writer(out)
}

/// Whether readers may change a field that stands without quotes: `ConvertFrom-Csv` drops the blanks around it
/// and takes a line that begins with `#` for a comment. Failed rows carry the service's words, which are
/// anything.
fn is_fragile(row: &Row) -> bool {
    let fragile = |text: &str| text.starts_with('#') || text.trim().len() != text.len();
    row.error().is_some() || row.fields().any(|(_, field)| matches!(field, Field::Text(text) if fragile(&text)))
}

fn write_row(writer: &mut Writer<&mut Vec<u8>>, style: Style, row: &Row) -> csv::Result<()> {
    for (_, field) in all_fields(row, style.include_error) {
        match &field {
            Field::Text(text) if style.defuse => writer.write_field(defused(text).as_bytes())?,
            field => writer.write_field(field.shown().as_bytes())?,
        }
    }
    writer.write_record(None::<&[u8]>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Status};
    use crate::rows::{Cell, Fields};

    const NAMES: [&str; 2] = ["MailboxName", "Locale"];

    fn row_of(cells: impl IntoIterator<Item = Cell>, error: Option<Error>) -> Row {
        let fields = Fields::new(NAMES.into_iter().collect(), cells.into_iter().collect::<Vec<_>>());
        match error {
            Some(error) => Row::failed(0, None, Some(fields), error),
            None => Row::new(0, fields),
        }
    }

    fn row(cells: [&str; 2], error: Option<Error>) -> Row {
        row_of(cells.map(Cell::from), error)
    }

    fn encoded(style: Style, with_header: bool, rows: &[Row]) -> String {
        let mut out = if with_header { header(&NAMES, style) } else { Vec::new() };
        out.extend(encode(style, rows));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_defused_on_request_and_numbers_stay() {
        let rows = [row_of([Cell::from("=cmd|' /C calc'!A0"), Cell::Int(-60)], None)];
        let shown = |defuse| encoded(Style { defuse, ..Style::default() }, false, &rows);
        assert_eq!(shown(true), "'=cmd|' /C calc'!A0,-60\r\n");
        assert_eq!(shown(false), "=cmd|' /C calc'!A0,-60\r\n");
        let error = Error::new(Status::Service, "\t=x");
        let style = Style { include_error: true, defuse: true };
        assert!(encoded(style, false, &[row(["k", ""], Some(error))]).contains("' =x"));
    }

    #[test]
    fn fields_are_quoted_where_somebody_could_misread_them() {
        let rows = [row(["kim", "a,\"b\"\r\nc"], None), row(["ü", ""], None), row(["#x", " y"], None)];
        assert_eq!(
            encoded(Style::default(), true, &rows),
            "MailboxName,Locale\r\nkim,\"a,\"\"b\"\"\r\nc\"\r\nü,\r\n\"#x\",\" y\"\r\n"
        );
    }

    #[test]
    fn the_error_has_its_columns_when_asked_for() {
        let error = Error::new(Status::NotFound, "no such mailbox").service(Some("ErrorItemNotFound".into()), None);
        let rows = [row(["kim", "de"], None), row(["lee", ""], Some(error))];
        assert_eq!(
            encoded(Style { include_error: true, ..Style::default() }, true, &rows),
            "MailboxName,Locale,ErrorCode,ErrorMessage,RequestId\r\nkim,de,,,\r\n\
             \"lee\",\"\",\"ErrorItemNotFound\",\"no such mailbox\",\"\"\r\n"
        );
        assert_eq!(encoded(Style::default(), false, &rows), "kim,de\r\n\"lee\",\"\"\r\n");
    }

    #[test]
    fn a_row_of_one_null_is_still_a_row() {
        assert_eq!(encoded(Style::default(), false, &[row_of([Cell::Null], None)]), "\"\"\r\n");
    }
}
