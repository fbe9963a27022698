//! The file itself with what is in it, kept by the thread of the run's store.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::input::SETTINGS_MEMBER;
use super::line::{LineHash, hash, line_of};
use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::files::{Making, describe, open_plain, open_private, open_to_read, sync_folder};
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::spelling::folded;
use crate::runner::LONGEST_LINE;
use crate::store::{ScratchIndex, SidecarFile};

/// What its index may hold in memory.
const INDEX_KIB: u32 = 1024;

/// How far a first line came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun {
    /// There is no file, or none any more.
    Not,
    /// It is the first line of the file.
    Whole,
    /// The file is another's.
    Other,
}

pub(super) struct Keeper {
    path: PathBuf,
    resumes: bool,
    opened: Option<Result<Opened>>,
    /// Ends what reads the file, which may be large.
    cancel: CancelToken,
}

/// What is noted of a mailbox.
pub(super) struct Note {
    /// As it is looked up.
    pub(super) mailbox: String,
    /// As the line has it.
    pub(super) name: String,
    pub(super) before: SettingsPatch,
    /// Whose mailbox it is, where the run's token says so.
    pub(super) tenant: Option<String>,
}

/// The file with an index of where the lines of each mailbox begin. The index is on the disk: the file of a million
/// mailboxes is as cheap as that of ten.
struct Opened {
    file: File,
    index: ScratchIndex,
    /// Where the lines of this process begin.
    own_lines: u64,
}

impl Keeper {
    /// Nothing is done with the file yet.
    pub(super) fn new(path: PathBuf, resumes: bool) -> Self {
        Self { path, resumes, opened: None, cancel: CancelToken::new() }
    }

    /// Reads no more of the file once this is cancelled.
    pub(super) fn end_with(&mut self, cancel: CancelToken) {
        self.cancel = cancel;
    }

    /// The file is to be made: what comes to be there is another's.
    pub(super) fn begin_anew(&mut self) {
        self.resumes = false;
    }

    /// Whether all these lines are in the file, which stays as it is.
    pub(super) fn holds(&self, lines: Vec<LineHash>) -> Result<bool> {
        let mut missing: HashSet<LineHash> = lines.into_iter().collect();
        let file = match open_to_read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file.map_err(|error| self.in_context(file_error(&error)))?,
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while !missing.is_empty() {
            check(&self.cancel)?;
            if read_line(&mut reader, &mut line).map_err(|error| self.in_context(file_error(&error)))? == 0 {
                return Ok(false);
            }
            missing.remove(&hash_of_line(&line));
        }
        Ok(true)
    }

    /// What is of a file whose first line, if it is known, was about to be written when the run ended; without one that
    /// is expected the file is another's. What is left of a line alone is taken away: nothing was sent for it, and
    /// nothing can be restored from it.
    pub(super) fn begun(&self, line: Option<LineHash>) -> Result<Begun> {
        let Some(line) = line else {
            return Ok(if self.path.symlink_metadata().is_ok() { Begun::Other } else { Begun::Not });
        };
        let file = match open_to_read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Begun::Not),
            file => file.map_err(|error| self.in_context(file_error(&error)))?,
        };
        let mut first = Vec::new();
        read_line(&mut BufReader::new(file), &mut first).map_err(|error| self.in_context(file_error(&error)))?;
        if hash_of_line(&first) == line {
            return Ok(Begun::Whole);
        }
        if !is_torn(&first) {
            return Ok(Begun::Other);
        }
        std::fs::remove_file(&self.path).map(|()| Begun::Not).map_err(|error| self.in_context(file_error(&error)))
    }

    /// What an earlier process noted of a mailbox.
    pub(super) fn earlier(&mut self, mailbox: &str) -> Result<Option<SettingsPatch>> {
        if !self.resumes || (self.opened.is_none() && !self.path.exists()) {
            return Ok(None);
        }
        let noted = self.opened().and_then(|opened| {
            let before = opened.own_lines;
            opened.noted(mailbox, before)
        });
        noted.map_err(|error| self.in_context(error))
    }

    /// Notes what was not noted before.
    pub(super) fn note(&mut self, note: &Note) -> Result<()> {
        self.opened().and_then(|opened| opened.note(note)).map_err(|error| self.in_context(error))
    }

    fn opened(&mut self) -> Result<&mut Opened> {
        let opened = self.opened.get_or_insert_with(|| Opened::open(&self.path, self.resumes, &self.cancel));
        opened.as_mut().map_err(|error| error.clone())
    }

    fn in_context(&self, error: Error) -> Error {
        in_context(error, &self.path)
    }
}

impl SidecarFile for Keeper {
    fn sync(&mut self) -> Result<()> {
        match &self.opened {
            Some(Ok(opened)) => opened.file.sync_data().map_err(|error| self.in_context(file_error(&error))),
            _ => Ok(()),
        }
    }
}

