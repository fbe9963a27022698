//! What a run over many mailboxes does beside reading them: journal, order, shards, stops, batches.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;

use exrun::client::{Client, ClientOptions, RunRequest};
use exrun::error::{Error, Status};
use exrun::rows::{Format, ReportRequest};
use exrun::rows::{Next, RowStream};
use exrun::runner::{Batching, Order};
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::Value;
use support::{TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    options: ClientOptions,
    client: Client,
    folder: tempfile::TempDir,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new(config: Config) -> Self {
        let (emulator, certificate, options) = start(config);
        let client = Client::new(options.clone()).unwrap();
        Self { emulator, options, client, folder: tempfile::tempdir().unwrap(), _certificate: certificate }
    }

    /// Without mailboxes that always fail.
    fn whole(mailboxes: u64) -> Self {
        Self::new(Config { mailboxes, broken_percent: 0.0, ..Config::default() })
    }

    fn faults(&self, json: &str) {
        self.emulator.set_faults(serde_json::from_str::<FaultScript>(json).unwrap());
    }

    fn names(&self, indexes: impl IntoIterator<Item = u64>) -> Vec<String> {
        indexes.into_iter().map(|index| self.emulator.population().upn(index)).collect()
    }

    fn journal(&self) -> RunRequest {
        RunRequest { journal: Some(self.folder.path().join("run.db")), ..request() }
    }

    /// The rows of a run, and its progress at the end.
    fn run(&self, request: &RunRequest, mailboxes: &[String]) -> Result<(Vec<Value>, Value), Error> {
        let stream = self.client.mailbox_settings_report(request)?;
        let rows = support::drive(&self.client, &*stream, mailboxes)?;
        Ok((rows, stream.progress()))
    }

    fn reads(&self) -> BTreeMap<u64, u64> {
        self.emulator.state().by_mailbox
    }

    fn requests(&self) -> u64 {
        self.emulator.state().requests_of("graph")
    }

    fn assert_rows(&self, rows: &[Value], indexes: impl IntoIterator<Item = u64>) {
        let wanted: Vec<u64> = indexes.into_iter().collect();
        assert_eq!(rows.len(), wanted.len());
        for (row, index) in rows.iter().zip(wanted) {
            assert_eq!(row["MailboxName"], self.emulator.population().upn(index));
            assert_eq!(row["TimeZone"], self.emulator.population().settings(index)["timeZone"], "{row}");
        }
    }
}

fn request() -> RunRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }.into()
}

fn names_of(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["MailboxName"].as_str().unwrap()).collect()
}

/// Rows that are there, until there are so many.
fn take(client: &Client, stream: &dyn RowStream, least: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    while rows.len() < least {
        let seen = client.signal().epoch();
        match stream.next_batch(0).unwrap() {
            Next::Batch { data, .. } => {
                rows.extend(
                    String::from_utf8(data).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()),
                );
            }
            Next::Pending => {
                client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
            }
            Next::End => panic!("the run ended after {} rows", rows.len()),
        }
    }
    rows
}

