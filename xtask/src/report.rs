//! One line a stage: how it ended, how long it took, its counts; what failed is shown whole, what was left out said last.

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::stage::Ended;
use crate::tally::Tally;

/// What ran so far, added up.
#[derive(Default)]
pub(crate) struct Report {
    sum: Tally,
    notices: Vec<String>,
}

impl Report {
    /// A stage that holds or does not.
    pub(crate) fn check(&mut self, name: &str, work: impl FnOnce() -> Result<Ended>) -> bool {
        self.tests(name, || {
            let ended = work()?;
            let tally = Tally::one(ended.success);
            Ok((ended, tally, Vec::new()))
        })
    }

    /// A stage that counts tests and may say which of them had nothing to run with. Gives whether none failed.
    pub(crate) fn tests(&mut self, name: &str, work: impl FnOnce() -> Result<(Ended, Tally, Vec<String>)>) -> bool {
        print!("{name:<26}");
        let _ = std::io::stdout().flush();
        let started = Instant::now();
        let (text, tally, took) = match work() {
            Ok((ended, tally, skipped)) => {
                self.notices.extend(skipped);
                (ended.text, tally, ended.took)
            }
            Err(error) => (format!("{error:#}"), Tally::one(false), started.elapsed()),
        };
        self.line(tally, took);
        if tally.failed > 0 {
            println!("\n{}\n{:-<72}\n", text.trim_end(), format!("--- end of: {name} "));
        }
        tally.failed == 0
    }

    /// A stage whose tool is missing.
    pub(crate) fn absent(&mut self, name: &str, required: bool, why: &str) {
        print!("{name:<26}");
        let tally = if required { Tally::one(false) } else { Tally { skipped: 1, ..Tally::default() } };
        self.line(tally, Duration::ZERO);
        self.notices.push(why.to_owned());
    }

    fn line(&mut self, tally: Tally, took: Duration) {
        self.sum += tally;
        let verdict = match tally {
            Tally { failed: 1.., .. } => "FAILED",
            Tally { passed: 0, .. } => "skipped",
            _ => "ok",
        };
        println!("{verdict:<8} {:>6.1} s   {tally}", took.as_secs_f64());
    }

    /// Says what was left out, and last `N passed, N failed, N skipped`.
    pub(crate) fn end(&self) -> ExitCode {
        if !self.notices.is_empty() {
            println!("\nNot everything ran here:");
            for notice in &self.notices {
                println!("  !! {notice}");
            }
        }
        println!("\n{}", self.sum);
        if self.sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
