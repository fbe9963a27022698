//! What proves who the app is, as the caller gives it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::certificate::{self, Certificate};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::signature::SignatureBroker;

use super::certificate_store::CertificateStore;
use super::client_credentials::cannot_sign;
use super::environment::Variables;
use super::managed_identity::ManagedIdentityOptions;
use super::person::SignIn;
use super::signer::Signer;

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
    /// What it is, for people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Credential::CertificateFile { .. }
            | Credential::CertificateBytes { .. }
            | Credential::CallerCertificate(_)
            | Credential::Vault(_)
            | Credential::Store(_) => "a certificate",
            Credential::ClientSecret(_) => "a client secret",
            Credential::Assertion(_) => "a ready client assertion",
            Credential::FederatedTokenFile(_) => "a federated token",
            Credential::ManagedIdentity(_) => "a managed identity",
            Credential::Environment(_) => "the environment",
            Credential::Person { .. } => "a person",
            Credential::Token(_) => "an access token",
        }
    }

    /// Reads the certificate: off the runtime's threads, for a PFX may take 200 ms of key derivation.
    ///
    /// # Errors
    ///
    /// Those of reading a certificate; `CredentialMissing` for what can sign nothing.
    pub(super) async fn signer(&self, broker: &Arc<SignatureBroker>) -> Result<Signer> {
        let credential = self.clone();
        let broker = Arc::clone(broker);
        let read = tokio::task::spawn_blocking(move || match credential {
            Credential::CertificateFile { path, password } => {
                certificate::read_file(&path, password.as_ref()).map(|key| Signer::Key(Arc::new(key)))
            }
            Credential::CertificateBytes { bytes, password } => {
                certificate::read(bytes.bytes(), password.as_ref(), "the certificate given in memory")
                    .map(|key| Signer::Key(Arc::new(key)))
            }
            Credential::CallerCertificate(der) => {
                Ok(Signer::Caller { certificate: Box::new(Certificate::from_der(&der)?), broker })
            }
            other => Err(cannot_sign(other.name())),
        });
        read.await.map_err(|_| Error::internal("reading the certificate panicked"))?
    }
}
