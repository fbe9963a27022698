//! Requests about journals.

use std::path::PathBuf;

use serde::Deserialize;

use super::fault;
use super::values::FilePath;
use crate::error::Result;

/// Of `exrun_journal_merge`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct JournalMerge {
    /// Paths of the journals of one run's shards; at least one.
    #[serde(default)]
    journals: Vec<String>,
    /// The new journal, which must not be there.
    journal: FilePath,
}

impl JournalMerge {
    /// The journals to be merged, and the new one.
    pub(in crate::ffi) fn request(self) -> Result<(Vec<PathBuf>, PathBuf)> {
        if self.journals.is_empty() {
            return Err(fault("journals", "must name at least one journal"));
        }
        if self.journals.iter().any(|path| path.trim().is_empty()) {
            return Err(fault("journals", "must not hold a blank path"));
        }
        if self.journals.iter().any(|path| path.contains('\0')) {
            return Err(fault("journals", "must not hold a NUL"));
        }
        Ok((self.journals.into_iter().map(PathBuf::from).collect(), self.journal.into()))
    }
}