#[test]
fn a_cancelled_run_goes_on_in_the_same_process_and_asks_for_no_recorded_mailbox_again() {
    let tenant = Tenant::whole(1500);
    // However slow this test is to cancel the run: one mailbox gives no answer before.
    tenant.faults(r#"{"rules":[{"kind":"graph","modulo":[1500,1000],"times":1,"action":{"delayMs":600000}}]}"#);
    let mailboxes = tenant.names(0..1500);
    let request = tenant.journal();
    let stream = tenant.client.mailbox_settings_report(&request).unwrap();
    for name in &mailboxes {
        let line = format!("{}\n", Value::from(name.as_str()));
        assert_eq!(stream.push(line.as_bytes()).unwrap(), line.len());
    }
    let given = take(&tenant.client, &*stream, 200);
    stream.cancel();
    drop(stream);
    tenant.faults(r#"{"rules":[]}"#);

    let (rows, progress) = tenant.run(&request, &mailboxes).unwrap();
    tenant.assert_rows(&rows, 0..1500);
    assert_eq!(&rows[..given.len()], given);
    let recalled = progress["recalled"].as_u64().unwrap();
    assert!(recalled >= given.len() as u64, "{progress}");
    assert_eq!(progress["completed"], 1500);
    assert_eq!(progress["outcomes"], serde_json::json!({"Ok": 1500}));
    let reads = tenant.reads();
    assert!(
        given.iter().enumerate().all(|(index, _)| reads[&(index as u64)] == 1),
        "a row that was given is asked again"
    );
    // In flight (64, or 16 batches of 20) and one group that was not committed.
    let twice = reads.values().filter(|reads| **reads > 1).count();
    assert!(twice <= 320 + 256, "{twice}");
    assert!(reads.values().all(|reads| *reads <= 2));
}

#[test]
fn a_longer_and_reordered_list_resumes() {
    let tenant = Tenant::whole(150);
    tenant.run(&tenant.journal(), &tenant.names(0..100)).unwrap();
    let (rows, progress) = tenant.run(&tenant.journal(), &tenant.names((0..150).rev())).unwrap();
    tenant.assert_rows(&rows, (0..150).rev());
    assert_eq!(progress["recalled"], 100);
    assert!(tenant.reads().values().all(|reads| *reads == 1));
}

#[test]
fn a_journal_of_another_run_is_refused_by_what_differs() {
    let tenant = Tenant::whole(3);
    let mailboxes = tenant.names(0..3);
    tenant.run(&tenant.journal(), &mailboxes).unwrap();
    let mut other = tenant.journal();
    other.report.columns = vec!["TimeZone".into()];
    let error = tenant.run(&other, &mailboxes).unwrap_err();
    assert_eq!(error.status(), Status::JournalMismatch);
    assert!(error.to_string().contains("select"), "{error}");

    let options =
        ClientOptions { client_id: Some("11111111-2222-3333-4444-555555555555".into()), ..tenant.options.clone() };
    let client = Client::new(options).unwrap();
    let stream = client.mailbox_settings_report(&tenant.journal()).unwrap();
    let error = support::drive(&client, &*stream, &mailboxes).unwrap_err();
    assert_eq!(error.status(), Status::JournalMismatch);
    assert!(error.to_string().contains("11111111-2222-3333-4444-555555555555"), "{error}");
    assert_eq!(tenant.requests(), 3);
}

#[test]
fn two_runs_cannot_have_one_journal_at_once() {
    let tenant = Tenant::whole(3);
    let first = tenant.client.mailbox_settings_report(&tenant.journal()).unwrap();
    first.push(format!("\"{}\"\n", tenant.names([0])[0]).as_bytes()).unwrap();
    take(&tenant.client, &*first, 1);
    let error = tenant.run(&tenant.journal(), &tenant.names(0..3)).unwrap_err();
    assert_eq!(error.status(), Status::JournalInUse);
    drop(first);
    tenant.run(&tenant.journal(), &tenant.names(0..3)).unwrap();
}

#[test]
fn error_rows_are_recorded_and_asked_again_only_on_request() {
    let tenant = Tenant::whole(40);
    let mailboxes = tenant.names(0..40);
    tenant.faults(r#"{"rules":[{"kind":"graph","modulo":[10,3],"action":{"status":404,"code":"ErrorItemNotFound"}}]}"#);
    let (first, _) = tenant.run(&tenant.journal(), &mailboxes).unwrap();
    assert_eq!(first[13]["error"]["name"], "NotFound");
    let asked = tenant.requests();
    tenant.faults(r#"{"rules":[]}"#);
    let (second, progress) = tenant.run(&tenant.journal(), &mailboxes).unwrap();
    assert_eq!(second, first);
    assert_eq!((&progress["failed"], &progress["recalled"]), (&4.into(), &40.into()));
    assert_eq!(progress["outcomes"], serde_json::json!({"NotFound": 4, "Ok": 36}));
    assert_eq!(tenant.requests(), asked);
    let again = RunRequest { retry_failed: true, ..tenant.journal() };
    let (third, progress) = tenant.run(&again, &mailboxes).unwrap();
    tenant.assert_rows(&third, 0..40);
    assert_eq!((&progress["failed"], &progress["recalled"]), (&0.into(), &36.into()));
    assert_eq!(tenant.requests(), asked + 4);
}

#[test]
fn duplicates_are_said_and_have_their_rows() {
    let tenant = Tenant::whole(20);
    let mut mailboxes = tenant.names([0, 1, 0, 2]);
    mailboxes.push(mailboxes[1].to_uppercase());
    mailboxes.extend([String::new(), String::new()]);
    let stream = tenant.client.mailbox_settings_report(&request()).unwrap();
    let rows = support::drive(&tenant.client, &*stream, &mailboxes).unwrap();
    assert_eq!(names_of(&rows), mailboxes);
    assert_eq!(rows[0]["TimeZone"], rows[2]["TimeZone"]);
    let events = stream.events();
    let said: Vec<Value> = events
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|event| event["event"] == "duplicate")
        .collect();
    assert_eq!(stream.progress()["duplicates"], 2);
    assert_eq!(said.iter().map(|event| event["row"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 4]);
    assert!(said[0]["message"].as_str().unwrap().contains(&mailboxes[0]), "{events}");
}

#[test]
fn shards_are_the_whole() {
    let tenant = Tenant::whole(200);
    let mailboxes = tenant.names(0..200);
    let mut found: Vec<String> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let request = RunRequest { shard: Some(shard.parse().unwrap()), ..request() };
        let (rows, progress) = tenant.run(&request, &mailboxes).unwrap();
        assert_eq!(progress["otherShards"].as_u64().unwrap() + rows.len() as u64, 200);
        assert!((40..100).contains(&rows.len()), "{}", rows.len());
        found.extend(names_of(&rows).into_iter().map(str::to_owned));
    }
    found.sort();
    let mut wanted = mailboxes;
    wanted.sort();
    assert_eq!(found, wanted);
    assert!(tenant.reads().values().all(|reads| *reads == 1));
}

#[test]
fn a_run_stops_after_as_many_errors_as_it_was_told() {
    let tenant = Tenant::whole(2000);
    tenant.faults(r#"{"rules":[{"kind":"graph","modulo":[20,3],"action":{"status":404,"code":"ErrorItemNotFound"}}]}"#);
    let mailboxes = tenant.names(0..2000);
    let request = RunRequest { stop_after_errors: Some(5), ..tenant.journal() };
    let error = tenant.run(&request, &mailboxes).unwrap_err();
    assert_eq!(error.status(), Status::TooManyErrors);
    assert!(tenant.requests() < 1000, "{}", tenant.requests());
    // What was done is in the journal.
    tenant.faults(r#"{"rules":[]}"#);
    let (rows, progress) = tenant.run(&tenant.journal(), &mailboxes).unwrap();
    assert_eq!((rows.len(), &progress["failed"]), (2000, &5.into()));
    assert!(progress["recalled"].as_u64().unwrap() >= 50, "{progress}");
}

#[test]
fn fifty_refusals_at_the_start_stop_the_run_and_record_nothing() {
    let tenant = Tenant::whole(1000);
    tenant.faults(r#"{"rules":[{"kind":"graph","action":{"status":403,"code":"ErrorAccessDenied"}}]}"#);
    let mailboxes = tenant.names(0..1000);
    for batching in [Batching::Never, Batching::Auto] {
        let before = tenant.requests();
        let error = tenant.run(&RunRequest { batching, ..tenant.journal() }, &mailboxes).unwrap_err();
        assert_eq!(error.status(), Status::AccessDenied);
        assert!(error.to_string().contains("MailboxSettings.Read"), "{error}");
        let asked = tenant.requests() - before;
        assert!(asked < 400, "{asked}");
    }
    tenant.faults(r#"{"rules":[]}"#);
    let (rows, progress) = tenant.run(&tenant.journal(), &mailboxes).unwrap();
    tenant.assert_rows(&rows, 0..1000);
    assert_eq!(progress["recalled"], 0);
}

#[test]
fn refusals_of_a_few_mailboxes_are_their_rows() {
    let tenant = Tenant::whole(30);
    tenant.faults(r#"{"rules":[{"kind":"graph","action":{"status":403,"code":"ErrorAccessDenied"}}]}"#);
    let (rows, progress) = tenant.run(&request(), &tenant.names(0..30)).unwrap();
    assert!(rows.iter().all(|row| row["error"]["name"] == "AccessDenied"));
    assert_eq!((rows.len(), &progress["failed"]), (30, &30.into()));
}

#[test]
fn one_mailbox_is_asked_four_times_at_once_at_most() {
    for batching in [Batching::Never, Batching::Always] {
        let tenant = Tenant::new(Config { mailboxes: 30, broken_percent: 0.0, latency_ms: 10, ..Config::default() });
        let indexes: Vec<u64> = (0..100).map(|line| if line % 4 == 3 { line / 4 } else { 29 }).collect();
        let request = RunRequest { batching, ..request() };
        let (rows, progress) = tenant.run(&request, &tenant.names(indexes.clone())).unwrap();
        tenant.assert_rows(&rows, indexes);
        assert_eq!(progress["throttled"], 0);
        assert_eq!(tenant.emulator.state().statuses.get(&429), None);
        assert_eq!(tenant.reads()[&29], 75);
    }
}

#[test]
fn batches_keep_the_order_and_retry_each_mailbox_on_its_own() {
    let tenant = Tenant::new(Config {
        mailboxes: 2000,
        throttle_percent: 2.0,
        throttle_seconds: 0.02,
        broken_percent: 0.0,
        ..Config::default()
    });
    let (rows, progress) = tenant.run(&request(), &tenant.names(0..2000)).unwrap();
    tenant.assert_rows(&rows, 0..2000);
    let state = tenant.emulator.state();
    assert!(state.requests_of("batch") >= 50, "{:?}", state.requests);
    assert_eq!(progress["batches"], state.requests_of("batch"));
    assert!(progress["throttled"].as_u64().unwrap() >= 20, "{progress}");
    assert!(state.by_mailbox.values().all(|reads| *reads <= 2));

    let before = state.requests_of("batch");
    let singly = RunRequest { batching: Batching::Never, ..request() };
    tenant.run(&singly, &tenant.names(0..100)).unwrap();
    assert_eq!(tenant.emulator.state().requests_of("batch"), before);
}

#[test]
fn a_service_that_refuses_batches_gets_single_requests() {
    let tenant = Tenant::whole(300);
    tenant.faults(r#"{"rules":[{"kind":"batch","action":{"status":403,"code":"Forbidden"}}]}"#);
    let (rows, progress) = tenant.run(&request(), &tenant.names(0..300)).unwrap();
    tenant.assert_rows(&rows, 0..300);
    assert_eq!(progress["failed"], 0);
    assert!(tenant.emulator.state().requests_of("batch") <= 4);
    assert!(tenant.reads().values().all(|reads| *reads == 1));
}

#[test]
fn a_throttled_batch_makes_smaller_ones() {
    let tenant = Tenant::whole(400);
    tenant.faults(
        r#"{"rules":[{"kind":"batch","times":3,"action":{"status":429,"code":"TooManyRequests","retryAfter":"0.01"}}]}"#,
    );
    let (rows, progress) = tenant.run(&request(), &tenant.names(0..400)).unwrap();
    tenant.assert_rows(&rows, 0..400);
    assert!(progress["throttled"].as_u64().unwrap() > 0, "{progress}");
    assert!(tenant.reads().values().all(|reads| *reads == 1));
}

#[test]
fn completion_order_has_every_row_once() {
    let tenant = Tenant::whole(300);
    let mut request = tenant.journal();
    request.limits.order = Order::Completion;
    let (rows, _) = tenant.run(&request, &tenant.names(0..300)).unwrap();
    let mut names: Vec<String> = names_of(&rows).into_iter().map(str::to_owned).collect();
    names.sort();
    let mut wanted = tenant.names(0..300);
    wanted.sort();
    assert_eq!(names, wanted);
}

#[cfg(unix)]
#[test]
fn a_journal_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let tenant = Tenant::whole(3);
    let request = tenant.journal();
    tenant.run(&request, &tenant.names(0..3)).unwrap();
    let path: &Path = request.journal.as_deref().unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}
