//! What a cached token is known by.

use serde::{Deserialize, Serialize};

/// What a cached token is for. The credential is part of it: who holds another key must prove it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenKey {
    /// The token endpoint.
    pub token_url: String,
    /// The app.
    pub client_id: String,
    /// The resource.
    pub resource: String,
    /// What it is proved with: its kind, and a thumbprint or digest; no secret.
    pub credential: String,
    /// The claims that were asked for.
    pub claims: Option<String>,
}
