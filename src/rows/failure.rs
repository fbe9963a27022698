//! What failed in a run, beside its row or in its place.

use super::row::Row;
use crate::error::Error;

/// One mailbox that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The position of its input in the whole run, from 0.
    pub row: u64,
    /// The mailbox, as the caller spelled it.
    pub mailbox: Option<String>,
    /// Why.
    pub error: Error,
}

impl Failure {
    /// That of a row, where it has failed.
    #[must_use]
    pub fn of(row: &Row) -> Option<Self> {
        let error = row.error()?.clone();
        Some(Self { row: row.position(), mailbox: row.mailbox().map(str::to_owned), error })
    }
}
