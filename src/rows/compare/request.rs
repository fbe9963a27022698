//! What a comparison is asked for.

use std::path::PathBuf;

use crate::rows::{Format, OutFile};

/// Request of a comparison; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct CompareRequest {
    /// The earlier report.
    pub old: PathBuf,
    /// The later one.
    pub new: PathBuf,
    /// The column by which rows belong together; by default the first that names a mailbox.
    pub key: Option<String>,
    /// Columns that are not compared.
    pub ignore: Vec<String>,
    /// Compares the columns of errors like any other, instead of reporting what failed.
    pub include_error: bool,
    /// `JsonLines`, `Clixml` or `Csv`.
    pub format: Format,
    /// Leaves out the header line of CSV.
    pub no_header: bool,
    /// As for a run.
    pub block_after: u64,
    /// Writes the rows to a file.
    pub out_file: Option<OutFile>,
}
