//! The list of what was saved, a line each, on the disk before the run goes on.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::line_file::{LineFile, LineIndex, Opened, Words};
use crate::error::{Error, Result};
use crate::store::{ScratchIndex, Store};

/// Its name in the folder of the files.
pub(super) const NAME: &str = "manifest.jsonl";

const WORDS: Words = Words {
    kind: "manifest",
    beginnings: &[r#"{"exrunExport":"#, r#"{"mailbox":"#],
    holds: "what an earlier run has saved",
    lost: "name the folder that the run began with, wherever it is now; where it is lost, begin a new run with another \
           journal",
};

/// What its index may hold in memory.
const INDEX_KIB: u32 = 1024;

/// Something that was saved, or noted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) mailbox: String,
    pub(super) message_id: String,
    pub(super) internet_message_id: Option<String>,
    /// `message`, `attachment` or `reference`.
    pub(super) kind: String,
    /// Of an attachment: its id and name.
    pub(super) attachment_id: Option<String>,
    pub(super) name: Option<String>,
    /// Relative to the folder, with `/`; none of what lies elsewhere.
    pub(super) file: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
}

impl Entry {
    fn key(&self) -> String {
        key(&self.mailbox, &self.message_id, self.attachment_id.as_deref())
    }
}

fn key(mailbox: &str, message: &str, attachment: Option<&str>) -> String {
    format!("{}\n{message}\n{}", mailbox.to_lowercase(), attachment.unwrap_or_default())
}

/// The manifest of a run.
#[derive(Debug)]
pub(super) struct Manifest(LineFile<Known>);

/// Where the line of each is.
struct Known {
    places: ScratchIndex,
    has_header: bool,
}

impl LineIndex for Known {
    fn new() -> Result<Self> {
        Ok(Self { places: ScratchIndex::new(INDEX_KIB)?, has_header: false })
    }

    fn add(&mut self, start: u64, line: &[u8]) -> Result<()> {
        if !self.has_header {
            self.has_header = true;
            return Ok(());
        }
        let entry: Entry = serde_json::from_slice(line).map_err(|cause| Error::argument(cause.to_string()))?;
        self.places.add(&entry.key(), start, &[])
    }

    fn complete(&mut self) -> Result<()> {
        self.places.sort()
    }
}

impl Manifest {
    /// # Errors
    ///
    /// As [`LineFile::open`].
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        LineFile::open(path, WORDS, resumes).map(Self)
    }

    /// # Errors
    ///
    /// As [`LineFile::attach`].
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        self.0.attach(store).await
    }

    /// What an earlier process has saved of a message, or of its attachment.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) async fn earlier(
        &self,
        mailbox: &str,
        message: &str,
        attachment: Option<&str>,
    ) -> Result<Option<Entry>> {
        if !self.0.is_begun() {
            return Ok(None);
        }
        let key = key(mailbox, message, attachment);
        let look = move |opened: &mut Opened<Known>| {
            let Some(start) = opened.index.places.numbers(&key, u64::MAX)?.pop() else { return Ok(None) };
            Ok(serde_json::from_slice(&opened.line_at(start)?).ok())
        };
        Ok(self.0.look_back(look).await?.flatten())
    }

    /// Writes its first line, where it has none.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn begin(&self, tenant: Option<&str>, made: &str) -> Result<()> {
        let first = || format!("{}\n", json!({"exrunExport": 1, "tenant": tenant, "made": made}));
        self.0.begin(first).await
    }

    /// Adds something; it is on the disk when this returns.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) async fn add(&self, entry: &Entry) -> Result<()> {
        // Texts and numbers to memory: nothing of it can fail.
        let line = serde_json::to_string(entry).unwrap_or_default() + "\n";
        self.0.write(move |opened| opened.append(&line)).await
    }
}
