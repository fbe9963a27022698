//! At most four requests at a time to one mailbox (Microsoft Graph "Service-specific throttling limits", Outlook).

use std::collections::{HashMap, VecDeque};

const AT_A_TIME: usize = 4;

/// Items in flight by mailbox, and those that wait for one of their own mailbox. They hold no slot.
#[derive(Debug)]
pub(super) struct Mailboxes<T> {
    at_a_time: usize,
    busy: HashMap<[u8; 16], Busy<T>>,
    waiting: usize,
}

#[derive(Debug)]
struct Busy<T> {
    in_flight: usize,
    waiting: VecDeque<T>,
}

impl<T> Mailboxes<T> {
    /// One after another where the order counts.
    pub(super) fn new(is_ordered: bool) -> Self {
        Self { at_a_time: if is_ordered { 1 } else { AT_A_TIME }, busy: HashMap::new(), waiting: 0 }
    }

    /// Gives the item back where it may start, which counts as started; else keeps it.
    pub(super) fn enter(&mut self, mailbox: [u8; 16], item: T) -> Option<T> {
        let busy = self.busy.entry(mailbox).or_insert_with(|| Busy { in_flight: 0, waiting: VecDeque::new() });
        if busy.in_flight >= self.at_a_time {
            busy.waiting.push_back(item);
            self.waiting += 1;
            return None;
        }
        busy.in_flight += 1;
        Some(item)
    }

    /// One of the mailbox has completed; gives the next that waited for that, which is to enter again.
    pub(super) fn leave(&mut self, mailbox: [u8; 16]) -> Option<T> {
        let busy = self.busy.get_mut(&mailbox)?;
        busy.in_flight = busy.in_flight.saturating_sub(1);
        let next = busy.waiting.pop_front();
        self.waiting -= usize::from(next.is_some());
        if busy.in_flight == 0 && busy.waiting.is_empty() {
            self.busy.remove(&mailbox);
        }
        next
    }

    /// Those that wait, in no order of their mailboxes.
    pub(super) fn take_waiting(&mut self) -> impl Iterator<Item = T> + use<T> {
        self.waiting = 0;
        std::mem::take(&mut self.busy).into_values().flat_map(|busy| busy.waiting)
    }

    /// Whether they go one after another.
    pub(super) fn is_ordered(&self) -> bool {
        self.at_a_time == 1
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_waits_for_one_of_its_own_mailbox() {
        let mut mailboxes = Mailboxes::new(false);
        let started: Vec<Option<u32>> = (0..6).map(|item| mailboxes.enter([1; 16], item)).collect();
        assert_eq!(started, [Some(0), Some(1), Some(2), Some(3), None, None]);
        assert_eq!(mailboxes.enter([2; 16], 9), Some(9));
        assert_eq!((mailboxes.waiting(), mailboxes.leave([2; 16])), (2, None));
        assert_eq!(mailboxes.leave([1; 16]), Some(4));
        assert_eq!(mailboxes.enter([1; 16], 4), Some(4));
        assert_eq!(mailboxes.leave([1; 16]), Some(5));
        for _ in 0..3 {
            assert_eq!(mailboxes.leave([1; 16]), None);
        }
        assert!(mailboxes.busy.is_empty() && mailboxes.waiting() == 0);
    }
}
