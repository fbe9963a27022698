//! The boundary that every call passes: fork check, first-call set-up, panics, status and error handle.

use std::convert::identity;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use super::super::status::State;
use super::output::Out;
use super::panic::{self, caught};
use super::registry::ERRORS;
use crate::error::{Result, Status};
use crate::openssl_init::openssl_init;

/// Runs the body of an exported function. What fails, a panic included, goes to `error` as a handle.
pub(in crate::ffi) fn guard(error: Out<i64>, body: impl FnOnce() -> Result<State>) -> i32 {
    if forked() {
        // The locks of the parent may be held by threads that do not exist here: touch nothing, and leave
        // without an error handle.
        return Status::Forked.code();
    }
    match caught(|| prepare().and_then(|()| body())).and_then(identity) {
        Ok(state) => state.code(),
        Err(failure) => {
            let status = failure.status().code();
            // Without a place for it, or without room in the registry, the status alone must do.
            if error.is_given()
                && let Ok(handle) = ERRORS.insert(failure)
            {
                error.set(handle);
            }
            status
        }
    }
}

/// Whether this process is not the one that made the first call.
fn forked() -> bool {
    static OWNER: AtomicU32 = AtomicU32::new(0);
    let this = std::process::id();
    match OWNER.compare_exchange(0, this, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => false,
        Err(owner) => owner != this,
    }
}

/// Done at the first call, whichever it is.
#[expect(clippy::unnecessary_wraps, reason = "runs inside the chain of results of `guard`")]
fn prepare() -> Result<()> {
    static FIRST: Once = Once::new();
    FIRST.call_once(|| {
        panic::install_hook();
        // Miri runs no C; what it tries needs none.
        if !cfg!(miri) {
            openssl_init();
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn an_error_sets_status_and_handle() {
        let mut error = -1;
        // SAFETY: `error` outlives the call.
        let status = guard(unsafe { Out::new(&raw mut error, "error") }, || Err(Error::argument("no")));
        assert_eq!(status, -5);
        assert_eq!(ERRORS.take(error).unwrap().status(), Status::InvalidArgument);
    }

    #[test]
    fn a_panic_is_an_internal_error() {
        let mut error = -1;
        // SAFETY: `error` outlives the call.
        let status = guard(unsafe { Out::new(&raw mut error, "error") }, || panic!("hunter2"));
        assert_eq!(status, -900);
        assert!(!ERRORS.take(error).unwrap().to_string().contains("hunter2"));
    }

    #[test]
    fn success_leaves_the_error_at_zero() {
        let mut error = -1;
        // SAFETY: `error` outlives the call.
        assert_eq!(guard(unsafe { Out::new(&raw mut error, "error") }, || Ok(State::End)), 2);
        assert_eq!(error, 0);
    }
}
