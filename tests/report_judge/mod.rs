//! Programs that no one here wrote, asked what they read in our output.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// A program that judges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge {
    /// What runs, unless `path` names another.
    pub(crate) program: &'static str,
    /// The variable that names it.
    pub(crate) path: &'static str,
    /// The variable that makes its absence a failure.
    pub(crate) required: &'static str,
    /// What comes before the script.
    pub(crate) arguments: &'static [&'static str],
    /// How the script's file is called.
    pub(crate) extension: &'static str,
}

pub(crate) const POWERSHELL: Judge = Judge {
    program: "pwsh",
    path: "EXRUN_PWSH",
    required: "EXRUN_REQUIRE_PWSH",
    arguments: &["-NoProfile", "-NonInteractive", "-File"],
    extension: "ps1",
};

impl Judge {
    /// Runs `script` with the paths of a file that holds `input` and of one that it writes; gives what it
    /// wrote. `None` where the program is not there: said loudly, and a failure where it is required.
    pub(crate) fn ask(self, name: &str, script: &str, input: &[u8]) -> Outcome<Option<Vec<u8>>> {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        fs::write(file(self.extension), script)?;
        fs::write(file("in"), input)?;
        let program = std::env::var_os(self.path).unwrap_or_else(|| OsString::from(self.program));
        let mut command = Command::new(&program);
        command.args(self.arguments).arg(file(self.extension)).arg(file("in")).arg(file("out"));
        let output = match command.output() {
            Ok(output) => output,
            Err(error) if std::env::var_os(self.required).is_some_and(|value| value == "1") => {
                return Err(format!("{} is required but does not start: {error}", program.display()).into());
            }
            Err(error) => {
                #[expect(clippy::print_stderr, reason = "whoever reads the test's output must see what was not tried")]
                {
                    eprintln!("LEFT OUT: {name}: {} does not start: {error}", program.display());
                }
                return Ok(None);
            }
        };
        if !output.status.success() {
            return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(Some(fs::read(file("out"))?))
    }
}

/// Generated values, the same in every run: a judge is started once for all of them, not once for each.
pub(crate) struct Samples(TestRunner);

impl Samples {
    pub(crate) fn new() -> Self {
        Self(TestRunner::deterministic())
    }

    pub(crate) fn next<S: Strategy>(&mut self, strategy: &S) -> Outcome<S::Value> {
        let tree = strategy.new_tree(&mut self.0).map_err(|reason| reason.to_string())?;
        Ok(tree.current())
    }
}
