//! The one error type: what was being done, to what, what the service said, and what to do about it.

use std::fmt;
use std::time::Duration;

use crate::printable::printable;
pub use crate::status::Status;

/// A result with the crate's [`Error`], unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Longest text of an error, in characters: longer than any path or address, and short enough that a mistaken input
/// of megabytes does not come back with each of its errors, in the journal too.
const LONGEST_TEXT: usize = 4096;

/// A failure. [`fmt::Display`] gives one line for people; the accessors give the parts.
///
/// No secret is ever part of an error: callers build it from names, codes and the service's own texts.
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: Status,
    action: String,
    target: Option<String>,
    detail: String,
    http_status: Option<u16>,
    service_code: Option<String>,
    service_message: Option<String>,
    request_id: Option<String>,
    client_request_id: Option<String>,
    retry_after: Option<Duration>,
    retryable: bool,
    maybe_done: bool,
    hint: Option<String>,
}

impl Error {
    /// An error of `status`: `detail` says what went wrong, lowercase and without a full stop. Of a text of more than
    /// 4,096 characters, here and below, the middle is left out.
    #[must_use]
    pub fn new(status: Status, detail: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status,
            action: String::new(),
            target: None,
            detail: bounded(detail.into()),
            http_status: None,
            service_code: None,
            service_message: None,
            request_id: None,
            client_request_id: None,
            retry_after: None,
            retryable: false,
            maybe_done: false,
            hint: None,
        }))
    }

    /// A bad argument.
    #[must_use]
    pub fn argument(detail: impl Into<String>) -> Self {
        Self::new(Status::InvalidArgument, detail)
    }

    /// Something that was cancelled.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(Status::Cancelled, "cancelled")
    }

    /// A fault of the library itself.
    #[must_use]
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(Status::Internal, detail).hint("this is a fault of ExRun; please report it")
    }

    /// What was being done, with its preposition (`"reading the mailbox settings of"`), unless already said.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        if self.0.action.is_empty() {
            self.0.action = bounded(action.into());
        }
        self
    }

    /// What it was done to, unless already said.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        if self.0.target.is_none() {
            self.0.target = Some(bounded(target.into()));
        }
        self
    }

    /// The HTTP status of the reply.
    #[must_use]
    pub fn http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// The service's error code and message.
    #[must_use]
    pub fn service(mut self, code: Option<String>, message: Option<String>) -> Self {
        self.0.service_code = code.map(bounded);
        self.0.service_message = message.map(bounded);
        self
    }

    /// The service's request id.
    #[must_use]
    pub fn request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id.map(bounded);
        self
    }

    /// The id that we sent.
    #[must_use]
    pub fn client_request_id(mut self, id: Option<String>) -> Self {
        self.0.client_request_id = id;
        self
    }

    /// How long the service asked to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Whether trying again later may succeed.
    #[must_use]
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = retryable;
        self
    }

    /// Whether the request may have been carried out all the same.
    #[must_use]
    pub fn maybe_done(mut self, maybe_done: bool) -> Self {
        self.0.maybe_done = maybe_done;
        self
    }

    /// The same failure as the end of a request that may have been carried out and is not repeated.
    #[must_use]
    pub fn outcome_unknown(mut self) -> Self {
        self.0.status = Status::OutcomeUnknown;
        self.0.retryable = false;
        self.0.maybe_done = true;
        self.hint("it may have been carried out and is not sent again: look at the mailbox before you do so yourself")
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(bounded(hint.into()));
        self
    }

    /// The kind of failure.
    #[must_use]
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// What it was done to, where that was said.
    #[must_use]
    pub fn target_name(&self) -> Option<&str> {
        self.0.target.as_deref()
    }

    /// The HTTP status, where a reply came.
    #[must_use]
    pub fn http_status_code(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The service's error code.
    #[must_use]
    pub fn service_code(&self) -> Option<&str> {
        self.0.service_code.as_deref()
    }

    /// The service's own words.
    #[must_use]
    pub fn service_message(&self) -> Option<&str> {
        self.0.service_message.as_deref()
    }

    /// The service's request id, else the one that was sent.
    #[must_use]
    pub fn any_request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref().or(self.0.client_request_id.as_deref())
    }

    /// What to do about it, where that is said.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether trying again later may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether the request may have been carried out all the same.
    #[must_use]
    pub fn is_maybe_done(&self) -> bool {
        self.0.maybe_done
    }

    /// How long the service asked to wait.
    #[must_use]
    pub fn retry_after_hint(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The error as `exrun_error_json` gives it: every member present, null where unknown.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let parts = &*self.0;
        serde_json::json!({
            "status": parts.status.code(),
            "name": parts.status.name(),
            "message": self.to_string(),
            "action": (!parts.action.is_empty()).then_some(&parts.action),
            "target": parts.target,
            "httpStatus": parts.http_status,
            "serviceCode": parts.service_code,
            "serviceMessage": parts.service_message,
            "requestId": parts.request_id,
            "clientRequestId": parts.client_request_id,
            "retryAfterMs": parts.retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            "retryable": parts.retryable,
            "hint": parts.hint,
        })
    }

    /// The error of which [`Error::to_json`] gave `json`, but for whether its request may have been carried out.
    /// `None` for what is no such object.
    #[must_use]
    pub fn from_json(json: &serde_json::Value) -> Option<Error> {
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let status = Status::of_code(json["status"].as_i64()?)?;
        let mut error = Self::new(status, "");
        let parts = &mut *error.0;
        parts.action = text("action").unwrap_or_default();
        parts.target = text("target");
        parts.http_status = json["httpStatus"].as_u64().and_then(|status| u16::try_from(status).ok());
        parts.service_code = text("serviceCode");
        parts.service_message = text("serviceMessage");
        parts.request_id = text("requestId");
        parts.client_request_id = text("clientRequestId");
        parts.retry_after = json["retryAfterMs"].as_u64().map(Duration::from_millis);
        parts.retryable = json["retryable"].as_bool().unwrap_or(false);
        parts.hint = text("hint");
        // The message is the detail between what the other parts put around it.
        let (before, after) = (error.before_detail(), error.after_detail());
        let message = text("message")?;
        let detail = message.strip_prefix(&before).unwrap_or(&message);
        error.0.detail = detail.strip_suffix(&after).unwrap_or(detail).to_owned();
        Some(error)
    }

    fn before_detail(&self) -> String {
        let parts = &*self.0;
        match (parts.action.as_str(), &parts.target) {
            ("", None) => String::new(),
            ("", Some(target)) => format!("{target}: "),
            (action, None) => format!("{action}: "),
            (action, Some(target)) => format!("{action} {target}: "),
        }
    }

    fn after_detail(&self) -> String {
        let id = self.any_request_id().map(|id| format!(" (request id {id})")).unwrap_or_default();
        let hint = self.0.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        id + &hint
    }
}

