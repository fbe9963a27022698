//! Tokens and client assertions.

use super::handle::Client;
use super::options::check_minutes;
use crate::auth::cache::memory::Freshness;
use crate::auth::proof::assertion::Assertion;
use crate::auth::request::{AssertionRequest, TokenParameters, TokenReply};
use crate::auth::resource::resource;
use crate::auth::token_endpoint::TokenFailure;
use crate::context::Context;
use crate::error::Result;
use crate::http::Patience;

/// Request of [`Client::token_acquire`].
#[derive(Clone, Debug, Default)]
pub struct TokenRequest {
    /// What the token is for; by default the client's.
    pub resource: Option<String>,
    /// Asks the endpoint even where a token is cached.
    pub force_refresh: bool,
    /// Life of the assertion in minutes; by default the client's.
    pub valid_for_minutes: Option<u32>,
}

impl Client {
    /// An access token.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; those of the certificate and the network. An OAuth error is
    /// [`TokenReply::Refused`].
    pub async fn token_acquire(&self, request: TokenRequest, context: &Context) -> Result<TokenReply> {
        self.announce(context);
        check_minutes(request.valid_for_minutes)?;
        let options = self.options();
        let resource = resource(request.resource.as_deref().or(options.resource.as_deref()), &options.cloud)?;
        let wanted = TokenParameters {
            resource: &resource,
            valid_for_minutes: request.valid_for_minutes,
            patience: Patience::Short,
        };
        let freshness = if request.force_refresh { Freshness::New } else { Freshness::Cached };
        match self.identity()?.tokens.token(wanted, freshness, context).await {
            Ok((token, from_cache)) => Ok(TokenReply::Token {
                members: token.members.clone(),
                access_token: token.secret().clone(),
                from_cache,
            }),
            Err(TokenFailure::Refused(refusal)) => Ok(TokenReply::Refused(refusal.json, refusal.error)),
            Err(TokenFailure::Other(error)) => Err(error),
        }
    }

    /// The token that is at hand for a resource, if any; nobody is asked for one.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; `InvalidArgument` for the resource.
    pub fn token_at_hand(&self, wanted: Option<&str>) -> Result<Option<TokenReply>> {
        let resource = resource(wanted.or(self.options().resource.as_deref()), &self.options().cloud)?;
        let token = self.identity()?.tokens.at_hand(&resource)?;
        Ok(token.map(|token| TokenReply::Token {
            members: token.members.clone(),
            access_token: token.secret().clone(),
            from_cache: true,
        }))
    }

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; those of the certificate and the signer.
    pub async fn assertion_create(&self, request: AssertionRequest, context: &Context) -> Result<Assertion> {
        check_minutes(request.valid_for_minutes)?;
        self.identity()?.tokens.assertion(request, context).await
    }
}
