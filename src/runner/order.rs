//! Rows that are done, until the caller takes them: in the order of the input, or as they came.

use std::collections::VecDeque;

/// In which order rows come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In the order of the input.
    #[default]
    Input,
    /// As they complete.
    Completion,
}

/// Rows that await their turn or the caller hold at most about this much; beyond it no new item is started.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What a row costs beside its own bytes.
const OVERHEAD: usize = 64;

#[derive(Debug)]
pub(super) struct RowQueue<T> {
    order: Order,
    /// `slots[i]` is the row of position `next + i`; in the order of completion there are no gaps.
    slots: VecDeque<Option<(T, usize)>>,
    next: u64,
    bytes: usize,
}

impl<T> RowQueue<T> {
    pub(super) fn new(order: Order) -> Self {
        Self { order, slots: VecDeque::new(), next: 0, bytes: 0 }
    }

    /// Whether another item may be started.
    pub(super) fn has_room(&self) -> bool {
        self.bytes < MOST_BYTES
    }

    /// Puts the row of a position; a position comes once.
    pub(super) fn insert(&mut self, position: u64, row: T, weight: usize) {
        let weight = weight + OVERHEAD;
        self.bytes += weight;
        match self.order {
            Order::Completion => self.slots.push_back(Some((row, weight))),
            Order::Input => {
                let at = usize::try_from(position.saturating_sub(self.next)).unwrap_or(usize::MAX);
                if at >= self.slots.len() {
                    // An empty slot for each item that is in flight or waits: bounded by what was started.
                    self.slots.resize_with(at + 1, || None);
                }
                self.slots[at] = Some((row, weight));
            }
        }
    }

    /// The next row, where its turn has come.
    pub(super) fn pop(&mut self) -> Option<T> {
        self.slots.front()?.as_ref()?;
        let (row, weight) = self.slots.pop_front()??;
        self.next += 1;
        self.bytes -= weight;
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_order_waits_for_the_head() {
        let mut queue = RowQueue::new(Order::Input);
        queue.insert(2, "c", 1);
        queue.insert(1, "b", 1);
        assert_eq!(queue.pop(), None);
        queue.insert(0, "a", 1);
        assert_eq!([queue.pop(), queue.pop(), queue.pop(), queue.pop()], [Some("a"), Some("b"), Some("c"), None]);
        queue.insert(3, "d", 1);
        assert_eq!([queue.pop(), queue.pop()], [Some("d"), None]);
    }

    #[test]
    fn completion_order_gives_what_is_there() {
        let mut queue = RowQueue::new(Order::Completion);
        queue.insert(2, "c", 1);
        queue.insert(0, "a", 1);
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some("c"), Some("a"), None]);
    }

    #[test]
    fn rows_that_wait_are_bounded() {
        let mut queue = RowQueue::new(Order::Input);
        queue.insert(1, "b", MOST_BYTES);
        assert!(!queue.has_room());
        queue.insert(0, "a", 1);
        queue.pop();
        queue.pop();
        assert!(queue.has_room());
    }
}
