//! A certificate with its private key, and signatures by it.

use std::fmt;

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{Id, PKey, PKeyRef, Private};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;
use openssl::x509::X509;

use super::fault::{reasons, unreadable};
use super::x509::{Certificate, key_type_name};
use crate::error::{Error, Result, Status};
use crate::openssl_init::openssl_init;
use crate::signature::Algorithm;

/// The shortest RSA key that is accepted: Entra refuses shorter ones, and so does every current guideline.
const MINIMUM_BITS: u32 = 2048;

/// A certificate and its RSA private key. The key is wiped by OpenSSL with the last clone.
#[derive(Clone)]
pub struct CertificateWithKey {
    certificate: Certificate,
    key: PKey<Private>,
    chain: Vec<Certificate>,
}

impl CertificateWithKey {
    /// Takes a key that is known to belong to the certificate.
    pub(super) fn new(certificate: Certificate, key: PKey<Private>, chain: Vec<Certificate>) -> Result<Self> {
        check_key(&key)?;
        Ok(Self { certificate, key, chain })
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificates above it that came along, each the issuer of the one before (for `x5c`).
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// Signs a SHA-256 digest as RFC 7518 (3.3, 3.5) says.
    ///
    /// # Errors
    ///
    /// [`Status::KeyUnusable`].
    pub fn sign(&self, algorithm: Algorithm, digest: &[u8; 32]) -> Result<Vec<u8>> {
        openssl_init();
        let signed = || {
            let mut context = PkeyCtx::new(&self.key)?;
            context.sign_init()?;
            set_parameters(&mut context, algorithm)?;
            let mut signature = Vec::new();
            context.sign_to_vec(digest, &mut signature)?;
            Ok(signature)
        };
        signed().map_err(|stack: ErrorStack| {
            Error::new(Status::KeyUnusable, format!("the private key could not sign: {}", reasons(&stack)))
                .action(format!("signing with {} by certificate", algorithm.name()))
                .target(self.certificate.thumbprint())
        })
    }

    /// Whether `signature` is one of this key over `digest`.
    ///
    /// # Errors
    ///
    /// [`Status::Internal`] where OpenSSL cannot set the parameters; a wrong signature is `Ok(false)`.
    pub fn verify(&self, algorithm: Algorithm, digest: &[u8; 32], signature: &[u8]) -> Result<bool> {
        verify(&self.certificate, algorithm, digest, signature)
    }
}

impl fmt::Debug for CertificateWithKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateWithKey").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// Whether the key is one that Entra takes for client assertions.
pub(super) fn check_key(key: &PKeyRef<Private>) -> Result<()> {
    let refusal = if key.id() != Id::RSA {
        format!("the key is of the type {}, and only RSA can sign client assertions", key_type_name(key.id()))
    } else if key.bits() < MINIMUM_BITS {
        format!("the RSA key has {} bits, and at least {MINIMUM_BITS} are needed", key.bits())
    } else {
        return Ok(());
    };
    Err(Error::new(Status::KeyUnsupported, refusal).hint("use a certificate with an RSA key of 2048 bits or more"))
}

/// Whether `signature` is a signature of the certificate's key over `digest`.
///
/// # Errors
///
/// [`Status::CertificateUnreadable`] where the public key cannot be read; a wrong signature is `Ok(false)`.
pub fn verify(certificate: &Certificate, algorithm: Algorithm, digest: &[u8; 32], signature: &[u8]) -> Result<bool> {
    openssl_init();
    let key = X509::from_der(certificate.der())
        .and_then(|x509| x509.public_key())
        .map_err(|stack| unreadable(format!("the public key cannot be read: {}", reasons(&stack))))?;
    let prepared = || {
        let mut context = PkeyCtx::new(&key)?;
        context.verify_init()?;
        set_parameters(&mut context, algorithm)?;
        Ok(context)
    };
    let mut context = prepared().map_err(|stack: ErrorStack| Error::internal(reasons(&stack)))?;
    // OpenSSL reports a malformed signature as an error and a wrong one as false: both are "not signed by it".
    Ok(context.verify(digest, signature).unwrap_or(false))
}

fn set_parameters<T>(context: &mut PkeyCtxRef<T>, algorithm: Algorithm) -> Result<(), ErrorStack> {
    match algorithm {
        Algorithm::Ps256 => {
            context.set_rsa_padding(Padding::PKCS1_PSS)?;
            context.set_signature_md(Md::sha256())?;
            context.set_rsa_mgf1_md(Md::sha256())?;
            // RFC 7518, 3.5: the salt is as long as the hash.
            context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(32))
        }
        Algorithm::Rs256 => {
            context.set_rsa_padding(Padding::PKCS1)?;
            context.set_signature_md(Md::sha256())
        }
    }
}
