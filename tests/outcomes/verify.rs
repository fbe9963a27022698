//! Outcomes that are looked up: what was carried out has its row, what was not is sent again, and what cannot be found
//! out stays unknown.

use std::time::Duration;

use exrun::client::{DoneWhen, MailboxRequests, Verify};
use exrun::error::Status;
use serde_json::{Value, json};

use super::{Tenant, request, support};

fn verified(path: &str, body: Option<Value>, verify: &str, done: DoneWhen) -> MailboxRequests {
    MailboxRequests { verify: Some(Verify { path: verify.into(), done }), ..request("POST", path, body) }
}

/// The answer that says nothing: after the work, or in its place.
fn lost(carried_out: bool) -> Value {
    json!({"status": 504, "body": "<html>", "contentType": "text/html", "carryOut": carried_out})
}

fn event(transaction: &str) -> Value {
    let time = |hour: u32| json!({"dateTime": format!("2026-12-24T{hour:02}:00:00"), "timeZone": "UTC"});
    json!({"subject": "Party", "transactionId": transaction, "start": time(12), "end": time(13)})
}

fn new_message(tenant: &Tenant, subject: &str) -> String {
    let made = tenant.row(&request("POST", "messages", Some(json!({"subject": subject}))));
    made["id"].as_str().unwrap().to_owned()
}

