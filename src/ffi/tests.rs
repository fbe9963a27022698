//! The exported functions, called as a program in another language calls them: inputs of exactly their length, places
//! that are not aligned, everything given back. Under Miri (`cargo xtask sanitize miri`) each of their accesses is judged.

use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::thread;

use serde_json::{Value, json};

use super::bytes::exrun_bytes_free;
use super::client::{exrun_client_free, exrun_client_new};
use super::error::{exrun_error_free, exrun_error_json};
use super::json_read::exrun_json_read;
use super::operation::{
    OPERATIONS, exrun_operation_cancel, exrun_operation_events, exrun_operation_free, exrun_operation_take,
    exrun_operation_wait,
};
use super::outcome::Outcome;
use super::secret::{exrun_secret_free, exrun_secret_new, exrun_secret_read};
use super::signature::{exrun_signature_decline, exrun_signature_provide, exrun_signature_request};
use super::status::State;
use super::stream::{
    exrun_stream_cancel, exrun_stream_events, exrun_stream_finish_input, exrun_stream_free, exrun_stream_next,
    exrun_stream_progress, exrun_stream_push, tests::register_echo,
};
use super::token::exrun_token_decode;
use super::version::{exrun_abi_version, exrun_open_handles, exrun_version};
use crate::error::{Error, Result, Status};
use crate::signature::{Algorithm, Answer};

/// Room for one value, at an address that no type of its size would have.
struct Place<T> {
    room: Box<[u8]>,
    value: std::marker::PhantomData<T>,
}

impl<T: Copy> Place<T> {
    /// Filled with what nobody may take for a result.
    fn new() -> Self {
        Self { room: vec![0xA5; size_of::<T>() + 1].into(), value: std::marker::PhantomData }
    }

    fn pointer(&mut self) -> *mut T {
        let odd = self.room.as_ptr().addr().is_multiple_of(align_of::<T>());
        self.room.as_mut_ptr().wrapping_add(usize::from(odd && align_of::<T>() > 1)).cast()
    }

    fn get(&mut self) -> T {
        // SAFETY: within the room, and written by each call at its beginning.
        unsafe { self.pointer().read_unaligned() }
    }
}

/// Calls what gives a handle.
fn handle(call: impl FnOnce(*mut i64, *mut i64) -> i32) -> Result<i64, Value> {
    let (mut made, mut error) = (Place::<i64>::new(), Place::<i64>::new());
    let status = call(made.pointer(), error.pointer());
    if status < 0 {
        assert_eq!(made.get(), 0, "an output of a call that failed");
        return Err(failure(status, error.get()));
    }
    assert_eq!(error.get(), 0);
    Ok(made.get())
}

/// Calls what gives bytes, writes into them as their owner may, and gives them back.
fn bytes(call: impl FnOnce(*mut *mut u8, *mut i64, *mut i64) -> i32) -> Result<(i32, Vec<u8>), Value> {
    let (mut data, mut len, mut error) = (Place::<*mut u8>::new(), Place::<i64>::new(), Place::<i64>::new());
    let status = call(data.pointer(), len.pointer(), error.pointer());
    let (data, len) = (data.get(), usize::try_from(len.get()).unwrap());
    if status != 0 {
        assert!(data.is_null() && len == 0, "an output of a call that gave nothing");
        return if status < 0 { Err(failure(status, error.get())) } else { Ok((status, Vec::new())) };
    }
    // SAFETY: given by the library, and not given back yet.
    let given = unsafe { std::slice::from_raw_parts_mut(data, len) };
    let copy = given.to_vec();
    given.fill(0);
    // SAFETY: as above, and never used again.
    assert_eq!(unsafe { exrun_bytes_free(data) }, 0);
    Ok((status, copy))
}

