//! A report as one page that needs nothing else: sums, bars, and a table that its own script shows.
//!
//! The rows come first, in elements that show nothing, so that what is seen begins with sums that are known only at
//! the end: nothing is kept of a row but what it adds to them.

mod data;
mod frame;
mod summary;
mod tally;
mod text;

use jiff::Timestamp;
use serde_json::Value;

use self::summary::Summary;
use super::heading::Heading;
use super::row::{ERROR_COLUMNS, Row};

/// About how many bytes of rows stand in one element. A browser reads one at a time.
const CHUNK: usize = 1 << 20;

/// A page while it is written.
#[derive(Debug)]
pub(super) struct Page {
    heading: Heading,
    /// The columns of its rows.
    names: Box<[Box<str>]>,
    include_error: bool,
    summary: Summary,
    /// Bytes in the element of rows that is open; 0 where none is.
    open: usize,
}

impl Page {
    /// A page of rows with columns of these names, and those of errors where `include_error` says so.
    pub(super) fn new(heading: Heading, mut names: Vec<Box<str>>, include_error: bool) -> Self {
        let summary = Summary::of(&names);
        names.extend(ERROR_COLUMNS.into_iter().filter(|_| include_error).map(Box::from));
        Self { heading, names: names.into(), include_error, summary, open: 0 }
    }

    /// The page up to the first row.
    pub(super) fn head(&self) -> Vec<u8> {
        frame::head(&self.heading).into_bytes()
    }

    /// Rows.
    pub(super) fn rows(&mut self, rows: &[Row]) -> Vec<u8> {
        let mut out = Vec::with_capacity(rows.len() * 160);
        for row in rows {
            self.summary.count(row);
            if row.is_shown() {
                self.row(&mut out, row);
            }
        }
        out
    }

    fn row(&mut self, out: &mut Vec<u8>, row: &Row) {
        let before = out.len();
        out.extend_from_slice(if self.open == 0 { frame::ROWS_BEGIN } else { b",\n" });
        data::row(out, row, self.include_error);
        self.open += out.len() - before;
        if self.open >= CHUNK {
            self.close(out);
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if std::mem::take(&mut self.open) > 0 {
            out.extend_from_slice(frame::ROWS_END);
        }
    }

    /// The rest of the page, all of which is seen: with the counts of the run or comparison, as its progress has them.
    pub(super) fn tail(&mut self, progress: &Value, now: Timestamp) -> Vec<u8> {
        let mut out = Vec::new();
        self.close(&mut out);
        out.extend(
            frame::tail(&self.heading, &self.names, self.include_error, &self.summary, progress, now).into_bytes(),
        );
        out
    }
}
