//! How fast a run went, over its time.

use serde_json::{Value, json};

const MOST_POINTS: usize = 60;
const FIRST_WIDTH_MS: u64 = 1000;

/// What was done by the end of each stretch of time; stretches get longer, so that their number stays bounded.
#[derive(Debug)]
pub(super) struct Rates {
    width_ms: u64,
    points: Vec<(u64, u64)>,
}

impl Default for Rates {
    fn default() -> Self {
        Self { width_ms: FIRST_WIDTH_MS, points: Vec::new() }
    }
}

impl Rates {
    /// Notes how many were done at a time, which never goes back.
    pub(super) fn note(&mut self, at_ms: u64, completed: u64) {
        match self.points.last_mut() {
            Some(last) if last.0 / self.width_ms == at_ms / self.width_ms => *last = (at_ms, completed),
            _ => self.points.push((at_ms, completed)),
        }
        while self.points.len() > MOST_POINTS {
            self.width_ms *= 2;
            let width = self.width_ms;
            // The last point of a stretch tells what was done by its end.
            let mut kept: Vec<(u64, u64)> = Vec::with_capacity(MOST_POINTS);
            for point in self.points.drain(..) {
                match kept.last_mut() {
                    Some(last) if last.0 / width == point.0 / width => *last = point,
                    _ => kept.push(point),
                }
            }
            self.points = kept;
        }
    }

    pub(super) fn to_json(&self) -> Value {
        self.points.iter().map(|(at_ms, completed)| json!({"atMs": at_ms, "completed": completed})).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_few_points_and_the_last_is_exact() {
        let mut rates = Rates::default();
        for second in 0..100_000 {
            rates.note(second * 250, second + 1);
        }
        let points = rates.to_json();
        let points = points.as_array().unwrap();
        assert!((20..=MOST_POINTS).contains(&points.len()), "{}", points.len());
        assert_eq!(points.last().unwrap(), &json!({"atMs": 24_999_750, "completed": 100_000}));
        assert!(points.windows(2).all(|pair| pair[0]["completed"].as_u64() < pair[1]["completed"].as_u64()));
    }
}
