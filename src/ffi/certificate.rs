//! Certificates: created and looked into.

use std::path::PathBuf;

use serde_json::Map;

use super::json::Members;
use super::operation::{Call, may_block};
use super::outcome::Outcome;
use crate::certificate::{CreateRequest, Inspection, create, file_to_pfx, inspect, inspect_file, to_pfx};
use crate::clock::{Clock as _, SystemClock};
use crate::error::{Error, Result};
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
    const MEMBERS: &[&str] =
        &["subject", "pfxFile", "passwordSecret", "keyFile", "keyBits", "validDays", "replace", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |members: &mut Members| {
        let request = read_create_request(members)?;
        Ok(move |_| async move {
            may_block(move || Ok(create(&request, SystemClock.now())?.to_json())).await.map(Outcome::Plain)
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start(MEMBERS, prepare) }
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
    const MEMBERS: &[&str] = &["certificateFile", "certificateSecret", "passwordSecret", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |members: &mut Members| {
        let source = Source::read(members)?;
        let password = members.secret("passwordSecret")?;
        Ok(move |_| async move {
            may_block(move || Ok(source.inspect(password.as_ref())?.to_json())).await.map(Outcome::Plain)
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start(MEMBERS, prepare) }
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
    const MEMBERS: &[&str] = &["certificateFile", "certificateSecret", "passwordSecret", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |members: &mut Members| {
        let source = Source::read(members)?;
        let password = members.secret("passwordSecret")?;
        Ok(move |_| async move {
            let secret = may_block(move || source.to_pfx(password.as_ref())).await?;
            Ok(Outcome::Held { members: Map::new(), member: "pfx", handle: "pfxSecret", secret })
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start(MEMBERS, prepare) }
}

fn read_create_request(members: &mut Members) -> Result<CreateRequest> {
    let mut request = CreateRequest::new(members.required_text("subject")?, members.required_path("pfxFile")?);
    request.password = members.secret("passwordSecret")?;
    request.key_file = members.path("keyFile")?;
    if let Some(bits) = members.integer("keyBits", 2048..=4096)? {
        if ![2048, 3072, 4096].contains(&bits) {
            return Err(members.fault("keyBits", &format!("is {bits}; it must be 2048, 3072 or 4096")));
        }
        request.key_bits = bits;
    }
    if let Some(days) = members.integer("validDays", 1..=36_500)? {
        request.valid_days = days;
    }
    if let Some(replace) = members.flag("replace")? {
        request.replace = replace;
    }
    Ok(request)
}

/// What messages call bytes that the caller gave.
const IN_MEMORY: &str = "the certificate given in memory";

/// What is to be looked into.
#[derive(Debug)]
enum Source {
    File(PathBuf),
    Bytes(Secret),
}

impl Source {
    fn read(members: &mut Members) -> Result<Self> {
        match (members.path("certificateFile")?, members.secret("certificateSecret")?) {
            (Some(path), None) => Ok(Source::File(path)),
            (None, Some(bytes)) => Ok(Source::Bytes(bytes)),
            _ => Err(Error::argument("exactly one of certificateFile and certificateSecret must be given")),
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: &[&str] = &["subject", "pfxFile", "passwordSecret", "keyFile", "keyBits", "validDays", "replace"];
    const READ: &[&str] = &["certificateFile", "certificateSecret", "passwordSecret"];

    fn request(text: &str) -> Result<CreateRequest> {
        read_create_request(&mut Members::parse(text, CREATE)?)
    }

    #[test]
    fn a_certificate_needs_a_subject_and_a_place() {
        assert!(request(r#"{"pfxFile":"a.pfx"}"#).unwrap_err().to_string().contains("subject is missing"));
        assert!(request(r#"{"subject":"a"}"#).unwrap_err().to_string().contains("pfxFile is missing"));
        let request = request(r#"{"subject":"a","pfxFile":"a.pfx"}"#).unwrap();
        assert_eq!((request.key_bits, request.valid_days, request.replace), (2048, 365, true));
    }

    #[test]
    fn every_member_is_read() {
        let request = request(
            r#"{"subject":"a","pfxFile":"a.pfx","keyFile":"a.json","keyBits":3072,"validDays":30,"replace":false}"#,
        )
        .unwrap();
        assert_eq!(request.key_file, Some("a.json".into()));
        assert_eq!((request.key_bits, request.valid_days, request.replace), (3072, 30, false));
    }

    #[test]
    fn odd_key_lengths_are_refused() {
        for bits in ["1024", "2049", "8192"] {
            let error = request(&format!(r#"{{"subject":"a","pfxFile":"b","keyBits":{bits}}}"#)).unwrap_err();
            assert!(error.to_string().contains("keyBits"), "{error}");
        }
    }

    #[test]
    fn one_source_is_needed() {
        let read = |text: &str| Source::read(&mut Members::parse(text, READ).unwrap());
        assert!(read("{}").unwrap_err().to_string().contains("exactly one of"));
        assert!(matches!(read(r#"{"certificateFile":"a"}"#).unwrap(), Source::File(_)));
    }
}
