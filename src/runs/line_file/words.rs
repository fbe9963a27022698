//! What a kind of file of lines is called, and by what its lines are known.

/// The hash of a line, with its line feed.
pub(in crate::runs) type LineHash = [u8; 32];

/// A kind of file.
#[derive(Clone, Copy, Debug)]
pub(in crate::runs) struct Words {
    /// What it is called, in messages and in journals.
    pub(in crate::runs) kind: &'static str,
    /// How its lines begin: what begins so and breaks off was being written.
    pub(in crate::runs) beginnings: &'static [&'static str],
    /// What one that is there holds.
    pub(in crate::runs) holds: &'static str,
    /// What to do where the one that a run began with is lost.
    pub(in crate::runs) lost: &'static str,
}

pub(in crate::runs) fn hash(bytes: &[u8]) -> LineHash {
    openssl::sha::sha256(bytes)
}
