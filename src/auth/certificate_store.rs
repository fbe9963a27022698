//! Certificates that are kept elsewhere and change there: a vault.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use super::signer::Signer;
use crate::context::Context;
use crate::error::Result;
use crate::http::Patience;
use crate::signature::Algorithm;

/// A piece of work of a store or of one of its keys.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// Where an app's certificate is kept. Asked before each assertion, so that a renewed one is picked up.
pub trait CertificateStore: Debug + Send + Sync {
    /// Names the certificate whatever its version: tokens are cached by it.
    fn id(&self) -> String;

    /// The certificate as it is now, and a way to sign with its key.
    ///
    /// # Errors
    ///
    /// What the store said.
    fn signer<'a>(&'a self, patience: Patience, context: &'a Context) -> StoreFuture<'a, Signer>;

    /// The certificate before that one, where it may still be used: a renewed one is in its store before the app
    /// registration knows it.
    ///
    /// # Errors
    ///
    /// What the store said.
    fn signer_before<'a>(&'a self, context: &'a Context) -> StoreFuture<'a, Option<Signer>>;
}

/// A key that signs where it is.
pub trait RemoteKey: Debug + Send + Sync {
    /// Signs a SHA-256 digest.
    ///
    /// # Errors
    ///
    /// `KeyUnusable` where the key cannot do this algorithm; what its place said.
    fn sign(&self, algorithm: Algorithm, digest: [u8; 32]) -> StoreFuture<'_, Vec<u8>>;
}
