//! The app's own limit at the service: a throttled answer that one mailbox gets is that mailbox's, one that several get
//! in a row is the app's.
//!
//! Then nothing starts until the longest `Retry-After` of them is over, and after that one item finds out whether the
//! limit lets requests through again. So at most what was in flight is lost. What a whole window bore, from one such
//! end to the next limit, is what the windows after it may start; where that goes well they get more, in growing
//! steps: the limit may have been shared, and the others may be done.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::error::Error;

/// So many throttled mailboxes in a row are the app's limit; as many as may be in flight, where that is fewer.
const MANY: usize = 16;
/// Fewer than these could be one mailbox and chance.
const LEAST: usize = 2;
/// Longest time that a run waits for the limit to end. After it items are tried all the same, so that each comes to
/// its row; and what asks for more is each item's own affair.
const LONGEST: Duration = Duration::from_secs(600);
/// The wait where the service names none, doubled with each probe that is refused.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const MOST_DOUBLINGS: u32 = 5;
/// How much more a window may start after one that went well: a quarter, and twice as many quarters after each.
const PARTS: u64 = 4;
const MOST_PARTS: u64 = 16;

/// What an answer says of the app's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It was let through.
    Passed,
    /// It was refused, and is to wait so long.
    Refused(Option<Duration>),
    /// Nothing.
    None,
}

impl Sign {
    pub(super) fn of_error(error: &Error) -> Self {
        match error.http_status_code() {
            // Exchange's own limits are of one app at one mailbox.
            Some(429) if error.service_code() == Some("ApplicationThrottled") => Self::None,
            Some(429) => Self::Refused(error.retry_after_hint()),
            // It may have been refused before it was counted.
            Some(500..) | None => Self::None,
            Some(_) => Self::Passed,
        }
    }
}

/// Whether the app is at its limit, and how much a window bears.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    has_passed: bool,
    /// The mailboxes of the last answers, all of them refused.
    refused: Vec<[u8; 16]>,
    /// The longest that those asked to wait.
    asked: Option<Instant>,
    closed: Option<Closed>,
    window: Window,
}

/// The limit is reached.
#[derive(Debug)]
struct Closed {
    since: Instant,
    until: Instant,
    /// What the window before bore, where it was more than what may be in flight, and so says something.
    bore: Option<u64>,
    /// Positions of items that were started since.
    probes: BTreeSet<u64>,
    refused_probes: u32,
}

/// From the end of one limit to the next.
#[derive(Debug, Default)]
struct Window {
    /// Where it began with the end of a limit, and not somewhere between two.
    opened: Option<Instant>,
    passed: u64,
    started: u64,
    pace: Option<Pace>,
}

/// What windows may start.
#[derive(Clone, Copy, Debug)]
struct Pace {
    most: u64,
    length: Duration,
    /// By how many parts the next window may start more.
    growth: u64,
}

impl Throttle {
    /// Until when nothing may start, or nothing that was not tried yet.
    pub(super) fn holds_until(&self, now: Instant) -> Option<Instant> {
        match &self.closed {
            Some(closed) => Some(closed.until.min(closed.since + LONGEST)).filter(|until| *until > now),
            None => self.window.ends().filter(|ends| *ends > now && self.window.left() == 0),
        }
    }

    /// Most items that may start now.
    pub(super) fn left(&mut self, now: Instant) -> usize {
        match &self.closed {
            Some(closed) if closed.is_over(now) => usize::MAX,
            Some(closed) if closed.until > now || !closed.probes.is_empty() => 0,
            Some(_) => 1,
            None => {
                self.window.renew(now);
                self.window.left()
            }
        }
    }

    /// Whether items that were tried before go on with their tries while nothing else may start: where nothing ever
    /// was let through, whoever waits for a few mailboxes learns what is wrong.
    pub(super) fn lets_tried_through(&self) -> bool {
        self.closed.is_some() && !self.has_passed
    }

    /// An item is started.
    pub(super) fn started(&mut self, position: u64) {
        self.window.started += 1;
        if let Some(closed) = &mut self.closed {
            closed.probes.insert(position);
        }
    }

