//! What accompanies one piece of work.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::cancel::CancelToken;
use crate::event::EventSink;
use crate::gate::Gate;

/// How to stop a piece of work, whether it may go on, where its diagnostics go, and what it cost. Clones share all.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Stops the work.
    pub cancel: CancelToken,
    /// Stands before each of its requests to Graph.
    pub gate: Arc<Gate>,
    /// Takes diagnostics.
    pub events: EventSink,
    /// What it cost.
    pub cost: Arc<Cost>,
    /// What the service announced of its limits.
    pub limits: Arc<Limits>,
    /// Which permissions it has shown the app to have.
    pub granted: Arc<Granted>,
}

/// Counts of one piece of work.
#[derive(Debug, Default)]
pub struct Cost {
    /// Requests sent to Graph or to a vault.
    pub requests: AtomicU64,
    /// Requests that were sent again.
    pub retries: AtomicU64,
    /// Answers that said there were too many.
    pub throttled: AtomicU64,
    /// Bytes of their replies' bodies.
    pub bytes: AtomicU64,
    /// Tokens that the token endpoint gave.
    pub tokens: AtomicU64,
}

/// The application permissions for which a mailbox was let through.
#[derive(Debug, Default)]
pub struct Granted(Mutex<BTreeSet<&'static str>>);

impl Granted {
    /// Notes one.
    pub fn add(&self, permission: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(permission);
    }

    /// Those that were noted.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Whether it was noted.
    #[must_use]
    pub fn holds(&self, permission: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(permission)
    }
}

/// What the service announced last of its limits.
#[derive(Debug, Default)]
pub struct Limits(Mutex<Announced>);

/// One announcement: `RateLimit-Limit`, `-Remaining` and `-Reset` (IETF draft "RateLimit header fields for
/// HTTP"), `x-ms-throttle-limit-percentage` and `x-ms-resource-unit` (Microsoft Graph "Throttling guidance").
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Announced {
    /// Requests (or resource units) of a window.
    pub limit: Option<u64>,
    /// What is left of them.
    pub remaining: Option<u64>,
    /// When the window ends.
    pub reset: Option<Instant>,
    /// How much of a limit is used up, 0.8 to 1.8; it comes from 0.8 on.
    pub percentage: Option<f64>,
    /// What the last request cost.
    pub resource_units: Option<u64>,
}

impl Limits {
    /// Notes what the headers of a reply announce, where they do.
    pub fn note(&self, headers: &HeaderMap, now: Instant) {
        let text = |name| headers.get(name)?.to_str().ok();
        let whole = |name| text(name)?.trim().parse::<u64>().ok();
        if let Some(remaining) = whole("ratelimit-remaining") {
            let mut announced = self.lock();
            announced.limit = whole("ratelimit-limit");
            announced.remaining = Some(remaining);
            announced.reset = whole("ratelimit-reset").and_then(|wait| now.checked_add(Duration::from_secs(wait)));
        }
        if let Some(units) = whole("x-ms-resource-unit") {
            self.lock().resource_units = Some(units);
        }
        let percentage = text("x-ms-throttle-limit-percentage").and_then(|text| text.trim().parse::<f64>().ok());
        // What is no share of a limit says nothing: `NaN` would compare as neither more nor less than any.
        if let Some(percentage) = percentage.filter(|percentage| (0.0..=100.0).contains(percentage)) {
            self.lock().percentage = Some(percentage);
        }
    }

    /// What was announced last.
    #[must_use]
    pub fn announced(&self) -> Announced {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Announced> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_that_is_no_number_is_not_noted() {
        let limits = Limits::default();
        let note = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-ms-throttle-limit-percentage", text.parse().unwrap());
            limits.note(&headers, Instant::now());
            limits.announced().percentage
        };
        assert_eq!(note("1.25"), Some(1.25));
        for nonsense in ["NaN", "inf", "-1", "1e300", ""] {
            assert_eq!(note(nonsense), Some(1.25), "{nonsense}");
        }
    }
}
