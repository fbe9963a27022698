//! Lists that are shortened, put in another order or corrected between two runs.

use super::*;

/// A journal in which A is done and B was refused.
fn a_done_and_b_refused(tenant: &Tenant) -> [Value; 2] {
    let kim = tenant.upn(0);
    let lines = [line(&kim, "A"), line(&kim, "B")];
    tenant.faults(&refuse("B"));
    assert_eq!(subjects(&tenant.post(tenant.run(), &lines)), ["A", "Service"]);
    tenant.faults(&json!([]));
    tenant.emulator.reset();
    lines
}

#[test]
fn a_line_that_is_alone_now_is_sent_and_has_its_own_row() {
    let tenant = Tenant::new();
    let [_, b] = a_done_and_b_refused(&tenant);
    assert_eq!(subjects(&tenant.post(tenant.retry(), &[b])), ["B"]);
    assert_eq!(tenant.sent(), ["B"]);
}

#[test]
fn lines_in_another_order_keep_their_rows_and_nothing_is_sent_twice() {
    let tenant = Tenant::new();
    let [a, b] = a_done_and_b_refused(&tenant);
    assert_eq!(subjects(&tenant.post(tenant.run(), &[b.clone(), a.clone()])), ["Service", "A"]);
    assert_eq!(subjects(&tenant.post(tenant.retry(), &[b, a])), ["B", "A"]);
    assert_eq!(tenant.sent(), ["B"]);
}

#[test]
fn a_corrected_value_is_new_work() {
    let tenant = Tenant::new();
    let request = MailboxRequests {
        run: tenant.run(),
        method: "POST".into(),
        path: Some("messages".into()),
        body: Some(json!({"subject": "Duty of {Name}"})),
        ..Default::default()
    };
    let row = |name: &str| json!({"Mail": tenant.upn(0), "Name": name, "Note": "x"});
    assert_eq!(subjects(&tenant.requests(&request, &[row("Kin")]).unwrap()), ["Duty of Kin"]);
    assert_eq!(subjects(&tenant.requests(&request, &[row("Kim")]).unwrap()), ["Duty of Kim"]);
    assert_eq!(tenant.sent(), ["Duty of Kim", "Duty of Kin"]);
    // What no request uses may change.
    let noted = json!({"Mail": tenant.upn(0), "Note": "y", "Name": "Kim"});
    assert_eq!(subjects(&tenant.requests(&request, &[noted]).unwrap()), ["Duty of Kim"]);
    // What was missing and is there now is new work too.
    let missing = json!({"Mail": tenant.upn(1)});
    assert_eq!(subjects(&tenant.requests(&request, &[missing]).unwrap()), ["InvalidArgument"]);
    let given = json!({"Mail": tenant.upn(1), "Name": "Lee"});
    assert_eq!(subjects(&tenant.requests(&request, &[given]).unwrap()), ["Duty of Lee"]);
}

#[test]
fn what_was_found_anew_is_deleted_and_not_taken_for_what_was_deleted_before() {
    let tenant = Tenant::new();
    let kim = tenant.upn(0);
    let made = tenant.post(RunRequest { journal: None, ..tenant.run() }, &["1", "2", "3"].map(|nth| line(&kim, nth)));
    let delete = MailboxRequests {
        run: tenant.retry(),
        method: "DELETE".into(),
        path: Some("messages/{Id}".into()),
        ..Default::default()
    };
    let own = |row: &Value| json!({"Mail": kim, "Id": row["id"]});
    // The first is deleted, the second locked, and the third was not found yet.
    let second = made[1]["id"].as_str().unwrap().trim_end_matches('=');
    tenant
        .faults(&json!([{"kind": "write", "pathContains": second, "action": {"status": 403, "code": "ErrorLocked"}}]));
    let rows = tenant.requests(&delete, &[own(&made[0]), own(&made[1])]).unwrap();
    assert_eq!((&rows[0]["StatusCode"], &rows[1]["error"]["name"]), (&json!(204), &json!("AccessDenied")));
    tenant.faults(&json!([]));
    // A list that was made anew has what is left.
    let rows = tenant.requests(&delete, &[own(&made[1]), own(&made[2])]).unwrap();
    assert!(rows.iter().all(|row| row["StatusCode"] == 204), "{rows:?}");
    let left = MailboxRequests { run: RunRequest { journal: None, ..tenant.run() }, method: "GET".into(), ..delete };
    let lines: Vec<Value> = made.iter().map(own).collect();
    let rows = tenant.requests(&left, &lines).unwrap();
    assert!(rows.iter().all(|row| row["error"]["name"] == "NotFound"), "{rows:?}");
}

