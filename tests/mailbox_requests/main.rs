//! Any request of Graph for each of many mailboxes, and single ones.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod out_folder;
mod steps;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use exrun::client::{ApiVersion, Client, ClientOptions, GraphRequest, MailboxRequests, PathBase, RunRequest};
use exrun::error::{Error, Status};

use exrun::rows::Next;
use exrun::rows::{Format, OutFile, ReportRequest};
use exrun::runner::Batching;
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::{Value, json};
use support::{QuickClock, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        Self::of(Config { mailboxes, ..Config::default() })
    }

    fn of(config: Config) -> Self {
        let (emulator, certificate, options) = start(Config { broken_percent: 0.0, ..config });
        let options = ClientOptions { clock: Arc::new(QuickClock::default()), ..options };
        Self { emulator, client: Client::new(options).unwrap(), certificate }
    }

    fn faults(&self, json: &str) {
        self.emulator.set_faults(serde_json::from_str::<FaultScript>(json).unwrap());
    }

    fn upn(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    fn upns(&self, number: u64) -> Vec<Value> {
        (0..number).map(|index| self.upn(index).into()).collect()
    }

    fn run(&self, request: &MailboxRequests, lines: Vec<Value>) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_requests(request)?;
        support::drive_lines(&self.client, &*stream, lines)
    }

    fn graph(&self, request: GraphRequest) -> Result<Value, Error> {
        let client = self.client.clone();
        support::block_on(async move { client.graph_request(&request, &support::context()).await })
    }
}

fn json_lines() -> RunRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }.into()
}

fn request(method: &str, path: &str) -> MailboxRequests {
    MailboxRequests { run: json_lines(), method: method.into(), path: Some(path.into()), ..MailboxRequests::default() }
}

fn select(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn elements_of_a_collection_are_rows_and_pages_are_followed() {
    let tenant = Tenant::new(30);
    let wanted = MailboxRequests {
        select: select(&["subject", "from.emailAddress.address", "nothing"]),
        ..request("GET", "messages")
    };
    let rows = tenant.run(&wanted, tenant.upns(30)).unwrap();
    let own = |index: u64| -> Vec<&Value> {
        rows.iter().filter(|row| row["MailboxName"] == tenant.upn(index).as_str()).collect()
    };
    // The service gives 10 messages a page where nobody says $top.
    assert!((0..30).any(|index| own(index).len() > 10), "{}", rows.len());
    assert!(
        rows.iter()
            .all(|row| row["subject"].is_string() && row["nothing"].is_null() && row.as_object().unwrap().len() == 4)
    );
    // In the order of the input, all of a mailbox together.
    let mut order: Vec<&str> = rows.iter().map(|row| row["MailboxName"].as_str().unwrap()).collect();
    order.dedup();
    assert!(order.len() <= 30);

    let three = tenant.run(&request("GET", "messages?$top=3"), tenant.upns(30)).unwrap();
    for index in 0..30 {
        let mine = three.iter().filter(|row| row["MailboxName"] == tenant.upn(index).as_str()).count();
        assert_eq!(mine, own(index).len().min(3));
    }
    assert!(three[0]["id"].is_string() && three[0].get("@odata.context").is_none());
}

#[test]
fn what_makes_a_url_too_long_is_the_callers_fault_and_named() {
    let tenant = Tenant::new(1);
    let long = "y".repeat(300_000);
    let rows =
        tenant.run(&request("GET", "messages?$top=1"), vec![long.as_str().into(), tenant.upn(0).into()]).unwrap();
    let error = &rows[0]["error"];
    assert_eq!(error["name"], "InvalidArgument", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("the URL of the request has ") && message.len() < 10_000, "{message}");
    assert_eq!(rows[1]["MailboxName"], tenant.upn(0).as_str());

    let error = tenant.graph(GraphRequest { method: "GET".into(), path: long, ..GraphRequest::default() }).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument, "{error}");
}

