//! Work with many rows.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::boundary::{Kind, Out, OutBytes, Registry, caught, guard, input};
use super::call::Call;
use super::client::CLIENTS;
use super::operation::wait_time;
use super::requests::Members;
use super::status::State;
use crate::cancel::Signal;
use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::rows::stream::{MOST_BATCH, USUAL_BATCH};
use crate::rows::{Next, RowStream};
use crate::sync::AtomicBool;

/// The streams that callers hold.
pub(super) static STREAMS: Registry<Arc<Stream>> = Registry::new(Kind::Stream);

/// While a caller waits the run is looked at this often even if nothing changes: a stream that pauses when
/// nobody touches it must not take a caller who waits for absent.
const SIGN_OF_LIFE: Duration = Duration::from_millis(100);

/// Rows that gather are looked at so often.
const GATHER_STEP: Duration = Duration::from_millis(10);

/// A run, what is notified when it has rows, and the client whose signature requests the waiter has to answer.
pub(super) struct Stream {
    rows: Arc<dyn RowStream>,
    signal: Arc<Signal>,
    client: Option<Client>,
    freed: AtomicBool,
    /// Rows that were given.
    given: AtomicUsize,
    /// How giving rows panicked: those that it had taken are lost, and none may follow as if they had never been.
    broken: OnceLock<Error>,
}

struct Batch {
    data: Vec<u8>,
    rows: i32,
}

/// Starts a run of a client.
///
/// # Safety
///
/// The pointers are those of an exported function: the premises of [`super`].
pub(super) unsafe fn start_for_client<R: Members>(
    client: i64,
    call: Call,
    stream: *mut i64,
    begin: impl FnOnce(&Client, R) -> Result<Arc<dyn RowStream>>,
) -> i32 {
    let make = |request: R| {
        let client = CLIENTS.get(client)?;
        Ok(Stream::new(begin(&client, request)?, client))
    };
    // SAFETY: the premise of this function.
    unsafe { start(call, stream, make) }
}

/// Makes a stream of a request.
///
/// # Safety
///
/// As for [`start_for_client`].
pub(super) unsafe fn start<R: Members>(call: Call, stream: *mut i64, make: impl FnOnce(R) -> Result<Stream>) -> i32 {
    // SAFETY: the premise of this function.
    unsafe { call.start("stream", stream, |request| STREAMS.insert(Arc::new(make(request)?))) }
}

impl Stream {
    fn new(rows: Arc<dyn RowStream>, client: Client) -> Self {
        let signal = Arc::clone(client.signal());
        Self { client: Some(client), ..Self::without_client(rows, signal) }
    }

    /// A stream that signs in nowhere.
    pub(super) fn without_client(rows: Arc<dyn RowStream>, signal: Arc<Signal>) -> Self {
        Self {
            rows,
            signal,
            client: None,
            freed: AtomicBool::new(false),
            given: AtomicUsize::new(0),
            broken: OnceLock::new(),
        }
    }

    /// The next batch, or the state that says why there is none. Two callers at once take turns by the lock of
    /// the run: each batch goes to one of them.
    fn next(&self, timeout: Duration, max_rows: usize) -> Result<Result<Batch, State>> {
        let deadline = Instant::now() + timeout;
        self.gather(max_rows, deadline, thread::sleep);
        loop {
            let seen = self.signal.epoch();
            if self.freed.load(Ordering::Acquire) {
                return Err(Error::new(Status::Cancelled, "the stream was freed during this call"));
            }
            match self.next_batch(max_rows)? {
                Next::Batch { data, rows } => {
                    self.given.fetch_add(rows, Ordering::Relaxed);
                    let rows = i32::try_from(rows).map_err(|_| Error::internal("more rows than an int32 can count"))?;
                    return Ok(Ok(Batch { data, rows }));
                }
                Next::End => return Ok(Err(State::End)),
                Next::Pending => {}
            }
            // After the rows that are ready, which need no signature any more.
            if self.client.as_ref().is_some_and(|client| client.signatures().pending().is_some()) {
                return Ok(Err(State::NeedsSignature));
            }
            if !self.signal.wait(seen, deadline.min(Instant::now() + SIGN_OF_LIFE)) && Instant::now() >= deadline {
                return Ok(Err(State::Pending));
            }
        }
    }