fn text(call: impl FnOnce(*mut *mut u8, *mut i64, *mut i64) -> i32) -> Result<String, Value> {
    bytes(call).map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

/// Reads the error of a call, twice, and frees it.
fn failure(status: i32, error: i64) -> Value {
    // SAFETY: the places are those of `bytes`.
    let read = || text(|data, len, _| unsafe { exrun_error_json(error, data, len) }).unwrap();
    let object: Value = serde_json::from_str(&read()).unwrap();
    assert_eq!(object["status"], status);
    assert_eq!(read(), object.to_string());
    assert_eq!(exrun_error_free(error), 0);
    assert_eq!(exrun_error_free(error), Status::InvalidHandle.code());
    object
}

/// A copy with nothing behind it: one byte too far is outside of what was allocated.
fn exact(bytes: &[u8]) -> (Box<[u8]>, i64) {
    let copy: Box<[u8]> = bytes.into();
    let len = i64::try_from(copy.len()).unwrap();
    (copy, len)
}

fn secret(value: &[u8]) -> i64 {
    let (given, len) = exact(value);
    // SAFETY: readable for its length.
    handle(|secret, error| unsafe { exrun_secret_new(given.as_ptr(), len, secret, error) }).unwrap()
}

#[test]
fn versions_are_numbers_and_texts() {
    assert_eq!(exrun_abi_version(), 1);
    // SAFETY: the places are those of `bytes`.
    assert!(text(|data, len, error| unsafe { exrun_version(data, len, error) }).unwrap().contains('.'));
    // SAFETY: as above.
    let handles = text(|data, len, error| unsafe { exrun_open_handles(data, len, error) }).unwrap();
    assert!(serde_json::from_str::<Value>(&handles).unwrap()["bytes"].is_u64(), "{handles}");
}

#[test]
fn a_secret_is_copied_read_and_freed() {
    for value in [&b"hunter2\0\xFF"[..], b"", &[7; 70_000]] {
        let secret = secret(value);
        // SAFETY: the places are those of `bytes`.
        let read = || bytes(|data, len, error| unsafe { exrun_secret_read(secret, data, len, error) });
        assert_eq!(read().unwrap().1, value);
        assert_eq!(read().unwrap().1, value);
        assert_eq!(exrun_secret_free(secret), 0);
        assert_eq!(read().unwrap_err()["name"], "InvalidHandle");
        assert_eq!(exrun_secret_free(secret), Status::InvalidHandle.code());
    }
}

#[test]
fn lengths_and_places_that_cannot_be_are_refused_before_anything_is_read() {
    let byte = Box::new(7_u8);
    for (data, len, name) in [
        (null(), 1, "NullPointer"),
        (null(), i64::MIN, "NullPointer"),
        (&raw const *byte, -1, "InvalidLength"),
        (&raw const *byte, i64::MAX, "InvalidLength"),
        (&raw const *byte, (64 << 20) + 1, "InvalidLength"),
    ] {
        // SAFETY: a length that cannot be is not read, which this tries.
        let refused = handle(|secret, error| unsafe { exrun_secret_new(data, len, secret, error) }).unwrap_err();
        assert_eq!(refused["name"], name, "{len}");
    }
    // SAFETY: null is allowed for every place; nothing is given where a place is missing.
    unsafe {
        assert_eq!(exrun_secret_new(&raw const *byte, 1, null_mut(), null_mut()), Status::NullPointer.code());
        assert_eq!(exrun_version(null_mut(), null_mut(), null_mut()), Status::NullPointer.code());
        let mut len = Place::<i64>::new();
        assert_eq!(exrun_version(null_mut(), len.pointer(), null_mut()), Status::NullPointer.code());
        assert_eq!(len.get(), 0);
        let mut data = Place::<*mut u8>::new();
        assert_eq!(exrun_version(data.pointer(), null_mut(), null_mut()), Status::NullPointer.code());
        assert!(data.get().is_null());
        assert_eq!(exrun_error_json(0, null_mut(), null_mut()), Status::NullPointer.code());
        assert_eq!(exrun_bytes_free(null_mut()), 0);
    }
}

#[test]
fn bytes_that_the_library_did_not_give_are_left_alone() {
    let mut own = Box::new([1_u8, 2]);
    // SAFETY: the function looks the address up, and never at what lies there.
    unsafe {
        assert!(exrun_bytes_free(own.as_mut_ptr()) < 0);
        assert!(exrun_bytes_free(std::ptr::without_provenance_mut(0x1000)) < 0);
    }
    assert_eq!(*own, [1, 2]);
}

#[test]
fn what_is_answered_at_once_is_answered_or_refused() {
    let ask = |request: &[u8]| {
        let (request, len) = exact(request);
        // SAFETY: readable for its length; the places are those of `bytes`.
        text(|data, data_len, error| unsafe { exrun_json_read(request.as_ptr(), len, data, data_len, error) })
    };
    let asked = json!({ "text": r#"{"a":[1,"\u00fc"]}"#, "format": "json" }).to_string();
    assert_eq!(ask(asked.as_bytes()).unwrap(), r#"{"a":[1,"ü"]}"#);
    assert_eq!(ask(br#"{"text":"{'a':1}"}"#).unwrap_err()["name"], "InvalidJson");
    assert_eq!(ask(b"{\"text\":\"\xC3").unwrap_err()["name"], "InvalidUtf8");
    assert_eq!(ask(b"").unwrap_err()["status"].as_i64().map(i64::signum), Some(-1));

    let token = secret(b"eyJhbGciOiJub25lIn0.eyJhIjoxfQ.");
    let (request, len) = exact(json!({ "tokenSecret": token }).to_string().as_bytes());
    // SAFETY: as above.
    let decoded = text(|data, out, error| unsafe { exrun_token_decode(request.as_ptr(), len, data, out, error) });
    assert!(decoded.as_ref().is_ok_and(|claims| claims.contains("\"a\"")), "{decoded:?}");
    assert_eq!(exrun_secret_free(token), 0);
}

fn client() -> i64 {
    // SAFETY: no bytes at all stand for no options.
    handle(|client, error| unsafe { exrun_client_new(null(), 0, client, error) }).unwrap()
}

/// Waits, as a host does, until the operation is in another state than pending.
fn settled(operation: i64) -> i32 {
    loop {
        let mut error = Place::<i64>::new();
        // SAFETY: the place outlives the call.
        match unsafe { exrun_operation_wait(operation, 1000, error.pointer()) } {
            status if status == State::Pending.code() => {}
            status if status < 0 => {
                return failure(status, error.get())["status"].as_i64().unwrap().try_into().unwrap();
            }
            state => return state,
        }
    }
}

fn take(operation: i64) -> Result<String, Value> {
    // SAFETY: the places are those of `bytes`.
    text(|data, len, error| unsafe { exrun_operation_take(operation, data, len, error) })
}

#[test]
fn an_operation_ends_and_is_taken_once() {
    let work = |_| async { Ok(Outcome::Plain(json!("ready"))) };
    let operation = super::operation::begin(None, crate::rows::Format::Json, work).unwrap();
    assert_eq!(settled(operation), State::Ok.code());
    assert_eq!(take(operation).unwrap(), r#""ready""#);
    assert_eq!(take(operation).unwrap_err()["name"], "AlreadyTaken");
    // SAFETY: the places are those of `bytes`.
    text(|data, len, error| unsafe { exrun_operation_events(operation, data, len, error) }).unwrap();
    assert_eq!(exrun_operation_free(operation), 0);
    assert_eq!(exrun_operation_free(operation), Status::InvalidHandle.code());
}

#[test]
#[cfg_attr(miri, ignore = "a client has a connector for TLS, which is C")]
fn an_operation_asks_for_a_signature_and_ends() {
    let client = client();
    let asking = super::client::CLIENTS.get(client).unwrap();
    let work = move |_| async move {
        match asking.signatures().ask(Algorithm::Ps256, [9; 32], "AB").await? {
            Answer::Signature(bytes) => Ok(Outcome::Plain(json!(bytes.len()))),
            Answer::Declined => Err(Error::argument("declined")),
        }
    };
    let of_client = super::client::CLIENTS.get(client).unwrap();
    for signature in [Some(&[1_u8; 256][..]), None] {
        let operation =
            super::operation::begin(Some(of_client.clone()), crate::rows::Format::Json, work.clone()).unwrap();
        assert_eq!(settled(operation), State::NeedsSignature.code());
        // SAFETY: the places are those of `bytes`.
        let request = text(|data, len, error| unsafe { exrun_signature_request(client, data, len, error) }).unwrap();
        let request: Value = serde_json::from_str(&request).unwrap();
        let id = request["id"].as_i64().unwrap();
        // On another thread than the one that waits, as a host with a key service does.
        thread::spawn(move || match signature {
            Some(bytes) => {
                let (bytes, len) = exact(bytes);
                // SAFETY: readable for its length.
                assert_eq!(unsafe { exrun_signature_provide(client, id, bytes.as_ptr(), len, null_mut()) }, 0);
            }
            // SAFETY: null is allowed.
            None => assert_eq!(unsafe { exrun_signature_decline(client, id, null_mut()) }, 0),
        });
        while settled(operation) == State::NeedsSignature.code() {}
        match signature {
            Some(_) => assert_eq!(take(operation).unwrap(), "256"),
            None => assert_eq!(take(operation).unwrap_err()["message"], "declined"),
        }
        assert_eq!(exrun_operation_free(operation), 0);
    }
    assert_eq!(exrun_client_free(client), 0);
    assert_eq!(exrun_client_free(client), Status::InvalidHandle.code());
}

#[test]
fn a_free_on_another_thread_ends_a_wait() {
    for cancelled in [false, true] {
        let never = |_| std::future::pending::<Result<Outcome>>();
        let operation = super::operation::begin(None, crate::rows::Format::Json, never).unwrap();
        let waiter = thread::spawn(move || settled(operation));
        if cancelled {
            // SAFETY: null is allowed.
            assert_eq!(unsafe { exrun_operation_cancel(operation, null_mut()) }, 0);
            assert_eq!(waiter.join().unwrap(), 0);
            assert_eq!(exrun_operation_free(operation), 0);
        } else {
            assert_eq!(exrun_operation_free(operation), 0);
            // The waiter comes before the free, or finds the handle gone.
            assert!(waiter.join().unwrap() < 0);
        }
        assert!(OPERATIONS.get(operation).is_err());
    }
}

#[test]
fn rows_are_pushed_by_one_thread_and_read_by_two() {
    let stream = register_echo();
    let readers: Vec<_> = (0..2)
        .map(|_| {
            thread::spawn(move || {
                let mut rows = Vec::new();
                loop {
                    let mut count = Place::<i32>::new();
                    let place = count.pointer();
                    // SAFETY: the places outlive the call.
                    let read = |data, len, error| unsafe { exrun_stream_next(stream, 20, 0, data, len, place, error) };
                    match bytes(read).unwrap() {
                        (0, data) => {
                            assert_eq!(count.get(), i32::try_from(data.len()).unwrap());
                            rows.extend(data);
                        }
                        (state, _) if state == State::End.code() => return rows,
                        (state, _) => assert_eq!((state, count.get()), (State::Pending.code(), 0)),
                    }
                }
            })
        })
        .collect();
    for part in 0..8_u8 {
        let (lines, len) = exact(&[part; 8]);
        // SAFETY: readable for its length.
        let taken = handle(|taken, error| unsafe { exrun_stream_push(stream, lines.as_ptr(), len, taken, error) });
        assert_eq!(taken.unwrap(), 8);
    }
    // SAFETY: the places are those of `bytes`; null is allowed.
    unsafe {
        text(|data, len, error| exrun_stream_progress(stream, data, len, error)).unwrap();
        text(|data, len, error| exrun_stream_events(stream, data, len, error)).unwrap();
        assert_eq!(exrun_stream_finish_input(stream, null_mut()), 0);
    }
    let mut rows: Vec<u8> = readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
    rows.sort_unstable();
    assert_eq!(rows, (0..8_u8).flat_map(|part| [part; 8]).collect::<Vec<_>>());
    // SAFETY: null is allowed.
    assert_eq!(unsafe { exrun_stream_cancel(stream, null_mut()) }, 0);
    assert_eq!(exrun_stream_free(stream), 0);
    assert_eq!(exrun_stream_free(stream), Status::InvalidHandle.code());
}

#[test]
fn handles_are_used_and_freed_by_many_threads() {
    let (given, len) = exact(b"shared");
    let given: Arc<[u8]> = given.into();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let given = Arc::clone(&given);
            thread::spawn(move || {
                for _ in 0..8 {
                    // SAFETY: readable for its length; nobody writes to it.
                    let make = |secret, error| unsafe { exrun_secret_new(given.as_ptr(), len, secret, error) };
                    let secret = handle(make).unwrap();
                    // SAFETY: the places are those of `bytes`.
                    let read = bytes(|data, len, error| unsafe { exrun_secret_read(secret, data, len, error) });
                    assert_eq!(read.unwrap().1, b"shared");
                    assert_eq!(exrun_secret_free(secret), 0);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
