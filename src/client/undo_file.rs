//! The undo file of a run that writes settings: what each mailbox had before, a line each, on the disk before
//! anything is written to the mailbox. Its lines are input that restores what was.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{OnceLock, mpsc};
use std::thread;

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use tokio::sync::{OnceCell, oneshot};

use crate::error::{Error, Result, Status};
use crate::files::{describe, sync_folder};
use crate::graph::identity;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::runner::store::{Store, UndoFileRecord};

/// The member of a line of input that holds this mailbox's own settings.
pub(super) const SETTINGS_MEMBER: &str = "@settings";

/// The member of such a line that holds the id of the mailbox's tenant.
pub(super) const TENANT_MEMBER: &str = "@tenant";

/// Notes that are forced to the disk together.
const MOST_TOGETHER: usize = 256;

/// Of a line.
type LineHash = [u8; 32];

/// An undo file, kept by a thread of its own. Dropping it ends the thread; what was noted is on the disk.
#[derive(Debug)]
pub(super) struct UndoFile {
    path: PathBuf,
    requests: mpsc::Sender<Request>,
    /// Whose journal is to know the file.
    store: OnceLock<Store>,
    /// Once the journal knows it by its first line.
    known: OnceCell<()>,
    /// The tenant that its lines are of.
    tenant: OnceLock<String>,
}

#[derive(Debug)]
enum Request {
    /// Whether all these lines are in the file.
    Holds { lines: Vec<LineHash>, reply: oneshot::Sender<Result<bool>> },
    /// What an earlier process noted of a mailbox.
    Earlier { mailbox: String, reply: oneshot::Sender<Result<Option<SettingsPatch>>> },
    Note {
        mailbox: String,
        name: String,
        before: SettingsPatch,
        tenant: Option<String>,
        /// The file's first line.
        reply: oneshot::Sender<Result<Option<LineHash>>>,
    },
}

impl UndoFile {
    /// An undo file at `path`, made when something is noted. One that is there is taken only where `resumes` says
    /// that it belongs to the run that is resumed.
    ///
    /// # Errors
    ///
    /// `FileExists`; `Internal` where no thread can be started.
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        if !resumes && path.symlink_metadata().is_ok() {
            return Err(exists(&path));
        }
        let (requests, received) = mpsc::channel();
        thread::Builder::new()
            .name("exrun-undo".to_owned())
            .spawn({
                let path = path.clone();
                move || Keeper { path, resumes, opened: None }.serve(&received)
            })
            .map_err(|error| Error::internal(format!("no thread for the undo file: {error}")))?;
        Ok(Self { path, requests, store: OnceLock::new(), known: OnceCell::new(), tenant: OnceLock::new() })
    }

    /// Makes sure that this is the undo file of the run whose journal is open: were another begun, what was before
    /// would be in two files, of which the second may hold what this run has written.
    ///
    /// A file is known by its first line, so that it may be moved; the undo files of shards whose journals were merged
    /// may be put together in one. Until it has a line it is known by its path, which the journal has before the
    /// line is written.
    ///
    /// # Errors
    ///
    /// `JournalMismatch` where what the journal knows is not in the file; `FileExists` for one that is there before
    /// the run has noted anything; `Journal`, `File`.
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let place = path.to_string_lossy().into_owned();
        let files = store.undo_files().await?;
        let lines: Vec<LineHash> = files.iter().filter_map(|file| file.first_line).collect();
        if !lines.is_empty() {
            if !self.ask(|reply| Request::Holds { lines, reply }).await? {
                return Err(self.other_file(&files));
            }
            let _ = self.known.set(());
        } else if files.iter().all(|file| file.path != place) {
            if path.symlink_metadata().is_ok() {
                return Err(exists(&self.path));
            }
            store.add_undo_file(UndoFileRecord { path: place, first_line: None }).await?;
        }
        let _ = self.store.set(store.clone());
        Ok(())
    }

    fn other_file(&self, files: &[UndoFileRecord]) -> Error {
        let made = files.iter().filter(|file| file.first_line.is_some());
        let places: Vec<&str> = made.map(|file| file.path.as_str()).collect();
        let detail = format!(
            "what mailboxes had before this run is in another undo file, which was {} when it was made",
            places.join(" and ")
        );
        Error::new(Status::JournalMismatch, detail)
            .action("resuming the run with the undo file")
            .target(self.path.display().to_string())
            .hint(
                "name the undo file that the run began with, wherever it is now (for a merged journal: one file with \
                 the lines of those of all shards); where it is lost, begin a new run with another journal",
            )
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
        self.ask(|reply| Request::Earlier { mailbox: mailbox.to_lowercase(), reply }).await
    }

    /// Notes what a mailbox has, and returns when that is on the disk. Of a setting that was noted before, the
    /// first value stays the one.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`.
    pub(super) async fn note(&self, mailbox: &str, name: &str, before: SettingsPatch) -> Result<()> {
        let (mailbox, name) = (mailbox.to_lowercase(), name.to_owned());
        let tenant = self.tenant.get().cloned();
        let first_line = self.ask(|reply| Request::Note { mailbox, name, before, tenant, reply }).await?;
        self.known.get_or_try_init(|| self.make_known(first_line)).await.map(drop)
    }

    async fn make_known(&self, first_line: Option<LineHash>) -> Result<()> {
        let Some(store) = self.store.get().filter(|_| first_line.is_some()) else { return Ok(()) };
        let path = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        store.add_undo_file(UndoFileRecord { path: path.to_string_lossy().into_owned(), first_line }).await
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<Result<T>>) -> Request) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let ended = || Error::internal("the thread of the undo file has ended");
        self.requests.send(request(reply)).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