    /// Lets rows gather for a moment, in a run that is past its beginning: not where as many are there as are wanted, and
    /// no longer than more of them come.
    fn gather(&self, max_rows: usize, deadline: Instant, sleep: impl Fn(Duration)) {
        let patience = self.rows.gathers_for();
        if patience.is_zero() || self.given.load(Ordering::Relaxed) < USUAL_BATCH {
            return;
        }
        let wanted = if max_rows == 0 { USUAL_BATCH } else { max_rows };
        let steps = patience.as_millis().div_ceil(GATHER_STEP.as_millis());
        let mut ready = self.rows.ready();
        for _ in 0..steps {
            let left = deadline.saturating_duration_since(Instant::now()).min(patience).min(GATHER_STEP);
            if ready >= wanted || left.is_zero() || self.freed.load(Ordering::Acquire) {
                return;
            }
            sleep(left);
            let before = std::mem::replace(&mut ready, self.rows.ready());
            if ready == before && ready > 0 {
                return;
            }
        }
    }

    /// The run's next rows; once that has panicked, never any.
    fn next_batch(&self, max_rows: usize) -> Result<Next> {
        if let Some(error) = self.broken.get() {
            return Err(error.clone());
        }
        caught(|| self.rows.next_batch(max_rows)).unwrap_or_else(|error| {
            self.rows.cancel();
            Err(self.broken.get_or_init(|| error).clone())
        })
    }

    fn cancel(&self) {
        self.rows.cancel();
        self.signal.notify();
    }

    /// Stops the run and ends the waits of other threads.
    fn free(&self) {
        self.freed.store(true, Ordering::Release);
        self.cancel();
    }
}

/// Rows that a call may ask for.
fn rows_wanted(max_rows: i32) -> Result<usize> {
    usize::try_from(max_rows)
        .map(|rows| rows.min(MOST_BATCH))
        .map_err(|_| Error::argument(format!("max_rows is {max_rows}; it must not be negative")))
}

/// Gives input to a stream: JSON Lines, each line ended by a newline.
///
/// Never waits. Takes whole lines, as many as fit; the caller gives the rest again later, and where 0 bytes
/// were taken calls exrun_stream_next first. A last line without its newline is not taken.
///
/// @param stream handle of a stream
/// @param lines the lines; may be null when `len` is 0
/// @param len their length in bytes, 0 to 67,108,864
/// @param taken receives how many bytes were taken
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INPUT_FINISHED after exrun_stream_finish_input; EXRUN_ERROR_INVALID_ARGUMENT for
///         a line over 1 MiB; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_INVALID_LENGTH;
///         else what stopped the whole run, as exrun_stream_next says it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_push(
    stream: i64,
    lines: *const u8,
    len: i64,
    taken: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (taken, error) = unsafe { (Out::new(taken, "taken"), Out::new(error, "error")) };
    guard(error, || {
        let taken = taken.required()?;
        let stream = STREAMS.get(stream)?;
        // SAFETY: premise 1 of the module.
        let lines = unsafe { input::bytes(lines, len, "lines") }?;
        let count = stream.rows.push(lines)?;
        taken.set(i64::try_from(count).map_err(|_| Error::internal("more bytes taken than given"))?);
        Ok(State::Ok)
    })
}

/// Says that no input follows. May be repeated.
///
/// @param stream handle of a stream
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_finish_input(stream: i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || {
        let stream = STREAMS.get(stream)?;
        stream.rows.finish_input();
        // A run without rows ends here, and somebody may wait for that.
        stream.signal.notify();
        Ok(State::Ok)
    })
}

