//! One command run out of sight: what it printed, how it ended, how long it took.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use parking_lot::Mutex;

/// No stage may wait for ever; the longest, a first build on two slow cores, ends well inside this.
const LIMIT: Duration = Duration::from_secs(40 * 60);

/// How a command ended.
pub(crate) struct Ended {
    /// Whether it ended with status 0.
    pub(crate) success: bool,
    /// Its output and its errors, in the order in which it wrote them.
    pub(crate) text: String,
    /// How long it ran.
    pub(crate) took: Duration,
}

/// Runs a command to its end and keeps what it printed.
///
/// # Errors
///
/// When the command cannot be started.
pub(crate) fn run(command: &mut Command) -> Result<Ended> {
    let started = Instant::now();
    let name = command.get_program().to_string_lossy().into_owned();
    let (mut reader, writer) = std::io::pipe().context("making a pipe")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone().context("doubling a pipe")?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("starting {name}"))?;
    // The command holds the writing ends until it is told otherwise, and the reader would never see the end.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let text = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&text);
    let reading = std::thread::spawn(move || {
        let mut part = [0; 8192];
        while let Ok(count @ 1..) = reader.read(&mut part) {
            sink.lock().extend_from_slice(&part[..count]);
        }
    });

    let status = loop {
        if let Some(status) = child.try_wait().with_context(|| format!("waiting for {name}"))? {
            break Some(status);
        }
        if started.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // A grandchild left behind may keep the pipe open: a moment for the last words, then on without them.
    let until = Instant::now() + Duration::from_secs(5);
    while !reading.is_finished() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(5));
    }
    let bytes = text.lock().clone();
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if status.is_none() {
        text.push_str(&format!("\nended by force: {name} still ran after {} minutes\n", LIMIT.as_secs() / 60));
    }
    Ok(Ended { success: status.is_some_and(|status| status.success()), text, took: started.elapsed() })
}
