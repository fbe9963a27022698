//! The kinds of credentials.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::description::{Describe, Digest};
use super::machine::ManagedIdentityOptions;
use super::person::SignIn;
use super::variables::Variables;
use crate::auth::jwt_reader;
use crate::auth::proof::certificate_store::CertificateStore;
use crate::auth::proof::signer::{Signer, cannot_sign};
use crate::auth::proof::{CertificateProof, Proof};
use crate::certificate::{self, Certificate, CertificateWithKey};
use crate::error::{Error, Result};
use crate::pasted;
use crate::secret::Secret;
use crate::signature::{Algorithm, SignatureBroker};

/// What proves who the app is.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A PFX or PEM file with certificate and key.
    CertificateFile {
        /// Where it is.
        path: PathBuf,
        /// Its password, if it has one.
        password: Option<Secret>,
    },
    /// The bytes of a PFX or PEM.
    CertificateBytes {
        /// The bytes.
        bytes: Secret,
        /// Their password, if they have one.
        password: Option<Secret>,
    },
    /// A certificate (DER) whose key stays with the caller, who answers signature requests.
    CallerCertificate(Vec<u8>),
    /// A client secret.
    ClientSecret(Secret),
    /// A client assertion that the caller signed; it serves until its `exp`.
    Assertion(Secret),
    /// A file with a token of another identity provider (workload identity federation); read for each request.
    FederatedTokenFile(PathBuf),
    /// The managed identity of the machine that this runs on.
    ManagedIdentity(ManagedIdentityOptions),
    /// What the variables of Azure's SDKs name.
    Environment(Variables),
    /// A person who signs in.
    Person {
        /// How.
        sign_in: SignIn,
        /// Permissions to ask for; none: those that the app is registered with.
        scopes: Vec<String>,
    },
    /// A certificate in a vault.
    Vault(Box<VaultCredential>),
    /// A certificate of a place that is asked before each assertion.
    Store(Arc<dyn CertificateStore>),
    /// An access token that the caller has; it is not renewed.
    Token(Secret),
}

/// A certificate in a vault, and what proves to the vault who asks for it.
#[derive(Clone, Debug)]
pub struct VaultCredential {
    /// `https://contoso.vault.azure.net/certificates/app`, with or without a version.
    pub url: String,
    /// What is done with it.
    pub usage: VaultUse,
    /// What proves to the vault's tenant who asks.
    pub credential: Credential,
    /// The tenant of that credential, where it is not the client's.
    pub tenant_id: Option<String>,
    /// The application of that credential, where it is not the client's.
    pub client_id: Option<String>,
    /// The password of a PFX that has one.
    pub password: Option<Secret>,
    /// The version of the vault's API.
    pub api_version: Option<String>,
}

/// What is done with a certificate in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultUse {
    /// It is fetched with its key, into memory only.
    Fetch,
    /// Its key signs in the vault and stays there.
    Sign,
}

impl Credential {
    /// The file that it is read from, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Credential::CertificateFile { path, .. } | Credential::FederatedTokenFile(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it gets tokens of one tenant alone, whichever is asked for: a token at hand, a machine, a person.
    #[must_use]
    pub fn has_one_tenant(&self) -> bool {
        matches!(self, Credential::Token(_) | Credential::ManagedIdentity(_) | Credential::Person { .. })
    }

