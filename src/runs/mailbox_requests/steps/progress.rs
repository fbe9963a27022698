//! How far the steps of one mailbox are, as the journal keeps it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result, Status};
use crate::hex;
use crate::store::{Attachment, Key};

/// What it is to a journal.
pub(super) const KIND: &str = "steps";

/// What became of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Outcome {
    #[default]
    Done,
    Skipped,
}

impl Outcome {
    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Done => "Done",
            Outcome::Skipped => "Skipped",
        }
    }
}

/// A step that needs nothing more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    /// How many elements its answer has, or how many requests were sent for elements.
    pub(super) items: Option<u64>,
    /// What later steps take of its answer, by where it stands in it.
    pub(super) kept: Map<String, Value>,
    /// What rows show of it.
    pub(super) shown: Map<String, Value>,
}

/// How far they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    pub(super) done: Vec<Done>,
    /// How many elements of the step after them are done.
    pub(super) each: usize,
    /// Whether the request after all of these may have been sent.
    pub(super) is_open: bool,
}

impl Progress {
    pub(super) fn attachment(&self, key: Key) -> Attachment {
        // Texts and numbers to memory: nothing of it can fail.
        let value = serde_json::to_vec(self).unwrap_or_default();
        Attachment { kind: KIND.to_owned(), key: name_of(key), value }
    }

    /// # Errors
    ///
    /// `Journal` for what no version wrote.
    pub(super) fn read(value: &[u8], steps: usize) -> Result<Self> {
        let progress: Option<Self> = serde_json::from_slice(value).ok();
        progress.filter(|progress| progress.done.len() < steps).ok_or_else(|| {
            Error::new(
                Status::Journal,
                "the journal is damaged: what it says of a mailbox's steps is nothing that ExRun writes",
            )
            .hint("start with another journal, or with a copy of this one")
        })
    }
}

/// A line of the journal by name.
pub(super) fn name_of(key: Key) -> String {
    format!("{}{}.{}", hex::lower(&key.mailbox), hex::lower(key.work.bytes()), key.occurrence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::WorkHash;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let key = Key { mailbox: [7; 16], work: WorkHash::OF_RUN, occurrence: 2 };
        let done =
            Done { status: Some(201), kept: Map::from_iter([(".id".to_owned(), "x".into())]), ..Done::default() };
        let progress = Progress { done: vec![done], each: 3, is_open: true };
        let attachment = progress.attachment(key);
        assert!(attachment.key.ends_with(".2") && attachment.key.starts_with("0707"));
        assert_eq!(Progress::read(&attachment.value, 2).unwrap(), progress);
        for (value, steps) in [(attachment.value.as_slice(), 1), (b"".as_slice(), 2), (b"{}", 2), (b"[]", 2)] {
            assert_eq!(Progress::read(value, steps).unwrap_err().status(), Status::Journal);
        }
    }
}
