//! How often each value came, in bounded memory.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::HashMap;

/// Values that are told apart; there are fewer languages and time zones than these.
const MOST_VALUES: usize = 1000;

/// Longer ones are told apart by nobody who looks at a bar.
const LONGEST_VALUE: usize = 200;

/// How often each value came.
#[derive(Debug, Default)]
pub(super) struct Tally {
    counts: HashMap<Box<str>, u64>,
    /// What came of the values beyond those.
    beyond: u64,
}

impl Tally {
    pub(super) fn add(&mut self, value: &str) {
        if let Some(count) = self.counts.get_mut(value) {
            *count += 1;
        } else if self.counts.len() < MOST_VALUES && value.len() <= LONGEST_VALUE {
            self.counts.insert(value.into(), 1);
        } else {
            self.beyond += 1;
        }
    }

    /// The most common values first, those that are equally common by name; and what came of all others.
    pub(super) fn most_common(&self, most: usize) -> (Vec<(&str, u64)>, u64) {
        let mut values: Vec<(&str, u64)> = self.counts.iter().map(|(value, count)| (value.borrow(), *count)).collect();
        values.sort_unstable_by_key(|(value, count)| (Reverse(*count), *value));
        let others = values.iter().skip(most).map(|(_, count)| count).sum::<u64>() + self.beyond;
        values.truncate(most);
        (values, others)
    }

    pub(super) fn total(&self) -> u64 {
        self.counts.values().sum::<u64>() + self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_common_come_first_and_nothing_is_lost_of_the_others() {
        let mut tally = Tally::default();
        for value in ["b", "a", "c", "c", "d"] {
            tally.add(value);
        }
        assert_eq!(tally.most_common(2), (vec![("c", 2), ("a", 1)], 2));
        assert_eq!(tally.most_common(9).1, 0);
        tally.add(&"x".repeat(LONGEST_VALUE + 1));
        for number in 0..5000 {
            tally.add(&number.to_string());
        }
        assert_eq!((tally.counts.len(), tally.total()), (MOST_VALUES, 5006));
        assert_eq!(tally.most_common(MOST_VALUES).1, 5006 - (5 + 996));
    }
}
