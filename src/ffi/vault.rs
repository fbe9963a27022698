//! Objects of Key Vault: secrets, certificates, keys, and signatures by keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::With;
use super::requests::vault::{OfItem, VaultCertificateGet, VaultKeyGet, VaultKeySign, VaultSecretGet};
use crate::Client;
use crate::certificate::Certificate;
use crate::keyvault::VaultCertificate;
use crate::secret::Secret;
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
    let call = Call { request, len, error };
    let prepare = |client: Client, With(own, item): OfItem<VaultSecretGet>| {
        let request = item.request(&["secrets", "certificates"], own.ignore_validity)?;
        Ok(move |context| async move {
            let found = client.vault_secret(&request, &context).await?;
            let (members, secret) = (found.members, found.value);
            Ok(if own.plain_value {
                Outcome::Revealed { members, member: "value", secret }
            } else {
                Outcome::Held { members, member: "value", handle: "valueSecret", secret }
            })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
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
    let call = Call { request, len, error };
    let prepare = |client: Client, With(own, item): OfItem<VaultCertificateGet>| {
        let request = item.request(&["certificates", "secrets", "keys"], own.ignore_validity)?;
        let password = own.password_secret.map(Secret::from);
        Ok(move |context| async move {
            let found = client.vault_certificate(&request, &context).await?;
            if !own.private_key {
                return Ok(Outcome::Plain(Value::Object(described(found))));
            }
            let secret = client.vault_certificate_pfx(&request, &found, password, &context).await?;
            Ok(Outcome::Held { members: described(found), member: "pfx", handle: "pfxSecret", secret })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
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
    let call = Call { request, len, error };
    let prepare = |client: Client, With(own, item): OfItem<VaultKeyGet>| {
        let request = item.request(&["keys", "certificates"], own.ignore_validity)?;
        Ok(move |context| async move {
            client.vault_key(&request, &context).await.map(|members| Outcome::Plain(Value::Object(members)))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
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
    let call = Call { request, len, error };
    let prepare = |client: Client, With(own, item): OfItem<VaultKeySign>| {
        let request = item.request(&["keys", "certificates"], false)?;
        let algorithm = Algorithm::from(own.algorithm);
        Ok(move |context| async move {
            let signed = client.vault_key_sign(&request, algorithm, &own.digest.0, &context).await?;
            let signature = STANDARD.encode(signed.signature);
            Ok(Outcome::Plain(json!({"kid": signed.kid, "alg": algorithm.name(), "signature": signature})))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
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
