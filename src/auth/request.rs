//! What is asked for, and what comes back.

use serde_json::{Map, Value};

use crate::error::Error;
use crate::http::Patience;
use crate::secret::Secret;
use crate::signature::Algorithm;

/// Which token is asked for.
#[derive(Clone, Copy, Debug)]
pub struct TokenParameters<'a> {
    /// The resource, as [`super::resource::resource`] gives it.
    pub resource: &'a str,
    /// Life of the assertion in minutes, where this request has its own.
    pub valid_for_minutes: Option<u32>,
    /// How long whoever asks would wait.
    pub patience: Patience,
}

/// What an issuer is asked for: which token, and the claims that it must have.
#[derive(Clone, Copy, Debug)]
pub struct IssuerRequest<'a> {
    /// Which token.
    pub token: TokenParameters<'a>,
    /// The `claims` parameter (OpenID Connect Core 1.0, 5.5).
    pub claims: Option<&'a str>,
    /// Whether a token that still serves is at hand, so that nobody has to wait for this one.
    pub token_lives: bool,
}

/// Request of a client assertion.
#[derive(Clone, Debug, Default)]
pub struct AssertionRequest {
    /// The `aud` claim; by default the client's token URL.
    pub audience: Option<String>,
    /// The algorithm; by default the client's, else PS256.
    pub algorithm: Option<Algorithm>,
    /// Life in minutes; by default the client's.
    pub valid_for_minutes: Option<u32>,
}

/// What the token endpoint answered.
#[derive(Clone, Debug)]
pub enum TokenReply {
    /// A token. `members` are the endpoint's in its order, `access_token` among them as null; `expires_on`
    /// (text) and `resource` are added at the end where the endpoint gave none.
    Token {
        /// All members but the token itself.
        members: Map<String, Value>,
        /// The access token.
        access_token: Secret,
        /// Whether it came from the cache.
        from_cache: bool,
    },
    /// An OAuth error: the JSON as it came, and the same as an error.
    Refused(Value, Error),
}