#[test]
fn batches_give_the_same_rows() {
    let tenant = Tenant::new(45);
    let singly = tenant.run(&request("GET", "messages?$select=subject"), tenant.upns(45)).unwrap();
    tenant.emulator.reset();
    let batched = MailboxRequests {
        run: RunRequest { batching: Batching::Always, ..json_lines() },
        ..request("GET", "messages?$select=subject")
    };
    tenant.faults(
        r#"{"rules":[{"kind":"graph","modulo":[9,2],"times":1,"action":{"status":429,"retryAfter":"1.5"}},
        {"kind":"graph","modulo":[9,4],"times":1,"action":{"status":504}},
        {"kind":"batch","times":1,"action":{"status":503}}]}"#,
    );
    assert_eq!(tenant.run(&batched, tenant.upns(45)).unwrap(), singly);
    assert!(tenant.emulator.state().requests_of("batch") > 0);
}

#[test]
fn path_and_body_take_values_of_the_input() {
    let tenant = Tenant::new(3);
    let create = MailboxRequests {
        body: Some(json!({"subject": "Hello {Name}", "isRead": "{Read}", "categories": ["{city}"]})),
        ..request("POST", "messages")
    };
    let lines = vec![
        json!({"UserPrincipalName": tenant.upn(0), "Name": "O'Brien", "Read": true, "City": "Berlin"}),
        json!({"UserPrincipalName": tenant.upn(1), "Name": "Kim", "Read": false}),
        json!({"UserPrincipalName": tenant.upn(2), "@body": {"subject": "own {Name}"}}),
    ];
    let rows = tenant.run(&create, lines).unwrap();
    assert_eq!(rows[0]["subject"], "Hello O'Brien");
    assert_eq!((&rows[0]["isRead"], &rows[0]["categories"]), (&json!(true), &json!(["Berlin"])));
    assert!(rows[1]["error"]["message"].as_str().unwrap().contains("no member city"), "{}", rows[1]);
    assert_eq!(rows[2]["subject"], "own {Name}");

    let line = |index| json!({"UserPrincipalName": tenant.upn(index), "Name": "O'Brien", "Id": rows[0]["id"]});
    let found = request("GET", "messages?$filter=subject eq 'Hello {name}'");
    let found = tenant.run(&found, vec![line(0), line(1)]).unwrap();
    assert_eq!(found.iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [rows[0]["id"].clone()]);
    let one = tenant.run(&request("GET", "messages/{Id}?$select=subject"), vec![line(0)]).unwrap();
    assert_eq!(one[0]["subject"], "Hello O'Brien");
    let own =
        json!({"UserPrincipalName": tenant.upn(0), "@path": format!("messages/{}", rows[0]["id"].as_str().unwrap())});
    let without_path = MailboxRequests { path: None, ..request("GET", "") };
    assert_eq!(tenant.run(&without_path, vec![own]).unwrap()[0]["id"], rows[0]["id"]);
}

#[test]
fn nothing_is_sent_beyond_the_mailbox() {
    let tenant = Tenant::new(2);
    for path in ["https://evil.example/", "/messages", "../x", "messages/%2e%2e/%2E%2e/x", "%2Fx"] {
        let error = tenant.run(&request("GET", path), tenant.upns(1)).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{path}: {error}");
    }
    // What the input brings is refused mailbox by mailbox.
    let lines = vec![
        json!({"Mail": tenant.upn(0), "Folder": "../../x", "@path": "../x"}),
        json!({"Mail": tenant.upn(0), "Folder": ".."}),
        json!({"Mail": tenant.upn(0), "Folder": "a/../../b"}),
    ];
    let rows = tenant.run(&request("GET", "mailFolders/{Folder}/messages"), lines).unwrap();
    assert!(rows.iter().all(|row| row["error"]["name"] == "InvalidArgument"), "{rows:?}");
    assert_eq!(tenant.emulator.state().requests_of("graph"), 0);
}

