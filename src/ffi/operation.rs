//! Work with one result.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::boundary::{Kind, Out, OutBytes, Registry, caught_async, guard};
use super::call::Call;
use super::client::CLIENTS;
use super::outcome::Outcome;
use super::requests::{Members, With, operation as requests};
use super::status::State;
use crate::cancel::Signal;
use crate::client::{Client, Context};
use crate::error::{Error, Result, Status};
use crate::rows::Format;
use crate::runtime::runtime;
use crate::sync::{Mutex, MutexGuard};

/// The operations that callers hold.
pub(super) static OPERATIONS: Registry<Arc<Operation>> = Registry::new(Kind::Operation);

/// Longest wait of one call, so that a host can react to Ctrl+C in between.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Work that was started, and its result.
pub(super) struct Operation {
    context: Context,
    format: Format,
    /// Whose signature requests the waiter has to answer.
    client: Option<Client>,
    /// That of the client; an operation without a client has its own.
    signal: Arc<Signal>,
    progress: Mutex<Progress>,
}

enum Progress {
    Running,
    Ended(Result<Outcome>),
    Taken,
    Freed,
}

impl Operation {
    fn new(client: Option<Client>, format: Format) -> Self {
        let signal = client.as_ref().map_or_else(Arc::default, |client| Arc::clone(client.signal()));
        let context = client.as_ref().map_or_else(Context::default, Client::new_context);
        Self { context, format, client, signal, progress: Mutex::new(Progress::Running) }
    }

    /// Runs `work` to its end, or until it is cancelled, and keeps what it gave.
    async fn run(&self, work: impl Future<Output = Result<Outcome>>) {
        let result = caught_async(async {
            tokio::select! {
                // What has ended has ended, even where a cancel came at the same time.
                biased;
                result = work => result,
                () = self.context.cancel.cancelled() => Err(Error::cancelled()),
            }
        });
        let result = result.await.and_then(std::convert::identity);
        {
            let mut progress = self.lock();
            if matches!(*progress, Progress::Running) {
                *progress = Progress::Ended(result);
            }
        }
        self.signal.notify();
    }

    fn wait(&self, timeout: Duration) -> Result<State> {
        let deadline = Instant::now() + timeout;
        loop {
            let seen = self.signal.epoch();
            match *self.lock() {
                Progress::Running => {}
                Progress::Ended(_) | Progress::Taken => return Ok(State::Ok),
                Progress::Freed => return Err(freed()),
            }
            if self.client.as_ref().is_some_and(|client| client.signatures().pending().is_some()) {
                return Ok(State::NeedsSignature);
            }
            if !self.signal.wait(seen, deadline) {
                return Ok(State::Pending);
            }
        }
    }

    fn take(&self) -> Result<Outcome> {
        let mut progress = self.lock();
        match std::mem::replace(&mut *progress, Progress::Taken) {
            Progress::Ended(result) => result,
            Progress::Taken => Err(Error::new(Status::AlreadyTaken, "the result was taken before")),
            unchanged @ Progress::Running => {
                *progress = unchanged;
                Err(Error::new(Status::NotReady, "the operation has not ended")
                    .hint("call exrun_operation_wait until it returns EXRUN_OK"))
            }
            unchanged @ Progress::Freed => {
                *progress = unchanged;
                Err(freed())
            }
        }
    }

    /// Lets go of the work and its result, and of those who wait.
    fn free(&self) {
        // Dropped after the lock: a result may be large.
        let _result = std::mem::replace(&mut *self.lock(), Progress::Freed);
        self.context.cancel.cancel();
        self.signal.notify();
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock()
    }
}

fn freed() -> Error {
    Error::new(Status::Cancelled, "the operation was freed during this call")
}

/// Runs what waits for files or computes for long on a thread that may block.
pub(super) async fn may_block<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // The thread was refused or panicked; the text of a panic is not repeated.
        Err(_) => Err(Error::internal("the work stopped before its end")),
    }
}

/// How long a call may wait: what the caller gave, within 0 and [`LONGEST_WAIT`].
pub(super) fn wait_time(timeout_ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0)).min(LONGEST_WAIT)
}

