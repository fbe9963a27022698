//! The journal of a settings report, read as the report that its run gave or would give.

use std::collections::VecDeque;
use std::path::Path;

use serde_json::{Map, Value};

use super::record::{ERROR_MEMBER, Record};
use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::rows::columns::REPORT_KIND;
use crate::rows::mailbox_column::MAILBOX_NAME;
use crate::rows::{MailboxRows, Names, older_report};
use crate::store::Recorded;

/// Rows that are fetched at once.
const BATCH: u32 = 256;

/// The rows of a journal, in the order in which they were recorded.
pub(super) struct JournalRows {
    recorded: Recorded,
    columns: Vec<String>,
    fetched: VecDeque<Vec<u8>>,
}

impl JournalRows {
    /// Opens a journal.
    ///
    /// # Errors
    ///
    /// `JournalInUse`; `Journal` for what is no journal; `JournalMismatch` for one of another kind of run.
    pub(super) fn open(path: &Path, cancel: &CancelToken) -> Result<Self> {
        let recorded = Recorded::open_until(path, cancel)?;
        let of_run = recorded.fingerprint();
        if of_run.get("kind").and_then(Value::as_str) != Some(REPORT_KIND) {
            return Err(Error::new(Status::JournalMismatch, "it is not the journal of a settings report")
                .action("reading the report")
                .target(path.display().to_string())
                .hint("write the rows of the run to files, and compare those"));
        }
        let selected = of_run.get("select").and_then(Value::as_array);
        let columns = selected.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self { recorded, columns, fetched: VecDeque::new() })
    }

    pub(super) fn header(&self) -> &[String] {
        &self.columns
    }

    pub(super) fn next(&mut self) -> Result<Option<Record>> {
        if self.fetched.is_empty() {
            self.fetched = self.recorded.next(BATCH)?.into();
        }
        let Some(record) = self.fetched.pop_front() else { return Ok(None) };
        let MailboxRows { mailbox, objects, error, .. } =
            match older_report::read(&record, self.columns.iter().map(String::as_str)) {
                Some(given) => given,
                None => MailboxRows::recall(&record, &Names::default())?,
            };
        let mut settings = objects.into_iter().next().map(Map::from).unwrap_or_default();
        let value = |name: &String| match &**name {
            MAILBOX_NAME => mailbox.as_deref().into(),
            name => settings.get_mut(name).map(Value::take).unwrap_or_default(),
        };
        let mut members: Map<String, Value> =
            self.columns.iter().cloned().zip(self.columns.iter().map(value)).collect();
        if let Some(error) = error {
            members.insert(ERROR_MEMBER.to_owned(), error.to_json());
        }
        Ok(Some(Record(members)))
    }
}
