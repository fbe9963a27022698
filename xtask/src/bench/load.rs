//! The emulator under load, and what its clients need to reach it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::prepare;
use crate::emulator::{self, APP, Serving, TENANT};
use crate::{tools, workspace};

/// Mailboxes of the run that is taken off: what does not grow with their number.
pub(super) const FEW: u64 = 64;

/// Where clients are measured.
#[derive(Clone, Copy)]
pub(super) struct Point {
    /// Added to each reply.
    pub(super) latency_ms: u64,
    /// Requests in flight.
    pub(super) in_flight: u32,
    /// How many mailboxes a run asks for.
    pub(super) mailboxes: u64,
    /// Further flags of the emulator.
    pub(super) flags: &'static [&'static str],
}

/// An emulator with a number of mailboxes, one processor of its own where there are two, and lists of mailboxes.
pub(super) struct Load {
    /// Requests in flight.
    pub(super) in_flight: u32,
    /// How many mailboxes a run asks for.
    pub(super) mailboxes: u64,
    /// The app's certificate.
    pub(super) certificate: PathBuf,
    /// Where files go.
    pub(super) folder: PathBuf,
    serving: Serving,
}

impl Load {
    /// Starts the emulator with an app that has a new certificate.
    ///
    /// # Errors
    ///
    /// When one of them cannot be made.
    pub(super) fn start(folder: &Path, point: &Point) -> Result<Self> {
        let Point { latency_ms, in_flight, mailboxes, flags } = *point;
        let certificate = folder.join("app.pfx");
        let manifest = folder.join("manifest.json");
        let key = prepare::make_certificate(folder, &certificate, &workspace::library("dist")?)?;
        fs::write(&manifest, emulator::manifest(&key)).context("writing the manifest")?;

        let program = workspace::program("release", "exrun-emulator")?;
        let mut command = pinned("0", &program);
        command.args(["serve", "--broken-percent", "0", "--mailboxes", &mailboxes.to_string()]);
        command.args(["--latency-ms", &latency_ms.to_string(), "--manifest"]).arg(&manifest);
        // What is measured are the clients: the service's limits are the subject of a table of their own.
        if !flags.contains(&"--requests-per-10s") {
            command.args(["--requests-per-10s", "1000000000"]);
        }
        command.args(flags);
        Ok(Self {
            in_flight,
            mailboxes,
            certificate,
            folder: folder.to_owned(),
            serving: Serving::start(&mut command)?,
        })
    }

    /// A file with the addresses of `count` mailboxes, one a line.
    ///
    /// # Errors
    ///
    /// When it cannot be made.
    pub(super) fn list(&self, count: u64) -> Result<PathBuf> {
        let path = self.folder.join(format!("mailboxes-{count}.txt"));
        if !path.exists() {
            let list = emulator::mailboxes(&workspace::program("release", "exrun-emulator")?, count)?;
            fs::write(&path, &list).context("writing a list of mailboxes")?;
        }
        Ok(path)
    }

    /// Where the emulator listens: `127.0.0.1:port`.
    pub(super) fn address(&self) -> &str {
        self.serving.address()
    }

    /// The certificate that the emulator's own is signed with.
    pub(super) fn ca_file(&self) -> &str {
        self.serving.ca_file()
    }

    /// An access token of the app, for clients that cannot get their own.
    ///
    /// # Errors
    ///
    /// When it cannot be had.
    pub(super) fn token(&self) -> Result<String> {
        let mut command = prepare::command(&workspace::library("dist")?);
        command.envs(self.serving.environment.iter().map(|(name, value)| (name, value)));
        prepare::said(command.args(["token", TENANT, APP]).arg(&self.certificate), "getting a token")
    }

    /// A client, on a processor of its own where there are two, that the library leads to the emulator.
    ///
    /// # Errors
    ///
    /// Those of [`workspace::library`].
    pub(super) fn client(&self, program: &Path) -> Result<Command> {
        let mut command = pinned("1", program);
        command.envs(self.serving.environment.iter().map(|(name, value)| (name, value)));
        command.env("EXRUN_LIBRARY", workspace::library("dist")?);
        workspace::clean(&mut command);
        Ok(command)
    }
}

/// A program on one processor, where the machine has two and a tool to choose.
fn pinned(processor: &str, program: &Path) -> Command {
    let two = std::thread::available_parallelism().is_ok_and(|count| count.get() >= 2);
    match tools::on_path("taskset") {
        Some(taskset) if two => {
            let mut command = Command::new(taskset);
            command.args(["-c", processor]).arg(program);
            command
        }
        _ => Command::new(program),
    }
}
