//! A stream of rows as its caller sees it, whatever makes them.

use std::time::Duration;

use serde_json::Value;

use crate::error::Result;

/// Rows of a batch where the caller does not say how many: enough to spread the cost of a call, few enough to see rows
/// come.
pub(crate) const USUAL_BATCH: usize = 256;

/// The most rows of a batch.
pub(crate) const MOST_BATCH: usize = 4096;

/// How many rows a caller gets at most who asks for so many; 0 stands for as many as suit.
pub(crate) fn batch_size(asked: usize) -> usize {
    if asked == 0 { USUAL_BATCH } else { asked.min(MOST_BATCH) }
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
    /// At most `max_rows` rows (0: as many as suit). Whoever waits for rows of a run that writes calls again within
    /// 250 ms: it starts nothing while nobody does.
    ///
    /// # Errors
    ///
    /// What stopped the whole run; the same again each time.
    fn next_batch(&self, max_rows: usize) -> Result<Next>;
    /// How many rows [`RowStream::next_batch`] could give now: as many as anybody wants where that is not known, or where
    /// no more will come.
    fn ready(&self) -> usize {
        usize::MAX
    }
    /// How long rows of a long run may gather before they are given: taking a few costs a host as much as taking many.
    fn gathers_for(&self) -> Duration {
        Duration::ZERO
    }
    /// Counts, as docs/abi.md names them.
    fn progress(&self) -> Value;
    /// Drains diagnostics as JSON Lines.
    fn events(&self) -> String;
    /// Stops the run: no new request starts, what waits ends as cancelled. Writes in flight land, reads are dropped.
    fn cancel(&self);
}
