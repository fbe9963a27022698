//! Several requests for each mailbox, of which the later take values of the earlier.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use exrun::client::{ClientOptions, DoneWhen, MailboxRequests, PathBase, RequestStep, RunRequest, Verify};
use exrun::error::Status;
use exrun::runner::{Batching, Shard};
use serde_json::{Value, json};

use super::{Tenant, json_lines, select, support};

fn step(name: &str, method: &str, path: &str) -> RequestStep {
    RequestStep { name: name.into(), method: method.into(), path: path.into(), ..RequestStep::default() }
}

fn steps(steps: Vec<RequestStep>) -> MailboxRequests {
    MailboxRequests { run: json_lines(), steps, ..MailboxRequests::default() }
}

/// The folder is made where it is not there, and then a rule that moves into it.
fn folder_and_rule() -> Vec<RequestStep> {
    vec![
        step("find", "GET", "mailFolders?$filter=displayName eq 'Kept'&$select=id"),
        RequestStep {
            body: Some(json!({"displayName": "Kept"})),
            unless: Some("{find.value[0].id}".into()),
            ..step("make", "POST", "mailFolders")
        },
        RequestStep {
            body: Some(json!({"displayName": "Keep", "sequence": 1, "isEnabled": true,
                "conditions": {"subjectContains": ["keep"]},
                "actions": {"moveToFolder": "{make.id|find.value[0].id}", "stopProcessingRules": true}})),
            ..step("rule", "POST", "mailFolders/inbox/messageRules")
        },
    ]
}

impl Tenant {
    fn step_rows(&self, request: &MailboxRequests, number: u64) -> Vec<Value> {
        self.run(request, self.upns(number)).unwrap()
    }

    fn list(&self, index: u64, path: &str) -> Vec<Value> {
        let request = MailboxRequests {
            run: json_lines(),
            method: "GET".into(),
            path: Some(path.into()),
            ..MailboxRequests::default()
        };
        self.run(&request, vec![self.upn(index).into()]).unwrap()
    }

    fn kept_folders(&self, index: u64) -> Vec<Value> {
        self.list(index, "mailFolders?$filter=displayName eq 'Kept'")
    }

    /// Of the rule in a mailbox: where it moves messages to.
    fn moves_to(&self, index: u64) -> Vec<Value> {
        let rules = self.list(index, "mailFolders/inbox/messageRules");
        let ours = rules.iter().filter(|rule| rule["displayName"] == "Keep");
        ours.map(|rule| rule["actions"]["moveToFolder"].clone()).collect()
    }

    fn writes_of(&self, index: u64) -> u64 {
        self.emulator.state().writes_by_mailbox.get(&index).copied().unwrap_or(0)
    }
}

/// Step and outcome of each row.
fn told(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row["Step"].as_str().unwrap_or("-"), row["Outcome"].as_str().unwrap_or("-"))).collect()
}

#[test]
fn what_is_not_there_is_made_and_what_is_there_is_used() {
    let tenant = Tenant::new(6);
    let made = tenant.graph(exrun::client::GraphRequest {
        method: "POST".into(),
        path: format!("users/{}/mailFolders", tenant.upn(1)),
        body: Some(json!({"displayName": "Kept"})),
        ..exrun::client::GraphRequest::default()
    });
    let made = made.unwrap()["id"].clone();
    for batching in [Batching::Never, Batching::Always] {
        let run = RunRequest { batching, ..json_lines() };
        let lines: Vec<Value> = match batching {
            Batching::Never => vec![tenant.upn(0).into(), tenant.upn(1).into()],
            _ => (2..6).map(|index| tenant.upn(index).into()).collect(),
        };
        let request = MailboxRequests { run, select: select(&["id", "displayName"]), ..steps(folder_and_rule()) };
        let rows = tenant.run(&request, lines).unwrap();
        let first: Vec<Value> = rows[..3].to_vec();
        assert_eq!(told(&first), [("find", "Done"), ("make", "Done"), ("rule", "Done")]);
        assert_eq!((&first[0]["Items"], &first[0]["StatusCode"]), (&json!(0), &json!(200)), "{rows:?}");
        assert_eq!((&first[1]["displayName"], &first[1]["StatusCode"]), (&json!("Kept"), &json!(201)));
        assert_eq!(first[2]["displayName"], "Keep");
        if batching == Batching::Never {
            assert_eq!(told(&rows[3..]), [("find", "Done"), ("make", "Skipped"), ("rule", "Done")]);
        }
    }
    assert_eq!(tenant.moves_to(1), [made]);
    for index in 0..6 {
        let folders = tenant.kept_folders(index);
        assert_eq!((folders.len(), tenant.moves_to(index)), (1, vec![folders[0]["id"].clone()]), "{index}");
    }
}

