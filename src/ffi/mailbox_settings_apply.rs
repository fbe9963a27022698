//! Writing the settings of one mailbox, and of many.

use serde_json::Value;

use super::json::Members;
use super::operation::Call;
use super::outcome::Outcome;
use super::run_request::{read_key, read_run, run_members};
use super::stream::start;
use crate::client::{RunRequest, SettingsWrite, WriteMode};
use crate::error::Result;

const MEMBERS: &[&str] = run_members!("settings", "ifDifferent", "dryRun", "undoFile", "key", "allowNull");

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
    // SAFETY: premises 1 and 2 of the module.
    unsafe {
        start(client, (request, len), (stream, error), read_request, |client, (request, write)| {
            client.apply_mailbox_settings(request, write)
        })
    }
}

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
    const MEMBERS: &[&str] = &["mailbox", "settings", "ifDifferent", "dryRun", "format"];
    let call = Call { request, len, operation, error };
    let prepare = |client: crate::Client, members: &mut Members| {
        let mailbox = members.required_text("mailbox")?;
        let settings = members.value("settings").unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let mode = read_mode(members)?;
        Ok(move |context| async move {
            client.update_mailbox_settings(&mailbox, &settings, mode, &context).await.map(Outcome::Plain)
        })
    };
    // SAFETY: the premises of the module.
    unsafe { call.start_for_client(client, MEMBERS, prepare) }
}

fn read_request(text: &str) -> Result<(RunRequest, SettingsWrite)> {
    let mut members = Members::parse(text, MEMBERS)?;
    let run = read_run(&mut members)?;
    let write = SettingsWrite {
        settings: members.value("settings"),
        mode: read_mode(&mut members)?,
        undo_file: members.path("undoFile")?,
        key: read_key(&mut members, &run)?,
        allow_null: members.flag("allowNull")?.unwrap_or(false),
    };
    Ok((run, write))
}

fn read_mode(members: &mut Members) -> Result<WriteMode> {
    Ok(WriteMode {
        if_different: members.flag("ifDifferent")?.unwrap_or(false),
        dry_run: members.flag("dryRun")?.unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_members_are_read_beside_those_of_every_run() {
        let (request, write) = read_request(
            r#"{"settings":{"timeZone":"UTC"},"ifDifferent":true,"dryRun":true,"undoFile":"undo.jsonl","shard":"1/2",
            "journal":"run.db","key":"Order","allowNull":true}"#,
        )
        .unwrap();
        assert_eq!(request.shard.unwrap().to_string(), "1/2");
        assert_eq!(write.settings, Some(serde_json::json!({"timeZone": "UTC"})));
        assert_eq!(write.mode, WriteMode { if_different: true, dry_run: true });
        assert!(write.allow_null);
        assert_eq!(write.undo_file.unwrap().to_str(), Some("undo.jsonl"));
        assert_eq!(write.key.as_deref(), Some("Order"));
        let (_, nothing) = read_request("").unwrap();
        assert_eq!((nothing.settings, nothing.mode, nothing.undo_file), (None, WriteMode::default(), None));
        assert!(read_request(r#"{"undofile":"x"}"#).unwrap_err().to_string().contains("the name is undoFile"));
    }
}
