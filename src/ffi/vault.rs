//! Objects of Key Vault: secrets, certificates, keys, and signatures by keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::client::algorithm;
use super::json::Members;
use super::operation::Call;
use super::outcome::Outcome;
use crate::certificate::Certificate;
use crate::client::VaultItemRequest;
use crate::error::{Error, Result};
use crate::keyvault::{ItemLocation, VaultCertificate, VaultLocation};
use crate::signature::Algorithm;

/// Starts to read a secret of a vault.
///
/// Request: `{"vault":"https://contoso.vault.azure.net", "name":"...", "version"? | "url":".../secrets/name",
/// "plainValue":false, "ignoreValidity":false, "apiVersion":"7.4", "format":"json"|"clixml"}`. Result: the vault's
/// members in its order (`id`, `contentType`, `attributes`, `tags` ...). In the place of `value` stands
/// `valueSecret`, the handle of a secret (read it with exrun_secret_read, free it with exrun_secret_free); with
/// `plainValue` the value itself. A secret that has expired or is not valid yet is an error unless
/// `ignoreValidity` is true.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_VAULT_*, EXRUN_ERROR_NOT_FOUND,
///         EXRUN_ERROR_ACCESS_DENIED and any other EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_secret_get(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    const MEMBERS: &[&str] =
        &["vault", "name", "version", "url", "plainValue", "ignoreValidity", "apiVersion", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let request = item_request(members, &["secrets", "certificates"])?;
        let plain = members.flag("plainValue")?.unwrap_or(false);
        Ok(move |context| async move {
            let found = client.vault_secret(&request, &context).await?;
            let (members, secret) = (found.members, found.value);
            Ok(if plain {
                Outcome::Revealed { members, member: "value", secret }
            } else {
                Outcome::Held { members, member: "value", handle: "valueSecret", secret }
            })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

/// Starts to read a certificate of a vault, with its private key.
///
/// Request: `{"vault", "name", "version"? | "url":".../certificates/name", "privateKey":true, "passwordSecret"?,
/// "ignoreValidity":false, "apiVersion":"7.4", "format":"json"|"clixml"}`. Result: the vault's members in its order
/// (`id`, `kid`, `sid`, `x5t`, `cer`, `attributes`, `policy` ...), then `thumbprint`, `thumbprintSha256`, `subject`,
/// `issuer`, `notBefore`, `notAfter`, `keyType`, `keyBits`, `exportable`, and `pfxSecret`: the handle of a secret
/// with certificate and key as a PFX in DER without a password, whatever form the vault keeps them in.
/// `passwordSecret` is for a PFX that has one. With `"privateKey":false` only the public part is read; a key that
/// must not leave the vault is an error otherwise.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_VAULT_*, EXRUN_ERROR_CERTIFICATE_*,
///         EXRUN_ERROR_NOT_FOUND, EXRUN_ERROR_ACCESS_DENIED and any other EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_certificate_get(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    const MEMBERS: &[&str] =
        &["vault", "name", "version", "url", "privateKey", "passwordSecret", "ignoreValidity", "apiVersion", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let request = item_request(members, &["certificates", "secrets", "keys"])?;
        let with_key = members.flag("privateKey")?.unwrap_or(true);
        let password = members.secret("passwordSecret")?;
        Ok(move |context| async move {
            let found = client.vault_certificate(&request, &context).await?;
            if !with_key {
                return Ok(Outcome::Plain(Value::Object(described(found))));
            }
            let secret = client.vault_certificate_pfx(&request, &found, password, &context).await?;
            Ok(Outcome::Held { members: described(found), member: "pfx", handle: "pfxSecret", secret })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

/// Starts to read a key of a vault: its public half and its attributes.
///
/// Request: `{"vault", "name", "version"? | "url":".../keys/name", "ignoreValidity":false, "apiVersion":"7.4",
/// "format":"json"|"clixml"}`. Result: the vault's members (`key` with `kid`, `kty`, `key_ops`, `n`, `e`;
/// `attributes` ...).
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return as for exrun_vault_secret_get
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_key_get(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    const MEMBERS: &[&str] = &["vault", "name", "version", "url", "ignoreValidity", "apiVersion", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let request = item_request(members, &["keys", "certificates"])?;
        Ok(move |context| async move {
            client.vault_key(&request, &context).await.map(|members| Outcome::Plain(Value::Object(members)))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

/// Starts to sign a SHA-256 digest with a key that stays in its vault.
///
/// Request: `{"vault", "name", "version"? | "url":".../keys/name", "algorithm":"PS256"|"RS256",
/// "digest":"base64 of 32 bytes", "apiVersion":"7.4", "format":"json"|"clixml"}`; `algorithm` is PS256 where it is
/// left out. Result: `{"kid":"the key's URL with the version that signed", "alg", "signature":"base64"}`.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return as for exrun_vault_secret_get; the operation may fail with EXRUN_ERROR_KEY_UNUSABLE where the key cannot
///         do the algorithm
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_vault_key_sign(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    const MEMBERS: &[&str] = &["vault", "name", "version", "url", "algorithm", "digest", "apiVersion", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let request = VaultItemRequest {
            item: item(members, &["keys", "certificates"])?,
            ignore_validity: false,
            api_version: members.filled_text("apiVersion")?,
        };
        let algorithm = algorithm(members, "algorithm")?.unwrap_or(Algorithm::Ps256);
        let digest = members.required_text("digest")?;
        let digest: [u8; 32] = STANDARD
            .decode(digest.trim())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| members.fault("digest", "must be base64 of the 32 bytes of a SHA-256 digest"))?;
        Ok(move |context| async move {
            let signed = client.vault_sign(&request, algorithm, &digest, &context).await?;
            let signature = STANDARD.encode(signed.signature);
            Ok(Outcome::Plain(json!({"kid": signed.kid, "alg": algorithm.name(), "signature": signature})))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

fn item_request(members: &mut Members, collections: &[&str]) -> Result<VaultItemRequest> {
    Ok(VaultItemRequest {
        item: item(members, collections)?,
        ignore_validity: members.flag("ignoreValidity")?.unwrap_or(false),
        api_version: members.filled_text("apiVersion")?,
    })
}

/// Which object: by its URL, or by vault and name. A certificate's key, secret and itself share name and version.
fn item(members: &mut Members, collections: &[&str]) -> Result<ItemLocation> {
    let (vault, name, version) =
        (members.filled_text("vault")?, members.filled_text("name")?, members.text("version")?);
    match (members.filled_text("url")?, vault, name) {
        (Some(url), None, None) if version.is_none() => Ok(ItemLocation::parse(&url, collections)?.0),
        (None, Some(vault), Some(name)) => ItemLocation::new(VaultLocation::parse(&vault)?, &name, version.as_deref()),
        _ => Err(Error::argument("either url, or vault and name (and version) must be given")),
    }
}

/// The vault's members, then what the certificate itself says.
fn described(found: VaultCertificate) -> Map<String, Value> {
    let exportable = found.is_exportable();
    let VaultCertificate { certificate, mut members } = found;
    for (name, value) in description(&certificate) {
        members.insert(name.into(), value);
    }
    members.insert("exportable".into(), exportable.into());
    members
}

fn description(certificate: &Certificate) -> [(&'static str, Value); 8] {
    [
        ("thumbprint", certificate.thumbprint().into()),
        ("thumbprintSha256", certificate.thumbprint_sha256().into()),
        ("subject", certificate.subject().into()),
        ("issuer", certificate.issuer().into()),
        ("notBefore", certificate.not_before().to_string().into()),
        ("notAfter", certificate.not_after().to_string().into()),
        ("keyType", certificate.key_type().into()),
        ("keyBits", certificate.key_bits().into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ItemLocation> {
        let mut members = Members::parse(text, &["vault", "name", "version", "url"])?;
        item(&mut members, &["secrets", "certificates"])
    }

    #[test]
    fn an_object_is_named_in_one_of_two_ways() {
        let by_name = read(r#"{"vault":"contoso.vault.azure.net","name":"app","version":"01"}"#).unwrap();
        assert_eq!(by_name, read(r#"{"url":"https://contoso.vault.azure.net/secrets/app/01"}"#).unwrap());
        for text in [
            "{}",
            r#"{"vault":"contoso.vault.azure.net"}"#,
            r#"{"name":"app"}"#,
            r#"{"url":"https://contoso.vault.azure.net/secrets/app","name":"app"}"#,
            r#"{"url":"https://contoso.vault.azure.net/secrets/app","version":"01"}"#,
        ] {
            assert!(read(text).unwrap_err().to_string().contains("either url, or vault and name"), "{text}");
        }
        assert!(read(r#"{"url":"https://contoso.vault.azure.net/keys/app"}"#).is_err());
    }
}
