//! Parts of mailboxes as items: reports over many mailboxes, and changes of single items, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]
#![allow(clippy::needless_pass_by_value, reason = "json! stands in the call")]

mod changes;
mod delta;
mod desired_state;
mod inbox_rules;
mod killed;
mod message_export;
mod messages;
mod model;
mod photos;
mod purge;
mod reports;
#[path = "../support/mod.rs"]
mod support;
mod synced;
mod synced_proof;

use std::sync::Arc;

use exrun::client::{Client, ClientOptions, GraphRequest, ItemsOptions, MailboxItems, RunRequest};
use exrun::error::Error;
use exrun::facet::{Change, Facet, Item, Mode, Scope, Wanted};
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator, FaultScript};
use serde_json::Value;
use support::{QuickClock, TestCertificate, start};

/// The changes after which `have`, a mailbox's items, is as `wanted` says; the first error where there is one.
fn compare(
    facet: &dyn Facet,
    wanted: &[Item],
    have: &[Item],
    mode: Mode,
    scope: Option<&Scope>,
) -> Result<Vec<Change>, Error> {
    let wanted = Wanted::new(facet, wanted.to_vec(), mode, scope.cloned())?;
    wanted.differences(facet, have).into_iter().map(|difference| difference.change).collect()
}

struct Tenant {
    emulator: Emulator,
    client: Client,
    certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        Self::of(Config { mailboxes, ..Config::default() })
    }

    /// Without mailboxes that answer with an error.
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

    fn run(&self, request: &MailboxItems, lines: Vec<Value>) -> Result<Vec<Value>, Error> {
        let stream = self.client.mailbox_items_report(request)?;
        support::drive_lines(&self.client, &*stream, lines)
    }

    /// The rows of the first mailboxes.
    fn rows(&self, request: &MailboxItems, mailboxes: u64) -> Vec<Value> {
        self.run(request, self.upns(mailboxes)).unwrap()
    }

    fn graph(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, Error> {
        let client = self.client.clone();
        let request = GraphRequest { method: method.into(), path: path.into(), body, ..GraphRequest::default() };
        support::block_on(async move { client.graph_request(&request, &support::context()).await })
    }

    /// A PUT of a photo.
    fn put_photo(&self, path: &str, body: Value) {
        let client = self.client.clone();
        let (method, path) = ("PUT".into(), path.into());
        let headers = vec![("Content-Type".to_owned(), "image/jpeg".to_owned())];
        let request = GraphRequest { method, path, headers, body: Some(body), ..GraphRequest::default() };
        support::block_on(async move { client.graph_request(&request, &support::context()).await }).unwrap();
    }

    /// Those of a mailbox among rows.
    fn own<'r>(&self, rows: &'r [Value], index: u64) -> Vec<&'r Value> {
        rows.iter().filter(|row| row["MailboxName"] == self.upn(index).as_str()).collect()
    }
}

fn json_lines() -> RunRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }.into()
}

fn report(facet: &str) -> MailboxItems {
    MailboxItems { run: json_lines(), facet: facet.to_owned(), ..MailboxItems::default() }
}

fn with_own_domains() -> ItemsOptions {
    ItemsOptions {
        internal_domains: vec!["contoso.com".into(), "contoso.onmicrosoft.com".into()],
        ..ItemsOptions::default()
    }
}
