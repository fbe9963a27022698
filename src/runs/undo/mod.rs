//! The undo file of a run that writes settings: what each mailbox had before, a line each, on the disk before
//! anything is written to the mailbox. Its lines are input that restores what was.

mod keeper;
mod known;
mod line;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tokio::sync::OnceCell;

use self::keeper::{Begun, Keeper, Note, file_error, said};
use self::known::{KIND, KnownFile, State};
use self::line::{LineHash, hash, line_of};
use crate::error::{Error, Result, Status};
use crate::files::{check_file, check_links, check_plain, look};
use crate::graph::mailbox_settings::SettingsPatch;
use crate::graph::spelling::folded;
use crate::store::{Sidecar, Store};

/// An undo file, kept by the thread of its run's store.
#[derive(Debug)]
pub(super) struct UndoFile {
    path: PathBuf,
    keeper: Sidecar<Keeper>,
    /// Of the run, once it is open: whose thread writes the file, and whose journal is to know it.
    store: OnceLock<Store>,
    /// Once the journal knows it by its first line.
    known: OnceCell<()>,
    /// The tenant that its lines are of.
    tenant: OnceLock<String>,
}

impl UndoFile {
    /// An undo file at `path`, made when something is noted. One that is there is taken only where `resumes` says
    /// that it belongs to the run that is resumed.
    ///
    /// # Errors
    ///
    /// `FileExists`; `File` for what is no plain file.
    pub(super) fn open(path: PathBuf, resumes: bool) -> Result<Self> {
        let looked = path.clone();
        look(move || check_place(&looked, resumes)).unwrap_or_else(|error| Err(said(file_error(&error), &path)))?;
        let keeper = Sidecar::new(Keeper::new(path.clone(), resumes));
        Ok(Self { path, keeper, store: OnceLock::new(), known: OnceCell::new(), tenant: OnceLock::new() })
    }

    /// Makes sure that this is the undo file of the run whose journal is open: were another begun, what was before
    /// would be in two files, of which the second may hold what this run has written.
    ///
    /// A file is known by its first line, so that it may be moved; the undo files of shards whose journals were merged
    /// may be put together in one. The journal knows the line before it is written, and the path before that: so a
    /// file at that path is either the run's own, or another's that is left as it is.
    ///
    /// # Errors
    ///
    /// `JournalMismatch` where what the journal knows is not in the file; `FileExists` for one that is there before
    /// the run has noted anything; `Journal`, `File`.
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        let store = self.store.get_or_init(|| store.clone());
        let closed = store.closed();
        self.ask(move |keeper| {
            keeper.end_with(closed);
            Ok(())
        })
        .await?;
        let place = self.place();
        let files = store.attachments(KIND).await?.into_iter().map(KnownFile::read).collect::<Result<Vec<_>>>()?;
        let begun = |file: &KnownFile| matches!(file.state, State::Begun(_));
        let lines: Vec<LineHash> =
            files.iter().filter(|file| begun(file)).filter_map(|file| file.state.first_line()).collect();
        // A merged journal may know several by one path, from different machines.
        let of_place = files.iter().filter(|file| file.path == place);
        let here = of_place.max_by_key(|file| file.state.first_line().is_some());
        if !lines.is_empty() {
            if !self.ask(move |keeper| keeper.holds(lines)).await? {
                return Err(self.other_file(&files));
            }
            let _ = self.known.set(());
        } else if let Some(first_line) = self.begun_line(here).await? {
            store.attach(KnownFile { path: place, state: State::Begun(first_line) }.attachment()).await?;
            let _ = self.known.set(());
        } else {
            if here.is_none() {
                store.attach(KnownFile { path: place, state: State::Named }.attachment()).await?;
            }
            self.ask(|keeper| {
                keeper.begin_anew();
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// The first line, where the run that is resumed had written it; otherwise there is no file.
    async fn begun_line(&self, file: Option<&KnownFile>) -> Result<Option<LineHash>> {
        let first_line = file.and_then(|file| file.state.first_line());
        match self.ask(move |keeper| keeper.begun(first_line)).await? {
            Begun::Whole => Ok(first_line),
            Begun::Not => Ok(None),
            Begun::Other => Err(exists(&self.path)),
        }
    }

    /// As the journal has it.
    fn place(&self) -> String {
        std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()).to_string_lossy().into_owned()
    }

    fn other_file(&self, files: &[KnownFile]) -> Error {
        let made = files.iter().filter(|file| file.state.first_line().is_some());
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
        let mailbox = folded(mailbox);
        self.ask(move |keeper| keeper.earlier(&mailbox)).await
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
        self.known.get_or_try_init(|| self.begin(mailbox, name, &before)).await?;
        self.write(mailbox, name, before).await
    }

    /// Writes the first line, which the journal knows before and after.
    async fn begin(&self, mailbox: &str, name: &str, before: &SettingsPatch) -> Result<()> {
        let store = self.store()?;
        let first_line = hash(line_of(name, before, self.tenant.get().map(String::as_str)).as_bytes());
        let known = |state| KnownFile { path: self.place(), state }.attachment();
        store.attach(known(State::Expected(first_line))).await?;
        self.write(mailbox, name, before.clone()).await?;
        store.attach(known(State::Begun(first_line))).await
    }

    async fn write(&self, mailbox: &str, name: &str, before: SettingsPatch) -> Result<()> {
        let (mailbox, name, tenant) = (folded(mailbox), name.to_owned(), self.tenant.get().cloned());
        let note = Note { mailbox, name, before, tenant };
        self.store()?.append(&self.keeper, move |keeper| keeper.note(&note)).await
    }

    async fn ask<T: Send + 'static>(&self, work: impl FnOnce(&mut Keeper) -> Result<T> + Send + 'static) -> Result<T> {
        self.store()?.with_sidecar(&self.keeper, work).await
    }

    fn store(&self) -> Result<&Store> {
        self.store.get().ok_or_else(|| Error::internal("the undo file has no run yet"))
    }
}

/// Whether the file may be made there, or gone on with.
fn check_place(path: &Path, resumes: bool) -> Result<()> {
    if !resumes && path.symlink_metadata().is_ok() {
        return Err(exists(path));
    }
    let there = path.metadata().map_or(Ok(()), |there| check_plain(&there));
    let trusted = check_links(path).and_then(|()| check_file(path));
    trusted.and(there).map_err(|error| said(file_error(&error), path))
}

fn exists(path: &Path) -> Error {
    Error::new(Status::FileExists, "it exists, and holds what an earlier run would need to be undone")
        .action("making the undo file")
        .target(path.display().to_string())
        .hint("name another file, or resume that run with its journal")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::graph::mailbox_settings::Origin;
    use crate::runtime::runtime;

    fn patch(settings: &Value) -> SettingsPatch {
        SettingsPatch::parse(settings, Origin::UNDO).unwrap()
    }

    fn zone(name: &str) -> SettingsPatch {
        patch(&json!({"timeZone": name}))
    }

    /// As in a run without a journal, or whose journal knows the file as it is.
    fn opened(path: &Path, resumes: bool) -> Result<UndoFile> {
        let undo = UndoFile::open(path.to_owned(), resumes)?;
        undo.store.set(runtime().unwrap().block_on(Store::open(None)).unwrap()).unwrap();
        Ok(undo)
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
        let undo = opened(&path, false).unwrap();
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
        let error = opened(&path, false).unwrap_err();
        assert_eq!(error.status(), Status::FileExists);
        assert!(error.to_string().contains("undo.jsonl"), "{error}");
        // One that came while the run was going on, too.
        std::fs::remove_file(&path).unwrap();
        let undo = opened(&path, false).unwrap();
        std::fs::write(&path, "x").unwrap();
        let error = runtime().unwrap().block_on(undo.note("kim", "kim", zone("UTC"))).unwrap_err();
        assert_eq!(error.status(), Status::FileExists);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "x");
    }

