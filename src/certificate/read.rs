//! Reads a certificate and its private key.

use std::path::Path;

use super::key::CertificateWithKey;
use super::{container, files, pair};
use crate::error::Result;
use crate::secret::Secret;

/// Reads a certificate and its private key from the bytes of a PFX or PEM file, or from the base64 text of a
/// PFX as Key Vault gives it. `origin` names where the bytes came from in messages.
///
/// Without a password both forms of "no password" are tried. Nothing ever asks on a terminal.
///
/// # Errors
///
/// [`crate::error::Status::CertificateUnreadable`], [`crate::error::Status::CertificatePassword`], [`crate::error::Status::CertificateNoKey`],
/// [`crate::error::Status::KeyUnsupported`], [`crate::error::Status::KdfTooExpensive`].
pub fn read(bytes: &[u8], password: Option<&Secret>, origin: &str) -> Result<CertificateWithKey> {
    container::open(bytes, password)
        .and_then(|contents| pair::pair(&contents))
        .map_err(|error| error.action("reading the certificate").target(origin))
}

/// Reads a certificate and its private key from a file.
///
/// # Errors
///
/// Those of [`read`], and [`crate::error::Status::File`].
pub fn read_file(path: &Path, password: Option<&Secret>) -> Result<CertificateWithKey> {
    files::read(path)
        .and_then(|bytes| container::open(&bytes, password))
        .and_then(|contents| pair::pair(&contents))
        .map_err(|error| error.action("reading the certificate file").target(path.display().to_string()))
}
