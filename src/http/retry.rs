//! When to try again, and how long to wait before.

use std::time::Duration;

use crate::error::Error;

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Bounds of the tries of one item.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Most tries, the first included.
    pub max_tries: u32,
    /// Longest time from the first try to the start of the last.
    pub max_elapsed: Duration,
    /// A number from 0 up to but not including 1; injected so that tests are exact.
    pub random: fn() -> f64,
}

impl RetryPolicy {
    /// A policy with the system's randomness.
    #[must_use]
    pub fn new(max_tries: u32, max_elapsed: Duration) -> Self {
        Self { max_tries, max_elapsed, random: system_random }
    }

    /// How long to wait before the next try, after `tries` of them (at least one) in `elapsed`, the last
    /// of which ended with `error`. `None`: do not try again.
    ///
    /// The wait is the longer of the backoff (exponential, half of it random, so that many clients spread
    /// out) and what the service asked for.
    #[must_use]
    pub fn wait(&self, error: &Error, tries: u32, elapsed: Duration) -> Option<Duration> {
        if !error.is_retryable() || tries >= self.max_tries {
            return None;
        }
        let doublings = tries.saturating_sub(1).min(16);
        let backoff = FIRST_BACKOFF.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
        let spread = backoff.mul_f64(0.5 + 0.5 * (self.random)());
        let wait = spread.max(error.retry_after_hint().unwrap_or_default());
        (elapsed.saturating_add(wait) <= self.max_elapsed).then_some(wait)
    }
}

/// Spreads retries; nothing secret depends on it.
fn system_random() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness every wait is simply the same: no reason to fail.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn policy() -> RetryPolicy {
        RetryPolicy { max_tries: 4, max_elapsed: Duration::from_secs(600), random: || 0.0 }
    }

    fn throttled(retry_after: Option<Duration>) -> Error {
        Error::new(Status::Throttled, "throttled").retryable(true).retry_after(retry_after)
    }

    #[test]
    fn waits_for_the_longer_of_backoff_and_retry_after() {
        let wait = |error: &Error, tries| policy().wait(error, tries, Duration::ZERO);
        assert_eq!(wait(&throttled(None), 1), Some(Duration::from_millis(250)));
        assert_eq!(wait(&throttled(None), 3), Some(Duration::from_millis(1000)));
        let asked = Duration::from_millis(2128);
        assert_eq!(wait(&throttled(Some(asked)), 1), Some(asked));
    }

    #[test]
    fn tries_and_time_are_bounded() {
        let error = throttled(None);
        assert_eq!(policy().wait(&error, 4, Duration::ZERO), None);
        assert_eq!(policy().wait(&error, 1, Duration::from_secs(600)), None);
        assert_eq!(policy().wait(&throttled(Some(Duration::from_secs(601))), 1, Duration::ZERO), None);
        assert_eq!(policy().wait(&throttled(None).retryable(false), 1, Duration::ZERO), None);
        assert!(policy().wait(&throttled(Some(Duration::MAX)), 1, Duration::from_secs(1)).is_none());
    }

    #[test]
    fn the_spread_is_never_the_whole_backoff() {
        let mut policy = policy();
        policy.random = system_random;
        for _ in 0..1000 {
            let wait = policy.wait(&throttled(None), 1, Duration::ZERO).unwrap();
            assert!((250..=500).contains(&wait.as_millis()), "{wait:?}");
        }
    }
}
