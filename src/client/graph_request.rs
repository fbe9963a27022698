//! One request of Graph, whatever it is for.

use http::Method;
use serde_json::Value;

use super::Client;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::request::{self, Exchange, Request};
use crate::graph::{path, path_guard};
use crate::http::Patience;

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

impl Client {
    /// Sends one request, and again where that may help and do no harm: a POST that may have been carried out is
    /// not repeated, a PATCH or PUT is read back first.
    ///
    /// The result is the body; of a collection that was read to its end, an object with all of `value`; of a reply
    /// without a body, `{"StatusCode": n}`; of one that is not JSON, `{"ContentType", "Encoding", "Content"}`.
    ///
    /// # Errors
    ///
    /// `CredentialMissing`, `InvalidArgument`, `OutcomeUnknown`; what the service, the certificate or the network
    /// said.
    pub async fn graph_request(&self, request: &GraphRequest, context: &Context) -> Result<Value> {
        self.announce(context);
        let method = request::method(&request.method)?;
        let path = path::check(&request.path)?.into_owned();
        if path.is_empty() || path.starts_with('?') {
            return Err(Error::argument("path: is empty"));
        }
        if !request.allow_whole_mailbox {
            path_guard::check_of_service(&method, &path, request.body.as_ref())?;
        }
        request::check_has_body(&method, request.body.as_ref())?;
        let headers = request::headers(request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())))?;
        let said = |error: Error| error.action(format!("{method} of")).target(&request.path);
        let request = Request::new(&method, path, headers, request.body.clone(), request.all_pages)?;
        let mut exchange = Exchange::default();
        let graph = &self.identity()?.graph;
        let mut tries = graph.retrier(self.retry_policy()).tries(Patience::Full);
        loop {
            let failure = match exchange.attempt(&request, graph, context).await {
                Ok(answer) => return Ok(answer.into_document()),
                Err(AttemptError::Item(error)) if method == Method::POST && error.is_maybe_done() => {
                    return Err(said(error.outcome_unknown()));
                }
                Err(failure) => failure,
            };
            if exchange.has_advanced() {
                tries.begin_again();
            }
            tries.pause(failure, context).await.map_err(|failure| said(exchange.conclude(failure.into_error())))?;
        }
    }
}