#[test]
fn values_keep_their_types_and_never_are_syntax() {
    let tenant = Tenant::new(1);
    let strange = "a/../b?x={find.value}&y='{MailboxName}' #é";
    let start = vec![
        RequestStep {
            body: Some(json!({"subject": "{Subject}", "isRead": true, "categories": ["one", "{Subject}"]})),
            ..step("first", "POST", "messages")
        },
        RequestStep {
            body: Some(json!({"subject": "{first.subject}", "isRead": "{first.isRead}",
                "categories": "{first.categories}", "body": {"contentType": "text",
                "content": "{{first.subject}} {unknown} of {first.isRead}, {first.id|unknown}"}})),
            ..step("copy", "POST", "messages")
        },
        step("find", "GET", "messages?$filter=subject eq '{copy.subject}'&$select=id,subject"),
    ];
    let line = || vec![json!({"Mail": tenant.upn(0), "Subject": strange, "unknown": "x"})];
    let copy = MailboxRequests {
        select: select(&["subject", "isRead", "categories", "body.content", "id"]),
        ..steps(start.clone())
    };
    let rows = tenant.run(&copy, line()).unwrap();
    assert_eq!(told(&rows), [("first", "Done"), ("copy", "Done"), ("find", "Done"), ("find", "Done")], "{rows:?}");
    assert_eq!(
        (&rows[1]["subject"], &rows[1]["isRead"], &rows[1]["categories"]),
        (&json!(strange), &json!(true), &json!(["one", strange]))
    );
    let content = rows[1]["body.content"].as_str().unwrap();
    assert_eq!(content, format!("{{first.subject}} x of true, {}", rows[0]["id"].as_str().unwrap()));
    assert!(rows[2..].iter().all(|row| row["subject"] == strange));

    // As a segment of a path: one segment, whatever it holds, and one that would lead elsewhere is refused.
    let mut as_segment = start;
    as_segment.truncate(1);
    as_segment.push(step("read", "GET", "messages/{first.subject}"));
    let of = |subject: &str| vec![json!({"Mail": tenant.upn(0), "Subject": subject, "unknown": "x"})];
    let rows = tenant.run(&steps(as_segment.clone()), of("a/b?x={find.value}&y")).unwrap();
    let status = rows[0]["error"]["httpStatus"].as_u64();
    assert!(matches!(status, Some(400 | 404)), "{rows:?}");
    for up in ["..", "a/../b"] {
        let error = tenant.run(&steps(as_segment.clone()), of(up)).unwrap()[0]["error"].clone();
        assert_eq!(error["name"], "InvalidArgument", "{error}");
        assert!(error["message"].as_str().unwrap().contains("leads elsewhere"), "{error}");
    }
}

#[test]
fn each_element_that_was_found_is_acted_on_once() {
    let tenant = Tenant::new(2);
    for index in 0..2 {
        for number in 0..3 * (1 - index) {
            tenant.emulator.plant(index, &json!({"subject": format!("old {number}")}), &Value::Null).unwrap();
        }
    }
    let purge = vec![
        step("find", "GET", "messages?$filter=startswith(subject,'old ')&$select=id"),
        RequestStep { for_each: Some("{find.value}".into()), ..step("remove", "DELETE", "messages/{each.id}") },
        step("left", "GET", "messages?$filter=startswith(subject,'old ')&$select=id"),
    ];
    tenant.faults(
        r#"{"rules":[{"kind":"write","after":1,"times":1,"action":{"status":504,"carryOut":true}},
        {"kind":"write","method":"DELETE","after":1,"times":1,"action":{"status":429,"retryAfter":"1"}}]}"#,
    );
    let rows = tenant.step_rows(&steps(purge), 2);
    assert_eq!(
        told(&rows),
        [
            ("find", "Done"),
            ("remove", "Done"),
            ("left", "Done"),
            ("find", "Done"),
            ("remove", "Done"),
            ("left", "Done")
        ]
    );
    let items: Vec<&Value> = rows.iter().map(|row| &row["Items"]).collect();
    assert_eq!(items, [3, 3, 0, 0, 0, 0]);
    assert_eq!(tenant.emulator.state().writes_done_by_mailbox.get(&0), Some(&3));
}

