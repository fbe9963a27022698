//! Journals of runs: those of shards made one.

use super::call::Call;
use super::operation::{may_block, start};
use super::outcome::Outcome;
use super::requests::journal::JournalMerge;
use crate::client::Context;
use crate::store::merge_until;

/// Starts to make one journal of those of one run's shards. A run without a shard resumes the result.
///
/// Request: `{"journals":[path,...], "journal":path, "format":"json"|"clixml"}`. Result:
/// `{"rows","failed","intents","duplicates"}`: rows recorded, those of failures among them, intents without an
/// outcome, and what was left out because another journal had the same line (a success comes before an intent,
/// an intent before a failure). The journals keep their content. The new one is written beside its
/// place and moved there when it is complete.
///
/// @param request JSON object
/// @param len its length in bytes
/// @param operation receives the handle; free it with exrun_operation_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH,
///         EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON, EXRUN_ERROR_INVALID_ARGUMENT. The operation may
///         fail with EXRUN_ERROR_INVALID_ARGUMENT for a journal named twice, EXRUN_ERROR_FILE_EXISTS,
///         EXRUN_ERROR_JOURNAL_MISMATCH for journals of different runs, EXRUN_ERROR_JOURNAL_IN_USE,
///         EXRUN_ERROR_JOURNAL
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_journal_merge(
    request: *const u8,
    len: i64,
    operation: *mut i64,
    error: *mut i64,
) -> i32 {
    let call = Call { request, len, error };
    let prepare = |request: JournalMerge| {
        let (inputs, output) = request.request()?;
        Ok(move |context: Context| async move {
            let merged = may_block(move || merge_until(&inputs, &output, &context.cancel)).await?;
            Ok(Outcome::Plain(merged.to_json()))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { start(call, operation, prepare) }
}
