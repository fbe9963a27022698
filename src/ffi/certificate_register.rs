//! The certificates of an application, changed through Graph.

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::certificate::CertificateRegister;
use crate::Client;

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
    let call = Call { request, len, error };
    let prepare = |client: Client, request: CertificateRegister| {
        let request = request.request()?;
        Ok(move |context| async move { client.certificate_register(request, &context).await.map(Outcome::Plain) })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