/// The text as it may be shown, without its middle where it is too long: what is said about a value may stand before
/// or behind it.
fn bounded(text: String) -> String {
    let text = printable(text);
    const HALF: usize = LONGEST_TEXT / 2 - 3;
    if text.len() <= LONGEST_TEXT || text.char_indices().nth(LONGEST_TEXT).is_none() {
        return text;
    }
    let first = text.char_indices().nth(HALF).and_then(|(end, _)| text.get(..end));
    let last = text.char_indices().nth_back(HALF - 1).and_then(|(start, _)| text.get(start..));
    format!("{} ... {}", first.unwrap_or_default(), last.unwrap_or_default())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.before_detail(), self.0.detail, self.after_detail())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.0.status.name())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_loses_its_middle() {
        let fits = "\u{20ac}".repeat(LONGEST_TEXT);
        let error = Error::argument(fits.clone()).target(fits.clone());
        assert_eq!(error.to_string(), format!("{fits}: {fits}"));

        let error = Error::argument(format!("path: {} is a URL", "\u{20ac}".repeat(1 << 20))).hint("y".repeat(1 << 20));
        let error = error.action("x".repeat(1 << 20)).target("z".repeat(1 << 20));
        let error = error.service(Some("c".repeat(1 << 20)), Some("m".repeat(1 << 20)));
        let parts = &*error.0;
        assert!(parts.detail.starts_with("path: \u{20ac}") && parts.detail.ends_with("\u{20ac} is a URL"));
        let texts = [&parts.target, &parts.service_code, &parts.service_message, &parts.hint];
        for text in texts.into_iter().flatten().chain([&parts.detail, &parts.action]) {
            assert!(text.contains(" ... ") && text.chars().count() <= LONGEST_TEXT, "{text}");
        }
        assert_eq!(Error::from_json(&error.to_json()).unwrap().to_json(), error.to_json());
    }

    #[test]
    fn an_error_survives_its_json() {
        let plain = Error::new(Status::Throttled, "the service answered 429; slow down");
        let bare = Error::cancelled();
        let full = plain
            .clone()
            .action("reading the mailbox settings of")
            .target("kim@contoso.com")
            .http_status(429)
            .service(Some("TooManyRequests".into()), Some("slow down".into()))
            .request_id(Some("r1".into()))
            .retry_after(Some(Duration::from_millis(2128)))
            .retryable(true)
            .hint("wait");
        for error in [plain.target("kim"), bare, full] {
            let json = error.to_json();
            let back = Error::from_json(&json).unwrap();
            assert_eq!(back.to_json(), json);
            assert_eq!(back.0.detail, error.0.detail);
        }
        assert!(Error::from_json(&serde_json::json!({"status": 17, "message": ""})).is_none());
        assert!(Error::from_json(&serde_json::Value::Null).is_none());
    }
}
