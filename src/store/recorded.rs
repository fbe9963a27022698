//! What a journal holds, for whoever wants to read it and not to resume it.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::cancel::CancelToken;
use crate::error::{Error, Result};

use super::claim::{Claim, Closing};
use super::journal::State;
use super::opening;
use super::reading::Reading;
use super::{fault, fingerprint};

const SELECT: &str = "SELECT rowid, record FROM outcomes WHERE rowid > ?1 AND state <> ?2 ORDER BY rowid LIMIT ?3";

/// The recorded rows of a journal. Nothing is written, neither to the journal nor beside it.
pub struct Recorded {
    /// Dropped first: the claim is kept until the file is closed.
    reading: Reading,
    path: PathBuf,
    fingerprint: Map<String, Value>,
    last: i64,
    _claim: Claim,
}

impl Recorded {
    /// Opens a journal. Blocks.
    ///
    /// # Errors
    ///
    /// `JournalInUse`; `Journal` for what is no journal or cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_until(path, &CancelToken::new())
    }

    /// As [`Recorded::open`]; ends with `Cancelled` once `cancel` is cancelled.
    ///
    /// # Errors
    ///
    /// As for [`Recorded::open`].
    pub fn open_until(path: &Path, cancel: &CancelToken) -> Result<Self> {
        let of_journal = |error: Error| error.action(fault::READING).target(path.display().to_string());
        if !path.exists() {
            return Err(of_journal(fault::unusable("there is no such file")));
        }
        let path = opening::place(path)?;
        let claim = Claim::of(&path, Closing::default())?;
        let reading = Reading::open(&path, cancel)?;
        let fingerprint = fingerprint::read(reading.connection(), &path)?;
        Ok(Self { reading, path, fingerprint, last: 0, _claim: claim })
    }

    /// What makes its run this run.
    #[must_use]
    pub fn fingerprint(&self) -> &Map<String, Value> {
        &self.fingerprint
    }

    /// The next rows in the order in which they were recorded, at most `most`; none at the end. Intents are left
    /// out.
    ///
    /// # Errors
    ///
    /// `Journal`; `JournalInUse` where a run has begun to use it; `Cancelled`.
    pub fn next(&mut self, most: u32) -> Result<Vec<Vec<u8>>> {
        let rows = || -> rusqlite::Result<Vec<(i64, Option<Vec<u8>>)>> {
            let mut select = self.reading.connection().prepare_cached(SELECT)?;
            let rows =
                select.query_map((self.last, State::Intent as i64, most), |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        let rows = rows().map_err(|cause| fault::journal(&cause, fault::READING, &self.path))?;
        self.reading.check_unchanged()?;
        for (rowid, _) in &rows {
            // In a file that was tampered with pages may lead back to each other: it would never end.
            if *rowid <= self.last {
                return Err(fault::damaged_journal(&self.path));
            }
            self.last = *rowid;
        }
        Ok(rows.into_iter().filter_map(|(_, record)| record).collect())
    }
}