#[test]
fn a_mailbox_that_fails_says_at_which_step_and_what_was_done() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let run = RunRequest { journal: Some(folder.path().join("run.db")), ..json_lines() };
    let request = MailboxRequests { run, ..steps(folder_and_rule()) };
    tenant.faults(
        r#"{"rules":[{"kind":"write","pathContains":"messageRules","modulo":[3,1],"times":1,
        "action":{"status":400,"code":"ErrorInvalidRule"}}]}"#,
    );
    let rows = tenant.step_rows(&request, 3);
    let failed: Vec<&Value> = rows.iter().filter(|row| row["MailboxName"] == tenant.upn(1).as_str()).collect();
    let error = &failed[0]["error"];
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("step rule (3 of 3; done before: find, make), POST mailFolders/inbox/messageRules for"),
        "{message}"
    );
    let told: Vec<_> =
        failed.iter().map(|row| (row["Step"].as_str().unwrap(), row["Outcome"].as_str().unwrap())).collect();
    assert_eq!(told, [("rule", "Failed"), ("find", "Done"), ("make", "Done")]);
    assert_eq!(failed[0]["StatusCode"], 400);

    // What failed is asked again, and goes on at the step that did; what was done stays done.
    let again = MailboxRequests { run: RunRequest { retry_failed: true, ..request.run.clone() }, ..request };
    tenant.emulator.set_faults(exrun_emulator::FaultScript::default());
    let before: Vec<u64> = (0..3).map(|index| tenant.writes_of(index)).collect();
    let rows = tenant.step_rows(&again, 3);
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row["Outcome"] == "Done"), "{rows:?}");
    let sent: Vec<u64> = (0..3).zip(before).map(|(index, before)| tenant.writes_of(index) - before).collect();
    assert_eq!(sent, [0, 1, 0]);
    for index in 0..3 {
        assert_eq!((tenant.kept_folders(index).len(), tenant.moves_to(index).len()), (1, 1));
    }
}

#[test]
fn a_value_that_is_not_there_is_the_failure_of_its_mailbox() {
    let tenant = Tenant::new(1);
    let wanted = |second: RequestStep| {
        steps(vec![step("find", "GET", "mailFolders?$filter=displayName eq 'Nowhere'&$select=id"), second])
    };
    for (second, part) in [
        (step("act", "DELETE", "mailFolders/{find.value[0].id}"), "step find gave no value[0].id"),
        (
            RequestStep { for_each: Some("{find.value[0]}".into()), ..step("act", "DELETE", "messages/{each}") },
            "gave no value[0]",
        ),
        (step("act", "GET", "messages/{Unheard}"), "no member Unheard"),
    ] {
        let rows = tenant.step_rows(&wanted(second), 1);
        let message = rows[0]["error"]["message"].as_str().unwrap_or_else(|| panic!("{rows:?}"));
        assert!(message.contains(part), "{message}");
    }
    let skipped = RequestStep {
        when: Some("{find.value[0].id}".into()),
        ..step("act", "DELETE", "mailFolders/{find.value[0].id}")
    };
    assert_eq!(told(&tenant.step_rows(&wanted(skipped), 1)), [("find", "Done"), ("act", "Skipped")]);
    assert_eq!(tenant.writes_of(0), 0);

    // More than is kept for a later step.
    let long = "x".repeat(70_000);
    tenant
        .emulator
        .plant(0, &json!({"subject": "long", "body": {"contentType": "text", "content": long}}), &Value::Null)
        .unwrap();
    let rows = tenant.step_rows(
        &steps(vec![
            step("find", "GET", "messages?$filter=subject eq 'long'"),
            RequestStep {
                body: Some(json!({"subject": "y", "body": "{find.value[0].body}"})),
                ..step("copy", "POST", "messages")
            },
        ]),
        1,
    );
    let message = rows[0]["error"]["message"].as_str().unwrap_or_else(|| panic!("{rows:?}"));
    assert!(message.contains("and may have 65536"), "{message}");
}