#[test]
fn a_write_whose_outcome_is_unknown_is_read_back_and_not_repeated() {
    let tenant = Tenant::new(40);
    // Of four mailboxes in ten: written and the reply lost, not written, answered 504, written and broken off.
    tenant.faults(
        r#"{"rules":[{"kind":"write","modulo":[10,1],"times":1,"action":{"reset":"after"}},
        {"kind":"write","modulo":[10,2],"times":1,"action":{"reset":"before"}},
        {"kind":"write","modulo":[10,3],"times":1,"action":{"status":504}},
        {"kind":"write","modulo":[10,4],"times":1,"action":{"truncate":true}}]}"#,
    );
    let change =
        MailboxRequests { body: Some(json!({"dateFormat": "d MMMM yyyy"})), ..request("PATCH", "mailboxSettings") };
    let rows = tenant.run(&change, tenant.upns(40)).unwrap();
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|row| row["dateFormat"] == "d MMMM yyyy"), "{rows:?}");
    let state = tenant.emulator.state();
    for index in 0..40 {
        // Sent twice only where it had not been carried out; never carried out twice.
        let sent = if matches!(index % 10, 2 | 3) { 2 } else { 1 };
        let counts = (state.writes_by_mailbox.get(&index), state.writes_done_by_mailbox.get(&index));
        assert_eq!(counts, (Some(&sent), Some(&1)), "{index}");
    }
}

#[test]
fn a_post_is_never_sent_twice_and_a_delete_is_done_when_nothing_is_left() {
    let tenant = Tenant::new(20);
    let create = || MailboxRequests { body: Some(json!({"subject": "x"})), ..request("POST", "messages") };
    tenant.faults(
        r#"{"rules":[{"kind":"write","modulo":[5,1],"times":1,"action":{"reset":"after"}},
        {"kind":"write","modulo":[5,2],"times":1,"action":{"status":502}},
        {"kind":"write","modulo":[5,3],"times":1,"action":{"status":429,"retryAfter":"1"}}]}"#,
    );
    let created = tenant.run(&create(), tenant.upns(20)).unwrap();
    let state = tenant.emulator.state();
    for (index, row) in (0..20).zip(&created) {
        if matches!(index % 5, 1 | 2) {
            assert_eq!(row["error"]["name"], "OutcomeUnknown", "{row}");
            assert_eq!(state.writes_by_mailbox[&index], 1);
        } else {
            assert_eq!((&row["subject"], state.writes_done_by_mailbox[&index]), (&json!("x"), 1));
        }
    }

    tenant.emulator.reset();
    tenant.faults(r#"{"rules":[{"kind":"write","modulo":[5,0],"times":1,"action":{"reset":"after"}}]}"#);
    let lines: Vec<Value> = [0, 3, 4]
        .into_iter()
        .map(|index| json!({"Mail": tenant.upn(index), "Id": created[usize::try_from(index).unwrap()]["id"]}))
        .collect();
    let deleted = tenant.run(&request("DELETE", "messages/{Id}"), lines).unwrap();
    let codes: Vec<&Value> = deleted.iter().map(|row| &row["StatusCode"]).collect();
    assert_eq!(codes, [404, 204, 204]);
    assert_eq!(tenant.emulator.state().writes_done_by_mailbox[&0], 1);
}

#[test]
fn a_delete_that_was_under_way_when_its_run_was_broken_off_is_done_when_nothing_is_left() {
    let tenant = Tenant::new(6);
    // Nothing is tried again before the run is broken off.
    let options = ClientOptions { clock: support::HeldClock::new(), ..tenant.client.options().clone() };
    let client = Client::new(options).unwrap();
    let create = MailboxRequests { body: Some(json!({"subject": "x"})), ..request("POST", "messages") };
    let created = tenant.run(&create, tenant.upns(6)).unwrap();
    let mut lines: Vec<Value> =
        created.iter().map(|row| json!({"Mail": row["MailboxName"], "Id": row["id"]})).collect();
    // What never was there is not found, before as after.
    lines[5]["Id"] = "AAMk".into();
    let folder = tempfile::tempdir().unwrap();
    let mut delete = request("DELETE", "messages/{Id}");
    delete.run.journal = Some(folder.path().join("run.db"));
    // One is carried out and its answer lost; one waits for its turn.
    tenant.faults(
        r#"{"rules":[{"kind":"write","modulo":[6,1],"times":1,"action":{"reset":"after"}},
        {"kind":"write","modulo":[6,2],"times":1,"action":{"status":429,"retryAfter":"300"}}]}"#,
    );
    let stream = client.mailbox_requests(&delete).unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    stream.push(text.as_bytes()).unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let progress = stream.progress();
        if progress["waiting"] == 2 && progress["completed"] == 4 {
            break;
        }
        assert!(std::time::Instant::now() < deadline && progress["completed"] != 5, "{progress}");
        std::thread::yield_now();
    }
    stream.cancel();
    drop(stream);
    let rows = tenant.run(&delete, lines).unwrap();
    let codes: Vec<&Value> = rows.iter().map(|row| &row["StatusCode"]).collect();
    assert_eq!(codes, [&json!(204), &json!(404), &json!(204), &json!(204), &json!(204), &Value::Null], "{rows:?}");
    assert_eq!(rows[5]["error"]["name"], "NotFound");
}

