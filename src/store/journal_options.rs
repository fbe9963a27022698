//! What a run is told of its journal.

use std::path::PathBuf;

use serde_json::{Map, Value};

/// The journal of a run.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// The file; made where it is not there, readable and writable by the owner alone (Unix).
    pub path: PathBuf,
    /// What the run does, member by member and without a secret: a journal of another run is refused by the
    /// member that differs.
    pub fingerprint: Map<String, Value>,
    /// Asks again for what ended in an error row.
    pub retry_failed: bool,
    /// Sends again what was sent without an outcome.
    pub retry_unknown: bool,
}