#[test]
fn the_guards_see_each_step_as_it_is_sent() {
    let tenant = Tenant::new(2);
    let name = |path: &str| {
        steps(vec![step("find", "GET", "mailFolders/inbox?$select=id,displayName"), step("act", "DELETE", path)])
    };
    // What is filled in decides.
    let well_known = steps(vec![
        RequestStep { body: Some(json!({"subject": "drafts"})), ..step("make", "POST", "messages") },
        step("act", "DELETE", "mailFolders/{make.subject}"),
    ]);
    for request in [well_known, steps(vec![step("a", "DELETE", "{P}")])] {
        let lines = vec![json!({"Mail": tenant.upn(0), "P": "messages"})];
        let rows = tenant.run(&request, lines).unwrap();
        let error = &rows[0]["error"];
        assert_eq!(error["name"], "InvalidArgument", "{rows:?}");
        assert!(error["hint"].as_str().unwrap().contains("-AllowWholeMailbox"), "{error}");
    }
    let error = tenant.run(&name("mailFolders/inbox"), tenant.upns(1)).unwrap_err().to_string();
    assert!(error.contains("steps[1] (act)") && error.contains("-AllowWholeMailbox"), "{error}");
    // More mailboxes than were agreed to: nothing is sent.
    tenant.emulator.reset();
    let few = MailboxRequests { run: RunRequest { maximum: Some(1), ..json_lines() }, ..steps(folder_and_rule()) };
    assert!(tenant.run(&few, tenant.upns(2)).is_err());
    assert_eq!(tenant.writes_of(0) + tenant.writes_of(1), 0);
    // What is of a single request.
    for (request, part) in [
        (MailboxRequests { path: Some("messages".into()), ..steps(folder_and_rule()) }, "path: not with steps"),
        (MailboxRequests { out_folder: Some("x".into()), ..steps(folder_and_rule()) }, "outFolder: not with steps"),
        (MailboxRequests { select: select(&["Step"]), ..steps(folder_and_rule()) }, "is there twice"),
    ] {
        let error = tenant.run(&request, tenant.upns(1)).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().contains(part), "{error}");
    }
    let rows =
        tenant.run(&steps(folder_and_rule()), vec![json!({"Mail": tenant.upn(0), "@path": "messages"})]).unwrap();
    assert!(rows[0]["error"]["message"].as_str().unwrap().contains("@path: not with steps"), "{rows:?}");
}

#[test]
fn a_write_whose_answer_is_lost_is_found_out_or_stays_unknown() {
    let tenant = Tenant::new(3);
    let lost = |index: u64, what: &str| {
        json!({"rules": [{"kind": "write", "method": "POST", "modulo": [3, index], "times": 1, "action": {"reset": what}}]}).to_string()
    };
    let verify =
        Verify { path: "mailFolders?$filter=displayName eq '{find.displayName}x'".into(), done: DoneWhen::Found };
    let with = |verify: Option<Verify>| {
        steps(vec![
            step("find", "GET", "mailFolders/inbox?$select=displayName"),
            RequestStep {
                body: Some(json!({"displayName": "{find.displayName}x"})),
                verify,
                ..step("make", "POST", "mailFolders")
            },
            step("read", "GET", "mailFolders?$filter=displayName eq '{find.displayName}x'&$select=id"),
        ])
    };
    for (index, what, verify, outcome) in [
        (0, "after", None, "OutcomeUnknown"),
        (1, "after", Some(verify.clone()), "Done"),
        (2, "before", Some(verify), "Done"),
    ] {
        tenant.emulator.reset();
        tenant.faults(&lost(index, what));
        let rows = tenant.run(&with(verify), vec![tenant.upn(index).into()]).unwrap();
        assert_eq!(
            told(&rows).last().map(|_| &rows[usize::from(outcome == "Done")]["Outcome"]),
            Some(&json!(outcome)),
            "{rows:?}"
        );
        if outcome == "Done" {
            assert_eq!(rows[2]["Items"], 1, "{rows:?}");
        } else {
            assert_eq!((&rows[0]["Step"], &rows[0]["error"]["name"]), (&json!("make"), &json!("OutcomeUnknown")));
        }
        // Never twice.
        assert_eq!(tenant.emulator.state().writes_done_by_mailbox.get(&index), Some(&1));
    }
}

