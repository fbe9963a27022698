//! When a state is known.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::context::Context;
use crate::error::Result;
use crate::facet::State;
use crate::graph::call::GraphClient;
use crate::http::RetryPolicy;

/// A state that may be known only once the service was asked: the members of a group.
pub(in crate::runs) trait LateState: std::fmt::Debug + Send + Sync {
    /// Known before the first mailbox is compared with it.
    fn state<'a>(
        &'a self,
        graph: &'a GraphClient,
        retry: &'a RetryPolicy,
        context: &'a Context,
    ) -> BoxFuture<'a, Result<Arc<State>>>;
}

/// Known from the start.
#[derive(Debug)]
pub(in crate::runs) struct Known(Arc<State>);

impl Known {
    pub(in crate::runs) fn new(state: State) -> Arc<Self> {
        Arc::new(Self(Arc::new(state)))
    }
}

impl LateState for Known {
    fn state<'a>(
        &'a self,
        _: &'a GraphClient,
        _: &'a RetryPolicy,
        _: &'a Context,
    ) -> BoxFuture<'a, Result<Arc<State>>> {
        Box::pin(std::future::ready(Ok(Arc::clone(&self.0))))
    }
}
