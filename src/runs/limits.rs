//! How far a run goes: tries, requests at a time, and how long it waits for its caller.

use std::sync::Arc;
use std::time::Duration;

use super::setup::RunSetup;
use crate::error::{Error, Result};
use crate::http::RetryPolicy;
use crate::runner::{Order, RunOptions};

/// Most requests in flight that may be asked for.
pub const MOST_CONCURRENCY: usize = 1024;
/// Most tries of an item that may be asked for.
pub const MOST_TRIES: u32 = 100;

/// How long nobody may take rows of a run that writes before it starts nothing more.
const LONGEST_ABSENCE: Duration = Duration::from_millis(250);

/// What a run is asked for; what is not said is as the client has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In which order rows come.
    pub order: Order,
    /// Most requests in flight.
    pub max_concurrency: Option<usize>,
    /// Most tries of one mailbox.
    pub max_tries: Option<u32>,
    /// Longest time from the first try of a mailbox to its last.
    pub max_retry: Option<Duration>,
    /// Pauses the run when no call touches it for so long.
    pub idle_pause: Option<Duration>,
}

impl Limits {
    /// How a run goes about its work that these limits and the client's bound.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn run_options(&self, setup: &RunSetup, writes: bool, to_file: bool) -> Result<RunOptions> {
        let max_tries = self.max_tries.unwrap_or(setup.retry.max_tries);
        let max_concurrency = self.max_concurrency.unwrap_or(setup.max_concurrency);
        check_range("maxTries", max_tries.into(), 1, MOST_TRIES.into())?;
        check_range("maxConcurrency", max_concurrency as u64, 1, MOST_CONCURRENCY as u64)?;
        let retry = RetryPolicy::new(max_tries, self.max_retry.unwrap_or(setup.retry.max_elapsed));
        Ok(RunOptions {
            order: self.order,
            idle_pause: self.idle_pause(writes, to_file),
            writes,
            to_file,
            ..RunOptions::new(max_concurrency, retry, Arc::clone(&setup.clock))
        })
    }

    /// How long nobody may touch the run before it pauses. A run that writes always does: who went away without a
    /// word is not to find more written than he saw.
    fn idle_pause(&self, writes: bool, to_file: bool) -> Option<Duration> {
        match (writes, to_file) {
            (false, false) => self.idle_pause,
            // A file of what was read can be written with nobody there.
            (false, true) => None,
            (true, false) => Some(self.idle_pause.map_or(LONGEST_ABSENCE, |asked| asked.min(LONGEST_ABSENCE))),
            (true, true) => Some(self.idle_pause.unwrap_or(LONGEST_ABSENCE)),
        }
    }
}

/// Refuses a number beyond its bounds.
///
/// # Errors
///
/// `InvalidArgument` that names the member.
pub fn check_range(name: &str, value: u64, least: u64, most: u64) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::argument(format!("{name}: must be from {least} to {most}, not {value}")))
}
