//! What a line of input is to a run: counted, and looked up in its journal.

use super::key::Key;

/// A line that was admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Under which its outcome is recorded.
    pub key: Key,
    /// Whether a line before it had the same mailbox.
    pub repeats_mailbox: bool,
    /// What the journal has of it.
    pub found: Found,
}

/// What a journal has of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or nothing that keeps it from being tried.
    Nothing,
    /// A failure that is to be tried again.
    Failure,
    /// What was recorded.
    Row(Vec<u8>),
    /// An intent without an outcome: the request may have been carried out.
    Intent,
}
