//! `cargo xtask bench`: throughput, processor time and memory against the emulator, as ratios of one run.
//!
//! Figures of two runs, or of two machines, are not to be compared: only the ratios within one table are.

mod load;
mod measure;
mod memory;
mod peers;
mod powershell;
pub(crate) mod prepare;
mod state;
mod strangers;
mod window;

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{package, workspace};
use load::{Load, Point};
use measure::Cost;
use peers::{BATCH_PEERS, C_EXAMPLE, PEERS, Peer};
use strangers::STRANGERS;

const POINTS: [Point; 3] = [
    Point { latency_ms: 0, in_flight: 64, mailboxes: 40_000, flags: &[] },
    Point { latency_ms: 50, in_flight: 64, mailboxes: 10_000, flags: &[] },
    Point { latency_ms: 50, in_flight: 256, mailboxes: 40_000, flags: &[] },
];

/// Where batches are compared: the latency is that of each read, four of which a batch has at a time.
const BATCH_POINTS: [Point; 2] = [
    Point { latency_ms: 0, in_flight: 64, mailboxes: 40_000, flags: &[] },
    Point { latency_ms: 50, in_flight: 64, mailboxes: 5_000, flags: &[] },
];

/// What may be asked for by name; by default all of it, but for the last.
const TABLES: [&str; 9] =
    ["points", "others", "batches", "throttled", "window", "memory", "powershell", "state", "window-full"];

/// One of a hundred mailboxes is throttled at its first request.
const THROTTLED: [&str; 4] = ["--throttle-percent", "1", "--throttle-seconds", "1"];

