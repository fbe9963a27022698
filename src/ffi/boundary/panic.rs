//! Panics: caught, kept quiet, and reported by their location alone (a panic's text may hold anything).

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo};

use futures_util::FutureExt;

use crate::error::{Error, Result};

/// What the runtime calls its threads.
const OWN_THREADS: &str = "exrun";

thread_local! {
    /// How many of our boundaries this thread is inside of.
    static INSIDE: Cell<u32> = const { Cell::new(0) };
    /// Where this thread panicked last.
    static LAST: Cell<Option<String>> = const { Cell::new(None) };
}

/// Sets a hook that is silent about our own panics and leaves those of other code to the hook before it.
pub(in crate::ffi) fn install_hook() {
    // A hook cannot be set while unwinding; a Rust host whose destructor makes the first call goes without.
    if std::thread::panicking() {
        return;
    }
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| if is_ours() { remember(info) } else { previous(info) }));
}

/// Runs `body`; a panic in it becomes an error.
pub(in crate::ffi) fn caught<T>(body: impl FnOnce() -> T) -> Result<T> {
    INSIDE.set(INSIDE.get() + 1);
    // What the body touches beyond its own values are our registries: each change of theirs is one step that
    // cannot panic half way, and their locks ignore poison.
    let result = std::panic::catch_unwind(AssertUnwindSafe(body));
    INSIDE.set(INSIDE.get() - 1);
    result.map_err(discard)
}

/// Awaits `work`; a panic in it becomes an error.
pub(in crate::ffi) async fn caught_async<T>(work: impl Future<Output = T>) -> Result<T> {
    // A future that panicked is dropped and never polled again.
    AssertUnwindSafe(work).catch_unwind().await.map_err(discard)
}

fn is_ours() -> bool {
    INSIDE.get() > 0 || std::thread::current().name().is_some_and(|name| name.starts_with(OWN_THREADS))
}

fn remember(info: &PanicHookInfo<'_>) {
    let place = info.location().map(short);
    // A thread that is ending may have lost its cell; the location is then unknown.
    let _ = LAST.try_with(|last| last.set(place));
}

fn discard(payload: Box<dyn std::any::Any + Send>) -> Error {
    // Dropping an unknown payload may panic again, this time with nobody to catch it.
    std::mem::forget(payload);
    let place = LAST.try_with(Cell::take).ok().flatten();
    Error::internal(format!("a panic at {}", place.as_deref().unwrap_or("an unknown place")))
}

/// The end of the path is enough to find the line; its beginning is the build machine's business.
fn short(location: &Location<'_>) -> String {
    let parts: Vec<&str> = location.file().split(['/', '\\']).collect();
    let tail = parts.get(parts.len().saturating_sub(3)..).unwrap_or_default().join("/");
    format!("{tail}:{}", location.line())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn a_panic_becomes_an_error_that_names_the_place_and_not_the_text() {
        install_hook();
        let error = caught(|| panic!("the password is hunter2")).unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        let text = error.to_string();
        assert!(text.contains("panic.rs:"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_panic_in_a_task_becomes_an_error() {
        install_hook();
        let work = crate::runtime::runtime().unwrap().spawn(caught_async(async { panic!("hunter2") }));
        let result: Result<()> = crate::runtime::runtime().unwrap().block_on(work).unwrap();
        let text = result.unwrap_err().to_string();
        assert!(text.contains("panic.rs:") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn panics_of_other_code_are_left_to_the_hook_before() {
        assert!(!std::thread::spawn(is_ours).join().unwrap());
        assert!(caught(is_ours).unwrap());
        assert!(std::thread::Builder::new().name("exrun".into()).spawn(is_ours).unwrap().join().unwrap());
    }
}
