//! The file itself with what is in it, kept by one thread.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use rusqlite::{Connection, params};
use serde_json::Value;
use tokio::sync::oneshot;

use super::super::input::SETTINGS_MEMBER;
use super::line::{LineHash, hash, line_of};
use crate::error::{Error, Result, Status};
use crate::files::{describe, open_plain, open_to_read, sync_folder};
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::spelling::folded;
use crate::runner::LONGEST_LINE;

/// Notes that are forced to the disk together.
const MOST_TOGETHER: usize = 256;

#[derive(Debug)]
pub(super) enum Request {
    /// What is of a file whose first line, if it is known, was about to be written when the run ended.
    Begun { line: Option<LineHash>, reply: oneshot::Sender<Result<Begun>> },
    /// The file is to be made: what comes to be there is another's.
    IsNew { reply: oneshot::Sender<Result<()>> },
    /// Whether all these lines are in the file.
    Holds { lines: Vec<LineHash>, reply: oneshot::Sender<Result<bool>> },
    /// What an earlier process noted of a mailbox.
    Earlier { mailbox: String, reply: oneshot::Sender<Result<Option<SettingsPatch>>> },
    Note {
        mailbox: String,
        name: String,
        before: SettingsPatch,
        /// Whose mailbox it is, where the run's token says so.
        tenant: Option<String>,
        reply: oneshot::Sender<Result<()>>,
    },
}

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
    pub(super) path: PathBuf,
    pub(super) resumes: bool,
    pub(super) opened: Option<Result<Opened>>,
}

/// The file with an index of its lines. The index is a private database on the disk, of which memory holds a few
/// pages: the file of a million mailboxes is as cheap as that of ten.
pub(super) struct Opened {
    file: File,
    index: Connection,
    /// Where the lines of this process begin.
    own_lines: u64,
}

impl Keeper {
    pub(super) fn serve(mut self, received: &mpsc::Receiver<Request>) {
        while let Ok(first) = received.recv() {
            let mut noted = Vec::new();
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Begun { line, reply } => drop(reply.send(self.begun(line))),
                    Request::IsNew { reply } => {
                        self.resumes = false;
                        drop(reply.send(Ok(())));
                    }
                    Request::Holds { lines, reply } => drop(reply.send(self.holds(lines))),
                    Request::Earlier { mailbox, reply } => drop(reply.send(self.earlier(&mailbox))),
                    Request::Note { mailbox, name, before, tenant, reply } => {
                        match self.note(&mailbox, &name, &before, tenant.as_deref()) {
                            Ok(()) => noted.push(reply),
                            Err(error) => drop(reply.send(Err(self.said(error)))),
                        }
                    }
                }
                next = if noted.len() < MOST_TOGETHER { received.try_recv().ok() } else { None };
            }
            let written = self.sync();
            for reply in noted {
                // Whoever asked may have been cancelled.
                let _ = reply.send(written.clone());
            }
        }
    }

    /// Reads the file where it is there; leaves it as it is.
    fn holds(&self, lines: Vec<LineHash>) -> Result<bool> {
        let mut missing: HashSet<LineHash> = lines.into_iter().collect();
        let file = match open_to_read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file.map_err(|error| self.said(file_error(&error)))?,
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while !missing.is_empty() {
            if read_line(&mut reader, &mut line).map_err(|error| self.said(file_error(&error)))? == 0 {
                return Ok(false);
            }
            missing.remove(&hash_of_line(&line));
        }
        Ok(true)
    }

    /// How far the first line came; without one that is expected the file is another's. What is left of a line alone is
    /// taken away: nothing was sent for it, and nothing can be restored from it.
    fn begun(&self, line: Option<LineHash>) -> Result<Begun> {
        let Some(line) = line else {
            return Ok(if self.path.symlink_metadata().is_ok() { Begun::Other } else { Begun::Not });
        };
        let file = match open_to_read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Begun::Not),
            file => file.map_err(|error| self.said(file_error(&error)))?,
        };
        let mut first = Vec::new();
        read_line(&mut BufReader::new(file), &mut first).map_err(|error| self.said(file_error(&error)))?;
        if hash_of_line(&first) == line {
            return Ok(Begun::Whole);
        }
        if !is_torn(&first) {
            return Ok(Begun::Other);
        }
        std::fs::remove_file(&self.path).map(|()| Begun::Not).map_err(|error| self.said(file_error(&error)))
    }

    fn earlier(&mut self, mailbox: &str) -> Result<Option<SettingsPatch>> {
        if !self.resumes || (self.opened.is_none() && !self.path.exists()) {
            return Ok(None);
        }
        let noted = self.opened().and_then(|opened| {
            let before = opened.own_lines;
            opened.noted(mailbox, before)
        });
        noted.map_err(|error| self.said(error))
    }

    fn note(&mut self, mailbox: &str, name: &str, before: &SettingsPatch, tenant: Option<&str>) -> Result<()> {
        let opened = self.opened()?;
        let new = match opened.noted(mailbox, u64::MAX)? {
            Some(noted) => before.without(&noted),
            None => before.clone(),
        };
        if new.is_empty() {
            return Ok(());
        }
        opened.append(mailbox, &line_of(name, &new, tenant))
    }

    fn sync(&mut self) -> Result<()> {
        match &self.opened {
            Some(Ok(opened)) => opened.file.sync_data().map_err(|error| self.said(file_error(&error))),
            _ => Ok(()),
        }
    }

    fn opened(&mut self) -> Result<&mut Opened> {
        let opened = self.opened.get_or_insert_with(|| Opened::open(&self.path, self.resumes));
        opened.as_mut().map_err(|error| error.clone())
    }

    fn said(&self, error: Error) -> Error {
        said(error, &self.path)
    }
}

