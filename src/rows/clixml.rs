//! CLIXML, the serialisation format of PowerShell (MS-PSRP, "Serialization"; the engine's `PSSerializer`).
//!
//! The engine loses a whole document over one value that it does not like, so nothing is written that it has
//! been seen to refuse or to change: see the functions below, and the round trip in `tests/report_clixml.rs`.
//! Objects carry no `<TN>`: the engine makes plain `PSCustomObject`s of such, with their properties in order.

pub(super) mod names;
mod text;

use serde_json::{Map, Number, Value};

use super::cell::Field;
use super::failure::Failure;
use super::row::{Row, all_fields};
use crate::error::Error;

const HEAD: &[u8] = br#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"#;
const TAIL: &[u8] = b"</Objs>";

/// Containers nested deeper than this come as their JSON text: the engine gives up at 45 levels.
const DEEPEST: usize = 40;

/// The containers around a value of a row: the batch, its list and its row.
const IN_ROW: usize = 3;

/// A JSON value as a document with one top-level object. Whole numbers are `Int32` where they fit (as
/// `ConvertFrom-Json` of Windows PowerShell has them), else `Int64`, else `Decimal`; others are `Double`.
/// Arrays come as `ArrayList`, objects as `PSCustomObject`.
#[must_use]
pub fn document(value: &Value) -> Vec<u8> {
    let mut writer = Writer::new(256);
    writer.value(None, value, 0);
    writer.finish()
}

/// One batch of a stream: `{rows: [...], errors: [{row, after, mailbox, error}]}`. `after` is how many rows of the
/// batch come before the error, its own among them where it has one; `mailbox` is as the caller spelled it.
pub(super) fn encode_rows(include_error: bool, rows: &[Row]) -> Vec<u8> {
    let mut writer = Writer::new(256 + rows.iter().map(|row| 64 + row.cells().len() * 56).sum::<usize>());
    writer.object(None, |writer| {
        writer.list(Some("rows"), |writer| {
            for row in rows.iter().filter(|row| row.is_shown()) {
                writer.object(None, |writer| {
                    for (name, field) in all_fields(row, include_error) {
                        writer.field(name, &field);
                    }
                });
            }
        });
        writer.errors(rows);
    });
    writer.finish()
}

/// What of a block is no plain value: `{nested: [...], errors: [...]}`, the values that `rows` have beside their plain
/// ones, in order, and the errors as a batch has them.
pub(super) fn encode_nested(nested: &[&Value], rows: &[Row]) -> Vec<u8> {
    let mut writer = Writer::new(256 + nested.len() * 256);
    writer.object(None, |writer| {
        writer.list(Some("nested"), |writer| {
            for value in nested {
                writer.value(None, value, IN_ROW);
            }
        });
        writer.errors(rows);
    });
    writer.finish()
}

/// A batch without rows: `{rows: [], errors: [{row, after: 0, mailbox, error}]}`.
pub(super) fn encode_failures(failures: &[Failure]) -> Vec<u8> {
    let mut writer = Writer::new(256 + failures.len() * 1024);
    writer.object(None, |writer| {
        writer.list(Some("rows"), |_| {});
        writer.list(Some("errors"), |writer| {
            for Failure { row, mailbox, error } in failures {
                writer.failure(*row, 0, mailbox.as_deref(), error);
            }
        });
    });
    writer.finish()
}

struct Writer {
    out: Vec<u8>,
    /// Unique in a document: the engine resolves references by it.
    next_ref: u64,
}

impl Writer {
    fn new(capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(HEAD);
        Self { out, next_ref: 0 }
    }

    fn errors(&mut self, rows: &[Row]) {
        self.list(Some("errors"), |writer| {
            let mut after = 0;
            for row in rows {
                after += usize::from(row.is_shown());
                let Some(error) = row.error() else { continue };
                writer.failure(row.position(), after, row.mailbox(), error);
            }
        });
    }

    fn failure(&mut self, row: u64, after: usize, mailbox: Option<&str>, error: &Error) {
        self.object(None, |writer| {
            writer.simple("I64", Some("row"), &row.to_string());
            writer.simple("I32", Some("after"), &after.to_string());
            match mailbox {
                Some(mailbox) => writer.text(Some("mailbox"), mailbox),
                None => writer.nil(Some("mailbox")),
            }
            writer.value(Some("error"), &error.to_json(), 0);
        });
    }

    fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(TAIL);
        self.out
    }

    fn field(&mut self, name: &str, field: &Field<'_>) {
        match field {
            Field::Null => self.nil(Some(name)),
            Field::Text(text) => self.text(Some(name), text),
            Field::Int(integer) => self.integer(Some(name), *integer),
            Field::Bool(yes) => self.boolean(Some(name), *yes),
            Field::Json(value) => self.value(Some(name), value, IN_ROW),
        }
    }

    /// `depth` is how many containers are around the value.
    fn value(&mut self, name: Option<&str>, value: &Value, depth: usize) {
        match value {
            Value::Null => self.nil(name),
            Value::Bool(yes) => self.boolean(name, *yes),
            Value::Number(number) => self.number(name, number),
            Value::String(text) => self.text(name, text),
            Value::Array(_) | Value::Object(_) if depth >= DEEPEST => self.text(name, &value.to_string()),
            Value::Array(items) => self.list(name, |writer| {
                for item in items {
                    writer.value(None, item, depth + 1);
                }
            }),
            Value::Object(members) => self.object(name, |writer| writer.members(members, depth + 1)),
        }
    }

    fn members(&mut self, members: &Map<String, Value>, depth: usize) {
        for (name, value) in names::unique(members.keys().map(String::as_str)).iter().zip(members.values()) {
            self.value(Some(name), value, depth);
        }
    }

    fn object(&mut self, name: Option<&str>, members: impl FnOnce(&mut Self)) {
        self.container(name, b"<MS>", b"</MS>", members);
    }

    fn list(&mut self, name: Option<&str>, items: impl FnOnce(&mut Self)) {
        self.container(name, b"<LST>", b"</LST>", items);
    }

    fn container(&mut self, name: Option<&str>, open: &[u8], close: &[u8], content: impl FnOnce(&mut Self)) {
        self.tag("Obj", name);
        self.out.extend_from_slice(b" RefId=\"");
        self.out.extend_from_slice(self.next_ref.to_string().as_bytes());
        self.next_ref += 1;
        self.out.extend_from_slice(b"\">");
        self.out.extend_from_slice(open);
        content(self);
        self.out.extend_from_slice(close);
        self.out.extend_from_slice(b"</Obj>");
    }

    fn nil(&mut self, name: Option<&str>) {
        self.tag("Nil", name);
        self.out.extend_from_slice(b"/>");
    }

    fn boolean(&mut self, name: Option<&str>, yes: bool) {
        self.simple("B", name, if yes { "true" } else { "false" });
    }

    fn number(&mut self, name: Option<&str>, number: &Number) {
        match number.as_i64() {
            Some(integer) => self.integer(name, integer),
            None if number.is_u64() => self.simple("D", name, &number.to_string()),
            None => match number.as_f64() {
                Some(double) if double.is_finite() => self.simple("Db", name, &number.to_string()),
                // Out of Double's range: only a build of serde_json that keeps numbers as text has such.
                _ => self.text(name, &number.to_string()),
            },
        }
    }

    fn integer(&mut self, name: Option<&str>, integer: i64) {
        let tag = if i32::try_from(integer).is_ok() { "I32" } else { "I64" };
        self.simple(tag, name, &integer.to_string());
    }

    fn text(&mut self, name: Option<&str>, text: &str) {
        self.tag("S", name);
        self.out.push(b'>');
        text::escape(&mut self.out, text);
        self.out.extend_from_slice(b"</S>");
    }

    /// An element whose content is plain ASCII.
    fn simple(&mut self, tag: &str, name: Option<&str>, content: &str) {
        self.tag(tag, name);
        self.out.push(b'>');
        self.out.extend_from_slice(content.as_bytes());
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(tag.as_bytes());
        self.out.push(b'>');
    }

    /// A start tag without its end, so that more attributes can follow.
    fn tag(&mut self, tag: &str, name: Option<&str>) {
        self.out.push(b'<');
        self.out.extend_from_slice(tag.as_bytes());
        if let Some(name) = name {
            self.out.extend_from_slice(b" N=\"");
            text::escape(&mut self.out, name);
            self.out.push(b'"');
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inner(value: &Value) -> String {
        let document = String::from_utf8(document(value)).unwrap();
        let inner = document.strip_prefix(std::str::from_utf8(HEAD).unwrap());
        inner.and_then(|rest| rest.strip_suffix("</Objs>")).unwrap().to_owned()
    }

    #[test]
    fn scalars_have_the_types_that_scripts_expect() {
        let cases = [
            (json!(null), "<Nil/>"),
            (json!(true), "<B>true</B>"),
            (json!(-5), "<I32>-5</I32>"),
            (json!(i32::MAX), "<I32>2147483647</I32>"),
            (json!(2_147_483_648_i64), "<I64>2147483648</I64>"),
            (json!(i64::MIN), "<I64>-9223372036854775808</I64>"),
            (json!(u64::MAX), "<D>18446744073709551615</D>"),
            (json!(1.5), "<Db>1.5</Db>"),
            (json!(1e300), "<Db>1e+300</Db>"),
            (json!("a<b"), "<S>a&lt;b</S>"),
        ];
        for (value, expected) in cases {
            assert_eq!(inner(&value), expected);
        }
    }

    #[test]
    fn containers_nest_with_their_own_references() {
        assert_eq!(
            inner(&json!({"b": [1, {"a": null}], "": {}})),
            "<Obj RefId=\"0\"><MS><Obj N=\"b\" RefId=\"1\"><LST><I32>1</I32><Obj RefId=\"2\"><MS><Nil N=\"a\"/></MS></Obj>\
             </LST></Obj><Obj N=\"_\" RefId=\"3\"><MS></MS></Obj></MS></Obj>"
        );
    }

    #[test]
    fn what_is_nested_too_deep_comes_as_json_text() {
        let nested = |levels: usize| (0..levels).fold(json!("x"), |value, _| json!([value]));
        assert!(!inner(&nested(DEEPEST)).contains("<S>["));
        assert!(inner(&nested(DEEPEST + 2)).contains("<S>[[&quot;x&quot;]]</S>"));
    }
}
