//! Who changed what between two reports.

mod difference;
mod index;
mod journal;
mod pass;
mod read;
mod record;
mod request;
mod stream;
mod table;

use std::sync::Arc;

pub use difference::{CHANGE_COLUMNS, Change};
pub use request::CompareRequest;
pub use table::read_table;

use super::out_file::FileRows;
use super::{OutFileStream, ReportRequest, RowEncoder};
use crate::cancel::Signal;
use crate::error::Result;
use crate::event::EventSink;
use crate::files::check_distinct;
use crate::rows::RowStream;
use stream::CompareStream;

/// A comparison that runs, and what is notified when it has rows.
pub struct Comparison {
    /// Its rows.
    pub rows: Arc<dyn RowStream>,
    /// Notified whenever rows become ready or the comparison ends.
    pub signal: Arc<Signal>,
}

/// Starts to compare two reports: a row for each property that differs, in the order of the later report, then
/// one for each row that is only in the earlier one. The files are read by a thread of their own.
///
/// # Errors
///
/// `InvalidArgument` for a format that is none of rows, and for a file of rows that is one of the reports.
pub fn compare(request: CompareRequest) -> Result<Comparison> {
    // A report may be compared with itself, but not be lost to the outcome.
    let out = request.out_file.as_ref().map(|file| &*file.path);
    for (member, report) in [("old", &request.old), ("new", &request.new)] {
        check_distinct([(member, Some(&**report)), ("outFile", out)])?;
    }
    // The rows of a comparison have no error columns of their own.
    let encoding = ReportRequest {
        format: request.format,
        no_header: request.no_header,
        block_after: request.block_after,
        ..ReportRequest::default()
    };
    let file = request.out_file.as_ref().map(|file| (file, request.heading()));
    let encoder = RowEncoder::of(CHANGE_COLUMNS.into_iter(), &encoding, file)?;
    let signal = Arc::new(Signal::default());
    let (out_file, format) = (request.out_file.clone(), request.format);
    let stream = Arc::new(CompareStream::start(request, encoder, Arc::clone(&signal))?);
    let rows: Arc<dyn RowStream> = match out_file {
        None => stream,
        Some(file) => {
            let source: Arc<dyn FileRows> = stream;
            Arc::new(OutFileStream::start(source, file, format, Arc::clone(&signal), EventSink::default())?)
        }
    };
    Ok(Comparison { rows, signal })
}
