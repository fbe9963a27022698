//! When items share a request, and how many.
//!
//! The rule: items that may share one do so where at least a batch of them is ready and at least four slots are
//! free. The service works on four requests of a batch at a time (Microsoft Graph "Combine multiple HTTP requests
//! using JSON batching", and throttling limits of Outlook), so that a batch takes four slots. A batch that was
//! refused as a whole halves the next ones, down to single requests; clean ones double them again.
//!
//! Where single requests hold the slots, as they do when the input came slowly at first, a slot that comes free is
//! kept until there are enough for the batch: else each would go to the next single request, and none ever to a batch.
//! And while further lines are being taken in, fewer than a batch wait for those.

use crate::runner::work::Batching;

/// How many requests of a batch the service works on at a time.
const AT_A_TIME: usize = 4;
/// So many clean batches, or answers to single requests, make the next batches larger.
const CLEAN_BATCHES: usize = 4;
const CLEAN_SINGLES: usize = 64;

#[derive(Debug)]
pub(super) struct Batcher {
    mode: Batching,
    most: usize,
    /// 1: single requests.
    size: usize,
    /// Under way.
    singles: usize,
    clean: usize,
    /// The service takes no batches.
    refused: bool,
}

impl Batcher {
    /// `most` items of one batch, by what the work can do.
    pub(super) fn new(mode: Batching, most: usize) -> Self {
        let most = if mode == Batching::Never { 1 } else { most.max(1) };
        Self { mode, most, size: most, singles: 0, clean: 0, refused: false }
    }

    /// How many items are to share the next request, of so many that are ready and with so many slots free; 0 where
    /// those are to wait: for the ones that single requests will free, or for the lines that are on their way.
    pub(super) fn next_size(&self, ready: usize, free: usize, more_is_coming: bool) -> usize {
        if self.refused || self.size < 2 {
            return 1;
        }
        let size = match self.mode {
            Batching::Auto if ready >= self.size => self.size,
            Batching::Auto if more_is_coming => return 0,
            Batching::Always => ready.min(self.size).max(1),
            Batching::Never | Batching::Auto => 1,
        };
        let needed = slots(size);
        if free >= needed {
            size
        } else if free + self.singles >= needed {
            0
        } else {
            1
        }
    }

    /// A request of so many items is under way.
    pub(super) fn started(&mut self, items: usize) {
        self.singles += usize::from(items == 1);
    }

    /// A request of so many items is so no more.
    pub(super) fn completed(&mut self, items: usize) {
        self.singles -= usize::from(items == 1);
    }

    /// A batch was answered item by item, or a single request was.
    pub(super) fn answered(&mut self) {
        if self.size == self.most {
            return;
        }
        self.clean += 1;
        let enough = if self.size < 2 { CLEAN_SINGLES } else { CLEAN_BATCHES };
        if self.clean >= enough {
            self.clean = 0;
            self.size = (self.size * 2).min(self.most);
        }
    }

    /// A batch of so many items failed as a whole, for a reason that may pass.
    pub(super) fn failed(&mut self, items: usize) {
        self.clean = 0;
        // Those that were under way together count once: the larger ones were started before the size shrank.
        if items <= self.size {
            self.size = (self.size / 2).max(1);
        }
    }

    /// A batch failed as a whole, and others will.
    pub(super) fn refused(&mut self) {
        self.refused = true;
    }
}

/// How many times as long as one request a batch takes.
pub(super) fn rounds(items: usize) -> u32 {
    u32::try_from(items.div_ceil(AT_A_TIME)).unwrap_or(u32::MAX).max(1)
}

/// The slots that a request of so many items takes.
pub(super) fn slots(items: usize) -> usize {
    items.min(AT_A_TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_needs_a_batch_of_items_and_four_slots() {
        let auto = Batcher::new(Batching::Auto, 20);
        assert_eq!(
            (auto.next_size(20, 4, false), auto.next_size(19, 64, false), auto.next_size(500, 3, false)),
            (20, 1, 1)
        );
        let always = Batcher::new(Batching::Always, 20);
        assert_eq!(
            (always.next_size(7, 4, false), always.next_size(2, 2, false), always.next_size(7, 3, false)),
            (7, 2, 1)
        );
        assert_eq!((always.next_size(1, 1, false), always.next_size(0, 64, false)), (1, 1));
        assert_eq!(Batcher::new(Batching::Never, 20).next_size(500, 64, false), 1);
        assert_eq!(Batcher::new(Batching::Always, 1).next_size(500, 64, false), 1);
        assert_eq!((slots(1), slots(3), slots(20)), (1, 3, 4));
    }

    #[test]
    fn slots_that_single_requests_free_are_gathered_for_a_batch() {
        let mut batcher = Batcher::new(Batching::Auto, 20);
        (0..8).for_each(|_| batcher.started(1));
        let sizes: Vec<usize> = (1..=4)
            .map(|free| {
                batcher.completed(1);
                batcher.next_size(100, free, false)
            })
            .collect();
        assert_eq!(sizes, [0, 0, 0, 20]);
        // What is left beside batches cannot become one: 10 slots are two batches and two single requests.
        let mut batcher = Batcher::new(Batching::Auto, 20);
        (0..2).for_each(|_| batcher.started(20));
        assert_eq!(batcher.next_size(100, 2, false), 1);
        batcher.started(1);
        assert_eq!(batcher.next_size(100, 1, false), 1);
        assert_eq!(batcher.next_size(19, 1, false), 1);
        let mut always = Batcher::new(Batching::Always, 20);
        (0..8).for_each(|_| always.started(1));
        assert_eq!(
            (always.next_size(1, 1, false), always.next_size(2, 1, false), always.next_size(2, 2, false)),
            (1, 0, 2)
        );
    }

    #[test]
    fn fewer_than_a_batch_wait_for_lines_that_are_being_taken_in() {
        let auto = Batcher::new(Batching::Auto, 20);
        assert_eq!(
            (auto.next_size(19, 64, true), auto.next_size(20, 64, true), auto.next_size(19, 64, false)),
            (0, 20, 1)
        );
        assert_eq!(Batcher::new(Batching::Never, 20).next_size(19, 64, true), 1);
        assert_eq!(Batcher::new(Batching::Always, 20).next_size(19, 64, true), 19);
    }

    #[test]
    fn a_failed_batch_halves_the_next_down_to_single_requests_and_clean_ones_grow_it() {
        let mut batcher = Batcher::new(Batching::Auto, 20);
        let sizes: Vec<usize> = (0..5)
            .map(|_| {
                batcher.failed(batcher.next_size(100, 64, false));
                batcher.failed(20);
                batcher.next_size(100, 64, false)
            })
            .collect();
        assert_eq!(sizes, [10, 5, 2, 1, 1]);
        for _ in 0..CLEAN_SINGLES {
            batcher.answered();
        }
        assert_eq!(batcher.next_size(100, 64, false), 2);
        for _ in 0..4 * CLEAN_BATCHES {
            batcher.answered();
        }
        assert_eq!(batcher.next_size(100, 64, false), 20);
    }

    #[test]
    fn a_service_that_takes_no_batches_gets_none() {
        let mut batcher = Batcher::new(Batching::Always, 20);
        batcher.refused();
        (0..1000).for_each(|_| batcher.answered());
        assert_eq!(batcher.next_size(100, 64, false), 1);
    }
}
