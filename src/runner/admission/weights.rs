//! How many mailboxes may be under way by what they give: a few that give megabytes fill the memory that thousands
//! of short rows do not.

/// What all that are under way may give, together and on average.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The mean of what mailboxes gave, the last ones most.
#[derive(Debug, Default)]
pub(super) struct Weights {
    mean: usize,
}

impl Weights {
    pub(super) fn note(&mut self, weight: usize) {
        self.mean = self.mean - self.mean / 8 + weight / 8;
    }

    /// Most mailboxes at a time. One there is always: nothing waits for memory that only its own rows would free.
    pub(super) fn most(&self) -> usize {
        MOST_BYTES.checked_div(self.mean).unwrap_or(usize::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_rows_bound_nothing_and_long_ones_leave_few_at_a_time() {
        let mut weights = Weights::default();
        assert_eq!(weights.most(), usize::MAX);
        (0..100).for_each(|_| weights.note(500));
        assert!(weights.most() > 10_000);
        // One large mailbox among small ones makes way for a while.
        weights.note(MOST_BYTES);
        assert!((4..20).contains(&weights.most()));
        (0..60).for_each(|_| weights.note(500));
        assert!(weights.most() > 1024);
        (0..100).for_each(|_| weights.note(MOST_BYTES / 2));
        assert_eq!(weights.most(), 2);
        (0..100).for_each(|_| weights.note(usize::MAX / 16));
        assert_eq!(weights.most(), 1);
    }
}