fn new_event(tenant: &Tenant, transaction: &str) -> String {
    tenant.row(&request("POST", "events", Some(event(transaction))))["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_gone_was_done_and_what_is_still_there_is_asked_again() {
    let tenant = Tenant::new(1);
    for carried_out in [true, false] {
        let message = || format!("messages/{}", new_message(&tenant, "x"));
        let event = format!("events/{}", new_event(&tenant, &format!("t{carried_out}")));
        let archive = Some(json!({"destinationId": "deleteditems"}));
        for (thing, action, body, status) in [
            (message(), "permanentDelete", None, 204),
            (message(), "move", archive, 201),
            (event, "cancel", Some(json!({"comment": "sorry"})), 202),
        ] {
            tenant.emulator.reset();
            tenant.fault("POST", &lost(carried_out));
            let row = tenant.row(&verified(&format!("{thing}/{action}"), body, &thing, DoneWhen::NotFound));
            let (sent, code) = if carried_out { (1, json!(404)) } else { (2, json!(status)) };
            assert_eq!(tenant.writes(), sent, "{action} {carried_out}: {row}");
            if action == "move" && !carried_out {
                assert!(row["id"].is_string() && row["subject"] == "x", "{row}");
            } else {
                assert_eq!(row["StatusCode"], code, "{action} {carried_out}: {row}");
            }
        }
    }
}

#[test]
fn an_event_is_found_by_its_transaction_id_or_made() {
    let tenant = Tenant::new(1);
    for carried_out in [true, false] {
        tenant.emulator.reset();
        tenant.fault("POST", &lost(carried_out));
        let id = format!("transaction-{carried_out}");
        let filter = format!("events?$filter=transactionId eq '{id}'");
        let row = tenant.row(&verified("events", Some(event(&id)), &filter, DoneWhen::Found));
        assert_eq!((&row["transactionId"], &row["subject"]), (&json!(id), &json!("Party")), "{row}");
        assert_eq!((tenant.writes(), tenant.created()), (if carried_out { 1 } else { 2 }, 1), "{row}");
    }
}

/// The look-up comes too early: sent again, the service gives the event that is there.
#[test]
fn an_event_that_is_sent_again_too_early_is_not_made_twice() {
    let tenant = Tenant::new(1);
    tenant.faults(&json!([
        {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
        {"kind": "read", "pathContains": "/events", "times": 1, "action": {"status": 200, "body": "{\"value\":[]}"}}]));
    let filter = "events?$filter=transactionId eq 'early'";
    let row = tenant.row(&verified("events", Some(event("early")), filter, DoneWhen::Found));
    assert_eq!((&row["transactionId"], tenant.writes(), tenant.created()), (&json!("early"), 2, 1), "{row}");
}

/// What is not there may come to be: for two minutes it is looked for and nothing is sent.
#[test]
fn what_is_not_found_at_once_is_looked_for_before_it_is_made_again() {
    let tenant = Tenant::new(1);
    let create = |subject: &str| {
        let filter = format!("messages?$filter=subject eq '{subject}'&$top=1");
        verified("messages", Some(json!({"subject": subject})), &filter, DoneWhen::Found)
    };
    let waited = || tenant.clock.waits.lock().iter().sum::<Duration>();

    tenant.fault("POST", &lost(false));
    let row = tenant.row(&create("never came"));
    assert_eq!((&row["subject"], tenant.writes(), tenant.created()), (&json!("never came"), 2, 1), "{row}");
    // The run itself takes the rest of the two minutes.
    assert!(waited() > Duration::from_secs(100), "{:?}", waited());

    // Carried out, and seen late.
    tenant.emulator.reset();
    tenant.faults(&json!([
        {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
        {"kind": "read", "pathContains": "/messages", "times": 2, "action": {"status": 200, "body": "{\"value\":[]}"}}]));
    let row = tenant.row(&create("came late"));
    assert_eq!((&row["subject"], tenant.writes(), tenant.created()), (&json!("came late"), 1, 1), "{row}");
}

#[test]
fn what_is_refused_because_the_first_was_carried_out_is_done() {
    let tenant = Tenant::new(1);
    let thing = format!("messages/{}", new_message(&tenant, "x"));
    tenant.emulator.reset();
    // It is still there when it is looked up, and gone when it is asked for again.
    tenant.faults(&json!([
        {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
        {"kind": "read", "times": 1, "action": {"status": 200, "body": "{\"id\":\"AAMk\"}"}}]));
    let row = tenant.row(&verified(&format!("{thing}/permanentDelete"), None, &thing, DoneWhen::NotFound));
    assert_eq!((&row["StatusCode"], tenant.writes()), (&json!(404), 2), "{row}");
}

#[test]
fn what_cannot_be_found_out_stays_unknown() {
    let tenant = Tenant::new(1);
    for answer in [
        json!({"status": 403, "code": "ErrorAccessDenied"}),
        // The mailbox is not there: that says nothing of what was in it.
        json!({"status": 404, "code": "MailboxNotEnabledForRESTAPI"}),
        json!({"status": 404, "code": "Request_ResourceNotFound"}),
        json!({"status": 404, "body": ""}),
        json!({"status": 404, "body": "<html>", "contentType": "text/html"}),
        json!({"status": 200, "body": "<html>", "contentType": "text/html"}),
        json!({"status": 200, "body": "[]"}),
        json!({"status": 204, "body": ""}),
        json!({"status": 302, "body": ""}),
        json!({"status": 503}),
        json!({"reset": "before"}),
        json!({"truncate": true}),
    ] {
        for done in [DoneWhen::Found, DoneWhen::NotFound] {
            tenant.emulator.reset();
            tenant.faults(&json!([
                {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
                {"kind": "read", "action": answer}]));
            let row = tenant.row(&verified("messages", Some(json!({"subject": "x"})), "messages/AAMk", done));
            assert_eq!(row["error"]["name"], "OutcomeUnknown", "{answer} {done:?}: {row}");
            assert_eq!(tenant.writes(), 1, "{answer} {done:?}: {row}");
        }
    }
    let message = {
        tenant.faults(&json!([
            {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
            {"kind": "read", "action": {"status": 403, "code": "ErrorAccessDenied"}}]));
        let create = verified("messages", Some(json!({"subject": "x"})), "messages/AAMk", DoneWhen::Found);
        tenant.row(&create)["error"]["message"].as_str().unwrap().to_owned()
    };
    assert!(message.starts_with("finding out whether a POST was carried out for"), "{message}");
}

/// The process that sent them ended without an answer; the next one looks.
#[test]
fn a_later_run_looks_up_what_an_earlier_one_left_open() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::new(3);
    let messages: Vec<Value> = (0..3)
        .map(|index| {
            let create = request("POST", "messages", Some(json!({"subject": "x"})));
            let made = tenant.run(&create, [tenant.upn(index).into()]).unwrap();
            json!({"MailboxName": tenant.upn(index), "Id": made[0]["id"]})
        })
        .collect();
    let mut purge = request("POST", "messages/{Id}/permanentDelete", None);
    purge.run.journal = Some(folder.path().join("run.db"));
    tenant.emulator.reset();
    tenant.faults(&json!([
        {"kind": "write", "modulo": [3, 0], "times": 1, "action": lost(true)},
        {"kind": "write", "modulo": [3, 1], "times": 1, "action": lost(false)}]));
    let codes = |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["StatusCode"].clone()).collect() };
    let rows = tenant.run(&purge, messages.clone()).unwrap();
    assert_eq!(codes(&rows), [Value::Null, Value::Null, json!(204)]);

    let look_up = Verify { path: "messages/{Id}".into(), done: DoneWhen::NotFound };
    let looking = MailboxRequests { verify: Some(look_up), ..purge.clone() };
    let rows = tenant.run(&looking, messages.clone()).unwrap();
    assert_eq!(codes(&rows), [json!(404), json!(204), json!(204)], "{rows:?}");
    let writes = tenant.emulator.state().writes_by_mailbox;
    assert_eq!(writes.into_iter().collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 1)]);

    // All is recorded, for whoever asks without looking, too.
    let before = tenant.emulator.state().requests_of("graph");
    assert_eq!(codes(&tenant.run(&purge, messages).unwrap()), [json!(404), json!(204), json!(204)]);
    assert_eq!(tenant.emulator.state().requests_of("graph"), before);
}

#[test]
fn what_a_later_run_cannot_find_out_stays_open_for_the_one_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let tenant = Tenant::new(1);
    let thing = format!("messages/{}", new_message(&tenant, "x"));
    let mut purge = verified(&format!("{thing}/permanentDelete"), None, &thing, DoneWhen::NotFound);
    purge.run.journal = Some(folder.path().join("run.db"));
    tenant.emulator.reset();
    for answer in [json!({"status": 403, "code": "ErrorAccessDenied"}), json!({"status": 503})] {
        tenant.faults(&json!([
            {"kind": "write", "action": lost(true)},
            {"kind": "read", "action": answer}]));
        assert_eq!(tenant.row(&purge)["error"]["name"], "OutcomeUnknown");
        assert_eq!(tenant.writes(), 1);
    }
    tenant.faults(&json!([]));
    assert_eq!((&tenant.row(&purge)["StatusCode"], tenant.writes()), (&json!(404), 1));
}

