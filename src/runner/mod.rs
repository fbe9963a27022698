//! Many mailboxes: order, concurrency, retry, exactly one row for each.
//!
//! The way of a line, and who decides at each step:
//!
//! 1. **Identity** (`intake`): the line is read; whose mailbox it is, which shard it belongs to, whether it came before.
//! 2. **Input** (`intake`, `queue`): the journal gives its row, or it joins the items that are ready.
//! 3. **Admission** (`admission`): when it may start and with which others it shares a request.
//! 4. **Token**, 5. **log**, 6. **transport** (`in_flight`): its intent is in the journal before anything is sent; then
//!    the work gets its token, and its request is logged and sent.
//! 7. **Judgement** (`admission::observe`, `attempts`): what the answer says of the service, and of the item.
//! 8. **Retry or row** (`queue`, `results`): it waits for its next try, or its row is recorded and then the caller's.
//!
//! `engine` does these steps in this order and decides nothing itself; `drive` is a run from its start to its end, and
//! `run` is what the caller sees of it.

mod admission;
mod attempts;
mod counts;
mod drive;
mod engine;
mod gather;
mod in_flight;
mod input;
mod intake;
mod item;
mod journal_options;
mod lines;
mod listing;
mod not_before;
mod options;
mod order;
mod outlet;
mod pairs;
mod queue;
mod rates;
mod results;
mod run;
mod shard;
mod shared;
mod source;
mod stop;
pub mod store;
mod work;
mod work_hash;

use serde_json::Value;

use crate::error::Result;

pub use crate::attempt::AttemptError;
pub use item::Done;
pub use journal_options::JournalOptions;
pub use options::RunOptions;
pub use order::Order;
pub use run::{Run, Taken};
pub use shard::Shard;
pub use source::{Listed, Lister, Page};
pub use work::{Batched, Batching, Work};
pub use work_hash::{WorkHash, hash_of_header, hash_of_json};

/// What [`RowStream::next_batch`] has.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Whole rows, encoded.
    Batch {
        /// The encoded rows.
        data: Vec<u8>,
        /// How many.
        rows: usize,
    },
    /// None ready now; the client's signal tells when that changes.
    Pending,
    /// None will come any more.
    End,
}

/// A run of many rows, whatever it does and however its rows are encoded. All calls return at once.
pub trait RowStream: Send + Sync {
    /// Takes whole lines of JSON Lines, as many as fit; gives how many bytes it took.
    ///
    /// # Errors
    ///
    /// `InputFinished` after [`RowStream::finish_input`]; `InvalidArgument` for a line over 1 MiB.
    fn push(&self, lines: &[u8]) -> Result<usize>;
    /// Says that no input follows. May be repeated.
    fn finish_input(&self);
    /// At most `max_rows` rows (0: as many as suit). Whoever waits for rows of a run that writes calls again within
    /// 250 ms: it starts nothing while nobody does.
    ///
    /// # Errors
    ///
    /// What stopped the whole run; the same again each time.
    fn next_batch(&self, max_rows: usize) -> Result<Next>;
    /// Counts, as docs/abi.md names them.
    fn progress(&self) -> Value;
    /// Drains diagnostics as JSON Lines.
    fn events(&self) -> String;
    /// Stops the run: no new request starts, what waits ends as cancelled. Writes in flight land, reads are dropped.
    fn cancel(&self);
}
