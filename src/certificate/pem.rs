//! PEM: certificates and keys in one text, in any order (RFC 7468, RFC 1421).
//!
//! The blocks are cut out and decoded here and not by OpenSSL's PEM reader: given an encrypted block and no
//! password that reader asks on the terminal, even for a certificate.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::fault::{reasons, unreadable};
use super::kdf::{self, Work, check_rounds};
use super::openssl_codes;
use super::pair::Contents;
use crate::error::{Error, Result, Status};
use crate::secret::Secret;

/// The blocks of a PEM text that matter here.
pub(super) struct Pem {
    certificates: Vec<X509>,
    keys: Vec<KeyBlock>,
}

/// A private key as it stands in the text.
enum KeyBlock {
    /// `PRIVATE KEY`, `RSA PRIVATE KEY` ...: the DER.
    Plain(Zeroizing<Vec<u8>>),
    /// `ENCRYPTED PRIVATE KEY`: the DER of the EncryptedPrivateKeyInfo.
    EncryptedPkcs8(Zeroizing<Vec<u8>>),
    /// `RSA PRIVATE KEY` with the headers `Proc-Type: 4,ENCRYPTED` and `DEK-Info`: the whole block as text.
    EncryptedTraditional(Zeroizing<String>),
}

/// What stands between a `-----BEGIN` and its `-----END`.
pub(super) struct Block<'a> {
    label: &'a str,
    body: &'a str,
    /// Where in the text it begins.
    pub(super) at: usize,
}

/// The blocks of a text, one after the other, whatever stands between them.
pub(super) struct Blocks<'a> {
    text: &'a str,
    at: usize,
}

impl Pem {
    /// Reads the blocks; `None` where the text has none.
    pub(super) fn split(text: &str) -> Result<Option<Self>> {
        let mut pem = Self { certificates: Vec::new(), keys: Vec::new() };
        let mut others = Vec::new();
        let mut any = false;
        for block in Blocks::of(text) {
            let block = block?;
            any = true;
            match block.label {
                _ if block.is_certificate() => {
                    let x509 = X509::from_der(&block.decode()?)
                        .map_err(|stack| unreadable(format!("a certificate in it is damaged: {}", reasons(&stack))))?;
                    pem.certificates.push(x509);
                }
                "ENCRYPTED PRIVATE KEY" => pem.keys.push(KeyBlock::EncryptedPkcs8(block.decode()?)),
                label if label.ends_with("PRIVATE KEY") && label != "OPENSSH PRIVATE KEY" => {
                    pem.keys.push(if is_encrypted(&block) {
                        KeyBlock::EncryptedTraditional(normalised(&block))
                    } else {
                        KeyBlock::Plain(block.decode()?)
                    });
                }
                other => others.push(other),
            }
        }
        if any && pem.certificates.is_empty() && pem.keys.is_empty() {
            return Err(unreadable(format!("it holds no certificate, only {}", others.join(", ")))
                .hint("give the .pfx file, or a .pem file with the certificate and its private key"));
        }
        Ok(any.then_some(pem))
    }

    /// Whether a key in it cannot be read without a password.
    pub(super) fn is_encrypted(&self) -> bool {
        self.keys.iter().any(|key| !matches!(key, KeyBlock::Plain(_)))
    }

    /// What can be seen of it without a password.
    pub(super) fn certificates(&self) -> Contents {
        Contents { certificates: self.certificates.clone(), keys: Vec::new() }
    }

    /// Reads the keys.
    pub(super) fn open(&self, password: Option<&Secret>) -> Result<Contents> {
        let mut rounds: u64 = 0;
        for key in &self.keys {
            if let KeyBlock::EncryptedPkcs8(der) = key {
                rounds = rounds.saturating_add(Work::of(der)?.rounds());
            }
        }
        check_rounds(rounds)?;
        let keys = self.keys.iter().map(|key| key.open(password)).collect::<Result<_>>()?;
        Ok(Contents { certificates: self.certificates.clone(), keys })
    }
}