#[test]
fn a_line_may_bring_its_own_look_up() {
    let tenant = Tenant::new(1);
    let thing = format!("messages/{}", new_message(&tenant, "x"));
    tenant.emulator.reset();
    tenant.fault("POST", &lost(true));
    let purge = |verify: Value| json!({"MailboxName": tenant.upn(0), "@path": format!("{thing}/permanentDelete"), "@verify": verify});
    let own = MailboxRequests { path: None, ..request("POST", "", None) };
    let rows = tenant.run(&own, [purge(json!({"path": thing, "done": "notFound"}))]).unwrap();
    assert_eq!((&rows[0]["StatusCode"], tenant.writes()), (&json!(404), 1), "{rows:?}");

    // One that could not be carried out is a fault before anything is sent.
    tenant.emulator.reset();
    let wrong = ["events/{Nothing}", "../x", "/x", "https://evil.example/", ""];
    let lines: Vec<Value> = wrong.iter().map(|path| purge(json!({"path": path, "done": "found"}))).collect();
    let lines = lines.into_iter().chain([purge(json!("x")), purge(json!({"path": "x", "done": "gone"}))]);
    let rows = tenant.run(&own, lines).unwrap();
    assert!(rows.iter().all(|row| row["error"]["name"] == "InvalidArgument"), "{rows:?}");
    assert_eq!((rows.len(), tenant.writes()), (7, 0));
    // As for the request as a whole.
    for (method, path) in [("GET", "messages"), ("PATCH", "messages"), ("DELETE", "x"), ("POST", "../x"), ("POST", "")]
    {
        let wanted = MailboxRequests {
            verify: Some(Verify { path: path.into(), done: DoneWhen::Found }),
            ..request(method, "messages/one", None)
        };
        let error = tenant.run(&wanted, [tenant.upn(0).into()]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{method} {path}: {error}");
        assert!(error.to_string().contains("verify"), "{method} {path}: {error}");
    }
}

/// A run that ends between the POST and its look-up has a row for it all the same.
#[test]
fn what_waits_to_be_looked_up_when_the_run_ends_has_its_row() {
    let tenant = Tenant::new(1);
    // With a token, which later ones are not to be had in place of.
    tenant.row(&request("GET", "messages?$top=1", None));
    tenant.emulator.reset();
    tenant.faults(&json!([
        {"kind": "write", "method": "POST", "times": 1, "action": lost(true)},
        {"kind": "read", "pathContains": "/messages", "action": {"status": 401}},
        {"kind": "token", "action": {"status": 400, "body": "{\"error\":\"invalid_client\"}"}}]));
    let filter = "messages?$filter=subject eq 'x'";
    let wanted = verified("messages", Some(json!({"subject": "x"})), filter, DoneWhen::Found);
    let stream = tenant.client.mailbox_requests(&wanted).unwrap();
    let (rows, ended) = support::drive_to_end(&tenant.client, &*stream, [tenant.upn(0).into()]);
    assert!(ended.is_err(), "{rows:?}");
    assert_eq!((rows.len(), tenant.writes(), tenant.created()), (1, 1, 1), "{rows:?}");
    assert_eq!(rows[0]["error"]["name"], "OutcomeUnknown", "{rows:?}");
}
