//! How many requests are at the service at once: found while the run goes on.
//!
//! The limit starts small and doubles from window to window until the first sign of overload, then grows slowly. A
//! window whose answers were throttled in part shrinks the limit by half of that share (as DCTCP does with marked
//! packets; RFC 8257): one random 429 in a hundred costs next to nothing, real overload halves. Answers that have
//! become slow shrink it a little. What only one mailbox causes is no overload of the service.

use std::collections::VecDeque;
use std::time::Duration;

use crate::error::Error;

const FIRST_LIMIT: usize = 8;
/// A window has at least so many answers: of fewer, a share says nothing.
const LEAST_WINDOW: usize = 8;
/// How much of a window's share goes into the share of all windows.
const GAIN: f64 = 0.25;
/// From this share on a window counts by itself, and not only by what it adds to the share of all.
const HEAVY: f64 = 0.25;
/// The lowest latency is that of so many windows.
const RECENT: usize = 32;
/// A median below twice the lowest, or within this of it, is no rise: loopback and a busy machine differ by that.
const NO_RISE: Duration = Duration::from_millis(100);

/// What an answer says of the service's load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Load {
    /// It was carried out, or refused for its own sake.
    Fine,
    /// Throttled, as one mailbox may be by itself: it counts where two mailboxes are.
    Throttled,
    /// 503, which some mailboxes always answer: it counts where two mailboxes do.
    Unavailable,
    /// Nothing: no answer, or one mailbox with too many requests at once.
    Unknown,
}

impl Load {
    pub(super) fn of_error(error: &Error) -> Self {
        match error.http_status_code() {
            Some(429) if error.service_message().is_some_and(|message| message.contains("MailboxConcurrency")) => {
                Self::Unknown
            }
            Some(429) => Self::Throttled,
            Some(503) => Self::Unavailable,
            Some(_) => Self::Fine,
            None => Self::Unknown,
        }
    }
}

/// Counts requests in flight against a limit that adapts.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: f64,
    most: f64,
    in_flight: usize,
    /// Until the first sign of overload.
    doubles: bool,
    /// The share of throttled answers, smoothed over windows.
    share: f64,
    window: Window,
    medians: VecDeque<Duration>,
    /// Windows in a row whose answers were slow.
    slow: u32,
    /// After the last window that was not throttled heavily.
    calm: Calm,
}

/// What throttled answers change.
#[derive(Clone, Copy, Debug)]
struct Calm {
    limit: f64,
    doubles: bool,
    share: f64,
}

#[derive(Debug, Default)]
struct Window {
    answers: usize,
    /// Mailboxes, each once.
    throttled: Vec<[u8; 16]>,
    unavailable: Vec<[u8; 16]>,
    latencies: Vec<Duration>,
    /// Most in flight at a time.
    busiest: usize,
}

