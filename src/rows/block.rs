//! The block: rows as typed values with their lengths, of which a host makes objects without parsing text.
//!
//! docs/abi.md has the layout ("The block"). Nested values and errors travel as one CLIXML document in front of the
//! rows: the engine of PowerShell makes of them what it always has, and a block of plain rows has none.

use serde_json::Value;

use super::cell::Field;
use super::clixml;
use super::failure::Failure;
use super::row::{Row, all_fields};

/// Of the layout. A host refuses another one.
const VERSION: u8 = 1;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT32: u8 = 3;
const INT64: u8 = 4;
const DOUBLE: u8 = 5;
const TEXT: u8 = 6;
/// The next value of the document's list.
const NESTED: u8 = 7;

/// One batch of a stream.
pub(super) fn encode_rows(include_error: bool, rows: &[Row]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.out.reserve(rows.iter().map(|row| 16 + row.cells().len() * 24).sum());
    let mut is_any_failed = false;
    for row in rows {
        is_any_failed |= row.error().is_some();
        if row.is_shown() {
            writer.row(all_fields(row, include_error));
        }
    }
    let document = match (writer.nested.is_empty(), is_any_failed) {
        (true, false) => Vec::new(),
        _ => clixml::encode_nested(&writer.nested, rows),
    };
    writer.finish(&document)
}

/// A batch whose rows are in its document: a host that would first have to make a reader of the others does that where it
/// pays.
pub(super) fn of_document(document: &[u8]) -> Vec<u8> {
    Writer::default().finish(document)
}

/// A batch without rows.
pub(super) fn encode_failures(failures: &[Failure]) -> Vec<u8> {
    of_document(&clixml::encode_failures(failures))
}

/// The rows of a block, and what is not in them.
#[derive(Default)]
struct Writer<'a> {
    out: Vec<u8>,
    rows: usize,
    /// The names of each shape that a row has had, each shape as it is written.
    shapes: Vec<Vec<u8>>,
    nested: Vec<&'a Value>,
    /// What the row that is being written has of both; kept for the next one.
    shape: Vec<u8>,
    values: Vec<u8>,
}

impl<'a> Writer<'a> {
    fn row(&mut self, fields: impl Iterator<Item = (&'a str, Field<'a>)>) {
        self.rows += 1;
        let (mut shape, mut values) = (take(&mut self.shape), take(&mut self.values));
        let mut count = 0;
        for (name, field) in fields {
            count += 1;
            text(&mut shape, name.as_bytes());
            self.value(&mut values, &field);
        }
        let known = self.shapes.iter().rposition(|known| *known == shape);
        number(&mut self.out, known.unwrap_or(self.shapes.len()));
        if known.is_none() {
            number(&mut self.out, count);
            self.out.extend_from_slice(&shape);
            self.shapes.push(shape.clone());
        }
        self.out.extend_from_slice(&values);
        (self.shape, self.values) = (shape, values);
    }

    fn value(&mut self, out: &mut Vec<u8>, field: &Field<'a>) {
        match field {
            Field::Null => out.push(NULL),
            Field::Bool(yes) => out.push(if *yes { TRUE } else { FALSE }),
            Field::Int(integer) => match i32::try_from(*integer) {
                Ok(small) => tagged(out, INT32, &small.to_le_bytes()),
                Err(_) => tagged(out, INT64, &integer.to_le_bytes()),
            },
            Field::Text(content) => {
                out.push(TEXT);
                text(out, content.as_bytes());
            }
            Field::Json(value) => match double(value) {
                Some(double) => tagged(out, DOUBLE, &double.to_le_bytes()),
                None => {
                    out.push(NESTED);
                    self.nested.push(value);
                }
            },
        }
    }

    fn finish(self, document: &[u8]) -> Vec<u8> {
        let mut block = Vec::with_capacity(self.out.len() + document.len() + 9);
        block.push(VERSION);
        text(&mut block, document);
        number(&mut block, self.rows);
        block.extend_from_slice(&self.out);
        block
    }
}

/// What a value is as a double, where nothing of it is lost.
fn double(value: &Value) -> Option<f64> {
    let Value::Number(number) = value else { return None };
    if number.is_i64() || number.is_u64() { None } else { number.as_f64().filter(|double| double.is_finite()) }
}

/// The bytes of a buffer, emptied.
fn take(buffer: &mut Vec<u8>) -> Vec<u8> {
    buffer.clear();
    std::mem::take(buffer)
}

