//! From rows to the bytes of a batch.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::columns::ColumnSet;
use super::format::{Format, ReportRequest};
use super::heading::Heading;
use super::html::Page;
use super::mailbox_column::MAILBOX_NAME;
use super::out_file::{FileFormat, OutFile};
use super::row::Row;
use super::selection::Selection;
use super::{block, clixml, csv, jsonl};
use crate::error::{Error, Result};

/// Encodes the batches of one report, in order; or its file.
#[derive(Debug)]
pub struct RowEncoder {
    names: Box<[Box<str>]>,
    include_error: bool,
    defuse: bool,
    /// Whether what comes before the first row is still to come.
    head_due: bool,
    /// Rows that are still to come in the documents of blocks.
    rows_in_documents: u64,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    JsonLines,
    Clixml,
    Block,
    Csv,
    /// For files only.
    Html(Box<Page>),
}

impl Kind {
    fn of_stream(format: Format) -> Result<Self> {
        match format {
            Format::JsonLines => Ok(Kind::JsonLines),
            Format::Clixml => Ok(Kind::Clixml),
            Format::Block => Ok(Kind::Block),
            Format::Csv => Ok(Kind::Csv),
            Format::Json => {
                Err(Error::argument("format: json is for single results; rows come as jsonl, clixml, block or csv"))
            }
        }
    }

    fn of_file(format: FileFormat, page: impl FnOnce() -> Page) -> Self {
        match format {
            FileFormat::Csv => Kind::Csv,
            FileFormat::JsonLines => Kind::JsonLines,
            FileFormat::Html => Kind::Html(Box::new(page())),
        }
    }
}

impl RowEncoder {
    /// An encoder for what `request` asks for, of rows that `columns` made.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a format that is not one of streams.
    pub fn new(request: &ReportRequest, columns: &ColumnSet) -> Result<Self> {
        Self::of(columns.names(), request, None)
    }

    /// An encoder for a file, which begins with `heading` where it is a page; what `request` says of the format is not
    /// of it.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where nothing says what the file is written in.
    pub fn for_file(file: &OutFile, heading: Heading, request: &ReportRequest, columns: &ColumnSet) -> Result<Self> {
        Self::of(columns.names(), request, Some((file, heading)))
    }

    /// An encoder of objects with the members of `selection`, for a file where there is one.
    ///
    /// # Errors
    ///
    /// As the others; `InvalidArgument` where rows need columns and nothing is selected.
    pub fn for_objects(
        request: &ReportRequest,
        file: Option<(&OutFile, Heading)>,
        selection: &Selection,
    ) -> Result<Self> {
        let names = std::iter::once(MAILBOX_NAME).chain(selection.names().iter());
        let encoder = Self::of(names, request, file)?;
        if selection.names().is_empty() && matches!(encoder.kind, Kind::Csv | Kind::Html(_)) {
            return Err(Error::argument("select: CSV and HTML need the names of the members that are their columns")
                .hint("name them, or take jsonl"));
        }
        Ok(encoder)
    }

    /// Whether a mailbox that failed has a row in this format even where its error has no columns.
    #[must_use]
    pub fn failures_have_rows(&self) -> bool {
        self.include_error || matches!(self.kind, Kind::JsonLines | Kind::Html(_))
    }

    /// Whether errors travel beside the rows, in the same batch.
    #[must_use]
    pub fn errors_travel_beside(&self) -> bool {
        matches!(self.kind, Kind::Clixml | Kind::Block)
    }

    /// How long rows gather: a host that makes an object of each pays as much for a call as for a hundred of them, and
    /// any other is woken for each row where they come one by one, which costs as much as the row. The requests of a run
    /// that writes wait until its rows are taken.
    #[must_use]
    pub fn gathers_for(&self, writes: bool) -> Duration {
        match self.kind {
            Kind::Block if writes => Duration::from_millis(5),
            Kind::Block => Duration::from_millis(50),
            _ if writes => Duration::ZERO,
            _ => Duration::from_millis(2),
        }
    }

    /// An encoder of rows with columns of these names, for a file where there is one.
    pub(super) fn of(
        names: impl Iterator<Item = impl Into<Box<str>>>,
        request: &ReportRequest,
        file: Option<(&OutFile, Heading)>,
    ) -> Result<Self> {
        let names: Box<[Box<str>]> = names.map(Into::into).collect();
        let defuse = file.as_ref().is_some_and(|(file, _)| file.defuse_formulas);
        let kind = match file {
            Some((file, heading)) => {
                Kind::of_file(file.file_format()?, || Page::new(heading, names.to_vec(), request.include_error))
            }
            None => Kind::of_stream(request.format)?,
        };
        Ok(Self {
            names,
            include_error: request.include_error,
            defuse,
            head_due: !request.no_header || matches!(kind, Kind::Html(_)),
            rows_in_documents: request.block_after,
            kind,
        })
    }

