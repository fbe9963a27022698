//! Options, requests and input of the C ABI, as any caller may give them.

use std::ptr;

use exrun::ffi::bytes::exrun_bytes_free;
use exrun::ffi::client::{exrun_client_free, exrun_client_new};
use exrun::ffi::contact_sync_plan::exrun_contact_sync_plan;
use exrun::ffi::error::{exrun_error_free, exrun_error_json};
use exrun::ffi::event_sync_plan::exrun_event_sync_plan;
use exrun::ffi::json_read::exrun_json_read;
use exrun::ffi::mailbox_items_report::exrun_mailbox_items_report;
use exrun::ffi::mailbox_requests::exrun_mailbox_requests;
use exrun::ffi::mailbox_settings_apply::exrun_mailbox_settings_apply;
use exrun::ffi::mailbox_settings_report::exrun_mailbox_settings_report;
use exrun::ffi::mailbox_state_plan::exrun_mailbox_state_plan;
use exrun::ffi::stream::{
    exrun_stream_events, exrun_stream_finish_input, exrun_stream_free, exrun_stream_next, exrun_stream_progress,
    exrun_stream_push,
};
use serde_json::Value;

use super::mutation::{Inputs, fuzz};

const INTERNAL: i32 = -900;

fn length(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap()
}

/// What a call gave must be right whatever it was given: an error has its text, and no object came with it.
fn check(status: i32, handle: i64, error: i64) {
    assert_ne!(status, INTERNAL, "{}", error_text(error));
    assert_eq!(status < 0, error != 0, "{status}");
    assert_eq!(status < 0, handle == 0, "{status}");
    if error != 0 {
        let said: Value = serde_json::from_str(&error_text(error)).unwrap();
        assert_eq!(said["status"], status);
        assert!(said["message"].as_str().is_some_and(|message| !message.is_empty()), "{said}");
        assert_eq!(exrun_error_free(error), 0);
    }
}

fn error_text(error: i64) -> String {
    let (mut data, mut len) = (ptr::null_mut(), 0);
    // SAFETY: the outputs are valid for the call.
    if unsafe { exrun_error_json(error, &raw mut data, &raw mut len) } != 0 {
        return "no error".to_owned();
    }
    taken(data, len)
}

/// Bytes of the library as text, given back to it.
fn taken(data: *mut u8, len: i64) -> String {
    // SAFETY: the library gave so many bytes, and gets them back once.
    let text = unsafe {
        let bytes = std::slice::from_raw_parts(data, usize::try_from(len).unwrap()).to_vec();
        assert_eq!(exrun_bytes_free(data), 0);
        bytes
    };
    String::from_utf8(text).expect("what the library gives is UTF-8")
}

/// Where paths that an input names lead: a folder that goes with the process, and never to a network.
fn apart() {
    static APART: std::sync::Once = std::sync::Once::new();
    APART.call_once(|| {
        let folder = tempfile::tempdir().unwrap().keep();
        std::env::set_current_dir(folder).unwrap();
    });
}

fn client(options: &[u8]) -> i64 {
    let (mut client, mut error) = (0, 0);
    // SAFETY: pointers and length belong together, and the outputs are valid for the call.
    let status = unsafe { exrun_client_new(options.as_ptr(), length(options), &raw mut client, &raw mut error) };
    check(status, client, error);
    client
}

/// Nobody listens there, and a given token asks nobody.
fn offline() -> i64 {
    let folder = std::env::current_dir().unwrap();
    let token = folder.join("token");
    std::fs::write(&token, "eyJhbGciOiJub25lIn0.eyJleHAiOjF9.").unwrap();
    let options = serde_json::json!({
        "tenantId": super::support::TENANT, "clientId": super::support::APP, "maxTries": 1,
        "proxy": "http://127.0.0.1:9", "credential": {"federatedTokenFile": token}
    });
    client(options.to_string().as_bytes())
}

#[test]
fn options() {
    apart();
    let mut made = 0;
    fuzz("options", 20_000, Inputs::of("fuzz/abi"), |input| {
        let client = client(input);
        if client != 0 {
            made += 1;
            assert_eq!(exrun_client_free(client), 0);
        }
        let (mut data, mut len, mut error) = (ptr::null_mut(), 0, 0);
        // SAFETY: pointers and length belong together, and the outputs are valid for the call.
        let status =
            unsafe { exrun_json_read(input.as_ptr(), length(input), &raw mut data, &raw mut len, &raw mut error) };
        check(status, i64::from(!data.is_null()), error);
        if !data.is_null() {
            serde_json::from_str::<Value>(&taken(data, len)).unwrap();
        }
    });
    assert!(made > 10, "{made} clients: no input comes past the first check");
}

#[test]
fn requests_and_lines() {
    apart();
    let client = offline();
    assert_ne!(client, 0, "the client that all requests are made with");
    let mut started = 0;
    let mut lines = Inputs::of("fuzz/lines");
    let mut number = 0_u32;
    fuzz("requests", 600, Inputs::of("fuzz/abi"), |input| {
        let (mut stream, mut error) = (0, 0);
        let all = [
            exrun_mailbox_requests,
            exrun_mailbox_settings_apply,
            exrun_mailbox_settings_report,
            exrun_mailbox_items_report,
            exrun_mailbox_state_plan,
            exrun_contact_sync_plan,
            exrun_event_sync_plan,
        ];
        let start = all[usize::try_from(number).unwrap() % all.len()];
        number += 1;
        // SAFETY: pointers and length belong together, and the outputs are valid for the call.
        let status = unsafe { start(client, input.as_ptr(), length(input), &raw mut stream, &raw mut error) };
        check(status, stream, error);
        if stream != 0 {
            started += 1;
            drive(stream, &lines.next());
        }
    });
    assert_eq!(exrun_client_free(client), 0);
    assert!(started > 10, "{started} runs: no input comes past the first check");
}

/// Pushes lines, takes what comes of them, and leaves at some point of it.
fn drive(stream: i64, lines: &[u8]) {
    let (mut taken_bytes, mut error) = (0, 0);
    // SAFETY: pointers and length belong together, and the outputs are valid for the call.
    let status =
        unsafe { exrun_stream_push(stream, lines.as_ptr(), length(lines), &raw mut taken_bytes, &raw mut error) };
    check(status, i64::from(status >= 0), error);
    assert!((0..=length(lines)).contains(&taken_bytes));
    let mut error = 0;
    // SAFETY: the output is valid for the call.
    let status = unsafe { exrun_stream_finish_input(stream, &raw mut error) };
    check(status, i64::from(status >= 0), error);
    for _ in 0..3 {
        let (mut data, mut len, mut rows, mut error) = (ptr::null_mut(), 0, 0, 0);
        // SAFETY: the outputs are valid for the call.
        let status =
            unsafe { exrun_stream_next(stream, 20, 0, &raw mut data, &raw mut len, &raw mut rows, &raw mut error) };
        check(status, i64::from(status >= 0), error);
        if !data.is_null() {
            taken(data, len);
        }
    }
    for text in [exrun_stream_progress, exrun_stream_events] {
        let (mut data, mut len, mut error) = (ptr::null_mut(), 0, 0);
        // SAFETY: the outputs are valid for the call.
        let status = unsafe { text(stream, &raw mut data, &raw mut len, &raw mut error) };
        check(status, i64::from(status >= 0), error);
        if !data.is_null() {
            for line in taken(data, len).lines() {
                serde_json::from_str::<Value>(line).unwrap();
            }
        }
    }
    assert_eq!(exrun_stream_free(stream), 0);
}