fn tagged(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// As the `BinaryReader` of .NET reads it: the length comes in groups of seven bits, the lowest first.
fn text(out: &mut Vec<u8>, text: &[u8]) {
    let mut length = text.len();
    while length > 0x7f {
        out.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
    out.extend_from_slice(text);
}

/// Counts and lengths are of what is in memory, and a batch of at most 4,096 rows: far below what 32 bits hold.
fn number(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Error;
    use crate::rows::clixml::names::unique;
    use crate::rows::{Cell, Fields};

    fn row(members: &Value) -> Row {
        let members = members.as_object().unwrap();
        let cells: Vec<_> = members.values().cloned().map(Cell::from).collect();
        Row::new(0, Fields::new(unique(members.keys().map(String::as_str)).into_iter().collect(), cells))
    }

    fn encoded(rows: &[Value]) -> Vec<u8> {
        encode_rows(false, &rows.iter().map(row).collect::<Vec<_>>())
    }

    fn failed() -> Row {
        Row::failed(7, None, None, Error::cancelled())
    }

    #[test]
    fn a_block_says_its_version_its_names_once_and_each_value_with_its_kind() {
        let rows = [json!({"a": null, "b": true}), json!({"a": false, "b": -2}), json!({"c": "ü"})];
        let expected = [
            &[1][..],
            &[0],
            &[3, 0, 0, 0],
            &[0, 0, 0, 0],
            &[2, 0, 0, 0],
            &[1, b'a', 1, b'b'],
            &[NULL, TRUE],
            &[0, 0, 0, 0],
            &[FALSE, INT32, 0xfe, 0xff, 0xff, 0xff],
            &[1, 0, 0, 0],
            &[1, 0, 0, 0, 1, b'c'],
            &[TEXT, 2, 0xc3, 0xbc],
        ];
        assert_eq!(encoded(&rows), expected.concat());
    }

    #[test]
    fn what_is_nested_and_what_failed_comes_in_one_document_before_the_rows() {
        let members = json!({"big": i64::MIN, "half": 0.5, "list": [1], "huge": u64::MAX});
        let block = encode_rows(false, &[row(&members), failed()]);
        // A length of two groups: the document has more than 127 bytes, and fewer than 16,384.
        let length = usize::from(block[1] & 0x7f) | usize::from(block[2]) << 7;
        let (document, rows) = block[3..].split_at(length);
        let document = String::from_utf8(document.to_vec()).unwrap();
        let nested = "N=\"nested\" RefId=\"1\"><LST><Obj RefId=\"2\"><LST><I32>1</I32></LST></Obj><D>18446744073709551615</D></LST>";
        assert!(document.contains(nested), "{document}");
        assert!(document.contains("<I64 N=\"row\">7</I64><I32 N=\"after\">1</I32>"), "{document}");
        assert_eq!(rows[..4], [1, 0, 0, 0]);
        let values = [&[INT64][..], &i64::MIN.to_le_bytes(), &[DOUBLE], &0.5_f64.to_le_bytes(), &[NESTED, NESTED]];
        assert!(rows.ends_with(&values.concat()));
    }

    #[test]
    fn the_length_of_a_text_comes_in_groups_of_seven_bits() {
        let length_of = |count: usize| {
            let mut out = Vec::new();
            text(&mut out, &vec![b'x'; count]);
            out.truncate(out.len() - count);
            out
        };
        assert_eq!(length_of(0), [0]);
        assert_eq!(length_of(127), [0x7f]);
        assert_eq!(length_of(128), [0x80, 1]);
        assert_eq!(length_of(300), [0xac, 2]);
        assert_eq!(length_of(1 << 14), [0x80, 0x80, 1]);
    }

    #[test]
    fn a_block_without_rows_is_whole() {
        assert_eq!(encoded(&[]), [1, 0, 0, 0, 0, 0]);
        assert_eq!(encoded(&[json!({})]).len(), 6 + 8);
        let document = of_document(b"<Objs/>");
        assert_eq!(document, [&[1, 7][..], b"<Objs/>", &[0, 0, 0, 0]].concat());
        let failures = encode_failures(&[Failure { row: 1, mailbox: None, error: Error::cancelled() }]);
        assert!(failures.ends_with(&[0, 0, 0, 0]) && failures[0] == VERSION);
    }
}
