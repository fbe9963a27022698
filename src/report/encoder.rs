//! From rows to the bytes of a batch.

use std::sync::Arc;

use super::{ColumnSet, Format, ReportRequest, ReportRow, clixml, csv, jsonl};
use crate::error::{Error, Result};

/// Encodes the batches of one report, in order.
#[derive(Debug)]
pub struct RowEncoder {
    columns: Arc<ColumnSet>,
    include_error: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    JsonLines,
    Clixml,
    Csv { header_due: bool },
}

impl RowEncoder {
    /// An encoder for what `request` asks for, of rows that `columns` made.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a format that is not one of streams.
    pub fn new(request: &ReportRequest, columns: Arc<ColumnSet>) -> Result<Self> {
        let kind = match request.format {
            Format::JsonLines => Kind::JsonLines,
            Format::Clixml => Kind::Clixml,
            Format::Csv => Kind::Csv { header_due: !request.no_header },
            Format::Json => {
                return Err(Error::argument("format: json is for single results; rows come as jsonl, clixml or csv"));
            }
        };
        Ok(Self { columns, include_error: request.include_error, kind })
    }

    /// One batch. The first of CSV begins with the header line.
    pub fn encode(&mut self, rows: &[ReportRow]) -> Vec<u8> {
        if rows.is_empty() && !matches!(self.kind, Kind::Clixml) {
            return Vec::new();
        }
        match &mut self.kind {
            Kind::JsonLines => jsonl::encode(&self.columns, self.include_error, rows),
            Kind::Clixml => clixml::encode_rows(&self.columns, self.include_error, rows),
            Kind::Csv { header_due } => {
                let header = std::mem::take(header_due);
                csv::encode(&self.columns, self.include_error, header, rows)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(format: Format) -> ReportRequest {
        ReportRequest { format, ..ReportRequest::default() }
    }

    fn rows() -> [ReportRow; 1] {
        let row = ColumnSet::default().null_row(Some("kim"));
        [ReportRow { position: 7, row, error: Some(Error::cancelled()) }]
    }

    #[test]
    fn csv_has_its_header_once_and_not_before_the_first_row() -> Result<()> {
        let mut encoder = RowEncoder::new(&request(Format::Csv), Arc::default())?;
        assert_eq!(encoder.encode(&[]), b"");
        assert!(encoder.encode(&rows()).starts_with(b"MailboxName,"));
        assert!(!encoder.encode(&rows()).starts_with(b"MailboxName,"));
        let without = ReportRequest { no_header: true, ..request(Format::Csv) };
        assert!(!RowEncoder::new(&without, Arc::default())?.encode(&rows()).starts_with(b"MailboxName,"));
        Ok(())
    }

    #[test]
    fn clixml_has_rows_and_errors_in_one_object() -> Result<()> {
        let batch = RowEncoder::new(&request(Format::Clixml), Arc::default())?.encode(&rows());
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
                "<Obj N=\"errors\" RefId=\"3\"><LST><Obj RefId=\"4\"><MS><I64 N=\"row\">7</I64><Obj N=\"error\" \
                 RefId=\"5\"><MS><I32 N=\"status\">-600</I32><S N=\"name\">Cancelled</S>"
            ),
            "{batch}"
        );
        Ok(())
    }

    #[test]
    fn a_single_document_is_no_format_of_rows() {
        assert!(RowEncoder::new(&request(Format::Json), Arc::default()).is_err());
    }
}
