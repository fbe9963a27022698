//! Which replies and breaks prove that nothing was done.

use exrun::client::GraphRequest;
use exrun::error::Status;
use serde_json::{Value, json};

use super::{Tenant, request};

/// The bodies that a reply may have, as the fault script words them.
const BODIES: [&str; 4] = ["empty", "foreign", "graph", "throttling"];

fn action(status: u16, body: &str) -> Value {
    match body {
        "empty" => json!({"status": status, "body": ""}),
        "foreign" => {
            json!({"status": status, "body": "<html>upstream reset</html>", "contentType": "text/html",
                "retryAfter": "1", "location": "https://evil.example/"})
        }
        "graph" => json!({"status": status, "code": "UnknownError", "message": "no more is known"}),
        _ => json!({"status": status, "code": "TooManyRequests", "retryAfter": "1.5"}),
    }
}

/// What becomes of a POST that meets such a reply.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// Sent again.
    Repeated,
    /// The service has refused it: the row says so.
    Refused,
    /// Nobody knows.
    Unknown,
}

fn fate(status: u16, body: &str) -> Fate {
    match (status, body) {
        // Whoever refuses a token, or counts requests, has done nothing yet.
        (401 | 429, _) | (503, "throttling") => Fate::Repeated,
        (408 | 499, _) => Fate::Unknown,
        (400..500, "graph" | "throttling") => Fate::Refused,
        _ => Fate::Unknown,
    }
}

const STATUSES: [u16; 30] = [
    300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 421, 422, 423, 424, 425, 429,
    499, 500, 501, 502, 503, 504, 507,
];

#[test]
fn a_post_is_repeated_only_where_the_reply_proves_that_nothing_was_done() {
    let tenant = Tenant::new(1);
    let create = request("POST", "messages", Some(json!({"subject": "x"})));
    for status in STATUSES {
        for body in BODIES {
            let case = format!("{status} {body}");
            tenant.emulator.reset();
            tenant.fault("POST", &action(status, body));
            let row = tenant.row(&create);
            let (posts, created) = (tenant.writes(), tenant.created());
            match fate(status, body) {
                Fate::Repeated => assert_eq!((&row["subject"], posts, created), (&json!("x"), 2, 1), "{case}: {row}"),
                Fate::Refused => {
                    let error = &row["error"];
                    assert_eq!((&error["httpStatus"], posts), (&json!(status), 1), "{case}: {row}");
                    assert_ne!(error["name"], "OutcomeUnknown", "{case}: {row}");
                }
                Fate::Unknown => {
                    assert_eq!((&row["error"]["name"], posts), (&json!("OutcomeUnknown"), 1), "{case}: {row}");
                    assert_eq!(row["error"]["httpStatus"], json!(status), "{case}: {row}");
                }
            }
        }
    }
}

#[test]
fn a_single_post_goes_by_the_same_rule() {
    let tenant = Tenant::new(1);
    for status in STATUSES {
        for body in BODIES {
            let case = format!("{status} {body}");
            tenant.emulator.reset();
            tenant.fault("POST", &action(status, body));
            let answer = tenant.graph(GraphRequest {
                method: "POST".into(),
                path: format!("users/{}/messages", tenant.upn(0)),
                body: Some(json!({"subject": "x"})),
                ..GraphRequest::default()
            });
            let outcome = answer.as_ref().map(|_| ()).map_err(exrun::Error::status);
            match fate(status, body) {
                Fate::Repeated => assert_eq!((outcome, tenant.writes()), (Ok(()), 2), "{case}: {answer:?}"),
                Fate::Refused => {
                    assert_ne!(outcome, Err(Status::OutcomeUnknown), "{case}: {answer:?}");
                    assert!(outcome.is_err() && tenant.writes() == 1, "{case}: {answer:?}");
                }
                Fate::Unknown => {
                    assert_eq!((outcome, tenant.writes()), (Err(Status::OutcomeUnknown), 1), "{case}: {answer:?}");
                }
            }
        }
    }
}

/// A 503 is Graph's own where its code says that it counts, or where it says how long to wait and what for.
#[test]
fn a_503_is_proof_where_it_is_recognisably_throttling() {
    let tenant = Tenant::new(1);
    let create = request("POST", "messages", Some(json!({"subject": "x"})));
    let graph = |code: &str| json!({"status": 503, "code": code});
    let waiting = |code: &str| json!({"status": 503, "code": code, "retryAfter": "2"});
    for (action, posts) in [
        (graph("TooManyRequests"), 2),
        (graph("ApplicationThrottled"), 2),
        (graph("activityLimitReached"), 2),
        (waiting("serviceNotAvailable"), 2),
        (waiting("ServiceUnavailable"), 2),
        // It says what is, and not that nothing was done.
        (graph("ServiceUnavailable"), 1),
        (graph("serviceNotAvailable"), 1),
        (waiting("UnknownError"), 1),
        (waiting("generalException"), 1),
        (json!({"status": 503, "body": "", "retryAfter": "2"}), 1),
        (json!({"status": 503, "body": "{\"error\":\"TooManyRequests\"}", "retryAfter": "2"}), 1),
        (json!({"status": 503, "body": "{\"error\":{\"code\":503}}", "retryAfter": "2"}), 1),
        (json!({"status": 503, "body": "{\"error\":{\"code\":\"\"}}", "retryAfter": "2"}), 1),
    ] {
        tenant.emulator.reset();
        tenant.fault("POST", &action);
        let row = tenant.row(&create);
        assert_eq!((tenant.writes(), row["subject"] == "x"), (posts, posts == 2), "{action}: {row}");
    }
}

