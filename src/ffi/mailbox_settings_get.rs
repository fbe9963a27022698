//! The settings of one mailbox.

use super::call::Call;
use super::operation::start_for_client;
use super::outcome::Outcome;
use super::requests::mailboxes::{MailboxSettingsGet, Part};
use crate::Client;

/// Starts to read the settings of one mailbox.
///
/// Request: `{"mailbox":"address or id", "part":null, "names":"camel"|"pascal", "format":"json"|"clixml"}`.
/// `part` is `timeZone`, `automaticRepliesSetting`, `language`, `workingHours`, `userPurpose`, `dateFormat`,
/// `timeFormat`, `archiveFolder` or `delegateMeetingMessageDeliveryOptions`. `names`: as Graph gives members and
/// values, or as Outlook REST gave them. Result: the JSON of the settings or of the part.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT. The operation may fail with any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_settings_get(
    client: i64,
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |client: Client, request: MailboxSettingsGet| {
        let part = request.part.map(Part::segment);
        Ok(move |context| async move {
            let settings = client.mailbox_settings(&request.mailbox.0, part, request.names.into(), &context).await?;
            Ok(Outcome::Plain(settings))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start_for_client(client, call, operation, prepare) }
}
