//! The mark by which the main file of a journal says whether it stands alone.
//!
//! While a run has a journal open, and after a kill, what was recorded last is in the log beside the main file
//! (`run.db-wal`). To SQLite a main file without its log is a valid database of an earlier moment, and the log of
//! another moment is as good as the right one. A journal that lacks rows or intents repeats requests; so the main
//! file carries a mark: in use or not, and the generation of its log. It stands in the number that SQLite keeps for
//! its users in the header (`user_version`), beside the format, where it can be read without SQLite.
//!
//! What holds at every moment, so that a crash may come at any:
//!
//! - The first frame of a log is the first page of the main file with the generation that the log belongs to: the
//!   log begins with a transaction of the mark alone, and is never emptied while the main file is marked.
//! - Before anything else is written to a log, the main file on the disk is marked with its generation.
//! - A log that has grown is brought into the main file together with the next generation, and begun again; so is one
//!   with the tables of a newer format, which comes with the generation.
//! - An orderly close takes the mark away by the log's last transaction, so that it arrives with all the rest; only
//!   then the log goes.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::ffi::{self, SQLITE_IOERR};
use rusqlite::{Connection, Result as SqlResult};

use crate::error::{Error, Result};
use crate::files::open_to_read;

use super::fault;

/// What a database of SQLite begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Of the header of a database (SQLite "Database File Format", 1.3): its length, and where numbers stand in it.
const HEADER: usize = 100;
const USER_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;
/// What stands before the first page in a log: the log's header and that of the frame (4.1).
const BEFORE_FIRST_PAGE: usize = 32 + 24;
/// The number of the first page in the log.
const FIRST_PAGE_NUMBER: usize = 32;

/// The log is brought into the main file when it is longer.
const LONGEST_LOG: u64 = 4 * 1024 * 1024;

const FORMAT_BITS: u32 = 8;
const IN_USE: u32 = 1 << FORMAT_BITS;
const GENERATION_SHIFT: u32 = FORMAT_BITS + 1;
const GENERATIONS: u32 = 1 << 22;

/// The number in the header: format, use and generation. It is never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u32);

impl Mark {
    /// Of a journal that is made: not in use. By the random number the logs of different journals are told apart.
    pub(super) fn new(format: u32, random: u32) -> Self {
        Self(format | (random % GENERATIONS) << GENERATION_SHIFT)
    }

    pub(super) fn of(user_version: i32) -> Self {
        Self(u32::from_ne_bytes(user_version.to_ne_bytes()))
    }

    pub(super) fn user_version(self) -> i32 {
        i32::from_ne_bytes(self.0.to_ne_bytes())
    }

    pub(super) fn format(self) -> u32 {
        self.0 & (IN_USE - 1)
    }

    pub(super) fn is_in_use(self) -> bool {
        self.0 & IN_USE != 0
    }

    fn cleared(self) -> Self {
        Self(self.0 & !IN_USE)
    }

    /// In use, with the log that begins next.
    fn next(self) -> Self {
        let generation = ((self.0 >> GENERATION_SHIFT) + 1) % GENERATIONS;
        Self(self.format() | IN_USE | generation << GENERATION_SHIFT)
    }

    fn in_format(self, format: u32) -> Self {
        Self(self.0 & !(IN_USE - 1) | format)
    }

    /// Whether it is what a log that begins with `first` may bring next, in the same format or a newer one.
    fn follows(self, first: Self) -> bool {
        first.is_in_use() && first.format() <= self.format() && first.next().in_format(self.format()) == self
    }
}

/// What the main file says of itself on the disk, whatever a log beside it may add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Main {
    Blank,
    /// A database, with its application id.
    Database(i32, Mark),
    Other,
}

impl Main {
    /// Reads the file, which stays open: to close it would take away the locks that SQLite has on it (POSIX).
    pub(super) fn read(mut file: &File) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut header = Vec::with_capacity(HEADER);
        file.take(HEADER as u64).read_to_end(&mut header)?;
        if header.is_empty() {
            return Ok(Self::Blank);
        }
        let (Some(user_version), Some(application_id)) =
            (number(&header, USER_VERSION), number(&header, APPLICATION_ID))
        else {
            return Ok(Self::Other);
        };
        Ok(match (header.starts_with(MAGIC), application_id, user_version) {
            (false, ..) => Self::Other,
            (true, 0, 0) => Self::Blank,
            (true, application_id, user_version) => Self::Database(application_id, Mark::of(user_version)),
        })
    }
}

