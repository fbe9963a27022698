//! What a run is told when it starts.

use std::sync::Arc;
use std::time::Duration;

use super::failed_list::FailureList;
use super::order::Order;
use super::shard::Shard;
use super::source::Lister;
use super::work::Batching;
use crate::http::{Clock, RetryPolicy};
use crate::store::JournalOptions;

/// How a run goes about its work.
pub struct RunOptions {
    /// In which order rows come.
    pub order: Order,
    /// Most requests in flight; the run finds by itself how many of them suit the service.
    pub max_concurrency: usize,
    /// Bounds the tries of an item.
    pub retry: RetryPolicy,
    /// Pauses the run when no call touches it for so long.
    pub idle_pause: Option<Duration>,
    /// Whether its requests change something: it then gets no further ahead of the rows that were taken than what is
    /// in flight, and once it is cancelled what is in flight lands.
    pub writes: bool,
    /// Whether its rows go to a file, so that no caller takes them.
    pub to_file: bool,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Gives the input; without it lines are pushed.
    pub source: Option<Box<dyn Lister>>,
    /// Takes this part of the mailboxes only.
    pub shard: Option<Shard>,
    /// Records rows, and recalls those that an earlier run recorded.
    pub journal: Option<JournalOptions>,
    /// Stops the run once so many mailboxes have failed in it.
    pub stop_after_errors: Option<u64>,
    /// Whether several items may share a request.
    pub batching: Batching,
    /// The most mailboxes that the run may be about: where there are more, nothing is sent.
    pub maximum: Option<u64>,
    /// Keeps what failed.
    pub failure_list: Option<Box<dyn FailureList>>,
}

impl RunOptions {
    /// Usual options: input order, no bound on time without calls, no journal.
    #[must_use]
    pub fn new(max_concurrency: usize, retry: RetryPolicy, clock: Arc<dyn Clock>) -> Self {
        Self {
            order: Order::Input,
            max_concurrency,
            retry,
            idle_pause: None,
            writes: false,
            to_file: false,
            clock,
            source: None,
            shard: None,
            journal: None,
            stop_after_errors: None,
            batching: Batching::Auto,
            maximum: None,
            failure_list: None,
        }
    }
}
