//! Members that runs share.

use serde::Deserialize;

use super::values::{DAY_MS, FilePath, Text, Whole, parsed};
use super::{With, fault};
use crate::client::{Limits, MOST_CONCURRENCY, MOST_TRIES, RunRequest, SourceRequest};
use crate::error::Result;
use crate::rows::{FileFormat, Format, OutFile, ReportRequest};
use crate::runner::{Batching, Order};

/// A run's own members beside those of every run.
pub(in crate::ffi) type Run<T> = With<T, With<RunMembers, OutFileMembers>>;

/// Every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct RunMembers {
    /// How rows come.
    #[serde(default)]
    format: RowFormat,
    /// In which order rows come: that of the input, or as mailboxes are done.
    #[serde(default)]
    order: RowOrder,
    /// Adds the columns `ErrorCode`, `ErrorMessage` and `RequestId`, in every format.
    #[serde(default)]
    include_error: bool,
    /// Whether CSV begins with a line of column names.
    #[serde(default = "yes")]
    header: bool,
    /// So many rows of [blocks](#the-block) come in their documents first, with the rest of their batch, which needs no
    /// reader of blocks. Default: 0.
    block_after: Option<Whole<u64, 0, { i64::MAX }>>,
    /// Most requests under way at once. The run starts with 8, finds by itself how many suit the service, and stays
    /// below; at most four of them are for the same mailbox. Default: the client's.
    max_concurrency: Option<Whole<usize, 1, { MOST_CONCURRENCY as i64 }>>,
    /// Most tries of one request. Default: the client's.
    max_tries: Option<Whole<u32, 1, { MOST_TRIES as i64 }>>,
    /// Longest time from the first try of a request to its last. Default: the client's.
    max_retry_ms: Option<Whole<u64, 0, DAY_MS>>,
    /// The run pauses when no call touches its handle for so long; 0 is never, but for runs that write.
    /// Default: 0.
    idle_pause_ms: Option<Whole<u64, 0, DAY_MS>>,
    /// Lets the library find the mailboxes; without it they are pushed.
    source: Option<Source>,
    /// `3/8`: only the mailboxes of the third part of eight.
    shard: Option<Text>,
    /// A file that rows are recorded in before they are given; a later run with it recalls them.
    journal: Option<FilePath>,
    /// Asks again for recorded error rows. Needs `journal`.
    #[serde(default)]
    retry_failed: bool,
    /// Sends again what was sent without an outcome. Needs `journal`.
    #[serde(default)]
    retry_unknown: bool,
    /// Ends the run with `TooManyErrors` once so many mailboxes have failed in it; recalled rows do not count.
    stop_after_errors: Option<Whole<i64, 1, { i64::MAX }>>,
    /// Whether reads share requests (`$batch`): where that pays, never, or where two are ready.
    #[serde(default)]
    batch: Batch,
    /// A CSV file of the mailboxes that failed, which appears when the run ends, however it ends: see
    /// [What failed, in a file](#what-failed-in-a-file).
    failed_file: Option<FilePath>,
    /// Appends every event and request to this file: see [The log of a run](#the-log-of-a-run).
    log_file: Option<FilePath>,
    /// The most mailboxes that the run may be about (lines; of a shard its own). Where there are more, nothing is sent.
    maximum: Option<Whole<i64, 1, { i64::MAX }>>,
}

/// `source`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct Source {
    /// The mailboxes of the tenant; else `group` or `rooms` must be there.
    #[serde(default)]
    all: bool,
    /// An OData filter on users. With `all`.
    filter: Option<Text>,
    /// At most so many. With `all`.
    top: Option<Whole<i64, 1, { i64::MAX }>>,
    /// Users without a mailbox too. With `all`. Default: `false`.
    include_without_mailbox: Option<bool>,
    /// The members of a group: its object id, mail address or display name.
    group: Option<Text>,
    /// The mailboxes of the rooms among the tenant's places, for which the app needs Place.Read.All.
    #[serde(default)]
    rooms: bool,
}

/// Rows to a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct OutFileMembers {
    /// A file that the rows are written to.
    out_file: Option<FilePath>,
    /// Needs `outFile`. Default: what the path's ending says.
    out_format: Option<OutFormat>,
    /// Puts an apostrophe before text that a spreadsheet program would run. Needs `outFile`, of CSV.
    #[serde(default)]
    defuse_formulas: bool,
    /// Begins the file with the bytes EF BB BF, by which Excel knows UTF-8. Needs `outFile`, of CSV.
    #[serde(default)]
    out_file_byte_order_mark: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::ffi) enum RowFormat {
    #[default]
    Jsonl,
    Csv,
    Clixml,
    Block,
}