impl Opened {
    fn open(path: &Path, resumes: bool) -> Result<Self> {
        let is_there = resumes && path.exists();
        let mut options = OpenOptions::new();
        // Whoever else may still write to it, no line comes to stand over another.
        options.read(true).append(true).create_new(!is_there);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = open_plain(path, &options).map_err(|error| file_error(&error))?;
        if !is_there {
            sync_folder(path).map_err(|error| file_error(&error))?;
        }
        let index = Connection::open("").and_then(|index| {
            index.execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1024;
                 CREATE TABLE line (mailbox BLOB NOT NULL, start INTEGER NOT NULL, PRIMARY KEY (mailbox, start))
                 WITHOUT ROWID;",
            )?;
            Ok(index)
        });
        let mut opened = Self { file, index: index.map_err(|error| index_error(&error))?, own_lines: 0 };
        if is_there {
            opened.own_lines = opened.read_lines()?;
            // After the last whole line a part of one, or nothing.
            let cut = open_plain(path, OpenOptions::new().write(true)).and_then(|file| file.set_len(opened.own_lines));
            cut.map_err(|error| file_error(&error))?;
        }
        Ok(opened)
    }

    /// Indexes the lines that are there, and gives where they end. A part of a line was being written when the process
    /// ended: nothing was sent for it. What lacks its line feed alone is a line: an editor may have taken that.
    fn read_lines(&mut self) -> Result<u64> {
        let mut reader = BufReader::new(&self.file);
        let mut line = Vec::new();
        let mut start = 0;
        self.index.execute_batch("BEGIN").map_err(|error| index_error(&error))?;
        loop {
            let read = read_line(&mut reader, &mut line).map_err(|error| file_error(&error))?;
            if read == 0 || is_torn(&line) {
                break;
            }
            let parsed: Value = serde_json::from_slice(text_of(&line)).map_err(|_| not_a_line(start))?;
            let name = parsed["MailboxName"].as_str().ok_or_else(|| not_a_line(start))?;
            let mailbox = Mailbox::typed(name).map_err(|_| not_a_line(start))?;
            self.remember(&folded(mailbox.name()), start)?;
            start += read as u64;
            if line.last() != Some(&b'\n') {
                (&self.file).write_all(b"\n").map_err(|error| file_error(&error))?;
                start += 1;
                break;
            }
        }
        self.index.execute_batch("COMMIT").map_err(|error| index_error(&error))?;
        Ok(start)
    }

    /// What the lines before `end` say of a mailbox; of a setting that several have, the first.
    fn noted(&self, mailbox: &str, end: u64) -> Result<Option<SettingsPatch>> {
        let starts: Vec<i64> = {
            let query = "SELECT start FROM line WHERE mailbox = ?1 AND start < ?2 ORDER BY start";
            let mut query = self.index.prepare(query).map_err(|error| index_error(&error))?;
            let end = i64::try_from(end).unwrap_or(i64::MAX);
            let rows = query.query_map(params![hash(mailbox.as_bytes()).as_slice(), end], |row| row.get(0));
            rows.and_then(Iterator::collect).map_err(|error| index_error(&error))?
        };
        let mut noted: Option<SettingsPatch> = None;
        for start in starts {
            let start = start.unsigned_abs();
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
        self.remember(mailbox, start)
    }

    fn remember(&self, mailbox: &str, start: u64) -> Result<()> {
        let start = i64::try_from(start).unwrap_or(i64::MAX);
        let insert = self.index.prepare("INSERT OR IGNORE INTO line (mailbox, start) VALUES (?1, ?2)");
        insert
            .and_then(|mut insert| insert.execute(params![hash(mailbox.as_bytes()).as_slice(), start]))
            .map(drop)
            .map_err(|error| index_error(&error))
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

pub(super) fn said(error: Error, path: &Path) -> Error {
    error.action("writing the undo file").target(path.display().to_string())
}

fn not_a_line(start: u64) -> Error {
    Error::new(Status::File, format!("the undo file has an invalid line at byte {start}"))
}

pub(super) fn file_error(error: &io::Error) -> Error {
    let status = if error.kind() == io::ErrorKind::AlreadyExists { Status::FileExists } else { Status::File };
    Error::new(status, describe(error))
}

fn index_error(error: &rusqlite::Error) -> Error {
    Error::new(Status::File, format!("its index in the folder for temporary files failed: {error}"))
}
