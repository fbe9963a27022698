//! The certificates of an application, changed through Graph.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::json::Members;
use super::operation::Call;
use super::outcome::Outcome;
use crate::certificate::Certificate;
use crate::client::{ApplicationId, CertificateRegistration};
use crate::error::{Error, Result};

const MEMBERS: &[&str] = &["certificate", "displayName", "retire", "applicationObjectId", "applicationId", "format"];

/// Starts to add a certificate to an application through Microsoft Graph, and to remove others; keys that are
/// there are kept.
///
/// Request: `{"certificate":"base64 of the DER"?, "displayName"?, "retire":["SHA-1 in hex", ...]?,
/// "applicationObjectId" or "applicationId": GUID?, "format":"json"|"clixml"}`. Without an application it is that
/// of the client. Result: `{"id","appId","displayName","added":true,"retired":["..."],"keys":[{"keyId","thumbprint",
/// "displayName","startDateTime","endDateTime"}]}`. Needs the permission Application.ReadWrite.OwnedBy of an owner,
/// or Application.ReadWrite.All.
///
/// @param client handle of a client with credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CERTIFICATE_UNREADABLE. The operation may fail with any
///         EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_certificate_register(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let request = read_request(members)?;
        Ok(move |context| async move { client.register_certificate(request, &context).await.map(Outcome::Plain) })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

fn read_request(members: &mut Members) -> Result<CertificateRegistration> {
    let application = match (members.filled_text("applicationObjectId")?, members.filled_text("applicationId")?) {
        (Some(_), Some(_)) => {
            return Err(Error::argument("at most one of applicationObjectId and applicationId may be given"));
        }
        (Some(id), None) => Some(ApplicationId::Object(id)),
        (None, Some(id)) => Some(ApplicationId::App(id)),
        (None, None) => None,
    };
    let certificate = match members.filled_text("certificate")? {
        Some(text) => {
            let der = STANDARD.decode(text.trim());
            let der = der.map_err(|_| members.fault("certificate", "must be base64 of the certificate's DER"))?;
            Some(Certificate::from_der(&der)?)
        }
        None => None,
    };
    Ok(CertificateRegistration {
        application,
        certificate,
        display_name: members.filled_text("displayName")?,
        retire: members.texts("retire")?.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_the_member() {
        for (text, part) in [
            (r#"{"certificate":"?"}"#, "certificate must be base64"),
            (r#"{"applicationObjectId":"a","applicationId":"b"}"#, "at most one of"),
            (r#"{"retire":"x"}"#, "retire must be a list"),
        ] {
            let error = read_request(&mut Members::parse(text, MEMBERS).unwrap()).unwrap_err();
            assert!(error.to_string().contains(part), "{text}: {error}");
        }
    }
}