impl Opened {
    fn open(path: &Path, resumes: bool, cancel: &CancelToken) -> Result<Self> {
        let is_there = resumes && path.exists();
        let mut options = OpenOptions::new();
        // Whoever else may still write to it, no line comes to stand over another.
        options.read(true).append(true);
        let file = if is_there { open_plain(path, &options) } else { open_private(path, &options, Making::New) };
        let file = file.map_err(|error| file_error(&error))?;
        if !is_there {
            sync_folder(path).map_err(|error| file_error(&error))?;
        }
        let mut opened = Self { file, index: ScratchIndex::new(INDEX_KIB)?, own_lines: 0 };
        if is_there {
            opened.own_lines = opened.read_lines(cancel)?;
            // After the last whole line a part of one, or nothing.
            let cut = open_plain(path, OpenOptions::new().write(true)).and_then(|file| file.set_len(opened.own_lines));
            cut.map_err(|error| file_error(&error))?;
        }
        opened.index.sort()?;
        Ok(opened)
    }

    /// Indexes the lines that are there, and gives where they end. A part of a line was being written when the process
    /// ended: nothing was sent for it. What lacks its line feed alone is a line: an editor may have taken that.
    fn read_lines(&mut self, cancel: &CancelToken) -> Result<u64> {
        let mut reader = BufReader::new(&self.file);
        let mut line = Vec::new();
        let mut start = 0;
        loop {
            check(cancel)?;
            let read = read_line(&mut reader, &mut line).map_err(|error| file_error(&error))?;
            if read == 0 || is_torn(&line) {
                break;
            }
            let parsed: Value = serde_json::from_slice(text_of(&line)).map_err(|_| not_a_line(start))?;
            let name = parsed["MailboxName"].as_str().ok_or_else(|| not_a_line(start))?;
            let mailbox = Mailbox::typed(name).map_err(|_| not_a_line(start))?;
            self.index.add(&folded(mailbox.name()), start, &[])?;
            start += read as u64;
            if line.last() != Some(&b'\n') {
                (&self.file).write_all(b"\n").map_err(|error| file_error(&error))?;
                start += 1;
                break;
            }
        }
        Ok(start)
    }

    /// What the lines before `end` say of a mailbox; of a setting that several have, the first.
    fn noted(&mut self, mailbox: &str, end: u64) -> Result<Option<SettingsPatch>> {
        let mut noted: Option<SettingsPatch> = None;
        for start in self.index.numbers(mailbox, end)? {
            let line = self.line_at(start).map_err(|error| file_error(&error))?;
            let line: Value = serde_json::from_slice(text_of(&line)).map_err(|_| not_a_line(start))?;
            let settings = line.get(SETTINGS_MEMBER).ok_or_else(|| not_a_line(start))?;
            let before = SettingsPatch::read(settings, Origin::UNDO)?;
            noted = Some(match noted {
                Some(first) => first.and(&before),
                None => before,
            });
        }
        Ok(noted)
    }

    fn line_at(&self, start: u64) -> io::Result<Vec<u8>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(start))?;
        let mut line = Vec::new();
        read_line(&mut BufReader::new(file), &mut line)?;
        Ok(line)
    }

    fn note(&mut self, Note { mailbox, name, before, tenant }: &Note) -> Result<()> {
        let new = match self.noted(mailbox, u64::MAX)? {
            Some(noted) => before.without(&noted),
            None => before.clone(),
        };
        if new.is_empty() {
            return Ok(());
        }
        self.append(mailbox, &line_of(name, &new, tenant.as_deref()))
    }

    fn append(&mut self, mailbox: &str, line: &str) -> Result<()> {
        if line.len() > LONGEST_LINE {
            return Err(file_error(&too_long()));
        }
        let start = self.file.seek(SeekFrom::End(0)).map_err(|error| file_error(&error))?;
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // A part of a line is nothing that can be restored.
            let _ = self.file.set_len(start);
            return Err(file_error(&error));
        }
        self.index.add(mailbox, start, &[])
    }
}

/// Reads a line with its end; gives how many bytes that were, none at the end of the file. One that no run takes is not
/// read to its end: a file that was named by mistake may have gigabytes without a line feed.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    const MOST: usize = LONGEST_LINE + "\r\n".len();
    line.clear();
    let read = reader.by_ref().take(MOST as u64).read_until(b'\n', line)?;
    if read == MOST && line.last() != Some(&b'\n') { Err(too_long()) } else { Ok(read) }
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("a line of it is longer than {LONGEST_LINE} bytes"))
}

/// A line's text, whatever an editor has put around it: a byte order mark, another end of the line.
fn text_of(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii_end()
}

/// Of a line as it was written.
fn hash_of_line(line: &[u8]) -> LineHash {
    hash(&[text_of(line), b"\n"].concat())
}

/// Whether this is what a process that was killed, or a power cut, leaves of a line: its beginning, or room for it.
fn is_torn(line: &[u8]) -> bool {
    const BEGINNING: &[u8] = br#"{"MailboxName":"#;
    let length = line.len().min(BEGINNING.len());
    let begins = line[..length] == BEGINNING[..length] || line.iter().all(|byte| *byte == 0);
    line.last() != Some(&b'\n') && begins && serde_json::from_slice::<Value>(line).is_err()
}

fn check(cancel: &CancelToken) -> Result<()> {
    if cancel.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) }
}

pub(super) fn in_context(error: Error, path: &Path) -> Error {
    error.action("writing the undo file").target(path.display().to_string())
}

fn not_a_line(start: u64) -> Error {
    Error::new(Status::File, format!("the undo file has an invalid line at byte {start}"))
}

pub(super) fn file_error(error: &io::Error) -> Error {
    let status = if error.kind() == io::ErrorKind::AlreadyExists { Status::FileExists } else { Status::File };
    Error::new(status, describe(error))
}
