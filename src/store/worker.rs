//! The thread that the databases and the files beside the journal belong to, and what it commits together.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::error::{Error, Result, Status};

use super::claim::Closing;
use super::journal::{Change, Journal};
use super::journal_options::JournalOptions;
use super::scratch::Scratch;
use super::sidecar::{Append, Flush};

/// Rows of one commit, and writes of one flush, at most.
const MOST_ROWS: usize = 256;

/// How long a commit gathers rows, at most. It waits for none: it takes what is queued.
const LONGEST_GATHERING: Duration = Duration::from_millis(100);

/// Where an answer will come.
pub(super) type Answer<T> = oneshot::Receiver<Result<T>>;

/// Who waits for something to be on the disk.
type Waiting = oneshot::Sender<Result<()>>;

/// What the thread is asked.
pub(super) enum Command {
    /// Answered when it is committed.
    Write(Vec<Change>, Waiting),
    /// Answered when it is flushed.
    Append(Append, Waiting),
    /// Anything else; it answers itself.
    Do(Box<dyn FnOnce(&mut Databases) + Send>),
    Close(oneshot::Sender<()>),
}

/// The way to the thread.
#[derive(Debug)]
pub(super) enum Worker {
    /// Not started, for want of anything to do.
    Idle,
    Running(Sender<Command>),
    Closed,
}

impl Worker {
    /// Has something done with the databases.
    pub(super) fn ask<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Databases) -> Result<T> + Send + 'static,
    ) -> Result<Answer<T>> {
        let (sender, answer) = oneshot::channel();
        self.send(Command::Do(Box::new(move |databases| {
            // Nobody waits for the answer any more where the run was dropped.
            let _ = sender.send(work(databases));
        })))?;
        Ok(answer)
    }

    /// Has rows of the journal changed.
    pub(super) fn write(&mut self, changes: Vec<Change>) -> Result<Answer<()>> {
        let (sender, answer) = oneshot::channel();
        self.send(Command::Write(changes, sender))?;
        Ok(answer)
    }

    /// Has a file beside the journal written to.
    pub(super) fn append(&mut self, append: Append) -> Result<Answer<()>> {
        let (sender, answer) = oneshot::channel();
        self.send(Command::Append(append, sender))?;
        Ok(answer)
    }

    /// Has the databases closed; the answer comes when they are.
    pub(super) fn close(self) -> Option<oneshot::Receiver<()>> {
        let Worker::Running(commands) = self else { return None };
        let (sender, answer) = oneshot::channel();
        commands.send(Command::Close(sender)).ok().map(|()| answer)
    }

    fn send(&mut self, command: Command) -> Result<()> {
        if let Worker::Idle = self {
            let (commands, received) = channel();
            start(move || serve(&received, Databases::default()))?;
            *self = Worker::Running(commands);
        }
        match self {
            Worker::Running(commands) => commands.send(command).map_err(|_| stopped()),
            _ => Err(closed()),
        }
    }
}

/// What the thread answered.
pub(super) async fn answer_of<T>(answer: Answer<T>) -> Result<T> {
    answer.await.unwrap_or_else(|_| Err(stopped()))
}

fn closed() -> Error {
    Error::new(Status::Cancelled, "the run has ended")
}

/// A journal that was opened, for as long as the run uses it.
#[derive(Debug)]
pub(super) struct OpenedJournal {
    /// Nothing had been recorded in it.
    pub(super) was_empty: bool,
    pub(super) closing: Closing,
}

impl Drop for OpenedJournal {
    /// The thread goes on until its files are closed; a run that wants the same journal then waits for it
    /// rather than being refused.
    fn drop(&mut self) {
        self.closing.mark();
    }
}

/// Starts the thread with a journal, once that is open. Who marks `closing` is about to end the run.
pub(super) async fn start_with_journal(options: JournalOptions, closing: Closing) -> Result<(Worker, OpenedJournal)> {
    let (commands, received) = channel();
    let (sender, answer) = oneshot::channel();
    // Where nobody waits for the answer any more, its end says that the journal is closed again.
    let mut opened = OpenedJournal { was_empty: false, closing: closing.clone() };
    start(move || match Journal::open(&options, closing) {
        Err(error) => {
            let _ = sender.send(Err(error));
        }
        Ok(journal) => {
            let _ = sender.send(Ok(journal.was_empty()));
            serve(&received, Databases { journal: Some(journal), scratch: None });
        }
    })?;
    opened.was_empty = answer_of(answer).await?;
    Ok((Worker::Running(commands), opened))
}

