//! Any request of Graph: its pages, and what to do where a write may have happened.

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value};

use super::call::GraphClient;
use super::page::CollectionPage;
use super::{blank, json, path};
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::http::{HttpReply, Pager};

/// The most pages of one collection, and the most bytes of them: more is no row of a report any more.
const MOST_PAGES: usize = 1000;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Headers that the library sets, or that would change who asks whom, or what a method means.
const RESERVED_HEADERS: [&str; 12] = [
    "authorization",
    "client-request-id",
    "connection",
    "content-length",
    "cookie",
    "host",
    "te",
    "transfer-encoding",
    "user-agent",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// Reads the name of a method.
///
/// # Errors
///
/// `InvalidArgument` for one that is not GET, POST, PATCH, PUT or DELETE.
pub fn method(name: &str) -> Result<Method> {
    let known = [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE];
    known
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name.trim()))
        .ok_or_else(|| Error::argument(format!("method: must be one of GET, POST, PATCH, PUT, DELETE, not {name:?}")))
}

/// Reads headers that a caller gives.
///
/// # Errors
///
/// `InvalidArgument` that names the header.
pub fn headers<'h>(given: impl IntoIterator<Item = (&'h str, &'h str)>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let known = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Error::argument(format!("headers: {name:?} is not the name of a header")))?;
        if RESERVED_HEADERS.contains(&known.as_str()) {
            return Err(Error::argument(format!("headers: {name} is for the library to set")));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| Error::argument(format!("headers: the value of {name} holds what no header can carry")))?;
        headers.insert(known, value);
    }
    Ok(headers)
}

/// The member of a body that stands for bytes.
const BASE64_MEMBER: &str = "@base64";

/// Refuses a body that asks for nothing. To many actions that are POSTed `{}` is what they take.
fn check_asks(method: &Method, body: Option<&Value>, is_json: bool) -> Result<()> {
    let is_nothing = match body {
        Some(Value::String(text)) => blank::is_blank(text),
        Some(Value::Object(members)) if !is_json && members.contains_key(BASE64_MEMBER) => {
            members.get(BASE64_MEMBER).and_then(Value::as_str).is_some_and(blank::is_blank)
        }
        Some(body) => *method != Method::POST && blank::asks_for_nothing(body),
        None => false,
    };
    if is_nothing {
        return Err(Error::argument("body: asks for nothing: it has no value to write")
            .hint("leave the body out where none is wanted"));
    }
    Ok(())
}

/// Refuses a PATCH without a body: it asks for nothing.
///
/// # Errors
///
/// `InvalidArgument`.
pub fn check_has_body(method: &Method, body: Option<&Value>) -> Result<()> {
    if *method == Method::PATCH && body.is_none() {
        return Err(Error::argument("body: a PATCH needs a body"));
    }
    Ok(())
}

fn of_base64(members: &Map<String, Value>) -> Result<Bytes> {
    let text = members.get(BASE64_MEMBER).and_then(Value::as_str).filter(|_| members.len() == 1);
    let bytes = text.and_then(|text| base64::engine::general_purpose::STANDARD.decode(text.trim()).ok());
    bytes.map(Bytes::from).ok_or_else(|| {
        Error::argument(format!("body: {BASE64_MEMBER} must be the only member, and a text that is base64"))
    })
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// What a write is to leave behind, where that can be compared.
    wanted: Option<Value>,
    follow_pages: bool,
    /// Whether the `$top` of the path is how much is wanted, and not the size of a page.
    top_is_all: bool,
}

impl Request {
    /// A request of `path` below the API's version. A body is sent as JSON; with a `Content-Type` of another kind a
    /// text is sent as it is, and `{"@base64": "..."}` as the bytes it stands for: a photo. Where `follow_pages` says
    /// so, a collection is read to its end or to the `$top` of the path.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a body with a GET or DELETE, for bytes that are not base64, and for a body that is there
    /// and asks for nothing, as `{}` with a PATCH.
    pub fn new(
        method: &Method,
        path: String,
        headers: HeaderMap,
        body: Option<Value>,
        follow_pages: bool,
    ) -> Result<Self> {
        if body.is_some() && matches!(*method, Method::GET | Method::DELETE) {
            return Err(Error::argument(format!("body: a {method} has none")));
        }
        let is_json = headers.get(header::CONTENT_TYPE).is_none_or(is_json);
        check_asks(method, body.as_ref(), is_json)?;
        let bytes = match &body {
            None => None,
            Some(Value::String(text)) if !is_json => Some(Bytes::copy_from_slice(text.as_bytes())),
            Some(Value::Object(members)) if !is_json && members.contains_key(BASE64_MEMBER) => {
                Some(of_base64(members)?)
            }
            Some(json) => Some(Bytes::from(json.to_string())),
        };
        let wanted = body.filter(|body| is_json && body.is_object() && matches!(*method, Method::PATCH | Method::PUT));
        Ok(Self { method: method.clone(), path, headers, body: bytes, wanted, follow_pages, top_is_all: true })
    }

