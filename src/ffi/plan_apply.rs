//! Doing plans of changes.

use super::call::Call;
use super::requests::plan::PlanApply;
use super::requests::run::Run;
use super::stream::start_for_client;

/// Starts to do a plan of changes (docs/plans.md): what it holds and nothing else, one row for each of its lines.
///
/// Request: the members of every run (see docs/abi.md) but `source`, and `{"plan":path, "dryRun":false, "undoPlan"?,
/// "auditFile"?}`. All of the plan is read before anything is sent: a line that cannot be done is refused by its number, and
/// so is a plan of another tenant than the token's, and one of more than `maximum` lines, which must be given where the plan
/// takes things away. For each line what is there is read, and the change is sent only where that is what it was planned
/// from. Rows: `{"MailboxName", "Facet", "Key", "Change":"Create"|"Change"|"Remove", "Outcome":"Done"|"Unchanged"|
/// "AlreadyGone"|"Drifted"|"WouldDo"|"Failed"|"OutcomeUnknown", "Line"}`. The stream takes no input.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log),
///         EXRUN_ERROR_FILE_EXISTS (the undo plan, the audit file). The run may end with
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_FILE (the plan),
///         EXRUN_ERROR_TENANT_MISMATCH and any EXRUN_ERROR_* from -100 on
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_plan_apply(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start_for_client(client, call, stream, |client, request: Run<PlanApply>| {
            let (run, apply) = request.request()?;
            client.plan_apply(&run, &apply)
        })
    }
}
