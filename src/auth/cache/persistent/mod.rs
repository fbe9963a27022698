//! Tokens that outlive the process: one encrypted file of the user, whose key lies in the credential store of the
//! system. Without such a store there is no file: nothing is ever written in plain.
//!
//! The cache in memory stands in front of it. A file that cannot be read (another key, damaged, changed) counts as
//! empty and is replaced with the next token; what fails once the cache is open is a warning and stops no run.

mod clearing;
mod credential_store;
mod folder;
mod open_cache;
mod place;
mod records;
mod sealed;
#[cfg(test)]
mod tests;

pub use clearing::Cleared;
pub use credential_store::{CredentialStore, SystemStore};
pub use open_cache::OpenCache;
pub use place::PersistentCache;