    /// A read of a collection to its end, whose `$top` is the size of a page; or of one object.
    #[must_use]
    pub fn whole(path: String) -> Self {
        Self::whole_with(path, HeaderMap::new())
    }

    /// The same with headers.
    #[must_use]
    pub fn whole_with(path: String, headers: HeaderMap) -> Self {
        let method = Method::GET;
        Self { method, path, headers, body: None, wanted: None, follow_pages: true, top_is_all: false }
    }

    /// The same with these bytes as its body.
    #[must_use]
    pub fn carrying(self, bytes: Bytes) -> Self {
        Self { body: Some(bytes), ..self }
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the service knows this request again by itself: an event with a `transactionId` is created once, however
    /// often it is sent ("event resource type").
    #[must_use]
    pub fn is_recognised_again(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default().trim_end_matches('/');
        let is_event = self.method == Method::POST && path.rsplit('/').next() == Some("events");
        let body = self.body.as_deref().filter(|_| is_event);
        let body: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
        let id = body.as_ref().and_then(|body| body.get("transactionId")?.as_str());
        id.is_some_and(|id| !id.trim().is_empty())
    }

    /// Sends it once, and gives the reply as it came.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`].
    pub async fn send(&self, graph: &GraphClient, context: &Context) -> Result<HttpReply, AttemptError> {
        graph.send(self.method.clone(), &self.path, &self.headers, self.body.clone(), context).await
    }

    /// Whether a reply that cannot be read is a fault: of a POST it may say what was made, and what a PATCH or PUT has
    /// written can be read again.
    fn needs_reply(&self) -> bool {
        matches!(self.method, Method::GET | Method::POST) || self.wanted.is_some()
    }
}

/// What a request gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// A JSON document.
    Document(Value),
    /// The elements of a collection.
    Collection(Vec<Value>),
    /// Nothing but a status.
    Nothing(StatusCode),
    /// What is not JSON.
    Content {
        /// Its type, where it says.
        kind: Option<String>,
        /// The bytes.
        bytes: Bytes,
    },
}

impl Answer {
    /// The answer as objects: the elements of a collection, else one.
    #[must_use]
    pub fn into_objects(self) -> Vec<Map<String, Value>> {
        match self {
            Answer::Collection(elements) => elements.into_iter().map(object_of).collect(),
            other => vec![object_of(other.into_document())],
        }
    }

    /// The answer as one JSON document: a collection has its elements as `value`.
    #[must_use]
    pub fn into_document(self) -> Value {
        match self {
            Answer::Document(document) => document,
            Answer::Collection(elements) => {
                Value::Object(Map::from_iter([("value".to_owned(), Value::Array(elements))]))
            }
            Answer::Nothing(status) => {
                Value::Object(Map::from_iter([("StatusCode".to_owned(), status.as_u16().into())]))
            }
            Answer::Content { kind, bytes } => {
                let is_text = kind.as_deref().is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/"));
                let content = match std::str::from_utf8(&bytes) {
                    Ok(text) if is_text => text.to_owned(),
                    _ => base64::engine::general_purpose::STANDARD.encode(&bytes),
                };
                Value::Object(Map::from_iter([
                    ("ContentType".to_owned(), kind.into()),
                    ("Encoding".to_owned(), if is_text { "text" } else { "base64" }.into()),
                    ("Content".to_owned(), content.into()),
                ]))
            }
        }
    }
}

/// `@odata.context` says what a reply is, not what it holds.
fn object_of(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(mut members) => {
            members.shift_remove("@odata.context");
            members
        }
        other => Map::from_iter([("Value".to_owned(), other)]),
    }
}

/// What the tries of a request so far have left: pages, and whether a write may have happened. The request itself,
/// whose body may be large, need be there during a try only; it is the same at each.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    elements: Vec<Value>,
    pager: Pager,
    pages: usize,
    bytes: usize,
    has_advanced: bool,
    maybe_done: bool,
    status: Option<StatusCode>,
}