#[test]
fn rows_come_in_every_format_with_the_errors_beside_them() {
    let tenant = Tenant::new(3);
    let lines = || vec![Value::from(tenant.upn(0)), "nobody@contoso.com".into(), Value::from(tenant.upn(1))];
    let encoded = |format, include_error, select: Vec<String>| {
        let report = ReportRequest { format, include_error, ..ReportRequest::default() };
        let wanted = MailboxRequests { run: report.into(), select, ..request("GET", "mailboxSettings") };
        let stream = tenant.client.mailbox_requests(&wanted)?;
        for line in lines() {
            stream.push(format!("{line}\n").as_bytes())?;
        }
        stream.finish_input();
        let (mut text, mut count) = (String::new(), 0);
        loop {
            let seen = tenant.client.signal().epoch();
            match stream.next_batch(2)? {
                Next::Batch { data, rows } => {
                    assert!(rows <= 2);
                    text.push_str(std::str::from_utf8(&data).unwrap());
                    count += rows;
                }
                Next::End => return Ok::<_, Error>((text, count)),
                Next::Pending => {
                    tenant
                        .client
                        .signal()
                        .wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
                }
            }
        }
    };
    let (csv, rows) = encoded(Format::Csv, false, select(&["timeZone", "language"])).unwrap();
    assert_eq!((rows, csv.lines().count()), (2, 3));
    assert!(csv.starts_with("MailboxName,timeZone,language\r\n") && csv.contains("\"{\"\"locale\"\":"), "{csv}");
    let (csv, rows) = encoded(Format::Csv, true, select(&["timeZone"])).unwrap();
    assert_eq!(rows, 3);
    assert!(csv.contains("\"nobody@contoso.com\",\"\",\"Request_ResourceNotFound\","), "{csv}");
    let error = encoded(Format::Csv, false, Vec::new()).unwrap_err().to_string();
    assert!(error.starts_with("select: "), "{error}");
    let (clixml, rows) = encoded(Format::Clixml, false, Vec::new()).unwrap();
    assert_eq!(rows, 2);
    // A batch ends where nothing more has come yet: the error stands behind a row of its batch, or leads the next one.
    let error = "<S N=\"mailbox\">nobody@contoso.com</S><Obj N=\"error\"";
    let batches: Vec<&str> = clixml.split("<Objs").collect();
    let with_error = batches.iter().position(|batch| batch.contains(error)).unwrap();
    let rows_before = batches[..with_error].concat().matches("<S N=\"MailboxName\">").count();
    let place = format!("<I64 N=\"row\">1</I64><I32 N=\"after\">{}</I32>{error}", 1 - rows_before);
    assert!(batches[with_error].contains(&place), "{clixml}");
    assert!(clixml.contains("<Obj N=\"workingHours\""), "{clixml}");
    let (_, rows) = encoded(Format::Clixml, true, Vec::new()).unwrap();
    assert_eq!(rows, 3);
}

