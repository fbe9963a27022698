//! From lines to items: which are of this shard, which came before, and what the journal has of them.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::counts::{Counts, add};
use super::item::{Started, Track};
use super::lines::Lines;
use super::pairs::pairs;
use super::shard::Shard;
use super::shared::Shared;
use super::work::Work;
use crate::error::{Error, Result};
use crate::event::{Event, EventSink};
use crate::graph::spelling::folded;
use crate::store::WorkHash;
use crate::store::{Admitted, Found, LineKey, Store};

/// Lines that are taken in together.
const CHUNK: usize = 256;
/// Duplicates that are said one by one.
const MOST_SAID: u64 = 100;

/// Lines that were taken in together: what each is, and how long.
type Chunk<W> = Vec<(<W as Work>::Item, usize, Admitted)>;

/// Takes in lines, one chunk at a time.
pub(super) struct Intake<W: Work> {
    reader: Arc<Reader<W>>,
    events: EventSink,
    coming: Option<BoxFuture<'static, Result<Chunk<W>>>>,
    next_position: u64,
    duplicates: u64,
}

/// Reads lines, and looks up what is known of them.
struct Reader<W: Work> {
    work: Arc<W>,
    lines: Arc<Lines>,
    store: Store,
    counts: Arc<Counts>,
    shard: Option<Shard>,
    has_journal: bool,
}

/// A line that was taken in.
pub(super) enum Line<I> {
    /// To be tried.
    New(Started<I>),
    /// An earlier run recorded its row.
    Recorded(u64, Vec<u8>),
    /// An earlier run sent it and never learned what became of it.
    Unknown(Track, I),
}

impl<W: Work> Intake<W> {
    pub(super) fn new(shared: &Shared<W>, store: &Store) -> Self {
        let reader = Reader {
            work: Arc::clone(&shared.work),
            lines: Arc::clone(&shared.lines),
            store: store.clone(),
            counts: Arc::clone(&shared.counts),
            shard: shared.options.shard,
            has_journal: shared.options.journal.is_some(),
        };
        let events = shared.context.events.clone();
        Self { reader: Arc::new(reader), events, coming: None, next_position: 0, duplicates: 0 }
    }

    /// Begins with the next chunk, where there are lines and none is under way.
    pub(super) fn begin(&mut self) {
        if self.coming.is_some() {
            return;
        }
        let lines = {
            let mut lines = self.reader.lines.lock();
            let in_memory = lines.input.pop(CHUNK);
            // What the store has of lines came after those in memory.
            if in_memory.is_empty() && lines.aside == 0 {
                return;
            }
            in_memory
        };
        self.coming = Some(Box::pin(Arc::clone(&self.reader).take_in(lines)));
    }

    /// Waits for the chunk that is under way; for ever where none is.
    pub(super) async fn next(&mut self) -> Result<Vec<Line<W::Item>>> {
        let Some(coming) = &mut self.coming else { return std::future::pending().await };
        let admitted = coming.await;
        self.coming = None;
        let admitted = admitted?;
        Ok(admitted.into_iter().map(|(item, bytes, admitted)| self.place(item, bytes, admitted)).collect())
    }

    /// Whether no chunk is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.coming.is_none()
    }

    fn place(
        &mut self,
        mut item: W::Item,
        bytes: usize,
        Admitted { key, repeats_mailbox, found }: Admitted,
    ) -> Line<W::Item> {
        let work = Arc::clone(&self.reader.work);
        let position = self.next_position;
        self.next_position += 1;
        let is_named = !work.identity(&item).is_empty();
        if repeats_mailbox && is_named {
            self.say_duplicate(position, &work.identity(&item));
        }
        work.note_key(&mut item, key);
        if key.occurrence > 0 {
            work.note_repeated(&mut item);
        }
        let mut track = Track::new(position, key, is_named, bytes);
        match found {
            Found::Nothing => Line::New(Started { track, item }),
            Found::Failure => {
                track.has_failed_before = true;
                Line::New(Started { track, item })
            }
            Found::Row(record) => Line::Recorded(position, record),
            Found::Intent if work.resume(&mut item) => {
                track.intended = true;
                track.is_maybe_done = true;
                Line::New(Started { track, item })
            }
            Found::Intent => Line::Unknown(track, item),
        }
    }

    fn say_duplicate(&mut self, position: u64, identity: &str) {
        add(&self.reader.counts.duplicates, 1);
        self.duplicates += 1;
        if self.duplicates <= MOST_SAID {
            let message = format!("{identity} is in the input more than once; each of its lines has a row");
            self.events.emit(Event::Duplicate, &message, [("row", position.into()), ("mailbox", identity.into())]);
        }
    }

    /// Says how many duplicates there were beyond those that were said.
    pub(super) fn finish(&self) {
        if self.duplicates > MOST_SAID {
            let message = format!("{} lines of the input named a mailbox that another line had named", self.duplicates);
            self.events.emit(Event::Duplicate, &message, [("duplicates", self.duplicates.into())]);
        }
    }
}

impl<W: Work> Reader<W> {
    async fn take_in(self: Arc<Self>, mut lines: Vec<Box<str>>) -> Result<Chunk<W>> {
        if lines.is_empty() {
            lines = self.lines_aside().await?;
        }
        let mut items = Vec::with_capacity(lines.len());
        let mut keys = Vec::with_capacity(lines.len());
        for line in &lines {
            let item = self.work.read(line);
            let identity = self.work.identity(&item);
            if self.shard.is_some_and(|shard| !shard.holds(&identity)) {
                add(&self.counts.other_shards, 1);
                continue;
            }
            // Only a journal asks what has been done.
            let work = if self.has_journal { self.work.work_hash(&item, line) } else { WorkHash::OF_RUN };
            keys.push(LineKey { mailbox: folded(&identity), work });
            drop(identity);
            items.push((item, line.len()));
        }
        let admitted = self.store.admit(keys).await?;
        let admitted = if self.work.may_lose() { self.without_lost(admitted).await? } else { admitted };
        let admitted = pairs(items, admitted, "lines of input")?;
        Ok(admitted.into_iter().map(|((item, bytes), admitted)| (item, bytes, admitted)).collect())
    }

    /// What is not there any more of what earlier runs recorded is as if nothing had been.
    async fn without_lost(&self, mut admitted: Vec<Admitted>) -> Result<Vec<Admitted>> {
        let work = Arc::clone(&self.work);
        let looked = tokio::task::spawn_blocking(move || {
            for one in &mut admitted {
                if matches!(&one.found, Found::Row(record) if work.has_lost(record)) {
                    one.found = Found::Nothing;
                }
            }
            admitted
        });
        looked.await.map_err(|_| Error::internal("looking for what was recorded panicked"))
    }

    async fn lines_aside(&self) -> Result<Vec<Box<str>>> {
        let found = self.store.next_lines(CHUNK).await?;
        let mut lines = self.lines.lock();
        lines.aside -= found.len() as u64;
        lines.input.count(found.len());
        drop(lines);
        Ok(found.into_iter().map(String::into_boxed_str).collect())
    }
}