#[test]
fn equal_lines_are_told_apart_by_their_number_alone() {
    let tenant = Tenant::new();
    let (a, b) = (line(&tenant.upn(0), "A"), line(&tenant.upn(0), "B"));
    let first = tenant.post(tenant.run(), &[a.clone(), b.clone(), a.clone()]);
    assert_eq!(tenant.sent(), ["A", "A", "B"]);
    // Whatever the order of the members, and whatever stands between.
    let reordered = json!({"@body": {"subject": "A"}, "MailboxName": tenant.upn(0)});
    let again = tenant.post(tenant.run(), &[reordered, a.clone(), a, b]);
    assert_eq!(tenant.sent().len(), 4);
    assert_eq!([&again[0], &again[1], &again[3]], [&first[0], &first[2], &first[1]]);
}

#[test]
fn a_doubt_belongs_to_the_line_whose_request_was_sent() {
    let tenant = Tenant::new();
    let kim = tenant.upn(0);
    tenant.faults(&json!([{"kind": "write", "bodyContains": "\"A\"", "action": {"reset": "after"}}]));
    assert_eq!(subjects(&tenant.post(tenant.run(), &[line(&kim, "A")])), ["OutcomeUnknown"]);
    let lines = [line(&kim, "B"), line(&kim, "A"), line(&kim, "C")];
    assert_eq!(subjects(&tenant.post(tenant.retry(), &lines)), ["B", "OutcomeUnknown", "C"]);
    assert_eq!(tenant.sent(), ["A", "B", "C"]);
    // Who has looked may send it again: that one alone.
    tenant.faults(&json!([]));
    let unknown = RunRequest { retry_unknown: true, ..tenant.run() };
    assert_eq!(subjects(&tenant.post(unknown, &lines)), ["B", "A", "C"]);
    assert_eq!(tenant.sent(), ["A", "A", "B", "C"]);
}

/// The mailbox is the same one, and the service is asked for another name: what it says of that is no answer to both.
#[test]
fn an_address_with_its_kind_is_one_mailbox_with_the_address_and_its_row_is_its_own() {
    let tenant = Tenant::new();
    let kim = tenant.upn(0);
    let (with_kind, plain) = (line(&format!("SMTP:{kim}"), "A"), line(&kim, "A"));
    assert_eq!(subjects(&tenant.post(tenant.run(), std::slice::from_ref(&with_kind))), ["NotFound"]);
    let request = MailboxRequests {
        run: tenant.run(),
        method: "POST".into(),
        path: Some("messages".into()),
        ..Default::default()
    };
    let stream = tenant.client.mailbox_requests(&request).unwrap();
    let rows = support::drive_lines(&tenant.client, &*stream, [plain, with_kind]).unwrap();
    assert_eq!(subjects(&rows), ["A", "NotFound"]);
    assert_eq!(stream.progress()["duplicates"], 1);
    assert_eq!(tenant.emulator.state().created_by_mailbox[&0], 1);
}

/// The name in another spelling is the same mailbox, and asked for as it is spelled.
#[test]
fn a_mailbox_in_another_case_is_the_same() {
    let tenant = Tenant::new();
    let (kim, shout) = (tenant.upn(0), tenant.upn(0).to_uppercase());
    tenant.post(tenant.run(), &[line(&kim, "A")]);
    assert_eq!(subjects(&tenant.post(tenant.run(), &[line(&shout, "A"), line(&shout, "B")])), ["A", "B"]);
    assert_eq!(tenant.sent(), ["A", "B"]);
}
