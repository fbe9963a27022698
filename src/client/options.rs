//! Options of a client.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::auth::authority::TokenVersion;
use crate::auth::cache::persistent::PersistentCache;
use crate::auth::credential::{Credential, environment};
use crate::auth::proof::assertion::MOST_MINUTES;
use crate::cloud::{Cloud, is_host};
use crate::error::{Error, Result};
use crate::http::transport::{TransportOptions, options_of_environment};
use crate::http::{Clock, SystemClock};
use crate::pasted;
use crate::runs::{MOST_CONCURRENCY, MOST_TRIES, check_range};
use crate::secret::Secret;
use crate::signature::Algorithm;

/// Options of a [`super::Client`]; docs/abi.md describes each. `Default` is a client without identity.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// GUID or domain.
    pub tenant_id: Option<String>,
    /// The application's id.
    pub client_id: Option<String>,
    /// Whose hosts to use.
    pub cloud: Cloud,
    /// What proves who the app is.
    pub credential: Option<Credential>,
    /// Forces one algorithm; by default PS256, then RS256.
    pub assertion_algorithm: Option<Algorithm>,
    /// Life of an assertion in minutes, 1 to 1440; by default 10.
    pub valid_for_minutes: Option<u32>,
    /// Sends the certificate in the assertion's header (subject name and issuer authentication).
    pub send_x5c: bool,
    /// Asks for tokens that live long and may be revoked at any time (continuous access evaluation).
    pub continuous_access: bool,
    /// Which token endpoint.
    pub token_version: TokenVersion,
    /// Where tokens are kept.
    pub token_cache: TokenCache,
    /// What the token is for; by default Graph.
    pub resource: Option<String>,
    /// The version of Key Vault's API; by default 7.4, which every cloud has.
    pub vault_api_version: Option<String>,
    /// An explicit proxy; by default that of the environment or the system.
    pub proxy: Option<String>,
    /// The proxy's password.
    pub proxy_password: Option<Secret>,
    /// A file of further CA certificates (PEM); by default what `EXRUN_CA_FILE` names.
    pub ca_file: Option<PathBuf>,
    /// Connects to this loopback address, whatever the URL says; by default what `EXRUN_CONNECT_TO` names.
    pub connect_to: Option<SocketAddr>,
    /// Longest time for one request.
    pub request_timeout: Duration,
    /// Most tries of one item, 1 to 100.
    pub max_tries: u32,
    /// Longest time from the first try of an item to its last.
    pub max_retry: Duration,
    /// Most requests in flight at once, 1 to 1024; a run finds by itself how many of them suit the service.
    pub max_concurrency: usize,
    /// Put before our own in the User-Agent.
    pub user_agent: Option<String>,
    /// Where time comes from; tests have their own.
    pub clock: Arc<dyn Clock>,
}

/// Where a client's tokens are kept.
#[derive(Clone, Debug, Default)]
pub enum TokenCache {
    /// In the memory of the process.
    #[default]
    Memory,
    /// In an encrypted file as well, for later processes of the same user: [`PersistentCache::of_user`]. Where the
    /// system has no credential store for the key, a sign-in fails with `TokenCacheUnavailable`, and no token is
    /// written.
    Persistent(Arc<PersistentCache>),
}

impl TokenCache {
    /// The persistent one, where it is wanted.
    pub(super) fn persistent(&self) -> Option<Arc<PersistentCache>> {
        match self {
            TokenCache::Memory => None,
            TokenCache::Persistent(cache) => Some(Arc::clone(cache)),
        }
    }
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            tenant_id: None,
            client_id: None,
            cloud: Cloud::PUBLIC,
            credential: None,
            assertion_algorithm: None,
            valid_for_minutes: None,
            send_x5c: false,
            continuous_access: false,
            token_version: TokenVersion::V2,
            token_cache: TokenCache::default(),
            resource: None,
            vault_api_version: None,
            proxy: None,
            proxy_password: None,
            ca_file: None,
            connect_to: None,
            request_timeout: Duration::from_secs(100),
            max_tries: 8,
            max_retry: Duration::from_secs(600),
            max_concurrency: 64,
            user_agent: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl ClientOptions {
    /// The options with ids and domains as they are sent: without what people paste along with them.
    pub(super) fn unwrapped(self) -> Self {
        let unwrapped = |id: Option<String>| id.map(|id| pasted::unwrapped(&id).to_owned());
        Self { tenant_id: unwrapped(self.tenant_id), client_id: unwrapped(self.client_id), ..self }
    }

    /// The options with what the environment says in the place of `Credential::Environment`; what the caller gave
    /// comes first.
    pub(super) fn with_environment(self) -> Result<Self> {
        let Some(Credential::Environment(variables)) = &self.credential else { return Ok(self) };
        let app = environment::read(variables)?;
        Ok(Self {
            tenant_id: self.tenant_id.or(app.tenant_id),
            client_id: self.client_id.or(app.client_id),
            credential: Some(app.credential),
            send_x5c: self.send_x5c || app.send_x5c,
            cloud: match app.login_host {
                Some(host) => environment::cloud_of(host, &self.cloud),
                None => self.cloud,
            },
            ..self
        })
    }

    /// How connections are made: as the options say, and where they say nothing, as the environment does
    /// (`EXRUN_CONNECT_TO`, `EXRUN_CA_FILE`).
    pub(super) fn transport(&self) -> Result<TransportOptions> {
        let environment = options_of_environment()?;
        Ok(TransportOptions {
            connect_to: self.connect_to.or(environment.connect_to),
            ca_file: self.ca_file.clone().or(environment.ca_file),
            proxy: self.proxy.clone(),
            ..environment
        })
    }

    /// The file that the client signs in with.
    pub(super) fn credential_file(&self) -> Option<&Path> {
        self.credential.as_ref().and_then(Credential::file)
    }

    /// Checks the ranges, and the hosts of a cloud that the caller names.
    pub(super) fn check(&self) -> Result<()> {
        let Cloud { login_host, graph_host, vault_suffix } = &self.cloud;
        for (name, host) in [("loginHost", login_host), ("graphHost", graph_host), ("vaultSuffix", vault_suffix)] {
            if !is_host(host) {
                return Err(Error::argument(format!("cloud.{name}: {host:?} is not a host name")).hint(
                    "give the host alone, such as login.microsoftonline.com, without https:// and without a path",
                ));
            }
        }
        check_range("maxTries", u64::from(self.max_tries), 1, u64::from(MOST_TRIES))?;
        check_range("maxConcurrency", self.max_concurrency as u64, 1, MOST_CONCURRENCY as u64)?;
        check_minutes(self.valid_for_minutes)
    }
}

pub(super) fn check_minutes(minutes: Option<u32>) -> Result<()> {
    minutes.map_or(Ok(()), |minutes| check_range("validForMinutes", minutes.into(), 1, MOST_MINUTES.into()))
}
