//! Requests for many mailboxes.

use super::json::Members;
use super::run_request::{read_key, read_run, run_members};
use super::stream::start;
use crate::client::{Client, DoneWhen, MailboxRequests, Verify};
use crate::error::Result;

const MEMBERS: &[&str] =
    run_members!("method", "path", "body", "verify", "select", "headers", "key", "allowNull", "allowWholeMailbox");

/// Starts to send a request for each of many mailboxes: what a reply holds comes as rows.
///
/// Request: the members of every run, which docs/abi.md lists ("Streams"), and `{"method":"GET"|"POST"|"PATCH"|
/// "PUT"|"DELETE", "path":"messages?$top=5", "body"?, "verify"?:{"path":"...", "done":"found"|"notFound"},
/// "select"?:[...], "headers"?:{...}, "key"?, "allowNull":false, "allowWholeMailbox":false}`. The path is relative to
/// the mailbox; `{Name}` in it and in texts of the body stands for a member of the input object. `verify` is a GET that
/// finds out whether a POST was carried out whose answer never came. A null that nobody said is meant, and a write to
/// more than one thing in a mailbox, are refused (docs/abi.md). Push the mailboxes with exrun_stream_push and end them
/// with exrun_stream_finish_input, unless `"source"` names them; read rows with exrun_stream_next. A mailbox gives as many rows as its reply has elements, possibly none.
///
/// @param client handle of a client with a credential
/// @param request JSON object
/// @param len its length in bytes
/// @param stream receives the handle; free it with exrun_stream_free
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when it was started; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER,
///         EXRUN_ERROR_INVALID_LENGTH, EXRUN_ERROR_INVALID_UTF8, EXRUN_ERROR_INVALID_JSON,
///         EXRUN_ERROR_INVALID_ARGUMENT, EXRUN_ERROR_CREDENTIAL_MISSING, EXRUN_ERROR_FILE (the log)
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_mailbox_requests(
    client: i64,
    request: *const u8,
    len: i64,
    stream: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premises 1 and 2 of the module.
    unsafe { start(client, (request, len), (stream, error), read_request, Client::mailbox_requests) }
}

fn read_request(text: &str) -> Result<MailboxRequests> {
    let mut members = Members::parse(text, MEMBERS)?;
    let run = read_run(&mut members)?;
    Ok(MailboxRequests {
        method: members.required_text("method")?,
        path: members.text("path")?,
        body: members.value("body"),
        verify: read_verify(&mut members)?,
        select: members.texts("select")?.unwrap_or_default(),
        headers: members.text_pairs("headers")?.unwrap_or_default(),
        allow_null: members.flag("allowNull")?.unwrap_or(false),
        allow_whole_mailbox: members.flag("allowWholeMailbox")?.unwrap_or(false),
        key: read_key(&mut members, &run)?,
        run,
    })
}

/// Reads how an unknown outcome is looked up.
fn read_verify(members: &mut Members) -> Result<Option<Verify>> {
    let Some(mut verify) = members.object("verify", &["path", "done"])? else { return Ok(None) };
    let path = verify.required_text("path")?;
    let done = verify.choice("done", &DoneWhen::NAMES)?;
    let done = done.ok_or_else(|| verify.fault("done", "is missing"))?;
    Ok(Some(Verify { path, done }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_member_is_read() {
        let request = read_request(
            r#"{"format":"clixml","method":"POST","path":"sendMail","body":{"a":[1]},"select":["id"],
            "headers":{"Prefer":"x"},"journal":"run.db","key":"Order","verify":{"path":"events/{Id}","done":"notFound"},
            "allowNull":true,"allowWholeMailbox":true}"#,
        )
        .unwrap();
        assert_eq!((request.method.as_str(), request.path.as_deref()), ("POST", Some("sendMail")));
        assert_eq!((request.body, request.select), (Some(json!({"a": [1]})), vec!["id".to_owned()]));
        assert_eq!(request.verify, Some(Verify { path: "events/{Id}".into(), done: DoneWhen::NotFound }));
        assert_eq!(request.headers, [("Prefer".to_owned(), "x".to_owned())]);
        assert_eq!(request.run.report.format, crate::rows::Format::Clixml);
        assert_eq!(request.key.as_deref(), Some("Order"));
        assert!(request.allow_null && request.allow_whole_mailbox);
    }

    #[test]
    fn faults_name_the_member() {
        for (text, part) in [
            ("{}", "method is missing"),
            (r#"{"method":"GET","headers":{"a":1}}"#, "headers.a must be a string"),
            (r#"{"method":"GET","headers":[]}"#, "headers must be an object"),
            (r#"{"method":"POST","verify":"x"}"#, "verify must be an object"),
            (r#"{"method":"POST","verify":{"path":"x"}}"#, "verify.done is missing"),
            (r#"{"method":"POST","verify":{"done":"found"}}"#, "verify.path is missing"),
            (r#"{"method":"POST","verify":{"path":"x","done":"gone"}}"#, "verify.done must be one of found, notFound"),
            (r#"{"method":"GET","columns":[]}"#, "columns is unknown"),
            (r#"{"method":"POST","key":"Order"}"#, "key needs journal"),
            (r#"{"method":"POST","key":" ","journal":"x"}"#, "key"),
        ] {
            let error = read_request(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
