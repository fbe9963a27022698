//! Whose mailbox is asked for: by the directory's id where it gave the mailbox, else by the name as it was typed.
//!
//! Source: Microsoft Graph, "Get user": `/users/{id | userPrincipalName}`.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::client::{Client, ClientOptions, MailboxRequests, NameStyle, RunRequest, SettingsWrite, SourceRequest};
use exrun::error::{Error, Status};
use exrun::rows::{Format, ReportRequest, RowStream};
use exrun::runner::Batching;
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};
use support::{TestCertificate, block_on, context, drive_lines, start};

/// The place of a mailbox whose name has an apostrophe.
const APOSTROPHE: u64 = 7;
const HOW: [Batching; 2] = [Batching::Never, Batching::Always];

struct Tenant {
    emulator: Emulator,
    client: Client,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new() -> Self {
        let (emulator, certificate, options) =
            start(Config { mailboxes: 10, broken_percent: 0.0, ..Config::default() });
        let client = Client::new(ClientOptions { clock: support::quick(), ..options }).unwrap();
        Self { emulator, client, _certificate: certificate }
    }

    fn faults(&self, rules: &[Value]) {
        self.emulator.set_faults(serde_json::from_value(json!({"rules": rules})).unwrap());
    }

    fn name(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    /// `mary.o'brien.000007@contoso.com`, and the name with its apostrophe doubled.
    fn plain_and_doubled(&self) -> (String, String) {
        let plain = self.name(APOSTROPHE);
        assert!(plain.contains('\''), "{plain}");
        let doubled = plain.replace('\'', "''");
        (plain, doubled)
    }

    fn drive(&self, stream: &dyn RowStream, names: &[&str]) -> Vec<Value> {
        drive_lines(&self.client, stream, names.iter().map(|name| Value::from(*name))).unwrap()
    }

    fn report(&self, run: &RunRequest, names: &[&str]) -> Vec<Value> {
        self.drive(&*self.client.mailbox_settings_report(run).unwrap(), names)
    }

    fn request(&self, request: &MailboxRequests, names: &[&str]) -> Vec<Value> {
        self.drive(&*self.client.mailbox_requests(request).unwrap(), names)
    }

    fn apply(&self, run: &RunRequest, names: &[&str]) -> Vec<Value> {
        let settings = Some(json!({"timeZone": "Tokyo Standard Time"}));
        let write = SettingsWrite { settings, ..SettingsWrite::default() };
        self.drive(&*self.client.mailbox_settings_apply(run, &write).unwrap(), names)
    }

    fn settings(&self, name: &str) -> Result<Value, Error> {
        let (client, name) = (self.client.clone(), name.to_owned());
        block_on(async move { client.mailbox_settings(&name, None, NameStyle::Camel, &context()).await })
    }

    fn requests(&self) -> u64 {
        self.emulator.state().requests_of("graph")
    }

    fn writes(&self) -> u64 {
        self.emulator.state().writes_by_tenant.values().sum()
    }
}

fn json_lines(batching: Batching) -> RunRequest {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    RunRequest { batching, ..report.into() }
}

fn sources() -> [SourceRequest; 2] {
    [
        SourceRequest::All { filter: None, top: None, include_without_mailbox: false },
        SourceRequest::Group("Sales".to_owned()),
    ]
}

fn requests(method: &str, path: &str, run: RunRequest) -> MailboxRequests {
    MailboxRequests { run, method: method.into(), path: Some(path.into()), ..MailboxRequests::default() }
}

/// Answers every request that has a name in its path, as if the directory knew ids alone.
fn nobody_by_name() -> Value {
    json!({"kind": "graph", "pathContains": "%40", "action": {"status": 400, "code": "AskedByName"}})
}

/// Makes a mailbox of a name that is not one of the emulator's: it has this time zone.
fn somebody(name: &str, zone: &str) -> Value {
    let path = name.replace('\'', "%27").replace('@', "%40");
    let body = json!({"timeZone": zone}).to_string();
    json!({"kind": "read", "pathContains": format!("users/{path}/mailboxSettings"), "action": {"status": 200, "body": body}})
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["MailboxName"].as_str().unwrap()).collect()
}