#[test]
fn rows_go_to_a_file_and_failures_to_the_caller() {
    let tenant = Tenant::new(3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.csv");
    let run = RunRequest {
        out_file: Some(OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false }),
        ..json_lines()
    };
    let wanted = MailboxRequests { run, select: select(&["id", "subject"]), ..request("GET", "messages?$top=2") };
    let stream = tenant.client.mailbox_requests(&wanted).unwrap();
    let lines = format!("\"{}\"\n\"nobody@contoso.com\"\n\"{}\"\n", tenant.upn(0), tenant.upn(1));
    stream.push(lines.as_bytes()).unwrap();
    stream.finish_input();
    let mut failures = String::new();
    loop {
        let seen = tenant.client.signal().epoch();
        match stream.next_batch(0).unwrap() {
            Next::Batch { data, rows } => {
                assert_eq!(rows, 0);
                failures.push_str(std::str::from_utf8(&data).unwrap());
            }
            Next::End => break,
            Next::Pending => {
                tenant.client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
            }
        }
    }
    let csv = std::fs::read_to_string(path).unwrap();
    assert!(csv.starts_with("MailboxName,id,subject\r\n"), "{csv}");
    assert_eq!(csv.matches(&tenant.upn(0)).count(), 2, "{csv}");
    assert!(failures.starts_with(r#"{"row":1,"mailbox":"nobody@contoso.com","error":{"#), "{failures}");
    assert_eq!(failures.lines().count(), 1);
}

#[test]
fn many_rows_of_one_mailbox_come_in_batches_of_the_size_asked_for() {
    let tenant = Tenant::new(2);
    let stream = tenant.client.mailbox_requests(&request("GET", "messages?$select=id")).unwrap();
    for line in tenant.upns(2) {
        stream.push(format!("{line}\n").as_bytes()).unwrap();
    }
    stream.finish_input();
    let mut sizes = Vec::new();
    loop {
        let seen = tenant.client.signal().epoch();
        match stream.next_batch(4).unwrap() {
            Next::Batch { data, rows } => {
                assert_eq!(data.iter().filter(|byte| **byte == b'\n').count(), rows);
                sizes.push(rows);
            }
            Next::End => break,
            Next::Pending => {
                tenant.client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
            }
        }
    }
    assert!(sizes.iter().all(|size| (1..=4).contains(size)) && sizes.iter().sum::<usize>() > 4, "{sizes:?}");
}

#[test]
fn a_journal_gives_back_objects_and_knows_another_request() {
    let tenant = Tenant::new(6);
    let folder = tempfile::tempdir().unwrap();
    let run = RunRequest { journal: Some(folder.path().join("run.db")), ..json_lines() };
    let create =
        MailboxRequests { run, body: Some(json!({"subject": "{MailboxName}"})), ..request("POST", "messages") };
    let first = tenant.run(&create, tenant.upns(6)).unwrap();
    assert_eq!(tenant.run(&create, tenant.upns(6)).unwrap(), first);
    assert_eq!(tenant.emulator.state().posts, 6);
    let refused = |other: &MailboxRequests| {
        let error = tenant.run(other, tenant.upns(6)).unwrap_err();
        assert_eq!(error.status(), Status::JournalMismatch);
        error.to_string()
    };
    // A time zone that replies come in, for one.
    let prefer = |value: &str| vec![("prefer".to_owned(), value.to_owned())];
    let headers = MailboxRequests { headers: prefer("outlook.timezone=\"UTC\""), ..create.clone() };
    let said = refused(&headers);
    assert!(said.contains("headers.prefer was not there and is now there"), "{said}");
    let said = refused(&MailboxRequests { body: Some(json!({"subject": "y"})), ..create });
    assert!(said.contains("body is not what it was"), "{said}");
}

/// Bodies and headers may be secret, and whoever finds the file is not to read them there; nor is a message to say them.
#[test]
fn a_journal_holds_no_body_no_header_and_no_name_but_those_of_its_rows() {
    let tenant = Tenant::new(2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.db");
    let run = RunRequest { journal: Some(path.clone()), ..json_lines() };
    let create = |password: &str, key: &str| MailboxRequests {
        run: run.clone(),
        body: Some(json!({"subject": "{Password} of all", "body": {"contentType": "text", "content": password}})),
        headers: vec![("X-Api-Key".to_owned(), key.to_owned())],
        select: select(&["isDraft"]),
        ..request("POST", "messages")
    };
    let line = json!({"Mail": tenant.upn(0), "Password": "of-the-line-8261", "@path": "mailFolders/drafts/messages"});
    tenant.run(&create("of-the-body-1734", "of-the-header-5566"), vec![line.clone()]).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    // A run that has ended leaves nothing beside it.
    bytes.extend(std::fs::read(folder.path().join("run.db-wal")).unwrap_or_default());
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("isDraft") && holds("messages") && holds("headers.x-api-key"));
    for secret in ["of-the-line-8261", "of-the-body-1734", "of-the-header-5566", "mailFolders"] {
        assert!(!holds(secret), "{secret} is in the journal");
    }
    let error = tenant.run(&create("of-another-1111", "of-another-2222"), vec![line]).unwrap_err();
    assert_eq!(error.status(), Status::JournalMismatch);
    let said = format!("{error:?}");
    assert!(said.contains("body is not what it was") && said.contains("headers.x-api-key is not"), "{said}");
    for part in ["1734", "5566", "1111", "2222", "sha256"] {
        assert!(!said.contains(part), "{said}");
    }
}

#[test]
fn a_run_that_nobody_permits_stops_and_names_the_permission() {
    let roles = vec!["MailboxSettings.Read".to_owned()];
    let tenant = Tenant::of(Config { mailboxes: 200, roles, ..Config::default() });
    let refused = |wanted: &MailboxRequests| {
        let error = tenant.run(wanted, tenant.upns(200)).unwrap_err();
        assert_eq!(error.status(), Status::AccessDenied, "{error}");
        error.to_string()
    };
    assert!(refused(&request("GET", "messages?$top=1")).contains("permission Mail.Read,"));
    let mail = MailboxRequests { body: Some(json!({"message": {}})), ..request("POST", "sendMail") };
    assert!(refused(&mail).contains("permission Mail.Send,"));
}

#[test]
fn a_single_request_gives_its_document() {
    let tenant = Tenant::new(250);
    let get = |path: &str, all_pages| {
        tenant.graph(GraphRequest { method: "GET".into(), path: path.into(), all_pages, ..GraphRequest::default() })
    };
    let page = get("users?$select=id", false).unwrap();
    assert!(page["value"].as_array().unwrap().len() == 100 && page["@odata.nextLink"].is_string());
    assert_eq!(get("users?$select=id", true).unwrap()["value"].as_array().unwrap().len(), 250);
    assert_eq!(get("users?$select=id&$top=120", true).unwrap()["value"].as_array().unwrap().len(), 120);
    for path in ["../beta/users", "https://evil.example", "/users", "?x"] {
        assert_eq!(get(path, false).unwrap_err().status(), Status::InvalidArgument, "{path}");
    }
    let send = |method: &str, path: &str, body| {
        tenant.graph(GraphRequest { method: method.into(), path: path.into(), body, ..GraphRequest::default() })
    };
    let messages = format!("users/{}/messages", tenant.upn(0));
    let created = send("POST", &messages, Some(json!({"subject": "x"}))).unwrap();
    let message = format!("{messages}/{}", created["id"].as_str().unwrap());
    assert_eq!(send("DELETE", &message, None).unwrap(), json!({"StatusCode": 204}));
    let error = send("GET", &message, None).unwrap_err();
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.to_string().starts_with(&format!("GET of {message}: the service answered 404")), "{error}");

    tenant.faults(r#"{"rules":[{"kind":"write","method":"POST","times":1,"action":{"reset":"after"}}]}"#);
    assert_eq!(send("POST", &messages, Some(json!({"subject": "x"}))).unwrap_err().status(), Status::OutcomeUnknown);
    assert_eq!(tenant.emulator.state().posts, 2);
}

#[test]
fn the_tries_of_a_page_are_its_own() {
    let tenant = Tenant::new(30);
    let all = tenant.run(&request("GET", "messages"), tenant.upns(30)).unwrap();
    let count = |index| all.iter().filter(|row| row["MailboxName"] == tenant.upn(index).as_str()).count();
    let index = (0..30).max_by_key(|index| count(*index)).unwrap();
    // The service gives 10 messages a page; each page after the first fails once.
    assert!(count(index) > 20, "{}", count(index));
    let fails = r#"{"rules":[{"kind":"graph","after":1,"times":1,"action":{"status":503}},
        {"kind":"graph","after":2,"times":1,"action":{"status":503}},
        {"kind":"graph","after":3,"times":1,"action":{"status":503}}]}"#;
    tenant.faults(fails);
    let mut twice = request("GET", "messages");
    twice.run.limits.max_tries = Some(2);
    let rows = tenant.run(&twice, vec![tenant.upn(index).into()]).unwrap();
    assert_eq!(rows.len(), count(index), "{}", rows[0]);

    tenant.faults(fails);
    let options = ClientOptions { max_tries: 2, ..tenant.client.options().clone() };
    let path = format!("users/{}/messages", tenant.upn(index));
    let wanted = GraphRequest { method: "GET".into(), path, all_pages: true, ..GraphRequest::default() };
    let client = Client::new(options).unwrap();
    let whole = support::block_on(async move { client.graph_request(&wanted, &support::context()).await }).unwrap();
    assert_eq!(whole["value"].as_array().unwrap().len(), count(index));
}

