//! Tokens and client assertions.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};

use super::options::check_minutes;
use super::{Client, ClientOptions, Identity, test_endpoint, vault_tokens};
use crate::auth::authority::{Authority, TokenVersion};
use crate::auth::cache::memory::Freshness;
use crate::auth::credential::Credential;
use crate::auth::credential::environment;
use crate::auth::flows::app::App;
use crate::auth::flows::client_credentials::ClientCredentials;
use crate::auth::flows::managed_identity::ManagedIdentity;
use crate::auth::flows::person::{Person, PersonScopes};
use crate::auth::issuer::Issuer;
use crate::auth::proof::assertion::Assertion;
use crate::auth::request::{AssertionRequest, TokenParameters, TokenReply};
use crate::auth::resource::resource;
use crate::auth::token_endpoint::{self, TokenFailure};
use crate::auth::token_source::{IssuedTokens, TokenSource};
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::http::transport::TransportOptions;
use crate::http::{HttpSender, Patience, Retrier, RetryPolicy, Transport};
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
        self.announce(context);
        check_minutes(request.valid_for_minutes)?;
        let resource =
            resource(request.resource.as_deref().or(self.0.options.resource.as_deref()), &self.0.options.cloud)?;
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
        let resource = resource(wanted.or(self.0.options.resource.as_deref()), &self.0.options.cloud)?;
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
    options.tenant_id.as_deref().map(|tenant| Authority::new(&options.cloud, tenant)).transpose()?;
    if matches!(options.credential, Some(Credential::Environment(_))) {
        return token_source(&with_environment(options.clone())?, sender, signatures);
    }
    Parts { options, sender, signatures }.tokens()
}

/// What a flow is made of.
struct Parts<'a> {
    options: &'a ClientOptions,
    sender: &'a HttpSender,
    signatures: &'a Arc<SignatureBroker>,
}

impl Parts<'_> {
    fn tokens(&self) -> Result<Option<TokenSource>> {
        let options = self.options;
        let Some(credential) = &options.credential else { return Ok(None) };
        let persistent = || options.token_cache.persistent();
        let issuer: Option<Box<dyn Issuer>> = match credential {
            Credential::Token(token) => {
                if options.token_cache.persistent().is_some() {
                    return Err(Error::argument("tokenCache: an access token that is given is not kept"));
                }
                return Ok(Some(TokenSource::Given {
                    token: token.clone(),
                    clock: Arc::clone(&options.clock),
                    read: once_cell::sync::OnceCell::new(),
                }));
            }
            Credential::ManagedIdentity(identity) => {
                let endpoint = test_endpoint::transport_options(options)?.connect_to;
                let transport = Transport::shared(TransportOptions::directly(), None)?;
                let sender = HttpSender::new(transport, options.user_agent.as_deref(), options.request_timeout)?;
                Some(Box::new(ManagedIdentity::new(identity, endpoint, sender, self.retrier())?))
            }
            Credential::Person { sign_in, scopes } => {
                if options.token_version == TokenVersion::V1 {
                    return Err(Error::argument("tokenVersion: 1 is for the sign-in of an app, not of a person"));
                }
                // Without a tenant: any work or school account.
                let tenant = options.tenant_id.as_deref().unwrap_or("organizations");
                let scopes = PersonScopes { resource: options.cloud.graph_resource(), names: scopes.clone() };
                self.app(Some(tenant), options.client_id.as_deref())?
                    .map(|app| Box::new(Person::new(app, sign_in.clone(), scopes, persistent())) as Box<dyn Issuer>)
            }
            credential => self
                .app(options.tenant_id.as_deref(), options.client_id.as_deref())?
                .map(|app| self.client_credentials(app, credential))
                .transpose()?,
        };
        let tokens =
            |issuer| IssuedTokens::new(issuer, Arc::clone(&options.clock), options.continuous_access, persistent());
        Ok(issuer.map(|issuer| TokenSource::Issued(Box::new(tokens(issuer)))))
    }

    fn client_credentials(&self, app: App, credential: &Credential) -> Result<Box<dyn Issuer>> {
        Ok(Box::new(ClientCredentials {
            app,
            credential: vault_tokens::resolved(credential, self.options, self.sender, self.signatures)?,
            algorithm: self.options.assertion_algorithm,
            send_x5c: self.options.send_x5c,
            broker: Arc::clone(self.signatures),
            proof: tokio::sync::OnceCell::new(),
            warned: AtomicBool::new(false),
        }))
    }

    /// The app, where tenant and client id are known.
    fn app(&self, tenant: Option<&str>, client_id: Option<&str>) -> Result<Option<App>> {
        let (Some(tenant), Some(client_id)) = (tenant, client_id) else { return Ok(None) };
        Ok(Some(App {
            authority: Authority::new(&self.options.cloud, tenant)?,
            version: self.options.token_version,
            client_id: client_id.to_owned(),
            valid_for_minutes: self.options.valid_for_minutes,
            sender: self.sender.clone(),
            retrier: self.retrier(),
            clock_offset: AtomicI64::new(0),
        }))
    }

    fn retrier(&self) -> Retrier {
        let policy = RetryPolicy::new(self.options.max_tries, self.options.max_retry);
        token_endpoint::retrier(policy, Arc::clone(&self.options.clock))
    }
}

/// The options with what the environment says in the place of `Credential::Environment`; what the caller gave
/// comes first.
pub(super) fn with_environment(options: ClientOptions) -> Result<ClientOptions> {
    let Some(Credential::Environment(variables)) = &options.credential else { return Ok(options) };
    let app = environment::read(variables)?;
    Ok(ClientOptions {
        tenant_id: options.tenant_id.or(app.tenant_id),
        client_id: options.client_id.or(app.client_id),
        credential: Some(app.credential),
        send_x5c: options.send_x5c || app.send_x5c,
        cloud: match app.login_host {
            Some(host) => environment::cloud_of(host, &options.cloud),
            None => options.cloud,
        },
        ..options
    })
}
