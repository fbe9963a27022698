//! Columns and the encoders of rows.

use std::time::Duration;

/// How rows and results are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON document (operations).
    #[default]
    Json,
    /// JSON Lines (streams).
    JsonLines,
    /// CLIXML, which PowerShell's own deserialiser reads.
    Clixml,
    /// CSV (streams).
    Csv,
}

/// Request of a mailbox settings report; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct ReportRequest {
    /// `JsonLines`, `Clixml` or `Csv`.
    pub format: Format,
    /// In which order rows come.
    pub order: Order,
    /// Column names; empty: the five of the drop-in report.
    pub columns: Vec<String>,
    /// Adds `ErrorCode`, `ErrorMessage` and `RequestId`.
    pub include_error: bool,
    /// Leaves out the header line of CSV.
    pub no_header: bool,
    /// Overrides the client's.
    pub max_concurrency: Option<usize>,
    /// Overrides the client's.
    pub max_tries: Option<u32>,
    /// Overrides the client's.
    pub max_retry: Option<Duration>,
    /// Pauses the run when no call touches it for so long.
    pub idle_pause: Option<Duration>,
}
