//! A file of lines that a run has beside its journal: each line is on the disk before the run goes on, and the journal
//! knows the file by its first line, wherever it is moved to.

mod keeper;
mod known;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tokio::sync::OnceCell;

use self::keeper::{Begun, Keeper, file_error, in_context};
pub(super) use self::keeper::{LineIndex, Opened};
use self::known::{KnownFile, State};
use self::words::hash;
pub(super) use self::words::{LineHash, Words};
use crate::error::{Error, Result, Status};
use crate::files::{check_file, check_links, check_plain, look};
use crate::store::{Sidecar, Store};

/// Such a file, kept by the thread of its run's store.
pub(super) struct LineFile<I: LineIndex> {
    path: PathBuf,
    words: Words,
    keeper: Sidecar<Keeper<I>>,
    /// Of the run, once it is open: whose thread writes the file, and whose journal is to know it.
    store: OnceLock<Store>,
    /// Once the journal knows it by its first line, or that could not be: another first line is not tried, for the first
    /// may be in the file.
    known: OnceCell<Result<()>>,
}

impl<I: LineIndex> fmt::Debug for LineFile<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("LineFile").field(&self.path).finish()
    }
}

impl<I: LineIndex> LineFile<I> {
    /// A file at `path`, made when its first line is written. One that is there is taken only where `resumes` says
    /// that it belongs to the run that is resumed.
    ///
    /// # Errors
    ///
    /// `FileExists`; `File` for what is no plain file.
    pub(super) fn open(path: PathBuf, words: Words, resumes: bool) -> Result<Self> {
        let looked = path.clone();
        look(move || check_place(&looked, &words, resumes))
            .unwrap_or_else(|error| Err(in_context(file_error(&error), &words, &path)))?;
        let keeper = Sidecar::new(Keeper::new(path.clone(), words, resumes));
        Ok(Self { path, words, keeper, store: OnceLock::new(), known: OnceCell::new() })
    }

    /// Makes sure that this is the file of the run whose journal is open: were another begun, what the run noted would
    /// be in two files, of which the second may be wrong.
    ///
    /// A file is known by its first line, so that it may be moved; those of shards whose journals were merged may be put
    /// together in one where their kind allows it. The journal knows the line before it is written, and the path before
    /// that: so a file at that path is either the run's own, or another's that is left as it is.
    ///
    /// # Errors
    ///
    /// `JournalMismatch` where what the journal knows is not in the file; `FileExists` for one that is there before
    /// the run has noted anything; `Journal`, `File`.
    pub(super) async fn attach(&self, store: &Store) -> Result<()> {
        let store = self.store.get_or_init(|| store.clone());
        let closed = store.closed();
        self.with_keeper(move |keeper| {
            keeper.end_with(closed);
            Ok(())
        })
        .await?;
        let place = self.place();
        let known = store.attachments(self.words.kind).await?;
        let files = known.into_iter().map(|known| KnownFile::read(known, &self.words)).collect::<Result<Vec<_>>>()?;
        let begun = |file: &KnownFile| matches!(file.state, State::Begun(_));
        let lines: Vec<LineHash> =
            files.iter().filter(|file| begun(file)).filter_map(|file| file.state.first_line()).collect();
        // A merged journal may know several by one path, from different machines.
        let of_place = files.iter().filter(|file| file.path == place);
        let here = of_place.max_by_key(|file| file.state.first_line().is_some());
        if !lines.is_empty() {
            if !self.with_keeper(move |keeper| keeper.holds(lines)).await? {
                return Err(self.other_file(&files));
            }
            let _ = self.known.set(Ok(()));
        } else if let Some(first_line) = self.begun_line(here).await? {
            self.tell(store, State::Begun(first_line)).await?;
            let _ = self.known.set(Ok(()));
        } else {
            if here.is_none() {
                self.tell(store, State::Named).await?;
            }
            self.with_keeper(|keeper| {
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
        match self.with_keeper(move |keeper| keeper.begun(first_line)).await? {
            Begun::Whole => Ok(first_line),
            Begun::Not => Ok(None),
            Begun::Other => Err(exists(&self.path, &self.words)),
        }
    }

    async fn tell(&self, store: &Store, state: State) -> Result<()> {
        store.attach(KnownFile { path: self.place(), state }.attachment(&self.words)).await
    }

    /// As the journal has it.
    fn place(&self) -> String {
        std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone()).to_string_lossy().into_owned()
    }

    fn other_file(&self, files: &[KnownFile]) -> Error {
        let made = files.iter().filter(|file| file.state.first_line().is_some());
        let places: Vec<&str> = made.map(|file| file.path.as_str()).collect();
        let kind = self.words.kind;
        let detail = format!(
            "what this run has noted is in another {kind}, which was {} when it was made",
            places.join(" and ")
        );
        Error::new(Status::JournalMismatch, detail)
            .action(format!("resuming the run with the {kind}"))
            .target(self.path.display().to_string())
            .hint(self.words.lost)
    }

    /// Whether the file has its first line, by this run or the one that is resumed.
    pub(super) fn is_begun(&self) -> bool {
        matches!(self.known.get(), Some(Ok(())))
    }

    /// Writes the first line, where the file has none: the journal knows it before and after. It has its line feed.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`, `Journal`.
    pub(super) async fn begin(&self, first_line: impl FnOnce() -> String) -> Result<()> {
        let begin = || async {
            let (store, line) = (self.store()?, first_line());
            let own = hash(line.as_bytes());
            self.tell(store, State::Expected(own)).await?;
            self.write(move |opened| opened.append(&line)).await?;
            self.tell(store, State::Begun(own)).await
        };
        self.known.get_or_init(begin).await.clone()
    }

    /// Has lines added; they are on the disk when this returns.
    ///
    /// # Errors
    ///
    /// `File`, `FileExists`; those of `work`.
    pub(super) async fn write(&self, work: impl FnOnce(&mut Opened<I>) -> Result<()> + Send + 'static) -> Result<()> {
        let write = |keeper: &mut Keeper<I>| {
            let opened = keeper.opened()?;
            work(opened).map_err(|error| keeper.in_context(error))
        };
        self.store()?.append(&self.keeper, write).await
    }

    /// Has the file looked at as an earlier process left it; `None` where this run is the first with it.
    ///
    /// # Errors
    ///
    /// `File`; those of `work`.
    pub(super) async fn look_back<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Opened<I>) -> Result<T> + Send + 'static,
    ) -> Result<Option<T>> {
        self.with_keeper(|keeper| {
            let looked = keeper.earlier()?.map(work).transpose();
            looked.map_err(|error| keeper.in_context(error))
        })
        .await
    }

