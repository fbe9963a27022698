//! Who the app is: where its tokens come from, for Graph and for vaults, and a vault that holds its certificate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};

use super::options::{ClientOptions, TokenCache};
use crate::auth::authority::{Authority, TokenVersion};
use crate::auth::credential::{Credential, VaultCredential, VaultUse};
use crate::auth::flows::app::App;
use crate::auth::flows::client_credentials::ClientCredentials;
use crate::auth::flows::managed_identity::ManagedIdentity;
use crate::auth::flows::person::{Person, PersonScopes};
use crate::auth::issuer::Issuer;
use crate::auth::resource::resource;
use crate::auth::token_endpoint;
use crate::auth::token_source::{IssuedTokens, TokenSource};
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::http::transport::TransportOptions;
use crate::http::{HttpSender, Retrier, RetryPolicy, Transport};
use crate::keyvault::{
    DEFAULT_API_VERSION, ItemLocation, TenantTokens, VaultApi, VaultCertificateStore, VaultKeyStore, who_asks,
};
use crate::signature::SignatureBroker;

/// What only a client with tenant, app and credential has.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) tokens: Arc<TokenSource>,
    pub(super) graph: Arc<GraphClient>,
}

/// What a sign-in is made of.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) options: ClientOptions,
    pub(super) sender: HttpSender,
    pub(super) signatures: Arc<SignatureBroker>,
}

impl Parts {
    /// What the options say of the app's identity, where they say enough.
    pub(super) fn identity(&self) -> Result<Option<Identity>> {
        let Parts { options, sender, .. } = self;
        resource(options.resource.as_deref(), &options.cloud)?;
        let Some(tokens) = self.token_source()?.map(Arc::new) else { return Ok(None) };
        let (source, sender, clock) = (Arc::clone(&tokens), sender.clone(), Arc::clone(&options.clock));
        let graph = GraphClient::new(options.cloud.graph_resource(), source, sender, clock)?;
        Ok(Some(Identity { tokens, graph: Arc::new(graph) }))
    }

    /// Key Vault for the app, whose tokens come from `own`.
    pub(super) fn vault(&self, own: Option<&Arc<TokenSource>>) -> VaultApi {
        // Where the environment cannot be read there is no source of tokens either, which says so.
        let options = self.options.clone().with_environment().unwrap_or_else(|_| self.options.clone());
        let is_of_one_tenant = options.credential.as_ref().is_some_and(Credential::has_one_tenant);
        let own_tenant = options.tenant_id.clone().filter(|_| !is_of_one_tenant);
        let parts = self.with(options);
        let sign_in = {
            let parts = parts.clone();
            move |tenant: &str| {
                let options = ClientOptions { tenant_id: Some(tenant.to_owned()), ..parts.options.clone() };
                parts.with(options).token_source()
            }
        };
        let Parts { options, sender, .. } = parts;
        VaultApi {
            cloud: options.cloud,
            sender,
            tokens: Arc::new(TenantTokens::new(own.cloned(), own_tenant, Box::new(sign_in))),
            clock: options.clock,
            api_version: options.vault_api_version.unwrap_or_else(|| DEFAULT_API_VERSION.to_owned()),
            max_elapsed: options.max_retry,
            max_tries: options.max_tries,
        }
    }

    fn with(&self, options: ClientOptions) -> Self {
        Self { options, ..self.clone() }
    }

    /// Where tokens come from, where the options say enough.
    fn token_source(&self) -> Result<Option<TokenSource>> {
        let options = &self.options;
        // A tenant that can be none is found now, whatever else is missing.
        options.tenant_id.as_deref().map(|tenant| Authority::new(&options.cloud, tenant)).transpose()?;
        match options.credential {
            Some(Credential::Environment(_)) => self.with(options.clone().with_environment()?).token_source(),
            _ => self.tokens(),
        }
    }

    fn tokens(&self) -> Result<Option<TokenSource>> {
        let options = &self.options;
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
                let endpoint = options.transport()?.connect_to;
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
        let credential = match credential {
            Credential::Vault(vault) => self.of_vault(vault)?,
            credential => credential.clone(),
        };
        Ok(Box::new(ClientCredentials {
            app,
            credential,
            algorithm: self.options.assertion_algorithm,
            send_x5c: self.options.send_x5c,
            broker: Arc::clone(&self.signatures),
            proof: tokio::sync::OnceCell::new(),
            warned: AtomicBool::new(false),
        }))
    }

    /// A credential that is in a vault: a store that is asked before each assertion.
    fn of_vault(&self, vault: &VaultCredential) -> Result<Credential> {
        let options = &self.options;
        let VaultCredential { url, usage, credential, tenant_id, client_id, password, api_version } = vault;
        if matches!(credential, Credential::Vault(_)) {
            return Err(Error::argument("what proves to a vault who asks cannot be in a vault in its turn"));
        }
        let collections: &[&str] = match usage {
            VaultUse::Fetch => &["certificates", "secrets"],
            VaultUse::Sign => &["keys", "certificates"],
        };
        let (item, _) = ItemLocation::parse(url, collections)?;
        // The environment names an app with its proof: only what it leaves out is that of the client.
        let asks = ClientOptions {
            credential: Some(credential.clone()),
            tenant_id: tenant_id.clone(),
            client_id: client_id.clone(),
            ..options.clone()
        };
        let asks = asks.with_environment()?.unwrapped();
        let asks = self.with(ClientOptions {
            tenant_id: asks.tenant_id.or_else(|| options.tenant_id.clone()),
            client_id: asks.client_id.or_else(|| options.client_id.clone()),
            resource: None,
            // A token that is given is not kept.
            token_cache: match credential {
                Credential::Token(_) => TokenCache::Memory,
                _ => options.token_cache.clone(),
            },
            vault_api_version: api_version.clone().or_else(|| options.vault_api_version.clone()),
            ..asks
        });
        let ClientOptions { credential, tenant_id, client_id, .. } = &asks.options;
        let who = who_asks(credential.as_ref(), client_id.as_deref(), tenant_id.as_deref())?;
        let api = asks.vault(asks.token_source()?.map(Arc::new).as_ref());
        Ok(Credential::Store(match usage {
            VaultUse::Fetch => Arc::new(VaultCertificateStore::new(api, item, password.clone(), who)),
            VaultUse::Sign => Arc::new(VaultKeyStore::new(api, item, who)),
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
