//! Microsoft's own Graph clients against the emulator: what they sign in with, list, read, change and batch, what they make
//! of its errors, and what they read of what ExRun has written. They are installed from tests/interop by what is pinned
//! there.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "support/interop.rs"]
mod interop;
#[path = "support/programs.rs"]
mod programs;
mod support;

use std::path::Path;
use std::process::Command;

use exrun::client::{
    Client, ClientOptions, ContactSource, ContactSync, Credential, EventOptions, EventSource, EventSync, GraphRequest,
    ItemsOptions, MailboxItems, MessageAction, MessageCriteria, PlanApply, RunRequest, StatePlan,
};
use exrun::rows::{Format, ReportRequest};
use exrun_emulator::{Config, Emulator, config::DEFAULT_ROLES};
use interop::{reference, run};
use programs::{node, python_with};
use serde_json::{Value, json};
use support::{APP, TENANT, block_on, context, drive_lines};

/// What every one of them is to do, in the words that it prints.
const HELD: [&str; 11] = [
    "sign-in by secret",
    "sign-in by certificate",
    "sign-in by certificate with chain",
    "sign-in by assertion",
    "a wrong secret is told as 7000215",
    "users over all pages",
    "settings read and changed",
    "rules written, read back and deleted",
    "a batch of 20",
    "an error is a GraphError",
    "vault secrets",
];

/// What is read of what was written.
const READ: [&str; 8] = [
    "settings",
    "inbox rules",
    "calendar permissions",
    "categories",
    "mail folders",
    "contacts with their keys",
    "events",
    "messages that were moved",
];

const USERS: u64 = 250;
const KEY: &str = "String {3ad591df-00fa-4bdf-b7fd-5d68e0e5f311} Name ExRunKey";

#[test]
fn the_graph_client_for_node_works_against_the_emulator() {
    let Some(node) = node() else { return };
    let (emulator, _files, mut input) =
        reference(Config { mailboxes: USERS, broken_percent: 0.0, ..Config::default() });
    input["users"] = json!(USERS);
    let held = run(&node, "graph_client.mjs", &input, &[("NODE_EXTRA_CA_CERTS", emulator.ca_file())]);
    assert_eq!(held, HELD);
}

/// One mailbox, written by plans of the library.
struct Written {
    emulator: Emulator,
    client: Client,
    files: tempfile::TempDir,
    input: Value,
}

impl Written {
    fn new(config: Config) -> Self {
        let (emulator, files, input) = reference(Config { mailboxes: 1, broken_percent: 0.0, ..config });
        let client = Client::new(ClientOptions {
            tenant_id: Some(TENANT.to_owned()),
            client_id: Some(APP.to_owned()),
            credential: Some(Credential::CertificateFile { path: files.path().join("app.pfx"), password: None }),
            connect_to: Some(emulator.addr()),
            ca_file: Some(emulator.ca_file().to_owned()),
            ..ClientOptions::default()
        });
        Self { emulator, client: client.unwrap(), files, input }
    }

    fn mailbox(&self) -> [Value; 1] {
        [self.emulator.population().upn(0).into()]
    }

    fn carry_out(&self, plan: &Path) {
        let apply = PlanApply { plan: plan.to_owned(), ..PlanApply::default() };
        let stream = self.client.plan_apply(&RunRequest { maximum: Some(1000), ..json_lines() }, &apply).unwrap();
        let rows = drive_lines(&self.client, &*stream, []).unwrap();
        assert!(!rows.is_empty() && rows.iter().all(|row| row["Outcome"] == "Done"), "{rows:?}");
    }

    /// All that ExRun writes in one mailbox.
    fn write(&self) {
        let plan = self.files.path().join("plan.jsonl");
        let plan_file = Some(plan.clone());
        let state = json!({
            "settings": {"items": {"timeZone": "Tokyo Standard Time",
                "workingHours": {"startTime": "09:30", "daysOfWeek": ["monday", "friday"]}}},
            "inboxRules": {"items": [{"displayName": "Corp Newsletter", "sequence": 20, "isEnabled": true,
                "conditions": {"senderContains": ["news@contoso.com"]},
                "actions": {"markAsRead": true, "forwardTo": [{"emailAddress": {"address": "kim@contoso.com"}}]}}]},
            "calendarPermissions": {"items": [{"emailAddress": {"address": "kim@contoso.com"}, "role": "read"}]},
            "categories": {"items": [{"displayName": "Corp Customer", "color": "preset4"}]},
            "mailFolders": {"items": [{"path": "Projects"}, {"path": "Projects/2027"}]},
        });
        let request = StatePlan { run: json_lines(), state, include_empty: false, plan_file: plan_file.clone() };
        let stream = self.client.mailbox_state_plan(&request).unwrap();
        drive_lines(&self.client, &*stream, self.mailbox()).unwrap();
        self.carry_out(&plan);

        let people = json!([{"Key": "E1", "First Name": "Lee", "Last Name": "Miller", "E-mail Address": "lee@contoso.com",
            "Job Title": "Chief", "Business Phone": "+49 30 1", "Business City": "Berlin"}]);
        let request = ContactSync {
            run: json_lines(),
            contacts: ContactSource::List(people),
            folder: "Company".into(),
            key_column: None,
            remove_others: false,
            allow_empty: false,
            include_empty: false,
            plan_file: plan_file.clone(),
        };
        let stream = self.client.contact_sync_plan(&request).unwrap();
        drive_lines(&self.client, &*stream, self.mailbox()).unwrap();
        self.carry_out(&plan);

        let events = json!([{"Subject": "New year", "Date": "2027-01-01"},
            {"Subject": "Duty", "Start": "2027-03-01T22:00", "End": "2027-03-02T06:00", "TimeZone": "Europe/Berlin"}]);
        let request = EventSync {
            run: json_lines(),
            events: EventSource::List(events),
            name: "Holidays".into(),
            options: EventOptions::default(),
            allow_empty: false,
            include_empty: false,
            plan_file: plan_file.clone(),
        };
        let stream = self.client.event_sync_plan(&request).unwrap();
        drive_lines(&self.client, &*stream, self.mailbox()).unwrap();
        self.carry_out(&plan);

        let eve = json!({"internetMessageId": "<4711@evil.example>", "subject": "invoice",
            "from": {"emailAddress": {"name": "Eve", "address": "eve@evil.example"}}});
        self.emulator.plant(0, &eve, &Value::Null).unwrap();
        let messages = MessageCriteria {
            sender: Some("eve@evil.example".to_owned()),
            action: Some(MessageAction::SoftDelete),
            ..MessageCriteria::default()
        };
        let options = ItemsOptions { messages, ..ItemsOptions::default() };
        let request = MailboxItems {
            run: json_lines(),
            facet: "messages".to_owned(),
            options,
            plan_file,
            ..MailboxItems::default()
        };
        let stream = self.client.mailbox_items_report(&request).unwrap();
        drive_lines(&self.client, &*stream, self.mailbox()).unwrap();
        self.carry_out(&plan);
    }
}

