//! Certificates that are kept elsewhere and change there: a vault.

use std::fmt::Debug;

use super::remote_key::StoreFuture;
use super::signer::Signer;
use crate::context::Context;
use crate::http::Patience;

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
