//! One loop for everything that is tried again while somebody waits for it.

use std::sync::Arc;
use std::time::Instant;

use super::patience::Patience;
use super::retry::{RetryPolicy, Unauthorized};
use crate::attempt::TryFailure;
use crate::clock::Clock;
use crate::context::Context;
use crate::event::Event;
use crate::log;

/// How a call is tried again.
#[derive(Clone, Debug)]
pub struct Retrier {
    /// Bounds the tries.
    pub policy: RetryPolicy,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// What an event says is done again: `asking for a token`.
    pub action: &'static str,
}

impl Retrier {
    /// A way to try calls again.
    #[must_use]
    pub fn new(policy: RetryPolicy, clock: Arc<dyn Clock>, action: &'static str) -> Self {
        Self { policy, clock, action }
    }

    /// Runs `attempt` until it succeeds, fails for good, or the tries are used up.
    ///
    /// # Errors
    ///
    /// The last try's.
    pub async fn run<T, E: TryFailure, F>(
        &self,
        patience: Patience,
        context: &Context,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        let attempt = |()| {
            let trying = attempt();
            async { ((), trying.await) }
        };
        self.run_with((), patience, context, attempt).await.1
    }

    /// The same for what keeps something from try to try: each gives on what it was given.
    pub async fn run_with<S, T, E: TryFailure, F>(
        &self,
        mut state: S,
        patience: Patience,
        context: &Context,
        mut attempt: impl FnMut(S) -> F,
    ) -> (S, Result<T, E>)
    where
        F: Future<Output = (S, Result<T, E>)>,
    {
        let mut tries = self.tries(patience);
        loop {
            // What a try holds is a multiple of what its loop does.
            let (kept, result) = log::as_attempt(tries.number(), Box::pin(attempt(state))).await;
            state = kept;
            match result {
                Ok(done) => return (state, Ok(done)),
                Err(failure) => {
                    if let Err(failure) = tries.pause(failure, context).await {
                        return (state, Err(failure));
                    }
                }
            }
        }
    }

    fn tries(&self, patience: Patience) -> Tries {
        Tries {
            policy: self.policy.bounded_by(patience),
            clock: Arc::clone(&self.clock),
            action: self.action,
            began: self.clock.monotonic(),
            made: 0,
            unauthorized: Unauthorized::default(),
        }
    }
}

/// Counts the tries of one call and waits between them.
struct Tries {
    policy: RetryPolicy,
    clock: Arc<dyn Clock>,
    action: &'static str,
    began: Instant,
    made: u32,
    unauthorized: Unauthorized,
}

impl Tries {
    /// The number of the try that comes next, from 1.
    fn number(&self) -> u32 {
        self.made.saturating_add(1)
    }

    /// Counts anew from here.
    fn begin_again(&mut self) {
        self.began = self.clock.monotonic();
        self.made = 0;
        self.unauthorized = Unauthorized::default();
    }

    /// Waits after a try that failed until it is time for the next.
    ///
    /// # Errors
    ///
    /// The try's own, where there is to be no other.
    async fn pause<E: TryFailure>(&mut self, failure: E, context: &Context) -> Result<(), E> {
        if failure.has_advanced() {
            self.begin_again();
        }
        self.made = self.made.saturating_add(1);
        let Some(error) = failure.curable() else { return Err(failure) };
        if let Some(may_repeat) = self.unauthorized.note(error) {
            return if may_repeat { Ok(()) } else { Err(failure) };
        }
        let elapsed = self.clock.monotonic().saturating_duration_since(self.began);
        let Some(wait) = self.policy.wait(error, self.made, elapsed) else { return Err(failure) };
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let message = format!("{} again in {wait_ms} ms: {error}", self.action);
        let members = [("waitMs", wait_ms.into()), ("tries", self.made.into())];
        context.events.emit(Event::Retry, &message, members);
        self.clock.sleep(wait).await;
        Ok(())
    }
}
