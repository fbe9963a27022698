//! Which certificate belongs to which key.

use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Ref, X509VerifyResult};

use super::fault::unreadable;
use super::key::{CertificateWithKey, check_key};
use super::x509::Certificate;
use crate::error::{Error, Result, Status};

/// What a file holds, in its order.
pub(super) struct Contents {
    pub(super) certificates: Vec<X509>,
    pub(super) keys: Vec<PKey<Private>>,
}

/// The certificate and key that belong together.
///
/// Several certificates for one key are renewals: the one that is valid longest is taken. Of several pairs
/// the first whose key is usable is taken; where none is usable, the first says why.
pub(super) fn pair(contents: &Contents) -> Result<CertificateWithKey> {
    check_not_empty(contents)?;
    if contents.keys.is_empty() {
        return Err(no_key("it holds a certificate without its private key"));
    }
    let mut refusal = None;
    for (certificate, x509, key) in matches(contents)? {
        match CertificateWithKey::new(certificate, key.clone(), chain(x509, &contents.certificates)?) {
            Ok(pair) => return Ok(pair),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| no_key("the private key in it belongs to none of its certificates")))
}

/// The first key with its certificate, of whatever kind it is.
pub(super) fn first(contents: &Contents) -> Result<(&X509, &PKey<Private>)> {
    check_not_empty(contents)?;
    if contents.keys.is_empty() {
        return Err(no_key("it holds a certificate without its private key"));
    }
    let first = matches(contents)?.into_iter().next();
    first
        .map(|(_, x509, key)| (x509, key))
        .ok_or_else(|| no_key("the private key in it belongs to none of its certificates"))
}

/// What the file is about, and whether its key came along, usable or not.
pub(super) fn describe(contents: &Contents) -> Result<(Certificate, bool)> {
    check_not_empty(contents)?;
    let matches = matches(contents)?;
    let usable = matches.iter().find(|(_, _, key)| check_key(key).is_ok()).or(matches.first());
    match (usable, leaf(&contents.certificates)) {
        (Some((certificate, _, _)), _) => Ok((certificate.clone(), true)),
        (None, Some(x509)) => Ok((Certificate::from_x509(x509)?, false)),
        (None, None) => Err(Error::internal("no certificate where there was one")),
    }
}

fn check_not_empty(contents: &Contents) -> Result<()> {
    match (contents.certificates.is_empty(), contents.keys.is_empty()) {
        (false, _) => Ok(()),
        (true, true) => Err(unreadable("it holds neither a certificate nor a private key")),
        (true, false) => Err(unreadable("it holds a private key and no certificate")
            .hint("a PEM file needs the certificate and its private key together")),
    }
}

/// Each key with its certificate; of several certificates for one key the one that is valid longest.
fn matches(contents: &Contents) -> Result<Vec<(Certificate, &X509, &PKey<Private>)>> {
    let mut matches = Vec::new();
    for key in &contents.keys {
        let mut best: Option<(Certificate, &X509, &PKey<Private>)> = None;
        for x509 in contents.certificates.iter().filter(|x509| belongs(x509, key)) {
            let certificate = Certificate::from_x509(x509)?;
            if best.as_ref().is_none_or(|(best, _, _)| best.not_after() < certificate.not_after()) {
                best = Some((certificate, x509, key));
            }
        }
        matches.extend(best);
    }
    Ok(matches)
}

fn belongs(x509: &X509Ref, key: &PKey<Private>) -> bool {
    x509.public_key().is_ok_and(|public| public.public_eq(key))
}

/// The certificate that a file without a key is about: the first that is not the issuer of another.
fn leaf(certificates: &[X509]) -> Option<&X509> {
    let issued_another = |x509: &X509Ref| certificates.iter().any(|other| issuer_of(x509, other) && !same(other, x509));
    certificates.iter().find(|x509| !issued_another(x509)).or(certificates.first())
}

fn no_key(detail: &str) -> Error {
    Error::new(Status::CertificateNoKey, detail)
        .hint("a .pfx file, or a .pem file with the certificate and its private key, is needed; a .cer file has no key")
}

fn chain(leaf: &X509, certificates: &[X509]) -> Result<Vec<Certificate>> {
    let mut chain: Vec<&X509> = vec![leaf];
    while let Some(issuer) = chain.last().and_then(|last| {
        certificates.iter().find(|x509| issuer_of(x509, last) && !chain.iter().any(|known| same(known, x509)))
    }) {
        chain.push(issuer);
    }
    chain.iter().skip(1).map(|x509| Certificate::from_x509(x509)).collect()
}

fn issuer_of(issuer: &X509Ref, subject: &X509Ref) -> bool {
    issuer.issued(subject) == X509VerifyResult::OK
}

pub(super) fn same(left: &X509Ref, right: &X509Ref) -> bool {
    matches!((left.to_der(), right.to_der()), (Ok(left), Ok(right)) if left == right)
}
