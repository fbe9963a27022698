//! How the file of a journal is made, opened and told from other files.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Result as SqlResult};

use crate::error::{Error, Result};
#[cfg(unix)]
use crate::files::check_links;
use crate::files::{self, Making, check_file, check_plain, long, open_private, open_to_read, sync_folder};

use super::attachments::Attachment;
use super::fault;
use super::mark::{self, InUse, Main, Mark};
use super::migrations::{self, Format};
use super::schema;

/// Stands in the file's header and tells a journal from any other database: "ExRu".
pub(super) const APPLICATION_ID: i32 = 0x4578_5275;

/// Memory that SQLite uses for pages of a journal.
const CACHE_KIB: i64 = 2048;

/// The write-ahead log shrinks to this after a checkpoint that finds it larger.
const LOG_BYTES: i64 = 8 * 1024 * 1024;

/// What a file is that could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Made, and nothing written yet.
    Blank,
    Journal,
}

/// The absolute path of a file, whether it is there or not; without links, so that one file has one path.
#[cfg(unix)]
pub(super) fn place(path: &Path) -> Result<PathBuf> {
    check_links(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))?;
    let resolved = match fs::canonicalize(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let Some(name) = path.file_name() else {
                return Err(Error::argument(format!("the path {} names no file", path.display())));
            };
            fs::canonicalize(files::folder(path)).map(|folder| folder.join(name))
        }
        other => other,
    };
    resolved.map_err(|cause| fault::file(&cause, fault::OPENING, path))
}

/// The absolute path of a file. Links stay, for what they are resolved to (`\\?\`) is nothing to show to people;
/// a file that is opened by two paths is found out by its lock, which here counts within a process too.
#[cfg(not(unix))]
pub(super) fn place(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))
}

/// Makes the file where it is not there, for the owner alone, before SQLite writes to it: its further files take
/// over the mode.
pub(super) fn make_private(path: &Path) -> Result<()> {
    check_not_planted(path)?;
    check_plain_files(path)?;
    mark::check_missing(path)?;
    match open_private(path, OpenOptions::new().write(true), Making::New) {
        Ok(_) => {
            // A file system that cannot do that has no better way either.
            let _ = sync_folder(path);
            Ok(())
        }
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            let metadata = fs::metadata(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))?;
            check_plain(&metadata).map_err(|cause| not_plain(path, &cause))?;
            if metadata.len() == 0 {
                files::make_private(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))?;
            }
            Ok(())
        }
        Err(cause) => Err(fault::file(&cause, fault::OPENING, path)),
    }
}

/// Refuses what another user put there, where everyone may write: for the journal, or for one of SQLite's further files.
fn check_not_planted(path: &Path) -> Result<()> {
    for file in with_further_files(path) {
        check_file(&file).map_err(|cause| fault::file(&cause, fault::OPENING, &file))?;
    }
    Ok(())
}

/// Refuses a pipe or a device in the place of the journal or of one of SQLite's further files, which SQLite would wait
/// for. Nothing is opened: to close the journal again would take away the locks that another part of the process has.
pub(super) fn check_plain_files(path: &Path) -> Result<()> {
    for file in with_further_files(path) {
        if let Ok(metadata) = fs::metadata(&file) {
            check_plain(&metadata).map_err(|cause| not_plain(&file, &cause))?;
        }
    }
    Ok(())
}

/// The journal, and what SQLite may have beside it.
fn with_further_files(path: &Path) -> impl Iterator<Item = PathBuf> {
    ["", "-wal", "-shm", "-journal"].into_iter().map(|ending| {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        file.into()
    })
}

fn not_plain(path: &Path, cause: &io::Error) -> Error {
    refused(path, fault::unusable(&format!("it is no file for a journal: {cause}")).hint("name a file for the journal"))
}

/// A file that was opened, and is kept from others.
pub(super) struct Opened {
    /// Dropped first.
    pub(super) connection: Connection,
    pub(super) kind: Kind,
    /// Read beside SQLite. As long as the connection: to close it would take away SQLite's locks.
    main: File,
    path: PathBuf,
}

