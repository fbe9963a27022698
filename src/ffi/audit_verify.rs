//! Finding out whether the audit of a plan is as it was written.

use super::call::Call;
use super::operation::{may_block, start};
use super::outcome::Outcome;
use super::requests::plan::AuditVerify;
use crate::client::Context;
use crate::runs::verify_audit;

/// Starts to find out whether an audit file of exrun_plan_apply is as it was written.
///
/// Request: `{"auditFile":path, "head"?, "format":"json"|"clixml"}`. Result: `{"isWhole", "fault":null|"NotAnAudit"|
/// "Changed"|"Removed"|"Reordered"|"Duplicated"|"CutOff"|"OtherHead", "line", "message", "tenant", "app", "plan", "made",
/// "closed":"Completed"|"Stopped"|null, "lines", "items", "outcomes":{name:number}, "head"}`: the first line that is not as
/// it was written, and the hash of the last that is. A chain that was written anew as a whole is whole: give the `head`
/// that was kept elsewhere.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
///         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
///         fail with EXRUN_ERROR_FILE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_audit_verify(request: *const u8, len: i64, operation: *mut i64, error: *mut i64) -> i32 {
    let call = Call { request, len, error };
    let prepare = |request: AuditVerify| {
        let (path, head) = request.request();
        Ok(move |context: Context| async move {
            let verified = may_block(move || verify_audit(&path, head.as_deref(), &context.cancel)).await?;
            Ok(Outcome::Plain(verified))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}
