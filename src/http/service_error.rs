//! What a service says in a reply that is no success, in the form that Graph and Key Vault share.
//!
//! Source: Microsoft REST API Guidelines, "Error condition responses".

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::message::HttpReply;
use crate::error::{Error, Status};

#[derive(Deserialize)]
struct Body {
    error: ServiceError,
}

/// The service's code and words, as far as there are any.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ServiceError {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default, rename = "innerError", alias = "innererror")]
    inner: Option<Value>,
}

impl ServiceError {
    /// What a reply says; nothing where its body is none of that form.
    #[must_use]
    pub fn of(reply: &HttpReply) -> Self {
        let body = serde_json::from_slice::<Body>(&reply.body).map(|body| body.error).unwrap_or_default();
        Self {
            code: body.code.filter(|code| !code.is_empty()),
            message: body.message.filter(|message| !message.trim().is_empty()),
            inner: body.inner,
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The words for people.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// A text of the inner error.
    #[must_use]
    pub fn inner(&self, name: &str) -> Option<&str> {
        self.inner.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// The same with another code.
    #[must_use]
    pub fn with_code(self, code: Option<String>) -> Self {
        Self { code, ..self }
    }

    /// As an error of `status`, without action and target: what `who` answered, and what came with it.
    #[must_use]
    pub fn into_error(self, status: Status, who: &str, reply: &HttpReply, now: Timestamp) -> Error {
        let code = self.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
        let message = self.message.as_ref().map(|message| format!(": {}", message.trim().trim_end_matches('.')));
        let detail = format!("{who} answered {}{code}{}", reply.status.as_u16(), message.unwrap_or_default());
        Error::new(status, detail)
            .http_status(reply.status.as_u16())
            .request_id(reply.request_id())
            .client_request_id(Some(reply.client_request_id.clone()))
            .retry_after(reply.retry_after(now))
            .service(self.code, self.message)
    }
}
