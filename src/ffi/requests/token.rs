//! Requests about tokens and assertions.

use serde::Deserialize;

use super::fault;
use super::values::{SecretHandle, SignatureAlgorithm, Text, Whole};
use crate::auth::proof::assertion::MOST_MINUTES;
use crate::client::{AssertionRequest, TokenRequest};
use crate::error::Result;

/// Of `exrun_token_acquire`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct TokenAcquire {
    /// What the token is for, as in the client's options. Default: the client's.
    resource: Option<String>,
    /// Asks for a new token even where one is at hand.
    #[serde(default)]
    force_refresh: bool,
    /// Asks nobody: the result is null where no token is at hand.
    #[serde(default)]
    cached_only: bool,
    /// The token itself as `access_token`, in the place of the handle `accessTokenSecret`.
    #[serde(default)]
    pub(in crate::ffi) plain_token: bool,
    /// An OAuth error of the endpoint is the result, its JSON as it came, and not an error.
    #[serde(default)]
    pub(in crate::ffi) oauth_error_as_result: bool,
    /// Life of the assertion. Default: the client's.
    valid_for_minutes: Option<Whole<u32, 1, { MOST_MINUTES as i64 }>>,
}

impl TokenAcquire {
    /// What is asked for; whether only a token at hand will do.
    pub(in crate::ffi) fn request(self) -> Result<(TokenRequest, bool)> {
        if self.cached_only && self.force_refresh {
            return Err(fault("cachedOnly", "and forceRefresh exclude each other"));
        }
        let request = TokenRequest {
            resource: self.resource,
            force_refresh: self.force_refresh,
            valid_for_minutes: self.valid_for_minutes.map(|minutes| minutes.0),
        };
        Ok((request, self.cached_only))
    }
}

/// Of `exrun_token_decode`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct TokenDecode {
    /// A JSON Web Token. Any form of base64, padding, further parts, a missing signature, `Bearer ` in front and blanks
    /// around are accepted.
    pub(in crate::ffi) token_secret: SecretHandle,
}

/// Of `exrun_token_cache_clear`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct TokenCacheClear {}

/// Of `exrun_assertion_create`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct AssertionCreate {
    /// Whom the assertion is for. Default: the token endpoint.
    audience: Option<Text>,
    /// Default: the client's.
    algorithm: Option<SignatureAlgorithm>,
    /// Default: the client's.
    valid_for_minutes: Option<Whole<u32, 1, { MOST_MINUTES as i64 }>>,
}

impl From<AssertionCreate> for AssertionRequest {
    fn from(request: AssertionCreate) -> Self {
        AssertionRequest {
            audience: request.audience.map(Into::into),
            algorithm: request.algorithm.map(Into::into),
            valid_for_minutes: request.valid_for_minutes.map(|minutes| minutes.0),
        }
    }
}
