//! Writing the settings of one mailbox.

use serde_json::json;

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::mailboxes::MailboxSettingsUpdate;
use crate::Client;

/// Starts to write settings of one mailbox.
///
/// Request: `{"mailbox":"address or id", "settings":{...}, "ifDifferent":false, "dryRun":false,
/// "format":"json"|"clixml"}`, as for exrun_mailbox_settings_apply. Result: the row of that function.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on, and with
///         EXRUN_ERROR_INVALID_ARGUMENT for settings that cannot be written
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_settings_update(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: MailboxSettingsUpdate| {
        let mode = request.mode();
        let settings = request.settings.unwrap_or_else(|| json!({}));
        Ok(move |context| async move {
            let row = client.mailbox_settings_update(&request.mailbox.0, &settings, mode, &context).await?;
            Ok(Outcome::Plain(row))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
