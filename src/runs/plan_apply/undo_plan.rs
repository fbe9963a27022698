//! The plan that takes a plan back, written while that is done: a line before each change.

use std::path::PathBuf;

use super::super::line_file::{LineFile, LineIndex, Opened, Words};
use crate::error::{Error, Result};
use crate::plan::{PlanHeader, PlanLine, PlanOrder};
use crate::store::{ScratchIndex, Store};

const WORDS: Words = Words {
    kind: "undo plan",
    beginnings: &[r#"{"exrunPlan":"#, r#"{"mailbox":"#],
    holds: "what an earlier run would need to be undone",
    lost: "name the undo plan that the run began with, wherever it is now; where it is lost, begin a new run with another \
           journal",
};

/// What its index may hold in memory.
const INDEX_KIB: u32 = 1024;

/// An undo plan.
#[derive(Debug)]
pub(super) struct UndoPlan {
    file: LineFile<Noted>,
}

/// What is noted, by the sums of lines: a line that is resumed is noted once.
struct Noted {
    sums: ScratchIndex,
    has_header: bool,
}

impl LineIndex for Noted {
    fn new() -> Result<Self> {
        Ok(Self { sums: ScratchIndex::new(INDEX_KIB)?, has_header: false })
    }

    fn add(&mut self, start: u64, line: &[u8]) -> Result<()> {
        if !self.has_header {
            self.has_header = true;
            return Ok(());
        }
        let text = std::str::from_utf8(line).map_err(|_| Error::argument("it is not UTF-8"))?;
        self.sums.add(&PlanLine::read(text)?.own_sum(), start, &[])
    }

    fn complete(&mut self) -> Result<()> {
        self.sums.sort()
    }
}

impl UndoPlan {
    /// # Errors
    ///
    /// As [`LineFile::open`].
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        LineFile::open(path, WORDS, resumes).map(|file| Self { file })
    }

    /// # Errors
    ///
    /// As [`LineFile::attach`].
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        self.file.attach(store).await
    }

    /// Writes its first line, where it has none.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn begin(&self, header: impl FnOnce() -> PlanHeader) -> Result<()> {
        let first = || {
            let header = PlanHeader { order: PlanOrder::LastFirst, ..header() };
            format!("{}\n", header.to_text())
        };
        self.file.begin(first).await
    }

    /// Notes the way back of a change, and returns when it is on the disk.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn note(&self, line: &PlanLine, header: impl FnOnce() -> PlanHeader) -> Result<()> {
        self.begin(header).await?;
        let (sum, text) = (line.own_sum(), format!("{}\n", line.to_text()));
        let note = move |opened: &mut Opened<Noted>| {
            let is_noted = !opened.index.sums.numbers(&sum, u64::MAX)?.is_empty();
            if is_noted { Ok(()) } else { opened.append(&text) }
        };
        self.file.write(note).await
    }
}
