//! Journals of runs: those of shards made one.

use std::path::PathBuf;

use super::json::Members;
use super::operation::{Call, may_block};
use super::outcome::Outcome;
use crate::client::Context;
use crate::error::Result;
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
    const MEMBERS: &[&str] = &["journals", "journal", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |members: &mut Members| {
        let (inputs, output) = read_request(members)?;
        Ok(move |context: Context| async move {
            let merged = may_block(move || merge_until(&inputs, &output, &context.cancel)).await?;
            Ok(Outcome::Plain(merged.to_json()))
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start(MEMBERS, prepare) }
}

/// The journals to be merged, and the new one.
fn read_request(members: &mut Members) -> Result<(Vec<PathBuf>, PathBuf)> {
    let inputs = members.texts("journals")?.unwrap_or_default();
    if inputs.is_empty() {
        return Err(members.fault("journals", "must name at least one journal"));
    }
    if inputs.iter().any(|path| path.trim().is_empty()) {
        return Err(members.fault("journals", "must not hold a blank path"));
    }
    if inputs.iter().any(|path| path.contains('\0')) {
        return Err(members.fault("journals", "must not hold a NUL"));
    }
    Ok((inputs.into_iter().map(PathBuf::from).collect(), members.required_path("journal")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<PathBuf>, PathBuf)> {
        read_request(&mut Members::parse(text, &["journals", "journal"])?)
    }

    #[test]
    fn both_ends_are_needed() {
        let refused = |text: &str| read(text).unwrap_err().to_string();
        assert!(refused(r#"{"journal":"all.db"}"#).contains("journals must name at least one"));
        assert!(refused(r#"{"journals":[],"journal":"all.db"}"#).contains("journals must name at least one"));
        assert!(refused(r#"{"journals":["a.db"," "],"journal":"all.db"}"#).contains("blank"));
        assert!(refused(r#"{"journals":["a\u0000.db"],"journal":"all.db"}"#).contains("journals must not hold a NUL"));
        assert!(refused(r#"{"journals":["a.db"]}"#).contains("journal is missing"));
        let (inputs, output) = read(r#"{"journals":["a.db","b.db"],"journal":"all.db"}"#).unwrap();
        assert_eq!((inputs, output), (vec!["a.db".into(), "b.db".into()], "all.db".into()));
    }
}
