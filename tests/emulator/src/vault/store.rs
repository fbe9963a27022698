//! What a vault holds: secrets, keys, certificates, each with its versions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, DnType, KeyPair, SerialNumber};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Map, Value};

use super::keys::{Key, pem};
use super::pfx::pfx;

const DAY: i64 = 86_400;

/// When the derived secrets were made, about: one that is made again must be the same.
const DERIVED_AT: i64 = 1_760_000_000;

/// An object of a vault: a secret, a key, or a certificate, which is all three.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its name as it was spelled when it was made; looked up without regard to case.
    pub name: String,
    /// Whether it is deleted and can be recovered.
    pub deleted: bool,
    /// The versions, the oldest first; never empty.
    pub versions: Vec<Version>,
}

/// One version of an object.
#[derive(Clone, Debug)]
pub struct Version {
    /// 32 hex digits.
    pub id: String,
    /// Whether it may be used.
    pub enabled: bool,
    /// From when on it may be used, in seconds since the epoch.
    pub not_before: Option<i64>,
    /// Until when.
    pub expires: Option<i64>,
    /// When it was made.
    pub created: i64,
    /// What whoever set it wants to know of it.
    pub tags: Map<String, Value>,
    /// What it is.
    pub content: Content,
}

/// What a version is.
#[derive(Clone, Debug)]
pub enum Content {
    /// A secret.
    Secret {
        /// Its value.
        value: String,
        /// Its type, as whoever set it named it.
        content_type: Option<String>,
    },
    /// A key without a certificate.
    Key(Box<Key>),
    /// A certificate with its key.
    Certificate(Box<Certificate>),
}

/// A certificate of the vault.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate.
    pub der: Vec<u8>,
    /// Its key.
    pub key: Key,
    /// Its subject, as its policy has it.
    pub subject: String,
    /// Whether its secret holds the private key.
    pub exportable: bool,
    /// Whether its secret is PEM; else it is a PFX.
    pub is_pem: bool,
    /// The password of its PFX, where whoever put it there gave it one.
    pub password: Option<&'static str>,
}

impl Certificate {
    /// `application/x-pkcs12` or `application/x-pem-file`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        if self.is_pem { "application/x-pem-file" } else { "application/x-pkcs12" }
    }

    /// The value of its secret: without the private key where that must not leave the vault.
    #[must_use]
    pub fn secret(&self) -> String {
        let key = self.exportable.then_some(&self.key);
        if self.is_pem {
            let key = key.map(Key::pem).unwrap_or_default();
            return format!("{key}{}", pem("CERTIFICATE", &self.der));
        }
        STANDARD.encode(pfx(&self.der, key.map(|key| key.der.as_slice()), self.password))
    }
}

impl Object {
    /// The latest version.
    ///
    /// # Panics
    ///
    /// Never: an object is made with its first version.
    #[must_use]
    pub fn latest(&self) -> &Version {
        self.versions.last().unwrap_or_else(|| unreachable!("an object has a version"))
    }

    /// The latest version, or the one of that id.
    #[must_use]
    pub fn version(&self, id: &str) -> Option<&Version> {
        if id.is_empty() { Some(self.latest()) } else { self.versions.iter().find(|version| version.id == id) }
    }

    /// Whether it is found in `secrets`, `keys` or `certificates`.
    #[must_use]
    pub fn is_in(&self, collection: &str) -> bool {
        match self.latest().content {
            Content::Secret { .. } => collection == "secrets",
            Content::Key(_) => collection == "keys",
            Content::Certificate(_) => matches!(collection, "secrets" | "keys" | "certificates"),
        }
    }
}

impl Version {
    /// The version as a secret.
    #[must_use]
    pub fn secret(&self) -> Option<(String, Option<&str>)> {
        match &self.content {
            Content::Secret { value, content_type } => Some((value.clone(), content_type.as_deref())),
            Content::Certificate(certificate) => Some((certificate.secret(), Some(certificate.content_type()))),
            Content::Key(_) => None,
        }
    }

    /// The version as a key.
    #[must_use]
    pub fn key(&self) -> Option<&Key> {
        match &self.content {
            Content::Key(key) => Some(key),
            Content::Certificate(certificate) => Some(&certificate.key),
            Content::Secret { .. } => None,
        }
    }

    /// The version as a certificate.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.content {
            Content::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }
}

/// An id that follows from what it names.
#[must_use]
pub fn version_id(name: &str, number: usize) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, format!("{name}/{number}").as_bytes());
    hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A secret that follows from its index.
#[must_use]
pub fn derived(index: u64) -> Object {
    let name = format!("secret-{index:06}");
    let content = Content::Secret { value: format!("value of {name}"), content_type: None };
    Object { deleted: false, versions: vec![version(&name, 0, DERIVED_AT, content)], name }
}

fn version(name: &str, number: usize, now: i64, content: Content) -> Version {
    let age = if number == 0 { 30 * DAY } else { 0 };
    let id = version_id(name, number);
    Version { id, enabled: true, not_before: None, expires: None, created: now - age, tags: Map::new(), content }
}

/// How a certificate's secret comes.
#[derive(Clone, Copy, Debug)]
struct Form {
    exportable: bool,
    is_pem: bool,
    password: Option<&'static str>,
}

const PFX: Form = Form { exportable: true, is_pem: false, password: None };