#[test]
fn pages_that_lead_round_in_a_circle_end_in_an_error() {
    let tenant = Tenant::new(30);
    let base = format!("https://graph.microsoft.com/v1.0/users/{}", tenant.upn(7));
    let page = |number: usize| json!({"value": [{"id": number}], "@odata.nextLink": format!("{base}/page{number}")});
    let rule = |path: &str, next: usize| json!({"kind": "graph", "pathContains": path, "action": {"status": 200, "body": page(next).to_string()}});
    // The fourth page is followed by the second.
    let rules = [rule("page2", 3), rule("page3", 4), rule("page4", 2), rule("odd", 2)];
    tenant.faults(&json!({"rules": rules}).to_string());
    let mut lines = tenant.upns(30);
    lines[7] = json!({"MailboxName": tenant.upn(7), "@path": "odd"});
    for batching in [Batching::Never, Batching::Always] {
        let before = tenant.emulator.state().requests_of("graph");
        let mut wanted = request("GET", "messages?$top=1");
        wanted.run.batching = batching;
        let rows = tenant.run(&wanted, lines.clone()).unwrap();
        let failed: Vec<&Value> = rows.iter().filter(|row| !row["error"].is_null()).collect();
        let (name, message) = (&failed[0]["MailboxName"], failed[0]["error"]["message"].as_str().unwrap());
        assert_eq!((failed.len(), name), (1, &tenant.upn(7).into()));
        assert!(message.contains("leads back to a page that was read before"), "{message}");
        let asked = tenant.emulator.state().requests_of("graph") - before;
        assert!(asked < 60, "{asked}");
    }
}