/// What lies beside the main file as its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    /// None, or an empty one.
    Missing,
    /// One that begins with the first page, which has this mark. Whether SQLite would take it is not said: a log that
    /// is just begun again has a new header before an old frame.
    Begins(Mark),
    Other,
}

impl Log {
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let mut start = Vec::with_capacity(BEFORE_FIRST_PAGE + HEADER);
        match open_to_read(path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Self::Missing),
            file => file?.take((BEFORE_FIRST_PAGE + HEADER) as u64).read_to_end(&mut start)?,
        };
        if start.is_empty() {
            return Ok(Self::Missing);
        }
        let page = start.get(BEFORE_FIRST_PAGE..).filter(|page| page.starts_with(MAGIC));
        let mark =
            page.filter(|_| number(&start, FIRST_PAGE_NUMBER) == Some(1)).and_then(|page| number(page, USER_VERSION));
        Ok(mark.map_or(Self::Other, |mark| Self::Begins(Mark::of(mark))))
    }
}

/// A number of four bytes as SQLite writes them.
fn number(bytes: &[u8], at: usize) -> Option<i32> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(i32::from_be_bytes(bytes))
}

/// Where SQLite has the log of a database.
pub(super) fn log_of(journal: &Path) -> PathBuf {
    let mut path = journal.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

/// Refuses to make a journal where the log of one lies.
pub(super) fn check_missing(journal: &Path) -> Result<()> {
    let log = log_of(journal);
    let there = Log::read(&log).map_err(|cause| fault::file(&cause, fault::OPENING, &log))?;
    // Another process may have made the journal just now.
    if there == Log::Missing || journal.exists() {
        Ok(())
    } else {
        Err(in_context(fault::without_main_file(&log), journal))
    }
}

/// Refuses a blank file beside which the log of a journal lies: SQLite would delete the log.
pub(super) fn check_blank(file: &File, journal: &Path) -> Result<()> {
    let io = |cause: io::Error| fault::file(&cause, fault::OPENING, journal);
    let log = log_of(journal);
    let is_blank = || Main::read(file).map(|main| main == Main::Blank).map_err(io);
    if !is_blank()? || Log::read(&log).map_err(io)? == Log::Missing {
        return Ok(());
    }
    // Another process may have made it a journal between the two looks.
    if is_blank()? { Err(in_context(fault::without_main_file(&log), journal)) } else { Ok(()) }
}

/// Refuses a journal whose main file and log do not belong together. `seen` is the mark that SQLite finds, in the
/// log where it takes that. The journal is locked.
pub(super) fn check(main: Mark, seen: Mark, journal: &Path) -> Result<()> {
    let path = log_of(journal);
    let log = Log::read(&path).map_err(|cause| fault::file(&cause, fault::OPENING, journal))?;
    let belongs = match log {
        Log::Missing if main.is_in_use() => return Err(in_context(fault::without_log(&path), journal)),
        Log::Missing => true,
        Log::Begins(first) if main.is_in_use() => {
            // Or the log was being begun again, and all that it held is in the main file.
            first == main || (main.follows(first) && seen == main)
        }
        Log::Other if main.is_in_use() => false,
        // The run that had just begun to use it had recorded nothing; or the log's content has arrived, and the log
        // would have been emptied next.
        Log::Begins(first) => first == main.next() || seen == main,
        Log::Other => seen == main,
    };
    if belongs { Ok(()) } else { Err(in_context(fault::another_log(&path), journal)) }
}

/// Lets SQLite empty and delete the log as it closes the journal, or keeps it from that.
pub(super) fn let_log_go(connection: &Connection, goes: bool) -> SqlResult<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !goes).map(drop)
}

/// The mark of a journal that this process writes to.
#[derive(Debug)]
pub(super) struct InUse {
    mark: Mark,
    log: PathBuf,
}

