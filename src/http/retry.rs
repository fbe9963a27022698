//! When to try again, and how long to wait before.

use std::time::Duration;

use super::patience::Patience;
use crate::error::{Error, Status};

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// Where someone waits for the answer, an unreachable host is said after a few seconds.
const TRIES_OF_THE_IMPATIENT: u32 = 4;
/// They do not wait longer than this for what a service asks: they are told how long.
const LONGEST_WAIT_OF_THE_IMPATIENT: Duration = Duration::from_secs(60);

/// A 401 calls for a new token at once; so many of them in a row are final.
const MOST_UNAUTHORIZED: u32 = 2;

/// How long to wait where the service does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Half a second, twice as long each time up to 30 s, half of it random, so that many clients spread out; where the
    /// service asks for longer, that.
    Spread,
    /// 1, 2, 4, 8, 16 s; where the service asks for a time, that.
    WholeSeconds,
}

/// Bounds of the tries of one item.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Most tries, the first included.
    pub max_tries: u32,
    /// Longest time from the first try to the start of the last.
    pub max_elapsed: Duration,
    /// Longest wait: a service that asks for more is not waited for.
    pub longest_wait: Duration,
    /// Most tries, the first included, where someone waits.
    pub max_tries_of_the_impatient: u32,
    /// How long to wait where the service does not say.
    pub backoff: Backoff,
    /// A number from 0 up to but not including 1; injected so that tests are exact.
    pub random: fn() -> f64,
}

impl RetryPolicy {
    /// A policy with the system's randomness.
    #[must_use]
    pub fn new(max_tries: u32, max_elapsed: Duration) -> Self {
        Self {
            max_tries,
            max_elapsed,
            longest_wait: Duration::MAX,
            max_tries_of_the_impatient: TRIES_OF_THE_IMPATIENT,
            backoff: Backoff::Spread,
            random: system_random,
        }
    }

    /// The policy for whoever would wait so long.
    #[must_use]
    pub fn bounded_by(self, patience: Patience) -> Self {
        match patience {
            Patience::Full => self,
            Patience::Short => Self {
                max_tries: self.max_tries.min(self.max_tries_of_the_impatient),
                longest_wait: self.longest_wait.min(LONGEST_WAIT_OF_THE_IMPATIENT),
                ..self
            },
            Patience::OneTry => Self { max_tries: 1, ..self },
        }
    }

    /// How long to wait before the next try, after `tries` of them (at least one) in `elapsed`, the last
    /// of which ended with `error`. `None`: do not try again.
    #[must_use]
    pub fn wait(&self, error: &Error, tries: u32, elapsed: Duration) -> Option<Duration> {
        if !error.is_retryable() || tries >= self.max_tries {
            return None;
        }
        let doublings = tries.saturating_sub(1).min(16);
        let asked = error.retry_after_hint();
        let wait = match self.backoff {
            Backoff::Spread => {
                let backoff = FIRST_BACKOFF.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
                backoff.mul_f64(0.5 + 0.5 * (self.random)()).max(asked.unwrap_or_default())
            }
            Backoff::WholeSeconds => asked.unwrap_or(Duration::from_secs(1 << doublings)),
        };
        (wait <= self.longest_wait && elapsed.saturating_add(wait) <= self.max_elapsed).then_some(wait)
    }
}

/// Counts the answers 401 to one call in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unauthorized(u32);

impl Unauthorized {
    /// Takes what a try ended with. Of a 401, whether the call may be repeated at once with a new token; `None` for all
    /// else.
    pub fn note(&mut self, error: &Error) -> Option<bool> {
        if error.status() == Status::Unauthorized {
            self.0 += 1;
            return Some(error.is_retryable() && self.0 < MOST_UNAUTHORIZED);
        }
        // That no answer came says nothing of the token.
        if error.http_status_code().is_some() {
            self.0 = 0;
        }
        None
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

    fn policy() -> RetryPolicy {
        RetryPolicy { random: || 0.0, ..RetryPolicy::new(4, Duration::from_secs(600)) }
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
    fn whoever_waits_is_told_sooner() {
        let long = throttled(Some(Duration::from_secs(61)));
        let wait = |patience, error: &Error, tries| policy().bounded_by(patience).wait(error, tries, Duration::ZERO);
        assert!(wait(Patience::Full, &long, 1).is_some() && wait(Patience::Short, &long, 1).is_none());
        assert!(wait(Patience::Short, &throttled(None), 1).is_some());
        assert!(wait(Patience::OneTry, &throttled(None), 1).is_none());
        let many = RetryPolicy { max_tries: 10, ..policy() };
        assert!(many.bounded_by(Patience::Short).wait(&throttled(None), 4, Duration::ZERO).is_none());
        assert!(many.wait(&throttled(None), 4, Duration::ZERO).is_some());
    }

    #[test]
    fn whole_seconds_double_and_give_way_to_what_the_service_asks() {
        let policy = RetryPolicy { backoff: Backoff::WholeSeconds, max_tries: 6, ..policy() };
        let wait = |asked: Option<u64>, tries| {
            policy.wait(&throttled(asked.map(Duration::from_secs)), tries, Duration::ZERO).map(|wait| wait.as_secs())
        };
        assert_eq!([1, 2, 3, 4, 5].map(|tries| wait(None, tries)), [1, 2, 4, 8, 16].map(Some));
        assert_eq!((wait(Some(3), 5), wait(None, 6)), (Some(3), None));
    }

    #[test]
    fn a_second_401_in_a_row_is_final() {
        let refused = Error::new(Status::Unauthorized, "x").http_status(401).retryable(true);
        let mut count = Unauthorized::default();
        assert_eq!((count.note(&refused), count.note(&refused)), (Some(true), Some(false)));
        assert_eq!(count.note(&throttled(None).http_status(429)), None);
        assert_eq!(count.note(&refused), Some(true));
        assert_eq!(count.note(&Error::new(Status::Connection, "x")), None);
        assert_eq!(count.note(&refused), Some(false));
        assert_eq!(Unauthorized::default().note(&refused.retryable(false)), Some(false));
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