/// The request was carried out, and the answer is of no use.
#[test]
fn a_post_that_was_carried_out_is_not_repeated_for_want_of_a_readable_answer() {
    let tenant = Tenant::new(1);
    let create = request("POST", "messages", Some(json!({"subject": "x"})));
    for action in [
        json!({"truncate": true}),
        json!({"reset": "after"}),
        json!({"carryOut": true, "status": 503, "body": "upstream reset", "contentType": "text/plain"}),
        json!({"carryOut": true, "status": 408, "body": ""}),
        json!({"carryOut": true, "status": 201, "body": "{\"id\":\"AAMk"}),
        json!({"carryOut": true, "status": 200, "body": "{\"value\":[],\"@odata.nextLink\":7}"}),
    ] {
        tenant.emulator.reset();
        tenant.fault("POST", &action);
        let row = tenant.row(&create);
        assert_eq!(row["error"]["name"], "OutcomeUnknown", "{action}: {row}");
        assert_eq!((tenant.writes(), tenant.created()), (1, 1), "{action}: {row}");
    }
}

#[test]
fn an_answer_that_cannot_be_read_says_that_the_service_took_the_request() {
    let tenant = Tenant::new(1);
    let create = request("POST", "messages", Some(json!({"subject": "x"})));
    tenant.fault("POST", &json!({"carryOut": true, "status": 201, "body": "{\"id\":\"AAMk"}));
    let row = tenant.row(&create);
    assert_eq!(row["error"]["httpStatus"], 201, "{row}");
    let message = row["error"]["message"].as_str().unwrap();
    assert!(message.contains("the service answered 201, and its reply is not JSON"), "{message}");
}

/// HTTP/2 says by name that a request was not taken.
#[test]
fn a_post_whose_stream_was_refused_is_sent_again() {
    let tenant = Tenant::new(1);
    tenant.fault("POST", &json!({"reset": "refused"}));
    let row = tenant.row(&request("POST", "messages", Some(json!({"subject": "x"}))));
    assert_eq!((&row["subject"], tenant.writes(), tenant.created()), (&json!("x"), 2, 1), "{row}");
}

#[test]
fn a_change_whose_answer_proves_nothing_is_read_back_before_it_is_repeated() {
    let tenant = Tenant::new(1);
    let change = |path: &str, body: Value| request("PATCH", path, Some(body));
    for action in [
        json!({"carryOut": true, "status": 503, "body": ""}),
        json!({"carryOut": true, "status": 408, "body": ""}),
        json!({"carryOut": true, "status": 503, "body": "<html>", "contentType": "text/html"}),
        json!({"carryOut": true, "status": 200, "body": "{\"dateFormat\":"}),
    ] {
        for format in ["dd/MM/yyyy", "d MMMM yyyy"] {
            tenant.emulator.reset();
            tenant.fault("PATCH", &action);
            let row = tenant.row(&change("mailboxSettings", json!({"dateFormat": format})));
            assert_eq!((&row["dateFormat"], tenant.writes()), (&json!(format), 1), "{action}: {row}");
        }
    }
    // What was not carried out is.
    for (status, body) in [(503, "empty"), (408, "foreign"), (429, "throttling")] {
        tenant.emulator.reset();
        tenant.fault("PATCH", &action(status, body));
        let format = format!("yyyy/MM/d{}", if status == 408 { "d" } else { "" });
        let row = tenant.row(&change("mailboxSettings", json!({"dateFormat": format})));
        assert_eq!((row["dateFormat"].as_str(), tenant.writes()), (Some(&*format), 2), "{status}: {row}");
    }
}

#[test]
fn a_deletion_whose_answer_proves_nothing_is_done_when_nothing_is_left() {
    let tenant = Tenant::new(1);
    for action in [
        json!({"carryOut": true, "status": 503, "body": ""}),
        json!({"carryOut": true, "status": 408, "body": ""}),
        json!({"carryOut": true, "status": 504, "body": "<html>", "contentType": "text/html"}),
    ] {
        let made = tenant.row(&request("POST", "messages", Some(json!({"subject": "x"}))));
        tenant.fault("DELETE", &action);
        let row = tenant.row(&request("DELETE", &format!("messages/{}", made["id"].as_str().unwrap()), None));
        assert_eq!(row["StatusCode"], 404, "{action}: {row}");
    }
}

/// A reading that cannot be read shows nothing.
#[test]
fn a_change_is_not_repeated_before_it_could_be_read_back() {
    let tenant = Tenant::new(1);
    for reading in
        [json!({"status": 200, "body": "{\"dateFormat\":"}), json!({"status": 503}), json!({"truncate": true})]
    {
        tenant.emulator.reset();
        tenant.faults(&json!([
            {"kind": "write", "method": "PATCH", "times": 1,
                "action": {"carryOut": true, "status": 504, "body": "<html>", "contentType": "text/html"}},
            {"kind": "read", "times": 1, "action": reading}]));
        let row = tenant.row(&request("PATCH", "mailboxSettings", Some(json!({"dateFormat": "dd/MM/yyyy"}))));
        assert_eq!((&row["dateFormat"], tenant.writes()), (&json!("dd/MM/yyyy"), 1), "{reading}: {row}");
    }
}

/// Values that were not there when the mailbox was read back, and then were refused, are in no doubt.
#[test]
fn a_change_that_was_not_there_and_is_then_refused_is_refused() {
    let tenant = Tenant::new(1);
    tenant.faults(&json!([
        {"kind": "write", "method": "PATCH", "times": 1, "action": {"status": 504}},
        {"kind": "write", "method": "PATCH", "action": {"status": 403, "code": "ErrorAccessDenied"}}]));
    let row = tenant.row(&request("PATCH", "mailboxSettings", Some(json!({"dateFormat": "dd/MM/yyyy"}))));
    assert_eq!((&row["error"]["name"], tenant.writes()), (&json!("AccessDenied"), 2), "{row}");
}
