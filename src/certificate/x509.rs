//! A certificate, without its key.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::hash::MessageDigest;
use openssl::pkey::Id;
use openssl::x509::{X509, X509Ref};

use super::fault::{reasons, unreadable};
use super::name;
use crate::error::{Error, Result, Status};
use crate::openssl_init::openssl_init;

/// An X.509 certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    sha1: [u8; 20],
    sha256: [u8; 32],
    subject: String,
    issuer: String,
    not_before: Timestamp,
    not_after: Timestamp,
    key_type: &'static str,
    key_bits: u32,
}

impl Certificate {
    /// Reads the DER encoding of one certificate.
    ///
    /// # Errors
    ///
    /// [`Status::CertificateUnreadable`].
    pub fn from_der(der: &[u8]) -> Result<Self> {
        openssl_init();
        X509::from_der(der)
            .map_err(|stack| unreadable(format!("not an X.509 certificate: {}", reasons(&stack))))
            .and_then(|x509| Self::from_x509(&x509))
            .map_err(|error| error.action("reading the certificate"))
    }

    pub(super) fn from_x509(x509: &X509Ref) -> Result<Self> {
        let fault = |stack| unreadable(format!("the certificate has a part that cannot be read: {}", reasons(&stack)));
        let mut sha1 = [0; 20];
        sha1.copy_from_slice(&x509.digest(MessageDigest::sha1()).map_err(fault)?);
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(&x509.digest(MessageDigest::sha256()).map_err(fault)?);
        // A key that OpenSSL does not know is no reason to refuse: its certificate can still be described.
        let (key_type, key_bits) =
            x509.public_key().map_or(("unknown", 0), |key| (key_type_name(key.id()), key.bits()));
        Ok(Self {
            der: x509.to_der().map_err(fault)?,
            sha1,
            sha256,
            subject: name::display(x509.subject_name()),
            issuer: name::display(x509.issuer_name()),
            not_before: timestamp(x509.not_before()).map_err(fault)?,
            not_after: timestamp(x509.not_after()).map_err(fault)?,
            key_type,
            key_bits,
        })
    }

    /// The DER encoding.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-1 of the DER: what Windows and Entra call the thumbprint.
    #[must_use]
    pub fn sha1(&self) -> &[u8; 20] {
        &self.sha1
    }

    /// SHA-256 of the DER.
    #[must_use]
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// SHA-1 of the DER in upper-case hex.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        hex(&self.sha1)
    }

    /// SHA-256 of the DER in upper-case hex.
    #[must_use]
    pub fn thumbprint_sha256(&self) -> String {
        hex(&self.sha256)
    }

    /// The JOSE header `x5t`: SHA-1 of the DER in base64url without padding (RFC 7515, 4.1.7).
    #[must_use]
    pub fn x5t(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.sha1)
    }

    /// The JOSE header `x5t#S256`: SHA-256 of the DER in base64url without padding (RFC 7515, 4.1.8).
    #[must_use]
    pub fn x5t_s256(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.sha256)
    }

    /// The subject, most specific part first, as Windows shows it: `CN=app, O=Contoso`.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The issuer, in the form of [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The names and addresses that it is for as a server's certificate (RFC 5280, 4.2.1.6).
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let names = X509::from_der(&self.der).ok().and_then(|x509| x509.subject_alt_names());
        let shown = |text: &str| text.chars().filter(|letter| !letter.is_control()).collect::<String>();
        names
            .iter()
            .flatten()
            .filter_map(|name| {
                let address = || match name.ipaddress()? {
                    bytes if bytes.len() == 4 => {
                        <[u8; 4]>::try_from(bytes).ok().map(|bytes| IpAddr::from(bytes).to_string())
                    }
                    bytes => <[u8; 16]>::try_from(bytes).ok().map(|bytes| IpAddr::from(bytes).to_string()),
                };
                name.dnsname().map(shown).or_else(address)
            })
            .collect()
    }

    /// The first second of its validity.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of its validity.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// `RSA`, `RSASSA-PSS`, `EC`, `Ed25519` ..., or `unknown`.
    #[must_use]
    pub fn key_type(&self) -> &'static str {
        self.key_type
    }

    /// The size of the public key in bits; 0 where the type is unknown.
    #[must_use]
    pub fn key_bits(&self) -> u32 {
        self.key_bits
    }

    /// Whether the certificate is valid at `now`.
    ///
    /// # Errors
    ///
    /// [`Status::CertificateExpired`], [`Status::CertificateNotYetValid`].
    pub fn check_validity(&self, now: Timestamp) -> Result<()> {
        let refusal = if now > self.not_after {
            Error::new(Status::CertificateExpired, format!("it expired at {}", self.not_after))
                .hint("create or renew a certificate, register it with the app, and use it in place of this one")
        } else if now < self.not_before {
            Error::new(Status::CertificateNotYetValid, format!("it is not valid before {}", self.not_before))
                .hint("check the clock of this computer, or use a certificate that is valid already")
        } else {
            return Ok(());
        };
        Err(refusal.action("using the certificate").target(format!("{} ({})", self.subject, self.thumbprint())))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject)
            .field("thumbprint", &self.thumbprint())
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}

/// What people call a type of key.
pub(super) fn key_type_name(id: Id) -> &'static str {
    match id {
        Id::RSA => "RSA",
        Id::RSA_PSS => "RSASSA-PSS",
        Id::EC => "EC",
        Id::ED25519 => "Ed25519",
        Id::ED448 => "Ed448",
        Id::DSA => "DSA",
        Id::X25519 => "X25519",
        Id::X448 => "X448",
        Id::DH | Id::DHX => "DH",
        _ => "unknown",
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
        text
    })
}

fn timestamp(time: &Asn1TimeRef) -> Result<Timestamp, openssl::error::ErrorStack> {
    let since_epoch = Asn1Time::from_unix(0)?.diff(time)?;
    let seconds = i64::from(since_epoch.days) * 86_400 + i64::from(since_epoch.secs);
    // "No well-defined expiry" is 99991231235959Z (RFC 5280, 4.1.2.5), a few hours after what jiff can hold.
    let latest = Timestamp::MAX - SignedDuration::from_nanos(i64::from(Timestamp::MAX.subsec_nanosecond()));
    Ok(Timestamp::from_second(seconds).unwrap_or(if seconds < 0 { Timestamp::MIN } else { latest }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(time: &str) -> String {
        let time = Asn1Time::from_str_x509(time).expect("a time of X.509");
        timestamp(&time).expect("a time").to_string()
    }

    #[test]
    fn times_are_read_to_the_second() {
        assert_eq!(read("19700101000000Z"), "1970-01-01T00:00:00Z");
        assert_eq!(read("19500101000001Z"), "1950-01-01T00:00:01Z");
        assert_eq!(read("20491231235959Z"), "2049-12-31T23:59:59Z");
        assert_eq!(read("20560102030405Z"), "2056-01-02T03:04:05Z");
    }

    #[test]
    fn no_expiry_is_the_last_moment_there_is() {
        assert_eq!(read("99991231235959Z"), "9999-12-30T22:00:00Z");
    }
}