impl KeyBlock {
    fn open(&self, password: Option<&Secret>) -> Result<PKey<Private>> {
        let password = || {
            password.map(Secret::bytes).ok_or_else(|| {
                Error::new(
                    Status::CertificatePassword,
                    "its private key is protected by a password, and none was given",
                )
                .hint("give the password of the private key")
            })
        };
        match self {
            KeyBlock::Plain(der) => PKey::private_key_from_der(der)
                .map_err(|stack| unreadable(format!("the private key in it cannot be read: {}", reasons(&stack)))),
            KeyBlock::EncryptedPkcs8(der) => {
                PKey::private_key_from_pkcs8_passphrase(der, password()?).map_err(|stack| refused(&stack))
            }
            KeyBlock::EncryptedTraditional(text) => {
                PKey::private_key_from_pem_passphrase(text.as_bytes(), password()?).map_err(|stack| refused(&stack))
            }
        }
    }
}

fn refused(stack: &ErrorStack) -> Error {
    if openssl_codes::is_unsupported(stack) {
        let detail = format!("its private key is encrypted in a way that is not supported: {}", reasons(stack));
        return unreadable(detail).hint("encrypt the key anew, for example with openssl pkcs8 -topk8 -v2 aes-256-cbc");
    }
    // A wrong password shows as padding that does not fit; one time in 256 it fits, and nonsense is read.
    let detail = if openssl_codes::is_bad_decrypt(stack) {
        "the password of its private key is wrong".to_owned()
    } else {
        format!("the password of its private key is wrong, or the key cannot be read: {}", reasons(stack))
    };
    Error::new(Status::CertificatePassword, detail).hint("give the password that the private key was encrypted with")
}

impl<'a> Blocks<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>>;

    /// Ends at the first block without an end.
    fn next(&mut self) -> Option<Self::Item> {
        const BEGIN: &str = "-----BEGIN ";
        let at = self.at + self.text[self.at..].find(BEGIN)?;
        let (label, after) = self.text[at + BEGIN.len()..].split_once("-----")?;
        if label.contains('\n') {
            return None;
        }
        let end = format!("-----END {label}-----");
        let Some((body, after)) = after.split_once(&end) else {
            self.at = self.text.len();
            return Some(Err(unreadable(format!("the block {label} in it has no end"))));
        };
        self.at = self.text.len() - after.len();
        Some(Ok(Block { label, body, at }))
    }
}

impl Block<'_> {
    /// A trusted certificate is a certificate followed by what OpenSSL trusts it for.
    pub(super) fn is_certificate(&self) -> bool {
        matches!(self.label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE")
    }

    pub(super) fn is_pkcs7(&self) -> bool {
        matches!(self.label, "PKCS7" | "CMS")
    }

    /// `certutil -encode` calls whatever it wraps a certificate.
    fn may_be_pfx(&self) -> bool {
        self.is_certificate() || matches!(self.label, "PKCS12" | "PKCS #12" | "PKCS#12" | "PFX")
    }

    pub(super) fn decode(&self) -> Result<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(Vec::with_capacity(self.body.len()));
        let lines = self.body.lines().filter(|line| !line.contains(':'));
        text.extend(lines.flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace()));
        BASE64_STANDARD
            .decode(&*text)
            .map(Zeroizing::new)
            .map_err(|_| unreadable(format!("the block {} in it is not base64", self.label)))
    }
}

/// A PFX that was put between `-----BEGIN` and `-----END`.
pub(super) fn wrapped_pfx(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let blocks = Blocks::of(text).map_while(Result::ok).filter(Block::may_be_pfx);
    blocks.filter_map(|block| block.decode().ok()).find(|der| kdf::is_pfx(der))
}

/// Headers (RFC 1421, 4.4) end at an empty line.
fn is_encrypted(block: &Block<'_>) -> bool {
    block.body.lines().any(|line| line.trim_start().starts_with("Proc-Type:") && line.contains("ENCRYPTED"))
}

/// The block in the form that OpenSSL expects: no indentation, plain line ends.
fn normalised(block: &Block<'_>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(block.body.len() + 2 * block.label.len() + 64));
    text.push_str("-----BEGIN ");
    text.push_str(block.label);
    text.push_str("-----\n");
    for line in block.body.trim().lines() {
        text.push_str(line.trim());
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(block.label);
    text.push_str("-----\n");
    text
}
