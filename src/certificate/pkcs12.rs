//! PKCS#12, read by OpenSSL.

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};
use zeroize::Zeroizing;

use super::fault::{reasons, unreadable};
use super::kdf::{self, Work};
use super::openssl_codes;
use super::pair::Contents;
use crate::error::{Error, Result, Status};
use crate::secret::Secret;

/// Opens a PFX. No password, and an empty one, stand for both forms of it: a MAC over no bytes (what Key
/// Vault writes) and a MAC over the terminating zero of an empty BMPString (what OpenSSL and Java write);
/// OpenSSL tries the one and then the other. All tries together cost no more than one may.
pub(super) fn open(der: &[u8], password: Option<&Secret>) -> Result<Contents> {
    let work = Work::of(der)?;
    let pfx = Pkcs12::from_der(der).map_err(|stack| unreadable(format!("the PFX is damaged: {}", reasons(&stack))))?;
    let parsed = match password.filter(|password| !password.bytes().is_empty()) {
        None if !work.affords_another(1) => {
            let detail = "whether it has a password costs too many key derivation rounds to find out";
            return Err(Error::new(Status::KdfTooExpensive, detail).hint("give the password, or export it anew"));
        }
        None => parse(&pfx, der, "")?.ok_or_else(|| {
            let detail = if password.is_none() {
                "it is protected by a password, and none was given"
            } else {
                "it is protected by a password, and an empty one was given"
            };
            refused(detail)
        })?,
        Some(password) => parse_with(&pfx, der, password.bytes(), work)?,
    };
    let mut certificates = Vec::new();
    certificates.extend(parsed.cert);
    certificates.extend(parsed.ca.into_iter().flatten());
    Ok(Contents { certificates, keys: parsed.pkey.into_iter().collect() })
}

fn parse_with(pfx: &Pkcs12, der: &[u8], password: &[u8], work: Work) -> Result<ParsedPkcs12_2> {
    if password.contains(&0) {
        return Err(refused("the password holds a NUL character, which no PFX can have"));
    }
    // Each byte as a character: how OpenSSL before 1.1.0 took passwords, and what a password that is not
    // UTF-8 can only mean. `openssl pkcs12` falls back to the same.
    let widened = || Zeroizing::new(password.iter().copied().map(char::from).collect::<String>());
    let mut failed = 0;
    if let Ok(text) = std::str::from_utf8(password) {
        if let Some(parsed) = parse(pfx, der, text)? {
            return Ok(parsed);
        }
        failed += 1;
    }
    if !password.is_ascii() && work.affords_another(failed) {
        if let Some(parsed) = parse(pfx, der, &widened())? {
            return Ok(parsed);
        }
        failed += 1;
    }
    // No password has two forms, and both are tried.
    let has_none = work.affords_another(failed + 1) && parse(pfx, der, "")?.is_some();
    Err(if has_none {
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
        Err(stack) if openssl_codes::is_mac_unknown(&stack) => {
            Err(unreadable(mac_unknown(der, &stack)).hint("export the certificate again, with a MAC of SHA-256"))
        }
        Err(stack) => Err(unreadable(format!("the PFX cannot be read: {}", reasons(&stack)))),
    }
}

/// Why the MAC cannot even be computed.
fn mac_unknown(der: &[u8], stack: &ErrorStack) -> String {
    /// What OpenSSL makes a key for.
    const LONGEST_KEY: u64 = 64;
    match kdf::pbmac1_key_length(der) {
        Some(length) if length > LONGEST_KEY => {
            format!("its MAC (PBMAC1) has a key of {length} bytes, and at most {LONGEST_KEY} are supported")
        }
        _ => format!("its MAC is of a kind that is not supported: {}", reasons(stack)),
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