/// Measures and prints tables: those named, or all.
///
/// # Errors
///
/// When something cannot be built or a client fails.
pub(crate) fn run(wanted: &[&str]) -> Result<()> {
    if let Some(unknown) = wanted.iter().find(|name| !TABLES.contains(name)) {
        bail!("there is no table {unknown}; there are {}", TABLES.join(", "));
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.contains(&name);
    println!("building: the library as it is given to users, the emulator with optimisation ...");
    package::build()?;
    let status =
        workspace::cargo(&["build", "--release", "--package", "exrun-emulator"]).status().context("starting cargo")?;
    if !status.success() {
        bail!("building the emulator failed; see above");
    }
    let folder = workspace::built("bench")?;
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    powershell::forget_module(&folder)?;
    if is_wanted("others") {
        println!("installing: the clients of others that bench/peers pins ...");
        strangers::install(&folder)?;
    }
    println!("\nEach figure: a run over the mailboxes, less a run over {} (start, certificate, token).", load::FEW);
    let strangers: &[Peer] = if is_wanted("others") { &STRANGERS } else { &[] };
    for peer in PEERS.iter().chain(strangers).filter(|peer| !peer.is_there()) {
        println!("not measured, for it is not installed: {}", peer.name);
    }

    let mut row_costs = Vec::new();
    for point in POINTS.iter().filter(|_| is_wanted("points")) {
        heading(point, "");
        let rows = table(&Load::start(&folder, point)?, &PEERS)?;
        if point.latency_ms == 0 {
            row_costs = powershell::row_costs(&rows);
        }
    }
    if is_wanted("others") {
        heading(&POINTS[0], ", clients of others");
        let others: Vec<&Peer> = PEERS.iter().filter(|peer| peer.name != "h2load").chain(&STRANGERS).collect();
        table(&Load::start(&folder, &POINTS[0])?, others)?;
    }
    for point in BATCH_POINTS.iter().filter(|_| is_wanted("batches")) {
        heading(point, ", batches of 20");
        table(&Load::start(&folder, point)?, &BATCH_PEERS)?;
    }
    if is_wanted("throttled") {
        throttled(&folder)?;
    }
    if is_wanted("window") {
        window::report(&folder, &window::SMALL)?;
    }
    if wanted.contains(&"window-full") {
        window::report(&folder, &window::FULL)?;
    }
    if is_wanted("memory") {
        memory::report(&folder)?;
    }
    if is_wanted("powershell") {
        powershell::report(&folder, &row_costs)?;
    }
    if is_wanted("state") {
        state::report(&folder)?;
    }
    Ok(())
}

fn heading(point: &Point, what: &str) {
    let Point { latency_ms, in_flight, mailboxes, .. } = point;
    println!("\n### {latency_ms} ms latency, {in_flight} in flight, {mailboxes} mailboxes{what}\n");
}

/// Measures every client that is there, and prints a line for each as soon as it is known.
fn table<'a>(load: &Load, peers: impl IntoIterator<Item = &'a Peer>) -> Result<Vec<(&'static str, Cost)>> {
    println!("| client | mailboxes/s | of the first | CPU µs a mailbox | of the first |");
    println!("|---|---|---|---|---|");
    let mut rows: Vec<(&'static str, Cost)> = Vec::new();
    for peer in peers.into_iter().filter(|peer| peer.is_there()) {
        let cost = match cost_of(peer, load) {
            Ok(cost) => cost,
            // One client that does not run here is no reason to lose the figures of the others.
            Err(error) => {
                let said = format!("{error:#}");
                println!("| {} | failed: {} | | | |", peer.name, said.lines().last().unwrap_or_default());
                continue;
            }
        };
        rows.push((peer.name, cost));
        let first = rows[0].1;
        println!(
            "| {} | {:.0} | {:.4} | {:.1} | {:.2} |",
            peer.name,
            cost.rate(),
            cost.rate() / first.rate(),
            cost.cpu_micros(),
            cost.cpu_micros() / first.cpu_micros(),
        );
    }
    Ok(rows)
}

/// What throttling costs: the same run with and without it.
fn throttled(folder: &std::path::Path) -> Result<()> {
    let Some(peer) = PEERS.iter().find(|peer| peer.name == C_EXAMPLE && peer.is_there()) else { return Ok(()) };
    let calm = Point { latency_ms: 50, in_flight: 64, mailboxes: 40_000, flags: &[] };
    heading(&calm, ", with 1 % of 429 that ask for a second");
    println!("| run | mailboxes/s | of the first |");
    println!("|---|---|---|");
    let without = cost_of(peer, &Load::start(folder, &calm)?)?.rate();
    println!("| without throttling | {without:.0} | 1.00 |");
    let mut best: f64 = 0.0;
    // The emulator throttles each mailbox once: every run needs one of its own.
    for _ in 0..3 {
        let load = Load::start(folder, &Point { flags: &THROTTLED, ..calm })?;
        let took = measure::run(&mut peer.command(&load, load.mailboxes)?)?;
        let cost = Cost { mailboxes: load.mailboxes, wall: took.wall, cpu: took.cpu };
        best = best.max(cost.rate());
    }
    println!("| with | {best:.0} | {:.2} |", best / without);
    Ok(())
}

/// Each run is made so often, over few mailboxes and over all.
const TIMES: usize = 3;

/// The least of several runs of each, for time and processor by themselves: what disturbs a run only ever makes it slower.
fn cost_of(peer: &Peer, load: &Load) -> Result<Cost> {
    let mailboxes = load.mailboxes / peer.fewer;
    let least = |count: u64| -> Result<measure::Took> {
        let mut least: Option<measure::Took> = None;
        for _ in 0..TIMES {
            let took = measure::run(&mut peer.command(load, count)?)?;
            least = Some(least.map_or(took, |least| least.min(took)));
        }
        least.context("nothing was measured")
    };
    let (few, all) = (least(load::FEW)?, least(mailboxes)?);
    Ok(Cost {
        mailboxes: mailboxes - load::FEW,
        wall: all.wall.saturating_sub(few.wall).max(Duration::from_micros(1)),
        cpu: all.cpu.saturating_sub(few.cpu),
    })
}
