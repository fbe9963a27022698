//! What a reply of Graph that is no success means.
//!
//! Source: Microsoft Graph "Microsoft Graph error responses and resource types", "Microsoft Graph throttling
//! guidance".

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::json;
use crate::error::{Error, Status};
use crate::http::{HttpReply, ServiceError};

/// Codes by which Graph says with a 503 that it counts requests, and has not begun with this one.
const THROTTLING: [&str; 6] = [
    "TooManyRequests",
    "ApplicationThrottled",
    "activityLimitReached",
    "throttledRequest",
    "quotaLimitReached",
    "ErrorServerBusy",
];

/// Codes that stand for the want of one: what the service behind Graph did nobody knows.
const SAYING_NOTHING: [&str; 3] = ["UnknownError", "generalException", "InternalServerError"];

/// The reply as an error, without action and target; `permission` is the hint for a refusal. A write may have been
/// carried out all the same, unless the reply proves that it was not.
#[must_use]
pub fn reply_error(reply: &HttpReply, permission: impl FnOnce() -> Option<String>, now: Timestamp) -> Error {
    let service_error = ServiceError::of(reply);
    let (status, retryable) = meaning(reply.status, service_error.code());
    let is_undone = proves_nothing_was_done(reply, service_error.code(), now);
    let hint = hint(status, service_error.message(), permission);
    let request_id = reply.request_id().or_else(|| service_error.inner("request-id").map(str::to_owned));
    let error = service_error.into_error(status, "the service", reply, now);
    let error = error.request_id(request_id).retryable(retryable).maybe_done(!is_undone);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The error that a reply holds although its status is one of success, without action and target: an object that has
/// an `error` with a code and nothing else is no resource of Graph's. Whether a write was carried out it does not tell.
#[must_use]
pub fn error_within_success(reply: &HttpReply, now: Timestamp) -> Option<Error> {
    // Nearly every reply is none, and is not read twice to find that out.
    let inside = reply.body.trim_ascii_start().strip_prefix(b"{")?;
    if !inside.trim_ascii_start().starts_with(b"\"error\"") {
        return None;
    }
    let service_error = ServiceError::of(reply);
    service_error.code()?;
    let members: Map<String, Value> = json::from_slice(&reply.body).ok()?;
    let is_alone = members.keys().all(|name| name == "error" || name.starts_with('@'));
    is_alone.then(|| {
        service_error.into_error(Status::ResponseInvalid, "the service", reply, now).retryable(true).maybe_done(true)
    })
}

/// Whether a reply that is no success proves that the service did nothing of what was asked. A gateway answers for a
/// service that may be at work, and Exchange has sent meeting updates that it answered with an empty 503: so what is
/// not listed here proves nothing.
fn proves_nothing_was_done(reply: &HttpReply, code: Option<&str>, now: Timestamp) -> bool {
    let is_among = |codes: &[&str]| code.is_some_and(|code| codes.iter().any(|known| known.eq_ignore_ascii_case(code)));
    match reply.status.as_u16() {
        // Whoever does not take a token, or counts requests, comes before the work.
        401 | 429 => true,
        503 => {
            is_among(&THROTTLING) || (code.is_some() && !is_among(&SAYING_NOTHING) && reply.retry_after(now).is_some())
        }
        // A request that was found wanting: those registered for HTTP but 408, which is a time that ran out.
        400..=407 | 409..=417 | 421..=426 | 428 | 431 | 451 => code.is_some(),
        _ => false,
    }
}

fn meaning(http: StatusCode, code: Option<&str>) -> (Status, bool) {
    match (http.as_u16(), code) {
        (404, Some("MailboxNotEnabledForRESTAPI")) => (Status::MailboxNotEnabled, false),
        // MailboxInfoStale: the directory and Exchange disagree for a moment after a move.
        (408 | 500 | 502 | 504, _) | (_, Some("MailboxInfoStale" | "ErrorMailboxInfoStale")) => (Status::Service, true),
        (404, _) => (Status::NotFound, false),
        (403, _) => (Status::AccessDenied, false),
        (401, _) => (Status::Unauthorized, true),
        (429 | 503, _) => (Status::Throttled, true),
        _ => (Status::Service, false),
    }
}

fn hint(status: Status, message: Option<&str>, permission: impl FnOnce() -> Option<String>) -> Option<String> {
    match status {
        Status::MailboxNotEnabled => Some("the mailbox is inactive, soft-deleted or on-premises".to_owned()),
        Status::AccessDenied if message.is_some_and(|message| message.contains("AccessPolicy")) => {
            Some("an application access policy of the tenant excludes this mailbox".to_owned())
        }
        Status::AccessDenied => permission(),
        Status::Unauthorized => Some("check that the token is for Microsoft Graph and of this tenant".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn error(status: u16, body: &'static str, retry_after: Option<&'static str>) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert("retry-after", value.parse().unwrap());
        }
        let reply = HttpReply {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Bytes::from_static(body.as_bytes()),
            client_request_id: "c1".into(),
        };
        reply_error(&reply, || Some("ask for Mail.Read".to_owned()), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn says_code_message_and_request_id() {
        let body = r#"{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"The mailbox is either inactive, soft-deleted, or is hosted on-premise.","innerError":{"request-id":"r1"}}}"#;
        let error = error(404, body, None);
        assert_eq!(error.status(), Status::MailboxNotEnabled);
        assert_eq!(
            error.to_string(),
            "the service answered 404 MailboxNotEnabledForRESTAPI: The mailbox is either inactive, soft-deleted, or is hosted on-premise (request id r1); the mailbox is inactive, soft-deleted or on-premises"
        );
        assert!(!error.is_retryable());
    }

    #[test]
    fn a_refusal_says_what_may_help() {
        let denied = |body| error(403, body, None).to_string();
        assert!(denied(r#"{"error":{"code":"ErrorAccessDenied"}}"#).ends_with("; ask for Mail.Read"));
        let policy = r#"{"error":{"code":"ErrorAccessDenied","message":"Blocked by tenant configured AppOnly AccessPolicy settings."}}"#;
        assert!(denied(policy).contains("policy of the tenant excludes this mailbox"));
    }

    #[test]
    fn throttling_is_retried_after_what_the_service_says() {
        let error = error(429, r#"{"error":{"code":"TooManyRequests","message":""}}"#, Some("2.128"));
        assert!(error.is_retryable());
        assert_eq!(error.retry_after_hint().unwrap().as_millis(), 2128);
        assert_eq!(error.to_string(), "the service answered 429 TooManyRequests (request id c1)");
    }

    #[test]
    fn what_proves_that_nothing_was_done_is_a_list() {
        let graph = r#"{"error":{"code":"ErrorInvalidRequest"}}"#;
        for status in 100..=999 {
            let proof = |body| !error(status, body, None).is_maybe_done();
            let is_refusal = [400..=407, 409..=417, 421..=426].iter().any(|range| range.contains(&status))
                || [428, 429, 431, 451].contains(&status);
            assert_eq!(proof(graph), is_refusal, "{status}");
            for body in ["", "{}", "<html>", r#"{"error":"x"}"#, r#"{"error":{"code":4}}"#, r#"{"error":{"code":""}}"#]
            {
                assert_eq!(proof(body), matches!(status, 401 | 429), "{status} {body}");
            }
        }
    }

    #[test]
    fn a_body_that_is_no_json_still_gives_an_error() {
        assert_eq!(
            error(502, "<html>bad gateway</html>", None).to_string(),
            "the service answered 502 (request id c1)"
        );
        assert!(error(504, "", None).is_retryable());
        assert!(!error(400, "{}", None).is_retryable());
    }
}