impl From<RowFormat> for Format {
    fn from(format: RowFormat) -> Self {
        match format {
            RowFormat::Jsonl => Format::JsonLines,
            RowFormat::Csv => Format::Csv,
            RowFormat::Clixml => Format::Clixml,
            RowFormat::Block => Format::Block,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum RowOrder {
    #[default]
    Input,
    Completion,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Batch {
    #[default]
    Auto,
    Never,
    Always,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum OutFormat {
    Csv,
    Jsonl,
    Html,
}

/// Of members that are true where nothing is said.
pub(super) fn yes() -> bool {
    true
}

impl With<RunMembers, OutFileMembers> {
    /// The request of a run, without what is one kind's own.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for members that do not go together.
    pub(super) fn request(self) -> Result<RunRequest> {
        let With(run, out_file) = self;
        for (name, flag) in [("retryFailed", run.retry_failed), ("retryUnknown", run.retry_unknown)] {
            // Without a journal it would do nothing.
            if flag && run.journal.is_none() {
                return Err(fault(name, "needs journal"));
            }
        }
        Ok(RunRequest {
            report: ReportRequest {
                format: run.format.into(),
                columns: Vec::new(),
                include_error: run.include_error,
                no_header: !run.header,
                block_after: run.block_after.map_or(0, |rows| rows.0),
            },
            limits: Limits {
                order: match run.order {
                    RowOrder::Input => Order::Input,
                    RowOrder::Completion => Order::Completion,
                },
                max_concurrency: run.max_concurrency.map(|most| most.0),
                max_tries: run.max_tries.map(|most| most.0),
                max_retry: run.max_retry_ms.map(Into::into),
                idle_pause: run.idle_pause_ms.filter(|pause| pause.0 > 0).map(Into::into),
            },
            source: run.source.map(Source::request).transpose()?,
            shard: parsed(run.shard)?,
            journal: run.journal.map(Into::into),
            retry_failed: run.retry_failed,
            retry_unknown: run.retry_unknown,
            stop_after_errors: run.stop_after_errors.map(|most| most.0.unsigned_abs()),
            maximum: run.maximum.map(|most| most.0.unsigned_abs()),
            batching: match run.batch {
                Batch::Auto => Batching::Auto,
                Batch::Never => Batching::Never,
                Batch::Always => Batching::Always,
            },
            out_file: out_file.request()?,
            failed_file: run.failed_file.map(Into::into),
            log_file: run.log_file.map(Into::into),
        })
    }
}

impl Source {
    pub(super) fn request(self) -> Result<SourceRequest> {
        let all_only = [
            ("source.filter", self.filter.is_some()),
            ("source.top", self.top.is_some()),
            ("source.includeWithoutMailbox", self.include_without_mailbox.is_some()),
        ];
        let foreign = all_only.into_iter().find(|(_, is_there)| *is_there && !self.all);
        if let Some((name, _)) = foreign {
            return Err(fault(name, "goes with all alone"));
        }
        match (self.all, self.group, self.rooms) {
            (true, None, false) => Ok(SourceRequest::All {
                filter: self.filter.map(Into::into),
                top: self.top.map(|most| most.0.unsigned_abs()),
                include_without_mailbox: self.include_without_mailbox.unwrap_or(false),
            }),
            (false, Some(group), false) => Ok(SourceRequest::Group(group.0)),
            (false, None, true) => Ok(SourceRequest::Rooms),
            _ => Err(fault("source", "must hold either \"all\":true, a group or \"rooms\":true")),
        }
    }
}

impl OutFileMembers {
    pub(super) fn request(self) -> Result<Option<OutFile>> {
        let format = self.out_format.map(|format| match format {
            OutFormat::Csv => FileFormat::Csv,
            OutFormat::Jsonl => FileFormat::JsonLines,
            OutFormat::Html => FileFormat::Html,
        });
        match self.out_file {
            Some(path) => Ok(Some(OutFile {
                path: path.0,
                format,
                defuse_formulas: self.defuse_formulas,
                byte_order_mark: self.out_file_byte_order_mark,
            })),
            None if format.is_some() => Err(fault("outFormat", "needs outFile")),
            None if self.defuse_formulas => Err(fault("defuseFormulas", "needs outFile")),
            None if self.out_file_byte_order_mark => Err(fault("outFileByteOrderMark", "needs outFile")),
            None => Ok(None),
        }
    }
}

/// The member of input objects by which a journal knows lines, of runs whose lines say what is done.
pub(super) fn key(key: Option<Text>, run: &RunRequest) -> Result<Option<String>> {
    match key {
        Some(_) if run.journal.is_none() => Err(fault("key", "needs journal")),
        Some(_) if run.source.is_some() => Err(fault("key", "goes with lines that are pushed, not with source")),
        key => Ok(key.map(Into::into)),
    }
}