#[test]
fn keys_shards_versions_and_other_bases_go_with_steps() {
    let tenant = Tenant::new(8);
    let folder = tempfile::tempdir().unwrap();
    // A key alone says whether the work was done.
    let run = RunRequest { journal: Some(folder.path().join("keys.db")), ..json_lines() };
    let make =
        |subject: &str| RequestStep { body: Some(json!({"subject": "{Text}"})), ..step("make", "POST", subject) };
    let keyed = MailboxRequests {
        run,
        key: Some("Order".into()),
        ..steps(vec![make("messages"), step("read", "GET", "messages/{make.id}?$select=subject")])
    };
    let line = |order: u32, text: &str| json!({"Mail": tenant.upn(0), "Order": order, "Text": text});
    let first = tenant.run(&keyed, vec![line(1, "a"), line(2, "b")]).unwrap();
    let again = tenant.run(&keyed, vec![line(1, "other"), line(2, "b"), line(3, "c"), line(3, "d")]).unwrap();
    assert_eq!(again[..4], first[..]);
    assert_eq!((again.len(), &again[6]["error"]["name"]), (7, &json!("InvalidArgument")), "{again:?}");
    assert_eq!(tenant.writes_of(0), 3);
    // Lines that are the same are told apart.
    let run = RunRequest { journal: Some(folder.path().join("same.db")), ..json_lines() };
    let same = MailboxRequests {
        run,
        ..steps(vec![make("messages"), step("read", "GET", "messages/{make.id}?$select=subject")])
    };
    let rows = tenant.run(&same, vec![line(1, "a"), line(1, "a")]).unwrap();
    assert_eq!((rows.len(), tenant.writes_of(0)), (4, 5));
    assert_ne!(rows[1]["id"], rows[3]["id"]);

    let both: Vec<Vec<Value>> = ["1/2", "2/2"]
        .map(|share| {
            let run = RunRequest { shard: Some(share.parse::<Shard>().unwrap()), ..json_lines() };
            tenant
                .step_rows(&MailboxRequests { run, ..steps(vec![step("a", "GET", "mailFolders/inbox?$select=id")]) }, 8)
        })
        .into();
    assert_eq!(both.iter().map(Vec::len).sum::<usize>(), 8);

    let outside = MailboxRequests {
        path_base: PathBase::Service,
        ..steps(vec![
            step("user", "GET", "users/{Mail}?$select=id"),
            step("again", "GET", "users/{user.id}?$select=id,mail"),
        ])
    };
    let rows = tenant.run(&outside, vec![json!({"Mail": tenant.upn(3)})]).unwrap();
    assert_eq!(told(&rows), [("user", "Done"), ("again", "Done")], "{rows:?}");

    let beta = MailboxRequests { version: exrun::client::ApiVersion::Beta, ..steps(folder_and_rule()) };
    let rows = tenant.step_rows(&beta, 1);
    assert!(rows.iter().all(|row| row["error"].is_null()), "{rows:?}");
}

const GIVEN: &str = "EXRUN_TEST_STEPS";
const KILLED: u64 = 12;

fn journalled(journal: &Path) -> MailboxRequests {
    let run = RunRequest { journal: Some(journal.to_owned()), ..json_lines() };
    MailboxRequests { run, ..steps(folder_and_rule()) }
}

