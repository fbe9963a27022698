//! The app's own limit at the service: a throttled answer that one mailbox gets is that mailbox's, those that several
//! get are the app's.
//!
//! Then nothing starts until the `Retry-After` of most of them is over, and after that one item finds out whether the
//! limit lets requests through again, and the next where it does not. So at most what was in flight is lost, and that
//! once. What a window bore, from one such end to the next limit, the next one starts as it comes; then again one item
//! finds out whether there is more to be had, and as long as there is twice as many follow it each time: the limit may
//! have been shared, and the others may be done.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use crate::error::Error;

/// So many more mailboxes refused than let through are the app's limit; as many as may be in flight, where that is
/// fewer.
const MANY: usize = 16;
/// Fewer than these could be one mailbox and chance.
const LEAST: usize = 2;
/// Longest time that a run waits for the limit to end. After it items are tried all the same, so that each comes to
/// its row; and what asks for more is each item's own affair.
const LONGEST: Duration = Duration::from_secs(600);
/// The wait where the service names none.
const USUAL_WAIT: Duration = Duration::from_secs(1);
/// The least, whatever the service says.
const LEAST_WAIT: Duration = Duration::from_millis(250);
/// However long the service asks to wait, one item finds out so often: it may be a few mailboxes' limit after all.
const PROBE_EVERY: Duration = Duration::from_secs(30);
/// A refused probe is followed by the next after this part of the time that the limit holds on: few probes, and little
/// time lost.
const PART: u32 = 8;

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
    /// Mailboxes that were refused, and when each may be tried again; each that was let through takes one away.
    refused: VecDeque<([u8; 16], Instant)>,
    closed: Option<Closed>,
    window: Window,
}

/// Nothing starts but probes.
#[derive(Debug)]
struct Closed {
    why: Why,
    since: Instant,
    /// When the limit should be over, by what the service said.
    due: Instant,
    /// When the next item may find out whether it is.
    probe_at: Instant,
    has_refused_probe: bool,
    /// Positions of items that were started since.
    probes: BTreeSet<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// The limit is reached; so many could be in flight.
    Limit(usize),
    /// What the window before bore has started.
    Pace,
}

/// From the end of one limit to the next.
#[derive(Debug, Default)]
struct Window {
    passed: u64,
    started: u64,
    /// How many it may start before one finds out whether there is more.
    pace: Option<u64>,
    /// How many followed the last that found more.
    more: u64,
}

impl Throttle {
    /// Until when nothing may start, or nothing that was not tried yet.
    pub(super) fn holds_until(&self, now: Instant) -> Option<Instant> {
        let closed = self.closed.as_ref()?;
        Some(closed.probe_at.min(closed.since + LONGEST)).filter(|until| *until > now)
    }

    /// Until when the service asked the app to wait, while the app is at its limit: when that is over one item finds out
    /// whether it is.
    pub(super) fn limited_until(&self) -> Option<Instant> {
        self.closed.as_ref().filter(|closed| closed.why != Why::Pace).map(|closed| closed.due)
    }

    /// Most items that may start now.
    pub(super) fn left(&self, now: Instant) -> usize {
        match &self.closed {
            Some(closed) if now >= closed.since + LONGEST => usize::MAX,
            Some(closed) => usize::from(closed.probe_at <= now && closed.probes.is_empty()),
            None => self.window.left(),
        }
    }

    /// Whether items that were tried before go on with their tries while nothing else may start: where nothing ever
    /// was let through, whoever waits for a few mailboxes learns what is wrong.
    pub(super) fn lets_tried_through(&self) -> bool {
        self.closed.is_some() && !self.has_passed
    }

