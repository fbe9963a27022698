//! Reports as files: CSV as ExRun, `Export-Csv` of both PowerShells and Excel write it, JSON Lines, and journals.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use encoding_rs::WINDOWS_1252;
use encoding_rs_io::DecodeReaderBytesBuilder;
use serde_json::{Map, Value};

use super::journal::JournalRows;
use super::record::Record;
use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::files::{file_error, open_to_read};
use crate::graph::json;

const READING: &str = "reading the report";
/// The longest row: what is longer is no report, and is not to be held in memory.
const LONGEST_ROW: u64 = 64 * 1024 * 1024;
const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";
const BUFFER: usize = 256 * 1024;
/// Bytes that say what a file is.
const LOOKED_AT: u64 = 4096;

/// A report that is open, at its first row.
pub(super) struct ReportFile {
    path: PathBuf,
    rows: Rows,
}

enum Rows {
    /// No byte: `Export-Csv` writes such a file where it gets no row.
    None,
    Csv {
        header: Vec<String>,
        reader: Box<csv::Reader<RowBound>>,
        /// What the row that is being read may still take.
        left: Rc<Cell<u64>>,
    },
    JsonLines {
        reader: Box<dyn BufRead>,
        line: u64,
    },
    Journal(Box<JournalRows>),
}

impl ReportFile {
    /// Opens a report, whose content says what it is.
    ///
    /// # Errors
    ///
    /// `File` where it cannot be read or is none.
    pub(super) fn open(path: &Path, cancel: &CancelToken) -> Result<Self> {
        let failed = |error: io::Error| file_error(READING, path, &error);
        let file = open_to_read(path).map_err(failed)?;
        // A byte order mark decides between UTF-8 and UTF-16, which Windows PowerShell and Excel write.
        let mut decoded =
            DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).bom_override(true).build(file);
        let mut start = Vec::new();
        decoded.by_ref().take(LOOKED_AT).read_to_end(&mut start).map_err(failed)?;
        let rows = if start.starts_with(SQLITE_MAGIC) {
            drop(decoded);
            Rows::Journal(Box::new(JournalRows::open(path, cancel)?))
        } else if let Some(first) = start.iter().find(|byte| !byte.is_ascii_whitespace()) {
            match first {
                b'{' => Rows::JsonLines { reader: joined(start, decoded), line: 0 },
                _ => csv_rows(joined(start, decoded)).map_err(|error| unreadable(path, &error))?,
            }
        } else {
            Rows::None
        };
        Ok(Self { path: path.to_owned(), rows })
    }

    /// The columns, where the file says them before its first row.
    pub(super) fn header(&self) -> Option<&[String]> {
        match &self.rows {
            Rows::None => Some(&[]),
            Rows::Csv { header, .. } => Some(header),
            Rows::Journal(journal) => Some(journal.header()),
            Rows::JsonLines { .. } => None,
        }
    }

    /// The next row.
    ///
    /// # Errors
    ///
    /// `File`, with the line.
    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        match &mut self.rows {
            Rows::None => Ok(None),
            Rows::Csv { header, reader, left } => {
                left.set(LONGEST_ROW);
                next_of_csv(header, reader).map_err(|error| unreadable(&self.path, &error))
            }
            Rows::Journal(journal) => journal.next(),
            Rows::JsonLines { reader, line } => next_of_json_lines(&self.path, reader, line),
        }
    }
}

fn joined(start: Vec<u8>, rest: impl Read + 'static) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(BUFFER, Cursor::new(start).chain(rest)))
}

fn csv_rows(mut reader: Box<dyn BufRead>) -> csv::Result<Rows> {
    let mut first = read_line(&mut reader)?;
    // Export-Csv of Windows PowerShell begins with `#TYPE System.Management...` unless told otherwise.
    if first.starts_with(b"#TYPE ") {
        first = read_line(&mut reader)?;
    }
    let mut delimiter = delimiter_of(&first);
    if let Some(named) = named_delimiter(&first) {
        delimiter = named;
        first = read_line(&mut reader)?;
    }
    let left = Rc::new(Cell::new(LONGEST_ROW));
    let all = RowBound { inner: Box::new(Cursor::new(first).chain(reader)), left: Rc::clone(&left) };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(all);
    let header = reader.byte_headers()?.iter().map(text).collect();
    Ok(Rows::Csv { header, reader: Box::new(reader), left })
}

