//! Clients that are not ours: Python's and Node's, from packages that `bench/peers` pins, and PowerShell's own.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::peers::{Peer, path};
use crate::{tools, workspace};

/// Reads in a batch; the service takes no more.
const PER_BATCH: usize = 20;

/// In the order of the table.
pub(super) const STRANGERS: [Peer; 9] = [
    Peer { name: "requests, a session, one at a time", program: python, command: requests, fewer: 4 },
    Peer { name: "httpx over HTTP/2", program: python, command: httpx, fewer: 8 },
    Peer { name: "aiohttp, uvloop, orjson", program: python, command: aiohttp, fewer: 2 },
    Peer { name: "msgraph-sdk (Python)", program: python, command: msgraph, fewer: 16 },
    Peer { name: "undici", program: node, command: undici, fewer: 2 },
    Peer { name: "Invoke-RestMethod loop", program: tools::powershell, command: rest_method, fewer: 16 },
    Peer { name: "the same with -WebSession", program: tools::powershell, command: web_session, fewer: 8 },
    Peer { name: "ForEach-Object -Parallel, 16", program: tools::powershell, command: parallel, fewer: 16 },
    Peer { name: "shared HttpClient from PowerShell", program: tools::powershell, command: http_client, fewer: 4 },
];

/// Installs the pinned packages: into a virtual environment and a folder of Node's below `folder`.
///
/// # Errors
///
/// When pip or npm fails; what it said stands above.
pub(super) fn install(folder: &Path) -> Result<()> {
    if let Some(python) = tools::on_path("python3") {
        succeed(Command::new(python).args(["-m", "venv"]).arg(folder.join("venv")))?;
        let requirements = scripts().join("requirements.txt");
        succeed(
            Command::new(folder.join("venv/bin/python")).args(["-m", "pip", "install", "-q", "-r"]).arg(requirements),
        )?;
    }
    if let Some(npm) = tools::on_path("npm") {
        for file in ["package.json", "package-lock.json", "undici.mjs"] {
            fs::copy(scripts().join(file), folder.join(file)).with_context(|| format!("copying {file}"))?;
        }
        succeed(Command::new(npm).args(["ci", "--ignore-scripts", "--silent"]).current_dir(folder))?;
    }
    Ok(())
}

fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    if !command.status().with_context(|| format!("starting {name}"))?.success() {
        bail!("{name} failed; see above");
    }
    Ok(())
}

fn scripts() -> PathBuf {
    workspace::root().join("bench").join("peers")
}

/// The Python that has the packages.
fn python() -> Option<PathBuf> {
    workspace::built("bench").ok().map(|folder| folder.join("venv/bin/python")).filter(|program| program.exists())
}

/// Node, where undici was installed.
fn node() -> Option<PathBuf> {
    let installed = workspace::built("bench").ok()?.join("node_modules").join("undici").exists();
    tools::on_path("node").filter(|_| installed)
}

fn requests(program: &Path, load: &Load, count: u64) -> Result<Command> {
    python_script("requests_session.py", program, load, count)
}

fn httpx(program: &Path, load: &Load, count: u64) -> Result<Command> {
    python_script("httpx_http2.py", program, load, count)
}

fn aiohttp(program: &Path, load: &Load, count: u64) -> Result<Command> {
    python_script("aiohttp_uvloop.py", program, load, count)
}

fn msgraph(program: &Path, load: &Load, count: u64) -> Result<Command> {
    python_script("msgraph_sdk.py", program, load, count)
}

fn python_script(script: &str, program: &Path, load: &Load, count: u64) -> Result<Command> {
    let mut command = load.client(program)?;
    command.arg("-B").arg(scripts().join(script));
    usual_arguments(&mut command, load, count)?;
    Ok(command)
}

fn undici(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let mut command = load.client(program)?;
    command.arg(workspace::built("bench")?.join("undici.mjs"));
    usual_arguments(&mut command, load, count)?;
    Ok(command)
}

/// List, requests in flight and output, and the token in the environment.
fn usual_arguments(command: &mut Command, load: &Load, count: u64) -> Result<()> {
    command.arg(load.list(count)?).arg(load.in_flight.to_string()).arg(load.folder.join("peer.csv"));
    command.env("EXRUN_BENCH_TOKEN", load.token()?);
    Ok(())
}

fn rest_method(program: &Path, load: &Load, count: u64) -> Result<Command> {
    powershell_way("Invoke-RestMethod", program, load, count)
}

fn web_session(program: &Path, load: &Load, count: u64) -> Result<Command> {
    powershell_way("WebSession", program, load, count)
}

fn parallel(program: &Path, load: &Load, count: u64) -> Result<Command> {
    powershell_way("Parallel", program, load, count)
}

fn http_client(program: &Path, load: &Load, count: u64) -> Result<Command> {
    powershell_way("HttpClient", program, load, count)
}

fn powershell_way(way: &str, program: &Path, load: &Load, count: u64) -> Result<Command> {
    let mut command = load.client(program)?;
    command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(scripts().join("powershell.ps1"));
    command.args(["-Way", way, "-List"]).arg(load.list(count)?).args(["-InFlight", &load.in_flight.to_string()]);
    command.env("EXRUN_BENCH_TOKEN", load.token()?);
    Ok(command)
}

/// The same batch again and again: h2load has one body for all its requests.
pub(super) fn h2load_batches(program: &Path, load: &Load, count: u64) -> Result<Command> {
    let list = fs::read_to_string(load.list(count)?).context("reading the list of mailboxes")?;
    let mut body = String::from("{\"requests\":[");
    for (number, mailbox) in list.lines().take(PER_BATCH).enumerate() {
        let comma = if number == 0 { "" } else { "," };
        // Writing to a string cannot fail.
        let _ = write!(body, "{comma}{{\"id\":\"{number}\",\"method\":\"GET\",\"url\":\"{}\"}}", path(mailbox));
    }
    body.push_str("]}");
    let file = load.folder.join("batch.json");
    fs::write(&file, body).context("writing the body of a batch")?;
    let batches = count.div_ceil(PER_BATCH as u64);
    // A batch in flight is four requests at the service.
    let in_flight = (load.in_flight / 4).max(1);
    let mut command = load.client(program)?;
    command.args(["-c", "1", "-m", &in_flight.to_string(), "-n", &batches.to_string(), "-d"]).arg(file);
    command.arg(format!("--connect-to={}", load.address()));
    command
        .args(["-H", "content-type: application/json", "-H"])
        .arg(format!("authorization: Bearer {}", load.token()?));
    command.arg("https://graph.microsoft.com/v1.0/$batch");
    Ok(command)
}
