//! What an export is asked for.

use std::path::PathBuf;

use super::super::request::RunRequest;
use crate::facet::ReportOptions;

/// Request of an export; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct MessageExport {
    /// What every run has.
    pub run: RunRequest,
    /// The folder of the files.
    pub out_folder: PathBuf,
    /// Attachments as files of their own, too.
    pub attachments: bool,
    /// A row for a mailbox that has nothing to save.
    pub include_empty: bool,
    /// Which messages; without it each line of input names one.
    pub options: Option<ReportOptions>,
}