    /// One batch. The first of CSV begins with the header line.
    pub fn encode(&mut self, rows: &[Row]) -> Vec<u8> {
        if rows.is_empty() && !matches!(self.kind, Kind::Clixml | Kind::Block) {
            return Vec::new();
        }
        let mut out = self.head();
        let csv_style = self.csv_style();
        let rows = match &mut self.kind {
            Kind::JsonLines => jsonl::encode(self.include_error, rows),
            Kind::Clixml => clixml::encode_rows(self.include_error, rows),
            Kind::Block if self.rows_in_documents > 0 => {
                self.rows_in_documents = self.rows_in_documents.saturating_sub(rows.len() as u64);
                block::of_document(&clixml::encode_rows(self.include_error, rows))
            }
            Kind::Block => block::encode_rows(self.include_error, rows),
            Kind::Html(page) => page.rows(rows),
            Kind::Csv => csv::encode(csv_style, rows),
        };
        if out.is_empty() {
            return rows;
        }
        out.extend(rows);
        out
    }

    /// What ends a file: its beginning where no row came, and the end of a page, with the counts of `progress`.
    pub fn finish(&mut self, progress: &Value, now: Timestamp) -> Vec<u8> {
        let mut out = self.head();
        if let Kind::Html(page) = &mut self.kind {
            out.extend(page.tail(progress, now));
        }
        out
    }

    /// What comes before the first row, once.
    fn head(&mut self) -> Vec<u8> {
        if !std::mem::take(&mut self.head_due) {
            return Vec::new();
        }
        match &self.kind {
            Kind::Csv => csv::header(&self.names.iter().map(AsRef::as_ref).collect::<Vec<_>>(), self.csv_style()),
            Kind::Html(page) => page.head(),
            Kind::JsonLines | Kind::Clixml | Kind::Block => Vec::new(),
        }
    }

    fn csv_style(&self) -> csv::Style {
        csv::Style { include_error: self.include_error, defuse: self.defuse }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{MailboxRows, RowMaker};

    fn request(format: Format) -> ReportRequest {
        ReportRequest { format, ..ReportRequest::default() }
    }

    fn rows() -> Vec<Row> {
        RowMaker::of_columns(&ColumnSet::default()).of(7, MailboxRows::failed(Some("kim"), Error::cancelled()))
    }

    #[test]
    fn csv_has_its_header_once_and_not_before_the_first_row() -> Result<()> {
        let mut encoder = RowEncoder::new(&request(Format::Csv), &ColumnSet::default())?;
        assert_eq!(encoder.encode(&[]), b"");
        assert!(encoder.encode(&rows()).starts_with(b"MailboxName,"));
        assert!(!encoder.encode(&rows()).starts_with(b"MailboxName,"));
        let without = ReportRequest { no_header: true, ..request(Format::Csv) };
        assert!(!RowEncoder::new(&without, &ColumnSet::default())?.encode(&rows()).starts_with(b"MailboxName,"));
        Ok(())
    }

    #[test]
    fn clixml_has_rows_and_errors_in_one_object() -> Result<()> {
        let batch = RowEncoder::new(&request(Format::Clixml), &ColumnSet::default())?.encode(&rows());
        let batch = String::from_utf8_lossy(&batch);
        assert!(
            batch.contains(
                "<Obj RefId=\"0\"><MS><Obj N=\"rows\" RefId=\"1\"><LST><Obj RefId=\"2\"><MS><S N=\"MailboxName\">kim</S>\
                 <Nil N=\"Language\"/>"
            ),
            "{batch}"
        );
        assert!(
            batch.contains(
                "<Obj N=\"errors\" RefId=\"3\"><LST><Obj RefId=\"4\"><MS><I64 N=\"row\">7</I64><I32 N=\"after\">1</I32>\
                 <Nil N=\"mailbox\"/><Obj N=\"error\" RefId=\"5\"><MS><I32 N=\"status\">-600</I32><S N=\"name\">Cancelled</S>"
            ),
            "{batch}"
        );
        Ok(())
    }

    #[test]
    fn a_single_document_is_no_format_of_rows() {
        assert!(RowEncoder::new(&request(Format::Json), &ColumnSet::default()).is_err());
    }
}
