//! Which of the forms that a certificate comes in these bytes are.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::fault::unreadable;
use super::pair::Contents;
use super::pem::{self, Pem};
use super::{kdf, pkcs12};
use crate::error::Result;
use crate::openssl_init::openssl_init;
use crate::secret::Secret;

/// What the bytes are.
pub(super) enum Form {
    /// PKCS#12 in BER.
    Pfx(Zeroizing<Vec<u8>>),
    /// Text with blocks between `-----BEGIN` and `-----END`.
    Pem(Pem),
    /// One certificate in DER.
    Certificate(X509),
}

/// Opens whatever form it is.
pub(super) fn open(bytes: &[u8], password: Option<&Secret>) -> Result<Contents> {
    match detect(bytes)? {
        Form::Pfx(der) => pkcs12::open(&der, password),
        Form::Pem(pem) => pem.open(password),
        Form::Certificate(x509) => Ok(Contents { certificates: vec![x509], keys: Vec::new() }),
    }
}

/// Tells the forms apart by what they hold; names of files say little.
pub(super) fn detect(bytes: &[u8]) -> Result<Form> {
    openssl_init();
    if let Some(form) = detect_plain(bytes)? {
        return Ok(form);
    }
    // Key Vault gives a certificate's secret as base64 of the PFX.
    let text = text_of(bytes);
    // As long as it can get: what grows leaves a copy behind.
    let mut dense = Zeroizing::new(Vec::with_capacity(text.len()));
    dense.extend(text.trim_start_matches('\u{feff}').bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let decoded = if dense.is_empty() { None } else { BASE64_STANDARD.decode(&*dense).ok().map(Zeroizing::new) };
    if let Some(decoded) = decoded
        && let Some(form) = detect_plain(&decoded)?
    {
        return Ok(form);
    }
    Err(unreadable(if bytes.is_empty() {
        "it is empty"
    } else {
        "it is neither a PFX, nor PEM, nor a DER certificate"
    })
    .hint("give the .pfx file, or a .pem file with the certificate and its private key"))
}

fn detect_plain(bytes: &[u8]) -> Result<Option<Form>> {
    if kdf::is_pfx(bytes) {
        return Ok(Some(Form::Pfx(Zeroizing::new(bytes.to_vec()))));
    }
    let text = text_of(bytes);
    if let Some(pfx) = pem::wrapped_pfx(&text) {
        return Ok(Some(Form::Pfx(pfx)));
    }
    if let Some(pem) = Pem::split(&text)? {
        return Ok(Some(Form::Pem(pem)));
    }
    if bytes.first() == Some(&0x30)
        && let Ok(x509) = X509::from_der(bytes)
    {
        return Ok(Some(Form::Certificate(x509)));
    }
    Ok(None)
}

/// The bytes as text, with line ends where a JSON variable left the two characters `\n` of an escape.
pub(super) fn text_of(bytes: &[u8]) -> Zeroizing<String> {
    let text = utf16(bytes).unwrap_or_else(|| Zeroizing::new(String::from_utf8_lossy(bytes).into_owned()));
    // No part of PEM has a backslash.
    if text.contains("-----BEGIN ") && text.contains("\\n") { unescaped(&text) } else { text }
}

/// Each run of backslashes before an `n` is a line end, before an `r` nothing.
fn unescaped(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        rest = after.trim_start_matches('\\');
        if let Some(after) = rest.strip_prefix('n') {
            plain.push('\n');
            rest = after;
        } else {
            rest = rest.strip_prefix('r').unwrap_or(rest);
        }
    }
    plain.push_str(rest);
    plain
}

/// Text that begins with a byte order mark of UTF-16: what `>` of Windows PowerShell 5.1 writes.
fn utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let (mark, units) = bytes.split_at_checked(2)?;
    let unit = match mark {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let units = units.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    Some(text)
}
