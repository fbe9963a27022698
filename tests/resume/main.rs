//! Runs that go on with their journal, whatever became of the list meanwhile: a record belongs to the request that a
//! line makes of its mailbox, and to no other.
#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "../support/mod.rs"]
mod support;

mod keys;
mod lists;
mod model;

use std::path::PathBuf;
use std::sync::Arc;

use exrun::client::{Client, ClientOptions, MailboxRequests, RunRequest};
use exrun::error::Error;
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::{Value, json};
use support::{QuickClock, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    folder: tempfile::TempDir,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new() -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes: 8, broken_percent: 0.0, ..Config::default() });
        let options = ClientOptions { clock: Arc::new(QuickClock::default()), ..options };
        let folder = tempfile::tempdir().unwrap();
        Self { emulator, client: Client::new(options).unwrap(), folder, _certificate: certificate }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn upn(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    fn faults(&self, rules: &Value) {
        let script: FaultScript = serde_json::from_value(json!({"rules": rules})).unwrap();
        self.emulator.set_faults(script);
    }

    /// A run with the journal `run.db`.
    fn run(&self) -> RunRequest {
        let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
        RunRequest { journal: Some(self.file("run.db")), ..report.into() }
    }

    /// One that tries failures again.
    fn retry(&self) -> RunRequest {
        RunRequest { retry_failed: true, ..self.run() }
    }

    fn requests(&self, request: &MailboxRequests, lines: &[Value]) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_requests(request)?;
        support::drive_lines(&self.client, &*stream, lines.iter().cloned())
    }

    /// Makes a message of each line's own body.
    fn post(&self, run: RunRequest, lines: &[Value]) -> Vec<Value> {
        let request =
            MailboxRequests { run, method: "POST".into(), path: Some("messages".into()), ..Default::default() };
        self.requests(&request, lines).unwrap()
    }

    /// The subjects that were sent so far, in order: those of a run go side by side.
    fn sent(&self) -> Vec<String> {
        let subject = |body: &str| serde_json::from_str::<Value>(body).unwrap()["subject"].as_str().unwrap().to_owned();
        let mut sent: Vec<String> = self.emulator.writes().iter().map(|write| subject(&write.body)).collect();
        sent.sort();
        sent
    }
}

/// A line of input with a body of its own.
fn line(mailbox: &str, subject: &str) -> Value {
    json!({"MailboxName": mailbox, "@body": {"subject": subject}})
}

/// Refuses what has this subject.
fn refuse(subject: &str) -> Value {
    json!([{"kind": "write", "bodyContains": subject, "action": {"status": 400, "code": "ErrorInvalidRequest"}}])
}

fn subjects(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["subject"].as_str().unwrap_or_else(|| row["error"]["name"].as_str().unwrap())).collect()
}
