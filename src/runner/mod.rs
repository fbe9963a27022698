//! Many mailboxes: order, concurrency, retry, exactly one row for each.

mod counts;
mod engine;
mod input;
mod limiter;
mod not_before;
mod order;
mod run;
pub mod store;

use std::future::Future;

use serde_json::Value;

use crate::error::{Error, Result};

pub use order::Order;
pub use run::{Done, Run, RunOptions, Taken};

/// What a run does with each line of its input.
pub trait Work: Send + Sync + 'static {
    /// A line, understood.
    type Item: Send + Sync + 'static;
    /// What an item gives.
    type Output: Send + 'static;

    /// Understands a line of input. What is wrong with it is the item's own failure, found by `attempt`.
    fn read(&self, line: &str) -> Self::Item;

    /// Done once, before the first attempt: what fails here stops the run.
    fn prepare(&self) -> impl Future<Output = Result<()>> + Send;

    /// Tries an item once. Dropping the future stops the try.
    fn attempt(
        &self,
        item: &Self::Item,
    ) -> impl Future<Output = std::result::Result<Self::Output, AttemptError>> + Send;

    /// What an item gives that failed for good.
    fn failed(&self, item: &Self::Item, error: Error) -> Self::Output;

    /// About how many bytes an output holds.
    fn weight(&self, output: &Self::Output) -> usize;
}

/// Why an attempt gave nothing.
#[derive(Clone, Debug)]
pub enum AttemptError {
    /// This item failed; it is tried again where the error says that this may help.
    Item(Error),
    /// No other item will fare better: the run stops.
    Run(Error),
}

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
    /// At most `max_rows` rows (0: as many as suit).
    ///
    /// # Errors
    ///
    /// What stopped the whole run; the same again each time.
    fn next_batch(&self, max_rows: usize) -> Result<Next>;
    /// Counts, as docs/abi.md names them.
    fn progress(&self) -> Value;
    /// Drains diagnostics as JSON Lines.
    fn events(&self) -> String;
    /// Stops the run: no new request starts, those in flight are dropped, what waits ends as cancelled.
    fn cancel(&self);
}