struct Keeper {
    path: PathBuf,
    resumes: bool,
    opened: Option<Result<Opened>>,
}

/// The file with an index of its lines. The index is a private database on the disk, of which memory holds a few
/// pages: the file of a million mailboxes is as cheap as that of ten.
struct Opened {
    file: File,
    index: Connection,
    first_line: Option<LineHash>,
    /// Where the lines of this process begin.
    own_lines: u64,
}

impl Keeper {
    fn serve(mut self, received: &mpsc::Receiver<Request>) {
        while let Ok(first) = received.recv() {
            let mut noted = Vec::new();
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
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
            let first_line = self.first_line();
            for reply in noted {
                // Whoever asked may have been cancelled.
                let _ = reply.send(written.clone().map(|()| first_line));
            }
        }
    }

    /// Reads the file where it is there; leaves it as it is.
    fn holds(&self, lines: Vec<LineHash>) -> Result<bool> {
        let mut missing: HashSet<LineHash> = lines.into_iter().collect();
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file.map_err(|error| self.said(file_error(&error)))?,
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        while !missing.is_empty() {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(|error| self.said(file_error(&error)))? == 0 {
                return Ok(false);
            }
            missing.remove(&hash(&line));
        }
        Ok(true)
    }

    fn first_line(&self) -> Option<LineHash> {
        self.opened.as_ref()?.as_ref().ok()?.first_line
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
        let mut line = json!({"MailboxName": name, SETTINGS_MEMBER: new.to_json()});
        if let Some(tenant) = tenant {
            line[TENANT_MEMBER] = tenant.into();
        }
        opened.append(mailbox, &line)
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
        error.action("writing the undo file").target(self.path.display().to_string())
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
        let file = options.open(path).map_err(|error| file_error(&error))?;
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
        let mut opened =
            Self { file, index: index.map_err(|error| index_error(&error))?, first_line: None, own_lines: 0 };
        if is_there {
            opened.own_lines = opened.read_lines()?;
            let cut = OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(opened.own_lines));
            cut.map_err(|error| file_error(&error))?;
        }
        Ok(opened)
    }

    /// Indexes the lines that are there, and gives where they end. One without its end was being written when the
    /// process ended: nothing was sent for it.
    fn read_lines(&mut self) -> Result<u64> {
        let mut reader = BufReader::new(&self.file);
        let mut line = Vec::new();
        let mut start = 0;
        self.index.execute_batch("BEGIN").map_err(|error| index_error(&error))?;
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).map_err(|error| file_error(&error))?;
            if read == 0 || line.last() != Some(&b'\n') {
                break;
            }
            let parsed: Value = serde_json::from_slice(&line).map_err(|_| not_a_line(start))?;
            let name = parsed["MailboxName"].as_str().ok_or_else(|| not_a_line(start))?;
            let mailbox = identity::decode(name).map_err(|_| not_a_line(start))?;
            self.first_line.get_or_insert_with(|| hash(&line));
            self.remember(&mailbox.to_lowercase(), start)?;
            start += read as u64;
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
            let line: Value = serde_json::from_slice(&line).map_err(|_| not_a_line(start))?;
            let settings = line.get(SETTINGS_MEMBER).ok_or_else(|| not_a_line(start))?;
            let before = SettingsPatch::read(settings, Origin::Line)?;
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
        BufReader::new(file).read_until(b'\n', &mut line)?;
        Ok(line)
    }

    fn append(&mut self, mailbox: &str, line: &Value) -> Result<()> {
        let line = format!("{line}\n");
        let start = self.file.seek(SeekFrom::End(0)).map_err(|error| file_error(&error))?;
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            // A part of a line is nothing that can be restored.
            let _ = self.file.set_len(start);
            return Err(file_error(&error));
        }
        self.first_line.get_or_insert_with(|| hash(line.as_bytes()));
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

