//! CSV as RFC 4180 has it: UTF-8, CRLF, a header line once.

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use super::formula::defused;
use super::row::{ERROR_COLUMNS, EncodableRow, Field, Names, all_fields};

/// What a report's CSV is like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Style {
    /// Adds the error's columns.
    pub(super) include_error: bool,
    /// Text that a spreadsheet program would run gets an apostrophe before it; numbers are ours and stay.
    pub(super) defuse: bool,
}

/// The line of the columns' names.
pub(super) fn header(names: Names<'_>, style: Style) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let names = names.iter().copied().chain(ERROR_COLUMNS.into_iter().filter(|_| style.include_error));
    // Writing to memory cannot fail, here and below.
    let _ = writer(&mut out, QuoteStyle::Necessary).write_record(names);
    out
}

/// The rows. Null and empty text are both an empty field.
pub(super) fn encode<R: EncodableRow>(names: Names<'_>, style: Style, rows: &[R]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * names.len() * 24);
    let is_fragile = |row: &R| is_fragile(names, row);
    for run in rows.chunk_by(|one, next| is_fragile(one) == is_fragile(next)) {
        let quotes = if run.iter().any(is_fragile) { QuoteStyle::Always } else { QuoteStyle::Necessary };
        let mut writer = writer(&mut out, quotes);
        for row in run.iter().filter(|row| row.is_shown()) {
            let _ = write_row(&mut writer, names, style, row);
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
fn is_fragile<R: EncodableRow>(names: Names<'_>, row: &R) -> bool {
    let fragile = |text: &str| text.starts_with('#') || text.trim().len() != text.len();
    row.error().is_some() || row.fields(names).any(|(_, field)| matches!(field, Field::Text(text) if fragile(&text)))
}

fn write_row<R: EncodableRow>(
    writer: &mut Writer<&mut Vec<u8>>,
    names: Names<'_>,
    style: Style,
    row: &R,
) -> csv::Result<()> {
    for (_, field) in all_fields(row, names, style.include_error) {
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
    use crate::rows::{Cell, ColumnSet, ReportRow};

    fn row(cells: &[&str], error: Option<Error>) -> ReportRow {
        ReportRow { position: 0, row: cells.iter().map(|cell| Cell::from(*cell)).collect(), error }
    }

    fn encoded(style: Style, with_header: bool, rows: &[ReportRow]) -> String {
        let columns = ColumnSet::parse(&["MailboxName", "Locale"]).unwrap();
        let names: Vec<_> = columns.names().collect();
        let mut out = if with_header { header(&names, style) } else { Vec::new() };
        out.extend(encode(&names, style, rows));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_defused_on_request_and_numbers_stay() {
        let columns = ColumnSet::parse(&["MailboxName", "WorkingHoursTimeZoneBias"]).unwrap();
        let names: Vec<_> = columns.names().collect();
        let cells = [Cell::from("=cmd|' /C calc'!A0"), Cell::Int(-60)];
        let rows = [ReportRow { position: 0, row: cells.into_iter().collect(), error: None }];
        let shown = |defuse| String::from_utf8(encode(&names, Style { defuse, ..Style::default() }, &rows));
        assert_eq!(shown(true).unwrap(), "'=cmd|' /C calc'!A0,-60\r\n");
        assert_eq!(shown(false).unwrap(), "=cmd|' /C calc'!A0,-60\r\n");
        let error = Error::new(Status::Service, "\t=x");
        let style = Style { include_error: true, defuse: true };
        assert!(encoded(style, false, &[row(&["k", ""], Some(error))]).contains("' =x"));
    }

    #[test]
    fn fields_are_quoted_where_somebody_could_misread_them() {
        let rows = [row(&["kim", "a,\"b\"\r\nc"], None), row(&["ü", ""], None), row(&["#x", " y"], None)];
        assert_eq!(
            encoded(Style::default(), true, &rows),
            "MailboxName,Locale\r\nkim,\"a,\"\"b\"\"\r\nc\"\r\nü,\r\n\"#x\",\" y\"\r\n"
        );
    }

    #[test]
    fn the_error_has_its_columns_when_asked_for() {
        let error = Error::new(Status::NotFound, "no such mailbox").service(Some("ErrorItemNotFound".into()), None);
        let rows = [row(&["kim", "de"], None), row(&["lee", ""], Some(error))];
        assert_eq!(
            encoded(Style { include_error: true, ..Style::default() }, true, &rows),
            "MailboxName,Locale,ErrorCode,ErrorMessage,RequestId\r\nkim,de,,,\r\n\
             \"lee\",\"\",\"ErrorItemNotFound\",\"no such mailbox\",\"\"\r\n"
        );
        assert_eq!(encoded(Style::default(), false, &rows), "kim,de\r\n\"lee\",\"\"\r\n");
    }

    #[test]
    fn a_row_of_one_null_is_still_a_row() {
        let columns = ColumnSet::parse(&["Locale"]).unwrap();
        let names: Vec<_> = columns.names().collect();
        let rows = [ReportRow { position: 0, row: columns.null_row(None), error: None }];
        assert_eq!(encode(&names, Style::default(), &rows), b"\"\"\r\n");
    }
}
