//! A self-signed certificate for an app.

use jiff::{SignedDuration, Timestamp};
use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};
use openssl::x509::{X509, X509NameRef};
use zeroize::Zeroizing;

use super::fault::reasons;
use super::name::{self, Subject};
use super::x509::Certificate;
use crate::error::{Error, Result};
use crate::openssl_init::openssl_init;
use crate::secret::Secret;

/// A certificate is valid this long before it was made: the clock of who checks it may be behind. As much as
/// `New-SelfSignedCertificate` of Windows gives.
const EARLIER: SignedDuration = SignedDuration::from_mins(10);

/// A hundred years: what a careless zero too many asks for is more.
const MOST_DAYS: u32 = 36_500;

/// Rounds for the PFX, for the key and for the MAC: the upper end of what Windows and OpenSSL write, so that
/// every reader takes it (about 3 ms each).
const PFX_ROUNDS: u32 = 10_000;

/// A new certificate and its key.
pub struct SelfSigned {
    certificate: Certificate,
    x509: X509,
    key: PKey<Private>,
    friendly_name: String,
}

impl SelfSigned {
    /// Makes an RSA key and a certificate for it, signed with SHA-256, valid from ten minutes before `now`
    /// for `valid_days` from `now`.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Status::InvalidArgument).
    pub fn generate(subject: &str, key_bits: u32, valid_days: u32, now: Timestamp) -> Result<Self> {
        openssl_init();
        if !matches!(key_bits, 2048 | 3072 | 4096) {
            return Err(Error::argument(format!("keyBits is {key_bits}, and can be 2048, 3072 or 4096")));
        }
        if !(1..=MOST_DAYS).contains(&valid_days) {
            return Err(Error::argument(format!("validDays is {valid_days}, and can be 1 to {MOST_DAYS}")));
        }
        let Subject { name, friendly } = name::parse(subject)?;
        let validity = (now - EARLIER, now + SignedDuration::from_hours(24 * i64::from(valid_days)));
        let made = || {
            let key = PKey::from_rsa(Rsa::generate(key_bits)?)?;
            let x509 = sign(&name, &key, validity)?;
            Ok((key, x509))
        };
        let (key, x509) =
            made().map_err(|stack: ErrorStack| Error::internal(format!("OpenSSL refused: {}", reasons(&stack))))?;
        // A friendly name is a BMPString (RFC 2985, 5.5.1), which has no characters beyond the first plane.
        let in_first_plane = |c: char| if u32::from(c) > 0xffff { char::REPLACEMENT_CHARACTER } else { c };
        let friendly_name = friendly.chars().map(in_first_plane).collect();
        Ok(Self { certificate: Certificate::from_x509(&x509)?, x509, key, friendly_name })
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The PFX: AES-256-CBC with PBKDF2 (HMAC-SHA256) for certificate and key, and a MAC with SHA-256. Windows
    /// reads these from Windows 10 1709 and Server 2019 on.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`](crate::Status::InvalidArgument) for a password that a PFX cannot have.
    pub fn to_pfx(&self, password: Option<&Secret>) -> Result<Zeroizing<Vec<u8>>> {
        let password = match password {
            None => "",
            Some(password) => password
                .text()
                .filter(|text| !text.contains('\0'))
                .ok_or_else(|| Error::argument("the password is not UTF-8, or holds a NUL character"))?,
        };
        Pkcs12::builder()
            .name(&self.friendly_name)
            .pkey(&self.key)
            .cert(&self.x509)
            .key_algorithm(Nid::AES_256_CBC)
            .cert_algorithm(Nid::AES_256_CBC)
            .key_iter(PFX_ROUNDS)
            .mac_iter(PFX_ROUNDS)
            .mac_md(MessageDigest::sha256())
            .build2(password)
            .and_then(|pfx| pfx.to_der())
            .map(Zeroizing::new)
            .map_err(|stack| Error::internal(format!("OpenSSL could not write the PFX: {}", reasons(&stack))))
    }
}

impl std::fmt::Debug for SelfSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SelfSigned").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

fn sign(
    name: &X509NameRef,
    key: &PKey<Private>,
    (not_before, not_after): (Timestamp, Timestamp),
) -> Result<X509, ErrorStack> {
    let mut builder = X509::builder()?;
    // Version 3 is written as 2 (RFC 5280, 4.1.2.1).
    builder.set_version(2)?;
    builder.set_serial_number(&*serial_number()?)?;
    builder.set_subject_name(name)?;
    builder.set_issuer_name(name)?;
    builder.set_not_before(&*Asn1Time::from_unix(not_before.as_second())?)?;
    builder.set_not_after(&*Asn1Time::from_unix(not_after.as_second())?)?;
    builder.set_pubkey(key)?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(KeyUsage::new().critical().digital_signature().key_encipherment().build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().client_auth().build()?)?;
    let key_id = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(key_id)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

/// 128 random bits, positive and never short (RFC 5280, 4.1.2.2 allows 20 octets).
fn serial_number() -> Result<Asn1Integer, ErrorStack> {
    let mut bytes = [0; 16];
    openssl::rand::rand_bytes(&mut bytes)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    BigNum::from_slice(&bytes)?.to_asn1_integer()
}