impl Exchange {
    /// Whether a write was sent whose outcome is not known.
    #[must_use]
    pub fn is_maybe_done(&self) -> bool {
        self.maybe_done
    }

    /// The status of the last reply that was taken.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Says that the request may have been sent before, and carried out.
    pub fn mark_maybe_sent(&mut self) {
        self.maybe_done = true;
    }

    /// Whether a further page was reached since this was last asked.
    pub fn has_advanced(&mut self) -> bool {
        std::mem::take(&mut self.has_advanced)
    }

    /// Whether a page was read.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.pages > 0
    }

    /// Whether the next try of `request` may be made within a batch.
    #[must_use]
    pub fn fits_batch(&self, request: &Request) -> bool {
        request.method == Method::GET && self.pager.next().is_none()
    }

    /// Tries once; pages that were read stay read. A write that may have happened is read back first, and not
    /// repeated where it has: a PATCH or PUT whose values are there, a DELETE of what is not there any more.
    /// A POST can be neither repeated nor read back: its caller must not try again where
    /// [`Error::is_maybe_done`] says so.
    ///
    /// # Errors
    ///
    /// As [`GraphClient::send`].
    pub async fn attempt(
        &mut self,
        request: &Request,
        graph: &GraphClient,
        context: &Context,
    ) -> Result<Answer, AttemptError> {
        if let Some(answer) = self.read_back(request, graph, context).await? {
            return Ok(answer);
        }
        loop {
            let path = self.pager.next().unwrap_or(&request.path);
            let sent = graph.send(request.method.clone(), path, &request.headers, request.body.clone(), context).await;
            let taken = match sent {
                // What was asked was done, whatever is wrong with the reply.
                Ok(reply) => self.take(request, graph, reply).or_else(|error| {
                    let is_write = request.method != Method::GET;
                    self.failed(request, error.maybe_done(is_write)).map(Some)
                }),
                Err(AttemptError::Item(error)) => self.failed(request, error).map(Some),
                Err(failure) => return Err(failure),
            };
            if let Some(answer) = taken? {
                return Ok(answer);
            }
        }
    }

    /// Takes a reply. `None`: a further page is to be read.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` for what is not JSON although it says so, and for a collection without end.
    pub fn take(&mut self, request: &Request, graph: &GraphClient, reply: HttpReply) -> Result<Option<Answer>> {
        self.status = Some(reply.status);
        if reply.body.is_empty() {
            return Ok(Some(Answer::Nothing(reply.status)));
        }
        let kind = reply.headers.get(header::CONTENT_TYPE);
        if !kind.map_or_else(|| reply.body.starts_with(b"{"), is_json) {
            let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
            return Ok(Some(Answer::Content { kind, bytes: reply.body }));
        }
        let document: Value = match json::from_slice(&reply.body) {
            Ok(document) => document,
            // What was written is written, and nothing of what the reply says is needed.
            Err(_) if !request.needs_reply() => return Ok(Some(Answer::Nothing(reply.status))),
            Err(cause) => {
                let status = reply.status.as_u16();
                let detail = format!("the service answered {status}, and its reply is not JSON: {cause}");
                return Err(Error::new(Status::ResponseInvalid, detail)
                    .http_status(status)
                    .request_id(reply.request_id())
                    .client_request_id(Some(reply.client_request_id))
                    .retryable(true));
            }
        };
        if request.follow_pages && document.get("value").is_some_and(Value::is_array) {
            return self.take_page(request, graph, document, reply.body.len());
        }
        Ok(Some(Answer::Document(document)))
    }

    fn take_page(
        &mut self,
        request: &Request,
        graph: &GraphClient,
        document: Value,
        bytes: usize,
    ) -> Result<Option<Answer>> {
        let page: CollectionPage<Value> = serde_json::from_value(document).map_err(|cause| {
            Error::new(Status::ResponseInvalid, format!("the service's reply is not a page: {cause}"))
        })?;
        self.pages += 1;
        self.bytes += bytes;
        let elements = page.value.len();
        self.elements.extend(page.value);
        let top = path::top(&request.path).filter(|_| request.top_is_all).unwrap_or(usize::MAX);
        let link = page.next_link.filter(|_| self.elements.len() < top && request.method == Method::GET);
        self.pager.take(link.as_deref(), elements, |link| graph.holds(link))?;
        if self.pager.next().is_none() {
            self.elements.truncate(top);
            return Ok(Some(Answer::Collection(std::mem::take(&mut self.elements))));
        }
        if self.pages >= MOST_PAGES || self.bytes >= MOST_BYTES {
            let detail =
                format!("the collection goes on after {} pages with {} elements", self.pages, self.elements.len());
            return Err(Error::new(Status::ResponseInvalid, detail)
                .hint("ask for less of it with $top, $filter or $select in the path"));
        }
        self.has_advanced = true;
        Ok(None)
    }

    /// What a failed try means: done after all, or an error.
    fn failed(&mut self, request: &Request, error: Error) -> Result<Answer> {
        if request.method == Method::DELETE
            && self.maybe_done
            && let Some(404) = error.http_status_code()
        {
            return Ok(Answer::Nothing(StatusCode::NOT_FOUND));
        }
        self.maybe_done |= error.is_maybe_done() && request.method != Method::GET;
        Err(error)
    }

    /// The resource, where a write that may have happened has left it as it was to be.
    async fn read_back(
        &mut self,
        request: &Request,
        graph: &GraphClient,
        context: &Context,
    ) -> Result<Option<Answer>, AttemptError> {
        let Some(wanted) = request.wanted.as_ref().filter(|_| self.maybe_done) else { return Ok(None) };
        let path = request.path.split('?').next().unwrap_or_default();
        let found: Value = match graph.get(path, context).await {
            Ok(body) => json::from_slice(&body).map_err(|cause| {
                let detail = format!("what the service has cannot be read back, for its reply is not JSON: {cause}");
                Error::new(Status::ResponseInvalid, detail).retryable(true)
            })?,
            // What cannot be read is written again: both methods may be repeated.
            Err(AttemptError::Item(error)) if !error.is_retryable() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        // What is not there was not written.
        self.maybe_done = false;
        Ok(holds(&found, wanted).then_some(Answer::Document(found)))
    }

    /// The error of a request that is not tried again.
    #[must_use]
    pub fn conclude(&self, error: Error) -> Error {
        if self.maybe_done && error.status() != Status::OutcomeUnknown { error.outcome_unknown() } else { error }
    }
}

