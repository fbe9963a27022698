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
    Clixml(clixml::RowTags),
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
            Format::Clixml => Kind::Clixml(clixml::RowTags::new(&columns, request.include_error)),
            Format::Csv => Kind::Csv { header_due: !request.no_header },
            Format::Json => {
                return Err(Error::argument("format: json is for single results; rows come as jsonl, clixml or csv"));
            }
        };
        Ok(Self { columns, include_error: request.include_error, kind })
    }

    /// One batch. The first of CSV begins with the header line.
    pub fn encode(&mut self, rows: &[ReportRow]) -> Vec<u8> {
        match &mut self.kind {
            Kind::JsonLines => jsonl::encode(&self.columns, self.include_error, rows),
            Kind::Clixml(tags) => clixml::encode_rows(tags, rows),
            Kind::Csv { header_due } => {
                let header = std::mem::take(header_due);
                csv::encode(&self.columns, self.include_error, header, rows)
            }
        }
    }
}
