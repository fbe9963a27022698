//! Nothing where something was meant: what is refused is not sent. Each test counts requests at the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use exrun::client::{
    Client, ClientOptions, GraphRequest, MailboxCount, MailboxRequests, RunRequest, SettingsWrite, SourceRequest,
    WriteMode,
};
use exrun::error::{Error, Status};
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};
use support::{QuickClock, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes, broken_percent: 0.0, ..Config::default() });
        let options = ClientOptions { clock: Arc::new(QuickClock::default()), ..options };
        Self { emulator, client: Client::new(options).unwrap(), _certificate: certificate }
    }

    fn upn(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    /// What a request gives for lines that stand for the first mailboxes, each with further members.
    fn requests(&self, request: &MailboxRequests, lines: &[Value]) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_requests(request)?;
        support::drive_lines(&self.client, &*stream, self.named(lines))
    }

    fn settings(&self, run: &RunRequest, write: &SettingsWrite, lines: &[Value]) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_settings_apply(run, write)?;
        support::drive_lines(&self.client, &*stream, self.named(lines))
    }

    fn named(&self, lines: &[Value]) -> Vec<Value> {
        let named = (0..).zip(lines).map(|(index, line)| {
            let mut line = line.clone();
            line["MailboxName"] = self.upn(index).into();
            line
        });
        named.collect()
    }

    fn graph(&self, request: GraphRequest) -> Result<Value, Error> {
        let client = self.client.clone();
        support::block_on(async move { client.graph_request(&request, &support::context()).await })
    }

    /// Requests about mailboxes that came.
    fn asked(&self) -> u64 {
        self.emulator.state().by_mailbox.values().sum()
    }

    fn written(&self) -> BTreeMap<u64, u64> {
        self.emulator.state().writes_by_mailbox
    }
}

fn json_lines() -> RunRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }.into()
}

fn request(method: &str, path: &str) -> MailboxRequests {
    MailboxRequests { run: json_lines(), method: method.into(), path: Some(path.into()), ..MailboxRequests::default() }
}

fn message(row: &Value) -> &str {
    row["error"]["message"].as_str().unwrap_or_else(|| panic!("no error: {row}"))
}

#[test]
fn a_write_to_more_than_one_thing_is_refused_before_anything_is_sent() {
    let tenant = Tenant::new(2);
    let body = |method: &str| (method != "DELETE").then(|| json!({"accountEnabled": false}));
    for path in [
        "",
        "?x=1",
        "$ref",
        "messages",
        "messages/$count",
        "mailFolders",
        "mailFolders/inbox",
        "mailFolders('inbox')",
        "mailFolders%2Finbox",
        "calendar",
        "calendar/events",
    ] {
        for method in ["DELETE", "PATCH", "PUT"] {
            let wanted = MailboxRequests { body: body(method), ..request(method, path) };
            let error = tenant.requests(&wanted, &[json!({})]).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{method} {path:?}: {error}");
            assert!(error.to_string().contains("allowWholeMailbox"), "{error}");
            // What a mailbox brings itself, or puts into the path, is its own error.
            let by_line = MailboxRequests { path: None, ..wanted.clone() };
            let by_template = MailboxRequests { path: Some("{P}".into()), ..wanted };
            for rows in [
                tenant.requests(&by_line, &[json!({"@path": path})]).unwrap(),
                tenant.requests(&by_template, &[json!({"P": path})]).unwrap(),
            ] {
                assert_eq!(rows[0]["error"]["name"], "InvalidArgument", "{method} {path:?}: {rows:?}");
            }
        }
    }
    for path in ["mailFolders/{P}", "mailFolders('{P}')"] {
        let rows = tenant.requests(&request("DELETE", path), &[json!({"P": "Inbox"}), json!({"P": " "})]).unwrap();
        assert!(message(&rows[0]).contains("a folder that every mailbox has"), "{rows:?}");
        assert!(message(&rows[1]).contains("is blank"), "{rows:?}");
    }
    assert_eq!(tenant.emulator.state().requests_of("graph"), 0);

    // Asked for, it is sent.
    let meant = MailboxRequests { allow_whole_mailbox: true, ..request("DELETE", "mailFolders/inbox") };
    tenant.requests(&meant, &[json!({})]).unwrap();
    assert_eq!(tenant.written(), BTreeMap::from([(0, 1)]));
    // A blank path of a mailbox's own is no path, whatever is allowed.
    let meant = MailboxRequests { path: None, allow_null: true, ..meant };
    let rows = tenant.requests(&meant, &[json!({"@path": ""}), json!({"@path": null}), json!({"@path": " "})]).unwrap();
    assert!(rows.iter().all(|row| message(row).contains("which is not a path")), "{rows:?}");
    assert_eq!(tenant.written(), BTreeMap::from([(0, 1)]));
    // And a GET of the user itself is nothing special.
    assert_eq!(tenant.requests(&request("GET", ""), &[json!({})]).unwrap()[0]["error"], Value::Null);
}

