//! What the service said is left: where it announces its limits, nothing starts that they would refuse.

use std::time::{Duration, Instant};

use crate::context::Announced;

/// Longest time that an announcement may stop a run.
const LONGEST: Duration = Duration::from_secs(600);

/// The tokens of the last announcement.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    seen: Option<Announced>,
    left: u64,
    refilled: Option<Instant>,
}

impl Bucket {
    /// Takes note of what was announced last; what is in flight may not have been counted yet.
    pub(super) fn note(&mut self, announced: Announced, in_flight: usize, now: Instant) {
        if self.seen == Some(announced) {
            return;
        }
        self.seen = Some(announced);
        let (Some(remaining), Some(reset)) = (announced.remaining, announced.reset) else {
            self.refilled = None;
            return;
        };
        self.left = (remaining / announced.resource_units.unwrap_or(1).max(1)).saturating_sub(in_flight as u64);
        self.refilled = Some(reset.min(now + LONGEST));
    }

    /// Until when nothing may start.
    pub(super) fn empty_until(&self, now: Instant) -> Option<Instant> {
        self.refilled.filter(|refilled| self.left == 0 && *refilled > now)
    }

    /// Most requests that may start now.
    pub(super) fn left(&self, now: Instant) -> usize {
        match self.refilled {
            Some(refilled) if refilled > now => usize::try_from(self.left).unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    }

    pub(super) fn started(&mut self, requests: usize) {
        self.left = self.left.saturating_sub(requests as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_starts_and_the_rest_waits_for_the_next_window() {
        let start = Instant::now();
        let reset = start + Duration::from_secs(10);
        let mut bucket = Bucket::default();
        assert_eq!((bucket.left(start), bucket.empty_until(start)), (usize::MAX, None));
        let announced =
            Announced { remaining: Some(9), reset: Some(reset), resource_units: Some(2), ..Announced::default() };
        bucket.note(announced, 1, start);
        assert_eq!(bucket.left(start), 3);
        bucket.started(3);
        bucket.note(announced, 4, start);
        assert_eq!((bucket.left(start), bucket.empty_until(start)), (0, Some(reset)));
        assert_eq!((bucket.left(reset), bucket.empty_until(reset)), (usize::MAX, None));
    }

    #[test]
    fn an_announcement_that_is_absurd_stops_nothing_for_good() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        let reset = Some(start + Duration::from_secs(1_000_000));
        bucket.note(Announced { remaining: Some(0), reset, ..Announced::default() }, 0, start);
        assert_eq!(bucket.empty_until(start), Some(start + LONGEST));
        bucket.note(Announced { remaining: Some(0), reset: None, ..Announced::default() }, 0, start);
        assert_eq!(bucket.empty_until(start), None);
    }
}
