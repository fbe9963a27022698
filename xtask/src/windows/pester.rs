//! The module's tests in PowerShell for Windows: each file in a process of its own and against an emulator of its own, as
//! many at once as there are processors.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::{Context, Result};
use parking_lot::Mutex;

use super::Tried;
use super::wine::Wine;
use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::workspace;

const ENDING: &str = ".Tests.ps1";

/// The name of a test file that was given as a path.
pub(super) fn name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// The names of all test files.
///
/// # Errors
///
/// When their folder cannot be read.
pub(super) fn every_file() -> Result<Vec<String>> {
    let folder = workspace::root().join("tests").join("powershell");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(ENDING))
        .collect();
    names.sort();
    Ok(names)
}

/// Runs files and reports each, in the order in which they end.
pub(super) fn run(report: &mut Report, wine: &Wine, tried: &Tried, files: &[String]) {
    let waiting = Mutex::new(VecDeque::from_iter(files));
    let report = Mutex::new(report);
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let Some(file) = waiting.lock().pop_front() else { break };
                    let ended = one(wine, tried, file);
                    report.lock().tests(&format!("{}, {}", tried.name, file.trim_end_matches(ENDING)), || ended);
                }
            });
        }
    });
}

fn one(wine: &Wine, tried: &Tried, file: &str) -> Result<(Ended, Tally, Vec<String>)> {
    let ended = stage::run(&mut wine.powershell_tests(tried, file)?)?;
    let tally = Tally::of_pester(&ended.text).unwrap_or(Tally::one(false)).with_status(ended.success);
    let left_out = tally::left_out(&ended.text);
    Ok((ended, tally, left_out))
}