/// Opens a file that is there and keeps others away from it; leaves a foreign file as it is, and a journal too.
///
/// # Errors
///
/// `JournalInUse`; `Journal` for what is no journal, and for a main file and a log that do not belong together.
pub(super) fn open(path: &Path) -> Result<Opened> {
    let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::OPENING, path);
    check_plain_files(path)?;
    let main = open_to_read(path).map_err(|cause| fault::file(&cause, fault::OPENING, path))?;
    mark::check_blank(&main, path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags).map_err(sql)?;
    if connection.is_readonly("main").map_err(sql)? {
        return Err(refused(path, fault::read_only()));
    }
    hold(&connection).map_err(sql)?;
    let mut opened = Opened { connection, kind: Kind::Blank, main, path: path.to_owned() };
    opened.kind = opened.recognise()?;
    Ok(opened)
}

impl Opened {
    /// What the file is; takes the lock.
    fn recognise(&self) -> Result<Kind> {
        let (seen, path) = (self.seen_mark()?, &self.path);
        if let Main::Database(APPLICATION_ID, main) = self.main_file()? {
            format_of(main, path)?;
            mark::check(main, seen, path)?;
            self.let_unneeded_log_go(main, seen)?;
        }
        kind_of(&self.connection, path)
    }

    /// A main file that stands alone keeps no log, nor the empty one that SQLite makes as it looks.
    fn let_unneeded_log_go(&self, main: Mark, seen: Mark) -> Result<()> {
        if main.is_in_use() || main != seen {
            return Ok(());
        }
        mark::let_log_go(&self.connection, true).map_err(|cause| fault::journal(&cause, fault::OPENING, &self.path))
    }

    /// Makes sure that a write-ahead log can be had.
    pub(super) fn write_ahead(&self) -> Result<()> {
        let mode = write_ahead(&self.connection);
        match mode.map_err(|cause| fault::journal(&cause, fault::OPENING, &self.path))? {
            mode if mode == "wal" => match self.main_file()? {
                Main::Database(_, main) => self.let_unneeded_log_go(main, self.seen_mark()?),
                Main::Blank | Main::Other => Ok(()),
            },
            mode => {
                let detail = format!("the file system allows no write-ahead log (journal_mode {mode})");
                Err(refused(&self.path, fault::unusable(&detail).hint("put the journal on another file system")))
            }
        }
    }

    /// Whether the run before this one did not end its use in good order.
    pub(super) fn was_left_in_use(&self) -> Result<bool> {
        let main = match self.main_file()? {
            Main::Database(_, mark) => mark.is_in_use(),
            Main::Blank | Main::Other => false,
        };
        Ok(main || self.seen_mark()?.is_in_use())
    }

    /// Marks the journal as in use, before anything is recorded in it.
    pub(super) fn begin(&self) -> Result<InUse> {
        let Main::Database(APPLICATION_ID, main) = self.main_file()? else {
            return Err(refused(&self.path, fault::damaged()));
        };
        let in_use = InUse::begin(&self.connection, main, self.seen_mark()?, &self.path)
            .map_err(|cause| fault::journal(&cause, fault::RECORDING, &self.path))?;
        if cfg!(windows) {
            // Elsewhere SQLite's further files take over the journal's mode. Nothing of a mailbox is in the log yet.
            let log = mark::log_of(&self.path);
            files::make_private(&log).map_err(|cause| fault::file(&cause, fault::RECORDING, &log))?;
        }
        Ok(in_use)
    }

    /// Whether the journal has an older format, the tables of which are not written to.
    pub(super) fn is_older(&self) -> Result<bool> {
        Ok(self.seen_mark()?.format() < migrations::CURRENT)
    }

    /// Brings a journal of an older format forward, all at once.
    pub(super) fn bring_forward(&self, in_use: &mut InUse) -> Result<()> {
        let sql = |cause: rusqlite::Error| fault::journal(&cause, fault::OPENING, &self.path);
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(sql)?;
        migrations::bring_forward(&self.connection, self.seen_mark()?.format(), &self.path)?;
        in_use.commit_format(&self.connection, migrations::CURRENT).map_err(sql)
    }

    /// The mark as SQLite finds it, in the log where there is one.
    fn seen_mark(&self) -> Result<Mark> {
        let seen = self.connection.pragma_query_value(None, "user_version", |row| row.get(0)).map(Mark::of);
        seen.map_err(|cause| fault::journal(&cause, fault::OPENING, &self.path))
    }

