//! Requests about certificates.

use std::path::PathBuf;

use serde::Deserialize;

use super::fault;
use super::run::yes;
use super::values::{Der, FilePath, SecretHandle, Text, Whole};
use crate::certificate::{Certificate, CreateRequest};
use crate::client::{ApplicationId, CertificateRegistration};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Of `exrun_certificate_create`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct CertificateCreate {
    /// A name, or `CN=...`.
    subject: Text,
    /// Where the PFX goes.
    pfx_file: FilePath,
    /// The password of the PFX.
    password_secret: Option<SecretHandle>,
    /// Where the key file for the app registration goes.
    key_file: Option<FilePath>,
    /// 2048, 3072 or 4096. Default: 2048.
    key_bits: Option<Whole<u32, 2048, 4096>>,
    /// How long it is valid. Default: 365.
    valid_days: Option<Whole<u32, 1, 36_500>>,
    /// Whether files that are there are replaced.
    #[serde(default = "yes")]
    replace: bool,
}

impl CertificateCreate {
    pub(in crate::ffi) fn request(self) -> Result<CreateRequest> {
        let mut request = CreateRequest::new(self.subject, self.pfx_file);
        request.password = self.password_secret.map(Into::into);
        request.key_file = self.key_file.map(Into::into);
        if let Some(Whole(bits)) = self.key_bits {
            if ![2048, 3072, 4096].contains(&bits) {
                return Err(fault("keyBits", &format!("is {bits}; it must be 2048, 3072 or 4096")));
            }
            request.key_bits = bits;
        }
        if let Some(Whole(days)) = self.valid_days {
            request.valid_days = days;
        }
        request.replace = self.replace;
        Ok(request)
    }
}

/// Of `exrun_certificate_read` and `exrun_certificate_convert`: one of the first two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct CertificateRead {
    /// PFX, PEM or DER on disk.
    certificate_file: Option<FilePath>,
    /// The same bytes in memory.
    certificate_secret: Option<SecretHandle>,
    /// The password of a PFX that has one.
    password_secret: Option<SecretHandle>,
}

/// A certificate that is to be looked into.
#[derive(Debug)]
pub(in crate::ffi) enum Source {
    File(PathBuf),
    Bytes(Secret),
}

impl CertificateRead {
    /// The certificate and its password.
    pub(in crate::ffi) fn request(self) -> Result<(Source, Option<Secret>)> {
        let source = match (self.certificate_file, self.certificate_secret) {
            (Some(path), None) => Source::File(path.into()),
            (None, Some(bytes)) => Source::Bytes(bytes.into()),
            _ => return Err(Error::argument("exactly one of certificateFile and certificateSecret must be given")),
        };
        Ok((source, self.password_secret.map(Into::into)))
    }
}

/// Of `exrun_certificate_register`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct CertificateRegister {
    /// The certificate to be added, as base64 of its DER.
    certificate: Option<Der>,
    /// What it is called there.
    display_name: Option<Text>,
    /// SHA-1 thumbprints in hex of certificates to be removed.
    retire: Option<Vec<String>>,
    /// Which application, by its object id. Default: that of the client.
    application_object_id: Option<Text>,
    /// Which application, by its client id.
    application_id: Option<Text>,
}

impl CertificateRegister {
    pub(in crate::ffi) fn request(self) -> Result<CertificateRegistration> {
        let application = match (self.application_object_id, self.application_id) {
            (Some(_), Some(_)) => {
                return Err(Error::argument("at most one of applicationObjectId and applicationId may be given"));
            }
            (Some(id), None) => Some(ApplicationId::Object(id.into())),
            (None, Some(id)) => Some(ApplicationId::App(id.into())),
            (None, None) => None,
        };
        Ok(CertificateRegistration {
            application,
            certificate: self.certificate.map(|der| Certificate::from_der(&der.0)).transpose()?,
            display_name: self.display_name.map(Into::into),
            retire: self.retire.unwrap_or_default(),
        })
    }
}
