//! Certificates: read from PFX, PEM and DER, used to sign, and created.
//!
//! Everything here is synchronous and may take long (key derivation, key generation, files): call it from a
//! thread that may block.

mod authorities;
mod ber;
mod container;
mod create;
mod files;
mod inspect;
mod kdf;
mod key;
mod key_credential;
mod name;
mod openssl_codes;
mod pair;
mod pem;
mod pkcs12;
mod self_signed;
mod to_pfx;
mod x509;

pub use authorities::authorities;
pub use create::{CreateRequest, Created, create};
pub use inspect::{Inspection, inspect, inspect_file};
pub use key::{CertificateWithKey, verify};
pub use key_credential::KeyCredential;
pub use self_signed::SelfSigned;
pub use to_pfx::{file_to_pfx, to_pfx};
pub use x509::Certificate;

use std::path::Path;

use crate::error::{Error, Result, Status};
use crate::secret::Secret;

/// Reads a certificate and its private key from the bytes of a PFX or PEM file, or from the base64 text of a
/// PFX as Key Vault gives it. `origin` names where the bytes came from in messages.
///
/// Without a password both forms of "no password" are tried. Nothing ever asks on a terminal.
///
/// # Errors
///
/// [`Status::CertificateUnreadable`], [`Status::CertificatePassword`], [`Status::CertificateNoKey`],
/// [`Status::KeyUnsupported`], [`Status::KdfTooExpensive`].
pub fn read(bytes: &[u8], password: Option<&Secret>, origin: &str) -> Result<CertificateWithKey> {
    container::open(bytes, password)
        .and_then(|contents| pair::pair(&contents))
        .map_err(|error| error.action("reading the certificate").target(origin))
}

/// Reads a certificate and its private key from a file.
///
/// # Errors
///
/// Those of [`read`], and [`Status::File`].
pub fn read_file(path: &Path, password: Option<&Secret>) -> Result<CertificateWithKey> {
    files::read(path)
        .and_then(|bytes| container::open(&bytes, password))
        .and_then(|contents| pair::pair(&contents))
        .map_err(|error| error.action("reading the certificate file").target(path.display().to_string()))
}

/// What cannot be read, and why.
fn unreadable(detail: impl Into<String>) -> Error {
    Error::new(Status::CertificateUnreadable, detail)
}

/// What OpenSSL said, for people: the reasons without codes, places and repetitions.
fn reasons(stack: &openssl::error::ErrorStack) -> String {
    let mut texts: Vec<String> = stack.errors().iter().filter_map(|error| error.reason().map(str::to_owned)).collect();
    texts.dedup();
    if texts.is_empty() { "no reason given".to_owned() } else { texts.join(", ") }
}
