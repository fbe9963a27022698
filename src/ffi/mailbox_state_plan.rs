//! Comparing mailboxes with a wanted state.

use super::call::Call;
use super::requests::mailboxes::MailboxStatePlan;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to compare mailboxes with a wanted state (docs/state.md): one row for each difference.
///
/// Request: the members of every run (see docs/abi.md) and `{"state":{facet:{"mode":"ensure"|"exact"|"absent", "scope"?,
/// "items":[...]}, ...}, "includeEmpty":false, "planFile"?}`. What is wrong with the state is told before anything is sent.
/// Each facet of it is read of each mailbox, of several mailboxes in one request. Nothing is written to mailboxes; a plan
/// for exrun_plan_apply is written to `planFile`, which appears when the run is complete; it does not go with `journal`.
/// Rows: `{"MailboxName", "InDesiredState", "Facet", "Key", "Change":"Create"|"Change"|"Remove", "From", "To", "Blocked"}`;
/// `Blocked` says why nothing takes a difference away. A mailbox that is in the state has no row, or with `includeEmpty` one
/// whose `InDesiredState` is true.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log, the plan). The run may
///         end with any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_state_plan(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<MailboxStatePlan>| {
            client.mailbox_state_plan(&request.request()?)
        })
    }
}
