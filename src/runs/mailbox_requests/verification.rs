//! Finding out by a GET whether a POST was carried out whose answer never came.

use std::time::{Duration, Instant};

use http::{HeaderMap, Method, header};
use serde_json::{Map, Value};

use super::base::PathBase;
use crate::attempt::AttemptError;
use crate::context::Context;
use crate::error::{Error, Result, Status};
use crate::graph::call::GraphClient;
use crate::graph::request::{Answer, Exchange, Request};
use crate::graph::template::{IsName, PathTemplate};

/// So long what was made may be missing from what a GET gives, or still be under way at the service: before that,
/// nothing found proves nothing.
pub(in crate::runs) const SETTLES_WITHIN: Duration = Duration::from_secs(120);

/// How often it is looked for until then, at most.
const LOOKS_EVERY: Duration = Duration::from_secs(40);

/// What a GET must find for a POST to have been carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneWhen {
    /// The object, or at least one element of the collection: what was asked for is there.
    Found,
    /// No such object, or an empty collection: what was there is gone.
    NotFound,
}

impl DoneWhen {
    /// By the names of the C ABI.
    pub const NAMES: [(&str, Self); 2] = [("found", Self::Found), ("notFound", Self::NotFound)];
}

/// How to find out whether a POST was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// Relative to the mailbox, with `{Name}` as in the request's own path: `events?$filter=transactionId eq '{Id}'`.
    pub path: String,
    /// What is then there.
    pub done: DoneWhen,
}

impl Verify {
    /// The look-up that an input object brings; the case of its names does not matter.
    pub(super) fn of_value(value: &Value) -> Result<Self> {
        let wrong =
            || Error::argument("@verify: must be an object with \"path\" and \"done\", \"found\" or \"notFound\"");
        let members = value.as_object().filter(|members| members.len() == 2).ok_or_else(wrong)?;
        let text = |name: &str| {
            let found = members.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            found.and_then(|(_, value)| value.as_str()).ok_or_else(wrong)
        };
        let (path, done) = (text("path")?.to_owned(), text("done")?);
        let done = DoneWhen::NAMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(done)).ok_or_else(wrong)?.1;
        Ok(Self { path, done })
    }
}

/// A look-up of any mailbox.
#[derive(Clone, Debug)]
pub(super) struct LookUpTemplate {
    path: PathTemplate,
    base: PathBase,
    done: DoneWhen,
}

impl LookUpTemplate {
    /// # Errors
    ///
    /// `InvalidArgument` that names the member: a path that is blank or leads elsewhere.
    pub(super) fn new(verify: &Verify, method: &Method, base: PathBase) -> Result<Self> {
        Self::with(verify, method, base, &|_| false)
    }

    /// The same, with further names in its path.
    ///
    /// # Errors
    ///
    /// As [`LookUpTemplate::new`].
    pub(super) fn with(verify: &Verify, method: &Method, base: PathBase, is_name: IsName<'_>) -> Result<Self> {
        if method != Method::POST {
            return Err(Error::argument(format!("verify: goes with POST, not with {method}"))
                .hint("a PATCH or PUT is read back without it, and a DELETE is done when nothing is left"));
        }
        if verify.path.trim().is_empty() {
            return Err(Error::argument("verify.path: is blank"));
        }
        let wrong = |error: Error| Error::argument(format!("verify.{error}"));
        base.check(&verify.path).map_err(wrong)?;
        Ok(Self { path: PathTemplate::with(&verify.path, is_name).map_err(wrong)?, base, done: verify.done })
    }

    /// The names that its path takes values of.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.path.names()
    }

    /// That of one mailbox. Of the request's headers it has those that say how things are named and shown.
    pub(super) fn fill(&self, mailbox: &str, members: &Map<String, Value>, headers: &HeaderMap) -> Result<LookUp> {
        let path = self.base.whole(mailbox, &self.path.fill(members, false)?)?;
        let mut headers = headers.clone();
        for name in [header::CONTENT_TYPE, header::IF_MATCH, header::IF_NONE_MATCH] {
            headers.remove(name);
        }
        Ok(LookUp { request: Request::new(&Method::GET, path, headers, None, true)?, done: self.done })
    }
}

/// What is remembered of a POST that may have been carried out.
#[derive(Clone, Copy, Debug)]
pub(super) struct MaybeSent {
    /// The first moment at which nobody knew.
    since: Instant,
    /// Until it is found out.
    is_open: bool,
}

impl MaybeSent {
    /// After one more try without an answer.
    pub(super) fn after(earlier: Option<Self>, now: Instant) -> Self {
        let since = earlier.filter(|maybe_sent| maybe_sent.is_open).map_or(now, |maybe_sent| maybe_sent.since);
        Self { since, is_open: true }
    }
}

/// A look-up of one mailbox.
#[derive(Debug)]
pub(super) struct LookUp {
    request: Request,
    done: DoneWhen,
}

/// What a look-up found out.
enum Found {
    /// It was carried out; what is there, or that nothing is.
    Done(Answer),
    /// What would show it is not there, which may change.
    NotYet,
    /// It was not carried out.
    NotDone,
}

