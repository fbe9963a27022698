//! Time, injected, so that tests of retry and expiry take milliseconds.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Where time comes from and how it passes.
pub trait Clock: Debug + Send + Sync {
    /// Wall-clock time: for expiry, dates and claims.
    fn now(&self) -> Timestamp;
    /// Monotonic time: for waits and limits.
    fn monotonic(&self) -> Instant;
    /// Passes `duration`.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The system's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(duration))
    }
}
