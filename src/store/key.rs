//! Under what a journal keeps the outcome of a line.

use openssl::sha::Sha256;

use super::seen::{Hash, hash};
use super::work_hash::WorkHash;

/// One line in a journal: whose mailbox, what is done to it, and which of the lines that are the same in both it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Of the mailbox's identity.
    pub mailbox: [u8; 16],
    /// Of what is done.
    pub work: WorkHash,
    /// 0 for the first line that is the same in mailbox and work, 1 for the second.
    pub occurrence: u32,
}

/// A line as the journal tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineKey {
    /// The mailbox's identity, in the one spelling that stands for all of them.
    pub mailbox: String,
    /// What is done to it.
    pub work: WorkHash,
}

impl From<String> for LineKey {
    /// A line of a run that does the same to every mailbox.
    fn from(mailbox: String) -> Self {
        Self { mailbox, work: WorkHash::OF_RUN }
    }
}

impl Key {
    /// Of a mailbox that has one outcome, by its identity.
    #[must_use]
    pub fn of_mailbox(identity: &str) -> Self {
        Self { mailbox: hash(identity), work: WorkHash::OF_RUN, occurrence: 0 }
    }
}

impl LineKey {
    pub(super) fn mailbox_hash(&self) -> Hash {
        hash(&self.mailbox)
    }
}

/// By what lines are counted that are the same in mailbox and work. Nothing where the run says the work: those are the
/// lines of the mailbox, which are counted anyway.
pub(super) fn counted(mailbox: &Hash, work: WorkHash) -> Option<Hash> {
    (work != WorkHash::OF_RUN).then(|| {
        let mut both = Sha256::new();
        both.update(mailbox);
        both.update(work.bytes());
        let mut hash = [0; 16];
        hash.copy_from_slice(&both.finish()[..16]);
        hash
    })
}
