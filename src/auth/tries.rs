//! One loop for everything that asks for a token and may have to ask again.

use std::sync::Arc;
use std::time::Duration;

use super::token_endpoint::TokenResult;
use crate::context::Context;
use crate::http::{Clock, RetryPolicy};
use crate::log;

/// An endpoint that asks for a longer wait than this is not waited for: the caller is told how long.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Where someone waits for the token, an unreachable host is said after a few seconds; a run in its middle
/// has its whole retry policy.
const TRIES_OF_THE_IMPATIENT: u32 = 4;

/// How often to ask, and by which clock.
#[derive(Clone, Debug)]
pub struct Tries {
    /// Bounds the tries.
    pub policy: RetryPolicy,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Tries {
    /// Runs `attempt` until it succeeds, fails for good, or the tries are used up.
    pub(super) async fn run<T, F>(
        &self,
        impatient: bool,
        context: &Context,
        mut attempt: impl FnMut() -> F,
    ) -> TokenResult<T>
    where
        F: Future<Output = TokenResult<T>>,
    {
        let began = self.clock.monotonic();
        let mut tries = 0;
        loop {
            tries += 1;
            let failure = match log::as_attempt(tries, attempt()).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            let elapsed = self.clock.monotonic().saturating_duration_since(began);
            let may_wait = !impatient || tries < TRIES_OF_THE_IMPATIENT;
            let wait =
                self.policy.wait(failure.error(), tries, elapsed).filter(|wait| may_wait && *wait <= LONGEST_WAIT);
            let Some(wait) = wait else { return Err(failure) };
            context.events.emit(
                "retry",
                &format!("asking for a token again in {} ms: {}", wait.as_millis(), failure.error()),
                [("waitMs", u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).into()), ("tries", tries.into())],
            );
            self.clock.sleep(wait).await;
        }
    }
}