    fn main_file(&self) -> Result<Main> {
        Main::read(&self.main).map_err(|cause| fault::file(&cause, fault::OPENING, &self.path))
    }
}

/// Opens the file of a database.
pub(super) fn connect(path: &Path, flags: OpenFlags) -> SqlResult<Connection> {
    open_by(&*long(path), flags)
}

/// Opens a database by a name for SQLite. On Windows it would stop at paths of 260 characters.
pub(super) fn open_by(name: impl AsRef<Path>, flags: OpenFlags) -> SqlResult<Connection> {
    #[cfg(windows)]
    return Connection::open_with_flags_and_vfs(name, flags, c"win32-longpath");
    #[cfg(not(windows))]
    Connection::open_with_flags(name, flags)
}

/// Keeps others away from the first access on. Before the write-ahead log is switched on: its index then stands
/// in memory and not in a file that several processes map, which network file systems cannot do.
fn hold(connection: &Connection) -> SqlResult<()> {
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    distrust(connection)?;
    // The log goes when the mark has gone, and not before.
    mark::let_log_go(connection, false)
}

/// The file may come from elsewhere: nothing in its schema is run, nor can its schema be broken from here.
pub(super) fn distrust(connection: &Connection) -> SqlResult<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

pub(super) fn kind_of(connection: &Connection, path: &Path) -> Result<Kind> {
    let read = || {
        let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let user_version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application, user_version, tables))
    };
    match read().map_err(|cause| fault::journal(&cause, fault::OPENING, path))? {
        (0, 0, 0) => Ok(Kind::Blank),
        (APPLICATION_ID, user_version, _) => {
            schema::check(connection, format_of(Mark::of(user_version), path)?, path)?;
            Ok(Kind::Journal)
        }
        _ => Err(refused(path, fault::foreign())),
    }
}

/// What a journal attaches, whatever its format; the journal stays as it is.
pub(super) fn attachments(connection: &Connection, path: &Path) -> Result<Vec<Attachment>> {
    let user_version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let user_version = user_version.map_err(|cause| fault::journal(&cause, fault::READING, path))?;
    format_of(Mark::of(user_version), path)?.attachments(connection, path)
}

/// # Errors
///
/// `Journal` for a format that this version does not know.
fn format_of(mark: Mark, path: &Path) -> Result<&'static Format> {
    const KNOWN: (u32, u32) = (migrations::OLDEST, migrations::CURRENT);
    let number = mark.format();
    let (detail, hint) = match migrations::format(number) {
        Some(format) => return Ok(format),
        None if number > KNOWN.1 => (
            format!("the journal has format {number}, and this version of ExRun knows {} to {}", KNOWN.0, KNOWN.1),
            "use the version that wrote it, or a newer one",
        ),
        None => (
            format!(
                "the journal has format {number}, in which an earlier version of ExRun knew lines by their mailbox alone; \
                 this version reads format {} and later",
                KNOWN.0
            ),
            "end its run with the version that began it, or begin a new run with another journal; what the old one has \
             done is in its rows",
        ),
    };
    Err(refused(path, fault::unusable(&detail).hint(hint)))
}

fn write_ahead(connection: &Connection) -> SqlResult<String> {
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where a flush does not reach the disk without it (macOS); elsewhere it does nothing.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update_and_check(None, "journal_size_limit", LOG_BYTES, |_| Ok(()))?;
    // The mark tells when the log is brought into the main file.
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    Ok(mode)
}

/// Makes a journal of a blank file: in one step that is on the disk with it, and that no log beside the file has a
/// part in.
pub(super) fn make(connection: &mut Connection, more: impl FnOnce(&Connection) -> SqlResult<()>) -> SqlResult<()> {
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "fullfsync", true)?;
    let transaction = connection.transaction()?;
    lay_out(&transaction)?;
    more(&transaction)?;
    transaction.commit()
}

/// Makes the tables and says what the file is, within the transaction that is open.
pub(super) fn lay_out(connection: &Connection) -> SqlResult<()> {
    migrations::lay_out(connection)?;
    let random = connection.query_row("SELECT abs(random() % 2147483648)", [], |row| row.get(0))?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", Mark::new(migrations::CURRENT, random).user_version())
}

fn refused(path: &Path, error: Error) -> Error {
    error.action(fault::OPENING).target(path.display().to_string())
}
