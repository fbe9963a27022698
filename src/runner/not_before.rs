//! Items that wait until a time. They hold no slot: sleeping in a slot is what makes throttling ruinous.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

/// Items by the time before which they must not be tried; of equal times the earlier one first.
#[derive(Debug)]
pub(super) struct NotBeforeQueue<T> {
    items: BinaryHeap<Reverse<Entry<T>>>,
    pushed: u64,
}

#[derive(Debug)]
struct Entry<T> {
    due: Instant,
    number: u64,
    item: T,
}

impl<T> NotBeforeQueue<T> {
    pub(super) fn new() -> Self {
        Self { items: BinaryHeap::new(), pushed: 0 }
    }

    pub(super) fn push(&mut self, due: Instant, item: T) {
        self.pushed += 1;
        self.items.push(Reverse(Entry { due, number: self.pushed, item }));
    }

    /// The item that is due first, where it is due by now.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<T> {
        if self.next_due()? > now {
            return None;
        }
        self.items.pop().map(|Reverse(entry)| entry.item)
    }

    /// What waits, in no order.
    pub(super) fn take_all(&mut self) -> impl Iterator<Item = T> + use<T> {
        std::mem::take(&mut self.items).into_iter().map(|Reverse(entry)| entry.item)
    }

    pub(super) fn next_due(&self) -> Option<Instant> {
        self.items.peek().map(|Reverse(entry)| entry.due)
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn gives_what_is_due_in_the_order_of_the_times() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut queue = NotBeforeQueue::new();
        queue.push(at(300), "head of the order");
        queue.push(at(1), "a");
        queue.push(at(1), "b");
        assert_eq!(queue.pop_due(start), None);
        assert_eq!(queue.next_due(), Some(at(1)));
        assert_eq!(queue.pop_due(at(2)), Some("a"));
        assert_eq!(queue.pop_due(at(2)), Some("b"));
        assert_eq!(queue.pop_due(at(2)), None);
        assert_eq!(queue.pop_due(at(300)), Some("head of the order"));
        assert_eq!(queue.len(), 0);
    }
}
