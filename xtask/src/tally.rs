//! Counts of tests, and how they are read from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ran and held.
    pub(crate) passed: u64,
    /// Ran and did not hold, or could not run though they had to.
    pub(crate) failed: u64,
    /// Could not run here, and may.
    pub(crate) skipped: u64,
}

impl Tally {
    /// One check.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 }
    }

    /// Adds a failure when the runner failed without naming a failed test: it did not compile, or it crashed.
    pub(crate) fn with_status(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    /// Of the tests that passed, so many said that they had nothing to run with.
    pub(crate) fn moved_to_skipped(mut self, count: u64) -> Self {
        let count = count.min(self.passed);
        self.passed -= count;
        self.skipped += count;
        self
    }

    /// The sum of the `test result:` lines of `cargo test`.
    pub(crate) fn of_cargo(text: &str) -> Self {
        let mut sum = Self::default();
        for line in text.lines().filter(|line| line.trim_start().starts_with("test result:")) {
            sum += Self {
                passed: number_before(line, " passed"),
                failed: number_before(line, " failed"),
                skipped: number_before(line, " ignored"),
            };
        }
        sum
    }

    /// The last `Tests Passed: N, Failed: N, Skipped: N` line of Pester; none when it never came so far.
    pub(crate) fn of_pester(text: &str) -> Option<Self> {
        let plain = without_escapes(text);
        let line = plain.lines().rev().find(|line| line.trim_start().starts_with("Tests Passed:"))?;
        Some(Self {
            passed: number_after(line, "Passed: "),
            failed: number_after(line, "Failed: "),
            skipped: number_after(line, "Skipped: ") + number_after(line, "NotRun: "),
        })
    }

    /// The last line of a soak, `soak: N passed, N failed`; none when it never came so far.
    pub(crate) fn of_soak(text: &str) -> Option<Self> {
        let line = text.lines().rev().find(|line| line.starts_with("soak: "))?;
        Some(Self { passed: number_before(line, " passed"), failed: number_before(line, " failed"), skipped: 0 })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// What tests that passed without running said about it. A test that misses a program which may be missing
/// (Python, PowerShell, a C compiler) cannot tell the test runner so: it passes, and prints such a line.
pub(crate) fn left_out(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.lines().filter_map(|line| line.trim().strip_prefix("LEFT OUT: ")).map(str::to_owned).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The output of `cargo test -- --show-output` without what the tests that passed have printed.
pub(crate) fn without_successes(text: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for line in text.lines() {
        inside = line == "successes:" || inside && line != "failures:" && !line.starts_with("test result:");
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn number_before(line: &str, word: &str) -> u64 {
    let Some(end) = line.find(word) else { return 0 };
    let start = line[..end].rfind(|letter: char| !letter.is_ascii_digit()).map_or(0, |before| before + 1);
    line[start..end].parse().unwrap_or(0)
}

fn number_after(line: &str, word: &str) -> u64 {
    let Some(found) = line.find(word) else { return 0 };
    let rest = &line[found + word.len()..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().unwrap_or(0)
}

/// Pester colours its lines even where nobody sees it: `ESC [ ... letter` goes.
fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            let _ = letters.by_ref().skip(1).find(char::is_ascii_alphabetic);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_lines_add_up() {
        let text = "test a ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out\n\
                    test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(Tally::of_cargo(text), Tally { passed: 15, failed: 2, skipped: 1 });
    }

    #[test]
    fn tests_that_could_not_run_are_named() {
        let text = "---- a stdout ----\nLEFT OUT: a: pwsh does not start\nLEFT OUT: a: pwsh does not start\n";
        assert_eq!(left_out(text), ["a: pwsh does not start"]);
    }

    #[test]
    fn successes_are_not_shown_for_a_failure() {
        let text = "one ok\n\nsuccesses:\n\n---- one stdout ----\nnoise\n\nsuccesses:\n    one\n\nfailures:\nbad\n\n\
                    test result: FAILED.\n";
        assert_eq!(without_successes(text), "one ok\n\nfailures:\nbad\n\ntest result: FAILED.\n");
    }

    #[test]
    fn a_crash_counts_as_one_failure() {
        assert_eq!(Tally::of_cargo("error: could not compile").with_status(false), Tally::one(false));
        assert_eq!(Tally { passed: 1, failed: 2, skipped: 0 }.with_status(false).failed, 2);
    }

    #[test]
    fn pester_speaks_in_colours() {
        let text = "\u{1b}[32mTests Passed: 41, \u{1b}[0mFailed: 1, \u{1b}[93mSkipped: 2, Inconclusive: 0, NotRun: 3\u{1b}[0m\n";
        assert_eq!(Tally::of_pester(text), Some(Tally { passed: 41, failed: 1, skipped: 5 }));
        assert_eq!(Tally::of_pester("ParserError"), None);
    }

    #[test]
    fn the_last_line_is_what_callers_read() {
        assert_eq!(Tally { passed: 3, failed: 0, skipped: 1 }.to_string(), "3 passed, 0 failed, 1 skipped");
    }
}
