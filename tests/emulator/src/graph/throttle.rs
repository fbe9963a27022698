//! Throttling: what the configuration asks for, and the limits of the service.
//!
//! Source: Microsoft Graph "Microsoft Graph service-specific throttling limits", "Throttling guidance".

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::reply::{Reply, http_date};
use crate::service::Service;

/// Requests of one app to one mailbox that are answered at a time.
const MAILBOX_CONCURRENCY: u32 = 4;
/// Seconds over which requests to the directory are counted.
const DIRECTORY_WINDOW: i64 = 10;
/// Seconds over which requests to one mailbox are counted.
const MAILBOX_WINDOW: i64 = 600;
/// The share of the service's capacity from which on replies take longer.
const CROWDED: f64 = 0.75;

/// How much of each limit is used.
#[derive(Debug, Default)]
pub struct Limits {
    app: Mutex<Window>,
    directory: Mutex<Window>,
    mailboxes: Mutex<HashMap<u64, Use>>,
}

#[derive(Debug, Default)]
struct Use {
    now: u32,
    window: Window,
}

#[derive(Debug, Default)]
struct Window {
    number: i64,
    used: u64,
}

impl Window {
    /// Uses so much of the window that it is now; how much of it is used.
    fn spend(&mut self, now: i64, length: i64, cost: u64) -> u64 {
        let number = now.div_euclid(length);
        if self.number != number {
            *self = Self { number, used: 0 };
        }
        self.used += cost;
        self.used
    }
}

/// What a request counts for.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// A request to Outlook, by mailbox.
    Mailbox(u64),
    /// A request to the directory, by its cost in resource units.
    Directory(u64),
    /// Anything else.
    Other,
}

/// A request while it is being answered, counted towards the limits.
#[derive(Debug)]
pub struct Admission {
    service: Arc<Service>,
    target: Target,
    in_flight: u64,
    app_used: u64,
    directory_used: u64,
    mailbox_used: u64,
    mailbox_now: u32,
    came: i64,
}

impl Admission {
    /// Begins a request.
    #[must_use]
    pub fn begin(service: &Arc<Service>, target: Target) -> Self {
        let in_flight = service.counters.count(|state| {
            state.in_flight += 1;
            state.max_in_flight = state.max_in_flight.max(state.in_flight);
            state.in_flight
        });
        let came = service.now();
        let limits = &service.limits;
        let mut all = Self {
            service: Arc::clone(service),
            target,
            in_flight,
            app_used: limits.app.lock().spend(came, service.config.window_seconds, 1),
            directory_used: 0,
            mailbox_used: 0,
            mailbox_now: 0,
            came,
        };
        match target {
            Target::Mailbox(index) => {
                let mut mailboxes = limits.mailboxes.lock();
                let mailbox = mailboxes.entry(index).or_default();
                mailbox.now += 1;
                all.mailbox_now = mailbox.now;
                all.mailbox_used = mailbox.window.spend(came, MAILBOX_WINDOW, 1);
            }
            Target::Directory(cost) => all.directory_used = limits.directory.lock().spend(came, DIRECTORY_WINDOW, cost),
            Target::Other => {}
        }
        all
    }

    /// The 429 of a request that is over a limit.
    #[must_use]
    pub fn refused(&self) -> Option<Reply> {
        let config = &self.service.config;
        let rest_of = |window: i64| (window - self.came.rem_euclid(window)).to_string();
        if config.service_concurrency.is_some_and(|most| self.in_flight > u64::from(most)) {
            let wait = 200 + self.service.draw(10) % 800;
            return Some(too_many().header("retry-after", format!("{}.{:03}", wait / 1000, wait % 1000)));
        }
        if self.app_used > config.requests_per_10s {
            let window = self.came.div_euclid(config.window_seconds);
            self.service.counters.count(|state| *state.refused_by_window.entry(window).or_default() += 1);
            return Some(too_many().header("retry-after", rest_of(config.window_seconds)));
        }
        if self.directory_used > directory_units(config.mailboxes) {
            return Some(too_many().header("retry-after", rest_of(DIRECTORY_WINDOW)));
        }
        if self.mailbox_now > MAILBOX_CONCURRENCY {
            return Some(over_concurrency().header("retry-after", "1"));
        }
        if self.mailbox_used > config.mailbox_requests_per_10min {
            let reply = Reply::graph_error(429, "ApplicationThrottled", "Application is over its RequestRate limit.");
            return Some(reply.header("retry-after", rest_of(MAILBOX_WINDOW)));
        }
        None
    }

    /// How long the reply takes: the latency of the configuration, and up to four times as much again (of at
    /// least 5 ms) where the service nears its capacity.
    #[must_use]
    pub fn latency(&self) -> Duration {
        let configured = Duration::from_millis(self.service.config.latency_ms);
        let Some(most) = self.service.config.service_concurrency else { return configured };
        #[expect(clippy::cast_precision_loss, reason = "requests in flight are few")]
        let load = self.in_flight as f64 / f64::from(most.max(1));
        let crowding = ((load - CROWDED) / (1.0 - CROWDED)).clamp(0.0, 1.0);
        configured + configured.max(Duration::from_millis(5)).mul_f64(4.0 * crowding)
    }

    /// With what the service says about its limits.
    #[must_use]
    pub fn announce(&self, mut reply: Reply) -> Reply {
        if let Target::Directory(cost) = self.target {
            reply = reply.header("x-ms-resource-unit", cost.to_string());
        }
        if !self.service.config.announce_limits {
            return reply;
        }
        let config = &self.service.config;
        let (limit, used, window) = match self.target {
            Target::Directory(_) => (directory_units(config.mailboxes), self.directory_used, DIRECTORY_WINDOW),
            _ => (config.requests_per_10s, self.app_used, config.window_seconds),
        };
        reply
            .header("ratelimit-limit", limit.to_string())
            .header("ratelimit-remaining", limit.saturating_sub(used).to_string())
            .header("ratelimit-reset", (window - self.came.rem_euclid(window)).to_string())
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.service.counters.count(|state| state.in_flight -= 1);
        if let Target::Mailbox(index) = self.target
            && let Some(mailbox) = self.service.limits.mailboxes.lock().get_mut(&index)
        {
            mailbox.now -= 1;
        }
    }
}

/// Resource units of the directory in 10 seconds, by the size of the tenant.
fn directory_units(users: u64) -> u64 {
    match users {
        0..50 => 3500,
        50..=500 => 5000,
        _ => 8000,
    }
}

fn too_many() -> Reply {
    Reply::graph_error(429, "TooManyRequests", "Too many requests.")
}

fn over_concurrency() -> Reply {
    Reply::graph_error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
}

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
    let reply = if draw.is_multiple_of(2) { too_many() } else { over_concurrency() };
    Some(reply.header("retry-after", retry_after))
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn a_window_begins_anew() {
        let mut window = Window::default();
        assert_eq!((0..3).map(|_| window.spend(1019, 10, 1)).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(window.spend(1020, 10, 2), 2);
    }
}
