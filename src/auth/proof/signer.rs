//! Who signs a client assertion: a key in memory, the caller, or a key that stays in a vault.

use std::sync::Arc;

use super::remote_key::RemoteKey;
use crate::certificate::{Certificate, CertificateWithKey};
use crate::error::{Error, Result, Status};
use crate::signature::{Algorithm, Answer, SignatureBroker};

/// A certificate, and a way to sign with its key.
#[derive(Clone, Debug)]
pub enum Signer {
    /// The key is in memory.
    Key(Arc<CertificateWithKey>),
    /// The key stays with the caller.
    Caller {
        /// The public half.
        certificate: Box<Certificate>,
        /// Asks the caller.
        broker: Arc<SignatureBroker>,
    },
    /// The key signs where it is.
    Remote {
        /// The public half.
        certificate: Box<Certificate>,
        /// Signs.
        key: Arc<dyn RemoteKey>,
    },
}

impl Signer {
    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        match self {
            Signer::Key(key) => key.certificate(),
            Signer::Caller { certificate, .. } | Signer::Remote { certificate, .. } => certificate,
        }
    }

    /// The certificates above it, where they came along: each the issuer of the one before.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        match self {
            Signer::Key(key) => key.chain(),
            Signer::Caller { .. } | Signer::Remote { .. } => &[],
        }
    }

    /// Signs a SHA-256 digest.
    ///
    /// # Errors
    ///
    /// `KeyUnusable` where the key cannot do this algorithm; `SignatureUnanswered`.
    pub async fn sign(&self, algorithm: Algorithm, digest: [u8; 32]) -> Result<Vec<u8>> {
        match self {
            Signer::Key(key) => key.sign(algorithm, &digest),
            Signer::Remote { key, .. } => key.sign(algorithm, digest).await,
            Signer::Caller { certificate, broker } => {
                match broker.ask(algorithm, digest, &certificate.thumbprint()).await? {
                    Answer::Signature(signature) => Ok(signature),
                    Answer::Declined => Err(Error::new(
                        Status::KeyUnusable,
                        format!("the key of the certificate cannot sign with {}", algorithm.name()),
                    )
                    .action("signing the client assertion with certificate")
                    .target(certificate.thumbprint())),
                }
            }
        }
    }
}

/// What has no private key cannot sign a client assertion.
pub(in crate::auth) fn cannot_sign(what: &str) -> Error {
    Error::new(Status::CredentialMissing, format!("{what} cannot sign a client assertion")).hint("give a certificate")
}
