//! A journal opened to be read: nothing is written, not to its folder either, so that one on a share that is read-only,
//! or in an archive, can be compared and merged.
//!
//! A main file that stands alone is read as it is, without locks, which SQLite cannot take without a file that it may
//! write to. Its mark tells whether a run began to use it meanwhile: no page of it changes before the mark does. What
//! lies there with a log is locked and read in its place, or where that cannot be, read from a copy of both files.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Result as SqlResult};
use tempfile::TempDir;

use crate::cancel::CancelToken;
use crate::error::{Error, Result};
use crate::files::{long, open_to_read};

use super::fault;
use super::mark::{Log, Main, Mark, log_of};
use super::opening::{self, Kind, Opened};

/// Steps of SQLite between two looks at whether to go on.
const STEPS: i32 = 10_000;

/// Bytes that are copied between two looks at whether to go on.
const PART: u64 = 1024 * 1024;

pub(super) struct Reading {
    /// Dropped first.
    source: Source,
    path: PathBuf,
}

enum Source {
    /// Kept from others, in its place or as a copy.
    Locked { opened: Opened, _copy: Option<TempDir> },
    /// As it is on the disk.
    Alone { connection: Connection, main: File, mark: Mark },
}

impl Reading {
    /// Opens a journal, whose path is absolute and claimed. Where `cancel` is cancelled, what reads it ends.
    ///
    /// # Errors
    ///
    /// `JournalInUse`; `Journal` for what is no journal or cannot be read.
    pub(super) fn open(path: &Path, cancel: &CancelToken) -> Result<Self> {
        opening::check_plain_files(path)?;
        let main = open_to_read(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))?;
        let source = match stands_alone(&main, path)? {
            Some(mark) => {
                let connection = open_as_it_is(path).map_err(|cause| fault::journal(&cause, fault::OPENING, path))?;
                Source::Alone { connection, main, mark }
            }
            None if is_read_only(path) => {
                let copy = copied(&main, path, cancel)?;
                let opened = opening::open(&copy.path().join(COPY));
                let opened = opened.map_err(|error| error.target(path.display().to_string()))?;
                Source::Locked { opened, _copy: Some(copy) }
            }
            None => {
                // To close it later would take away the locks that SQLite takes now.
                drop(main);
                Source::Locked { opened: opening::open(path)?, _copy: None }
            }
        };
        let this = Self { source, path: path.to_owned() };
        this.check_kind()?;
        let cancel = cancel.clone();
        this.connection()
            .progress_handler(STEPS, Some(move || cancel.is_cancelled()))
            .map_err(|cause| fault::journal(&cause, fault::OPENING, path))?;
        Ok(this)
    }

    pub(super) fn connection(&self) -> &Connection {
        match &self.source {
            Source::Locked { opened, .. } => &opened.connection,
            Source::Alone { connection, .. } => connection,
        }
    }

    /// That what was read until now is what the journal held: no run began to use it meanwhile.
    ///
    /// # Errors
    ///
    /// `JournalInUse`.
    pub(super) fn check_unchanged(&self) -> Result<()> {
        let Source::Alone { main, mark, .. } = &self.source else { return Ok(()) };
        match Main::read(main) {
            Ok(Main::Database(_, now)) if now == *mark => Ok(()),
            Ok(_) => Err(changed(&self.path)),
            Err(cause) => Err(fault::file(&cause, fault::READING, &self.path)),
        }
    }

    fn check_kind(&self) -> Result<()> {
        let kind = match &self.source {
            Source::Locked { opened, .. } => opened.kind,
            Source::Alone { connection, .. } => opening::kind_of(connection, &self.path)?,
        };
        match kind {
            Kind::Journal => self.check_unchanged(),
            Kind::Blank => Err(fault::foreign().action(fault::READING).target(self.path.display().to_string())),
        }
    }
}

/// The mark of a journal that needs no other file.
fn stands_alone(main: &File, path: &Path) -> Result<Option<Mark>> {
    let io = |cause: io::Error| fault::file(&cause, fault::OPENING, path);
    let Main::Database(opening::APPLICATION_ID, mark) = Main::read(main).map_err(io)? else { return Ok(None) };
    let is_alone = !mark.is_in_use()
        && Log::read(&log_of(path)).map_err(io)? == Log::Missing
        && fs::metadata(rollback_of(path)).map_or(0, |rollback| rollback.len()) == 0;
    Ok(is_alone.then_some(mark))
}

/// Where SQLite has what a transaction that was broken off has to be rolled back by.
fn rollback_of(path: &Path) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push("-journal");
    path.into()
}

/// Opens a database without a lock, and without a look for further files.
fn open_as_it_is(path: &Path) -> SqlResult<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = opening::open_by(uri_of(&long(path)), flags)?;
    opening::distrust(&connection)?;
    Ok(connection)
}

/// The path as SQLite's URIs have it ("Uniform Resource Identifiers", 3.1 to 3.3), without an authority: a long path of
/// Windows begins with `\\?\` and has no slash, so that each of its bytes stands for itself.
fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?mode=ro&immutable=1");
    uri
}

/// Whether the journal cannot be locked where it is.
fn is_read_only(path: &Path) -> bool {
    let refused = |path: &Path| {
        let opened = File::options().append(true).open(path);
        opened.is_err_and(|cause| {
            matches!(cause.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
        })
    };
    refused(path) || refused(&log_of(path))
}

const COPY: &str = "journal.db";

/// A copy of the main file and its log. The log only grows, and its last frame counts when all of it is there, as long
/// as the mark of the main file, of which nothing changes till then, stays what it was.
fn copied(main: &File, path: &Path, cancel: &CancelToken) -> Result<TempDir> {
    let io = |cause: io::Error| fault::file(&cause, fault::READING, path);
    let before = Main::read(main).map_err(io)?;
    let folder = tempfile::tempdir().map_err(io)?;
    let copy = folder.path().join(COPY);
    copy_file(path, &copy, cancel).map_err(io)?;
    match copy_file(&log_of(path), &log_of(&copy), cancel) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
        done => done.map_err(io)?,
    }
    if cancel.is_cancelled() {
        return Err(Error::cancelled());
    }
    if Main::read(main).map_err(io)? == before { Ok(folder) } else { Err(changed(path)) }
}

fn copy_file(from: &Path, to: &Path, cancel: &CancelToken) -> io::Result<()> {
    let from = open_to_read(from)?;
    let mut to = File::create_new(to)?;
    while !cancel.is_cancelled() && io::copy(&mut (&from).take(PART), &mut to)? > 0 {}
    to.flush()
}

fn changed(path: &Path) -> Error {
    fault::in_use("a run has begun to use it")
        .action(fault::READING)
        .target(path.display().to_string())
        .hint("wait until that run has ended")
}
