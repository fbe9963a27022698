//! Whose tenant a domain is.

use serde_json::json;

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::operation::TenantIdGet;
use crate::Client;

/// Starts to find the tenant of a domain. Needs no credential.
///
/// Request: `{"domain":"contoso.com", "format":"json"|"clixml"}`. Result: `{"tenantId":"GUID","issuer":"URL"}`.
///
/// @param client handle of a client, whose cloud and proxy are used
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with EXRUN_ERROR_TENANT_NOT_FOUND and with the
///         errors of service and transport
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_tenant_id_get(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: TenantIdGet| {
        Ok(move |context| async move {
            let found = client.tenant_id(&request.domain.0, &context).await?;
            Ok(Outcome::Plain(json!({"tenantId": found.tenant_id, "issuer": found.issuer})))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
