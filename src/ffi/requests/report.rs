//! Requests about reports that were written before.

use serde::Deserialize;

use super::With;
use super::run::{OutFileMembers, RowFormat, yes};
use super::values::{FilePath, Text};
use crate::error::Result;
use crate::rows::compare::CompareRequest;

/// Of `exrun_report_compare`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct ReportCompare {
    /// The earlier report.
    old: FilePath,
    /// The later report.
    new: FilePath,
    /// The column by which rows belong together, compared without case. Default: the first name of a mailbox that both
    /// have.
    key: Option<Text>,
    /// Columns that are not compared.
    ignore: Option<Vec<String>>,
    /// Compares the columns of errors too.
    #[serde(default)]
    include_error: bool,
    /// How rows come.
    #[serde(default)]
    format: RowFormat,
    /// Whether CSV begins with a line of column names.
    #[serde(default = "yes")]
    header: bool,
}

impl With<ReportCompare, OutFileMembers> {
    pub(in crate::ffi) fn request(self) -> Result<CompareRequest> {
        let With(own, out_file) = self;
        Ok(CompareRequest {
            old: own.old.into(),
            new: own.new.into(),
            key: own.key.map(Into::into),
            ignore: own.ignore.unwrap_or_default(),
            include_error: own.include_error,
            format: own.format.into(),
            no_header: !own.header,
            out_file: out_file.request()?,
        })
    }
}
