//! Comparing a folder of mailboxes with a list of contacts.

use super::call::Call;
use super::requests::run::Run;
use super::requests::sync::ContactSyncPlan;
use super::stream::start_for_client;

/// Starts to compare a folder of contacts of mailboxes with a list (docs/jobs.md): one row for each difference.
///
/// Request: the members of every run (see docs/abi.md) and `{"contacts":[{...}]|"contactsFile"|"fromGroup", "folder",
/// "keyColumn"?, "photoFolder"?, "photos":false, "removeOthers":false, "allowEmpty":false, "includeEmpty":false,
/// "planFile"?}`. Each contact is known by a key that it carries, so that another name or address is a change; contacts of
/// the folder without such a key are left alone unless `removeOthers` says otherwise. Nothing is written to mailboxes; a
/// plan for exrun_plan_apply is written to `planFile`, and photos that it names to a folder beside it. Rows as of
/// exrun_mailbox_state_plan.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the list, the log, the plan).
///         The run may end with any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_contact_sync_plan(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<ContactSyncPlan>| {
            client.contact_sync_plan(&request.request()?)
        })
    }
}
