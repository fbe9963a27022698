//! Azure Key Vault: challenge, permissions, secrets (read and set), certificates, keys with `sign`, lists of 25 a page.
//!
//! Source: Azure Key Vault REST API reference (7.4), "Authentication, requests, and responses", "REST API error
//! codes", "About secrets" and "About keys" (operations on disabled, expired and not yet valid objects), "Throttling
//! guidance", "Key Vault soft-delete overview".

mod answer;
pub mod config;
mod keys;
mod list;
mod pfx;
mod set_secret;
pub mod store;
mod wire;

use std::collections::{HashMap, HashSet};

use parking_lot::{Mutex, MutexGuard};

use crate::reply::Reply;
use crate::service::Service;
use store::Object;

pub use answer::answer;
pub use config::VaultConfig;

/// What the hosts of vaults end in, and the login host of the same cloud.
const SUFFIXES: [(&str, &str); 3] = [
    ("vault.azure.net", "login.microsoftonline.com"),
    ("vault.usgovcloudapi.net", "login.microsoftonline.us"),
    ("vault.azure.cn", "login.partner.microsoftonline.cn"),
];

/// A request as a vault sees it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a str,
    /// The host, with its port where it has one.
    pub host: &'a str,
    /// The path.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The media type of the body.
    pub content_type: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// The vaults of the tenant.
#[derive(Debug)]
pub struct Vaults {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    config: VaultConfig,
    /// The tenant that a vault trusts, where that is not the one of the emulator.
    tenant: Option<String>,
    /// By vault.
    objects: HashMap<String, Vec<Object>>,
    /// By vault: the ten seconds that are counted, and their requests.
    windows: HashMap<String, (i64, u64)>,
    /// Certificates that the application does not know yet, by their DER.
    unknown: HashSet<Vec<u8>>,
}

/// Whether a request goes to a vault: by its host, or on this machine's own name by its path.
#[must_use]
pub fn is_vault(host: &str, path: &str) -> bool {
    vault_of(host, path).is_some()
}

/// The vault's name, the resource that its tokens are for, and the login host.
fn vault_of<'a>(host: &'a str, path: &str) -> Option<(&'a str, &'static str, &'static str)> {
    let host = host.split(':').next().unwrap_or_default();
    if host == "localhost" || host == "127.0.0.1" {
        const COLLECTIONS: [&str; 6] =
            ["secrets", "keys", "certificates", "deletedsecrets", "deletedkeys", "deletedcertificates"];
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        return COLLECTIONS.contains(&first).then_some(("localhost", SUFFIXES[0].0, SUFFIXES[0].1));
    }
    SUFFIXES.iter().find_map(|(suffix, login)| {
        let name = host.strip_suffix(suffix)?.strip_suffix('.')?;
        (!name.is_empty() && !name.contains('.')).then_some((name, *suffix, *login))
    })
}

impl Vaults {
    /// Vaults of this configuration.
    #[must_use]
    pub fn new(config: VaultConfig) -> Self {
        let state =
            State { config, tenant: None, objects: HashMap::new(), windows: HashMap::new(), unknown: HashSet::new() };
        Self { state: Mutex::new(state) }
    }

    /// Changes what the application may do.
    pub fn set_permissions(&self, permissions: &[&str]) {
        self.lock().config.permissions = permissions.iter().map(|permission| (*permission).to_owned()).collect();
    }

    /// Moves the vaults to another tenant: tokens of the old one are refused, and challenges name the new one.
    pub fn move_to_tenant(&self, tenant: &str) {
        self.lock().tenant = Some(tenant.to_owned());
    }

    /// The tenant that the vaults were moved to.
    #[must_use]
    pub fn tenant(&self) -> Option<String> {
        self.lock().tenant.clone()
    }

    /// Whether PSS is refused.
    pub fn refuse_pss(&self, refused: bool) {
        self.lock().config.refuse_pss = refused;
    }

    /// Renews a certificate of a vault: a new version with another key. Gives the new certificate's DER.
    ///
    /// # Errors
    ///
    /// Where there is no such certificate.
    pub fn renew_certificate(&self, vault: &str, name: &str, now: i64) -> Result<Vec<u8>, String> {
        let mut state = self.lock();
        let objects = state.objects(vault, now)?;
        let object = objects.iter_mut().find(|object| object.is_in("certificates") && object.name == name);
        store::renew(object.ok_or_else(|| format!("there is no certificate {name}"))?, now)
    }

    /// Leaves a certificate out of those that the application trusts: nobody has registered it yet.
    pub fn leave_unregistered(&self, der: Vec<u8>) {
        self.lock().unknown.insert(der);
    }

    /// The newest version of a certificate (DER).
    ///
    /// # Errors
    ///
    /// Where there is no such certificate.
    pub fn certificate(&self, vault: &str, name: &str, now: i64) -> Result<Vec<u8>, String> {
        let mut state = self.lock();
        let objects = state.objects(vault, now)?;
        let object = objects.iter().find(|object| object.is_in("certificates") && object.name == name);
        let certificate = object.and_then(|object| object.latest().certificate());
        certificate.map(|certificate| certificate.der.clone()).ok_or_else(|| format!("there is no certificate {name}"))
    }

    /// The certificates that the application trusts.
    #[must_use]
    pub fn registered(&self) -> Vec<Vec<u8>> {
        let state = self.lock();
        if !state.config.registered {
            return Vec::new();
        }
        let versions = state.objects.values().flatten().flat_map(|object| &object.versions);
        let certificates = versions.filter_map(|version| version.certificate()).map(|certificate| &certificate.der);
        certificates.filter(|der| !state.unknown.contains(*der)).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}

impl State {
    /// What a vault holds; made when it is first asked for.
    fn objects(&mut self, vault: &str, now: i64) -> Result<&mut Vec<Object>, String> {
        let vault = vault.to_ascii_lowercase();
        if !self.objects.contains_key(&vault) {
            self.objects.insert(vault.clone(), store::seeded(now)?);
        }
        self.objects.get_mut(&vault).ok_or_else(|| "no such vault".to_owned())
    }
}

/// An error of Key Vault.
fn refuse(status: u16, code: &str, message: impl AsRef<str>, inner: Option<&str>) -> Reply {
    let mut error = serde_json::json!({"code": code, "message": message.as_ref()});
    if let Some(inner) = inner {
        error["innererror"] = serde_json::json!({"code": inner});
    }
    Reply::json(status, &serde_json::json!({"error": error}))
}

/// The vaults' part of the service's ids.
#[must_use]
pub fn with_ids(reply: Reply, client_request_id: &str, service: &Service) -> Reply {
    let reply = reply
        .header("x-ms-request-id", uuid::Uuid::new_v4().to_string())
        .header("x-ms-keyvault-region", "westeurope")
        .header("x-ms-keyvault-service-version", "1.9.2000.1")
        .header("date", crate::reply::http_date(service.now()));
    if client_request_id.is_empty() { reply } else { reply.header("x-ms-client-request-id", client_request_id) }
}
