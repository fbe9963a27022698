//! From lines to items: which are of this shard, which came before, and what the journal has of them.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::Work;
use super::counts::add;
use super::item::{Started, Track};
use super::pairs::pairs;
use super::run::Shared;
use super::store::{Admitted, Found, LineKey, Store};
use super::work_hash::WorkHash;
use crate::error::Result;
use crate::event::Event;
use crate::graph::spelling::folded;

/// Lines that are taken in together.
const CHUNK: usize = 256;
/// Duplicates that are said one by one.
const MOST_SAID: u64 = 100;

/// Lines that were taken in together: what each is, and how long.
type Chunk<W> = Vec<(<W as Work>::Item, usize, Admitted)>;

/// Takes in lines, one chunk at a time.
pub(super) struct Intake<W: Work> {
    coming: Option<BoxFuture<'static, Result<Chunk<W>>>>,
    next_position: u64,
    duplicates: u64,
}

/// A line that was taken in.
pub(super) enum Taken<I> {
    /// To be tried.
    New(Started<I>),
    /// An earlier run recorded its row.
    Recorded(u64, Vec<u8>),
    /// An earlier run sent it and never learned what became of it.
    Unknown(Track, I),
}

impl<W: Work> Intake<W> {
    pub(super) fn new() -> Self {
        Self { coming: None, next_position: 0, duplicates: 0 }
    }

    /// Begins with the next chunk, where there are lines and none is under way.
    pub(super) fn begin(&mut self, shared: &Arc<Shared<W>>, store: &Store) {
        if self.coming.is_some() {
            return;
        }
        let lines = {
            let mut state = shared.state();
            let lines = state.input.pop(CHUNK);
            // What the store has of lines came after those in memory.
            if lines.is_empty() && state.lines_aside == 0 {
                return;
            }
            lines
        };
        self.coming = Some(Box::pin(take_in(Arc::clone(shared), store.clone(), lines)));
    }

    /// Waits for the chunk that is under way; for ever where none is.
    pub(super) async fn next(&mut self, shared: &Shared<W>) -> Result<Vec<Taken<W::Item>>> {
        let Some(coming) = &mut self.coming else { return std::future::pending().await };
        let admitted = coming.await;
        self.coming = None;
        let admitted = admitted?;
        Ok(admitted.into_iter().map(|(item, bytes, admitted)| self.place(shared, item, bytes, admitted)).collect())
    }

    /// Whether no chunk is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.coming.is_none()
    }

    fn place(
        &mut self,
        shared: &Shared<W>,
        mut item: W::Item,
        bytes: usize,
        Admitted { key, repeats_mailbox, found }: Admitted,
    ) -> Taken<W::Item> {
        let position = self.next_position;
        self.next_position += 1;
        let is_named = !shared.work.identity(&item).is_empty();
        if repeats_mailbox && is_named {
            self.say_duplicate(shared, position, &shared.work.identity(&item));
        }
        if key.occurrence > 0 {
            shared.work.note_repeated(&mut item);
        }
        let mut track = Track::new(position, key, is_named, bytes);
        match found {
            Found::Nothing => Taken::New(Started { track, item }),
            Found::Failure => {
                track.has_failed_before = true;
                Taken::New(Started { track, item })
            }
            Found::Row(record) => Taken::Recorded(position, record),
            Found::Intent if shared.work.resume(&mut item) => {
                track.intended = true;
                track.in_doubt = true;
                Taken::New(Started { track, item })
            }
            Found::Intent => Taken::Unknown(track, item),
        }
    }

    fn say_duplicate(&mut self, shared: &Shared<W>, position: u64, identity: &str) {
        add(&shared.counts.duplicates, 1);
        self.duplicates += 1;
        if self.duplicates <= MOST_SAID {
            let message = format!("{identity} is in the input more than once; each of its lines has a row");
            shared.context.events.emit(
                Event::Duplicate,
                &message,
                [("row", position.into()), ("mailbox", identity.into())],
            );
        }
    }

    /// Says how many duplicates there were beyond those that were said.
    pub(super) fn finish(&self, shared: &Shared<W>) {
        if self.duplicates > MOST_SAID {
            let message = format!("{} lines of the input named a mailbox that another line had named", self.duplicates);
            shared.context.events.emit(Event::Duplicate, &message, [("duplicates", self.duplicates.into())]);
        }
    }
}

async fn take_in<W: Work>(shared: Arc<Shared<W>>, store: Store, mut lines: Vec<Box<str>>) -> Result<Chunk<W>> {
    if lines.is_empty() {
        let found = store.next_lines(CHUNK).await?;
        {
            let mut state = shared.state();
            state.lines_aside -= found.len() as u64;
            state.input.count(found.len());
        }
        lines = found.into_iter().map(String::into_boxed_str).collect();
    }
    let has_journal = shared.options.journal.is_some();
    let mut items = Vec::with_capacity(lines.len());
    let mut keys = Vec::with_capacity(lines.len());
    for line in &lines {
        let item = shared.work.read(line);
        let identity = shared.work.identity(&item);
        if shared.options.shard.is_some_and(|shard| !shard.holds(&identity)) {
            add(&shared.counts.other_shards, 1);
            continue;
        }
        // Only a journal asks what has been done.
        let work = if has_journal { shared.work.work_hash(&item, line) } else { WorkHash::OF_RUN };
        keys.push(LineKey { mailbox: folded(&identity), work });
        drop(identity);
        items.push((item, line.len()));
    }
    let admitted = store.admit(keys).await?;
    let admitted = pairs(items, admitted, "lines of input")?;
    Ok(admitted.into_iter().map(|((item, bytes), admitted)| (item, bytes, admitted)).collect())
}