#[test]
fn a_single_request_is_held_to_the_same() {
    let tenant = Tenant::new(1);
    let user = format!("users/{}", tenant.upn(0));
    let sent = |method: &str, path: String, body: Option<Value>| {
        tenant.graph(GraphRequest { method: method.into(), path, body, ..GraphRequest::default() })
    };
    let batch = json!({"requests": [{"id": "1", "method": "DELETE", "url": format!("/{user}")}]});
    for (method, path, body) in [
        ("DELETE", user.clone(), None),
        ("DELETE", format!("{user}/$ref"), None),
        ("DELETE", format!("{user}/messages"), None),
        ("DELETE", format!("{user}/mailFolders/inbox"), None),
        ("PATCH", user.clone(), Some(json!({"accountEnabled": false}))),
        ("PATCH", format!("{user}/mailboxSettings"), Some(json!({}))),
        ("PATCH", format!("{user}/mailboxSettings"), None),
        ("POST", "$batch".into(), Some(batch)),
        ("GET", format!("{user}/messages?=isRead"), None),
        ("GET", format!("{user}/messages/"), None),
    ] {
        let error = sent(method, path.clone(), body).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{method} {path}: {error}");
    }
    assert_eq!(tenant.emulator.state().requests_of("graph") + tenant.emulator.state().requests_of("batch"), 0);
    let meant =
        GraphRequest { method: "DELETE".into(), path: user, allow_whole_mailbox: true, ..GraphRequest::default() };
    assert_ne!(tenant.graph(meant).unwrap_err().status(), Status::InvalidArgument);
    assert_eq!(tenant.written(), BTreeMap::from([(0, 1)]));
}

#[test]
fn a_path_that_lost_a_part_is_refused_and_says_why() {
    let tenant = Tenant::new(1);
    for path in [
        "messages?=isRead eq false",
        "messages/",
        "messages?",
        "messages?$top=",
        "messages?$top=5&&$select=id",
        "mailFolders//messages",
        "mailFolders/%20/messages",
        "mailFolders('')/messages",
        " ",
    ] {
        let error = tenant.requests(&request("GET", path), &[json!({})]).unwrap_err().to_string();
        assert!(error.starts_with("path: ") && error.contains("single quotes"), "{path}: {error}");
        let by_line = MailboxRequests { path: None, ..request("GET", "") };
        let rows = tenant.requests(&by_line, &[json!({"@path": path})]).unwrap();
        assert_eq!(rows[0]["error"]["name"], "InvalidArgument", "{path}: {rows:?}");
    }
    assert_eq!(tenant.emulator.state().requests_of("graph"), 0);
}