impl InUse {
    /// Marks the main file, which is in the mode of a write-ahead log, as `main` says it on the disk and `seen` with
    /// the log. When it returns, the mark is on the disk and the log has begun.
    pub(super) fn begin(connection: &Connection, main: Mark, seen: Mark, journal: &Path) -> SqlResult<Self> {
        let log = log_of(journal);
        let first = Log::read(&log).map_err(|cause| failed(&cause.to_string()))?;
        let_log_go(connection, false)?;
        let mut this = Self { mark: seen, log };
        if seen.is_in_use() && main == seen && first == Log::Begins(seen) {
            return Ok(this);
        }
        if !seen.is_in_use() {
            // A log whose content has arrived must not be taken for the one that begins now; and without a log no mark.
            checkpoint(connection, "TRUNCATE")?;
            this.mark = seen.next();
            this.write(connection)?;
        }
        this.begin_log(connection)?;
        Ok(this)
    }

    /// Brings a log that has grown into the main file. No transaction is open.
    pub(super) fn turn_over(&mut self, connection: &Connection) -> SqlResult<()> {
        let length = fs::metadata(&self.log).map_or(0, |log| log.len());
        if length <= LONGEST_LOG {
            return Ok(());
        }
        self.mark = self.mark.next();
        self.write(connection)?;
        self.begin_log(connection)
    }

    /// Commits the transaction that is open, which brings the tables of another format, together with a mark that says
    /// so, and brings it into the main file.
    pub(super) fn commit_format(&mut self, connection: &Connection, format: u32) -> SqlResult<()> {
        self.mark = self.mark.next().in_format(format);
        self.write(connection)?;
        connection.execute_batch("COMMIT")?;
        self.begin_log(connection)
    }

    /// Takes the mark away: when it returns, the main file has everything and stands alone.
    pub(super) fn clear(&mut self, connection: &Connection) -> SqlResult<()> {
        self.mark = self.mark.cleared();
        self.write(connection)?;
        checkpoint(connection, "TRUNCATE")?;
        let_log_go(connection, true)
    }

    /// Writes the mark: a transaction of its own, so that nothing comes before the first page in a log that begins
    /// with it.
    fn write(&self, connection: &Connection) -> SqlResult<()> {
        connection.pragma_update(None, "user_version", self.mark.user_version())
    }

    /// Brings all of the log into the main file, the mark too, and writes the log anew from its start.
    fn begin_log(&self, connection: &Connection) -> SqlResult<()> {
        checkpoint(connection, "PASSIVE")?;
        self.write(connection)?;
        match Log::read(&self.log) {
            Ok(Log::Begins(first)) if first == self.mark => Ok(()),
            Ok(_) => Err(failed("its log was not begun again")),
            Err(cause) => Err(failed(&cause.to_string())),
        }
    }
}

/// Brings all of the log into the main file, and makes sure that it is on the disk there.
fn checkpoint(connection: &Connection, how: &str) -> SqlResult<()> {
    let done = connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    let (busy, frames, brought) = done?;
    // Without a log there are -1 of them: SQLite says so where it could not begin to write one.
    if busy == 0 && frames >= 0 && frames == brought {
        Ok(())
    } else {
        Err(failed("its log was not brought into the file"))
    }
}

fn failed(what: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(SQLITE_IOERR), Some(what.to_owned()))
}

fn in_context(error: Error, journal: &Path) -> Error {
    error.action(fault::OPENING).target(journal.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_told_from_its_neighbours_and_never_negative() {
        let new = Mark::new(2, u32::MAX);
        assert_eq!((new.format(), new.is_in_use()), (2, false));
        let (one, two) = (new.next(), new.next().next());
        let all = [new, one, two, one.cleared(), two.cleared()];
        assert!(one.is_in_use() && two.is_in_use());
        assert!((0..5).all(|a| (0..a).all(|b| all[a] != all[b])), "{all:?}");
        let newer = one.next().in_format(3);
        assert_eq!((newer.format(), newer.is_in_use()), (3, true));
        assert!(newer.follows(one) && two.follows(one));
        assert!(!newer.follows(new) && !newer.follows(two) && !two.follows(one.in_format(3)), "{newer:?}");
        let last = Mark::new(2, GENERATIONS - 1);
        assert!(last.user_version() > 0);
        assert_eq!(last.next(), Mark(2 | IN_USE));
    }
}
