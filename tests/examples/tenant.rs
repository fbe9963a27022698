//! The tenant that the examples report of, and what their reports must be.

use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use exrun::certificate::{self, CreateRequest};
use exrun::secret::Secret;
use exrun_emulator::application::DEFAULT_APP_ID;
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};
use jiff::Timestamp;
use serde_json::json;

use crate::Outcome;
use crate::built::{self, succeeds};
use crate::programs::is_there;

pub(crate) const MAILBOXES: u64 = 5000;
const PASSWORD: &str = "correct horse";
const HEADER: [&str; 5] = ["MailboxName", "Language", "Locale", "TimeZone", "AutomaticReplyStatus"];
/// What an example ends with when it has a row for every mailbox, and some could not be read.
pub(crate) const SOME_FAILED: i32 = 2;

/// A tenant with an app, its certificate, and the list of its mailboxes.
pub(crate) struct Tenant {
    pub(crate) emulator: Emulator,
    pub(crate) folder: tempfile::TempDir,
}

impl Tenant {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::start(Config {
            mailboxes: MAILBOXES,
            throttle_percent: 1.0,
            broken_percent: 1.0,
            ..Config::default()
        })?;
        let folder = tempfile::tempdir()?;
        let mut locked = CreateRequest::new("ExRun example", folder.path().join("app.pfx"));
        locked.password = Some(Secret::new(PASSWORD.into()));
        let open = CreateRequest::new("ExRun example", folder.path().join("open.pfx"));
        for request in [locked, open] {
            emulator.register_certificate(certificate::create(&request, Timestamp::now())?.certificate.der());
        }
        let population = emulator.population();
        let list: String = (0..MAILBOXES).map(|index| population.upn(index) + "\n").collect();
        std::fs::write(folder.path().join("mailboxes.txt"), list)?;
        Ok(Self { emulator, folder })
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Environment that leads a program to this tenant.
    pub(crate) fn environment(&self, command: &mut Command) {
        command
            .env("EXRUN_CONNECT_TO", self.emulator.addr().to_string())
            .env("EXRUN_CA_FILE", self.emulator.ca_file())
            .env("EXRUN_LIBRARY", built::library())
            // The package, as its wheel would bring it.
            .env("PYTHONPATH", built::repository().join("bindings/python"))
            .env("PFX_PASSWORD", PASSWORD);
    }