#[test]
fn a_version_of_the_api_may_be_named() {
    let tenant = Tenant::new(30);
    for batching in [Batching::Never, Batching::Always] {
        let run = RunRequest { batching, ..json_lines() };
        for (version, expected) in [(ApiVersion::V1, 0), (ApiVersion::Beta, 30)] {
            tenant.emulator.reset();
            let wanted = MailboxRequests { run: run.clone(), version, ..request("GET", "mailFolders/inbox") };
            assert_eq!(tenant.run(&wanted, tenant.upns(30)).unwrap().len(), 30);
            assert_eq!(tenant.emulator.state().beta, expected, "{batching:?} {version:?}");
        }
    }
    let single = GraphRequest { method: "GET".into(), path: "users?$top=2".into(), ..GraphRequest::default() };
    tenant.emulator.reset();
    tenant.graph(GraphRequest { all_pages: true, version: ApiVersion::Beta, ..single }).unwrap();
    let counters = tenant.emulator.state();
    assert_eq!((counters.beta, counters.requests_of("graph")), (1, 1));
}

#[test]
fn pages_of_a_version_are_read_in_it() {
    let tenant = Tenant::new(3);
    let wanted = MailboxRequests { version: ApiVersion::Beta, ..request("GET", "messages") };
    let rows = tenant.run(&wanted, tenant.upns(3)).unwrap();
    let counters = tenant.emulator.state();
    assert!(counters.requests_of("graph") > 3, "there was more than a page: {}", rows.len());
    assert_eq!(counters.beta, counters.requests_of("graph"));
    let plain = tenant.run(&request("GET", "messages"), tenant.upns(3)).unwrap();
    assert_eq!(rows, plain);
}

