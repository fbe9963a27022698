//! `cargo xtask sanitize`: the tests of the C ABI under tools that look at each access to memory.
//!
//! `address` and `thread` are built into the library, and into the programs in C that use it, by the compilers; `memcheck`
//! is valgrind and looks at the library as it is. `miri` interprets the library's own boundary, and knows what a pointer may
//! be used for.

mod instrumented;
mod toolchain;

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::report::Report;
use crate::stage::{self, Ended};
use crate::tally::{self, Tally};
use crate::{tools, workspace};

use instrumented::Sanitizer;

/// What can be asked for.
pub(crate) const TOOLS: [&str; 4] = ["address", "memcheck", "miri", "thread"];

/// Tries the tests under each of the tools, or under all where none is named. The last line is `N passed, N failed, N skipped`.
pub(crate) fn run(tools: &[&str]) -> ExitCode {
    let mut report = Report::default();
    for tool in if tools.is_empty() { &TOOLS } else { tools } {
        match *tool {
            "address" => sanitizer(&mut report, &instrumented::ADDRESS),
            "thread" => sanitizer(&mut report, &instrumented::THREAD),
            "miri" => interpreted(&mut report),
            _ => memcheck(&mut report),
        }
    }
    report.end()
}

fn sanitizer(report: &mut Report, sanitizer: &Sanitizer) {
    match sanitizer.is_missing() {
        Some(why) => report.absent(sanitizer.name, false, &format!("{} was NOT tried: {why}", sanitizer.name)),
        None => {
            report.tests(sanitizer.name, || tests(&mut sanitizer.prepare(&sanitizer.library()?)?));
        }
    }
}

/// What the C programs lose or read unset, and what bad inputs from Python make the library touch.
fn memcheck(report: &mut Report) {
    const NAME: &str = "memcheck";
    if tools::on_path("valgrind").is_none() {
        report.absent(NAME, false, "memcheck was NOT tried: valgrind was not found");
        return;
    }
    report.tests(NAME, || tests(abi_tests(&["c_", "python_inputs"]).env("EXRUN_MEMCHECK", "1")));
}

/// Whether what `src/ffi` does with pointers of a caller is what Rust allows: provenance, aliasing, bounds, alignment, races.
/// No C runs there, so that it is the unit tests of that folder; the models of threads bring stacks of their own.
fn interpreted(report: &mut Report) {
    const NAME: &str = "miri";
    let miri = |arguments: &[&str]| {
        let mut command = Command::new("cargo");
        workspace::clean(&mut command);
        command.args(["+nightly", "miri"]).args(arguments).current_dir(workspace::root());
        command
    };
    if !miri(&["--version"]).output().is_ok_and(|output| output.status.success()) {
        let how = "`rustup component add --toolchain nightly miri rust-src`";
        report.absent(NAME, false, &format!("miri was NOT tried: it takes {how}"));
        return;
    }
    report.tests(NAME, || {
        let mut command = miri(&["test", "--package", "exrun", "--lib", "--no-fail-fast", "ffi::", "--"]);
        command.args(["--skip", "model_"]).env("CARGO_TARGET_DIR", workspace::built("sanitize")?.join(NAME));
        // Threads of the runtime live to the end of the process, and what they hold; the clock and files are those of the
        // machine; locks of others make pointers of numbers.
        let flags = "-Zmiri-disable-isolation -Zmiri-ignore-leaks -Zmiri-permissive-provenance";
        tests(command.env("MIRIFLAGS", flags))
    });
}

/// A call of those tests of `tests/abi.rs` whose names hold one of `names`.
fn abi_tests(names: &[&str]) -> Command {
    let mut command =
        workspace::cargo(&["test", "--workspace", "--test", "abi", "--no-fail-fast", "--", "--show-output"]);
    command.args(names);
    command
}

fn tests(command: &mut Command) -> Result<(Ended, Tally, Vec<String>)> {
    let mut ended = stage::run(command)?;
    let left_out = tally::left_out(&ended.text);
    let tally = Tally::of_cargo(&ended.text).with_status(ended.success).moved_to_skipped(left_out.len() as u64);
    ended.text = tally::without_successes(&ended.text);
    // No test at all is a failure even with status 0.
    let tally = if tally == Tally::default() { Tally::one(false) } else { tally };
    Ok((ended, tally, left_out))
}
