//! What a file holds, without using it.

use std::path::Path;

use super::container::{self, Form};
use super::key_credential::KeyCredential;
use super::pair::{self, Contents};
use super::x509::Certificate;
use super::{files, kdf, pkcs12};
use crate::error::{Result, Status};
use crate::secret::Secret;

/// What `certificate_read` tells.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The certificate; none where a password is needed to see it and none was given.
    pub certificate: Option<Certificate>,
    /// Whether its private key is in the file; none where that cannot be seen without the password.
    pub has_private_key: Option<bool>,
    /// Whether a password is needed to use the file, given or not.
    pub password_needed: bool,
}

impl Inspection {
    /// The members of the result of `certificate_read`; null where a password is needed to know.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let certificate = self.certificate.as_ref();
        serde_json::json!({
            "thumbprint": certificate.map(Certificate::thumbprint),
            "thumbprintSha256": certificate.map(Certificate::thumbprint_sha256),
            "subject": certificate.map(Certificate::subject),
            "issuer": certificate.map(Certificate::issuer),
            "notBefore": certificate.map(|certificate| certificate.not_before().to_string()),
            "notAfter": certificate.map(|certificate| certificate.not_after().to_string()),
            "keyType": certificate.map(Certificate::key_type),
            "keyBits": certificate.map(Certificate::key_bits),
            "hasPrivateKey": self.has_private_key,
            "passwordNeeded": self.password_needed,
            "keyCredential": certificate.map(|certificate| KeyCredential::new(certificate).to_json()),
        })
    }
}

/// What the bytes of a PFX, PEM or DER file hold. `origin` names where they came from in messages.
///
/// A password that is needed and was not given is no error here: the result says so, with the certificate
/// where it can be seen without.
///
/// # Errors
///
/// [`Status::CertificateUnreadable`], [`Status::KdfTooExpensive`], and [`Status::CertificatePassword`] for a
/// password that was given and is wrong.
pub fn inspect(bytes: &[u8], password: Option<&Secret>, origin: &str) -> Result<Inspection> {
    look(bytes, password).map_err(|error| error.action("reading the certificate").target(origin))
}

/// What a file holds.
///
/// # Errors
///
/// Those of [`inspect`], and [`Status::File`].
pub fn inspect_file(path: &Path, password: Option<&Secret>) -> Result<Inspection> {
    files::read(path)
        .and_then(|bytes| look(&bytes, password))
        .map_err(|error| error.action("reading the certificate file").target(path.display().to_string()))
}

fn look(bytes: &[u8], password: Option<&Secret>) -> Result<Inspection> {
    match container::detect(bytes)? {
        Form::Pfx(der) => match (pkcs12::open(&der, password), password) {
            (Ok(contents), None) => seen(&contents, false),
            // A MAC tells one password from another; without one, what is not encrypted opens with any.
            (Ok(contents), Some(password)) => {
                let is_none = password.bytes().is_empty() || !kdf::has_mac(&der) && pkcs12::open(&der, None).is_ok();
                seen(&contents, !is_none)
            }
            (Err(error), None) if error.status() == Status::CertificatePassword => {
                Ok(Inspection { certificate: None, has_private_key: None, password_needed: true })
            }
            (Err(error), _) => Err(error),
        },
        Form::Pem(pem) if pem.is_encrypted() && password.is_none() => {
            let inspection = seen(&pem.certificates(), true)?;
            Ok(Inspection { has_private_key: Some(true), ..inspection })
        }
        Form::Pem(pem) => seen(&pem.open(password)?, pem.is_encrypted()),
        Form::Certificate(x509) => seen(&Contents { certificates: vec![x509], keys: Vec::new() }, false),
    }
}

fn seen(contents: &Contents, password_needed: bool) -> Result<Inspection> {
    let (certificate, has_private_key) = pair::describe(contents)?;
    Ok(Inspection { certificate: Some(certificate), has_private_key: Some(has_private_key), password_needed })
}