#[test]
fn nothing_in_a_body_is_refused_unless_it_is_meant() {
    let tenant = Tenant::new(8);
    let create = |body: Option<Value>| MailboxRequests { body, ..request("POST", "messages") };
    for body in [json!({"subject": null}), json!({"toRecipients": [{"emailAddress": {"address": null}}]}), json!("")] {
        let error = tenant.requests(&create(Some(body.clone())), &[json!({})]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{body}: {error}");
    }
    let lines = [
        json!({"@body": {"subject": null}}),
        json!({"@body": {"subject": "x", "categories": ["a", " "]}}),
        json!({"@body": null}),
        json!({"@body": {"subject": "\u{a0}"}}),
    ];
    let rows = tenant.requests(&create(None), &lines).unwrap();
    for (row, part) in rows.iter().zip(["@body.subject is null", "@body.categories[1] is blank", "@body is null"]) {
        assert!(message(row).contains(part) && message(row).contains("allowNull"), "{row}");
    }
    assert!(message(&rows[3]).contains("@body.subject is blank"), "{rows:?}");
    assert!((0..4).all(|index| message(&rows[index]).contains(&tenant.upn(index as u64))), "{rows:?}");
    // Values of the input in the texts of a body.
    for body in [json!({"subject": "{Name}"}), json!({"subject": "Duty of {Name}"})] {
        let lines = [json!({"Name": null}), json!({"Name": " "}), json!({"Nmae": "x"})];
        let rows = tenant.requests(&create(Some(body)), &lines).unwrap();
        for (row, part) in rows.iter().zip(["{Name} is null", "{Name} is blank", "there are Nmae, MailboxName"]) {
            assert!(message(row).contains(part), "{row}");
        }
    }
    // A change that asks for nothing.
    let change = |body| MailboxRequests { body, ..request("PATCH", "mailboxSettings") };
    for body in [json!({}), json!({"@odata.type": "x"}), json!({"workingHours": {}})] {
        assert!(tenant.requests(&change(Some(body)), &[json!({})]).is_err());
    }
    let rows = tenant.requests(&change(None), &[json!({}), json!({"@body": {}})]).unwrap();
    assert!(message(&rows[0]).contains("a PATCH needs a body"), "{rows:?}");
    assert!(message(&rows[1]).contains("asks for nothing"), "{rows:?}");
    assert_eq!(tenant.asked(), 0);

    // Said to be meant, by the request or by a line, it is sent.
    let lines =
        [json!({"@body": {"subject": "x", "body": {"contentType": "text", "content": ""}}, "@allowNull": true})];
    assert_eq!(tenant.requests(&create(None), &lines).unwrap()[0]["error"], Value::Null);
    let meant = MailboxRequests { allow_null: true, ..create(Some(json!({"subject": "x{Name}"}))) };
    assert_eq!(tenant.requests(&meant, &[json!({"Name": null})]).unwrap()[0]["subject"], "x");
    assert_eq!(tenant.written(), BTreeMap::from([(0, 2)]));
    // An action without a body is one.
    let draft = tenant.requests(&create(Some(json!({"subject": "x"}))), &[json!({})]).unwrap();
    let sent = tenant.requests(&request("POST", "messages/{Id}/send"), &[json!({"Id": draft[0]["id"]})]).unwrap();
    // It came to the service, which misses recipients.
    assert!(message(&sent[0]).contains("ErrorInvalidRecipients"), "{sent:?}");
}

#[test]
fn nothing_in_settings_is_refused_unless_it_is_meant() {
    let tenant = Tenant::new(8);
    let line = |settings: Value| json!({"@settings": settings});
    let lines = [
        line(json!({"timeZone": null})),
        line(json!({"timeZone": " "})),
        line(json!({"automaticRepliesSetting": {"internalReplyMessage": ""}})),
        line(json!({"workingHours": {"timeZone": {"name": null}}})),
        line(json!({"workingHours": {"daysOfWeek": []}})),
        line(json!({"language": {"locale": "de-DE"}, "dateFormat": null})),
        line(json!({})),
        line(json!({"colour": "red"})),
    ];
    let rows = tenant.settings(&json_lines(), &SettingsWrite::default(), &lines).unwrap();
    for (row, part) in rows.iter().zip([
        "@settings.timeZone is null",
        "@settings.timeZone is blank",
        "internalReplyMessage is blank",
        "workingHours.timeZone is without a name",
        "daysOfWeek is a list without a day",
        "dateFormat is null",
        "asks for nothing",
        "colour is unknown",
    ]) {
        assert!(message(row).contains(part), "{part}: {row}");
    }
    assert_eq!(tenant.asked(), 0);
    for settings in [json!({"timeZone": null}), json!({"workingHours": {"daysOfWeek": []}}), json!({"dateFormat": ""})]
    {
        let write = SettingsWrite { settings: Some(settings.clone()), ..SettingsWrite::default() };
        let error = tenant.settings(&json_lines(), &write, &[json!({})]).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument, "{settings}: {error}");
        let client = tenant.client.clone();
        let one = tenant.upn(0);
        let update = support::block_on(async move {
            client.mailbox_settings_update(&one, &settings, WriteMode::default(), &support::context()).await
        });
        assert_eq!(update.unwrap_err().status(), Status::InvalidArgument);
    }
    assert_eq!(tenant.asked(), 0);

    let by_line = json!({"@settings": {"timeZone": null}, "@allowNull": true});
    tenant.settings(&json_lines(), &SettingsWrite::default(), &[by_line]).unwrap();
    assert_eq!(tenant.written(), BTreeMap::from([(0, 1)]));
    let meant =
        SettingsWrite { settings: Some(json!({"dateFormat": null})), allow_null: true, ..SettingsWrite::default() };
    tenant.settings(&json_lines(), &meant, &[json!({}), json!({})]).unwrap();
    assert_eq!(tenant.written(), BTreeMap::from([(0, 2), (1, 1)]));
}

