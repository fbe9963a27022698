//! The thread that the databases belong to, and what it commits together.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

use super::journal::{Journal, Write};
use super::scratch::Scratch;
use super::{JournalOptions, OpenedJournal, closed};

/// Rows of one commit, at most.
const MOST_ROWS: usize = 256;

/// How long a commit gathers rows, at most. It waits for none: it takes what is queued.
const LONGEST_GATHERING: Duration = Duration::from_millis(100);

/// Where an answer will come.
pub(super) type Answer<T> = oneshot::Receiver<Result<T>>;

/// What the thread is asked.
pub(super) enum Command {
    /// Answered when it is committed.
    Write(Vec<Write>, oneshot::Sender<Result<()>>),
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

    /// Has rows written to the journal.
    pub(super) fn write(&mut self, writes: Vec<Write>) -> Result<Answer<()>> {
        let (sender, answer) = oneshot::channel();
        self.send(Command::Write(writes, sender))?;
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

/// Starts the thread with a journal, once that is open.
pub(super) async fn start_with_journal(options: JournalOptions) -> Result<(Worker, OpenedJournal)> {
    let (commands, received) = channel();
    let (sender, answer) = oneshot::channel();
    start(move || match Journal::open(options) {
        Err(error) => {
            let _ = sender.send(Err(error));
        }
        Ok(journal) => {
            let opened = OpenedJournal { was_empty: journal.was_empty(), closing: journal.closing() };
            // Where nobody waits any more, `commands` was dropped too, and the thread ends.
            let _ = sender.send(Ok(opened));
            serve(&received, Databases { journal: Some(journal), scratch: None });
        }
    })?;
    let opened = answer_of(answer).await?;
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

/// Rows that are committed together, and who waits for that.
struct Group {
    waiting: Vec<oneshot::Sender<Result<()>>>,
    rows: usize,
    started: Instant,
}

impl Group {
    fn new() -> Self {
        Self { waiting: Vec::new(), rows: 0, started: Instant::now() }
    }

    fn write(&mut self, databases: &mut Databases, writes: Vec<Write>, answer: oneshot::Sender<Result<()>>) {
        let mut written = Ok(());
        for write in writes {
            if self.rows == MOST_ROWS {
                self.commit(databases);
            }
            written = databases.journal().and_then(|journal| journal.write(&write));
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
        self.rows >= MOST_ROWS || (self.rows > 0 && self.started.elapsed() >= LONGEST_GATHERING)
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
                Command::Write(writes, answer) => group.write(&mut databases, writes, answer),
                Command::Close(answer) => {
                    group.commit(&mut databases);
                    drop(databases);
                    let _ = answer.send(());
                    return;
                }
            }
            next = if group.is_full() { None } else { commands.try_recv().ok() };
        }
        group.commit(&mut databases);
    }
}