    #[test]
    fn a_resumed_run_finds_what_was_noted_and_goes_on_after_the_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let first = opened(&path, true).unwrap();
        assert_eq!(earlier(&first, "kim"), None);
        note(&first, "Kim", zone("UTC"));
        drop(first);
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{{\"MailboxName\":\"le")).unwrap();

        let resumed = opened(&path, true).unwrap();
        assert_eq!(earlier(&resumed, "kim"), Some(json!({"timeZone": "UTC"})));
        note(&resumed, "kim", zone("Tokyo Standard Time"));
        note(&resumed, "lee", zone("Tokyo Standard Time"));
        assert_eq!(earlier(&resumed, "lee"), None);
        let lee = "{\"MailboxName\":\"lee\",\"@settings\":{\"timeZone\":\"Tokyo Standard Time\"}}\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}{lee}"));
    }

    #[test]
    fn a_line_that_lacks_only_its_line_feed_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let kim = "{\"MailboxName\":\"kim\",\"@settings\":{\"timeZone\":\"UTC\"}}";
        std::fs::write(&path, kim).unwrap();
        let resumed = opened(&path, true).unwrap();
        assert_eq!(earlier(&resumed, "kim"), Some(json!({"timeZone": "UTC"})));
        note(&resumed, "lee", zone("UTC"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{kim}\n{}\n", kim.replace("kim", "lee")));
    }

    /// With the journal of a run that was killed before, while and after it wrote the first line.
    #[test]
    fn a_file_is_taken_for_the_runs_own_only_where_it_begins_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let (path, journal) = (folder.path().join("undo.jsonl"), folder.path().join("run.db"));
        let (retry_failed, retry_unknown) = (false, false);
        let open = || {
            let options = crate::store::JournalOptions {
                path: journal.clone(),
                fingerprint: serde_json::Map::new(),
                retry_failed,
                retry_unknown,
            };
            runtime().unwrap().block_on(Store::open(Some(options))).unwrap()
        };
        let attach = |store: &Store| {
            let undo = UndoFile::open(path.clone(), true).unwrap();
            runtime().unwrap().block_on(undo.attach(store)).map(|()| undo)
        };
        let own = line_of("kim", &zone("UTC"), None);
        let expect = |store: &Store, first_line| {
            let path = std::path::absolute(&path).unwrap().to_string_lossy().into_owned();
            let known = KnownFile { path, state: State::Expected(first_line) };
            runtime().unwrap().block_on(store.attach(known.attachment())).unwrap();
        };
        let others = ["precious", "MailboxName,TimeZone\n", "", own.trim_end(), &line_of("lee", &zone("UTC"), None)];

        // The journal knows the path alone: whatever is there is another's.
        let store = open();
        drop(attach(&store).unwrap());
        for other in others.into_iter().chain([&*own]) {
            std::fs::write(&path, other).unwrap();
            assert_eq!(attach(&store).unwrap_err().status(), Status::FileExists, "{other:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
        }
        std::fs::remove_file(&path).unwrap();

        // It knows the line that was about to be written.
        expect(&store, hash(own.as_bytes()));
        for other in [
            "precious",
            "MailboxName,TimeZone\n",
            &line_of("lee", &zone("UTC"), None),
            line_of("lee", &zone("UTC"), None).trim_end(),
        ] {
            std::fs::write(&path, other).unwrap();
            assert_eq!(attach(&store).unwrap_err().status(), Status::FileExists, "{other:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
        }
        for torn in ["", "{\"Mail", &own[..own.len() - 3], "\0\0\0"] {
            std::fs::write(&path, torn).unwrap();
            drop(attach(&store).unwrap());
            assert!(!path.exists(), "{torn:?}");
        }
        drop(attach(&store).unwrap());
        std::fs::write(&path, &own).unwrap();
        let undo = attach(&store).unwrap();
        assert_eq!(earlier(&undo, "kim"), Some(json!({"timeZone": "UTC"})));
        // From here on the journal insists on it.
        std::fs::remove_file(&path).unwrap();
        assert_eq!(attach(&store).unwrap_err().status(), Status::JournalMismatch);
        runtime().unwrap().block_on(store.close());
    }

    #[test]
    fn a_large_file_is_read_no_further_than_its_run_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let text = line_of("kim", &zone("UTC"), None);
        std::fs::write(&path, &text).unwrap();
        let undo = opened(&path, true).unwrap();
        let store = undo.store.get().unwrap().clone();
        let runtime = runtime().unwrap();
        let ended = crate::cancel::CancelToken::new();
        ended.cancel();
        let end = |keeper: &mut Keeper| {
            keeper.end_with(ended);
            Ok(())
        };
        runtime.block_on(store.with_sidecar(&undo.keeper, end)).unwrap();
        let lines = vec![LineHash::default()];
        let held = runtime.block_on(undo.ask(move |keeper| keeper.holds(lines)));
        assert_eq!(held.unwrap_err().status(), Status::Cancelled);
        assert_eq!(runtime.block_on(undo.earlier("kim")).unwrap_err().status(), Status::Cancelled);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn a_file_that_is_no_undo_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        std::fs::write(&path, "MailboxName,TimeZone\n").unwrap();
        let undo = opened(&path, true).unwrap();
        let error = runtime().unwrap().block_on(undo.earlier("kim")).unwrap_err();
        assert_eq!(error.status(), Status::File);
        assert!(error.to_string().contains("the undo file has an invalid line at byte 0"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "MailboxName,TimeZone\n");
    }

    #[test]
    fn what_an_editor_puts_around_lines_changes_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        let text = format!("\u{feff}{}", line_of("kim", &zone("UTC"), None).replace('\n', "\r\n"));
        std::fs::write(&path, text).unwrap();
        let undo = opened(&path, true).unwrap();
        assert_eq!(earlier(&undo, "kim"), Some(json!({"timeZone": "UTC"})));
        let hashes = vec![hash(line_of("kim", &zone("UTC"), None).as_bytes())];
        assert!(runtime().unwrap().block_on(undo.ask(move |keeper| keeper.holds(hashes))).unwrap());
    }

    /// Of a terabyte that is all holes on the disk: whoever read it to its end would not come back.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_line_without_end_is_refused_wherever_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        std::fs::write(&path, "{\"MailboxName\":\"kim").unwrap();
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().set_len(1 << 40).unwrap();
        let undo = opened(&path, true).unwrap();
        let too_long = |error: Error| {
            assert_eq!(error.status(), Status::File, "{error}");
            assert!(error.to_string().contains("a line of it is longer than 1048576 bytes"), "{error}");
        };
        too_long(runtime().unwrap().block_on(undo.earlier("kim")).unwrap_err());
        let lines = vec![[0; 32]];
        too_long(runtime().unwrap().block_on(undo.ask(move |keeper| keeper.holds(lines))).unwrap_err());
        too_long(runtime().unwrap().block_on(undo.ask(|keeper| keeper.begun(Some([0; 32])))).unwrap_err());
        assert_eq!(path.metadata().unwrap().len(), 1 << 40);
    }
}