impl LookUp {
    /// One try of a POST: looked up first where it may have been sent, and sent where that shows that it was not carried out.
    /// An error that leaves open whether it was says so.
    pub(super) async fn attempt(
        &self,
        post: &Request,
        (exchange, maybe_sent): (&mut Exchange, &mut Option<MaybeSent>),
        graph: &GraphClient,
        context: &Context,
    ) -> Result<Answer, AttemptError> {
        if let Some(open) = maybe_sent.as_mut().filter(|maybe_sent| maybe_sent.is_open) {
            match self.look(graph, context).await.map_err(with_outcome_unknown)? {
                Found::Done(answer) => return Ok(answer),
                Found::NotDone => open.is_open = false,
                // Sent again it gives what the first one has made.
                Found::NotYet if post.is_recognised_again() => {}
                Found::NotYet => {
                    let waited = graph.clock().monotonic().saturating_duration_since(open.since);
                    match SETTLES_WITHIN.checked_sub(waited).filter(|left| !left.is_zero()) {
                        Some(left) => return Err(not_there_yet(left).into()),
                        None => open.is_open = false,
                    }
                }
            }
        }
        let error = match exchange.attempt(post, graph, context).await {
            Ok(answer) => return Ok(answer),
            Err(AttemptError::Item(error)) => error,
            Err(unsent) => {
                return Err(if maybe_sent.is_some_and(|maybe_sent| maybe_sent.is_open) {
                    with_outcome_unknown(unsent)
                } else {
                    unsent
                });
            }
        };
        if error.is_maybe_done() {
            // Whatever the answer says of another try, the next begins with looking.
            return Err(error.retryable(true).into());
        }
        let Some(earlier) = *maybe_sent else { return Err(error.into()) };
        if !error.is_retryable() {
            // What is refused the second time may be so because the first was carried out in the meantime.
            match self.look(graph, context).await {
                Ok(Found::Done(answer)) => return Ok(answer),
                Ok(Found::NotDone) => return Err(error.into()),
                Ok(Found::NotYet) => {}
                Err(_) => return Err(error.maybe_done(true).into()),
            }
        }
        Err(error.maybe_done(earlier.is_open).into())
    }

    async fn look(&self, graph: &GraphClient, context: &Context) -> Result<Found, AttemptError> {
        let answer = match Exchange::default().attempt(&self.request, graph, context).await {
            Ok(answer) => Some(answer),
            Err(AttemptError::Item(error)) if is_missing(&error) => None,
            Err(failure) => return Err(failure),
        };
        let is_empty = match &answer {
            None => true,
            Some(Answer::Collection(elements)) => elements.is_empty(),
            Some(Answer::Document(Value::Object(_))) => false,
            Some(_) => return Err(says_nothing().into()),
        };
        Ok(match (self.done, answer) {
            (DoneWhen::Found, Some(answer)) if !is_empty => Found::Done(answer),
            (DoneWhen::Found, _) => Found::NotYet,
            (DoneWhen::NotFound, _) if is_empty => Found::Done(Answer::Nothing(http::StatusCode::NOT_FOUND)),
            (DoneWhen::NotFound, _) => Found::NotDone,
        })
    }
}

/// Whether the mailbox answers that it has no such item. A mailbox, user or folder that is not there says nothing of
/// what was in it.
pub(in crate::runs) fn is_missing(error: &Error) -> bool {
    let is_item =
        |code: &str| code.eq_ignore_ascii_case("ErrorItemNotFound") || code.eq_ignore_ascii_case("itemNotFound");
    error.http_status_code() == Some(404) && error.service_code().is_some_and(is_item)
}

fn says_nothing() -> Error {
    Error::new(Status::ResponseInvalid, "the service's answer is neither an object nor a collection").retryable(true)
}

pub(in crate::runs) fn not_there_yet(left: Duration) -> Error {
    Error::new(Status::NotFound, "what would show that it was carried out is not there, or not yet")
        .retryable(true)
        .retry_after(Some(left.min(LOOKS_EVERY)))
        .maybe_done(true)
}

/// A look-up that failed leaves open what it was to find out.
fn with_outcome_unknown(failure: AttemptError) -> AttemptError {
    let failure = failure.map_item(|error| error.action("finding out whether a POST was carried out for"));
    failure.map(|error| error.maybe_done(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_input_object_brings_a_look_up_of_two_members() {
        let verify = Verify::of_value(&json!({"Path": "events/{Id}", "done": "notfound"})).unwrap();
        assert_eq!(verify, Verify { path: "events/{Id}".into(), done: DoneWhen::NotFound });
        for wrong in [
            json!("events/1"),
            json!({}),
            json!({"path": "x"}),
            json!({"path": "x", "done": "gone"}),
            json!({"path": 1, "done": "found"}),
            json!({"path": "x", "done": "found", "more": 1}),
        ] {
            let error = Verify::of_value(&wrong).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{wrong}");
            assert!(error.to_string().contains("@verify"), "{error}");
        }
    }

    #[test]
    fn a_look_up_stays_in_its_mailbox_and_goes_with_a_post() {
        let of = |path: &str, method| {
            LookUpTemplate::new(&Verify { path: path.into(), done: DoneWhen::Found }, &method, PathBase::Mailbox)
                .map(drop)
        };
        assert!(of("events?$filter=transactionId eq '{Id}'", Method::POST).is_ok());
        for (path, method) in [("../x", Method::POST), ("/x", Method::POST), (" ", Method::POST), ("x", Method::PATCH)]
        {
            assert_eq!(of(path, method).unwrap_err().status(), Status::InvalidArgument, "{path}");
        }
    }

    #[test]
    fn only_an_item_that_is_missing_is_gone() {
        let error = |status: u16, code: &str| {
            Error::new(Status::NotFound, "x").http_status(status).service(Some(code.to_owned()), None)
        };
        assert!(is_missing(&error(404, "ErrorItemNotFound")) && is_missing(&error(404, "itemNotFound")));
        for code in
            ["MailboxNotEnabledForRESTAPI", "Request_ResourceNotFound", "ResourceNotFound", "ErrorFolderNotFound"]
        {
            assert!(!is_missing(&error(404, code)), "{code}");
        }
        assert!(!is_missing(&error(410, "ErrorItemNotFound")));
        assert!(!is_missing(&Error::new(Status::NotFound, "x").http_status(404)));
    }
}
