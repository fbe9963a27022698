//! One request of Graph, whatever it is for.

use std::sync::Arc;

use http::Method;
use serde_json::Value;

use super::api_version::ApiVersion;
use super::call::GraphClient;
use super::request::{self, Answer, Exchange, Request};
use super::{path, path_guard};
use crate::attempt::{AttemptError, TryFailure};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::http::{Patience, RetryPolicy};

/// A request of Graph; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct GraphRequest {
    /// GET, POST, PATCH, PUT or DELETE.
    pub method: String,
    /// The API's version.
    pub version: ApiVersion,
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
        Ok(CheckedRequest { request, method, version: self.version, path: self.path.clone() })
    }
}

/// A request that may be sent.
#[derive(Debug)]
pub struct CheckedRequest {
    request: Request,
    method: Method,
    version: ApiVersion,
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
    pub async fn send(&self, graph: &Arc<GraphClient>, policy: RetryPolicy, context: &Context) -> Result<Value> {
        let graph = &*graph.of_version(self.version)?;
        let in_context = |error: Error| error.action(format!("{} of", self.method)).target(&self.path);
        let attempt = async |mut exchange: Exchange| {
            let answer = exchange.attempt(&self.request, graph, context).await.map_err(|error| Failure {
                is_final: self.method == Method::POST && error.is_maybe_done(),
                has_advanced: exchange.has_advanced(),
                error,
            });
            (exchange, answer.map(Answer::into_document))
        };
        let (exchange, result) =
            graph.retrier(policy).run_with(Exchange::default(), Patience::Full, context, attempt).await;
        match result {
            Ok(document) => Ok(document),
            Err(Failure { error, is_final: true, .. }) => Err(in_context(error.into_error().outcome_unknown())),
            Err(Failure { error, .. }) => Err(in_context(exchange.conclude(error.into_error()))),
        }
    }
}

/// Why a try of the request gave nothing.
struct Failure {
    error: AttemptError,
    /// It may have been carried out, and must not be carried out twice.
    is_final: bool,
    /// A further page was reached.
    has_advanced: bool,
}

impl TryFailure for Failure {
    fn curable(&self) -> Option<&Error> {
        if self.is_final { None } else { self.error.curable() }
    }

    fn has_advanced(&self) -> bool {
        self.has_advanced
    }
}
