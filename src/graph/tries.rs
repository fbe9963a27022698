//! The tries of one call that somebody waits for.

use std::sync::Arc;
use std::time::Instant;

use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Result, Status};
use crate::http::{Clock, RetryPolicy};

/// A 401 calls for a new token at once; a second one after it is final.
pub const TRIES_WITH_NEW_TOKENS: u32 = 2;

/// Counts the tries of one call and waits between them.
#[derive(Debug)]
pub struct Tries {
    policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    began: Instant,
    tries: u32,
    unauthorized: u32,
}

impl Tries {
    /// Before the first try.
    #[must_use]
    pub fn new(policy: RetryPolicy, clock: Arc<dyn Clock>) -> Self {
        let began = clock.monotonic();
        Self { policy, clock, began, tries: 0, unauthorized: 0 }
    }

    /// Waits after a try that failed until it is time for the next.
    ///
    /// # Errors
    ///
    /// The try's own, where there is to be no other.
    pub async fn pause(&mut self, failure: AttemptError, context: &Context) -> Result<()> {
        self.tries += 1;
        let error = match failure {
            AttemptError::Run(error) | AttemptError::Token(error) => return Err(error),
            AttemptError::Item(error) => error,
        };
        if error.status() == Status::Unauthorized {
            self.unauthorized += 1;
            let is_final = self.unauthorized >= TRIES_WITH_NEW_TOKENS || !error.is_retryable();
            return if is_final { Err(error) } else { Ok(()) };
        }
        let elapsed = self.clock.monotonic().saturating_duration_since(self.began);
        let Some(wait) = self.policy.wait(&error, self.tries, elapsed) else { return Err(error) };
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        context.events.emit(
            "retry",
            &format!("trying again in {wait_ms} ms: {error}"),
            [("waitMs", wait_ms.into()), ("tries", self.tries.into())],
        );
        self.clock.sleep(wait).await;
        Ok(())
    }
}
