//! Tokens and client assertions.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::options::check_minutes;
use super::{Client, ClientOptions, Identity, trial, vault_tokens};
use crate::auth::app::App;
use crate::auth::assertion::Assertion;
use crate::auth::authority::Authority;
use crate::auth::cache::Freshness;
use crate::auth::client_credentials::ClientCredentials;
use crate::auth::credential::Credential;
use crate::auth::resource::resource;
use crate::auth::token_endpoint::TokenFailure;
use crate::auth::token_source::{AssertionRequest, IssuedTokens, Issuer, TokenReply, TokenSource, Wanted};
use crate::auth::tries::Tries;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::http::{HttpSender, RetryPolicy};
use crate::signature::SignatureBroker;

/// Request of [`Client::acquire_token`].
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
    pub async fn acquire_token(&self, request: TokenRequest, context: &Context) -> Result<TokenReply> {
        trial::warn_once(context, &self.0.options);
        check_minutes(request.valid_for_minutes)?;
        let resource =
            resource(request.resource.as_deref().or(self.0.options.resource.as_deref()), &self.0.options.cloud)?;
        let wanted = Wanted { resource: &resource, valid_for_minutes: request.valid_for_minutes, impatient: true };
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

    /// A client assertion.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`; those of the certificate and the signer.
    pub async fn create_assertion(&self, request: AssertionRequest, context: &Context) -> Result<Assertion> {
        check_minutes(request.valid_for_minutes)?;
        self.identity()?.tokens.assertion(request, context).await
    }

    pub(super) fn identity(&self) -> Result<&Identity> {
        self.0.identity.as_ref().ok_or_else(|| {
            let options = &self.0.options;
            let missing: Vec<&str> = [
                ("tenantId", options.tenant_id.is_none()),
                ("clientId", options.client_id.is_none()),
                ("credential", options.credential.is_none()),
            ]
            .into_iter()
            .filter_map(|(name, missing)| missing.then_some(name))
            .collect();
            Error::new(Status::CredentialMissing, format!("the client was made without {}", missing.join(", ")))
                .action("signing in")
                .hint("give tenant, application id and a credential (a certificate for example), or an access token")
        })
    }
}

/// What the options say of the app's identity, where they say enough.
pub(super) fn identity(
    options: &ClientOptions,
    sender: &HttpSender,
    signatures: &Arc<SignatureBroker>,
) -> Result<Option<Identity>> {
    resource(options.resource.as_deref(), &options.cloud)?;
    let Some(tokens) = token_source(options, sender, signatures)? else { return Ok(None) };
    let tokens = Arc::new(tokens);
    let graph = GraphClient::new(
        options.cloud.graph_resource(),
        Arc::clone(&tokens),
        sender.clone(),
        Arc::clone(&options.clock),
    )?;
    Ok(Some(Identity { tokens, graph: Arc::new(graph) }))
}

/// Where tokens come from, where the options say enough.
pub(super) fn token_source(
    options: &ClientOptions,
    sender: &HttpSender,
    signatures: &Arc<SignatureBroker>,
) -> Result<Option<TokenSource>> {
    // A tenant that can be none is found now, whatever else is missing.
    let authority = options.tenant_id.as_deref().map(|tenant| Authority::new(&options.cloud, tenant)).transpose()?;
    Ok(Some(match (&options.credential, authority, &options.client_id) {
        (Some(Credential::Token(token)), _, _) => TokenSource::Given {
            token: token.clone(),
            clock: Arc::clone(&options.clock),
            read: once_cell::sync::OnceCell::new(),
        },
        (Some(credential), Some(authority), Some(client_id)) => {
            let app = App {
                authority,
                version: options.token_version,
                client_id: client_id.clone(),
                valid_for_minutes: options.valid_for_minutes,
                sender: sender.clone(),
                tries: Tries {
                    policy: RetryPolicy::new(options.max_tries, options.max_retry),
                    clock: Arc::clone(&options.clock),
                },
                clock_offset: AtomicI64::new(0),
            };
            let flow = ClientCredentials {
                app,
                credential: vault_tokens::resolved(credential, options, sender, signatures)?,
                algorithm: options.assertion_algorithm,
                send_x5c: options.send_x5c,
                broker: Arc::clone(signatures),
                proof: tokio::sync::OnceCell::new(),
            };
            let issuer = Issuer::ClientCredentials(Box::new(flow));
            TokenSource::Issued(Box::new(IssuedTokens::new(issuer, Arc::clone(&options.clock))))
        }
        _ => return Ok(None),
    }))
}
