//! The one tokio runtime: made on first use, never dropped, so that nothing joins a thread at exit.

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, Result, Status};

static RUNTIME: OnceCell<Runtime> = OnceCell::new();

/// Two threads carry 64 requests in flight with room to spare; more would only take cores from the host.
const MOST_WORKERS: usize = 2;

/// The process's runtime.
///
/// # Errors
///
/// [`Status::Internal`] when the system refuses the threads; a later call tries again.
pub fn runtime() -> Result<&'static Runtime> {
    RUNTIME.get_or_try_init(|| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Builder::new_multi_thread()
            .worker_threads(cores.min(MOST_WORKERS))
            .thread_name("exrun")
            .enable_all()
            .build()
            .map_err(|cause| {
                Error::new(Status::Internal, format!("the system refused the worker threads: {cause}"))
                    .action("starting the runtime")
            })
    })
}
