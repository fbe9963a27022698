//! The undo file of a run that writes settings: what each mailbox had before, a line each, on the disk before
//! anything is written to the mailbox. Its lines are input that restores what was.

mod line;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use self::line::line_of;
use super::input::SETTINGS_MEMBER;
use super::line_file::{LineFile, LineIndex, Opened, Words};
use crate::error::{Error, Result};
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::spelling::folded;
use crate::store::{ScratchIndex, Store};

const WORDS: Words = Words {
    kind: "undo file",
    beginnings: &[r#"{"MailboxName":"#],
    holds: "what an earlier run would need to be undone",
    lost: "name the undo file that the run began with, wherever it is now (for a merged journal: one file with the lines \
           of those of all shards); where it is lost, begin a new run with another journal",
};

/// What its index may hold in memory.
const INDEX_KIB: u32 = 1024;

/// An undo file, kept by the thread of its run's store.
#[derive(Debug)]
pub(super) struct UndoFile {
    file: LineFile<UndoIndex>,
    /// The tenant that its lines are of.
    tenant: OnceLock<String>,
}

/// Where the lines of each mailbox begin. It is on the disk: the file of a million mailboxes is as cheap as that of ten.
struct UndoIndex(ScratchIndex);

impl LineIndex for UndoIndex {
    fn new() -> Result<Self> {
        ScratchIndex::new(INDEX_KIB).map(Self)
    }

    fn add(&mut self, start: u64, line: &[u8]) -> Result<()> {
        let parsed: Option<Value> = serde_json::from_slice(line).ok();
        let name = parsed.as_ref().and_then(|line| line["MailboxName"].as_str());
        let mailbox = name.and_then(|name| Mailbox::typed(name).ok());
        let mailbox = mailbox.ok_or_else(|| Error::argument("it names no mailbox"))?;
        self.0.add(&folded(mailbox.name()), start, &[])
    }

    fn complete(&mut self) -> Result<()> {
        self.0.sort()
    }
}

impl UndoFile {
    /// An undo file at `path`, made when something is noted. One that is there is taken only where `resumes` says
    /// that it belongs to the run that is resumed.
    ///
    /// # Errors
    ///
    /// `FileExists`; `File` for what is no plain file.
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        Ok(Self { file: LineFile::open(path, WORDS, resumes)?, tenant: OnceLock::new() })
    }

    /// Makes sure that this is the undo file of the run whose journal is open.
    ///
    /// # Errors
    ///
    /// As [`LineFile::attach`].
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        self.file.attach(store).await
    }

    /// Whose mailboxes the lines to come are: each says so, for lines may be put together from several files.
    pub(super) fn set_tenant(&self, tenant: &str) {
        let _ = self.tenant.set(tenant.to_owned());
    }

    /// What the processes before this one noted of a mailbox, where this run is resumed: it may have been written
    /// to since.
    ///
    /// # Errors
    ///
    /// `File`.
    pub(super) async fn earlier(&self, mailbox: &str) -> Result<Option<SettingsPatch>> {
        let mailbox = folded(mailbox);
        let noted = self.file.look_back(move |opened| {
            let end = opened.own_lines;
            noted(opened, &mailbox, end)
        });
        Ok(noted.await?.flatten())
    }

    /// Notes what a mailbox has, and returns when that is on the disk. Of a setting that was noted before, the
    /// first value stays the one.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn note(&self, mailbox: &str, name: &str, before: SettingsPatch) -> Result<()> {
        if before.is_empty() {
            return Ok(());
        }
        let tenant = self.tenant.get().cloned();
        self.file.begin(|| line_of(name, &before, tenant.as_deref())).await?;
        let (mailbox, name) = (folded(mailbox), name.to_owned());
        let note = move |opened: &mut Opened<UndoIndex>| {
            let new = match noted(opened, &mailbox, u64::MAX)? {
                Some(noted) => before.without(&noted),
                None => before,
            };
            if new.is_empty() { Ok(()) } else { opened.append(&line_of(&name, &new, tenant.as_deref())) }
        };
        self.file.write(note).await
    }
}

/// What the lines before `end` say of a mailbox; of a setting that several have, the first.
fn noted(opened: &mut Opened<UndoIndex>, mailbox: &str, end: u64) -> Result<Option<SettingsPatch>> {
    let mut noted: Option<SettingsPatch> = None;
    for start in opened.index.0.numbers(mailbox, end)? {
        let line: Value = serde_json::from_slice(&opened.line_at(start)?).map_err(|_| opened.not_a_line(start))?;
        let settings = line.get(SETTINGS_MEMBER).ok_or_else(|| opened.not_a_line(start))?;
        let before = SettingsPatch::read(settings, Origin::UNDO)?;
        noted = Some(match noted {
            Some(first) => first.and(&before),
            None => before,
        });
    }
    Ok(noted)
}
