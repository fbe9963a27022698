//! The options of a client.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::credential::Credential;
use super::fault;
use super::values::{DAY_MS, FilePath, SecretHandle, SignatureAlgorithm, Text, Whole};
use crate::auth::proof::assertion::MOST_MINUTES;
use crate::client::{self, MOST_CONCURRENCY, MOST_TRIES, PersistentCache, TokenVersion};
use crate::cloud::Cloud;
use crate::error::Result;

/// Of `exrun_client_new`; all may be left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct ClientOptions {
    /// GUID or domain.
    tenant_id: Option<Text>,
    /// The application's id.
    client_id: Option<Text>,
    /// `public`, `usGov`, `usGovDod`, `china`, or an object of hosts: see below. Default: `public`.
    cloud: Option<CloudChoice>,
    /// What proves who the app is: see below.
    credential: Option<Credential>,
    /// Forces one algorithm. Default: PS256, and RS256 after the answers that call for it.
    assertion_algorithm: Option<SignatureAlgorithm>,
    /// Life of an assertion. Default: 10.
    valid_for_minutes: Option<Whole<u32, 1, { MOST_MINUTES as i64 }>>,
    /// Puts the certificate into the header of each assertion (`x5c`), for an application that trusts its subject name
    /// and issuer; the certificates above it come along where the PFX or PEM has them.
    #[serde(default)]
    send_x5c: bool,
    /// Asks for tokens that live up to a day and may be revoked at any time.
    #[serde(default)]
    continuous_access: bool,
    /// Which token endpoint. Default: 2.
    token_version: Option<Whole<u32, 1, 2>>,
    /// Where tokens are kept: see [The token cache](#the-token-cache).
    #[serde(default)]
    token_cache: TokenCache,
    /// What tokens are for: a URL or host; `outlook.office.com`, the bare host `outlook.office365.com` and the empty
    /// string mean Graph. Default: Graph.
    resource: Option<String>,
    /// A proxy, with a user but no password in its URL. Default: that of the environment or the system.
    proxy: Option<Text>,
    /// The proxy's password.
    proxy_password_secret: Option<SecretHandle>,
    /// Further CA certificates: PEM, DER or PKCS#7. Default: what `EXRUN_CA_FILE` names.
    ca_file: Option<FilePath>,
    /// Longest time for one request. Default: 100,000.
    request_timeout_ms: Option<Whole<u64, 1, DAY_MS>>,
    /// Most tries of one request. Default: 8.
    max_tries: Option<Whole<u32, 1, { MOST_TRIES as i64 }>>,
    /// Longest time from the first try of a request to its last. Default: 600,000.
    max_retry_ms: Option<Whole<u64, 0, DAY_MS>>,
    /// Most requests of a run under way at once. Default: 64.
    max_concurrency: Option<Whole<usize, 1, { MOST_CONCURRENCY as i64 }>>,
    /// Put before the library's own in the User-Agent: `nightly-report/1.0`.
    user_agent: Option<Text>,
    /// Version of Key Vault's API. Default: `7.4`.
    vault_api_version: Option<Text>,
}

/// `cloud`, where it is an object: hosts without `https://` and without a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CloudHosts {
    /// Where tokens come from.
    login_host: Text,
    /// Where Graph is.
    graph_host: Text,
    /// What the hosts of vaults end in.
    vault_suffix: Text,
}

/// A cloud, by its name or its hosts.
#[derive(Debug)]
struct CloudChoice(Cloud);

impl<'de> Deserialize<'de> for CloudChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct NameOrHosts;
        impl<'de> Visitor<'de> for NameOrHosts {
            type Value = CloudChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or an object")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> std::result::Result<CloudChoice, E> {
                let unknown = || format!("must be one of {}, or an object", Cloud::NAMES.join(", "));
                Cloud::named(name).map(CloudChoice).ok_or_else(|| E::custom(unknown()))
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> std::result::Result<CloudChoice, A::Error> {
                let hosts = CloudHosts::deserialize(MapAccessDeserializer::new(members))?;
                Ok(CloudChoice(Cloud {
                    login_host: hosts.login_host.0.into(),
                    graph_host: hosts.graph_host.0.into(),
                    vault_suffix: hosts.vault_suffix.0.into(),
                }))
            }
        }
        deserializer.deserialize_any(NameOrHosts)
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum TokenCache {
    #[default]
    Memory,
    Persistent,
}

impl ClientOptions {
    pub(in crate::ffi) fn options(self) -> Result<client::ClientOptions> {
        let defaults = client::ClientOptions::default();
        Ok(client::ClientOptions {
            tenant_id: self.tenant_id.map(Into::into),
            client_id: self.client_id.map(Into::into),
            cloud: self.cloud.map_or(defaults.cloud, |choice| choice.0),
            credential: self.credential.map(|credential| credential.credential("credential")).transpose()?,
            assertion_algorithm: self.assertion_algorithm.map(Into::into),
            valid_for_minutes: self.valid_for_minutes.map(|minutes| minutes.0),
            send_x5c: self.send_x5c,
            continuous_access: self.continuous_access,
            token_version: match self.token_version {
                Some(Whole(1)) => TokenVersion::V1,
                Some(_) => TokenVersion::V2,
                None => defaults.token_version,
            },
            token_cache: match self.token_cache {
                TokenCache::Memory => client::TokenCache::Memory,
                TokenCache::Persistent => client::TokenCache::Persistent(PersistentCache::of_user()),
            },
            // Empty is Graph, as a drop-in script may say.
            resource: self.resource,
            proxy: self.proxy.map(proxy).transpose()?,
            proxy_password: self.proxy_password_secret.map(Into::into),
            ca_file: self.ca_file.map(Into::into),
            request_timeout: self.request_timeout_ms.map_or(defaults.request_timeout, Into::into),
            max_tries: self.max_tries.map_or(defaults.max_tries, |most| most.0),
            max_retry: self.max_retry_ms.map_or(defaults.max_retry, Into::into),
            max_concurrency: self.max_concurrency.map_or(defaults.max_concurrency, |most| most.0),
            user_agent: self.user_agent.map(Into::into),
            vault_api_version: self.vault_api_version.map(Into::into),
            ..defaults
        })
    }
}

/// The proxy, which may name a user but no password: this text may be logged by whoever made it.
fn proxy(Text(text): Text) -> Result<String> {
    let authority = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    // Where the password holds a # or a /, the part before the last @ is user and password all the same.
    let user = authority.rsplit_once('@');
    if user.is_some_and(|(user, _)| user.contains(':')) {
        let fault = fault("proxy", "holds a password");
        return Err(fault.hint("leave it out of the URL and name it as proxyPasswordSecret"));
    }
    Ok(text)
}
