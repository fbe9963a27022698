//! This test binary once more, as a process of its own that runs one test with a journal.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

const JOURNAL: &str = "EXRUN_TEST_JOURNAL";

/// Marks the lines of [`say`] among those of the test runner.
const MARK: &str = "child says: ";

pub(super) struct Child {
    process: std::process::Child,
    output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts the test `name` with the journal.
    pub(super) fn start(name: &str, journal: &Path) -> Self {
        Self::spawn(Command::new(std::env::current_exe().unwrap()), name, journal)
    }

    /// The same, in a shell that runs `before` first.
    #[cfg(unix)]
    pub(super) fn start_after(before: &str, name: &str, journal: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("{before}; exec \"$0\" \"$@\"")).arg(std::env::current_exe().unwrap());
        Self::spawn(shell, name, journal)
    }

    fn spawn(mut command: Command, name: &str, journal: &Path) -> Self {
        command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(JOURNAL, journal);
        command.env("SQLITE_TMPDIR", journal.parent().unwrap());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, output }
    }

    /// What it says next; nothing when it has ended.
    pub(super) fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // A line that was cut off by the end of the process was not said.
            if let Some((_, said)) = line.strip_suffix('\n').and_then(|line| line.split_once(MARK)) {
                return Some(said.to_owned());
            }
        }
    }

    /// Kills it as the system does, without a chance to tidy up.
    pub(super) fn kill(&mut self) {
        self.process.kill().unwrap();
    }

    /// Lets it end; whether it ended well.
    pub(super) fn end(mut self) -> bool {
        drop(self.process.stdin.take());
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
        self.process.wait().unwrap().success()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Already ended, as a rule.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In a child: its journal.
pub(super) fn journal() -> Option<PathBuf> {
    std::env::var_os(JOURNAL).map(PathBuf::from)
}

/// In a child: tells the parent.
pub(super) fn say(what: &str) {
    // One write, so that a kill cannot mix lines.
    std::io::stdout().lock().write_all(format!("{MARK}{what}\n").as_bytes()).unwrap();
}

/// In a child: goes on when the parent says so, or has ended.
pub(super) fn wait_for_parent() {
    let _ = std::io::stdin().read(&mut [0]);
}