    /// Whether the next probe is to be one that was tried least: none is to use up its tries for the others. The first
    /// is the one whose own wait was over first, which goes through where the limit was that of a few mailboxes.
    pub(super) fn spares_tried(&self) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.has_refused_probe)
    }

    /// Whether what is throttled now is throttled for how many requests a window has, and not for how many there are at
    /// a time: far more went through since the limit before.
    pub(super) fn explains_refusals(&self) -> bool {
        match self.closed.as_ref().map(|closed| closed.why) {
            Some(Why::Limit(in_flight)) => self.window.passed > 4 * in_flight as u64,
            Some(Why::Pace) | None => false,
        }
    }

    /// An item is started.
    pub(super) fn started(&mut self, now: Instant, position: u64) {
        self.window.started += 1;
        match &mut self.closed {
            Some(closed) => {
                closed.probes.insert(position);
            }
            None if self.window.left() == 0 => self.closed = Some(Closed::new(Why::Pace, now, now)),
            None => {}
        }
    }

    /// An item is answered, of which so many may be in flight.
    pub(super) fn answered(&mut self, now: Instant, position: u64, mailbox: [u8; 16], sign: Sign, limit: usize) {
        let was_probe = self.closed.as_mut().is_some_and(|closed| closed.probes.remove(&position));
        match sign {
            // Of a probe: another finds out.
            Sign::None => {}
            Sign::Passed => {
                self.has_passed = true;
                self.refused.pop_front();
                self.window.passed += 1;
                if was_probe {
                    self.open(limit);
                }
            }
            // Its items give up, or wait for longer than a run does.
            Sign::Refused(Some(wait)) if wait > LONGEST => {}
            Sign::Refused(wait) => {
                let due = now + wait.unwrap_or(USUAL_WAIT);
                match &mut self.closed {
                    Some(closed) if was_probe => closed.refuse_probe(now, due, limit),
                    // It was in flight.
                    Some(Closed { why: Why::Limit(_), .. }) => {}
                    Some(_) | None => self.refuse(now, mailbox, due, limit),
                }
            }
        }
    }

    fn refuse(&mut self, now: Instant, mailbox: [u8; 16], due: Instant, limit: usize) {
        if !self.refused.iter().any(|(known, _)| *known == mailbox) {
            self.refused.push_back((mailbox, due));
        }
        if self.refused.len() >= limit.clamp(LEAST, MANY) {
            let mut dues: Vec<Instant> = self.refused.drain(..).map(|(_, due)| due).collect();
            dues.sort_unstable();
            // One mailbox of them may ask for something else.
            let due = dues.get(dues.len() / 2).copied().unwrap_or(due);
            self.closed = Some(Closed::new(Why::Limit(limit), now, due));
        }
    }

    /// A probe was let through.
    fn open(&mut self, limit: usize) {
        self.refused.clear();
        match self.closed.take().map(|closed| closed.why) {
            Some(Why::Limit(in_flight)) => {
                // The probe is the first of the next window.
                let bore = self.window.passed.saturating_sub(1);
                // Of fewer than may be in flight it is chance how many went through.
                let pace = Some(bore).filter(|bore| *bore > in_flight as u64);
                self.window = Window { passed: 1, started: 1, pace, more: 0 };
            }
            Some(Why::Pace) => self.window.grow(limit as u64),
            None => {}
        }
    }
}

impl Closed {
    fn new(why: Why, now: Instant, due: Instant) -> Self {
        let mut closed =
            Self { why, since: now, due, probe_at: now, has_refused_probe: false, probes: BTreeSet::new() };
        if why != Why::Pace {
            closed.wait_until(due.max(now + LEAST_WAIT), now);
        }
        closed
    }

    fn wait_until(&mut self, due: Instant, now: Instant) {
        self.due = due;
        self.probe_at = due.min(now + PROBE_EVERY);
    }

    /// The service refused a probe, and says that the limit is over at a time.
    fn refuse_probe(&mut self, now: Instant, due: Instant, limit: usize) {
        let was_first = !std::mem::replace(&mut self.has_refused_probe, true);
        if self.why == Why::Pace {
            if was_first {
                // It may be that mailbox's own limit.
                self.probe_at = now;
                return;
            }
            (self.why, self.since, self.due) = (Why::Limit(limit), now, due);
        }
        // Who asks for too little is not believed again and again.
        let held = now.saturating_duration_since(self.since);
        let least = if now < self.due { LEAST_WAIT } else { LEAST_WAIT.max(held / PART) };
        self.wait_until(due.max(now + least), now);
    }
}

