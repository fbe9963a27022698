//! Certificates: created and looked into.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::Value;

use crate::certificate::{self, CreateRequest};
use crate::error::{Error, Result};
use crate::ffi::encode::Outcome;
use crate::ffi::json::Members;
use crate::ffi::operation::Call;
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
        let request = Create::read(members)?;
        Ok(move |_| may_block(move || request.run()))
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
        let request = Inspect::read(members)?;
        Ok(move |_| may_block(move || request.run()))
    };
    // SAFETY: the premises of the module.
    unsafe { call.start(MEMBERS, prepare) }
}

/// Runs what reads files, derives keys or makes them on a thread that may block.
async fn may_block(work: impl FnOnce() -> Result<Value> + Send + 'static) -> Result<Outcome> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map(Outcome::Plain),
        // The thread was refused or panicked; the text of a panic is not repeated.
        Err(_) => Err(Error::internal("the work on the certificate stopped before its end")),
    }
}

#[derive(Debug)]
struct Create {
    subject: String,
    pfx_file: PathBuf,
    password: Option<Secret>,
    key_file: Option<PathBuf>,
    key_bits: u32,
    valid_days: u32,
    replace: bool,
}

impl Create {
    fn read(members: &mut Members) -> Result<Self> {
        Ok(Self {
            subject: members.required_text("subject")?,
            pfx_file: members.required_path("pfxFile")?,
            password: members.secret("passwordSecret")?,
            key_file: members.path("keyFile")?,
            key_bits: match members.integer("keyBits", 2048..=4096)?.unwrap_or(2048) {
                bits @ (2048 | 3072 | 4096) => bits,
                other => return Err(members.fault("keyBits", &format!("is {other}; it must be 2048, 3072 or 4096"))),
            },
            valid_days: members.integer("validDays", 1..=36_500)?.unwrap_or(365),
            replace: members.flag("replace")?.unwrap_or(true),
        })
    }

    fn run(self) -> Result<Value> {
        let mut request = CreateRequest::new(self.subject, self.pfx_file);
        request.password = self.password;
        request.key_file = self.key_file;
        request.key_bits = self.key_bits;
        request.valid_days = self.valid_days;
        request.replace = self.replace;
        certificate::create(&request, Timestamp::now()).map(|created| created.to_json())
    }
}

#[derive(Debug)]
struct Inspect {
    source: Source,
    password: Option<Secret>,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Bytes(Secret),
}

impl Inspect {
    fn read(members: &mut Members) -> Result<Self> {
        let source = match (members.path("certificateFile")?, members.secret("certificateSecret")?) {
            (Some(path), None) => Source::File(path),
            (None, Some(bytes)) => Source::Bytes(bytes),
            _ => return Err(Error::argument("exactly one of certificateFile and certificateSecret must be given")),
        };
        Ok(Self { source, password: members.secret("passwordSecret")? })
    }

    fn run(self) -> Result<Value> {
        let password = self.password.as_ref();
        let inspection = match self.source {
            Source::File(path) => certificate::inspect_file(&path, password),
            Source::Bytes(bytes) => certificate::inspect(bytes.bytes(), password, "the certificate given in memory"),
        };
        inspection.map(|inspection| inspection.to_json())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: &[&str] = &["subject", "pfxFile", "passwordSecret", "keyFile", "keyBits", "validDays", "replace"];
    const READ: &[&str] = &["certificateFile", "certificateSecret", "passwordSecret"];

    fn create(text: &str) -> Result<Create> {
        Create::read(&mut Members::parse(text, CREATE)?)
    }

    #[test]
    fn a_certificate_needs_a_subject_and_a_place() {
        assert!(create(r#"{"pfxFile":"a.pfx"}"#).unwrap_err().to_string().contains("subject is missing"));
        assert!(create(r#"{"subject":"a"}"#).unwrap_err().to_string().contains("pfxFile is missing"));
        let request = create(r#"{"subject":"a","pfxFile":"a.pfx"}"#).unwrap();
        assert_eq!((request.key_bits, request.valid_days, request.replace), (2048, 365, true));
    }

    #[test]
    fn odd_key_lengths_are_refused() {
        for bits in ["1024", "2049", "8192"] {
            let error = create(&format!(r#"{{"subject":"a","pfxFile":"b","keyBits":{bits}}}"#)).unwrap_err();
            assert!(error.to_string().contains("keyBits"), "{error}");
        }
    }

    #[test]
    fn one_source_is_needed() {
        let read = |text: &str| Inspect::read(&mut Members::parse(text, READ).unwrap());
        assert!(read("{}").unwrap_err().to_string().contains("exactly one of"));
        assert!(matches!(read(r#"{"certificateFile":"a"}"#).unwrap().source, Source::File(_)));
    }
}