#[test]
fn the_way_back_to_what_nobody_had_set_says_that_it_is_meant() {
    let tenant = Tenant::new(2);
    let folder = tempfile::tempdir().unwrap();
    let nothing = SettingsWrite {
        settings: Some(json!({"automaticRepliesSetting": {"externalReplyMessage": ""}})),
        ..SettingsWrite::default()
    };
    tenant.settings(&json_lines(), &nothing, &[json!({}), json!({})]).unwrap();
    let undo = folder.path().join("undo.jsonl");
    let write = SettingsWrite {
        settings: Some(json!({"automaticRepliesSetting": {"externalReplyMessage": "away"}})),
        undo_file: Some(undo.clone()),
        ..SettingsWrite::default()
    };
    tenant.settings(&json_lines(), &write, &[json!({}), json!({})]).unwrap();
    let text = std::fs::read_to_string(&undo).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["@allowNull"] == true), "{text}");
    let stream = tenant.client.mailbox_settings_apply(&json_lines(), &SettingsWrite::default()).unwrap();
    let rows = support::drive_lines(&tenant.client, &*stream, lines).unwrap();
    assert!(rows.iter().all(|row| row["Outcome"] == "Changed"), "{rows:?}");
    assert_eq!(tenant.emulator.settings(0)["automaticRepliesSetting"]["externalReplyMessage"], "");
}

#[test]
fn a_list_or_an_object_is_no_address() {
    let tenant = Tenant::new(3);
    let upn = tenant.upn(2);
    let lines = vec![
        json!({"Mail": [upn]}),
        json!({"EmailAddress": {"Address": upn}}),
        json!("System.Object[]"),
        json!(format!("@{{Address={upn}}}")),
        json!({"MailboxName": "System.String[]"}),
        json!({"MailboxName": [upn], "PrimarySmtpAddress": {"Address": "x"}, "UserPrincipalName": "@{a=b}", "Id": upn}),
    ];
    let writes = SettingsWrite { settings: Some(json!({"dateFormat": "d.M.yyyy"})), ..SettingsWrite::default() };
    let streams = [
        tenant.client.mailbox_settings_report(&json_lines()).unwrap(),
        tenant.client.mailbox_requests(&request("GET", "mailboxSettings")).unwrap(),
        tenant.client.mailbox_settings_apply(&json_lines(), &writes).unwrap(),
    ];
    for stream in streams {
        let rows = support::drive_lines(&tenant.client, &*stream, lines.clone()).unwrap();
        assert!(rows[..5].iter().all(|row| row["error"]["name"] == "InvalidArgument"), "{rows:?}");
        assert_eq!((&rows[5]["MailboxName"], &rows[5]["error"]), (&json!(upn), &Value::Null), "{rows:?}");
    }
    // The last one alone: read twice, then read and written.
    assert_eq!(tenant.emulator.state().by_mailbox, BTreeMap::from([(2, 4)]));
}

