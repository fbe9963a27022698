//! One request of Graph, whatever it is for.

use http::Method;
use serde_json::Value;

use super::call::GraphClient;
use super::request::{self, Exchange, Request};
use super::{path, path_guard};
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Patience, RetryPolicy};

/// A request of Graph; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct GraphRequest {
    /// GET, POST, PATCH, PUT or DELETE.
    pub method: String,
    /// Relative to the API's version: `applications?$top=5`.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Reads a collection to its end, or to the `$top` of the path.
    pub all_pages: bool,
    /// Lets a write be about a user itself, a folder that every mailbox has, or a whole collection.
    pub allow_whole_mailbox: bool,
}

impl GraphRequest {
    /// Checks the request before anything is sent.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub fn check(&self) -> Result<CheckedRequest> {
        let method = request::method(&self.method)?;
        let path = path::check(&self.path)?.into_owned();
        if path.is_empty() || path.starts_with('?') {
            return Err(Error::argument("path: is empty"));
        }
        if !self.allow_whole_mailbox {
            path_guard::check_of_service(&method, &path, self.body.as_ref())?;
        }
        request::check_has_body(&method, self.body.as_ref())?;
        let headers = request::headers(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        let request = Request::new(&method, path, headers, self.body.clone(), self.all_pages)?;
        Ok(CheckedRequest { request, method, path: self.path.clone() })
    }
}

/// A request that may be sent.
#[derive(Debug)]
pub struct CheckedRequest {
    request: Request,
    method: Method,
    /// As the caller gave it.
    path: String,
}

impl CheckedRequest {
    /// Sends the request, and again where that may help and do no harm: a POST that may have been carried out is not
    /// repeated, a PATCH or PUT is read back first.
    ///
    /// The result is the body; of a collection that was read to its end, an object with all of `value`; of a reply
    /// without a body, `{"StatusCode": n}`; of one that is not JSON, `{"ContentType", "Encoding", "Content"}`.
    ///
    /// # Errors
    ///
    /// `OutcomeUnknown`; what the service, the certificate or the network said.
    pub async fn send(&self, graph: &GraphClient, policy: RetryPolicy, context: &Context) -> Result<Value> {
        let in_context = |error: Error| error.action(format!("{} of", self.method)).target(&self.path);
        let mut exchange = Exchange::default();
        let mut tries = graph.retrier(policy).tries(Patience::Full);
        loop {
            let failure = match exchange.attempt(&self.request, graph, context).await {
                Ok(answer) => return Ok(answer.into_document()),
                Err(AttemptError::Item(error)) if self.method == Method::POST && error.is_maybe_done() => {
                    return Err(in_context(error.outcome_unknown()));
                }
                Err(failure) => failure,
            };
            if exchange.has_advanced() {
                tries.begin_again();
            }
            let paused = tries.pause(failure, context).await;
            paused.map_err(|failure| in_context(exchange.conclude(failure.into_error())))?;
        }
    }
}