impl Limiter {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let calm = Calm { limit: number(FIRST_LIMIT.min(most)), doubles: true, share: 0.0 };
        Self {
            limit: calm.limit,
            most: number(most),
            in_flight: 0,
            doubles: calm.doubles,
            share: calm.share,
            calm,
            window: Window::default(),
            medians: VecDeque::new(),
            slow: 0,
        }
    }

    /// The limit now.
    pub(super) fn limit(&self) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to `most`, a usize")]
        let limit = self.limit as usize;
        limit.max(1)
    }

    /// How many further requests may start.
    pub(super) fn free(&self) -> usize {
        self.limit().saturating_sub(self.in_flight)
    }

    pub(super) fn started(&mut self, slots: usize) {
        self.in_flight += slots;
        self.window.busiest = self.window.busiest.max(self.in_flight);
    }

    pub(super) fn completed(&mut self, slots: usize) {
        self.in_flight = self.in_flight.saturating_sub(slots);
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Notes an answer; `latency` where it was that of one request.
    pub(super) fn answered(&mut self, load: Load, mailbox: [u8; 16], latency: Option<Duration>) {
        let window = &mut self.window;
        match load {
            Load::Fine => window.latencies.extend(latency),
            Load::Throttled if window.throttled.contains(&mailbox) => {}
            Load::Unavailable if window.unavailable.contains(&mailbox) => {}
            Load::Throttled => window.throttled.push(mailbox),
            Load::Unavailable => window.unavailable.push(mailbox),
            Load::Unknown => return,
        }
        window.answers += 1;
        if window.answers >= LEAST_WINDOW.max(self.limit()) {
            let window = std::mem::take(&mut self.window);
            self.window.busiest = self.in_flight;
            self.adapt(window);
        }
    }

    fn adapt(&mut self, mut window: Window) {
        let several = |mailboxes: &[[u8; 16]]| if mailboxes.len() > 1 { mailboxes.len() } else { 0 };
        let throttled = several(&window.throttled) + several(&window.unavailable);
        let share = number(throttled) / number(window.answers);
        self.share += GAIN * (share - self.share);
        let rises = self.rises(&mut window.latencies);
        if throttled > 0 {
            let counted = if share >= HEAVY { self.share.max(share) } else { self.share };
            self.limit *= 1.0 - counted / 2.0;
            self.doubles = false;
        } else if rises {
            self.limit *= 0.9;
            self.doubles = false;
        } else if window.busiest * 4 >= self.limit() * 3 {
            // A limit that was not needed says nothing of a higher one.
            self.limit += if self.doubles { self.limit } else { (self.limit / 32.0).max(1.0) };
        }
        self.limit = self.limit.clamp(1.0, self.most);
        if share < HEAVY {
            self.calm = Calm { limit: self.limit, doubles: self.doubles, share: self.share };
        }
    }

    /// What was throttled last was so for another reason than how many there are at a time.
    pub(super) fn forget_throttled(&mut self) {
        Calm { limit: self.limit, doubles: self.doubles, share: self.share } = self.calm;
        self.window = Window { busiest: self.in_flight, ..Window::default() };
    }

    /// Whether answers have been slow for two windows.
    fn rises(&mut self, latencies: &mut [Duration]) -> bool {
        if latencies.is_empty() {
            return false;
        }
        let middle = latencies.len() / 2;
        let median = *latencies.select_nth_unstable(middle).1;
        let lowest = self.medians.iter().copied().min().unwrap_or(median);
        if self.medians.len() == RECENT {
            self.medians.pop_front();
        }
        self.medians.push_back(median);
        let is_slow = median > lowest * 2 && median > lowest + NO_RISE;
        self.slow = if is_slow { self.slow + 1 } else { 0 };
        self.slow >= 2
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    const FAST: Duration = Duration::from_millis(150);

    /// A run that keeps the service as busy as it may: `answers` answers, each as `load` says of its number.
    fn run(limiter: &mut Limiter, answers: usize, latency: Duration, load: impl Fn(usize) -> Load) -> usize {
        let mut least = usize::MAX;
        for answer in 0..answers {
            limiter.started(limiter.free());
            limiter.completed(1);
            let mut mailbox = [0; 16];
            mailbox[..8].copy_from_slice(&answer.to_le_bytes());
            limiter.answered(load(answer), mailbox, Some(latency));
            while limiter.in_flight() > limiter.limit() {
                limiter.completed(1);
            }
            least = least.min(limiter.limit());
        }
        least
    }

    fn at_its_most() -> Limiter {
        let mut limiter = Limiter::new(64);
        run(&mut limiter, 1000, FAST, |_| Load::Fine);
        assert_eq!(limiter.limit(), 64);
        limiter
    }

    #[test]
    fn it_starts_small_and_finds_its_most_within_a_few_windows() {
        let mut limiter = Limiter::new(64);
        assert_eq!(limiter.limit(), 8);
        run(&mut limiter, 8 + 16 + 32, FAST, |_| Load::Fine);
        assert_eq!(limiter.limit(), 64);
        assert_eq!(Limiter::new(3).limit(), 3);
    }

    #[test]
    fn one_in_a_hundred_throttled_at_random_costs_next_to_nothing() {
        let mut limiter = Limiter::new(64);
        // Spread by a multiplicative hash, so that windows have none, one, two and three.
        let random = |answer: usize| {
            if answer.wrapping_mul(2_654_435_761) >> 7 & 1023 < 10 { Load::Throttled } else { Load::Fine }
        };
        run(&mut limiter, 4000, FAST, random);
        let least = run(&mut limiter, 20_000, FAST, random);
        assert!(least >= 56, "{least}");
    }

    #[test]
    fn overload_shrinks_it_quickly_and_it_recovers() {
        let mut limiter = at_its_most();
        run(&mut limiter, 300, FAST, |answer| if answer % 2 == 0 { Load::Throttled } else { Load::Fine });
        assert!(limiter.limit() <= 10, "{}", limiter.limit());
        run(&mut limiter, 100, FAST, |_| Load::Throttled);
        assert!(limiter.limit() <= 2, "{}", limiter.limit());
        run(&mut limiter, 4000, FAST, |_| Load::Fine);
        assert_eq!(limiter.limit(), 64);
    }

    #[test]
    fn answers_that_become_slow_shrink_it() {
        let mut limiter = at_its_most();
        run(&mut limiter, 64 * 5, Duration::from_millis(900), |_| Load::Fine);
        assert!((30..60).contains(&limiter.limit()), "{}", limiter.limit());
    }

    #[test]
    fn latency_that_wavers_is_no_rise() {
        let mut limiter = at_its_most();
        for latency in [160, 240, 180, 900, 150, 240] {
            run(&mut limiter, 64, Duration::from_millis(latency), |_| Load::Fine);
        }
        assert_eq!(limiter.limit(), 64);
    }

    #[test]
    fn what_one_mailbox_causes_is_no_overload() {
        let mut limiter = at_its_most();
        for _ in 0..1000 {
            limiter.answered(Load::Unavailable, [7; 16], Some(FAST));
            limiter.answered(Load::Unknown, [8; 16], Some(FAST));
        }
        assert_eq!(limiter.limit(), 64);
        run(&mut limiter, 200, FAST, |_| Load::Unavailable);
        assert!(limiter.limit() < 32, "{}", limiter.limit());
    }

    #[test]
    fn one_mailbox_that_is_throttled_again_and_again_is_no_overload() {
        let mut limiter = at_its_most();
        for answer in 0..6400_usize {
            limiter.started(limiter.free());
            limiter.completed(1);
            let is_throttled = answer % 4 == 0;
            let mailbox = if is_throttled { [9; 16] } else { [8; 16] };
            let load = if is_throttled { Load::Throttled } else { Load::Fine };
            limiter.answered(load, mailbox, Some(FAST));
        }
        assert_eq!(limiter.limit(), 64);
    }

    #[test]
    fn what_was_throttled_for_another_reason_is_forgotten() {
        let mut limiter = at_its_most();
        run(&mut limiter, 200, FAST, |_| Load::Throttled);
        assert!(limiter.limit() < 32, "{}", limiter.limit());
        limiter.forget_throttled();
        assert_eq!(limiter.limit(), 64);
    }

    #[test]
    fn errors_are_told_apart() {
        let error = |status, message: &str| {
            Error::new(Status::Throttled, "x").http_status(status).service(None, Some(message.to_owned()))
        };
        let mailbox = error(429, "Application is over its MailboxConcurrency limit.");
        assert_eq!(Load::of_error(&mailbox), Load::Unknown);
        assert_eq!(Load::of_error(&error(429, "")), Load::Throttled);
        assert_eq!(Load::of_error(&error(503, "")), Load::Unavailable);
        assert_eq!(Load::of_error(&error(404, "")), Load::Fine);
        assert_eq!(Load::of_error(&Error::new(Status::Timeout, "x")), Load::Unknown);
    }
}