/// Fails where a row goes on and on: one quote that nobody closed makes all that follows a single field.
struct RowBound {
    inner: Box<dyn Read>,
    left: Rc<Cell<u64>>,
}

impl Read for RowBound {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let left = self.left.get().checked_sub(read as u64).ok_or_else(|| {
            let detail = format!("a row is longer than {LONGEST_ROW} bytes; a quote may stand open");
            io::Error::new(io::ErrorKind::InvalidData, detail)
        })?;
        self.left.set(left);
        Ok(read)
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(LONGEST_ROW).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// The most frequent of what separates fields, outside of quotes: Excel writes semicolons where the comma is the
/// decimal sign.
fn delimiter_of(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let plain = header.iter().filter(|byte| {
            quoted ^= **byte == b'"';
            !quoted && **byte == delimiter
        });
        plain.count()
    };
    // Of those that are as frequent the last counts, which is the comma.
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// What the first line says of the delimiter, where it is `sep=;`: Excel's own way, which it never shows as a row.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    // The delimiter may be a tab, so that only the line's end is cut off; some tools put the line in quotes.
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let line = &line[..end];
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (name, rest) = line.split_at_checked(4)?;
    match rest {
        [delimiter] if name.eq_ignore_ascii_case(b"sep=") && !matches!(delimiter, b'"' | 0x80..) => Some(*delimiter),
        _ => None,
    }
}

fn next_of_csv(header: &[String], reader: &mut csv::Reader<RowBound>) -> csv::Result<Option<Record>> {
    let mut row = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut row)? {
        return Ok(None);
    }
    let mut members = Map::with_capacity(header.len());
    for (name, field) in header.iter().zip(row.iter()) {
        // Of two columns of one name the first counts, as for Import-Csv no second can be there.
        members.entry(name.as_str()).or_insert_with(|| Value::String(text(field)));
    }
    Ok(Some(Record(members)))
}

/// A field: UTF-8, or what Windows writes by default in the West, where it is none.
fn text(field: &[u8]) -> String {
    match std::str::from_utf8(field) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(field).0.into_owned(),
    }
}

fn next_of_json_lines(path: &Path, reader: &mut dyn BufRead, number: &mut u64) -> Result<Option<Record>> {
    loop {
        let mut line = Vec::new();
        let length =
            reader.take(LONGEST_ROW).read_until(b'\n', &mut line).map_err(|error| file_error(READING, path, &error))?;
        if length == 0 {
            return Ok(None);
        }
        *number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        return match json::from_slice(&line) {
            Ok(Value::Object(members)) => Ok(Some(Record(members))),
            Ok(_) => Err(wrong(path, &format!("line {number} is not a JSON object"))),
            Err(error) => Err(wrong(path, &format!("line {number} is not JSON: {error}"))),
        };
    }
}

