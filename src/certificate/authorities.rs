//! The CA certificates of a file, in the forms that systems export them in.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openssl::pkcs7::Pkcs7;
use openssl::x509::X509;

use super::container::text_of;
use super::fault::{reasons, unreadable};
use super::kdf;
use super::pem::Blocks;
use crate::error::Result;
use crate::openssl_init::openssl_init;

/// The DER of each certificate in `bytes`: PEM with any number of blocks and anything between them, one certificate in
/// DER (what Windows exports), a bundle in PKCS#7 (`.p7b`), or the base64 of one of these. Keys and revocation lists
/// in it are passed over.
///
/// # Errors
///
/// [`Status::CertificateUnreadable`](crate::Status::CertificateUnreadable), which says which of several is damaged:
/// the one that is left out might be the one that counts.
pub fn authorities(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    openssl_init();
    if let Some(certificates) = of_der(bytes)? {
        return Ok(certificates);
    }
    let text = text_of(bytes);
    let certificates = of_pem(&text)?;
    if !certificates.is_empty() {
        return Ok(certificates);
    }
    let one_line: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let decoded = BASE64_STANDARD.decode(one_line).unwrap_or_default();
    of_der(&decoded)?.ok_or_else(|| {
        unreadable(if bytes.trim_ascii().is_empty() { "it is empty" } else { "it holds no certificate" })
            .hint("give the CA certificate as PEM (-----BEGIN CERTIFICATE-----) or as a .cer file in DER")
    })
}

fn of_der(bytes: &[u8]) -> Result<Option<Vec<Vec<u8>>>> {
    if bytes.first() != Some(&0x30) {
        return Ok(None);
    }
    if kdf::is_pfx(bytes) {
        return Err(unreadable("it is a PFX").hint("export the CA certificate alone, without a private key"));
    }
    if let Some(bundle) = of_pkcs7(bytes) {
        return Ok(Some(bundle));
    }
    let x509 = X509::from_der(bytes)
        .map_err(|stack| unreadable(format!("the certificate in it is damaged: {}", reasons(&stack))))?;
    Ok(Some(vec![der(&x509)?]))
}

fn of_pkcs7(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let pkcs7 = Pkcs7::from_der(bytes).ok()?;
    let certificates = pkcs7.signed()?.certificates()?;
    certificates.iter().map(|x509| der(x509).ok()).collect()
}

fn of_pem(text: &str) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for (index, block) in Blocks::of(text).enumerate() {
        let block = block?;
        let fault = |reason: &str| {
            let line = 1 + text[..block.at].matches('\n').count();
            unreadable(format!("block {} in it, at line {line}, {reason}", index + 1))
                .hint("take the damaged block out, or put the whole certificate in its place")
        };
        if block.is_certificate() {
            let bytes = block.decode().map_err(|_| fault("is not base64"))?;
            let x509 = X509::from_der(&bytes)
                .map_err(|stack| fault(&format!("is a damaged certificate: {}", reasons(&stack))))?;
            found.push(der(&x509)?);
        } else if block.is_pkcs7() {
            let bytes = block.decode().map_err(|_| fault("is not base64"))?;
            found.extend(of_pkcs7(&bytes).ok_or_else(|| fault("is a damaged PKCS#7 bundle"))?);
        }
    }
    Ok(found)
}

fn der(x509: &openssl::x509::X509Ref) -> Result<Vec<u8>> {
    x509.to_der().map_err(|stack| unreadable(reasons(&stack)))
}
