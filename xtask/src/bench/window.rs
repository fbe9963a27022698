//! A tenant larger than what the service takes in a window: how long its report takes beside the limit's own time, and
//! how many requests are refused for it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::load::{self, Load, Point};
use super::measure;
use super::peers::{AS_IT_COMES, C_EXAMPLE, PEERS, POWERSHELL, Peer};
use crate::tools;

/// Seconds of a window of the emulator.
const SECONDS: f64 = 10.0;

/// A tenant and a limit.
pub(super) struct Tenant {
    mailboxes: u64,
    a_window: u64,
    flags: &'static [&'static str],
}

/// A fifth of [`FULL`], for a table within minutes.
pub(super) const SMALL: Tenant =
    Tenant { mailboxes: 80_000, a_window: 26_000, flags: &["--requests-per-10s", "26000"] };
/// The service's own limit.
pub(super) const FULL: Tenant =
    Tenant { mailboxes: 400_000, a_window: 130_000, flags: &["--requests-per-10s", "130000"] };

/// Prints the table.
///
/// # Errors
///
/// When a client fails.
pub(super) fn report(folder: &Path, tenant: &Tenant) -> Result<()> {
    let Tenant { mailboxes, a_window, flags } = *tenant;
    println!("\n### {mailboxes} mailboxes, of which the service takes {a_window} in 10 s, 64 in flight\n");
    println!("| client | s | of the limit's own time | 429 in each window | most requests in flight |");
    println!("|---|---|---|---|---|");
    let free = Point { latency_ms: 0, in_flight: 64, mailboxes, flags: &[] };
    let is_wanted = |peer: &&Peer| [C_EXAMPLE, AS_IT_COMES, POWERSHELL].contains(&peer.name) && peer.is_there();
    for peer in PEERS.iter().filter(is_wanted) {
        let unlimited = Load::start(folder, &free)?;
        let few = measure::run(&mut peer.command(&unlimited, load::FEW)?)?.wall;
        let all = measure::run(&mut peer.command(&unlimited, mailboxes)?)?.wall;
        drop(unlimited);
        let limited = Load::start(folder, &Point { flags, ..free })?;
        let mut command = peer.command(&limited, mailboxes)?;
        let began = wait_for_window();
        let took = measure::run(&mut command)?.wall;
        #[expect(clippy::cast_precision_loss, reason = "counts of mailboxes are far below 2^53")]
        let own = own_time(began + few.as_secs_f64(), mailboxes as f64, a_window as f64, {
            mailboxes as f64 / all.saturating_sub(few).as_secs_f64().max(0.001)
        });
        let own = own + few.as_secs_f64();
        let took = took.as_secs_f64();
        let (refused, in_flight) = refused(&limited).unwrap_or_else(|_| ("?".to_owned(), "?".to_owned()));
        println!("| {} | {took:.1} ({own:.1}) | {:.3} | {refused} | {in_flight} |", peer.name, took / own);
    }
    Ok(())
}

/// Waits until a window begins, so that runs are alike; gives how far it is into the window by then.
fn wait_for_window() -> f64 {
    let into = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() % SECONDS;
    std::thread::sleep(Duration::from_secs_f64(SECONDS - into()));
    into()
}

/// When so many are through at the earliest that begin so far into a window, at so many a second.
fn own_time(began: f64, mailboxes: f64, a_window: f64, a_second: f64) -> f64 {
    let (mut left, mut at) = (mailboxes, began);
    loop {
        let end = (at / SECONDS).floor().mul_add(SECONDS, SECONDS);
        let bears = a_window.min((end - at) * a_second);
        if left <= bears {
            return at + left / a_second - began;
        }
        left -= bears;
        at = end;
    }
}

/// What the emulator counted: the requests that it refused in each window, and the most at a time.
fn refused(load: &Load) -> Result<(String, String)> {
    let curl = tools::on_path("curl").context("curl is not installed")?;
    let mut command = Command::new(curl);
    command.args(["--silent", "--noproxy", "*", "--cacert"]).arg(load.ca_file());
    command.args(["--connect-to", &format!("::{}", load.address()), "https://graph.microsoft.com/_emulator/state"]);
    let said = String::from_utf8(command.output().context("starting curl")?.stdout)?;
    let after = |name: &str| said.split_once(&format!("\"{name}\":")).map(|(_, rest)| rest.trim_start());
    let windows = after("refusedByWindow").and_then(|rest| rest.strip_prefix('{')?.split_once('}'));
    let (windows, _) = windows.context("the emulator does not say what it refused")?;
    let numbers: Vec<&str> = windows.split(',').filter_map(|pair| Some(pair.split_once(':')?.1.trim())).collect();
    let most = after("maxInFlight").and_then(|rest| rest.split([',', '}']).next()).unwrap_or("?");
    Ok((if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") }, most.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::own_time;

    #[test]
    fn the_own_time_is_that_of_the_windows_and_of_what_the_client_manages() {
        let is = |began, mailboxes, wanted: f64| (own_time(began, mailboxes, 100.0, 50.0) - wanted).abs() < 1e-6;
        assert!(is(0.0, 100.0, 2.0));
        assert!(is(0.0, 150.0, 11.0));
        // A second is left of the first window, for fifty.
        assert!(is(9.0, 151.0, 11.0 + 1.0 / 50.0));
    }
}
