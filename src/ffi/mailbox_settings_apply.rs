//! Writing the settings of many mailboxes.

use super::call::Call;
use super::requests::mailboxes::MailboxSettingsApply;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to write settings to mailboxes: one row for each mailbox, with the old and the new value of each setting.
///
/// Request: the members of every run (see docs/abi.md), and `{"settings":{...}, "ifDifferent":false,
/// "dryRun":false, "undoFile"?, "key"?, "allowNull":false}`. `settings` has the names and values of Microsoft Graph
/// ("Update user mailbox settings"), in any case; a line of input may hold its mailbox's own as `"@settings"`. Each
/// mailbox is read first; `ifDifferent` writes only what differs, `dryRun` nothing. Null and blank text are refused unless `allowNull`,
/// or `"@allowNull":true` of a line, says that they are meant. `undoFile` takes what was before, as input
/// of this same call. Rows: `{"MailboxName", "Outcome":"Changed"|"Unchanged"|"WouldChange"|"Failed",
/// "Changes":[{"Setting","From","To"}]}`.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log),
///         EXRUN_ERROR_FILE_EXISTS (the undo file)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_settings_apply(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MailboxSettingsApply>| {
            let (run, write) = request.request()?;
            client.mailbox_settings_apply(&run, &write)
        })
    }
}
