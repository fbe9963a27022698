//! Rows that are done, until the caller takes them: in the order of the input, or as they came.

use std::collections::BTreeMap;

/// In which order rows come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// In the order of the input.
    #[default]
    Input,
    /// As they complete.
    Completion,
}

/// Rows in memory hold about this much. Beyond it, rows that await the turn of an earlier one are set aside, and
/// rows that await the caller keep further items from starting.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// Rows that were set aside come back before the caller asks for them: about so much of what he can take is in memory.
const MOST_ROWS_AHEAD: usize = 4096;
const MOST_BYTES_AHEAD: usize = MOST_BYTES / 2;
/// So much of it comes back at a time, in so many rows at most.
const MOST_BYTES_BACK: usize = MOST_BYTES / 8;
const MOST_ROWS_BACK: usize = 1024;

/// What a row costs beside its own bytes.
const OVERHEAD: usize = 96;

#[derive(Debug)]
pub(super) struct RowQueue<T> {
    order: Order,
    /// By position; in the order of completion by their own number.
    rows: BTreeMap<u64, (T, usize)>,
    next: u64,
    inserted: u64,
    /// The first position that is not done; all before it the caller has taken or can take.
    gap: u64,
    /// Rows that are done and that the caller has not taken.
    untaken: usize,
    bytes: usize,
    /// Positions whose rows are outside of memory, how many, and about how many bytes those hold.
    aside: Ranges,
    aside_rows: usize,
    aside_bytes: usize,
}

impl<T> RowQueue<T> {
    pub(super) fn new(order: Order) -> Self {
        Self {
            order,
            rows: BTreeMap::new(),
            next: 0,
            inserted: 0,
            gap: 0,
            untaken: 0,
            bytes: 0,
            aside: Ranges::default(),
            aside_rows: 0,
            aside_bytes: 0,
        }
    }

    /// Whether another item may be started.
    pub(super) fn has_room(&self) -> bool {
        // Where the head is not done, what is beyond it can be set aside, which may take a moment.
        let most = if self.awaits_head() { 2 * MOST_BYTES } else { MOST_BYTES };
        self.bytes < most
    }

    /// Puts the row of a position; a position comes once.
    pub(super) fn insert(&mut self, position: u64, row: T, weight: usize) {
        self.untaken += 1;
        self.hold(position, row, weight);
        while self.order == Order::Input && (self.rows.contains_key(&self.gap) || self.aside.contains(self.gap)) {
            self.gap += 1;
        }
    }

    fn hold(&mut self, position: u64, row: T, weight: usize) {
        let weight = weight + OVERHEAD;
        self.bytes += weight;
        let place = match self.order {
            Order::Input => position,
            Order::Completion => self.inserted,
        };
        self.inserted += 1;
        self.rows.insert(place, (row, weight));
    }

    /// The next row, where its turn has come.
    pub(super) fn pop(&mut self) -> Option<T> {
        let head = self.rows.first_entry().filter(|head| *head.key() == self.next)?;
        let (row, weight) = head.remove();
        self.next += 1;
        self.untaken -= 1;
        self.bytes -= weight;
        Some(row)
    }

    /// Rows that the caller could have taken, and those that wait for the first position that is not done.
    pub(super) fn untaken(&self) -> Untaken {
        let at_hand = match self.order {
            Order::Completion => self.untaken,
            Order::Input => usize::try_from(self.gap - self.next).unwrap_or(usize::MAX),
        };
        Untaken { at_hand, gap: self.gap, behind_gap: self.untaken - at_hand }
    }

    /// The rows in memory, by position, where they are too many and none has its turn: they now count as set aside.
    pub(super) fn overflow(&mut self) -> Option<BTreeMap<u64, (T, usize)>> {
        if self.bytes < MOST_BYTES || !self.awaits_head() {
            return None;
        }
        let rows = std::mem::take(&mut self.rows);
        self.aside_rows += rows.len();
        self.aside_bytes += std::mem::take(&mut self.bytes);
        rows.keys().for_each(|position| self.aside.insert(*position));
        Some(rows)
    }

    /// The first position whose row was set aside, where it is time to bring that back: its turn has come or is near.
    pub(super) fn due_back(&self) -> Option<u64> {
        let first = self.first_aside_in_turn()?;
        let ahead = (MOST_BYTES_AHEAD / self.mean_aside()).clamp(1, MOST_ROWS_AHEAD);
        (first - self.next < ahead as u64).then_some(first)
    }

    /// How many rows are to come back at a time, by their mean.
    pub(super) fn portion(&self) -> usize {
        (MOST_BYTES_BACK / self.mean_aside()).clamp(1, MOST_ROWS_BACK)
    }

    fn mean_aside(&self) -> usize {
        (self.aside_bytes / self.aside_rows.max(1)).max(1)
    }

    /// Whether fewer rows than `most` can be taken now, and more can as soon as those are back that are on their way.
    pub(super) fn awaits_more(&self, most: usize) -> bool {
        self.due_back().is_some_and(|first| first - self.next < most as u64)
    }

    /// The first row that was set aside, where only rows that are done come before it: those are all in memory.
    fn first_aside_in_turn(&self) -> Option<u64> {
        self.aside.first().filter(|first| *first < self.gap)
    }

    /// Puts a row that was set aside; the earliest first.
    pub(super) fn put_back(&mut self, position: u64, row: T, weight: usize) {
        self.aside.remove_first(position);
        self.aside_bytes = self.aside_bytes.saturating_sub(self.mean_aside());
        self.aside_rows = self.aside_rows.saturating_sub(1);
        self.hold(position, row, weight);
    }