#[test]
fn more_mailboxes_than_were_agreed_to_are_not_begun_with() {
    let tenant = Tenant::new(120);
    let listed = |source: SourceRequest| {
        let client = tenant.client.clone();
        support::block_on(async move { client.mailboxes_count(&source, None, &support::context()).await })
    };
    let all = || SourceRequest::All { filter: None, top: None, include_without_mailbox: false };
    let some = || SourceRequest::All {
        filter: Some("startsWith(displayName,'A')".into()),
        top: None,
        include_without_mailbox: false,
    };
    let sales = || SourceRequest::Group("Sales".into());
    let lines: Vec<Value> = (0..120).map(|_| json!({})).collect();
    for source in [Some(all()), Some(some()), Some(sales()), None] {
        let count = match &source {
            Some(source) => listed(source.clone()).unwrap(),
            None => MailboxCount { mailboxes: 120, skipped: 0 },
        };
        assert!(count.mailboxes > 1, "{source:?}");
        let input = if source.is_none() { lines.clone() } else { Vec::new() };
        tenant.emulator.reset();
        let run = |maximum: u64| RunRequest { source: source.clone(), maximum: Some(maximum), ..json_lines() };
        let write = SettingsWrite { settings: Some(json!({"dateFormat": "d.M.yyyy"})), ..SettingsWrite::default() };
        let mut create = MailboxRequests { body: Some(json!({"subject": "x"})), ..request("POST", "messages") };

        for error in [tenant.settings(&run(count.mailboxes - 1), &write, &input).unwrap_err(), {
            create.run = run(count.mailboxes - 1);
            tenant.requests(&create, &input).unwrap_err()
        }] {
            assert_eq!(error.status(), Status::InvalidArgument, "{error}");
            assert!(error.to_string().contains(&format!("more than {} mailboxes", count.mailboxes - 1)), "{error}");
        }
        assert_eq!(tenant.asked(), 0, "{source:?}");

        create.run = run(count.mailboxes);
        assert_eq!(tenant.requests(&create, &input).unwrap().len() as u64, count.mailboxes);
        assert_eq!(tenant.written().values().sum::<u64>(), count.mailboxes);
        let rows = tenant.settings(&run(count.mailboxes), &write, &input).unwrap();
        assert_eq!(rows.len() as u64, count.mailboxes);
    }
    // What is listed in part is not known to be few enough.
    tenant.emulator.set_faults(
        serde_json::from_value(
            json!({"rules": [{"kind": "graph", "pathContains": "/users", "action": {"status": 403}}]}),
        )
        .unwrap(),
    );
    tenant.emulator.reset();
    let write = SettingsWrite { settings: Some(json!({"dateFormat": "d.M.yyyy"})), ..SettingsWrite::default() };
    let run = RunRequest { source: Some(all()), maximum: Some(1000), ..json_lines() };
    assert_eq!(tenant.settings(&run, &write, &[]).unwrap_err().status(), Status::AccessDenied);
    assert_eq!(tenant.asked(), 0);
}

#[test]
fn many_lines_wait_for_the_last_and_come_in_their_order() {
    let tenant = Tenant::new(9_000);
    // More than fit into the memory of a run.
    let lines: Vec<Value> = (0..9_000).map(|_| json!({})).collect();
    let mut wanted = request("GET", "mailboxSettings");
    wanted.run.maximum = Some(9_000);
    let rows = tenant.requests(&wanted, &lines).unwrap();
    assert_eq!(rows.len(), 9_000);
    assert!((0..).zip(&rows).all(|(index, row)| row["MailboxName"] == tenant.upn(index).as_str()));
    tenant.emulator.reset();
    wanted.run.maximum = Some(8_999);
    tenant.requests(&wanted, &lines).unwrap_err();
    assert_eq!(tenant.asked(), 0);
    // A shard counts its own.
    let own = |row: &Value, shard: exrun::runner::Shard| shard.holds(row["MailboxName"].as_str().unwrap());
    let shard: exrun::runner::Shard = "1/3".parse().unwrap();
    let number = rows.iter().filter(|row| own(row, shard)).count() as u64;
    wanted.run.shard = Some(shard);
    wanted.run.maximum = Some(number - 1);
    tenant.requests(&wanted, &lines).unwrap_err();
    assert_eq!(tenant.asked(), 0);
    wanted.run.maximum = Some(number);
    assert_eq!(tenant.requests(&wanted, &lines).unwrap().len() as u64, number);
    // None at all is no run.
    assert_eq!(tenant.requests(&wanted, &[]).unwrap(), Vec::<Value>::new());
}
