//! Throttling: the script of the configuration, and the limits of the service.
//!
//! Source: Microsoft Graph "Microsoft Graph service-specific throttling limits".

use std::sync::{Arc, PoisonError};

use crate::reply::{Reply, http_date};
use crate::service::Service;

/// Requests of one app to one mailbox that are answered at a time.
const MAILBOX_CONCURRENCY: u32 = 4;

/// The throttling that the configuration asks for: a share of the mailboxes at their first request, with
/// each form of Retry-After in turn.
#[must_use]
pub fn first_request(service: &Service, mailbox: u64, nth_request: u64) -> Option<Reply> {
    let draw = service.population.mix(mailbox, 8) % 1_000_000;
    #[expect(clippy::cast_precision_loss, reason = "below a million")]
    let struck = (draw as f64) < service.config.throttle_percent * 10_000.0;
    if !struck || nth_request > 1 {
        return None;
    }
    let seconds = service.config.throttle_seconds;
    let retry_after = match draw % 3 {
        0 => format!("{seconds}"),
        #[expect(clippy::cast_possible_truncation, reason = "a few seconds")]
        1 => format!("{}", seconds.ceil() as i64),
        _ => http_date(service.now() + 1),
    };
    let reply = if draw.is_multiple_of(2) {
        Reply::graph_error(429, "TooManyRequests", "Too many requests.")
    } else {
        over_concurrency()
    };
    Some(reply.header("retry-after", retry_after))
}

fn over_concurrency() -> Reply {
    Reply::graph_error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
}

/// Counts a request of a mailbox while it is being answered.
#[derive(Debug)]
pub struct Busy {
    service: Arc<Service>,
    mailbox: Option<u64>,
    /// How many of this mailbox there were when it began, with this one.
    now: u32,
}

impl Busy {
    /// Begins a request.
    #[must_use]
    pub fn begin(service: &Arc<Service>, mailbox: Option<u64>) -> Self {
        service.counters.count(|state| {
            state.in_flight += 1;
            state.max_in_flight = state.max_in_flight.max(state.in_flight);
        });
        let mut now = 0;
        if let Some(index) = mailbox {
            let mut busy = service.busy.lock().unwrap_or_else(PoisonError::into_inner);
            let number = busy.entry(index).or_default();
            *number += 1;
            now = *number;
        }
        Self { service: Arc::clone(service), mailbox, now }
    }

    /// The 429 of a request that is one too many for its mailbox.
    #[must_use]
    pub fn over_limit(&self) -> Option<Reply> {
        (self.now > MAILBOX_CONCURRENCY).then(|| over_concurrency().header("retry-after", "1"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.service.counters.count(|state| state.in_flight -= 1);
        if let Some(index) = self.mailbox {
            let mut busy = self.service.busy.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(number) = busy.get_mut(&index) {
                *number -= 1;
                if *number == 0 {
                    busy.remove(&index);
                }
            }
        }
    }
}