impl Window {
    fn left(&self) -> usize {
        let left = self.pace.map(|pace| pace.saturating_sub(self.started));
        left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX)
    }

    /// There is more to be had: twice as much as the last time, and without a bound where that is what may be in
    /// flight.
    fn grow(&mut self, limit: u64) {
        self.more = (self.more * 2).max(1);
        self.pace = Some(self.started + self.more).filter(|_| self.more < limit);
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
    fn several_mailboxes_are_the_app_and_one_mailbox_is_not() {
        let now = Instant::now();
        let mut throttle = Throttle::default();
        for position in 0..100 {
            throttle.answered(now, position, hash(7), Sign::Refused(Some(WAIT)), 64);
        }
        assert_eq!((throttle.left(now), throttle.holds_until(now)), (usize::MAX, None));
        refuse(&mut throttle, now, 0..10);
        throttle.answered(now, 10, hash(10), Sign::Passed, 64);
        // One of those before it counts no more.
        refuse(&mut throttle, now, 11..17);
        assert_eq!(throttle.left(now), usize::MAX);
        refuse(&mut throttle, now, 17..18);
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
        throttle.started(now, 18);
        assert_eq!((throttle.left(now), throttle.holds_until(now)), (0, None));
        throttle.answered(now, 18, hash(18), Sign::Refused(None), 64);
        assert_eq!(throttle.holds_until(now), Some(now + USUAL_WAIT));
        let now = now + USUAL_WAIT;
        throttle.started(now, 19);
        throttle.answered(now, 19, hash(19), Sign::None, 64);
        assert_eq!(throttle.left(now), 1);
        throttle.started(now, 20);
        throttle.answered(now, 20, hash(20), Sign::Passed, 64);
        assert_eq!(throttle.left(now), usize::MAX);
    }

    #[test]
    fn however_long_the_service_asks_to_wait_one_finds_out_now_and_then() {
        let start = Instant::now();
        let mut throttle = Throttle::default();
        for position in 0..16 {
            throttle.answered(start, position, hash(position), Sign::Refused(Some(LONGEST)), 32);
        }
        assert_eq!(throttle.holds_until(start), Some(start + PROBE_EVERY));
        // One that asks for no time is not asked again at once, and the longer it goes on the more seldom.
        let mut now = start;
        let mut probes = 0;
        while let Some(at) = throttle.holds_until(now) {
            now = at;
            throttle.started(now, 100 + probes);
            throttle.answered(now, 100 + probes, hash(9), Sign::Refused(Some(Duration::ZERO)), 32);
            probes += 1;
        }
        assert_eq!(now, start + LONGEST);
        assert!((20..60).contains(&probes), "{probes}");
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

    /// A throttle whose windows are all of ten seconds.
    struct Windows {
        throttle: Throttle,
        now: Instant,
    }

    impl Windows {
        fn new() -> Self {
            Self { throttle: Throttle::default(), now: Instant::now() }
        }

        fn pass(&mut self, number: u64) {
            (0..number).for_each(|position| self.throttle.started(self.now, position));
            (0..number).for_each(|position| self.answer(position, Sign::Passed));
        }

        fn answer(&mut self, position: u64, sign: Sign) {
            self.throttle.answered(self.now, position, hash(position), sign, 32);
        }

        fn reach_the_limit(&mut self) {
            refuse(&mut self.throttle, self.now, 1000..1016);
            assert_eq!(self.left(), 0);
        }

        fn probe(&mut self, sign: Sign) {
            assert_eq!(self.left(), 1);
            self.throttle.started(self.now, 2000);
            self.answer(2000, sign);
        }

        /// The window ends.
        fn open(&mut self) {
            self.now = self.throttle.holds_until(self.now).unwrap();
            self.probe(Sign::Passed);
        }

        fn left(&self) -> usize {
            self.throttle.left(self.now)
        }
    }

    #[test]
    fn what_a_window_bore_the_next_one_starts_and_then_one_finds_out_whether_there_is_more() {
        let mut windows = Windows::new();
        windows.pass(400);
        windows.reach_the_limit();
        windows.open();
        // The one that found out is part of the window.
        assert_eq!(windows.left(), 399);
        windows.pass(399);
        let mut found = Vec::new();
        for _ in 0..6 {
            windows.probe(Sign::Passed);
            found.push(windows.left());
            if windows.left() < usize::MAX {
                windows.pass(windows.left() as u64);
            }
        }
        // From what may be in flight on it is unbounded.
        assert_eq!(found, [1, 2, 4, 8, 16, usize::MAX]);
        windows.reach_the_limit();
        windows.open();
        assert_eq!(windows.left(), 400 + 6 + 1 + 2 + 4 + 8 + 16 - 1);
    }

    #[test]
    fn two_that_find_out_that_there_is_no_more_are_the_limit_and_one_is_its_mailbox() {
        let mut windows = Windows::new();
        windows.pass(400);
        windows.reach_the_limit();
        windows.open();
        windows.pass(399);
        windows.probe(Sign::Refused(Some(WAIT)));
        assert!(windows.throttle.spares_tried());
        windows.probe(Sign::Refused(Some(WAIT)));
        assert_eq!((windows.left(), windows.throttle.holds_until(windows.now)), (0, Some(windows.now + WAIT)));
        windows.open();
        assert_eq!(windows.left(), 399);
    }

    #[test]
    fn so_few_as_may_be_in_flight_set_no_pace() {
        let mut windows = Windows::new();
        windows.pass(32);
        windows.reach_the_limit();
        windows.open();
        assert_eq!(windows.left(), usize::MAX);
    }

    #[test]
    fn far_more_than_what_is_in_flight_went_through_where_the_window_is_the_reason() {
        for (passed, explains) in [(129, true), (128, false)] {
            let mut windows = Windows::new();
            windows.pass(passed);
            assert!(!windows.throttle.explains_refusals());
            windows.reach_the_limit();
            assert_eq!(windows.throttle.explains_refusals(), explains);
        }
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