    /// An item is answered, of which so many may be in flight.
    pub(super) fn answered(&mut self, now: Instant, position: u64, mailbox: [u8; 16], sign: Sign, limit: usize) {
        let was_probe = self.closed.as_mut().is_some_and(|closed| closed.probes.remove(&position));
        match sign {
            Sign::None => {}
            Sign::Passed => {
                self.has_passed = true;
                self.refused.clear();
                self.asked = None;
                self.window.passed += 1;
                if was_probe {
                    self.open(now);
                }
            }
            Sign::Refused(wait) => self.refuse(now, mailbox, wait, was_probe, limit),
        }
    }

    fn refuse(&mut self, now: Instant, mailbox: [u8; 16], wait: Option<Duration>, was_probe: bool, limit: usize) {
        let doublings = self.closed.as_ref().map_or(0, |closed| closed.refused_probes).min(MOST_DOUBLINGS);
        let wait = wait.unwrap_or(FIRST_WAIT * (1 << doublings));
        // Its items give up, or wait for longer than a run does.
        if wait > LONGEST {
            return;
        }
        if let Some(closed) = &mut self.closed {
            closed.until = closed.until.max(now + wait);
            closed.refused_probes += u32::from(was_probe);
            return;
        }
        self.asked = self.asked.max(Some(now + wait));
        if !self.refused.contains(&mailbox) {
            self.refused.push(mailbox);
        }
        if self.refused.len() >= limit.clamp(LEAST, MANY) {
            self.refused.clear();
            let until = self.asked.take().unwrap_or(now);
            let bore = Some(self.window.passed).filter(|passed| *passed > limit as u64);
            self.closed = Some(Closed { since: now, until, bore, probes: BTreeSet::new(), refused_probes: 0 });
        }
    }

    fn open(&mut self, now: Instant) {
        let bore = self.closed.take().and_then(|closed| closed.bore);
        let pace = self.window.opened.zip(bore).map(|(opened, bore)| Pace {
            most: bore,
            length: now.saturating_duration_since(opened).min(LONGEST),
            growth: 1,
        });
        self.window = Window { opened: Some(now), pace, ..Window::default() };
    }
}

impl Closed {
    /// Whether the run has waited for long enough.
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= LONGEST
    }
}

impl Window {
    fn ends(&self) -> Option<Instant> {
        Some(self.opened? + self.pace?.length)
    }

    fn left(&self) -> usize {
        self.pace
            .map_or(usize::MAX, |pace| usize::try_from(pace.most.saturating_sub(self.started)).unwrap_or(usize::MAX))
    }

