//! Who is measured. Another client is another entry of [`PEERS`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::powershell;
use crate::emulator::{APP, TENANT};
use crate::{tools, workspace};

/// A client that can be measured.
pub(super) struct Peer {
    /// Its name in tables.
    pub(super) name: &'static str,
    /// The program it needs.
    program: fn() -> Option<PathBuf>,
    /// The command that asks for so many mailboxes.
    command: fn(&Path, &Load, u64) -> Result<Command>,
}

/// In the order of the tables. The first that is there is what the others are compared with.
pub(super) const PEERS: [Peer; 4] = [
    Peer { name: "h2load", program: || tools::on_path("h2load"), command: h2load },
    Peer { name: C_EXAMPLE, program: || tools::on_path("cc"), command: c },
    Peer { name: "ExRun from Python", program: || tools::on_path("python3"), command: python },
    Peer { name: POWERSHELL, program: tools::powershell, command: powershell::command },
];

/// The name of the C example in tables.
pub(super) const C_EXAMPLE: &str = "ExRun from C";
/// The name of the PowerShell module in tables.
pub(super) const POWERSHELL: &str = "ExRun from PowerShell";

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
        let list = fs::read_to_string(load.list(count)).context("reading the list of mailboxes")?;
        let text: String = list.lines().map(|mailbox| url(mailbox) + "\n").collect();
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

fn url(mailbox: &str) -> String {
    let mut path = String::new();
    for byte in mailbox.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("https://graph.microsoft.com/v1.0/users/{path}/mailboxSettings")
}

fn c(compiler: &Path, load: &Load, count: u64) -> Result<Command> {
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
    report_arguments(&mut command, load, count);
    Ok(command)
}

fn python(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let mut command = load.client(program)?;
    command.arg("-B").arg(workspace::root().join("examples").join("python").join("report.py"));
    report_arguments(&mut command, load, count);
    Ok(command)
}

/// The command line that the examples share.
fn report_arguments(command: &mut Command, load: &Load, count: u64) {
    command.args(["--tenant", TENANT, "--client", APP, "--concurrency", &load.in_flight.to_string()]);
    command.arg("--certificate").arg(&load.certificate).arg("--mailboxes").arg(load.list(count));
    command.arg("--out").arg(load.folder.join("report.csv"));
}
