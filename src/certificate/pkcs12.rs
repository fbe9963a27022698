//! PKCS#12, read by OpenSSL.

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};
use zeroize::Zeroizing;

use super::pair::Contents;
use super::{kdf, openssl_codes, reasons, unreadable};
use crate::error::{Error, Result, Status};
use crate::secret::Secret;

/// Opens a PFX. No password, and an empty one, stand for both forms of it: a MAC over no bytes (what Key
/// Vault writes) and a MAC over the terminating zero of an empty BMPString (what OpenSSL and Java write);
/// OpenSSL tries the one and then the other.
pub(super) fn open(der: &[u8], password: Option<&Secret>) -> Result<Contents> {
    kdf::check(der)?;
    let pfx = Pkcs12::from_der(der).map_err(|stack| unreadable(format!("the PFX is damaged: {}", reasons(&stack))))?;
    let parsed = match password.filter(|password| !password.bytes().is_empty()) {
        None => parse(&pfx, der, "")?.ok_or_else(|| {
            let detail = if password.is_none() {
                "it is protected by a password, and none was given"
            } else {
                "it is protected by a password, and an empty one was given"
            };
            refused(detail)
        })?,
        Some(password) => parse_with(&pfx, der, password.bytes())?,
    };
    let mut certificates = Vec::new();
    certificates.extend(parsed.cert);
    certificates.extend(parsed.ca.into_iter().flatten());
    Ok(Contents { certificates, keys: parsed.pkey.into_iter().collect() })
}

fn parse_with(pfx: &Pkcs12, der: &[u8], password: &[u8]) -> Result<ParsedPkcs12_2> {
    if password.contains(&0) {
        return Err(refused("the password holds a NUL character, which no PFX can have"));
    }
    // Each byte as a character: how OpenSSL before 1.1.0 took passwords, and what a password that is not
    // UTF-8 can only mean. `openssl pkcs12` falls back to the same.
    let widened = || Zeroizing::new(password.iter().copied().map(char::from).collect::<String>());
    if let Ok(text) = std::str::from_utf8(password)
        && let Some(parsed) = parse(pfx, der, text)?
    {
        return Ok(parsed);
    }
    if !password.is_ascii()
        && let Some(parsed) = parse(pfx, der, &widened())?
    {
        return Ok(parsed);
    }
    Err(if parse(pfx, der, "")?.is_some() {
        refused("the password is wrong").hint("the file has no password: give none")
    } else {
        refused("the password is wrong").hint("give the password that the file was exported with")
    })
}

/// `None` where the password is the wrong one.
fn parse(pfx: &Pkcs12, der: &[u8], password: &str) -> Result<Option<ParsedPkcs12_2>> {
    match pfx.parse2(password) {
        Ok(parsed) => Ok(Some(parsed)),
        Err(stack) if is_wrong_password(&stack, kdf::has_mac(der)) => Ok(None),
        Err(stack) => Err(unreadable(format!("the PFX cannot be read: {}", reasons(&stack)))),
    }
}

fn is_wrong_password(stack: &ErrorStack, has_mac: bool) -> bool {
    // With a MAC only the MAC tells: what fails behind it is damaged, or has a second password.
    if has_mac {
        openssl_codes::is_mac_failure(stack)
    } else {
        openssl_codes::is_bad_decrypt(stack) || openssl_codes::is_nonsense_decrypted(stack)
    }
}

fn refused(detail: &str) -> Error {
    Error::new(Status::CertificatePassword, detail).hint("give the password that the file was exported with")
}