/// The password of the certificate `locked-certificate`.
pub const LOCKED_PASSWORD: &str = "Passw0rd";

/// What every vault holds beside the derived secrets.
///
/// # Errors
///
/// Where a certificate cannot be made.
pub fn seeded(now: i64) -> Result<Vec<Object>, String> {
    let keys = Key::all()?;
    let secret = |name: &str, values: &[&str]| {
        let version = |(number, value): (usize, &&str)| {
            let content = Content::Secret { value: (*value).to_owned(), content_type: Some("text/plain".into()) };
            version(name, number, now, content)
        };
        Object { name: name.to_owned(), deleted: false, versions: values.iter().enumerate().map(version).collect() }
    };
    let key = |name: &str| {
        let content = Content::Key(Box::new(keys[0].clone()));
        Object { name: name.to_owned(), deleted: false, versions: vec![version(name, 0, now, content)] }
    };
    let certificate = |name: &str, form: Form, days: (i64, i64)| {
        let version = certificate_version(name, 0, &keys[0], form, days, now)?;
        Ok::<_, String>(Object { name: name.to_owned(), deleted: false, versions: vec![version] })
    };
    let valid = (-30, 335);
    let mut objects = vec![
        secret("app-secret", &["the first value", "correct horse b\u{e4}ttery <staple> & \"more\""]),
        disabled(secret("disabled-secret", &["x"])),
        in_time(secret("expired-secret", &["old"]), None, Some(now - DAY)),
        in_time(secret("future-secret", &["new"]), Some(now + DAY), None),
        Object { deleted: true, ..secret("deleted-secret", &["gone"]) },
        key("signing-key"),
        disabled(key("disabled-key")),
        in_time(key("expired-key"), None, Some(now - DAY)),
        certificate("exrun-app", PFX, valid)?,
        certificate("exrun-pem", Form { is_pem: true, ..PFX }, valid)?,
        certificate("exrun-hsm", Form { exportable: false, ..PFX }, valid)?,
        certificate("exrun-hsm-pem", Form { exportable: false, is_pem: true, ..PFX }, valid)?,
        certificate("locked-certificate", Form { password: Some(LOCKED_PASSWORD), ..PFX }, valid)?,
        disabled(certificate("disabled-certificate", PFX, valid)?),
        certificate("expired-certificate", PFX, (-60, -2))?,
        certificate("future-certificate", PFX, (2, 60))?,
        Object { deleted: true, ..certificate("deleted-certificate", PFX, valid)? },
    ];
    objects.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(objects)
}

fn disabled(mut object: Object) -> Object {
    object.versions.iter_mut().for_each(|version| version.enabled = false);
    object
}

fn in_time(mut object: Object, not_before: Option<i64>, expires: Option<i64>) -> Object {
    for version in &mut object.versions {
        (version.not_before, version.expires) = (not_before, expires);
    }
    object
}

/// A further version of a certificate, with another key and of the same form.
///
/// # Errors
///
/// Where the object is no certificate, or the new one cannot be made.
pub fn renew(object: &mut Object, now: i64) -> Result<Vec<u8>, String> {
    let current = object.latest().certificate().ok_or_else(|| format!("{} is no certificate", object.name))?;
    let form = Form { exportable: current.exportable, is_pem: current.is_pem, password: current.password };
    let number = object.versions.len();
    let keys = Key::all()?;
    let version = certificate_version(&object.name, number, &keys[number % keys.len()], form, (-1, 364), now)?;
    let der = version.certificate().map(|certificate| certificate.der.clone()).unwrap_or_default();
    object.versions.push(version);
    Ok(der)
}

/// `days` are those of its validity, from now.
fn certificate_version(
    name: &str,
    number: usize,
    key: &Key,
    form: Form,
    days: (i64, i64),
    now: i64,
) -> Result<Version, String> {
    let made = make_certificate(name, number, key, days, now).map_err(|cause| format!("{name}: {cause}"))?;
    let (der, not_before, expires) = made;
    let certificate = Certificate {
        der,
        key: key.clone(),
        subject: format!("CN={name}"),
        exportable: form.exportable,
        is_pem: form.is_pem,
        password: form.password,
    };
    let plain = version(name, number, now, Content::Certificate(Box::new(certificate)));
    Ok(Version { not_before: Some(not_before), expires: Some(expires), ..plain })
}

type Made = (Vec<u8>, i64, i64);

fn make_certificate(
    name: &str,
    number: usize,
    key: &Key,
    (from, to): (i64, i64),
    now: i64,
) -> Result<Made, Box<dyn std::error::Error>> {
    let key =
        KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(key.der.clone()), &rcgen::PKCS_RSA_SHA256)?;
    let midnight = |days: i64| {
        let date = jiff::Timestamp::from_second(now + days * DAY)?.to_zoned(jiff::tz::TimeZone::UTC).date();
        let time = rcgen::date_time_ymd(date.year().into(), u8::try_from(date.month())?, u8::try_from(date.day())?);
        Ok::<_, Box<dyn std::error::Error>>((time, time.unix_timestamp()))
    };
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(version_id(name, number).into_bytes()[..16].to_vec()));
    let ((not_before, from), (not_after, to)) = (midnight(from)?, midnight(to)?);
    (params.not_before, params.not_after) = (not_before, not_after);
    Ok((params.self_signed(&key)?.der().to_vec(), from, to))
}
