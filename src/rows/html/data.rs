//! Rows as a page carries them: JSON in elements that show nothing and run nothing.

use std::io::{self, Write};

use serde::ser::{SerializeSeq, Serializer};
use serde_json::ser::Formatter;

use super::text::is_unwritable;
use crate::rows::row::{Row, all_fields};

/// Whole numbers beyond these are not the same in a browser.
const MOST_EXACT: u64 = (1 << 53) - 1;

/// A row: its values, then, where its mailbox failed, the cause; and what happened, where no column says it.
pub(super) fn row(out: &mut Vec<u8>, row: &Row, include_error: bool) {
    let mut json = serde_json::Serializer::with_formatter(out, ForPage);
    // Writing texts and numbers to memory cannot fail.
    let _ = write_row(&mut json, row, include_error);
}

fn write_row<S: Serializer>(json: S, row: &Row, include_error: bool) -> Result<S::Ok, S::Error> {
    let mut list = json.serialize_seq(None)?;
    for (_, field) in all_fields(row, include_error) {
        list.serialize_element(&field)?;
    }
    if let Some(error) = row.error() {
        list.serialize_element(error.status().name())?;
        if !include_error {
            list.serialize_element(&error.to_string())?;
        }
    }
    list.end()
}

/// JSON in which no `<` stands, and nothing that a page must not hold: neither `</script` nor `<!--` can come of it.
struct ForPage;

impl Formatter for ForPage {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'<') {
            return writer.write_all(fragment.as_bytes());
        }
        let mut written = 0;
        for (place, letter) in fragment.char_indices() {
            if letter == '<' || matches!(letter, '\u{2028}' | '\u{2029}') || is_unwritable(letter) {
                writer.write_all(&fragment.as_bytes()[written..place])?;
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = place + letter.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn write_i64<W: ?Sized + Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() > MOST_EXACT { write!(writer, "\"{value}\"") } else { write!(writer, "{value}") }
    }

    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value > MOST_EXACT { write!(writer, "\"{value}\"") } else { write!(writer, "{value}") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::{Error, Status};
    use crate::rows::{Cell, Fields};

    fn written(cells: Vec<Cell>, error: Option<Error>, include_error: bool) -> String {
        let fields = Fields::new((0..cells.len()).map(|number| number.to_string()).collect(), cells);
        let given = match error {
            Some(error) => Row::failed(0, None, Some(fields), error),
            None => Row::new(0, fields),
        };
        let mut out = Vec::new();
        row(&mut out, &given, include_error);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_of_a_mailbox_ends_its_element_and_all_of_it_comes_back() {
        let texts = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "\u{2028}\u{2029}",
            "\u{0}\u{1}\u{1b}\u{7f}\u{85}\u{9f}",
            "\u{fffe}\u{fdd0}\u{1ffff}\u{10ffff}",
            "\"\\\r\n\t",
            "\u{202e}moc.osotnoc\u{202c} שלום 🙂",
        ];
        let nested = json!({"</script>": ["<!--", {"a": texts[3]}]});
        let cells: Vec<Cell> = texts.into_iter().map(Cell::from).chain([Cell::from(nested.clone())]).collect();
        let row = written(cells, None, false);
        assert!(!row.contains('<') && !row.contains(is_unwritable) && !row.contains(['\u{2028}', '\u{2029}']), "{row}");
        let back: Vec<Value> = serde_json::from_str(&row).unwrap();
        assert_eq!(back[..texts.len()], texts.map(Value::from));
        assert_eq!(back[texts.len()], nested);
    }

    #[test]
    fn numbers_that_a_browser_would_round_are_texts() {
        let exact = i64::try_from(MOST_EXACT).unwrap();
        let cells = vec![Cell::Int(exact), Cell::Int(-exact), Cell::Int(exact + 1), Cell::Int(i64::MIN)];
        let nested = Cell::from(json!({"a": [u64::MAX, 1.5, 7]}));
        assert_eq!(
            written([cells, vec![nested, Cell::Null, Cell::Bool(true)]].concat(), None, false),
            "[9007199254740991,-9007199254740991,\"9007199254740992\",\"-9223372036854775808\",\
             {\"a\":[\"18446744073709551615\",1.5,7]},null,true]"
        );
    }

    #[test]
    fn a_failure_says_its_cause_and_what_happened_where_no_column_does() {
        let error = Error::new(Status::NotFound, "gone").service(Some("ErrorItemNotFound".into()), None);
        let row = |include_error| written(vec![Cell::from("kim")], Some(error.clone()), include_error);
        assert_eq!(row(false), r#"["kim","NotFound","gone"]"#);
        assert_eq!(row(true), r#"["kim","ErrorItemNotFound","gone",null,"NotFound"]"#);
    }
}