fn unreadable(path: &Path, error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(cause) => file_error(READING, path, cause),
        _ => wrong(path, &error.to_string()),
    }
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::new(Status::File, what).action(READING).target(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(content: &[u8]) -> Vec<Value> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut report = ReportFile::open(file.path(), &CancelToken::new()).unwrap();
        std::iter::from_fn(|| report.next().unwrap()).map(|record| Value::Object(record.0)).collect()
    }

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn csv_is_read_however_it_was_written() {
        let plain = "MailboxName,Language\r\nkim,\"Deutsch (Österreich)\"\r\nlee,\"a,\"\"b\"\"\nc\"\r\n";
        let expected = [
            json!({"MailboxName": "kim", "Language": "Deutsch (Österreich)"}),
            json!({"MailboxName": "lee", "Language": "a,\"b\"\nc"}),
        ];
        assert_eq!(rows(plain.as_bytes()), expected);
        assert_eq!(rows(format!("\u{feff}{plain}").as_bytes()), expected);
        assert_eq!(rows(&utf16(plain, true)), expected);
        assert_eq!(rows(&utf16(plain, false)), expected);
        assert_eq!(rows(&WINDOWS_1252.encode(plain).0), expected);
        assert_eq!(rows(format!("#TYPE System.Management.Automation.PSCustomObject\r\n{plain}").as_bytes()), expected);
        let semicolons = "\"MailboxName\";\"Language\"\r\n\"kim\";\"Deutsch (Österreich)\"\r\nlee;\"a,\"\"b\"\"\nc\"";
        assert_eq!(rows(semicolons.as_bytes()), expected);
        let read = |sep: &str| rows(format!("\u{feff}{sep}\r\n{semicolons}").as_bytes());
        assert_eq!([read("sep=;"), read("SEP=;"), read("\"sep=;\"")], [&expected; 3]);
        assert_eq!(rows(&utf16(&format!("sep=;\n{semicolons}"), true)), expected);
        // What the line says counts, not what is more frequent.
        assert_eq!(rows(b"sep=|\nMailboxName|A,B,C\nkim|1\n"), [json!({"MailboxName": "kim", "A,B,C": "1"})]);
        assert_eq!(rows(b"sep=\t\nMailboxName\tA\nkim\t1\n"), [json!({"MailboxName": "kim", "A": "1"})]);
        assert_eq!(rows("MailboxName\tLanguage\nkim\tDeutsch (Österreich)\n".as_bytes()), expected[..1]);
    }

    #[test]
    fn a_row_that_begins_with_a_hash_is_a_row_and_a_short_one_has_what_it_has() {
        assert_eq!(
            rows(b"MailboxName,A\n#x,1\ny\n"),
            [json!({"MailboxName": "#x", "A": "1"}), json!({"MailboxName": "y"})]
        );
        assert_eq!(rows(b""), [] as [Value; 0]);
        assert_eq!(rows("\u{feff}\r\n".as_bytes()), [] as [Value; 0]);
    }

    #[test]
    fn json_lines_are_read_past_blank_lines() {
        assert_eq!(
            rows("\u{feff}{\"a\":1}\r\n\r\n{\"b\":\"\\ud800\"}".as_bytes()),
            [json!({"a": 1}), json!({"b": "\u{fffd}"})]
        );
    }

    /// Text without an end, and how much of it was read.
    struct Endless(Rc<Cell<u64>>);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'x');
            self.0.set(self.0.get() + buffer.len() as u64);
            Ok(buffer.len())
        }
    }

    #[test]
    fn a_quote_that_stands_open_takes_no_more_than_the_longest_row() {
        let read = Rc::new(Cell::new(0));
        let start = b"MailboxName,A\nkim,1\nlee,\"".to_vec();
        let Ok(Rows::Csv { header, mut reader, left }) = csv_rows(joined(start, Endless(Rc::clone(&read)))) else {
            panic!("no header")
        };
        assert!(next_of_csv(&header, &mut reader).unwrap().is_some());
        left.set(LONGEST_ROW);
        let error = next_of_csv(&header, &mut reader).err().unwrap().to_string();
        assert!(error.contains("a quote may stand open"), "{error}");
        assert!(read.get() < LONGEST_ROW + 2 * BUFFER as u64, "{}", read.get());
    }

    #[test]
    fn what_is_no_report_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let refused = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            let error = ReportFile::open(&path, &CancelToken::new()).and_then(|mut report| {
                while report.next()?.is_some() {}
                Ok(())
            });
            error.unwrap_err().to_string()
        };
        assert!(refused(b"{\"a\":1}\n[2]\n").ends_with("line 2 is not a JSON object"));
        assert!(refused(b"{\"a\":1}\n{x\n").contains("line 2 is not JSON"));
        assert!(refused(b"SQLite format 3\0...").contains("journal"));
        std::fs::remove_file(&path).unwrap();
        let error = ReportFile::open(&path, &CancelToken::new()).err().unwrap().to_string();
        assert_eq!(error, format!("reading the report {}: no such file or folder", path.display()));
    }
}