/// Gives the next rows, waiting for them at most the time given.
///
/// A batch holds whole rows. Who calls again is done with those before: a run that writes gets no further ahead of
/// them than what is in flight, and starts nothing while nobody calls for 250 ms. Several threads may call at once:
/// each batch goes to one of them. A free of the stream ends every such call with EXRUN_ERROR_CANCELLED.
///
/// @param stream handle of a stream
/// @param timeout_ms milliseconds, taken as 0 to 1,000
/// @param max_rows most rows to give, at most 4,096; 0: as the library sees fit
/// @param data receives the rows in the format that the request named; free it with exrun_bytes_free. Null
///        unless EXRUN_OK is returned
/// @param len receives their length in bytes
/// @param rows receives how many rows there are
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK with rows, or with failures alone where the rows go to a file; EXRUN_PENDING when none came in
///         time; EXRUN_END after the last, and every time after; EXRUN_NEEDS_SIGNATURE when the client has an open
///         signature request and no row is ready;
///         EXRUN_ERROR_INVALID_ARGUMENT for a negative `max_rows`; EXRUN_ERROR_INVALID_HANDLE,
///         EXRUN_ERROR_NULL_POINTER, EXRUN_ERROR_CANCELLED; else what stopped the whole run
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_next(
    stream: i64,
    timeout_ms: i32,
    max_rows: i32,
    data: *mut *mut u8,
    len: *mut i64,
    rows: *mut i32,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, rows, error) = unsafe { (OutBytes::new(data, len), Out::new(rows, "rows"), Out::new(error, "error")) };
    guard(error, || {
        let (out, rows) = (out.required()?, rows.required()?);
        let stream = STREAMS.get(stream)?;
        match stream.next(wait_time(timeout_ms), rows_wanted(max_rows)?)? {
            Ok(batch) => {
                out.set(batch.data)?;
                rows.set(batch.rows);
                Ok(State::Ok)
            }
            Err(state) => Ok(state),
        }
    })
}

/// Counts of a stream, as JSON: `{pushed, completed, delivered, failed, inFlight, waiting, requests, retries,
/// throttled, tokenRenewals, paused, inputFinished, ended, elapsedMs, ...}`; docs/abi.md lists them all. Those of
/// exrun_report_compare are `{oldRows, newRows, added, removed, changed, unchanged, failed, delivered, elapsedMs}`.
///
/// @param stream handle of a stream
/// @param data receives the JSON; free it with exrun_bytes_free
/// @param len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_progress(stream: i64, data: *mut *mut u8, len: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        out.set(STREAMS.get(stream)?.rows.progress().to_string())?;
        Ok(State::Ok)
    })
}

/// Drains the diagnostics of a stream: a JSON object a line, `{"event","time","message",...}`.
///
/// @param stream handle of a stream
/// @param data receives the lines, possibly none; free it with exrun_bytes_free
/// @param len receives their length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_events(stream: i64, data: *mut *mut u8, len: *mut i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        out.set(STREAMS.get(stream)?.rows.events())?;
        Ok(State::Ok)
    })
}

/// Asks a stream to stop: no new request starts, and what waits ends as cancelled. Reads in flight are dropped; writes
/// in flight land, for five seconds at most, and are recorded in the run's journal.
///
/// @param stream handle of a stream
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK, also when it has ended; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_stream_cancel(stream: i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || {
        STREAMS.get(stream)?.cancel();
        Ok(State::Ok)
    })
}

/// Frees a stream. What still runs is cancelled, as by exrun_stream_cancel; the call does not wait for it.
///
/// @param stream handle of a stream
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_stream_free(stream: i64) -> i32 {
    guard(Out::none(), || {
        STREAMS.take(stream)?.free();
        Ok(State::Ok)
    })
}

#[cfg(test)]
pub(super) mod tests;