    /// Whether no row has to be brought back for the caller to take all whose turn comes: for a run that has ended.
    pub(super) fn is_over(&self) -> bool {
        self.first_aside_in_turn().is_none()
    }

    /// Whether the row whose turn has come is not done.
    fn awaits_head(&self) -> bool {
        self.order == Order::Input && !self.rows.contains_key(&self.next) && !self.aside.contains(self.next)
    }
}

/// Rows that are done and not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Untaken {
    pub(super) at_hand: usize,
    /// The first position that is not done, in the order of the input.
    pub(super) gap: u64,
    pub(super) behind_gap: usize,
}

/// A set of numbers in runs: as large as it has gaps.
#[derive(Debug, Default)]
struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    fn insert(&mut self, number: u64) {
        let end = self.0.remove(&(number + 1)).unwrap_or(number + 1);
        match self.0.range_mut(..=number).next_back() {
            Some((_, before)) if *before == number => *before = end,
            _ => {
                self.0.insert(number, end);
            }
        }
    }

    fn first(&self) -> Option<u64> {
        self.0.keys().next().copied()
    }

    fn contains(&self, number: u64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, end)| number < *end)
    }

    /// Removes a number that begins a run.
    fn remove_first(&mut self, number: u64) {
        if let Some(end) = self.0.remove(&number)
            && number + 1 < end
        {
            self.0.insert(number + 1, end);
        }
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
    fn rows_that_await_the_caller_stop_further_ones() {
        for order in [Order::Input, Order::Completion] {
            let mut queue = RowQueue::new(order);
            queue.insert(0, "a", MOST_BYTES);
            assert!(!queue.has_room() && queue.overflow().is_none());
            queue.pop();
            assert!(queue.has_room());
        }
    }

    #[test]
    fn rows_that_await_an_earlier_one_go_aside_and_come_back_in_their_turn() {
        let mut queue = RowQueue::new(Order::Input);
        queue.insert(1, "b", MOST_BYTES);
        queue.insert(3, "d", 1);
        assert!(queue.has_room());
        let aside: Vec<u64> = queue.overflow().unwrap().into_keys().collect();
        assert_eq!(aside, [1, 3]);
        assert_eq!((queue.overflow().is_none(), queue.due_back()), (true, None));
        queue.insert(0, "a", 1);
        queue.insert(2, "c", 1);
        assert_eq!((queue.pop(), queue.pop(), queue.due_back()), (Some("a"), None, Some(1)));
        queue.put_back(1, "b", 1);
        assert_eq!((queue.pop(), queue.pop(), queue.pop(), queue.due_back()), (Some("b"), Some("c"), None, Some(3)));
        queue.put_back(3, "d", 1);
        assert_eq!((queue.pop(), queue.pop(), queue.due_back()), (Some("d"), None, None));
        assert_eq!(queue.bytes, 0);
    }

    #[test]
    fn rows_come_back_before_they_are_asked_for_and_a_portion_waits_for_those_on_their_way() {
        let mut queue = RowQueue::new(Order::Input);
        (1..=10).for_each(|position| queue.insert(position, position, MOST_BYTES / 8));
        queue.overflow().unwrap();
        assert!(queue.due_back().is_none() && !queue.awaits_more(1) && queue.is_over());
        queue.insert(0, 0, 1);
        // The head is in memory; what follows it is brought back although nobody has asked.
        assert_eq!((queue.due_back(), queue.awaits_more(1), queue.awaits_more(2)), (Some(1), false, true));
        (1..=2).for_each(|position| queue.put_back(position, position, MOST_BYTES / 8));
        // As much is there as may be: who asks for more has what is there.
        assert_eq!((queue.due_back(), queue.awaits_more(100), queue.is_over()), (None, false, false));
        (0..=2).for_each(|position| assert_eq!(queue.pop(), Some(position)));
        assert_eq!((queue.due_back(), queue.awaits_more(1)), (Some(3), true));
    }

    #[test]
    fn rows_that_nobody_took_are_counted_wherever_they_are() {
        let mut queue = RowQueue::new(Order::Input);
        queue.insert(1, "b", MOST_BYTES);
        queue.insert(3, "d", 1);
        assert_eq!(queue.untaken(), Untaken { at_hand: 0, gap: 0, behind_gap: 2 });
        queue.overflow().unwrap();
        queue.insert(0, "a", 1);
        assert_eq!(queue.untaken(), Untaken { at_hand: 2, gap: 2, behind_gap: 1 });
        queue.pop();
        queue.put_back(1, "b", 1);
        assert_eq!(queue.untaken(), Untaken { at_hand: 1, gap: 2, behind_gap: 1 });
        queue.insert(2, "c", 1);
        assert_eq!(queue.untaken(), Untaken { at_hand: 3, gap: 4, behind_gap: 0 });
        let mut queue = RowQueue::new(Order::Completion);
        queue.insert(7, "h", 1);
        queue.insert(3, "d", 1);
        queue.pop();
        assert_eq!((queue.untaken().at_hand, queue.untaken().behind_gap), (1, 0));
    }

    #[test]
    fn a_set_of_numbers_is_as_large_as_its_gaps() {
        let mut ranges = Ranges::default();
        (0..1000).filter(|number| number % 100 != 7).rev().for_each(|number| ranges.insert(number));
        (1000..2000).for_each(|number| ranges.insert(number));
        assert_eq!(ranges.0.len(), 11);
        assert!(ranges.contains(6) && !ranges.contains(7) && ranges.contains(8) && !ranges.contains(2000));
        ranges.insert(7);
        assert_eq!(ranges.0.len(), 10);
        ranges.remove_first(0);
        assert!(!ranges.contains(0) && ranges.contains(1));
    }
}
