//! Requests about reports that were written before.

use serde::Deserialize;

use super::With;
use super::run::{OutFileMembers, RowFormat, yes};
use super::values::{FilePath, Text, Whole};
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
    /// What a page of HTML calls the earlier report. Default: the name of its file.
    old_name: Option<Text>,
    /// What a page of HTML calls the later report. Default: the name of its file.
    new_name: Option<Text>,
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
    /// So many rows of [blocks](#the-block) come in their documents first, with the rest of their batch, which needs no
    /// reader of blocks. Default: 0.
    block_after: Option<Whole<u64, 0, { i64::MAX }>>,
}

impl With<ReportCompare, OutFileMembers> {
    pub(in crate::ffi) fn request(self) -> Result<CompareRequest> {
        let With(own, out_file) = self;
        Ok(CompareRequest {
            old: own.old.into(),
            new: own.new.into(),
            old_name: own.old_name.map(Into::into),
            new_name: own.new_name.map(Into::into),
            key: own.key.map(Into::into),
            ignore: own.ignore.unwrap_or_default(),
            include_error: own.include_error,
            format: own.format.into(),
            no_header: !own.header,
            block_after: own.block_after.map_or(0, |rows| rows.0),
            out_file: out_file.request()?,
        })
    }
}
