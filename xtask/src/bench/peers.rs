//! Who is measured. Another client is another entry of [`PEERS`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::{powershell, strangers};
use crate::emulator::{APP, TENANT};
use crate::{tools, workspace};

/// A client that can be measured.
pub(super) struct Peer {
    /// Its name in tables.
    pub(super) name: &'static str,
    /// The program it needs.
    pub(super) program: fn() -> Option<PathBuf>,
    /// The command that asks for so many mailboxes.
    pub(super) command: fn(&Path, &Load, u64) -> Result<Command>,
    /// How many times fewer mailboxes it is given, so that a slow one does not take all day.
    pub(super) fewer: u64,
}

/// In the order of the tables. The first that is there is what the others are compared with.
pub(super) const PEERS: [Peer; 7] = [
    Peer { name: "h2load", program: || tools::on_path("h2load"), command: h2load, fewer: 1 },
    Peer { name: C_EXAMPLE, program: || tools::on_path("cc"), command: c, fewer: 1 },
    Peer { name: "ExRun from Python", program: || tools::on_path("python3"), command: python, fewer: 1 },
    Peer { name: AS_IT_COMES, program: || tools::on_path("cc"), command: c_as_it_comes, fewer: 1 },
    Peer { name: POWERSHELL, program: tools::powershell, command: powershell::of_list, fewer: 1 },
    Peer { name: POWERSHELL_PIPED, program: tools::powershell, command: powershell::of_pipeline, fewer: 1 },
    Peer { name: EMPTY_FUNCTION, program: tools::powershell, command: powershell::to_nothing, fewer: 1 },
];

/// Those of a table of batches: 20 reads in each.
pub(super) const BATCH_PEERS: [Peer; 3] = [
    Peer {
        name: "h2load, batches of 20",
        program: || tools::on_path("h2load"),
        command: strangers::h2load_batches,
        fewer: 1,
    },
    Peer { name: "ExRun from C, batches", program: || tools::on_path("cc"), command: c_batches, fewer: 1 },
    Peer { name: "ExRun from C, single reads", program: || tools::on_path("cc"), command: c, fewer: 1 },
];

/// The name of the C example in tables.
pub(super) const C_EXAMPLE: &str = "ExRun from C";
/// The C example without a word on batches, which is how the PowerShell module runs too.
pub(super) const AS_IT_COMES: &str = "ExRun from C, batches as it sees fit";
/// The PowerShell module in tables, given a list.
pub(super) const POWERSHELL: &str = "ExRun from PowerShell";
/// The same, given its mailboxes by a pipeline.
pub(super) const POWERSHELL_PIPED: &str = "ExRun from PowerShell, mailboxes piped";
/// What PowerShell takes to hand as many names to a function that does nothing: no client, and beside the one above.
pub(super) const EMPTY_FUNCTION: &str = "a function that is piped as many, and does nothing";

impl Peer {
    /// Whether its program is installed.
    pub(super) fn is_there(&self) -> bool {
        (self.program)().is_some()
    }

    /// The command that asks for so many mailboxes.
    ///
    /// # Errors
    ///
    /// When something it needs cannot be made.
    pub(super) fn command(&self, load: &Load, count: u64) -> Result<Command> {
        let program = (self.program)().context("not installed")?;
        (self.command)(&program, load, count)
    }
}

/// The same requests with nothing around them: the ceiling.
fn h2load(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let urls = load.folder.join(format!("urls-{count}.txt"));
    if !urls.exists() {
        let list = fs::read_to_string(load.list(count)?).context("reading the list of mailboxes")?;
        let text: String =
            list.lines().map(|mailbox| format!("https://graph.microsoft.com/v1.0{}\n", path(mailbox))).collect();
        fs::write(&urls, text).context("writing the list of URLs")?;
    }
    // As many connections as ExRun opens: of 100 streams each, filled to 85.
    let connections = load.in_flight.div_ceil(85);
    let streams = load.in_flight.div_ceil(connections);
    let mut command = load.client(program)?;
    command.args(["-c", &connections.to_string(), "-m", &streams.to_string(), "-n", &count.to_string()]);
    command.arg("-i").arg(urls).arg(format!("--connect-to={}", load.address()));
    command.arg("-H").arg(format!("authorization: Bearer {}", load.token()?));
    Ok(command)
}

/// The path of a mailbox's settings below the API's version.
pub(super) fn path(mailbox: &str) -> String {
    let mut path = String::from("/users/");
    for byte in mailbox.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path + "/mailboxSettings"
}

/// The C example with single reads: what h2load sends.
pub(super) fn c(compiler: &Path, load: &Load, count: u64) -> Result<Command> {
    c_with(compiler, load, count, "never")
}

/// What a program gets that says nothing: batches where the rule of docs/performance.md says so.
fn c_as_it_comes(compiler: &Path, load: &Load, count: u64) -> Result<Command> {
    c_with(compiler, load, count, "auto")
}

fn c_batches(compiler: &Path, load: &Load, count: u64) -> Result<Command> {
    c_with(compiler, load, count, "always")
}

fn c_with(compiler: &Path, load: &Load, count: u64, batch: &str) -> Result<Command> {
    let program = load.folder.join("report");
    let library = workspace::library("dist")?;
    let folder = library.parent().context("the library has no folder")?;
    let mut compile = Command::new(compiler);
    compile.args(["-std=c99", "-O2", "-I"]).arg(workspace::root().join("include"));
    compile.arg(workspace::root().join("examples").join("c").join("report.c")).arg("-L").arg(folder);
    compile.arg("-lexrun").arg(format!("-Wl,-rpath,{}", folder.display())).arg("-o").arg(&program);
    if !compile.status().context("starting cc")?.success() {
        bail!("compiling examples/c/report.c failed; see above");
    }
    let mut command = load.client(&program)?;
    report_arguments(&mut command, load, count, batch)?;
    Ok(command)
}

fn python(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let mut command = load.client(program)?;
    command.arg("-B").arg(workspace::root().join("examples").join("python").join("bare_abi.py"));
    report_arguments(&mut command, load, count, "never")?;
    Ok(command)
}

/// The command line that the examples share.
fn report_arguments(command: &mut Command, load: &Load, count: u64, batch: &str) -> Result<()> {
    command.args(["--tenant", TENANT, "--client", APP, "--concurrency", &load.in_flight.to_string()]);
    command.arg("--certificate").arg(&load.certificate).arg("--mailboxes").arg(load.list(count)?);
    command.args(["--batch", batch, "--out"]).arg(load.folder.join("report.csv"));
    Ok(())
}
