//! A new certificate with its files: the whole of `certificate_create`.

use std::path::PathBuf;

use jiff::Timestamp;

use super::files::{self, Output};
use super::key_credential::KeyCredential;
use super::self_signed::SelfSigned;
use super::x509::Certificate;
use crate::error::Result;
use crate::files::check_distinct;
use crate::secret::Secret;

/// What to create.
#[derive(Clone, Debug)]
pub struct CreateRequest {
    /// A name, or a distinguished name (`CN=app, O=Contoso`).
    pub subject: String,
    /// Where the certificate and its private key go.
    pub pfx_file: PathBuf,
    /// Protects the PFX; without one anybody who has the file has the key.
    pub password: Option<Secret>,
    /// Where the key credential for the app registration goes.
    pub key_file: Option<PathBuf>,
    /// 2048, 3072 or 4096.
    pub key_bits: u32,
    /// 1 to 36,500.
    pub valid_days: u32,
    /// Whether files that exist are replaced.
    pub replace: bool,
}

impl CreateRequest {
    /// A request with the defaults: no password, no key file, 2048 bits, 365 days, replacing.
    #[must_use]
    pub fn new(subject: impl Into<String>, pfx_file: impl Into<PathBuf>) -> Self {
        Self {
            subject: subject.into(),
            pfx_file: pfx_file.into(),
            password: None,
            key_file: None,
            key_bits: 2048,
            valid_days: 365,
            replace: true,
        }
    }
}

/// What was created.
#[derive(Clone, Debug)]
pub struct Created {
    /// The PFX.
    pub pfx_file: PathBuf,
    /// The key file, where one was asked for.
    pub key_file: Option<PathBuf>,
    /// The certificate.
    pub certificate: Certificate,
    /// Its key credential: what the key file holds.
    pub key_credential: KeyCredential,
}

impl Created {
    /// The members of the result of `certificate_create`.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let certificate = &self.certificate;
        serde_json::json!({
            "pfxFile": self.pfx_file.to_string_lossy(),
            "keyFile": self.key_file.as_ref().map(|path| path.to_string_lossy()),
            "thumbprint": certificate.thumbprint(),
            "thumbprintSha256": certificate.thumbprint_sha256(),
            "subject": certificate.subject(),
            "notBefore": certificate.not_before().to_string(),
            "notAfter": certificate.not_after().to_string(),
            "keyId": self.key_credential.key_id,
        })
    }
}

/// Creates a self-signed certificate, its PFX and its key file: all of them, or none.
///
/// # Errors
///
/// [`InvalidArgument`](crate::Status::InvalidArgument), [`File`](crate::Status::File),
/// [`FileExists`](crate::Status::FileExists).
pub fn create(request: &CreateRequest, now: Timestamp) -> Result<Created> {
    make(request, now).map_err(|error| error.action("creating the certificate").target(request.subject.as_str()))
}

fn make(request: &CreateRequest, now: Timestamp) -> Result<Created> {
    check_distinct([("pfxFile", Some(&*request.pfx_file)), ("keyFile", request.key_file.as_deref())])?;
    if !request.replace {
        // Before a key is generated for nothing; what appears in between is caught when the files are placed.
        std::iter::once(&request.pfx_file).chain(&request.key_file).try_for_each(|path| files::check_free(path))?;
    }
    let made = SelfSigned::generate(&request.subject, request.key_bits, request.valid_days, now)?;
    let pfx = made.to_pfx(request.password.as_ref())?;
    let key_credential = KeyCredential::new(made.certificate());
    let key_text = key_credential.key_file();
    let mut outputs = vec![Output { path: &request.pfx_file, bytes: &pfx, private: true }];
    if let Some(path) = &request.key_file {
        outputs.push(Output { path, bytes: key_text.as_bytes(), private: false });
    }
    files::write_all(&outputs, request.replace)?;
    Ok(Created {
        pfx_file: request.pfx_file.clone(),
        key_file: request.key_file.clone(),
        certificate: made.certificate().clone(),
        key_credential,
    })
}