#[test]
fn paths_outside_of_the_mailbox_are_those_that_the_input_names() {
    let tenant = Tenant::new(4);
    let line = |index: u64, other: u64| json!({"MailboxName": tenant.upn(index), "Other": tenant.upn(other)});
    let outside = |path: &str| MailboxRequests { path_base: PathBase::Service, ..request("GET", path) };
    for path in ["users/{Other}?$select=userPrincipalName", "/users/{Other}?$select=userPrincipalName"] {
        for batching in [Batching::Never, Batching::Always] {
            let wanted = outside(path);
            let wanted = MailboxRequests { run: RunRequest { batching, ..wanted.run.clone() }, ..wanted };
            let rows = tenant.run(&wanted, vec![line(0, 2), line(1, 3)]).unwrap();
            let read: Vec<_> =
                rows.iter().map(|row| (row["MailboxName"].clone(), row["userPrincipalName"].clone())).collect();
            let expected = [(tenant.upn(0), tenant.upn(2)), (tenant.upn(1), tenant.upn(3))];
            assert_eq!(read, expected.map(|(name, other)| (name.into(), other.into())), "{path}");
        }
    }
    // The same for all, the root, a way out of the service, and a value that would be one.
    for path in ["groups", "/", "", "https://x/{Other}", "//{Other}", "../{Other}", "users/../{Other}"] {
        let error = tenant.run(&outside(path), vec![line(0, 1)]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{path}: {error}");
    }
    let rows = tenant.run(&outside("users/{Other}"), vec![json!({"MailboxName": tenant.upn(0), "Other": ".."})]);
    assert_eq!(rows.unwrap()[0]["error"]["name"], "InvalidArgument");
}

#[test]
fn a_write_outside_of_the_mailbox_is_about_one_thing() {
    let tenant = Tenant::new(2);
    let delete = |path: &str| MailboxRequests { path_base: PathBase::Service, ..request("DELETE", path) };
    let line = json!({"MailboxName": tenant.upn(0), "Id": tenant.upn(1), "What": "users"});
    for path in ["users/{Id}", "{What}/{Id}", "users/{Id}/messages", "/users/{Id}/mailFolders/inbox"] {
        let rows = tenant.run(&delete(path), vec![line.clone()]).unwrap();
        assert_eq!(rows[0]["error"]["name"], "InvalidArgument", "{path}");
    }
    let own = json!({"MailboxName": tenant.upn(0), "@path": format!("users/{}", tenant.upn(1))});
    let rows = tenant.run(&MailboxRequests { path: None, ..delete("") }, vec![own]).unwrap();
    assert_eq!(rows[0]["error"]["name"], "InvalidArgument");
    assert_eq!(tenant.emulator.state().writes_by_mailbox.values().sum::<u64>(), 0);
}

#[test]
fn a_mailbox_whose_collection_is_empty_has_a_row_where_that_is_wanted() {
    let tenant = Tenant::new(3);
    let path = "messages?$filter=subject eq 'nobody wrote this'";
    for names in [&[] as &[&str], &["subject", "from.emailAddress.address"]] {
        let wanted = MailboxRequests { select: select(names), ..request("GET", path) };
        assert_eq!(tenant.run(&wanted, tenant.upns(3)).unwrap(), Vec::<Value>::new());
        let rows = tenant.run(&MailboxRequests { include_empty: true, ..wanted }, tenant.upns(3)).unwrap();
        assert_eq!(rows.len(), 3);
        for (index, row) in rows.iter().enumerate() {
            assert_eq!(row["MailboxName"], tenant.upn(index as u64).as_str());
            assert!(names.iter().all(|name| row.get(*name) == Some(&Value::Null)), "{row}");
        }
    }
}
