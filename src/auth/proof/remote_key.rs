//! A key that stays where it is kept: a vault.

use std::fmt::Debug;

use futures_util::future::BoxFuture;

use crate::error::Result;
use crate::signature::Algorithm;

/// A piece of work of a store or of one of its keys.
pub type StoreFuture<'a, T> = BoxFuture<'a, Result<T>>;

/// A key that signs where it is.
pub trait RemoteKey: Debug + Send + Sync {
    /// Signs a SHA-256 digest.
    ///
    /// # Errors
    ///
    /// `KeyUnusable` where the key cannot do this algorithm; what its place said.
    fn sign(&self, algorithm: Algorithm, digest: [u8; 32]) -> StoreFuture<'_, Vec<u8>>;
}