    /// Begins the next window where this one has ended, with more where it was used up.
    fn renew(&mut self, now: Instant) {
        let Some(mut pace) = self.pace.filter(|_| self.ends().is_some_and(|ends| ends <= now)) else { return };
        if self.left() == 0 {
            pace.most += (pace.most / PARTS).saturating_mul(pace.growth).max(1);
            pace.growth = (pace.growth * 2).min(MOST_PARTS);
        }
        *self = Self { opened: Some(now), pace: Some(pace), ..Self::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::error::Status;

    const WAIT: Duration = Duration::from_secs(3);

    fn hash(mailbox: u64) -> [u8; 16] {
        let mut hash = [0; 16];
        hash[..8].copy_from_slice(&mailbox.to_le_bytes());
        hash
    }

    fn refuse(throttle: &mut Throttle, now: Instant, positions: Range<u64>) {
        for position in positions {
            throttle.answered(now, position, hash(position), Sign::Refused(Some(WAIT)), 32);
        }
    }

    #[test]
    fn several_mailboxes_in_a_row_are_the_app_and_one_mailbox_is_not() {
        let now = Instant::now();
        let mut throttle = Throttle::default();
        for position in 0..100 {
            throttle.answered(now, position, hash(7), Sign::Refused(Some(WAIT)), 64);
        }
        assert_eq!((throttle.left(now), throttle.holds_until(now)), (usize::MAX, None));
        refuse(&mut throttle, now, 0..10);
        throttle.answered(now, 10, hash(10), Sign::Passed, 64);
        refuse(&mut throttle, now, 11..26);
        assert_eq!(throttle.left(now), usize::MAX);
        refuse(&mut throttle, now, 26..27);
        assert_eq!((throttle.left(now), throttle.holds_until(now)), (0, Some(now + WAIT)));
    }

    #[test]
    fn one_probe_at_a_time_finds_out_and_what_was_in_flight_before_does_not() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        throttle.answered(start, 0, hash(0), Sign::Passed, 64);
        refuse(&mut throttle, start, 1..17);
        throttle.answered(start, 17, hash(17), Sign::Passed, 64);
        let now = start + WAIT;
        assert_eq!((throttle.left(now), throttle.holds_until(now), throttle.lets_tried_through()), (1, None, false));
        throttle.started(18);
        assert_eq!(throttle.left(now), 0);
        throttle.answered(now, 18, hash(18), Sign::Refused(None), 64);
        assert_eq!(throttle.holds_until(now), Some(now + FIRST_WAIT));
        let now = now + FIRST_WAIT;
        throttle.started(19);
        throttle.answered(now, 19, hash(19), Sign::Passed, 64);
        assert_eq!(throttle.left(now), usize::MAX);
    }

    #[test]
    fn a_limit_that_never_ends_holds_a_run_up_for_ten_minutes_at_most() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        refuse(&mut throttle, start, 0..16);
        assert!(throttle.lets_tried_through());
        let over = start + LONGEST;
        assert_eq!((throttle.left(over), throttle.holds_until(over)), (usize::MAX, None));
        let mut throttle = Throttle::default();
        for position in 0..100 {
            throttle.answered(start, position, hash(position), Sign::Refused(Some(LONGEST * 2)), 64);
        }
        assert_eq!(throttle.left(start), usize::MAX);
    }

    #[test]
    fn a_whole_window_sets_the_pace_and_windows_that_go_well_raise_it() {
        let mut now = Instant::now();
        let mut throttle = Throttle::default();
        let mut window = |throttle: &mut Throttle, passed: u64| {
            (0..passed).for_each(|position| throttle.started(position));
            (0..passed).for_each(|position| throttle.answered(now, position, hash(position), Sign::Passed, 32));
            refuse(throttle, now, 1000..1016);
            now += WAIT;
            throttle.started(2000);
            throttle.answered(now, 2000, hash(2000), Sign::Passed, 64);
            now
        };
        // The run may have begun in the middle of the first.
        let now = window(&mut throttle, 3);
        assert_eq!(throttle.left(now), usize::MAX);
        let mut now = window(&mut throttle, 40);
        let mut paces = Vec::new();
        for _ in 0..4 {
            let most = throttle.left(now);
            paces.push(most);
            (0..most as u64).for_each(|position| throttle.started(position));
            assert_eq!((throttle.left(now), throttle.holds_until(now)), (0, Some(now + WAIT)));
            now += WAIT;
        }
        assert_eq!(paces, [40, 50, 74, 146]);
        // A window that was not used up says nothing of a larger one.
        let before = throttle.left(now);
        assert_eq!(throttle.left(now + WAIT), before);
    }

    #[test]
    fn what_exchange_refuses_at_one_mailbox_is_no_limit_of_the_app() {
        let error = |status: u16, code: &str| {
            Error::new(Status::Throttled, "x").http_status(status).service(Some(code.to_owned()), None)
        };
        assert_eq!(Sign::of_error(&error(429, "ApplicationThrottled")), Sign::None);
        assert_eq!(Sign::of_error(&error(429, "TooManyRequests").retry_after(Some(WAIT))), Sign::Refused(Some(WAIT)));
        assert_eq!(Sign::of_error(&error(404, "")), Sign::Passed);
        assert_eq!(Sign::of_error(&error(503, "")), Sign::None);
        assert_eq!(Sign::of_error(&Error::new(Status::Timeout, "x")), Sign::None);
    }
}
