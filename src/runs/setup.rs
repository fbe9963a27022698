//! What a run needs of whoever starts it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use crate::cancel::Signal;
use crate::context::Context;
use crate::error::Result;
use crate::graph::call::GraphClient;
use crate::http::{Clock, RetryPolicy};

/// What a run needs of whoever starts it: a client, as a rule.
#[derive(Clone, Debug)]
pub struct RunSetup {
    /// The calls of Graph; why there are none, where nobody is signed in.
    pub graph: Result<Arc<GraphClient>>,
    /// Notified whenever rows become ready or the run ends.
    pub signal: Arc<Signal>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Bounds the tries of a mailbox where the request does not.
    pub retry: RetryPolicy,
    /// Bounds the requests in flight where the request does not.
    pub max_concurrency: usize,
    /// Whose journal it is.
    pub tenant: Option<String>,
    /// Whose journal it is, too.
    pub app: Option<String>,
    /// What is signed in with, which must not be lost to what the run writes.
    pub credential_file: Option<PathBuf>,
    /// Where requests go instead of where their URLs say, for trying things without a tenant.
    pub test_endpoint: Option<SocketAddr>,
}

impl RunSetup {
    /// The calls of Graph.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`.
    pub(super) fn graph(&self) -> Result<Arc<GraphClient>> {
        self.graph.clone()
    }

    /// Says what the caller is to know before anything is sent.
    pub(super) fn announce(&self, context: &Context) {
        crate::http::test_endpoint::warn_once(context, self.test_endpoint);
    }
}