    async fn with_keeper<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Keeper<I>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.store()?.with_sidecar(&self.keeper, work).await
    }

    fn store(&self) -> Result<&Store> {
        self.store.get().ok_or_else(|| Error::internal(format!("the {} has no run yet", self.words.kind)))
    }
}

/// Whether the file may be made there, or gone on with.
fn check_place(path: &Path, words: &Words, resumes: bool) -> Result<()> {
    if !resumes && path.symlink_metadata().is_ok() {
        return Err(exists(path, words));
    }
    let there = path.metadata().map_or(Ok(()), |there| check_plain(&there));
    let trusted = check_links(path).and_then(|()| check_file(path));
    trusted.and(there).map_err(|error| in_context(file_error(&error), words, path))
}

fn exists(path: &Path, words: &Words) -> Error {
    Error::new(Status::FileExists, format!("it exists, and holds {}", words.holds))
        .action(format!("making the {}", words.kind))
        .target(path.display().to_string())
        .hint("name another file, or resume that run with its journal")
}

#[cfg(test)]
impl<I: LineIndex> LineFile<I> {
    /// As in a run without a journal, or whose journal knows the file as it is.
    pub(super) fn with_store(self, store: Store) -> Self {
        assert!(self.store.set(store).is_ok());
        if self.path.exists() {
            let _ = self.known.set(Ok(()));
        }
        self
    }

    /// Has the journal know that this first line is about to be written.
    pub(super) async fn expect(&self, store: &Store, line: &str) {
        self.tell(store, State::Expected(hash(line.as_bytes()))).await.unwrap();
    }

    /// Whether the file holds this line; `cancel` ends the looking.
    pub(super) async fn holds(&self, line: &str, cancel: Option<crate::cancel::CancelToken>) -> Result<bool> {
        let line = hash(line.as_bytes());
        self.with_keeper(move |keeper| {
            if let Some(cancel) = cancel {
                keeper.end_with(cancel);
            }
            keeper.holds(vec![line])
        })
        .await
    }

    /// Whether the file begins with this line.
    pub(super) async fn begins_with(&self, line: LineHash) -> Result<bool> {
        self.with_keeper(move |keeper| keeper.begun(Some(line)).map(|begun| begun == Begun::Whole)).await
    }
}
