//! How far a run that writes may get ahead of the caller who takes its rows.
//!
//! What is written cannot be unwritten, and a caller may stop at any row. So a row that is done and not taken keeps a
//! request from starting as one in flight does: whenever the caller stops, no more was sent than what he has, and
//! what may be in flight at a time. Reads change nothing, and run ahead.
//!
//! In the order of the input an item that waits, for its next try or its mailbox, would so stop all others. Rows
//! behind such a one do not count, nor those behind one whose answer is long in coming.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::runner::order::Untaken;

/// An item that takes longer is not waited for by those behind it.
const LONGEST_HEAD: Duration = Duration::from_secs(2);

/// Rows that are done and that the caller is not done with.
#[derive(Clone, Copy, Debug)]
pub(in crate::runner) struct Backlog {
    pub(in crate::runner) untaken: Untaken,
    /// Rows that the caller took and is still at.
    pub(in crate::runner) in_hand: usize,
    /// Rows that are not on the disk yet.
    pub(in crate::runner) unrecorded: usize,
}

/// The items in flight, by position.
#[derive(Debug, Default)]
pub(super) struct Lead {
    in_flight: BTreeMap<u64, Instant>,
    /// When the item that holds the others up has done so for long enough.
    until: Option<Instant>,
}

impl Lead {
    pub(super) fn started(&mut self, position: u64, now: Instant) {
        self.in_flight.insert(position, now);
    }

    pub(super) fn completed(&mut self, position: u64) {
        self.in_flight.remove(&position);
    }

    /// How many slots are taken by rows that are done.
    pub(super) fn slots(&mut self, backlog: Backlog, now: Instant) -> usize {
        let Backlog { untaken, in_hand, unrecorded } = backlog;
        let head_until = self.in_flight.get(&untaken.gap).map(|since| *since + LONGEST_HEAD);
        self.until = head_until.filter(|until| *until > now && untaken.behind_gap > 0);
        // What is unrecorded may be the head itself.
        let counts_behind = self.until.is_some() || unrecorded > 0;
        untaken.at_hand + in_hand + unrecorded + if counts_behind { untaken.behind_gap } else { 0 }
    }

    /// When more may start although nothing has happened.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backlog(at_hand: usize, behind_gap: usize, in_hand: usize, unrecorded: usize) -> Backlog {
        Backlog { untaken: Untaken { at_hand, gap: 7, behind_gap }, in_hand, unrecorded }
    }

    #[test]
    fn rows_that_are_done_take_slots_until_they_are_taken() {
        let now = Instant::now();
        let mut lead = Lead::default();
        assert_eq!(lead.slots(backlog(3, 0, 2, 1), now), 6);
        assert_eq!(lead.slots(backlog(0, 0, 0, 0), now), 0);
    }

    #[test]
    fn rows_behind_one_that_is_in_flight_count_and_behind_one_that_waits_do_not() {
        let now = Instant::now();
        let mut lead = Lead::default();
        lead.started(7, now);
        assert_eq!((lead.slots(backlog(1, 4, 0, 0), now), lead.until()), (5, Some(now + LONGEST_HEAD)));
        assert_eq!((lead.slots(backlog(1, 4, 0, 0), now + LONGEST_HEAD), lead.until()), (1, None));
        lead.completed(7);
        assert_eq!(lead.slots(backlog(1, 4, 0, 0), now), 1);
        assert_eq!(lead.slots(backlog(1, 4, 0, 1), now), 6);
    }
}
