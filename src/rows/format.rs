//! How rows are asked for.

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
    /// A block of typed values, of which the PowerShell module makes its objects (streams).
    Block,
    /// CSV (streams).
    Csv,
}

/// How rows are to look; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct ReportRequest {
    /// `JsonLines`, `Clixml`, `Block` or `Csv`.
    pub format: Format,
    /// Column names; empty: the five of the drop-in report.
    pub columns: Vec<String>,
    /// Adds `ErrorCode`, `ErrorMessage` and `RequestId`.
    pub include_error: bool,
    /// Leaves out the header line of CSV.
    pub no_header: bool,
    /// So many rows of a stream of blocks come in their documents, before the others come behind those.
    pub block_after: u64,
}
