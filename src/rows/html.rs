//! A report as one page that needs nothing else: a table, and what the run did.

use jiff::Timestamp;
use serde_json::Value;

use super::cell::Field;
use super::row::{ERROR_COLUMNS, Row, all_fields};
use crate::error::Error;

/// Nothing in the page may load or run anything, whatever a mailbox holds.
const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>ExRun report</title>
<style>
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5em; color: #222; background: #fff }
table { border-collapse: collapse }
th, td { border: 1px solid #ccc; padding: .25em .6em; text-align: left; vertical-align: top; white-space: pre-wrap }
th { position: sticky; top: 0; background: #eee }
tr.failed { background: #fde7e7 }
</style>
</head>
<body>
<table>
<thead><tr>"#;

/// What of a progress is shown, where it is there: of a run or of a comparison.
const SHOWN_COUNTS: [(&str, &str); 9] = [
    ("completed", "mailboxes"),
    ("added", "added"),
    ("removed", "removed"),
    ("changed", "changed"),
    ("unchanged", "unchanged"),
    ("failed", "failed"),
    ("requests", "requests"),
    ("retries", "retries"),
    ("throttled", "throttled"),
];

/// The page up to the first row.
pub(super) fn head<'a>(names: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut out = HEAD.as_bytes().to_vec();
    for name in names {
        element(&mut out, "th", name);
    }
    out.extend_from_slice(b"</tr></thead>\n<tbody>\n");
    out
}

/// One row. A failed one is marked, and says why where the pointer rests on it.
fn row<'a>(out: &mut Vec<u8>, fields: impl Iterator<Item = Field<'a>>, error: Option<&Error>) {
    match error {
        None => out.extend_from_slice(b"<tr>"),
        Some(error) => {
            out.extend_from_slice(b"<tr class=\"failed\" title=\"");
            escape(out, &error.to_string());
            out.extend_from_slice(b"\">");
        }
    }
    for field in fields {
        element(out, "td", &field.shown());
    }
    out.extend_from_slice(b"</tr>\n");
}

/// The rest of the page: the counts of the run, as its progress has them.
pub(super) fn tail(progress: &Value, now: Timestamp) -> Vec<u8> {
    let mut out = b"</tbody>\n</table>\n<p>".to_vec();
    let counts = SHOWN_COUNTS.iter().filter_map(|(name, word)| {
        let count = progress.get(*name)?.as_u64()?;
        Some(format!("{count} {word}"))
    });
    let elapsed = progress.get("elapsedMs").and_then(Value::as_u64).unwrap_or(0);
    let counts = counts.collect::<Vec<_>>().join(", ");
    let text = format!("{counts}; {}.{} s; ended {now:.0}", elapsed / 1000, elapsed % 1000 / 100);
    escape(&mut out, &text);
    out.extend_from_slice(b"</p>\n</body>\n</html>\n");
    out
}

/// The names of a report's columns.
pub(super) fn names<'a>(names: &'a [&str], include_error: bool) -> impl Iterator<Item = &'a str> {
    names.iter().copied().chain(ERROR_COLUMNS.into_iter().filter(move |_| include_error))
}

/// The rows of a report.
pub(super) fn encode(include_error: bool, rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * 160);
    for shown in rows.iter().filter(|row| row.is_shown()) {
        row(&mut out, all_fields(shown, include_error).map(|(_, field)| field), shown.error());
    }
    out
}

fn element(out: &mut Vec<u8>, tag: &str, text: &str) {
    out.push(b'<');
    out.extend_from_slice(tag.as_bytes());
    out.push(b'>');
    escape(out, text);
    out.extend_from_slice(b"</");
    out.extend_from_slice(tag.as_bytes());
    out.push(b'>');
}

/// Text for content and quoted attributes (HTML Standard, "Serializing HTML fragments"). Control characters
/// that a page cannot hold become U+FFFD.
fn escape(out: &mut Vec<u8>, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&#39;"),
            '\r' => out.extend_from_slice(b"&#13;"),
            '\t' | '\n' => out.push(if letter == '\t' { b'\t' } else { b'\n' }),
            _ if letter.is_control() => out.extend_from_slice("\u{fffd}".as_bytes()),
            _ => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::Status;
    use crate::rows::{Cell, Fields};

    #[test]
    fn nothing_of_a_mailbox_becomes_markup() {
        let cells = ["<script>alert(1)</script>", "a\"b'&\u{0}"].map(Cell::from);
        let fields = Fields::new(["a", "b"].into_iter().collect(), cells);
        let error = Error::new(Status::Service, "said \"><b>no</b>");
        let page = String::from_utf8(encode(false, &[Row::failed(0, None, Some(fields), error)]));
        assert_eq!(
            page.unwrap(),
            "<tr class=\"failed\" title=\"said &quot;&gt;&lt;b&gt;no&lt;/b&gt;\">\
             <td>&lt;script&gt;alert(1)&lt;/script&gt;</td><td>a&quot;b&#39;&amp;\u{fffd}</td></tr>\n"
        );
    }

    #[test]
    fn the_page_ends_with_the_counts() {
        let page =
            tail(&json!({"completed": 12, "failed": 3, "requests": 20, "elapsedMs": 1250}), Timestamp::UNIX_EPOCH);
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("<p>12 mailboxes, 3 failed, 20 requests; 1.2 s; ended "), "{page}");
        assert!(page.ends_with("</html>\n"));
    }
}