fn hash(bytes: &[u8]) -> [u8; 32] {
    openssl::sha::sha256(bytes)
}

fn exists(path: &Path) -> Error {
    Error::new(Status::FileExists, "it exists, and holds what an earlier run would need to be undone")
        .action("making the undo file")
        .target(path.display().to_string())
        .hint("name another file, or resume that run with its journal")
}

fn not_a_line(start: u64) -> Error {
    Error::new(Status::File, format!("what stands at byte {start} is no line of an undo file"))
}

fn file_error(error: &io::Error) -> Error {
    let status = if error.kind() == io::ErrorKind::AlreadyExists { Status::FileExists } else { Status::File };
    Error::new(status, describe(error))
}

fn index_error(error: &rusqlite::Error) -> Error {
    Error::new(Status::File, format!("its index in the folder for temporary files failed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::runtime;

    fn patch(settings: &Value) -> SettingsPatch {
        SettingsPatch::parse(settings, Origin::Line).unwrap()
    }

    fn zone(name: &str) -> SettingsPatch {
        patch(&json!({"timeZone": name}))
    }

    fn note(undo: &UndoFile, name: &str, before: SettingsPatch) {
        runtime().unwrap().block_on(undo.note(name, name, before)).unwrap();
    }

    fn earlier(undo: &UndoFile, mailbox: &str) -> Option<Value> {
        runtime().unwrap().block_on(undo.earlier(mailbox)).unwrap().map(|patch| patch.to_json())
    }

    #[test]
    fn a_line_a_mailbox_and_the_first_value_of_a_setting_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let undo = UndoFile::open(path.clone(), false).unwrap();
        assert!(!path.exists());
        note(&undo, "Kim@contoso.com", zone("UTC"));
        note(&undo, "lee@contoso.com", zone("Tokyo Standard Time"));
        note(&undo, "kim@contoso.com", zone("Tokyo Standard Time"));
        note(&undo, "kim@contoso.com", patch(&json!({"timeZone": "x", "dateFormat": "d"})));
        assert_eq!(earlier(&undo, "kim@contoso.com"), None);
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "{\"MailboxName\":\"Kim@contoso.com\",\"@settings\":{\"timeZone\":\"UTC\"}}\n\
             {\"MailboxName\":\"lee@contoso.com\",\"@settings\":{\"timeZone\":\"Tokyo Standard Time\"}}\n\
             {\"MailboxName\":\"kim@contoso.com\",\"@settings\":{\"dateFormat\":\"d\"}}\n"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        std::fs::write(&path, "x").unwrap();
        let error = UndoFile::open(path.clone(), false).unwrap_err();
        assert_eq!(error.status(), Status::FileExists);
        assert!(error.to_string().contains("undo.jsonl"), "{error}");
        // One that came while the run was going on, too.
        std::fs::remove_file(&path).unwrap();
        let undo = UndoFile::open(path.clone(), false).unwrap();
        std::fs::write(&path, "x").unwrap();
        let error = runtime().unwrap().block_on(undo.note("kim", "kim", zone("UTC"))).unwrap_err();
        assert_eq!(error.status(), Status::FileExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "x");
    }

    #[test]
    fn a_resumed_run_finds_what_was_noted_and_goes_on_after_the_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let first = UndoFile::open(path.clone(), true).unwrap();
        assert_eq!(earlier(&first, "kim"), None);
        note(&first, "Kim", zone("UTC"));
        drop(first);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{{\"MailboxName\":\"le")).unwrap();

        let resumed = UndoFile::open(path.clone(), true).unwrap();
        assert_eq!(earlier(&resumed, "kim"), Some(json!({"timeZone": "UTC"})));
        note(&resumed, "kim", zone("Tokyo Standard Time"));
        note(&resumed, "lee", zone("Tokyo Standard Time"));
        assert_eq!(earlier(&resumed, "lee"), None);
        let lee = "{\"MailboxName\":\"lee\",\"@settings\":{\"timeZone\":\"Tokyo Standard Time\"}}\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}{lee}"));
    }

    #[test]
    fn a_file_that_is_no_undo_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        std::fs::write(&path, "MailboxName,TimeZone\n").unwrap();
        let undo = UndoFile::open(path.clone(), true).unwrap();
        let error = runtime().unwrap().block_on(undo.earlier("kim")).unwrap_err();
        assert_eq!(error.status(), Status::File);
        assert!(error.to_string().contains("byte 0 is no line of an undo file"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "MailboxName,TimeZone\n");
    }
}