#[test]
fn mailboxes_that_the_directory_gave_are_asked_for_by_id_and_shown_by_name() {
    for source in sources() {
        let tenant = Tenant::new();
        tenant.faults(&[nobody_by_name()]);
        let is_group = matches!(source, SourceRequest::Group(_));
        let expected: Vec<String> = (0..if is_group { 1 } else { 10 }).map(|index| tenant.name(index)).collect();
        for batching in HOW {
            let run = || RunRequest { source: Some(source.clone()), ..json_lines(batching) };
            for rows in [
                tenant.report(&run(), &[]),
                tenant.apply(&run(), &[]),
                tenant.request(&requests("GET", "mailboxSettings", run()), &[]),
                tenant.request(
                    &MailboxRequests {
                        body: Some(json!({"timeZone": "UTC"})),
                        ..requests("PATCH", "mailboxSettings", run())
                    },
                    &[],
                ),
            ] {
                assert_eq!(names(&rows), expected);
                assert!(rows.iter().all(|row| row.get("error").is_none()), "{rows:?}");
            }
        }
    }
}

#[test]
fn an_id_that_a_caller_pushes_beside_a_name_is_not_asked_for() {
    let tenant = Tenant::new();
    let line = json!({"userPrincipalName": tenant.name(0), "id": tenant.emulator.population().id(1)});
    let stream = tenant.client.mailbox_settings_report(&json_lines(Batching::Never)).unwrap();
    drive_lines(&tenant.client, &*stream, [line]).unwrap();
    assert_eq!(tenant.emulator.state().by_mailbox.into_iter().collect::<Vec<_>>(), [(0, 1)]);
}

#[test]
fn a_name_with_two_readings_is_read_as_it_stands_where_somebody_is_called_so() {
    for batching in HOW {
        let tenant = Tenant::new();
        let (plain, doubled) = tenant.plain_and_doubled();
        tenant.faults(&[somebody(&doubled, "Doubled Time")]);
        let of = tenant.emulator.population().settings(APOSTROPHE)["timeZone"].clone();
        let rows = tenant.report(&json_lines(batching), &[&doubled, &plain]);
        assert_eq!(names(&rows), [&*doubled, &*plain]);
        assert_eq!([&rows[0]["TimeZone"], &rows[1]["TimeZone"]], [&json!("Doubled Time"), &of]);
        let rows = tenant.request(&requests("GET", "mailboxSettings", json_lines(batching)), &[&doubled, &plain]);
        assert_eq!([&rows[0]["timeZone"], &rows[1]["timeZone"]], [&json!("Doubled Time"), &of]);
        assert_eq!(tenant.settings(&doubled).unwrap()["timeZone"], "Doubled Time");
        // Each its own request, and none for the other reading.
        assert_eq!(tenant.requests(), 5);
    }
}

#[test]
fn a_read_undoes_escapes_where_nobody_is_called_as_it_stands() {
    for batching in HOW {
        let tenant = Tenant::new();
        let (plain, doubled) = tenant.plain_and_doubled();
        let encoded = plain.replace('\'', "%27");
        let of = tenant.emulator.population().settings(APOSTROPHE)["timeZone"].clone();
        for name in [&doubled, &encoded] {
            let before = tenant.requests();
            // With another, that there is something for a batch.
            let asked = [name.as_str(), &tenant.name(0)];
            assert_eq!(tenant.report(&json_lines(batching), &asked)[0]["TimeZone"], of, "{name}");
            let rows = tenant.request(&requests("GET", "mailboxSettings", json_lines(batching)), &asked);
            assert_eq!((&rows[0]["timeZone"], names(&rows)), (&of, asked.to_vec()));
            assert_eq!(tenant.settings(name).unwrap()["timeZone"], of);
            assert_eq!(tenant.requests() - before, 8, "{name}");
        }
        // No address as it stands: one reading.
        let before = tenant.requests();
        assert_eq!(tenant.report(&json_lines(batching), &[&encoded.replace('@', "%40")])[0]["TimeZone"], of);
        assert_eq!(tenant.requests() - before, 1);
        let nobody = tenant.report(&json_lines(batching), &["no''body@contoso.com"]);
        assert_eq!(nobody[0]["error"]["name"], "NotFound", "{nobody:?}");
    }
}

