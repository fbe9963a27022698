//! What an app registration holds of a certificate.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::x509::Certificate;

/// A key credential as the manifest of an app registration and Graph's `keyCredential` have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCredential {
    /// Base64 of the SHA-1 hash of the certificate.
    pub custom_key_identifier: String,
    /// A new GUID.
    pub key_id: String,
    /// `AsymmetricX509Cert`.
    pub kind: &'static str,
    /// `Verify`.
    pub usage: &'static str,
    /// Base64 of the certificate's DER.
    pub value: String,
}

impl KeyCredential {
    /// A key credential with a new `keyId`.
    #[must_use]
    pub fn new(certificate: &Certificate) -> Self {
        Self {
            custom_key_identifier: BASE64_STANDARD.encode(certificate.sha1()),
            key_id: uuid::Uuid::new_v4().to_string(),
            kind: "AsymmetricX509Cert",
            usage: "Verify",
            value: BASE64_STANDARD.encode(certificate.der()),
        }
    }

    /// The members in the order of the manifest.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "customKeyIdentifier": self.custom_key_identifier,
            "keyId": self.key_id,
            "type": self.kind,
            "usage": self.usage,
            "value": self.value,
        })
    }

    /// The key file: an array of this one credential, to be pasted over `[]` at `keyCredentials` in the manifest.
    /// UTF-8 without a byte order mark, indented, ending in a newline.
    #[must_use]
    pub fn key_file(&self) -> String {
        format!("{:#}\n", serde_json::Value::Array(vec![self.to_json()]))
    }
}
