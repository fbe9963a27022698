//! A managed identity as the caller names it.

use super::description::{Describe, Digest};
use super::variables::Variables;
use crate::error::Result;

/// Which managed identity, where there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityId {
    /// By its client id.
    Client(String),
    /// By its object (principal) id.
    Object(String),
    /// By its Azure resource id.
    Resource(String),
}

/// A managed identity as the caller names it.
#[derive(Clone, Debug, Default)]
pub struct ManagedIdentityOptions {
    /// Which one; by default the machine's own.
    pub id: Option<IdentityId>,
    /// Where `IDENTITY_ENDPOINT` and the like are read from.
    pub variables: Variables,
}

impl Describe for ManagedIdentityOptions {
    fn name(&self) -> &'static str {
        "a managed identity"
    }

    fn identity(&self, digest: Digest<'_>) -> Result<String> {
        let id = match &self.id {
            None => "of this machine".to_owned(),
            Some(IdentityId::Client(id)) => format!("client {id}"),
            Some(IdentityId::Object(id)) => format!("object {id}"),
            Some(IdentityId::Resource(id)) => format!("resource {id}"),
        };
        Ok(format!("managed identity {id}, {}", self.variables.identity(digest)?))
    }
}