#[test]
fn what_is_missing_below_a_user_is_no_reason_to_ask_for_another() {
    let tenant = Tenant::new();
    let (_, doubled) = tenant.plain_and_doubled();
    let message = "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";
    tenant.faults(&[
        json!({"pathContains": "%27%27", "action": {"status": 404, "code": "Request_ResourceNotFound", "message": message}}),
    ]);
    for batching in HOW {
        let rows =
            tenant.request(&requests("GET", "mailboxSettings", json_lines(batching)), &[&doubled, &tenant.name(0)]);
        assert_eq!(rows[0]["error"]["name"], "NotFound", "{rows:?}");
    }
    assert_eq!(tenant.emulator.state().by_mailbox.get(&APOSTROPHE), None);
}

#[test]
fn a_write_goes_to_the_name_as_it_stands_and_to_no_other() {
    let tenant = Tenant::new();
    let (plain, doubled) = tenant.plain_and_doubled();
    let run = json_lines(Batching::Never);
    let patch =
        MailboxRequests { body: Some(json!({"timeZone": "UTC"})), ..requests("PATCH", "mailboxSettings", run.clone()) };
    for name in [doubled.clone(), plain.replace('\'', "%27")] {
        for rows in [tenant.request(&patch, &[&name]), tenant.apply(&run, &[&name])] {
            let error = &rows[0]["error"];
            assert_eq!((&error["name"], names(&rows)), (&json!("NotFound"), vec![name.as_str()]), "{rows:?}");
            // What to do is said with the name that may have been meant.
            assert!(error["message"].as_str().unwrap().contains(&format!("give {plain} where")), "{error}");
        }
        let (client, name) = (tenant.client.clone(), name);
        let settings = json!({"timeZone": "UTC"});
        let written = block_on(async move {
            client.mailbox_settings_update(&name, &settings, exrun::client::WriteMode::default(), &context()).await
        });
        assert_eq!(written.unwrap_err().status(), Status::NotFound);
    }
    // The PATCHes of the two names as they stand; nothing of the other mailbox, not even a read.
    assert_eq!((tenant.writes(), tenant.emulator.state().by_mailbox.get(&APOSTROPHE)), (2, None));
    assert!(tenant.apply(&run, &[&plain])[0].get("error").is_none());
}

#[test]
fn lines_that_name_no_mailbox_list_their_columns_once() {
    let tenant = Tenant::new();
    let lines = [json!({"Name": "Kim", "Zone": "UTC"}), json!({"Name": "Lee", "Zone": "UTC"}), tenant.name(1).into()];
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    for batching in HOW {
        let run = RunRequest { batching, ..RunRequest::from(report.clone()) };
        let write = SettingsWrite { settings: Some(json!({"timeZone": "UTC"})), ..SettingsWrite::default() };
        let requests = MailboxRequests {
            run: run.clone(),
            method: "GET".into(),
            path: Some("mailboxSettings".into()),
            ..MailboxRequests::default()
        };
        for stream in [
            tenant.client.mailbox_settings_report(&run).unwrap(),
            tenant.client.mailbox_settings_apply(&run, &write).unwrap(),
            tenant.client.mailbox_requests(&requests).unwrap(),
        ] {
            let rows = drive_lines(&tenant.client, &*stream, lines.iter().cloned()).unwrap();
            assert_eq!(rows.len(), 3, "{rows:?}");
            let said: Vec<&str> = rows.iter().filter_map(|row| row["error"]["message"].as_str()).collect();
            assert!(
                said.iter().all(|said| said.contains("the object names no mailbox")) && said.len() == 2,
                "{said:?}"
            );
            let listing = said.iter().filter(|said| said.ends_with("its columns are Name, Zone")).count();
            assert_eq!(listing, 1, "{said:?}");
        }
    }
}
