//! What a comparison is asked for.

use std::path::{Path, PathBuf};

use crate::rows::{Format, Heading, OutFile};

/// Request of a comparison; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct CompareRequest {
    /// The earlier report.
    pub old: PathBuf,
    /// The later one.
    pub new: PathBuf,
    /// What a page calls the earlier one, by default by the name of its file.
    pub old_name: Option<String>,
    /// The same of the later one.
    pub new_name: Option<String>,
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

impl CompareRequest {
    /// What a page of the comparison says of it.
    pub(super) fn heading(&self) -> Heading {
        let named = |name: &Option<String>, path: &Path| {
            name.clone().or_else(|| Some(path.file_name()?.to_string_lossy().into_owned()))
        };
        Heading::new("What changed between two reports")
            .fact("Earlier report", named(&self.old_name, &self.old))
            .fact("Later report", named(&self.new_name, &self.new))
    }
}