/// Starts an operation of a client. `prepare` says what is to be done about the request.
///
/// # Safety
///
/// The pointers are those of an exported function: the premises of [`super`].
pub(super) unsafe fn start_for_client<R, W, F>(
    client: i64,
    call: Call,
    operation: *mut i64,
    prepare: impl FnOnce(Client, R) -> Result<W>,
) -> i32
where
    R: Members,
    W: FnOnce(Context) -> F,
    F: Future<Output = Result<Outcome>> + Send + 'static,
{
    let begin = |With(request, result): requests::Operation<R>| {
        let client = CLIENTS.get(client)?;
        begin(Some(client.clone()), result.format(), prepare(client, request)?)
    };
    // SAFETY: the premise of this function.
    unsafe { call.start("operation", operation, begin) }
}

/// Starts an operation that needs no client.
///
/// # Safety
///
/// As for [`start_for_client`].
pub(super) unsafe fn start<R, W, F>(call: Call, operation: *mut i64, prepare: impl FnOnce(R) -> Result<W>) -> i32
where
    R: Members,
    W: FnOnce(Context) -> F,
    F: Future<Output = Result<Outcome>> + Send + 'static,
{
    let begin = |With(request, result): requests::Operation<R>| begin(None, result.format(), prepare(request)?);
    // SAFETY: the premise of this function.
    unsafe { call.start("operation", operation, begin) }
}

pub(super) fn begin<W, F>(client: Option<Client>, format: Format, work: W) -> Result<i64>
where
    W: FnOnce(Context) -> F,
    F: Future<Output = Result<Outcome>> + Send + 'static,
{
    let operation = Arc::new(Operation::new(client, format));
    let work = work(operation.context.clone());
    let runtime = runtime()?;
    let handle = OPERATIONS.insert(Arc::clone(&operation))?;
    runtime.spawn(async move { operation.run(Box::pin(work)).await });
    Ok(handle)
}

/// Waits until an operation has ended, at most the time given.
///
/// May be called by several threads at once; a free of the operation ends every wait with EXRUN_ERROR_CANCELLED.
///
/// @param operation handle of an operation
/// @param timeout_ms milliseconds, taken as 0 to 1,000
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK when the operation has ended, whether well or not; EXRUN_PENDING when it has not;
///         EXRUN_NEEDS_SIGNATURE when its client has an open signature request; EXRUN_ERROR_INVALID_HANDLE,
///         EXRUN_ERROR_CANCELLED
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_operation_wait(operation: i64, timeout_ms: i32, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || OPERATIONS.get(operation)?.wait(wait_time(timeout_ms)))
}

/// Takes the result of an operation that has ended, once.
///
/// A result that holds `accessTokenSecret` makes that handle: free it with exrun_secret_free.
///
/// @param operation handle of an operation; it stays valid until exrun_operation_free
/// @param data receives the result in the format that the request named; free it with exrun_bytes_free
/// @param len receives its length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_NOT_READY, EXRUN_ERROR_ALREADY_TAKEN, EXRUN_ERROR_INVALID_HANDLE,
///         EXRUN_ERROR_NULL_POINTER; else the status with which the operation failed
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_operation_take(
    operation: i64,
    data: *mut *mut u8,
    len: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        let operation = OPERATIONS.get(operation)?;
        out.set(operation.take()?.encode(operation.format)?)?;
        Ok(State::Ok)
    })
}

/// Drains the diagnostics of an operation: a JSON object a line, `{"event","time","message",...}`.
///
/// @param operation handle of an operation
/// @param data receives the lines, possibly none; free it with exrun_bytes_free
/// @param len receives their length in bytes
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE, EXRUN_ERROR_NULL_POINTER
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_operation_events(
    operation: i64,
    data: *mut *mut u8,
    len: *mut i64,
    error: *mut i64,
) -> i32 {
    // SAFETY: premise 2 of the module.
    let (out, error) = unsafe { (OutBytes::new(data, len), Out::new(error, "error")) };
    guard(error, || {
        let out = out.required()?;
        out.set(OPERATIONS.get(operation)?.context.events.drain())?;
        Ok(State::Ok)
    })
}

/// Asks an operation to stop. It then ends with EXRUN_ERROR_CANCELLED, unless it has ended before.
///
/// @param operation handle of an operation
/// @param error receives an error handle on a negative return; may be null
/// @return EXRUN_OK, also when it has ended; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub unsafe extern "C" fn exrun_operation_cancel(operation: i64, error: *mut i64) -> i32 {
    // SAFETY: premise 2 of the module.
    let error = unsafe { Out::new(error, "error") };
    guard(error, || {
        OPERATIONS.get(operation)?.context.cancel.cancel();
        Ok(State::Ok)
    })
}

