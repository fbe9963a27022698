//! Replies with status 200 that are not what they should be, and refusals of one mailbox among others.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::client::{Client, ClientOptions, GraphRequest, MailboxRequests, NameStyle, RunRequest, SettingsWrite};
use exrun::error::Error;
use exrun::rows::{Format, ReportRequest, RowStream};
use exrun::runner::Batching;
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};
use support::{TestCertificate, block_on, drive_lines, start};

const HOW: [Batching; 2] = [Batching::Never, Batching::Always];

struct Tenant {
    emulator: Emulator,
    client: Client,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        Self::with(mailboxes, |options| ClientOptions { clock: support::quick(), max_tries: 2, ..options })
    }

    /// One whose waits are waits: a run that may wait for an answer waits for it.
    fn of_all_time(mailboxes: u64) -> Self {
        Self::with(mailboxes, |options| options)
    }

    fn with(mailboxes: u64, change: impl FnOnce(ClientOptions) -> ClientOptions) -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes, broken_percent: 0.0, ..Config::default() });
        Self { emulator, client: Client::new(change(options)).unwrap(), _certificate: certificate }
    }

    fn faults(&self, rules: &[Value]) {
        self.emulator.set_faults(serde_json::from_value(json!({"rules": rules})).unwrap());
    }

    fn name(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    fn drive(&self, stream: &dyn RowStream) -> Vec<Value> {
        let count = self.emulator.population().count;
        drive_lines(&self.client, stream, (0..count).map(|index| Value::from(self.name(index)))).unwrap()
    }

    fn report(&self, batching: Batching) -> Vec<Value> {
        self.drive(&*self.client.mailbox_settings_report(&run(batching)).unwrap())
    }

    fn read(&self, index: u64, part: Option<&str>) -> Result<Value, Error> {
        let (client, name) = (self.client.clone(), self.name(index));
        let part = part.map(str::to_owned);
        block_on(async move {
            let context = client.new_context();
            client.mailbox_settings(&name, part.as_deref(), NameStyle::Camel, &context).await
        })
    }

    fn get(&self, path: String) -> Result<Value, Error> {
        let client = self.client.clone();
        block_on(async move {
            let request = GraphRequest { method: "GET".into(), path, ..GraphRequest::default() };
            client.graph_request(&request, &client.new_context()).await
        })
    }
}

fn run(batching: Batching) -> RunRequest {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    RunRequest { batching, ..report.into() }
}

fn hint(row: &Value) -> &str {
    assert_eq!(row["error"]["name"], "AccessDenied", "{row}");
    row["error"]["hint"].as_str().unwrap()
}

fn denied(rest: &Value) -> Value {
    let mut rule = json!({"kind": "graph", "action": {"status": 403, "code": "ErrorAccessDenied"}});
    rule.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    rule
}

#[test]
fn a_mailbox_that_alone_is_refused_does_not_lack_the_permission() {
    for batching in HOW {
        let tenant = Tenant::of_all_time(20);
        tenant.faults(&[denied(&json!({"modulo": [10, 0]}))]);
        let rows = tenant.report(batching);
        // The first of them was refused before any other was read.
        for index in [0, 10] {
            let hint = hint(&rows[index]);
            assert!(hint.starts_with("the app has MailboxSettings.Read, ") && hint.contains("policy"), "{hint}");
            assert!(hint.contains("RBAC for Applications") && !hint.contains("needs"), "{hint}");
        }
        tenant.faults(&[denied(&json!({"modulo": [10, 0]}))]);
        let requests = MailboxRequests {
            run: run(batching),
            method: "GET".into(),
            path: Some("messages?$top=1".into()),
            ..MailboxRequests::default()
        };
        let rows = tenant.drive(&*tenant.client.mailbox_requests(&requests).unwrap());
        let refused: Vec<_> = rows.iter().filter(|row| row.get("error").is_some()).collect();
        assert_eq!(refused.len(), 2);
        assert!(refused.iter().all(|row| hint(row).starts_with("the app has Mail.Read, ")), "{refused:?}");
    }
}

#[test]
fn mailboxes_that_all_are_refused_lack_the_permission() {
    for batching in HOW {
        let tenant = Tenant::of_all_time(20);
        // Of an earlier run, whose app had it.
        assert!(tenant.report(batching).iter().all(|row| row.get("error").is_none()));
        tenant.faults(&[denied(&json!({}))]);
        for row in tenant.report(batching) {
            assert!(hint(&row).starts_with("the app needs the application permission MailboxSettings.Read,"), "{row}");
        }
    }
}

#[test]
fn who_may_read_lacks_the_permission_to_write_until_a_mailbox_was_written_to() {
    let tenant = Tenant::of_all_time(4);
    let write = || SettingsWrite { settings: Some(json!({"dateFormat": "dd.MM.yyyy"})), ..SettingsWrite::default() };
    let apply = || tenant.drive(&*tenant.client.mailbox_settings_apply(&run(Batching::Never), &write()).unwrap());
    tenant.faults(&[denied(&json!({"method": "PATCH"}))]);
    for row in apply() {
        assert!(hint(&row).starts_with("the app needs the application permission MailboxSettings.ReadWrite,"), "{row}");
    }
    tenant.faults(&[denied(&json!({"method": "PATCH", "modulo": [4, 0]}))]);
    let rows = apply();
    assert!(hint(&rows[0]).starts_with("the app has MailboxSettings.ReadWrite, "), "{}", rows[0]);
}

