//! What a client cost: wall time, and processor time of its process.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a process took from start to end.
#[derive(Clone, Copy)]
pub(super) struct Took {
    /// By the clock.
    pub(super) wall: Duration,
    /// By the processor, in the program and in the system for it.
    pub(super) cpu: Duration,
}

impl Took {
    /// The lesser of each.
    pub(super) fn min(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }
}

/// What a number of mailboxes cost.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// How many.
    pub(super) mailboxes: u64,
    /// By the clock.
    pub(super) wall: Duration,
    /// By the processor.
    pub(super) cpu: Duration,
}

#[expect(clippy::cast_precision_loss, reason = "counts of mailboxes are far below 2^53")]
impl Cost {
    /// Mailboxes a second.
    pub(super) fn rate(self) -> f64 {
        self.mailboxes as f64 / self.wall.as_secs_f64()
    }

    /// Microseconds of processor a mailbox.
    pub(super) fn cpu_micros(self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.mailboxes as f64
    }
}

/// Runs a client to its end. Some mailboxes may fail (status 2), for all of them are asked for.
///
/// # Errors
///
/// When it cannot be started or fails; the message holds what it said.
pub(super) fn run(command: &mut Command) -> Result<Took> {
    let name = command.get_program().to_string_lossy().into_owned();
    let before = children()?;
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("starting {name}"))?;
    let wall = started.elapsed();
    let cpu = children()?.saturating_sub(before);
    if !matches!(output.status.code(), Some(0 | 2)) {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} ended with {}: {}{}", output.status, String::from_utf8_lossy(&output.stdout), said);
    }
    Ok(Took { wall, cpu })
}

/// The most memory that a client ever had, in bytes, when it has run to its end.
///
/// # Errors
///
/// Those of [`run`].
pub(super) fn most_memory(command: &mut Command) -> Result<u64> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut most = 0;
    loop {
        // The high-water mark only grows: the last look before the end has nearly all of it.
        most = most.max(high_water_mark(&status).unwrap_or(0));
        if let Some(ended) = child.try_wait().with_context(|| format!("waiting for {name}"))? {
            if !matches!(ended.code(), Some(0 | 2)) {
                bail!("{name} ended with {ended}");
            }
            return Ok(most);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn high_water_mark(status: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Processor time of the children that have ended. Those that serve are not among them.
#[cfg(unix)]
fn children() -> Result<Duration> {
    use nix::sys::resource::{UsageWho, getrusage};
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("reading the processor time of child processes")?;
    let of = |time: nix::sys::time::TimeVal| {
        Duration::new(u64::try_from(time.tv_sec()).unwrap_or(0), 0)
            + Duration::from_micros(u64::try_from(time.tv_usec()).unwrap_or(0))
    };
    Ok(of(usage.user_time()) + of(usage.system_time()))
}

#[cfg(not(unix))]
fn children() -> Result<Duration> {
    bail!("the benchmarks read processor times as Unix gives them; run them there")
}