/// Starts the steps in a process of its own, and kills it once `is_there` says so.
fn kill_when(tenant: &Tenant, journal: &Path, is_there: impl Fn() -> bool) {
    let given = json!({"addr": tenant.emulator.addr().to_string(), "ca": tenant.emulator.ca_file(),
        "pfx": tenant.certificate.pfx, "journal": journal, "mailboxes": tenant.upns(KILLED)});
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "steps::one_that_is_killed", "--nocapture", "--test-threads=1"])
        .env(GIVEN, given.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_there() {
        assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "it did not come so far");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Run by the tests in a process of its own.
#[test]
fn one_that_is_killed() {
    let Some(given) = support::given(GIVEN) else { return };
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    let client = support::client_of(&given, ClientOptions::default());
    let stream = client.mailbox_requests(&journalled(&path("journal"))).unwrap();
    let lines = given["mailboxes"].as_array().unwrap().clone();
    let _ = support::drive_lines(&client, &*stream, lines);
}

/// Between two steps: the second waits for its turn, which does not come.
#[test]
fn a_kill_between_steps_goes_on_at_the_one_that_was_not_done() {
    let tenant = Tenant::new(KILLED);
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("steps.db");
    tenant.faults(
        r#"{"rules":[{"kind":"write","pathContains":"messageRules","action":{"status":429,"retryAfter":"300"}}]}"#,
    );
    // Both of its writes have come of so many.
    let some = || (0..KILLED).filter(|index| tenant.writes_of(*index) >= 2).count() >= 2;
    kill_when(&tenant, &journal, some);
    tenant.emulator.set_faults(exrun_emulator::FaultScript::default());
    let made_before = tenant.emulator.state().created_by_mailbox.clone();
    assert!(made_before.len() >= 2);
    let rows = tenant.step_rows(&journalled(&journal), KILLED);
    for index in 0..KILLED {
        let name = json!(tenant.upn(index));
        let own: Vec<Value> = rows.iter().filter(|row| row["MailboxName"] == name).cloned().collect();
        let rows = &*own;
        // One whose request may have been under way when it was killed is not sent again.
        let is_unknown = rows[0]["error"]["name"] == "OutcomeUnknown";
        assert!(!is_unknown || rows[0]["Step"] == "make" || rows[0]["Step"] == "rule", "{rows:?}");
        let folders = tenant.kept_folders(index);
        assert!(folders.len() <= 1, "{folders:?}");
        if !is_unknown {
            assert_eq!(told(rows), [("find", "Done"), ("make", "Done"), ("rule", "Done")]);
            // The value that was got before the kill is the one that was used.
            assert_eq!(tenant.moves_to(index), [folders[0]["id"].clone()]);
        }
    }
    assert!(rows.iter().any(|row| row["error"].is_null()));
    // It is complete as far as is known, and asks no more.
    let writes: u64 = (0..KILLED).map(|index| tenant.writes_of(index)).sum();
    tenant.step_rows(&journalled(&journal), KILLED);
    assert_eq!((0..KILLED).map(|index| tenant.writes_of(index)).sum::<u64>(), writes);
}

/// While a POST is under way: nobody knows, and it is not sent again until that is asked for.
#[test]
fn a_post_that_was_under_way_when_its_run_was_killed_is_not_sent_again() {
    let tenant = Tenant::new(KILLED);
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("steps.db");
    // It is carried out, and the answer comes when nobody waits for it any more.
    tenant.faults(r#"{"rules":[{"kind":"write","pathContains":"messageRules","action":{"delayMs":120000}}]}"#);
    let is_under_way = || tenant.rules_asked() >= 1;
    kill_when(&tenant, &journal, is_under_way);
    tenant.emulator.set_faults(exrun_emulator::FaultScript::default());
    let rows = tenant.step_rows(&journalled(&journal), KILLED);
    let unknown: Vec<&Value> = rows.iter().filter(|row| row["error"]["name"] == "OutcomeUnknown").collect();
    let of_rules: Vec<&Value> =
        unknown.iter().filter(|row| row["Step"] == "rule").map(|row| &row["MailboxName"]).collect();
    assert!(!of_rules.is_empty() && unknown.iter().all(|row| row["Outcome"] == "OutcomeUnknown"), "{rows:?}");
    assert!((0..KILLED).all(|index| tenant.kept_folders(index).len() <= 1));
    // Asked for, it is; what came before it stays as it was done.
    let before: Vec<u64> = (0..KILLED).map(|index| tenant.writes_of(index)).collect();
    let request = journalled(&journal);
    let again = MailboxRequests { run: RunRequest { retry_unknown: true, ..request.run.clone() }, ..request };
    let rows = tenant.step_rows(&again, KILLED);
    for index in 0..KILLED {
        let name = json!(tenant.upn(index));
        if of_rules.contains(&&name) {
            let own: Vec<Value> = rows.iter().filter(|row| row["MailboxName"] == name).cloned().collect();
            assert_eq!(told(&own), [("find", "Done"), ("make", "Done"), ("rule", "Done")]);
            assert_eq!(tenant.writes_of(index), before[usize::try_from(index).unwrap()] + 1);
        }
    }
}

impl Tenant {
    /// How many requests for a rule have come.
    fn rules_asked(&self) -> u64 {
        (0..KILLED).filter(|index| self.writes_of(*index) >= 2).count() as u64
    }
}
