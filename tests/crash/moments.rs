//! One process for each moment: this test binary once more, with `faults.c` before the C library.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::{certificates, journals, older_journals, plans, runs, tokens};

const TASK: &str = "EXRUN_TEST_CRASH";

/// What meets a process at an operation.
pub(super) const KILLS: [&str; 2] = ["kill", "torn"];
pub(super) const POWER_CUTS: [&str; 2] = ["cut", "cutdata"];
pub(super) const FAILURES: [&str; 2] = ["error", "full"];

/// A process that met something, and what it left.
pub(super) struct Moment {
    pub(super) kind: &'static str,
    /// Which operation it was, and which were done.
    pub(super) what: String,
    pub(super) folder: PathBuf,
    /// What the process said at its end: nothing where it was killed, an error where it met one.
    pub(super) said: Option<Result<(), String>>,
}

/// Has `task` done by processes that meet `kinds` at their first, second, ... and last operation, and each time what
/// it left judged. `prepare` fills the folder that it works in.
pub(super) fn at_each(task: &Value, kinds: &[&'static str], prepare: impl Fn(&Path), judge: impl FnMut(&Moment)) {
    at_those(|_, _| true, task, kinds, prepare, judge);
}

/// As [`at_each`]; of many writes one after the other it takes the first and the last ones. What is done to the files
/// must be the same in each process.
pub(super) fn at_each_edge(task: &Value, kinds: &[&'static str], prepare: impl Fn(&Path), judge: impl FnMut(&Moment)) {
    let is_other = |operation: &String| !operation.starts_with("write");
    let is_edge = |whole: &[String], at: usize| {
        let near = at.saturating_sub(1 + NEAR)..whole.len().min(at + NEAR);
        at > whole.len() || whole[near].iter().any(is_other)
    };
    at_those(is_edge, task, kinds, prepare, judge);
}

/// Writes that are near another operation: a frame of a log is two of them.
const NEAR: usize = 4;

fn at_those(
    is_meant: impl Fn(&[String], usize) -> bool,
    task: &Value,
    kinds: &[&'static str],
    prepare: impl Fn(&Path),
    mut judge: impl FnMut(&Moment),
) {
    let Some(faults) = faults() else { return };
    let once = |kind, at, task: &Value| {
        let place = folder_in_memory();
        let parent = fs::canonicalize(place.path()).unwrap();
        let folder = parent.join("files");
        fs::create_dir(&folder).unwrap();
        fs::create_dir(parent.join("files.kept")).unwrap();
        prepare(&folder);
        let said = process(faults, kind, at, &folder, task);
        let log = fs::read_to_string(parent.join("operations")).unwrap_or_default();
        let done: Vec<String> = log.lines().map(str::to_owned).collect();
        (place, folder, said, done)
    };
    let (_place, _, said, whole) = once("none", 0, &fresh(task));
    assert_eq!(said, Some(Ok(())));
    // Whatever it does to its files, it makes them last.
    assert!(whole.iter().any(|operation| operation.starts_with("f")), "{whole:?}");
    for &kind in kinds {
        for at in 1.. {
            assert!(at < whole.len() * 3, "{kind}: it never comes to its end");
            if kind == "torn" && whole.get(at - 1).is_some_and(|operation| !operation.starts_with("write")) {
                continue; // Nothing that could be torn: as a kill.
            }
            if !is_meant(&whole, at) {
                continue;
            }
            let (_place, folder, said, done) = once(kind, at, &fresh(task));
            let is_last = done.len() < at;
            assert!(!is_last || said == Some(Ok(())), "{kind} was not met, and yet: {said:?}");
            let what = format!(
                "{kind} at {at} of {}: {:?}",
                whole.len(),
                &done[at.saturating_sub(4).min(done.len())..at.min(done.len())]
            );
            if !is_last || POWER_CUTS.contains(&kind) {
                judge(&Moment { kind, what, folder, said });
            }
            if is_last {
                break;
            }
        }
    }
}

/// What is on the disk is decided by `faults.c`: the disk itself need not be waited for.
fn folder_in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// The task for one process more: mailboxes are used once.
fn fresh(task: &Value) -> Value {
    let mut task = task.clone();
    if let Some(number) = task["mailboxes"].as_u64() {
        task["first"] = runs::take_mailboxes(number).into();
        task["names"] = runs::named(&task);
        task["formats"] = runs::date_formats(&task);
    }
    task
}

/// Runs a process to its end.
fn process(faults: &Path, kind: &str, at: usize, folder: &Path, task: &Value) -> Option<Result<(), String>> {
    let mut task = task.clone();
    task["folder"] = folder.to_str().into();
    fs::write(folder.with_file_name("task"), task.to_string()).unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "moments::child", "--nocapture", "--test-threads=1"]);
    child.env(TASK, task.to_string()).env("LD_PRELOAD", faults).env("EXRUN_FAULT_FOLDER", folder);
    child.env("EXRUN_FAULT_LOG", folder.with_file_name("operations"));
    child.env("EXRUN_FAULT_KIND", kind).env("EXRUN_FAULT_AT", at.to_string());
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    let answer = said.lines().find_map(|line| line.split_once("CHILD SAYS ")).map(|(_, answer)| answer.to_owned());
    if answer.is_none() {
        use std::os::unix::process::ExitStatusExt as _;
        assert_eq!(output.status.signal(), Some(9), "{kind} at {at}: {said}{errors}");
    }
    answer.map(|answer| if answer == "done" { Ok(()) } else { Err(answer) })
}

/// Does the task that a process was started for.
#[test]
fn child() {
    let Ok(task) = env::var(TASK) else { return };
    let done = carry_out(&serde_json::from_str(&task).unwrap());
    let said = match done {
        Ok(()) => "done".to_owned(),
        Err(error) => error.replace('\n', " "),
    };
    std::io::stdout().lock().write_all(format!("CHILD SAYS {said}\n").as_bytes()).unwrap();
}

/// The task of the moment, by a process that meets nothing or by this one.
pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    match task["what"].as_str().unwrap() {
        "posts" | "settings" => runs::carry_out(task),
        "plan" => plans::carry_out(task),
        "journal" => journals::carry_out(task),
        "older journal" => older_journals::carry_out(task),
        "certificate" => certificates::carry_out(task),
        "tokens" => tokens::carry_out(task),
        other => panic!("{other}"),
    }
}

impl Moment {
    /// What the process was told.
    pub(super) fn task(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.folder.with_file_name("task")).unwrap()).unwrap()
    }

    /// Does the task again, in a process that meets nothing.
    pub(super) fn again(&self) -> Result<(), String> {
        process(Path::new(""), "none", 0, &self.folder, &self.task()).unwrap()
    }
}

/// The library that is put before the C library; nothing, which is said, where there is no compiler.
fn faults() -> Option<&'static Path> {
    static FAULTS: OnceLock<Option<PathBuf>> = OnceLock::new();
    FAULTS.get_or_init(compile).as_deref()
}

fn compile() -> Option<PathBuf> {
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash-faults.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&library);
    compiler.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crash/faults.c")).args(["-ldl", "-lpthread"]);
    let Ok(output) = compiler.output() else {
        let note = "LEFT OUT: crashes at every moment: there is no C compiler (cc)";
        assert!(env::var("CI").as_deref() != Ok("true"), "{note}");
        // Straight to the terminal: what a passing test prints is not shown.
        let _ = writeln!(std::io::stderr(), "\n{note}");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(library)
}