fn start(work: impl FnOnce() + Send + 'static) -> Result<()> {
    let thread = std::thread::Builder::new().name("exrun-store".to_owned()).spawn(work);
    // Not joined: a destructor that waits for a disk would hold up whoever drops a run.
    thread.map(drop).map_err(|cause| Error::internal(format!("the system refused a thread: {cause}")))
}

fn stopped() -> Error {
    Error::internal("the thread of the run's store has stopped")
}

/// What belongs to the thread.
#[derive(Default)]
pub(super) struct Databases {
    journal: Option<Journal>,
    scratch: Option<Scratch>,
}

impl Databases {
    /// # Errors
    ///
    /// `Internal` in a run without a journal.
    pub(super) fn journal(&mut self) -> Result<&mut Journal> {
        self.journal.as_mut().ok_or_else(|| Error::internal("the run has no journal"))
    }

    /// The temporary database, made when it is first needed.
    pub(super) fn scratch(&mut self) -> Result<&mut Scratch> {
        match &mut self.scratch {
            Some(scratch) => Ok(scratch),
            empty => Ok(empty.insert(Scratch::new()?)),
        }
    }
}

/// Rows that are committed together, writes that are flushed together, and who waits for that.
struct Group {
    waiting: Vec<Waiting>,
    rows: usize,
    /// Files that were written to, each with who waits for its flush.
    appended: Vec<(Arc<dyn Flush>, Vec<Waiting>)>,
    appends: usize,
    started: Instant,
}

impl Group {
    fn new() -> Self {
        Self { waiting: Vec::new(), rows: 0, appended: Vec::new(), appends: 0, started: Instant::now() }
    }

    fn append(&mut self, append: Append, answer: Waiting) {
        match append.write() {
            // Whoever asked may have been cancelled.
            Err(error) => drop(answer.send(Err(error))),
            Ok(file) => {
                self.appends += 1;
                match self.appended.iter_mut().find(|(other, _)| Arc::ptr_eq(other, &file)) {
                    Some((_, waiting)) => waiting.push(answer),
                    None => self.appended.push((file, vec![answer])),
                }
            }
        }
    }

    /// Brings to the disk what belongs together: the files, then the rows.
    fn finish(&mut self, databases: &mut Databases) {
        self.flush();
        self.commit(databases);
    }

    fn flush(&mut self) {
        self.appends = 0;
        for (file, waiting) in self.appended.drain(..) {
            let flushed = file.flush();
            drop(file);
            for waiting in waiting {
                let _ = waiting.send(flushed.clone());
            }
        }
    }

    fn write(&mut self, databases: &mut Databases, changes: Vec<Change>, answer: Waiting) {
        let mut written = Ok(());
        for change in changes {
            if self.rows == MOST_ROWS {
                self.commit(databases);
            }
            written = databases.journal().and_then(|journal| journal.write(&change));
            if written.is_err() {
                break;
            }
            self.rows += 1;
        }
        self.waiting.push(answer);
        if let Err(error) = written {
            // The whole transaction is gone, with the rows of those who wait for it.
            self.answer(&Err(error));
        }
    }

    fn commit(&mut self, databases: &mut Databases) {
        if self.rows > 0 || !self.waiting.is_empty() {
            let committed = databases.journal().and_then(Journal::commit);
            self.answer(&committed);
        }
    }

    fn answer(&mut self, result: &Result<()>) {
        for waiting in self.waiting.drain(..) {
            let _ = waiting.send(result.clone());
        }
        self.rows = 0;
        self.started = Instant::now();
    }

    fn is_full(&self) -> bool {
        let most = self.rows.max(self.appends);
        most >= MOST_ROWS || (most > 0 && self.started.elapsed() >= LONGEST_GATHERING)
    }
}

