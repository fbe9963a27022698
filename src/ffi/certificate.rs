//! Certificates: created and looked into.

use serde_json::Map;

use super::call::Call;
use super::operation::{may_block, start};
use super::outcome::Outcome;
use super::requests::certificate::{CertificateCreate, CertificateRead, Source};
use crate::certificate::{Inspection, create, file_to_pfx, inspect, inspect_file, to_pfx};
use crate::clock::{Clock as _, SystemClock};
use crate::error::Result;
use crate::secret::Secret;

/// Starts to create a self-signed certificate for an app: a PFX file, and on request the key file for the app
/// registration.
///
/// Request: `{"subject":"name or CN=...", "pfxFile":path, "passwordSecret"?, "keyFile":path?,
/// "keyBits":2048|3072|4096, "validDays":365, "replace":true, "format":"json"|"clixml"}`. Result:
/// `{"pfxFile","keyFile","thumbprint","thumbprintSha256","subject","notBefore","notAfter","keyId"}`.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE for the secret, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_INVALID_ARGUMENT for the
///         subject, EXRUN_ERROR_FILE, EXRUN_ERROR_FILE_EXISTS
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_certificate_create(
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |request: CertificateCreate| {
        let request = request.request()?;
        Ok(move |_| async move {
            may_block(move || Ok(create(&request, SystemClock.now())?.to_json())).await.map(Outcome::Plain)
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}

/// Starts to look into a certificate: PFX, PEM or DER.
///
/// Request: `{"certificateFile":path | "certificateSecret":handle, "passwordSecret"?, "format":"json"|"clixml"}`.
/// Result: `{"thumbprint","thumbprintSha256","subject","issuer","notBefore","notAfter","keyType","keyBits",
/// "hasPrivateKey","passwordNeeded","keyCredential":{...}}`.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE for a secret, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_CERTIFICATE_*,
///         EXRUN_ERROR_KDF_TOO_EXPENSIVE, EXRUN_ERROR_FILE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_certificate_read(
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |request: CertificateRead| {
        let (source, password) = request.request()?;
        Ok(move |_| async move {
            may_block(move || Ok(source.inspect(password.as_ref())?.to_json())).await.map(Outcome::Plain)
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}

/// Starts to turn a certificate and its private key into a PFX without a password, which every X.509 library reads:
/// from PEM, from base64 of a PFX, or from a PFX with a password.
///
/// Request: `{"certificateFile":path | "certificateSecret":handle, "passwordSecret"?, "format":"json"|"clixml"}`.
/// Result: `{"pfxSecret":handle of the PFX in DER}`; free it with exrun_secret_free. Keys may be of any kind.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return as for exrun_certificate_read; the operation may fail with EXRUN_ERROR_CERTIFICATE_*,
///         EXRUN_ERROR_KDF_TOO_EXPENSIVE, EXRUN_ERROR_FILE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_certificate_convert(
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |request: CertificateRead| {
        let (source, password) = request.request()?;
        Ok(move |_| async move {
            let secret = may_block(move || source.to_pfx(password.as_ref())).await?;
            Ok(Outcome::Held { members: Map::new(), member: "pfx", handle: "pfxSecret", secret })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}

/// What messages call bytes that the caller gave.
const IN_MEMORY: &str = "the certificate given in memory";

impl Source {
    fn inspect(&self, password: Option<&Secret>) -> Result<Inspection> {
        match self {
            Source::File(path) => inspect_file(path, password),
            Source::Bytes(bytes) => inspect(bytes.bytes(), password, IN_MEMORY),
        }
    }

    fn to_pfx(&self, password: Option<&Secret>) -> Result<Secret> {
        match self {
            Source::File(path) => file_to_pfx(path, password),
            Source::Bytes(bytes) => to_pfx(bytes.bytes(), password, IN_MEMORY),
        }
    }
}
