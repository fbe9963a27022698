//! The vault's keys, and signatures by them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::OsRng;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};

/// Throw-away keys; nothing outside of this emulator trusts them.
const TEST_KEYS: &str = include_str!("../../data/vault-test-keys.pem");

/// A key of the vault.
#[derive(Clone, Debug)]
pub struct Key {
    /// PKCS#8.
    pub der: Vec<u8>,
    private: RsaPrivateKey,
}

/// Why a signature was refused: what the vault says.
pub(super) type Refusal = String;

impl Key {
    /// The keys that are part of this crate; a new version takes the next one.
    ///
    /// # Errors
    ///
    /// Where they cannot be read.
    pub fn all() -> Result<Vec<Key>, String> {
        TEST_KEYS.split("-----END PRIVATE KEY-----").filter(|block| block.contains("BEGIN")).map(Self::read).collect()
    }

    fn read(block: &str) -> Result<Key, String> {
        let base64: String = block.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(base64).map_err(|cause| cause.to_string())?;
        let private = RsaPrivateKey::from_pkcs8_der(&der).map_err(|cause| cause.to_string())?;
        Ok(Key { der, private })
    }

    /// PKCS#8 as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        pem("PRIVATE KEY", &self.der)
    }

    /// Modulus and exponent, in base64url.
    #[must_use]
    pub fn public(&self) -> (String, String) {
        let encode = |number: &rsa::BigUint| URL_SAFE_NO_PAD.encode(number.to_bytes_be());
        (encode(self.private.n()), encode(self.private.e()))
    }

    /// Signs a digest, whose length must be that of the algorithm's hash.
    ///
    /// # Errors
    ///
    /// What the vault says.
    pub fn sign(&self, algorithm: &str, digest: &[u8]) -> Result<Vec<u8>, Refusal> {
        let length = match algorithm {
            "PS256" | "RS256" => 32,
            "PS384" | "RS384" => 48,
            "PS512" | "RS512" => 64,
            "ES256" | "ES384" | "ES512" | "ES256K" => {
                return Err(format!(
                    "Key and signing algorithm are incompatible. Key type is 'RSA', and algorithm '{algorithm}' can only be used with a key of type 'EC' or 'EC-HSM'."
                ));
            }
            other => return Err(format!("Invalid algorithm '{other}'.")),
        };
        if digest.len() != length {
            return Err(format!(
                "Invalid length of 'value': {} bytes. {algorithm} requires {length} bytes, encoded with base64url.",
                digest.len()
            ));
        }
        let key = &self.private;
        match algorithm {
            "PS256" => key.sign_with_rng(&mut OsRng, Pss::new::<Sha256>(), digest),
            "PS384" => key.sign_with_rng(&mut OsRng, Pss::new::<Sha384>(), digest),
            "PS512" => key.sign_with_rng(&mut OsRng, Pss::new::<Sha512>(), digest),
            "RS384" => key.sign(Pkcs1v15Sign::new::<Sha384>(), digest),
            "RS512" => key.sign(Pkcs1v15Sign::new::<Sha512>(), digest),
            _ => key.sign(Pkcs1v15Sign::new::<Sha256>(), digest),
        }
        .map_err(|cause| cause.to_string())
    }
}

/// A block of PEM.
#[must_use]
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
