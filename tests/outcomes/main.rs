//! What became of a write whose answer says too little: sent again only where nothing happened, else looked up or left
//! to the caller.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod go_away;
mod replies;
#[path = "../support/mod.rs"]
mod support;
mod verify;
mod work;

use std::sync::Arc;

use exrun::client::{Client, ClientOptions, GraphRequest, MailboxRequests, RunRequest};
use exrun::error::Error;
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::{Value, json};
use support::{QuickClock, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    clock: Arc<QuickClock>,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes, broken_percent: 0.0, ..Config::default() });
        let clock = Arc::<QuickClock>::default();
        let options = ClientOptions { clock: Arc::clone(&clock) as _, ..options };
        Self { emulator, client: Client::new(options).unwrap(), clock, _certificate: certificate }
    }

    /// The first request of its kind and method meets `action`.
    fn fault(&self, method: &str, action: &Value) {
        self.faults(&json!([{"kind": "write", "method": method, "times": 1, "action": action}]));
    }

    fn faults(&self, rules: &Value) {
        self.emulator.set_faults(serde_json::from_value::<FaultScript>(json!({"rules": rules})).unwrap());
    }

    fn upn(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    fn run(&self, request: &MailboxRequests, lines: impl IntoIterator<Item = Value>) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_requests(request)?;
        support::drive_lines(&self.client, &*stream, lines)
    }

    /// The one row of a run over the first mailbox.
    fn row(&self, request: &MailboxRequests) -> Value {
        let mut rows = self.run(request, [self.upn(0).into()]).unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    fn graph(&self, request: GraphRequest) -> Result<Value, Error> {
        let client = self.client.clone();
        support::block_on(async move { client.graph_request(&request, &support::context()).await })
    }

    /// Things made in the first mailbox.
    fn created(&self) -> u64 {
        self.emulator.state().created_by_mailbox.get(&0).copied().unwrap_or(0)
    }

    /// Writes to the first mailbox.
    fn writes(&self) -> u64 {
        self.emulator.state().writes_by_mailbox.get(&0).copied().unwrap_or(0)
    }
}

fn request(method: &str, path: &str, body: Option<Value>) -> MailboxRequests {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    let run: RunRequest = report.into();
    MailboxRequests { run, method: method.into(), path: Some(path.into()), body, ..MailboxRequests::default() }
}
