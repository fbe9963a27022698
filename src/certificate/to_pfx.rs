//! A certificate and its key in whatever form as a PFX without a password, which every X.509 library reads.

use std::path::Path;

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::stack::Stack;
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::fault::reasons;
use super::pair::{self, Contents};
use super::{container, files};
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The PFX has no password that rounds could protect.
const ROUNDS: u32 = 1;

/// The PFX, in DER: the certificate that a key belongs to, its key of whatever kind, and the other certificates.
/// `origin` names where the bytes came from in messages.
///
/// # Errors
///
/// Those of [`read`](super::read), but for the kind of key.
pub fn to_pfx(bytes: &[u8], password: Option<&Secret>, origin: &str) -> Result<Secret> {
    container::open(bytes, password)
        .and_then(|contents| write(&contents))
        .map_err(|error| error.action("reading the certificate").target(origin))
}

/// The same from a file.
///
/// # Errors
///
/// Those of [`to_pfx`], and [`Status::File`](crate::Status::File).
pub fn file_to_pfx(path: &Path, password: Option<&Secret>) -> Result<Secret> {
    files::read(path)
        .and_then(|bytes| container::open(&bytes, password))
        .and_then(|contents| write(&contents))
        .map_err(|error| error.action("reading the certificate file").target(path.display().to_string()))
}

fn write(contents: &Contents) -> Result<Secret> {
    let (x509, key) = pair::first(contents)?;
    let others = contents.certificates.iter().filter(|other| !pair::same(other, x509));
    let mut stack = Stack::<X509>::new().map_err(|stack| refused(&stack))?;
    for other in others {
        stack.push(other.clone()).map_err(|stack| refused(&stack))?;
    }
    let mut builder = Pkcs12::builder();
    builder
        .pkey(key)
        .cert(x509)
        // What Windows reads since Windows 2000; without a password nothing stronger would protect more.
        .key_algorithm(Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC)
        .cert_algorithm(Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC)
        .key_iter(ROUNDS)
        .mac_iter(ROUNDS)
        .mac_md(MessageDigest::sha1());
    if !stack.is_empty() {
        builder.ca(stack);
    }
    let der = builder.build2("").and_then(|pfx| pfx.to_der()).map(Zeroizing::new).map_err(|stack| refused(&stack))?;
    Ok(Secret::new(der.to_vec()))
}

fn refused(stack: &openssl::error::ErrorStack) -> Error {
    Error::internal(format!("OpenSSL could not write the PFX: {}", reasons(stack)))
}