/// Does what is asked until nobody can ask any more, or it is told to close.
fn serve(commands: &Receiver<Command>, mut databases: Databases) {
    while let Ok(first) = commands.recv() {
        let mut group = Group::new();
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Do(work) => work(&mut databases),
                Command::Write(changes, answer) => group.write(&mut databases, changes, answer),
                Command::Append(append, answer) => group.append(append, answer),
                Command::Close(answer) => {
                    group.finish(&mut databases);
                    drop(databases);
                    let _ = answer.send(());
                    return;
                }
            }
            next = if group.is_full() { None } else { commands.try_recv().ok() };
        }
        group.finish(&mut databases);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Key;
    use super::super::journal::{State, Write};
    use super::super::sidecar::{Sidecar, SidecarFile};
    use super::*;
    use crate::error::Status;
    use crate::store::WorkHash;

    const ROWS: u32 = 100;

    fn write(occurrence: u32) -> Vec<Change> {
        let key = Key { mailbox: [7; 16], work: WorkHash::OF_RUN, occurrence };
        vec![Change::Put(Write { key, state: State::Done, record: Some(vec![1; 10]) })]
    }

    /// Pages in the write-ahead log: each commit writes the pages that it changed once more.
    fn pages(journal: &Path) -> u64 {
        let log = std::fs::metadata(journal.with_extension("db-wal")).unwrap().len();
        log.saturating_sub(32) / (4096 + 24)
    }

    async fn start(path: &Path) -> (Worker, OpenedJournal) {
        let path = path.to_owned();
        let fingerprint = serde_json::Map::new();
        start_with_journal(
            JournalOptions { path, fingerprint, retry_failed: false, retry_unknown: false },
            Closing::default(),
        )
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn a_thread_that_panics_answers_with_an_error_and_lets_go_of_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.db");
        let (mut worker, opened) = start(&path).await;
        let (go, wait) = channel::<()>();
        let broken = worker.ask::<()>(move |_| {
            let _ = wait.recv();
            panic!("on purpose")
        });
        let queued = worker.write(write(0)).unwrap();
        go.send(()).unwrap();
        assert_eq!(answer_of(broken.unwrap()).await.unwrap_err().status(), Status::Internal);
        assert_eq!(answer_of(queued).await.unwrap_err().status(), Status::Internal);
        assert!(worker.write(write(1)).is_err());
        drop((worker, opened));
        start(&path).await;
    }

    /// A file of which the flushes are counted, and the writes that they covered.
    #[derive(Default)]
    struct Counted {
        written: u32,
        flushed: Vec<u32>,
    }

    impl SidecarFile for Counted {
        fn sync(&mut self) -> Result<()> {
            self.flushed.push(self.written);
            if self.written == 3 { Err(Error::internal("no flush")) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn writes_beside_the_journal_are_flushed_together_and_no_answer_comes_before() {
        let mut worker = Worker::Idle;
        let file = Sidecar::new(Counted::default());
        let write = |file: &mut Counted| {
            file.written += 1;
            if file.written == 2 { Err(Error::internal("no write")) } else { Ok(()) }
        };
        let (go, wait) = channel::<()>();
        let held = worker.ask(move |_| Ok(wait.recv().is_ok())).unwrap();
        let together: Vec<_> = (0..3).map(|_| worker.append(file.append(write)).unwrap()).collect();
        go.send(()).unwrap();
        assert!(answer_of(held).await.unwrap());
        let mut errors = Vec::new();
        for answer in together {
            errors.push(answer_of(answer).await.err().map(|error| error.to_string()));
        }
        let (no_flush, no_write) = (Error::internal("no flush"), Error::internal("no write"));
        assert_eq!(errors, [Some(no_flush.to_string()), Some(no_write.to_string()), Some(no_flush.to_string())]);
        answer_of(worker.append(file.append(write)).unwrap()).await.unwrap();
        assert_eq!(file.file().flushed, [3, 4]);
    }

    #[tokio::test]
    async fn what_is_queued_is_committed_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("together.db");
        let (mut worker, _opened) = start(&path).await;
        let before = pages(&path);
        let (go, wait) = channel::<()>();
        // While the thread is held, what is asked of it gathers.
        let held = worker.ask(move |_| Ok(wait.recv().is_ok())).unwrap();
        let answers: Vec<_> = (0..ROWS).map(|occurrence| worker.write(write(occurrence)).unwrap()).collect();
        go.send(()).unwrap();
        assert!(answer_of(held).await.unwrap());
        for answer in answers {
            answer_of(answer).await.unwrap();
        }
        let together = pages(&path) - before;

        let path = folder.path().join("singly.db");
        let (mut worker, _opened) = start(&path).await;
        let before = pages(&path);
        for occurrence in 0..ROWS {
            answer_of(worker.write(write(occurrence)).unwrap()).await.unwrap();
        }
        let singly = pages(&path) - before;
        assert!(singly >= u64::from(ROWS) && together < 20, "{together} pages together, {singly} singly");
    }
}