#[test]
fn single_reads_of_a_client_tell_an_excluded_mailbox_too() {
    let tenant = Tenant::new(2);
    tenant.faults(&[denied(&json!({"modulo": [2, 1]}))]);
    let refused = || tenant.read(1, None).unwrap_err().to_string();
    assert!(refused().contains("the app needs the application permission MailboxSettings.Read,"), "{}", refused());
    tenant.read(0, None).unwrap();
    assert!(refused().contains("the app has MailboxSettings.Read, "), "{}", refused());
}

/// Statuses of 200 whose body is no mailbox's settings.
const NO_SETTINGS: [&str; 7] = [
    "{}",
    r#"{"@odata.context":"x"}"#,
    r#"{"error":{"code":"x","message":"y"}}"#,
    r#"{"value":{"timeZone":"UTC"}}"#,
    r#"{"value":[]}"#,
    "[]",
    "null",
];

fn answers(body: &str) -> Value {
    json!({"kind": "graph", "method": "GET", "modulo": [2, 0], "action": {"status": 200, "body": body}})
}

#[test]
fn what_holds_no_setting_is_an_error_wherever_settings_are_read() {
    let tenant = Tenant::new(2);
    for body in NO_SETTINGS {
        tenant.faults(&[answers(body)]);
        for batching in HOW {
            let rows = tenant.report(batching);
            assert_eq!(rows[0]["error"]["name"], "ResponseInvalid", "{body}: {}", rows[0]);
            assert!(rows[1].get("error").is_none(), "{}", rows[1]);
        }
        for part in [None, Some("timeZone"), Some("language"), Some("automaticRepliesSetting"), Some("userPurpose")] {
            let error = tenant.read(0, part).unwrap_err();
            assert_eq!(error.status().name(), "ResponseInvalid", "{part:?} {body}: {error}");
        }
    }
    for (part, body) in [("timeZone", r#"{"value":"UTC"}"#), ("dateFormat", r#"{"value":null}"#)] {
        tenant.faults(&[answers(body)]);
        assert!(tenant.read(0, Some(part)).is_ok(), "{part} {body}");
    }
}

#[test]
fn nothing_is_written_over_settings_that_were_not_read() {
    let tenant = Tenant::new(2);
    let write = || SettingsWrite { settings: Some(json!({"timeZone": "Tokyo Standard Time"})), ..Default::default() };
    for body in NO_SETTINGS {
        tenant.faults(&[answers(body)]);
        let rows = tenant.drive(&*tenant.client.mailbox_settings_apply(&run(Batching::Never), &write()).unwrap());
        assert_eq!(rows[0]["error"]["name"], "ResponseInvalid", "{body}: {}", rows[0]);
        assert_eq!(tenant.emulator.state().writes_by_mailbox.get(&0), None, "{body}");
    }
}

#[test]
fn an_error_with_status_200_is_an_error_of_any_request() {
    let tenant = Tenant::new(2);
    let requests = |batching| MailboxRequests {
        run: run(batching),
        method: "GET".into(),
        path: Some("messages?$top=1".into()),
        ..MailboxRequests::default()
    };
    tenant.faults(&[answers(r#"{"error":{"code":"ErrorSomething","message":"it is odd"}}"#)]);
    for batching in HOW {
        let rows = tenant.drive(&*tenant.client.mailbox_requests(&requests(batching)).unwrap());
        let refused: Vec<_> = rows.iter().filter(|row| row.get("error").is_some()).collect();
        assert_eq!(refused.len(), 1, "{rows:?}");
        assert_eq!(refused[0]["error"]["name"], "ResponseInvalid", "{rows:?}");
        assert_eq!(refused[0]["error"]["serviceCode"], "ErrorSomething", "{rows:?}");
    }
    let error = tenant.get(format!("users/{}/messages", tenant.name(0))).unwrap_err();
    assert!(error.to_string().contains("ErrorSomething"), "{error}");
}

#[test]
fn a_byte_order_mark_before_json_is_read_over() {
    let tenant = Tenant::new(2);
    tenant.faults(&[answers("\u{feff}{\"timeZone\":\"Tokyo Standard Time\",\"id\":\"7\"}")]);
    for batching in HOW {
        assert_eq!(tenant.report(batching)[0]["TimeZone"], "Tokyo Standard Time");
    }
    assert_eq!(tenant.read(0, None).unwrap()["timeZone"], "Tokyo Standard Time");
    assert_eq!(tenant.get(format!("users/{}/messages/1", tenant.name(0))).unwrap()["id"], "7");
    // Errors, too.
    let body = "\u{feff}{\"error\":{\"code\":\"ErrorOdd\"}}";
    tenant.faults(&[json!({"kind": "graph", "action": {"status": 400, "body": body}})]);
    for batching in HOW {
        assert_eq!(tenant.report(batching)[0]["error"]["serviceCode"], "ErrorOdd");
    }
}

/// Microsoft Graph "Combine multiple HTTP requests using JSON batching": what depends on a request that failed is answered
/// with 424. Ours depend on none of their batch, so that another try is worth it.
#[test]
fn what_fails_in_a_batch_by_another_request_is_tried_again() {
    for times in [1, 0] {
        let tenant = Tenant::new(4);
        let action = json!({"status": 424, "code": "FailedDependency"});
        tenant.faults(&[json!({"kind": "graph", "modulo": [2, 0], "times": times, "action": action})]);
        let rows = tenant.report(Batching::Always);
        let failed = rows.iter().filter(|row| row["error"]["httpStatus"] == 424).count();
        // The service may go on with it for ever; the tries do not.
        assert_eq!(failed, if times == 0 { 2 } else { 0 }, "{rows:?}");
        let asked = tenant.emulator.state().by_mailbox;
        assert_eq!([0, 1, 2, 3].map(|index| asked[&index]), [2, 1, 2, 1]);
    }
}