fn json_lines() -> RunRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }.into()
}

#[test]
fn the_graph_sdk_for_python_reads_what_was_written() {
    let Some(python) = python_with("msgraph") else { return };
    let written = Written::new(Config::default());
    written.write();
    let mut input = written.input.clone();
    input["token"] = written.emulator.graph_token(&DEFAULT_ROLES).into();
    input["user"] = written.emulator.population().id(0).into();
    input["key"] = KEY.into();
    input["value"] = "E1".into();
    assert_eq!(run(&python, "graph_sdk.py", &input, &[]), READ);
}

/// What `Jobs.Tests.ps1` has judged for every job is found wrong where it is: the same library with requests that somebody got
/// wrong, and no fault in all that it writes by itself.
#[test]
fn requests_that_graph_does_not_know_are_found() {
    let Some(python) = python_with("msgraph") else { return };
    let folder = tempfile::tempdir().unwrap();
    let requests = folder.path().join("requests.jsonl");
    let written = Written::new(Config { requests_file: Some(requests.clone()), ..Config::default() });
    written.write();

    let (rules, categories) = ("mailFolders/inbox/messageRules", "outlook/masterCategories");
    let rule = |actions: Value| json!({"displayName": "A", "sequence": 1, "actions": actions});
    let wrong = [
        ("GET", "mailFolders/inbox/messageRulez", Value::Null, "there is no such path"),
        ("PATCH", "messages/x/move", json!({"destinationId": "inbox"}), "the path knows POST"),
        ("GET", "messages?$selec=id", Value::Null, "the query has $selec"),
        (
            "GET",
            "messages?$select=id,bodyPreviev",
            Value::Null,
            "$select names bodyPreviev, which is no member of Message",
        ),
        ("GET", "messages?$filter=from/emailAddress/adress eq 'a'", Value::Null, "$filter names adress"),
        (
            "GET",
            "contacts?$expand=singleValueProperties($filter=id eq 'a')",
            Value::Null,
            "$expand names singleValueProp",
        ),
        ("POST", categories, json!({"displayname": "A"}), "body.displayname is no member of OutlookCategory"),
        ("POST", categories, json!({"displayName": 1}), "body.displayName is 1 and must be text"),
        ("POST", categories, json!({"displayName": "A", "color": "red"}), "body.color is \"red\" and must be one of"),
        (
            "POST",
            rules,
            rule(json!({"markAsRead": "yes"})),
            "body.actions.markAsRead is \"yes\" and must be true or false",
        ),
        (
            "POST",
            rules,
            rule(json!({"forwardTo": ["kim"]})),
            "body.actions.forwardTo[0] is \"kim\" and must be an object",
        ),
        ("PATCH", "mailboxSettings", json!({"workingHours": {"startTime": 9}}), "must be a time of the day"),
    ];
    for (method, path, body, _) in &wrong {
        let client = written.client.clone();
        let path = format!("users/{}/{path}", written.emulator.population().id(0));
        let body = Some(body.clone()).filter(|body| !body.is_null());
        let request = GraphRequest { method: (*method).into(), path, body, ..GraphRequest::default() };
        // The emulator refuses it too, or takes it where it is less strict: that is not what is asked here.
        let _ = block_on(async move { client.graph_request(&request, &context()).await });
    }
    let judge = interop::folder().join("graph_requests.py");
    let output = Command::new(python).arg("-B").arg(judge).arg(&requests).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "{said}");
    for (.., fault) in &wrong {
        assert_eq!(said.matches(fault).count(), 1, "{fault}: {said}");
    }
    // And in nothing else.
    assert_eq!(said.lines().count(), wrong.len() + 1, "{said}");
}
