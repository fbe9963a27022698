//! Who gives tokens.

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::cache::key::TokenKey;
use super::cache::persistent::OpenCache;
use super::proof::assertion::Assertion;
use super::proof::digest::keyed_digest;
use super::request::{AssertionRequest, IssuerRequest};
use super::token_endpoint::TokenResult;
use crate::context::Context;
use crate::error::Result;
use crate::secret::Secret;

/// Who is asked for a token: one implementation a flow.
pub trait Issuer: Debug + Send + Sync {
    /// The members of the endpoint's reply.
    fn request<'a>(
        &'a self,
        request: IssuerRequest<'a>,
        context: &'a Context,
    ) -> BoxFuture<'a, TokenResult<Map<String, Value>>>;

    /// What the token of a resource is known by: in this process, or in all that share a persistent cache.
    ///
    /// # Errors
    ///
    /// Those of the credential, where it must be read for it.
    fn key<'a>(&'a self, resource: &'a str, scope: &'a CacheScope) -> BoxFuture<'a, Result<TokenKey>>;

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing` for what has no private key; those of the certificate and the signer.
    fn assertion<'a>(&'a self, request: AssertionRequest, context: &'a Context) -> BoxFuture<'a, Result<Assertion>>;
}

/// Who shares a token: this process, or all that share a persistent cache.
#[derive(Clone, Debug)]
pub enum CacheScope {
    /// This process.
    Process,
    /// Whoever has the cache's key.
    Persistent(Arc<OpenCache>),
}

impl CacheScope {
    /// Tells secrets apart, the same for all who share the cache.
    ///
    /// # Errors
    ///
    /// Those of the cache's key.
    pub fn digest(&self, secret: &Secret) -> Result<String> {
        match self {
            CacheScope::Process => Ok(keyed_digest(secret)),
            CacheScope::Persistent(cache) => cache.digest(secret),
        }
    }
}
