//! The file itself with what is in it, kept by the thread of the run's store.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::words::{LineHash, Words, hash};
use crate::cancel::CancelToken;
use crate::error::{Error, Result, Status};
use crate::files::{Making, describe, open_plain, open_private, open_to_read, sync_folder};
use crate::runner::LONGEST_LINE;
use crate::store::SidecarFile;

/// What is known of the lines of a file, so that it need not be read again for each.
pub(in crate::runs) trait LineIndex: Send + Sized + 'static {
    /// One of a file without lines.
    ///
    /// # Errors
    ///
    /// `File`.
    fn new() -> Result<Self>;

    /// Takes a line, as it stands without its end, which begins at `start`.
    ///
    /// # Errors
    ///
    /// Where it is none of such a file.
    fn add(&mut self, start: u64, line: &[u8]) -> Result<()>;

    /// All lines are in that were there when the file was opened.
    ///
    /// # Errors
    ///
    /// `File`; where the lines do not go together.
    fn complete(&mut self) -> Result<()> {
        Ok(())
    }
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

pub(super) struct Keeper<I> {
    path: PathBuf,
    words: Words,
    resumes: bool,
    opened: Option<Result<Opened<I>>>,
    /// Ends what reads the file, which may be large.
    cancel: CancelToken,
}

/// The file with what is known of its lines.
pub(in crate::runs) struct Opened<I> {
    file: File,
    words: Words,
    pub(in crate::runs) index: I,
    /// Where the lines of this process begin.
    pub(in crate::runs) own_lines: u64,
    /// How many bytes of a line were taken away that a killed process had begun.
    pub(in crate::runs) mended: u64,
}

impl<I: LineIndex> Keeper<I> {
    /// Nothing is done with the file yet.
    pub(super) fn new(path: PathBuf, words: Words, resumes: bool) -> Self {
        Self { path, words, resumes, opened: None, cancel: CancelToken::new() }
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
        if !is_torn(&first, &self.words) {
            return Ok(Begun::Other);
        }
        std::fs::remove_file(&self.path).map(|()| Begun::Not).map_err(|error| self.in_context(file_error(&error)))
    }

    /// The file as an earlier process left it, where this run is resumed and it is there.
    pub(super) fn earlier(&mut self) -> Result<Option<&mut Opened<I>>> {
        if !self.resumes || (self.opened.is_none() && !self.path.exists()) {
            return Ok(None);
        }
        self.opened().map(Some)
    }

    /// The file, opened or made.
    pub(super) fn opened(&mut self) -> Result<&mut Opened<I>> {
        let Self { path, words, resumes, opened, cancel } = self;
        let opened = opened.get_or_insert_with(|| Opened::open(path, *words, *resumes, cancel));
        opened.as_mut().map_err(|error| in_context(error.clone(), words, path))
    }

    pub(super) fn in_context(&self, error: Error) -> Error {
        in_context(error, &self.words, &self.path)
    }
}

impl<I: LineIndex> SidecarFile for Keeper<I> {
    fn sync(&mut self) -> Result<()> {
        match &self.opened {
            Some(Ok(opened)) => opened.file.sync_data().map_err(|error| self.in_context(file_error(&error))),
            _ => Ok(()),
        }
    }
}

impl<I: LineIndex> Opened<I> {
    fn open(path: &Path, words: Words, resumes: bool, cancel: &CancelToken) -> Result<Self> {
        let is_there = resumes && path.exists();
        let mut options = OpenOptions::new();
        // Whoever else may still write to it, no line comes to stand over another.
        options.read(true).append(true);
        let file = if is_there { open_plain(path, &options) } else { open_private(path, &options, Making::New) };
        let file = file.map_err(|error| file_error(&error))?;
        if !is_there {
            sync_folder(path).map_err(|error| file_error(&error))?;
        }
        let mut opened = Self { file, words, index: I::new()?, own_lines: 0, mended: 0 };
        if is_there {
            opened.own_lines = opened.read_lines(cancel)?;
            let length = opened.file.metadata().map_err(|error| file_error(&error))?.len();
            opened.mended = length.saturating_sub(opened.own_lines);
            // After the last whole line a part of one, or nothing.
            let cut = open_plain(path, OpenOptions::new().write(true)).and_then(|file| file.set_len(opened.own_lines));
            cut.map_err(|error| file_error(&error))?;
        }
        opened.index.complete()?;
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
            if read == 0 || is_torn(&line, &self.words) {
                break;
            }
            let kind = self.words.kind;
            self.index.add(start, text_of(&line)).map_err(|error| {
                // A scratch file that fails says nothing of the line.
                if error.status() == Status::File { error } else { not_a_line(kind, start) }
            })?;
            start += read as u64;
            if line.last() != Some(&b'\n') {
                (&self.file).write_all(b"\n").map_err(|error| file_error(&error))?;
                start += 1;
                break;
            }
        }
        Ok(start)
    }

    /// The line that begins there, as it stands without its end.
    pub(in crate::runs) fn line_at(&self, start: u64) -> Result<Vec<u8>> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(start)).map_err(|error| file_error(&error))?;
        let mut line = Vec::new();
        read_line(&mut BufReader::new(file), &mut line).map_err(|error| file_error(&error))?;
        Ok(text_of(&line).to_vec())
    }

    /// Adds a line, which has its line feed.
    pub(in crate::runs) fn append(&mut self, line: &str) -> Result<()> {
        if line.len() > LONGEST_LINE {
            return Err(file_error(&too_long()));
        }
        let start = self.file.seek(SeekFrom::End(0)).map_err(|error| file_error(&error))?;
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // A part of a line is nothing that can be restored.
            let _ = self.file.set_len(start);
            return Err(file_error(&error));
        }
        self.index.add(start, text_of(line.as_bytes()))
    }

    /// What is wrong with a line that is none of such a file.
    pub(in crate::runs) fn not_a_line(&self, start: u64) -> Error {
        not_a_line(self.words.kind, start)
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
fn is_torn(line: &[u8], words: &Words) -> bool {
    let begins = |beginning: &&str| {
        let length = line.len().min(beginning.len());
        line[..length] == beginning.as_bytes()[..length]
    };
    let is_part = words.beginnings.iter().any(begins) || line.iter().all(|byte| *byte == 0);
    line.last() != Some(&b'\n') && is_part && serde_json::from_slice::<Value>(line).is_err()
}

fn check(cancel: &CancelToken) -> Result<()> {
    if cancel.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) }
}

pub(super) fn in_context(error: Error, words: &Words, path: &Path) -> Error {
    error.action(format!("writing the {}", words.kind)).target(path.display().to_string())
}

fn not_a_line(kind: &str, start: u64) -> Error {
    Error::new(Status::File, format!("the {kind} has an invalid line at byte {start}"))
}

pub(super) fn file_error(error: &io::Error) -> Error {
    let status = if error.kind() == io::ErrorKind::AlreadyExists { Status::FileExists } else { Status::File };
    Error::new(status, describe(error))
}