    /// Runs a program that takes the examples' common command line, and reads its report.
    pub(crate) fn report(&self, program: &Path, first: &[OsString]) -> Outcome {
        let out = self.file("report.csv");
        let mut command = Command::new(program);
        command.args(first).args(["--tenant", DEFAULT_TENANT, "--client", DEFAULT_APP_ID]);
        command.arg("--certificate").arg(self.file("app.pfx")).args(["--password-env", "PFX_PASSWORD"]);
        command.arg("--mailboxes").arg(self.file("mailboxes.txt")).arg("--out").arg(&out);
        self.environment(&mut command);
        let output = command.output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(SOME_FAILED), "{said}");
        assert!(said.contains(&format!("{MAILBOXES} rows, {} failed", self.broken())), "{said}");
        assert_eq!(self.emulator.state().tokens_issued, 1);
        self.judge(&out)
    }

    /// A call of a program that reports of the whole tenant, with this password, on standard output.
    pub(crate) fn of_all(&self, program: &Path, first: &[OsString], password: &str) -> Command {
        let mut command = Command::new(program);
        command.args(first).args(["--tenant", DEFAULT_TENANT, "--client", DEFAULT_APP_ID]);
        command.arg("--certificate").arg(self.file("app.pfx")).args(["--password-env", "PFX_PASSWORD"]);
        self.environment(&mut command);
        command.env("PFX_PASSWORD", password);
        command
    }

    /// Runs such a program to its end, and once with a wrong password.
    pub(crate) fn report_of_all(&self, program: &Path, first: &[OsString]) -> Outcome {
        let output = self.of_all(program, first, PASSWORD).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(SOME_FAILED), "{said}");
        assert!(said.contains(&format!("{MAILBOXES} rows, {} failed", self.broken())), "{said}");
        let out = self.file("report.csv");
        std::fs::write(&out, &output.stdout)?;
        self.judge(&out)?;

        let output = self.of_all(program, first, "wrong").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("error: ") && said.contains("app.pfx") && said.contains("password"), "{said}");
        assert!(output.stdout.is_empty());

        let output = self.of_all(program, first, PASSWORD).env_remove("PFX_PASSWORD").output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("error: the environment variable PFX_PASSWORD is not set"), "{said}");
        Ok(())
    }

    /// Runs such a program until its first row has come, and presses Ctrl+C.
    #[cfg(target_os = "linux")]
    pub(crate) fn interrupt(&self, program: &Path, first: &[OsString]) -> Outcome {
        // The first answer, and the others are waited for when the signal comes.
        let held = json!({"rules": [{"kind": "read", "pathContains": "mailboxSettings", "after": 100,
            "action": {"delayMs": 600_000}}]});
        self.emulator.set_faults(serde_json::from_value(held)?);
        // A shell that starts this in the background has it ignore the signal, and Java leaves it at that.
        let heeding = [&[OsString::from("--default-signal=INT"), program.into()][..], first].concat();
        let mut command = self.of_all(Path::new("env"), &heeding, PASSWORD);
        let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(running.stdout.take().ok_or("no output")?).lines();
        for _ in 0..2 {
            lines.next().ok_or("the program ended before its first row")??;
        }
        succeeds("kill", Command::new("kill").args(["-INT", &running.id().to_string()]));
        // A minute is more than any of them takes; one that does not end is a failure and not a hang.
        let ends = (0..600).any(|_| {
            let ended = running.try_wait().is_ok_and(|status| status.is_some());
            if !ended {
                std::thread::sleep(Duration::from_millis(100));
            }
            ended
        });
        if !ends {
            running.kill()?;
        }
        let output = running.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(ends, "it did not end: {said}");
        // Not one of the held replies has come by then: it did not wait for them.
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("stopped by Ctrl+C"), "{said}");
        assert!((lines.count() as u64) < MAILBOXES / 2);
        self.emulator.set_faults(serde_json::from_value(json!({"rules": []}))?);
        Ok(())
    }

    pub(crate) fn broken(&self) -> usize {
        let population = self.emulator.population();
        (0..MAILBOXES).filter(|index| population.broken(*index).is_some()).count()
    }

    /// Compares a report with the tenant: the five columns, and one row a mailbox in the order of the list.
    pub(crate) fn judge(&self, report: &Path) -> Outcome {
        let read = read_csv(report)?;
        assert_eq!(read.first().map(Vec::as_slice), Some(HEADER.map(str::to_owned).as_slice()));
        assert_eq!(read.len() as u64, MAILBOXES + 1);
        for (index, row) in (0..MAILBOXES).zip(&read[1..]) {
            assert_eq!(*row, self.expected(index), "row {index}");
        }
        let state = self.emulator.state();
        assert!(
            state.statuses.get(&429).is_some_and(|count| *count > 20),
            "nothing was throttled: {:?}",
            state.statuses
        );
        Ok(())
    }

    fn expected(&self, index: u64) -> Vec<String> {
        let population = self.emulator.population();
        let settings = population.settings(index);
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let cells = match population.broken(index) {
            Some(_) => [const { String::new() }; 4],
            None => [
                text(&settings["language"]["displayName"]),
                text(&settings["language"]["locale"]),
                text(&settings["timeZone"]),
                pascal_case(&text(&settings["automaticRepliesSetting"]["status"])),
            ],
        };
        [population.upn(index)].into_iter().chain(cells).collect()
    }
}

/// `alwaysEnabled` as Outlook's own API wrote it: `AlwaysEnabled`.
fn pascal_case(camel: &str) -> String {
    let mut letters = camel.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A CSV file as the csv crate reads it, and, where Python is there, as Python does: they must agree.
fn read_csv(path: &Path) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    const PYTHON: &str = "import csv, json, sys\n\
        print(json.dumps(list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8-sig'), strict=True))))";
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path)?;
    let ours: Vec<Vec<String>> = reader.deserialize().collect::<Result<_, _>>()?;
    if is_there("python3") {
        let judged = Command::new("python3").args(["-c", PYTHON]).arg(path).output()?;
        let theirs: Vec<Vec<String>> = serde_json::from_slice(&judged.stdout)?;
        assert_eq!(ours, theirs);
    }
    Ok(ours)
}
