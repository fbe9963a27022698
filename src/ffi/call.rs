//! How every call goes that takes a request: what it starts has a handle, or its answer comes at once.

use serde_json::Value;

use super::boundary::{Out, OutBytes, guard, input};
use super::requests::operation::Operation;
use super::requests::{Members, With, read};
use super::status::State;
use crate::error::Result;
use crate::rows::encode_result;

/// The parameters that all such functions have.
pub(super) struct Call {
    pub(super) request: *const u8,
    pub(super) len: i64,
    pub(super) error: *mut i64,
}

impl Call {
    /// Starts what `begin` gives the handle of. `kind` is what the output is called.
    ///
    /// # Safety
    ///
    /// The pointers are those of an exported function: the premises of [`super`].
    pub(super) unsafe fn start<R: Members>(
        self,
        kind: &'static str,
        handle: *mut i64,
        begin: impl FnOnce(R) -> Result<i64>,
    ) -> i32 {
        // SAFETY: the premise of this function.
        let (handle, error) = unsafe { (Out::new(handle, kind), Out::new(self.error, "error")) };
        guard(error, || {
            let handle = handle.required()?;
            // SAFETY: the premise of this function.
            let text = unsafe { input::text(self.request, self.len, "request") }?;
            handle.set(begin(read(text)?)?);
            Ok(State::Ok)
        })
    }

    /// Gives what `answer` makes of the request, in the format that it names.
    ///
    /// # Safety
    ///
    /// As for [`Call::start`].
    pub(super) unsafe fn answer<R: Members>(
        self,
        data: *mut *mut u8,
        data_len: *mut i64,
        answer: impl FnOnce(R) -> Result<Value>,
    ) -> i32 {
        // SAFETY: the premise of this function.
        let (out, error) = unsafe { (OutBytes::new(data, data_len), Out::new(self.error, "error")) };
        guard(error, || {
            let out = out.required()?;
            // SAFETY: the premise of this function.
            let text = unsafe { input::text(self.request, self.len, "request") }?;
            let With(request, result): Operation<R> = read(text)?;
            out.set(encode_result(&answer(request)?, result.format())?)?;
            Ok(State::Ok)
        })
    }
}
