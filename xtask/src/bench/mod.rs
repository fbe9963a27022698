//! `cargo xtask bench`: throughput and processor time against the emulator, as ratios of one run.
//!
//! Figures of two runs, or of two machines, are not to be compared: only the ratios within one table are.

mod load;
mod measure;
mod peers;
mod powershell;
pub(crate) mod prepare;

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{package, workspace};
use load::Load;
use measure::Cost;
use peers::{PEERS, Peer};

/// Added latency of each reply, requests in flight, mailboxes.
const POINTS: [(u64, u32, u64); 3] = [(0, 64, 20_000), (50, 64, 5_000), (50, 256, 10_000)];

/// Measures and prints tables.
///
/// # Errors
///
/// When something cannot be built or a client fails.
pub(crate) fn run() -> Result<()> {
    println!("building: the library as it is given to users, the emulator with optimisation ...");
    package::build()?;
    let status =
        workspace::cargo(&["build", "--release", "--package", "exrun-emulator"]).status().context("starting cargo")?;
    if !status.success() {
        bail!("building the emulator failed; see above");
    }
    let folder = workspace::built("bench")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    println!("\nEach figure: a run over the mailboxes, less a run over {} (start, certificate, token).", load::FEW);
    for peer in PEERS.iter().filter(|peer| !peer.is_there()) {
        println!("not measured, for it is not installed: {}", peer.name);
    }

    let mut host_cost = None;
    for (latency_ms, in_flight, mailboxes) in POINTS {
        println!("\n### {latency_ms} ms latency, {in_flight} in flight, {mailboxes} mailboxes\n");
        let load = Load::start(&folder, latency_ms, in_flight, mailboxes)?;
        let rows = table(&load)?;
        if latency_ms == 0 {
            host_cost = powershell::row_cost(&rows);
        }
    }
    powershell::report(&folder, host_cost)
}

/// Measures every client that is there, and prints a line for each as soon as it is known.
fn table(load: &Load) -> Result<Vec<(&'static str, Cost)>> {
    println!("| client | mailboxes/s | of the first | CPU µs a mailbox | of the first |");
    println!("|---|---|---|---|---|");
    let mut rows: Vec<(&'static str, Cost)> = Vec::new();
    for peer in PEERS.iter().filter(|peer| peer.is_there()) {
        let cost = cost_of(peer, load).with_context(|| format!("measuring {}", peer.name))?;
        rows.push((peer.name, cost));
        let first = rows[0].1;
        println!(
            "| {} | {:.0} | {:.2} | {:.1} | {:.2} |",
            peer.name,
            cost.rate(),
            cost.rate() / first.rate(),
            cost.cpu_micros(),
            cost.cpu_micros() / first.cpu_micros(),
        );
    }
    Ok(rows)
}

/// Best of three: what disturbs a run only ever makes it slower.
fn cost_of(peer: &Peer, load: &Load) -> Result<Cost> {
    let mut best: Option<Cost> = None;
    for _ in 0..3 {
        let few = measure::run(&mut peer.command(load, load::FEW)?)?;
        let all = measure::run(&mut peer.command(load, load.mailboxes)?)?;
        let cost = Cost {
            mailboxes: load.mailboxes - load::FEW,
            wall: all.wall.saturating_sub(few.wall).max(Duration::from_micros(1)),
            cpu: all.cpu.saturating_sub(few.cpu),
        };
        if best.is_none_or(|best| cost.wall < best.wall) {
            best = Some(cost);
        }
    }
    best.context("nothing was measured")
}