/// Frees an operation. Work that still runs is cancelled; the call does not wait for it.
///
/// @param operation handle of an operation
/// @return EXRUN_OK; EXRUN_ERROR_INVALID_HANDLE
#[unsafe(no_mangle)]
pub extern "C" fn exrun_operation_free(operation: i64) -> i32 {
    guard(Out::none(), || {
        OPERATIONS.take(operation)?.free();
        Ok(State::Ok)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;

    use serde_json::json;

    use super::*;
    use crate::client::ClientOptions;
    use crate::signature::Algorithm;
    use crate::sync::model;

    fn start(work: impl Future<Output = Result<Outcome>> + Send + 'static) -> Arc<Operation> {
        start_with(None, work)
    }

    fn start_with(
        client: Option<Client>,
        work: impl Future<Output = Result<Outcome>> + Send + 'static,
    ) -> Arc<Operation> {
        let operation = Arc::new(Operation::new(client, Format::Json));
        let running = Arc::clone(&operation);
        runtime().unwrap().spawn(async move { running.run(work).await });
        operation
    }

    /// Waits, slice by slice, for what is not pending.
    fn settled(operation: &Operation) -> Result<State> {
        loop {
            match operation.wait(LONGEST_WAIT) {
                Ok(State::Pending) => {}
                state => return state,
            }
        }
    }

    fn ended(operation: &Operation) -> Result<Outcome> {
        assert_eq!(settled(operation).unwrap(), State::Ok);
        operation.take()
    }

    #[test]
    fn a_result_is_taken_once() {
        let operation = start(async { Ok(Outcome::Plain(json!(1))) });
        assert!(matches!(ended(&operation), Ok(Outcome::Plain(value)) if value == json!(1)));
        assert_eq!(operation.take().unwrap_err().status(), Status::AlreadyTaken);
        assert_eq!(operation.wait(Duration::ZERO).unwrap(), State::Ok);
    }

    #[test]
    fn what_runs_is_pending_and_not_ready_and_can_be_cancelled() {
        let operation = start(std::future::pending());
        assert_eq!(operation.wait(Duration::ZERO).unwrap(), State::Pending);
        assert_eq!(operation.wait(Duration::from_millis(20)).unwrap(), State::Pending);
        assert_eq!(operation.take().unwrap_err().status(), Status::NotReady);
        operation.context.cancel.cancel();
        assert_eq!(ended(&operation).unwrap_err().status(), Status::Cancelled);
    }

    #[test]
    fn a_free_ends_the_wait_of_another_thread() {
        let operation = start(std::future::pending());
        let waiting = Arc::clone(&operation);
        let (looked, has_looked) = mpsc::channel();
        let waiter = thread::spawn(move || {
            looked.send(waiting.wait(Duration::ZERO)).unwrap();
            settled(&waiting)
        });
        assert_eq!(has_looked.recv().unwrap().unwrap(), State::Pending);
        operation.free();
        assert_eq!(waiter.join().unwrap().unwrap_err().status(), Status::Cancelled);
        assert_eq!(operation.take().unwrap_err().status(), Status::Cancelled);
    }

    #[test]
    fn a_panic_is_the_result() {
        super::super::boundary::install_hook();
        let operation = start(async { panic!("hunter2") });
        let error = ended(&operation).unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    #[cfg_attr(miri, ignore = "a client has a connector for TLS, which is C")]
    fn a_signature_request_of_the_client_ends_the_wait() {
        let client = Client::new(ClientOptions::default()).unwrap();
        let asking = client.clone();
        let operation = start_with(Some(client.clone()), async move {
            asking.signatures().ask(Algorithm::Ps256, [0; 32], "AB").await.map(|_| Outcome::Plain(json!(null)))
        });
        assert_eq!(settled(&operation).unwrap(), State::NeedsSignature);
        let request = client.signatures().pending().unwrap();
        client.signatures().answer(request.id, crate::signature::Answer::Declined);
        ended(&operation).unwrap();
    }

    #[test]
    fn waiting_times_are_clamped() {
        assert_eq!(wait_time(-1), Duration::ZERO);
        assert_eq!(wait_time(250), Duration::from_millis(250));
        assert_eq!(wait_time(i32::MAX), LONGEST_WAIT);
    }

    /// Longer than any model: a wait there ends by what happens, and by nothing else.
    const LONG: Duration = Duration::from_secs(3600);

    /// An operation and the thread of the model that runs `work`.
    fn model_of(
        client: Option<Client>,
        work: impl Future<Output = Result<Outcome>> + Send + 'static,
    ) -> (Arc<Operation>, impl FnOnce()) {
        let operation = Arc::new(Operation::new(client, Format::Json));
        let running = Arc::clone(&operation);
        let run = shuttle::future::spawn(async move { running.run(work).await });
        (operation, move || shuttle::future::block_on(run).unwrap())
    }

    fn waiting(operation: &Arc<Operation>) -> shuttle::thread::JoinHandle<Result<State>> {
        let operation = Arc::clone(operation);
        shuttle::thread::spawn(move || operation.wait(LONG))
    }

    #[test]
    fn model_every_wait_ends_with_the_work_and_its_result_is_taken_once() {
        model::check(|| {
            let (operation, join) = model_of(None, async { Ok(Outcome::Plain(json!(1))) });
            let waiters = [waiting(&operation), waiting(&operation)];
            let taker = Arc::clone(&operation);
            let taker = shuttle::thread::spawn(move || {
                assert_eq!(taker.wait(LONG).unwrap(), State::Ok);
                taker.take().is_ok()
            });
            assert_eq!(operation.wait(LONG).unwrap(), State::Ok);
            let taken = operation.take().is_ok();
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap().unwrap(), State::Ok);
            }
            assert!(taken != taker.join().unwrap(), "the result went to both or to nobody");
            join();
        });
    }

    #[test]
    fn model_a_free_ends_every_wait_and_the_work() {
        model::check(|| {
            let (operation, join) = model_of(None, std::future::pending());
            let waiters = [waiting(&operation), waiting(&operation)];
            operation.free();
            for waiter in waiters {
                assert_eq!(waiter.join().unwrap().unwrap_err().status(), Status::Cancelled);
            }
            join();
            assert_eq!(operation.take().unwrap_err().status(), Status::Cancelled);
        });
    }

    #[test]
    fn model_a_cancel_ends_the_work_or_comes_too_late() {
        model::check(|| {
            let (sender, told) = tokio::sync::oneshot::channel();
            let (operation, join) =
                model_of(None, async move { told.await.map_err(|_| Error::cancelled()).map(Outcome::Plain) });
            let waiter = waiting(&operation);
            let cancel = operation.context.cancel.clone();
            let cancelling = shuttle::thread::spawn(move || cancel.cancel());
            let telling = shuttle::thread::spawn(move || drop(sender.send(json!(1))));
            assert_eq!(waiter.join().unwrap().unwrap(), State::Ok);
            match operation.take() {
                Ok(Outcome::Plain(value)) => assert_eq!(value, json!(1)),
                other => assert_eq!(other.err().unwrap().status(), Status::Cancelled),
            }
            cancelling.join().unwrap();
            telling.join().unwrap();
            join();
        });
    }

    /// The client's signal serves all that waits for the client: one operation's end wakes those of the others too.
    #[test]
    fn model_a_signature_request_is_seen_by_who_waits() {
        // Its clock bounds how long an answer may take.
        let _entered = runtime().unwrap().enter();
        model::check(|| {
            let client = Client::new(ClientOptions::default()).unwrap();
            let asking = client.clone();
            let (operation, join) = model_of(Some(client.clone()), async move {
                asking.signatures().ask(Algorithm::Ps256, [0; 32], "AB").await.map(|_| Outcome::Plain(json!(null)))
            });
            let other = client.clone();
            let (other, join_other) = model_of(Some(other), async { Ok(Outcome::Plain(json!(2))) });
            assert_eq!(operation.wait(LONG).unwrap(), State::NeedsSignature);
            let request = client.signatures().pending().unwrap();
            client.signatures().answer(request.id, crate::signature::Answer::Declined);
            assert_eq!(operation.wait(LONG).unwrap(), State::Ok);
            operation.take().unwrap();
            assert_eq!(other.wait(LONG).unwrap(), State::Ok);
            join();
            join_other();
        });
    }
}
