//! What a run does, as the runner sees it: items, their tries, and what they give.

use std::borrow::Cow;
use std::future::Future;

use futures_util::future::BoxFuture;

use crate::attempt::AttemptError;
use crate::error::{Error, Result};
use crate::store::{Key, Store, WorkHash};

/// What a run does with each line of its input.
pub trait Work: Send + Sync + 'static {
    /// A line, understood, and what its tries so far have left.
    type Item: Send + Sync + 'static;
    /// What an item gives.
    type Output: Output;

    /// Understands a line of input. What is wrong with it is the item's own failure, found by `attempt`.
    fn read(&self, line: &str) -> Self::Item;

    /// Whose mailbox, decoded; its case does not matter. Empty where there is none. By it the run tells mailboxes
    /// apart: for the most that one mailbox is asked at a time, for shards, duplicates and the journal.
    fn identity<'a>(&self, item: &'a Self::Item) -> Cow<'a, str>;

    /// What is done for the item, whatever its mailbox is called; `line` is what it was read from. By it a journal tells
    /// the lines of one mailbox apart: lines that are the same in it are told apart by their number alone. Only asked
    /// where there is a journal.
    fn work_hash(&self, _item: &Self::Item, _line: &str) -> WorkHash {
        WorkHash::OF_RUN
    }

    /// Under what the journal keeps the item's outcome.
    fn note_key(&self, _item: &mut Self::Item, _key: Key) {}

    /// An item comes whose mailbox and [`Work::work_hash`] are those of an item before it.
    fn note_repeated(&self, _item: &mut Self::Item) {}

    /// Whether [`Work::conclude`] does anything.
    fn concludes(&self) -> bool {
        false
    }

    /// Done once, when the run's store is open: takes from its journal, where it has one, what the work itself keeps
    /// there. What fails here stops the run.
    fn attach(&self, _store: &Store) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Done once, before the first attempt: what fails here stops the run.
    fn prepare(&self) -> impl Future<Output = Result<()>> + Send;

    /// Tries an item once. Dropping the future stops the try. `item` may keep what later tries need.
    fn attempt(&self, item: &mut Self::Item) -> impl Future<Output = Result<Self::Output, AttemptError>> + Send;

    /// Most items that may share a request; 1 where each has its own.
    fn most_per_batch(&self) -> usize {
        1
    }

    /// Tries 2 to [`Work::most_per_batch`] items once, in one request. Only called where that is more than 1.
    fn attempt_batch(&self, items: &mut [Self::Item]) -> impl Future<Output = Batched<Self::Output>> + Send {
        let number = items.len();
        async move {
            Batched::Envelope(AttemptError::Run(Error::internal(format!("{number} items of work without batches"))))
        }
    }

    /// Whether a try whose outcome is unknown must never be repeated: what may have happened is then the item's
    /// error.
    fn needs_intent(&self) -> bool {
        false
    }

    /// Whether a journal notes each item before its first try, so that the next run knows that it may have been
    /// carried out. Where [`Work::needs_intent`] says so it must.
    fn notes_intent(&self) -> bool {
        self.needs_intent()
    }

    /// Prepares an item that may have been carried out, to be tried: an earlier run had begun with it, and the journal
    /// has no outcome; or a try of this run that [`Work::needs_intent`] ended without one. `false` where it must not
    /// be. As long as its tries do not find out, their errors say that it may have been carried out.
    fn resume(&self, _item: &mut Self::Item) -> bool {
        false
    }

    /// Whether the items of one mailbox go one after another in the order of the input: the next begins when the one
    /// before it is done.
    fn is_ordered(&self) -> bool {
        false
    }

    /// Whether the last try, which failed, got further than those before it: its tries then count from here. Asked
    /// once after each.
    fn has_advanced(&self, _item: &mut Self::Item) -> bool {
        false
    }

    /// What an item gives that failed for good.
    fn failed(&self, item: &Self::Item, error: Error) -> Self::Output;

    /// A failed output that was withheld goes on: what the tries of others have shown since may change what its error
    /// advises.
    fn reconsider(&self, _output: &mut Self::Output) {}

    /// What is to be done with rows that are final, before the journal and the caller have them: what a work keeps of
    /// each by itself. Rows that an earlier run recorded are none of them. What fails here ends the run.
    fn conclude(&self, _rows: &[&Self::Output]) -> Option<BoxFuture<'static, Result<()>>> {
        None
    }

    /// Done once, when no more rows will come: `ended` is how the run ended.
    fn end(&self, _ended: &Result<()>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// The output of which [`Output::record`] gave the bytes.
    ///
    /// # Errors
    ///
    /// `Journal` for bytes that are none.
    fn recall(&self, record: &[u8]) -> Result<Self::Output>;

    /// Whether [`Work::has_lost`] does anything.
    fn may_lose(&self) -> bool {
        false
    }

    /// Whether what a recorded output speaks of is not there any more, so that its item is tried again. It may block.
    fn has_lost(&self, _record: &[u8]) -> bool {
        false
    }
}

/// What an item gives.
pub trait Output: Send + 'static {
    /// Why it is a failure, where it is one.
    fn failure(&self) -> Option<&Error>;

    /// Whose it is, as the input spelled it.
    fn mailbox(&self) -> Option<&str>;

    /// About how many bytes it holds.
    fn weight(&self) -> usize;

    /// As bytes, for the journal and for rows that await their turn outside of memory.
    fn record(&self) -> Vec<u8>;
}

/// What became of items that shared a request.
#[derive(Debug)]
pub enum Batched<T> {
    /// One outcome for each item, in their order.
    Each(Vec<Result<T, AttemptError>>),
    /// The request failed as a whole: no item was tried.
    Envelope(AttemptError),
}

/// Whether several items may share a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Batching {
    /// Where it pays.
    #[default]
    Auto,
    /// Each item has its own.
    Never,
    /// Wherever two items are ready.
    Always,
}
