//! Mailboxes compared with a wanted state, beside the report of their settings: requests, rate and memory.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::load::{FEW, Load, Point};
use super::measure::{self, Cost};
use crate::emulator::{APP, TENANT};
use crate::{tools, workspace};

/// What is compared: the report, each part by itself, and all of them at once.
const RUNS: [(&str, &str); 8] = [
    ("settings report", "settings"),
    ("state of settings", "settings,"),
    ("of inboxRules", "inboxRules"),
    ("of calendarPermissions", "calendarPermissions"),
    ("of categories", "categories"),
    ("of mailFolders", "mailFolders"),
    ("of contacts", "contacts"),
    ("of all six", "settings,inboxRules,calendarPermissions,categories,mailFolders,contacts"),
];

/// A tenant of this size has been told to take other tools a week.
const POINT: Point = Point { latency_ms: 0, in_flight: 64, mailboxes: 60_000, flags: &[] };

/// Prints the table.
///
/// # Errors
///
/// When a run fails.
pub(super) fn report(folder: &Path) -> Result<()> {
    let Point { mailboxes, in_flight, .. } = POINT;
    println!("\n### A wanted state of {mailboxes} mailboxes from Python, 0 ms latency, {in_flight} in flight\n");
    println!(
        "| run | mailboxes/s | of the first | CPU µs a mailbox | of the first | requests a mailbox | rows a mailbox | MB beyond {FEW} mailboxes |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let load = Load::start(folder, &POINT)?;
    let counts = folder.join("state-counts.json");
    let mut first: Option<Cost> = None;
    for (name, what) in RUNS {
        let command = |count: u64| command(&load, &counts, count, what);
        let few = measure::run(&mut command(FEW)?)?;
        let all = measure::run(&mut command(mailboxes)?)?;
        let counted: Counts = serde_json::from_slice(&fs::read(&counts).context("reading the counts of a run")?)?;
        let host = measure::most_memory(&mut command(FEW)?)?;
        let most = measure::most_memory(&mut command(mailboxes)?)?;
        let cost = Cost {
            mailboxes: mailboxes - FEW,
            wall: all.wall.saturating_sub(few.wall).max(Duration::from_micros(1)),
            cpu: all.cpu.saturating_sub(few.cpu),
        };
        let first = *first.get_or_insert(cost);
        #[expect(clippy::cast_precision_loss, reason = "counts and megabytes are far below 2^53")]
        let (each, megabytes) =
            (|number: u64| number as f64 / mailboxes as f64, most.saturating_sub(host) as f64 / 1_048_576.0);
        println!(
            "| {name} | {:.0} | {:.2} | {:.1} | {:.2} | {:.2} | {:.2} | {megabytes:.1} |",
            cost.rate(),
            cost.rate() / first.rate(),
            cost.cpu_micros(),
            cost.cpu_micros() / first.cpu_micros(),
            each(counted.requests),
            each(counted.rows),
        );
    }
    Ok(())
}

/// What the program counted.
#[derive(Deserialize)]
struct Counts {
    rows: u64,
    requests: u64,
}

/// The program, for so many mailboxes.
fn command(load: &Load, counts: &Path, count: u64, what: &str) -> Result<Command> {
    let python = tools::on_path("python3").context("python3 is not installed")?;
    let mut command = load.client(&python)?;
    command.args(["-B", "-c", include_str!("state.py")]).arg(workspace::root().join("bindings").join("python"));
    command.args([TENANT, APP]).arg(&load.certificate).arg(load.list(count)?);
    command.arg(load.in_flight.to_string()).arg(counts).arg(what);
    Ok(command)
}
