//! The module's test files: each in a process of its own and against an emulator of its own, as many at once as there are
//! processors.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use parking_lot::Mutex;

use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::workspace;

const ENDING: &str = ".Tests.ps1";

/// Files that take long for their size: they run others.
const LONG: [&str; 3] = ["HelpExample.Tests.ps1", "Jobs.Tests.ps1", "EveryCommand.Tests.ps1"];

/// How a stage of tests ended, as [`Report::tests`] takes it.
pub(crate) type Outcome = Result<(Ended, Tally, Vec<String>)>;

/// The name of a test file that was given as a path, or by the part of its name that says what it is about.
///
/// # Errors
///
/// When there is none of that name: it would be run, and nothing in it.
pub(crate) fn name(given: &str) -> Result<String> {
    let name = Path::new(given).file_name().map_or_else(|| given.into(), |name| name.to_string_lossy());
    let file = format!("{}{ENDING}", name.trim_end_matches(ENDING));
    ensure!(every_file()?.contains(&file), "tests/powershell has no file {file}");
    Ok(file)
}

/// The names of all test files, those first that take longest, as far as that can be told: what begins last is short.
///
/// # Errors
///
/// When their folder cannot be read.
pub(crate) fn every_file() -> Result<Vec<String>> {
    let folder = workspace::root().join("tests").join("powershell");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut files: Vec<(bool, u64, String)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.metadata().ok()?.len(), entry.file_name().into_string().ok()?)))
        .filter(|(_, name)| name.ends_with(ENDING))
        .map(|(length, name)| (LONG.contains(&&*name), length, name))
        .collect();
    files.sort_by(|one, other| other.cmp(one));
    Ok(files.into_iter().map(|(_, _, name)| name).collect())
}

/// Runs files and reports each, in the order in which they end.
pub(crate) fn report_each(
    report: &mut Report,
    label: &str,
    files: &[String],
    command: impl Fn(&str) -> Result<Command> + Sync,
) {
    each(files, command, |file, ended| {
        report.tests(&format!("{label}, {}", file.trim_end_matches(ENDING)), || ended);
    });
}

/// Runs files and adds them up: what is shown are those of which tests failed.
///
/// # Errors
///
/// When one of them cannot be started.
pub(crate) fn all(files: &[String], command: impl Fn(&str) -> Result<Command> + Sync) -> Outcome {
    let mut sum = Ended { success: true, text: String::new(), took: Duration::ZERO };
    let mut tally = Tally::default();
    let mut left_out = Vec::new();
    let mut fault = None;
    each(files, command, |file, ended| match ended {
        Ok((ended, counted, said)) => {
            tally += counted;
            left_out.extend(said);
            sum.took += ended.took;
            if counted.failed > 0 {
                sum.success = false;
                sum.text += &format!("{file}:\n{}\n", ended.text.trim_end());
            } else if sum.text.is_empty() {
                // Which PowerShell it was, from whichever comes first.
                sum.text = ended
                    .text
                    .lines()
                    .find(|line| line.starts_with(SHELL))
                    .map_or_else(String::new, |line| format!("{line}\n"));
            }
        }
        Err(error) => fault = Some(error.context(file.to_owned())),
    });
    left_out.sort_unstable();
    left_out.dedup();
    fault.map_or_else(|| Ok((sum, tally, left_out)), Err)
}

/// How the line begins that says which PowerShell tests ran on.
pub(crate) const SHELL: &str = "Tests run on PowerShell ";

fn each(files: &[String], command: impl Fn(&str) -> Result<Command> + Sync, done: impl FnMut(&str, Outcome) + Send) {
    let waiting = Mutex::new(VecDeque::from_iter(files));
    let done = Mutex::new(done);
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let Some(file) = waiting.lock().pop_front() else { break };
                    let ended = command(file).and_then(one);
                    (done.lock())(file, ended);
                }
            });
        }
    });
}

fn one(mut command: Command) -> Outcome {
    let ended = stage::run(&mut command)?;
    // No count at all is a failure even with status 0: the tests did not run.
    let tally = Tally::of_pester(&ended.text).unwrap_or(Tally::one(false)).with_status(ended.success);
    let left_out = tally::left_out(&ended.text);
    Ok((ended, tally, left_out))
}
