//! What a small run met, counted in memory; a large one hands it on to the temporary database.

use std::collections::{HashMap, HashSet};

use openssl::sha::Sha256;

/// As many as fill a table of 8,192 places; about 0.2 MiB.
const MOST: usize = 7_168;

/// The first 16 bytes of a SHA-256.
pub(super) type Hash = [u8; 16];

/// Of an identity or id.
pub(super) fn hash(text: &str) -> Hash {
    // OpenSSL's function that does all at once looks the algorithm up anew, which takes longer than to hash a name.
    let mut digest = Sha256::new();
    digest.update(text.as_bytes());
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest.finish()[..16]);
    hash
}

/// What was asked, or what has to be moved before it can be asked elsewhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Counted<T, M> {
    Here(Vec<T>),
    /// Empty after the first time.
    Elsewhere(M),
}

/// How often each identity came.
#[derive(Debug, Default)]
pub(super) struct Occurrences(Kept<HashMap<Hash, u32>>);

impl Occurrences {
    /// Which occurrence each is, from 0.
    pub(super) fn count(&mut self, hashes: &[Hash]) -> Counted<u32, HashMap<Hash, u32>> {
        let Some(table) = self.0.table(hashes.len(), HashMap::len) else { return Counted::Elsewhere(self.0.take()) };
        let mut next = |hash: &Hash| {
            let times = table.entry(*hash).or_insert(0);
            *times += 1;
            *times - 1
        };
        Counted::Here(hashes.iter().map(&mut next).collect())
    }
}

/// Ids that were seen.
#[derive(Debug, Default)]
pub(super) struct Ids(Kept<HashSet<Hash>>);

impl Ids {
    /// Whether each is new.
    pub(super) fn insert(&mut self, hashes: &[Hash]) -> Counted<bool, HashSet<Hash>> {
        let Some(table) = self.0.table(hashes.len(), HashSet::len) else { return Counted::Elsewhere(self.0.take()) };
        Counted::Here(hashes.iter().map(|hash| table.insert(*hash)).collect())
    }
}

/// A table while it is small.
#[derive(Debug)]
enum Kept<T> {
    Here(T),
    Elsewhere,
}

impl<T: Default> Default for Kept<T> {
    fn default() -> Self {
        Self::Here(T::default())
    }
}

impl<T: Default> Kept<T> {
    /// The table, where it has room for `more`.
    fn table(&mut self, more: usize, len: impl FnOnce(&T) -> usize) -> Option<&mut T> {
        match self {
            Self::Here(table) if len(table).saturating_add(more) <= MOST => Some(table),
            _ => None,
        }
    }

    fn take(&mut self) -> T {
        match std::mem::replace(self, Self::Elsewhere) {
            Self::Here(table) => table,
            Self::Elsewhere => T::default(),
        }
    }
}