/// Whether all that was written is found again; what the service adds does not matter.
#[must_use]
pub fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .filter(|(name, _)| !name.starts_with('@'))
            .all(|(name, value)| holds(found.get(name).unwrap_or(&Value::Null), value)),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| holds(found, wanted))
        }
        (Value::Number(found), Value::Number(wanted)) => found == wanted || found.as_f64() == wanted.as_f64(),
        (found, wanted) => found == wanted,
    }
}

/// Whether a content type says that it is JSON.
#[must_use]
pub fn is_json(kind: &HeaderValue) -> bool {
    kind.to_str().is_ok_and(|kind| kind.to_ascii_lowercase().contains("json"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn methods_and_headers_are_read_strictly() {
        assert_eq!(method("patch").unwrap(), Method::PATCH);
        assert!(method("TRACE").unwrap_err().to_string().contains("must be one of GET"));
        let given = headers([("Prefer", "outlook.timezone=\"UTC\"")]).unwrap();
        assert_eq!(given["prefer"], "outlook.timezone=\"UTC\"");
        for (name, value) in [
            ("Authorization", "x"),
            ("host", "x"),
            ("bad name", "x"),
            ("x", "a\nb"),
            ("X-HTTP-Method-Override", "DELETE"),
        ] {
            assert!(headers([(name, value)]).unwrap_err().to_string().starts_with("headers: "), "{name}");
        }
    }

    #[test]
    fn a_body_goes_with_methods_that_have_one() {
        let request = |method, kind: Option<&str>, body: Value| {
            let headers = headers(kind.map(|kind| ("Content-Type", kind))).unwrap();
            Request::new(&method, "x".into(), headers, Some(body), true)
        };
        assert!(request(Method::GET, None, json!({})).is_err());
        for (method, kind, body) in [
            (Method::PATCH, None, json!({})),
            (Method::PUT, None, json!({"@odata.type": "x"})),
            (Method::PATCH, None, json!({"flag": {}})),
            (Method::PUT, None, json!([])),
            (Method::POST, None, json!(" ")),
            (Method::PUT, Some("text/plain"), json!("")),
            (Method::PUT, Some("image/jpeg"), json!({"@base64": ""})),
        ] {
            let error = request(method.clone(), kind, body.clone()).unwrap_err().to_string();
            assert!(error.contains("asks for nothing"), "{method} {body}: {error}");
        }
        assert!(request(Method::POST, None, json!({})).is_ok());
        assert!(check_has_body(&Method::PATCH, None).is_err() && check_has_body(&Method::POST, None).is_ok());
        assert_eq!(request(Method::POST, None, json!("a")).unwrap().body.unwrap(), "\"a\"");
        assert_eq!(request(Method::POST, Some("text/plain"), json!("a")).unwrap().body.unwrap(), "a");
        let photo = request(Method::PUT, Some("image/jpeg"), json!({"@base64": "/9g="})).unwrap();
        assert_eq!((photo.body.unwrap().as_ref(), photo.wanted), ([255, 216].as_slice(), None));
        for body in [json!({"@base64": "?"}), json!({"@base64": 1}), json!({"@base64": "/9g=", "a": 1})] {
            let error = request(Method::PUT, Some("image/jpeg"), body).unwrap_err().to_string();
            assert!(error.contains("@base64 must be"), "{error}");
        }
        let json = request(Method::PUT, None, json!({"@base64": "/9g="})).unwrap();
        assert_eq!(json.body.unwrap(), r#"{"@base64":"/9g="}"#);
    }

    #[test]
    fn an_event_with_a_transaction_id_is_known_again() {
        let known = |method: Method, path: &str, body: Value| {
            Request::new(&method, path.into(), HeaderMap::new(), Some(body), true).unwrap().is_recognised_again()
        };
        let event = || json!({"transactionId": "t", "subject": "x"});
        assert!(known(Method::POST, "users/x/events", event()));
        assert!(known(Method::POST, "users/x/calendars/AAA%3D/events/?a=/messages", event()));
        assert!(!known(Method::POST, "users/x/messages", event()));
        assert!(!known(Method::POST, "users/x/events/1/cancel", event()));
        assert!(!known(Method::PATCH, "users/x/events", event()));
        for body in [json!({}), json!({"transactionId": null}), json!({"transactionId": " "}), json!("t")] {
            assert!(!known(Method::POST, "users/x/events", body));
        }
    }

    #[test]
    fn what_was_written_is_recognised_beside_what_the_service_adds() {
        let found =
            json!({"@odata.etag": "x", "timeZone": "UTC", "a": {"b": [1, {"c": 2, "d": 3}], "e": null}, "f": 1.0});
        for wanted in [
            json!({}),
            json!({"timeZone": "UTC", "@odata.type": "#y"}),
            json!({"a": {"b": [1, {"c": 2}], "gone": null}}),
            json!({"f": 1}),
        ] {
            assert!(holds(&found, &wanted), "{wanted}");
        }
        for wanted in [json!({"timeZone": "utc"}), json!({"a": {"b": [1]}}), json!({"gone": 1}), json!({"a": null})] {
            assert!(!holds(&found, &wanted), "{wanted}");
        }
    }

    #[test]
    fn answers_become_objects() {
        let objects =
            |answer: Answer| Value::from(answer.into_objects().into_iter().map(Value::Object).collect::<Vec<_>>());
        assert_eq!(
            objects(Answer::Document(json!({"@odata.context": "c", "value": "UTC", "@odata.etag": "e"}))),
            json!([{"value": "UTC", "@odata.etag": "e"}])
        );
        assert_eq!(objects(Answer::Collection(vec![json!({"id": 1}), json!("x")])), json!([{"id": 1}, {"Value": "x"}]));
        assert_eq!(objects(Answer::Collection(vec![])), json!([]));
        assert_eq!(objects(Answer::Nothing(StatusCode::NO_CONTENT)), json!([{"StatusCode": 204}]));
        let text = Answer::Content { kind: Some("text/plain; charset=utf-8".into()), bytes: Bytes::from_static(b"ab") };
        assert_eq!(
            objects(text),
            json!([{"ContentType": "text/plain; charset=utf-8", "Encoding": "text", "Content": "ab"}])
        );
        let bytes = Answer::Content { kind: Some("image/jpeg".into()), bytes: Bytes::from_static(&[255, 216]) };
        assert_eq!(objects(bytes), json!([{"ContentType": "image/jpeg", "Encoding": "base64", "Content": "/9g="}]));
    }
}