    /// The tenant and the app that a token at hand says it is of, in lower case.
    #[must_use]
    pub fn tenant_and_app(&self) -> (Option<String>, Option<String>) {
        let Credential::Token(token) = self else { return (None, None) };
        let claims = jwt_reader::read(token.bytes()).map(|token| token.claims).unwrap_or_default();
        let claim = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_lowercase);
        // The app is `appid` in tokens of version 1, which those of Graph are, and `azp` in version 2.
        (claim("tid"), claim("appid").or_else(|| claim("azp")))
    }

    /// What the app proves itself with. A certificate is read off the runtime's threads, for a PFX may take 200 ms of key
    /// derivation.
    ///
    /// # Errors
    ///
    /// Those of reading a certificate; `CredentialMissing` for what proves no app, or is asked each time.
    pub(in crate::auth) async fn proof(
        &self,
        broker: &Arc<SignatureBroker>,
        algorithm: Option<Algorithm>,
        send_x5c: bool,
    ) -> Result<Proof> {
        let signer = match self {
            Credential::ClientSecret(secret) => return Ok(Proof::Secret(pasted::secret(secret))),
            Credential::Assertion(assertion) => return Ok(Proof::Assertion(assertion.clone())),
            Credential::FederatedTokenFile(path) => return Ok(Proof::FederatedTokenFile(path.clone())),
            Credential::CertificateFile { path, password } => {
                let (path, password) = (path.clone(), password.clone());
                Signer::Key(read(move || certificate::read_file(&path, password.as_ref())).await?)
            }
            Credential::CertificateBytes { bytes, password } => {
                let (bytes, password) = (bytes.clone(), password.clone());
                let origin = "the certificate given in memory";
                Signer::Key(read(move || certificate::read(bytes.bytes(), password.as_ref(), origin)).await?)
            }
            Credential::CallerCertificate(der) => {
                Signer::Caller { certificate: Box::new(Certificate::from_der(der)?), broker: Arc::clone(broker) }
            }
            Credential::ManagedIdentity(_)
            | Credential::Environment(_)
            | Credential::Person { .. }
            | Credential::Vault(_)
            | Credential::Store(_)
            | Credential::Token(_) => return Err(cannot_sign(self.name())),
        };
        Ok(Proof::Certificate(CertificateProof { signer, algorithm, send_x5c }))
    }
}

async fn read(work: impl FnOnce() -> Result<CertificateWithKey> + Send + 'static) -> Result<Arc<CertificateWithKey>> {
    let read = tokio::task::spawn_blocking(work).await;
    read.map_err(|_| Error::internal("reading the certificate panicked"))?.map(Arc::new)
}

impl Describe for Credential {
    fn name(&self) -> &'static str {
        match self {
            Credential::CertificateFile { .. }
            | Credential::CertificateBytes { .. }
            | Credential::CallerCertificate(_)
            | Credential::Vault(_)
            | Credential::Store(_) => "a certificate",
            Credential::ClientSecret(_) => "a client secret",
            Credential::Assertion(_) => "a ready client assertion",
            Credential::FederatedTokenFile(_) => "a federated token",
            Credential::ManagedIdentity(identity) => identity.name(),
            Credential::Environment(variables) => variables.name(),
            Credential::Person { sign_in, .. } => sign_in.name(),
            Credential::Token(_) => "an access token",
        }
    }

    fn identity(&self, digest: Digest<'_>) -> Result<String> {
        Ok(match self {
            Credential::CertificateFile { path, .. } => format!("certificate file {}", path.display()),
            Credential::CertificateBytes { bytes, .. } => format!("certificate {}", digest(bytes)?),
            Credential::CallerCertificate(der) => {
                format!("caller's certificate {}", digest(&Secret::new(der.clone()))?)
            }
            Credential::ClientSecret(secret) => format!("secret {}", digest(secret)?),
            Credential::Assertion(assertion) => format!("assertion {}", digest(assertion)?),
            Credential::FederatedTokenFile(path) => format!("federated token {}", path.display()),
            Credential::ManagedIdentity(identity) => identity.identity(digest)?,
            Credential::Environment(variables) => variables.identity(digest)?,
            Credential::Person { sign_in, scopes } => {
                format!("{} for {}", sign_in.identity(digest)?, scopes.join(" "))
            }
            Credential::Vault(vault) => vault.identity(digest)?,
            Credential::Store(store) => store.id(),
            Credential::Token(token) => format!("token {}", digest(token)?),
        })
    }
}

impl Describe for VaultCredential {
    fn name(&self) -> &'static str {
        "a certificate"
    }

    fn identity(&self, digest: Digest<'_>) -> Result<String> {
        let Self { url, usage, credential, tenant_id, client_id, password: _, api_version: _ } = self;
        let usage = match usage {
            VaultUse::Fetch => "fetched from",
            VaultUse::Sign => "signing in",
        };
        let who = credential.identity(digest)?;
        let app = client_id.as_deref().unwrap_or_default();
        let tenant = tenant_id.as_deref().unwrap_or_default();
        Ok(format!("certificate {usage} {url} by {who} of {app} in {tenant}"))
    }
}
