//! What accompanies one piece of work.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::cancel::CancelToken;
use crate::event::EventSink;

/// How to stop a piece of work, where its diagnostics go, and what it cost. Clones share all three.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Stops the work.
    pub cancel: CancelToken,
    /// Takes diagnostics.
    pub events: EventSink,
    /// What it cost.
    pub cost: Arc<Cost>,
}

/// Counts of one piece of work.
#[derive(Debug, Default)]
pub struct Cost {
    /// Requests sent to Graph or to a vault.
    pub requests: AtomicU64,
    /// Requests that were sent again.
    pub retries: AtomicU64,
    /// Answers that said there were too many.
    pub throttled: AtomicU64,
    /// Tokens that the token endpoint gave.
    pub tokens: AtomicU64,
}
