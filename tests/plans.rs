//! Plans of changes: made, filtered, done, resumed, audited and taken back, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use exrun::client::{Client, ClientOptions, GraphRequest, Limits, PlanApply, RunRequest, SettingsWrite};
use exrun::error::{Error, Status};
use exrun::plan::{ChangeKind, PlanLine, PlannedRequest, Precondition};
use exrun::rows::{Format, Next, OutFile, ReportRequest, RowStream};
use exrun::runner::Batching;
use exrun::runs::verify_audit;
use exrun_emulator::{Config, Emulator, FaultScript};
use http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{QuickClock, TENANT, TestCertificate, start};

struct Tenant {
    emulator: Emulator,
    client: Client,
    folder: tempfile::TempDir,
    _certificate: TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        Self::of(Config { mailboxes, ..Config::default() })
    }

    fn of(config: Config) -> Self {
        let (emulator, certificate, options) = start(Config { broken_percent: 0.0, ..config });
        let client = Client::new(ClientOptions { clock: Arc::new(QuickClock::default()), ..options }).unwrap();
        Self { emulator, client, folder: tempfile::tempdir().unwrap(), _certificate: certificate }
    }

    fn faults(&self, rules: &Value) {
        self.emulator.set_faults(serde_json::from_value::<FaultScript>(json!({"rules": rules})).unwrap());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn upn(&self, index: u64) -> String {
        self.emulator.population().upn(index)
    }

    fn count(&self) -> u64 {
        self.emulator.population().count
    }

    fn graph(&self, method: &str, path: String, body: Option<Value>) -> Result<Value, Error> {
        let client = self.client.clone();
        let request = GraphRequest { method: method.into(), path, body, ..GraphRequest::default() };
        support::block_on(async move { client.graph_request(&request, &support::context()).await })
    }

    fn get(&self, index: u64, path: &str) -> Value {
        self.graph("GET", format!("users/{}/{path}", self.upn(index)), None).unwrap()
    }

    /// The messages of a mailbox, by their ids.
    fn messages(&self, index: u64) -> Vec<String> {
        let page = self.get(index, "messages?$select=id&$top=1000");
        page["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    fn write_plan(&self, name: &str, lines: &[PlanLine]) -> PathBuf {
        let header = json!({"exrunPlan": 1, "tenant": TENANT}).to_string();
        let text: Vec<String> = std::iter::once(header).chain(lines.iter().map(PlanLine::to_text)).collect();
        let path = self.path(name);
        fs::write(&path, text.join("\n") + "\n").unwrap();
        path
    }

    /// Plans settings for every mailbox.
    fn plan_settings(&self, name: &str, settings: Value) -> (PathBuf, Vec<Value>) {
        let path = self.path(name);
        let write =
            SettingsWrite { settings: Some(settings), plan_file: Some(path.clone()), ..SettingsWrite::default() };
        let stream = self.client.mailbox_settings_apply(&run(), &write).unwrap();
        let lines = (0..self.count()).map(|index| self.upn(index).into());
        (path, support::drive_lines(&self.client, &*stream, lines).unwrap())
    }

    fn apply(&self, plan: &Path) -> Result<Vec<Value>, Error> {
        self.apply_with(&run(), &PlanApply { plan: plan.to_owned(), ..PlanApply::default() })
    }

    fn apply_with(&self, run: &RunRequest, apply: &PlanApply) -> Result<Vec<Value>, Error> {
        let stream = self.client.plan_apply(run, apply)?;
        support::drive_lines(&self.client, &*stream, [])
    }

    fn all_settings(&self) -> Vec<Value> {
        (0..self.count()).map(|index| self.emulator.settings(index)).collect()
    }

    fn writes(&self) -> u64 {
        self.emulator.state().writes_by_mailbox.values().sum()
    }

    fn audited(&self, name: &str) -> Value {
        verify_audit(&self.path(name), None, &support::context().cancel).unwrap()
    }
}

fn run() -> RunRequest {
    RunRequest {
        report: ReportRequest { format: Format::JsonLines, ..ReportRequest::default() },
        maximum: Some(1_000_000),
        ..RunRequest::default()
    }
}

fn lines_of(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn outcomes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["Outcome"].as_str().unwrap()).collect()
}

/// A message is deleted.
fn deletion(mailbox: &str, id: &str, subject: &Value) -> PlanLine {
    PlanLine {
        mailbox: mailbox.to_owned(),
        mailbox_id: None,
        facet: "messages".to_owned(),
        key: id.to_owned(),
        change: ChangeKind::Remove,
        from: json!({"subject": subject}),
        to: Value::Null,
        within: Vec::new(),
        request: PlannedRequest::new(&Method::DELETE, format!("messages/{id}"), None),
        precondition: Precondition { path: format!("messages/{id}?$select=subject"), ..Precondition::default() },
        inverse: None,
        then: None,
        sum: None,
    }
}

/// A message gets another subject.
fn renaming(mailbox: &str, id: &str, from: &str, to: &str) -> PlanLine {
    let (path, body) = (format!("messages/{id}"), |subject: &str| json!({"subject": subject}));
    PlanLine {
        change: ChangeKind::Change,
        from: body(from),
        to: body(to),
        within: Vec::new(),
        request: PlannedRequest::new(&Method::PATCH, path.clone(), Some(body(to))),
        inverse: Some(PlannedRequest::new(&Method::PATCH, path, Some(body(from)))),
        ..deletion(mailbox, id, &Value::Null)
    }
}

/// An event is made, and known by its subject.
fn creation(mailbox: &str, subject: &str) -> PlanLine {
    let event = json!({
        "subject": subject,
        "start": {"dateTime": "2026-12-24T00:00:00", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-25T00:00:00", "timeZone": "UTC"},
    });
    PlanLine {
        mailbox: mailbox.to_owned(),
        mailbox_id: None,
        facet: "events".to_owned(),
        key: subject.to_owned(),
        change: ChangeKind::Create,
        from: Value::Null,
        to: event.clone(),
        within: Vec::new(),
        request: PlannedRequest::new(&Method::POST, "events", Some(event)),
        precondition: Precondition {
            path: "events?$top=1000".to_owned(),
            among: json!({"subject": subject}).as_object().cloned(),
            ..Precondition::default()
        },
        inverse: Some(PlannedRequest::new(&Method::DELETE, "events/{id}", None)),
        then: None,
        sum: None,
    }
}

#[test]
fn a_plan_of_settings_gives_the_state_that_the_command_gives_and_its_undo_plan_the_one_before() {
    let wanted = json!({
        "timeZone": "Tokyo Standard Time", "language": {"locale": "ja-JP"},
        "workingHours": {"startTime": "9:30", "daysOfWeek": ["Tuesday", "monday"]},
        "automaticRepliesSetting": {"status": "Scheduled", "internalReplyMessage": "Away",
            "scheduledStartDateTime": {"dateTime": "2026-12-24T00:00", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-12-28T00:00", "timeZone": "UTC"}},
    });
    let (by_plan, by_command) = (Tenant::new(12), Tenant::new(12));
    let before = by_plan.all_settings();
    let (plan, rows) = by_plan.plan_settings("plan.jsonl", wanted.clone());
    assert!(rows.iter().all(|row| row["Outcome"] == "WouldChange"), "{rows:?}");
    assert_eq!((by_plan.writes(), by_plan.all_settings()), (0, before.clone()));
    let planned = lines_of(&plan);
    assert_eq!(planned.len(), 13);
    assert_eq!(planned[0]["counts"], json!({"create": 0, "change": 12, "remove": 0}));
    assert_eq!(planned[0]["tenant"], TENANT);

    let apply = PlanApply { plan, undo_plan: Some(by_plan.path("undo.jsonl")), ..PlanApply::default() };
    let rows = by_plan.apply_with(&run(), &apply).unwrap();
    assert_eq!(outcomes(&rows), ["Done"; 12]);
    let write = SettingsWrite { settings: Some(wanted.clone()), ..SettingsWrite::default() };
    let stream = by_command.client.mailbox_settings_apply(&run(), &write).unwrap();
    support::drive_lines(&by_command.client, &*stream, (0..12).map(|index| by_command.upn(index).into())).unwrap();
    assert_eq!(by_plan.all_settings(), by_command.all_settings());

    // Nothing is left to plan, and a second time changes nothing.
    assert_eq!(lines_of(&by_plan.plan_settings("again.jsonl", wanted).0).len(), 1);
    let writes = by_plan.writes();
    assert_eq!(outcomes(&by_plan.apply(&apply.plan).unwrap()), ["Unchanged"; 12]);
    assert_eq!(by_plan.writes(), writes);

    let undone = by_plan.apply(&by_plan.path("undo.jsonl")).unwrap();
    assert_eq!(outcomes(&undone), ["Done"; 12]);
    assert_eq!(by_plan.all_settings(), before);
}

fn some_settings() -> impl Strategy<Value = Value> {
    let zone = prop::sample::select(vec!["UTC", "Tokyo Standard Time", "Europe/Berlin", "W. Europe Standard Time"]);
    let locale = prop::sample::select(vec!["de-DE", "ja-JP", "en-US"]);
    let format = prop::sample::select(vec!["dd.MM.yyyy", "yyyy/MM/dd", "M/d/yyyy"]);
    let hours = (0_u32..12, 12_u32..24).prop_map(|(start, end)| {
        json!({"startTime": format!("{start:02}:00:00.0000000"), "endTime": format!("{end:02}:00:00.0000000")})
    });
    let reply = (any::<bool>(), "[a-z<>&\" ]{0,12}").prop_map(|(always, text)| {
        json!({"status": if always { "alwaysEnabled" } else { "disabled" }, "internalReplyMessage": format!("x{text}")})
    });
    (
        prop::option::of(zone),
        prop::option::of(locale),
        prop::option::of(format),
        prop::option::of(hours),
        prop::option::of(reply),
    )
        .prop_map(|(zone, locale, format, hours, reply)| {
            let mut settings = json!({"timeFormat": "HH:mm"});
            if let Some(zone) = zone {
                settings["timeZone"] = zone.into();
            }
            if let Some(locale) = locale {
                settings["language"] = json!({"locale": locale});
            }
            if let Some(format) = format {
                settings["dateFormat"] = format.into();
            }
            if let Some(hours) = hours {
                settings["workingHours"] = hours;
            }
            if let Some(reply) = reply {
                settings["automaticRepliesSetting"] = reply;
            }
            settings
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_planned_and_done_leaves_no_drift_and_is_taken_back_to_the_letter(
        states in prop::collection::vec(some_settings(), 5), wanted in some_settings(),
    ) {
        let tenant = Tenant::new(5);
        let stream = tenant.client.mailbox_settings_apply(&run(), &SettingsWrite::default()).unwrap();
        let lines = states.iter().zip(0..).map(|(state, index)| {
            json!({"MailboxName": tenant.upn(index), "@settings": state})
        });
        support::drive_lines(&tenant.client, &*stream, lines).unwrap();
        let before = tenant.all_settings();
        let (plan, _) = tenant.plan_settings("plan.jsonl", wanted.clone());
        let undo_plan = Some(tenant.path("undo.jsonl"));
        let rows = tenant.apply_with(&run(), &PlanApply { plan, undo_plan, ..PlanApply::default() }).unwrap();
        prop_assert!(rows.iter().all(|row| row["Outcome"] == "Done"), "{:?}", rows);
        prop_assert_eq!(lines_of(&tenant.plan_settings("again.jsonl", wanted).0).len(), 1);
        if tenant.path("undo.jsonl").exists() {
            tenant.apply(&tenant.path("undo.jsonl")).unwrap();
        }
        prop_assert_eq!(tenant.all_settings(), before);
    }
}

#[test]
fn what_is_made_changed_and_removed_is_taken_back_from_its_end() {
    let tenant = Tenant::new(3);
    let (kim, ids) = (tenant.upn(0), tenant.messages(0));
    let subject = tenant.get(0, &format!("messages/{}", ids[0]))["subject"].as_str().unwrap().to_owned();
    let plan = tenant.write_plan(
        "plan.jsonl",
        &[
            renaming(&kim, &ids[0], &subject, "second"),
            renaming(&kim, &ids[0], "second", "third"),
            creation(&kim, "Day off"),
            creation(&tenant.upn(1), "Day off"),
        ],
    );
    let undo_plan = Some(tenant.path("undo.jsonl"));
    let rows = tenant.apply_with(&run(), &PlanApply { plan, undo_plan, ..PlanApply::default() }).unwrap();
    assert_eq!(outcomes(&rows), ["Done"; 4]);
    let of_rows: Vec<&Value> = rows.iter().map(|row| &row["Line"]).collect();
    assert_eq!(json!(of_rows), json!([2, 3, 4, 5]));
    assert_eq!(
        (&rows[0]["MailboxName"], &rows[0]["Facet"], &rows[0]["Change"]),
        (&json!(kim), &json!("messages"), &json!("Change"))
    );
    assert_eq!(tenant.get(0, &format!("messages/{}", ids[0]))["subject"], "third");
    let days_off = |index| tenant.get(index, "events?$filter=subject eq 'Day off'")["value"].as_array().unwrap().len();
    assert_eq!((days_off(0), days_off(1)), (1, 1));

    let undone = tenant.apply(&tenant.path("undo.jsonl")).unwrap();
    assert_eq!(outcomes(&undone), ["Done"; 4]);
    assert_eq!(tenant.get(0, &format!("messages/{}", ids[0]))["subject"], subject.as_str());
    assert_eq!((days_off(0), days_off(1)), (0, 0));
    // A second time there is nothing to take back.
    let again = tenant.apply(&tenant.path("undo.jsonl")).unwrap();
    assert!(
        outcomes(&again).iter().all(|outcome| ["Unchanged", "AlreadyGone", "Drifted"].contains(outcome)),
        "{again:?}"
    );
}

#[test]
fn a_line_that_cannot_be_done_is_refused_by_its_number_before_anything_is_sent() {
    let tenant = Tenant::new(2);
    let kim = tenant.upn(0);
    let good = renaming(&kim, "AAMk1", "a", "b");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(&good.to_text()).unwrap();
        line.as_object_mut().unwrap().remove("sum");
        change(&mut line);
        line.to_string()
    };
    let request = |name: &'static str, value: Value| with(&move |line| line["request"][name] = value.clone());
    let cases = [
        ("{".to_owned(), "not JSON"),
        ("[]".to_owned(), "is an object"),
        ("{\"mailbox\":\"x\",\"mailbox\":\"y\"}".to_owned(), "mailbox is there twice"),
        (good.to_text().replace("\"b\"", "\"c\""), "not as it was written"),
        (with(&|line| line["extra"] = 1.into()), "unknown field `extra`"),
        (with(&|line| line["change"] = "rename".into()), "rename"),
        (with(&|line| line["mailbox"] = " ".into()), "blank"),
        (with(&|line| line["key"] = "".into()), "key: is blank"),
        (with(&|line| line["to"] = Value::Null), "has from and to"),
        (with(&|line| line["precondition"] = json!({})), "missing field `path`"),
        (with(&|line| line["precondition"]["path"] = "../users".into()), "precondition.path"),
        (with(&|line| line["inverse"]["path"] = "messages/{id}".into()), "{id} is of what is created"),
        (request("method", "GET".into()), "a GET changes nothing"),
        (request("method", "TRACE".into()), "must be one of"),
        (request("path", "".into()), "nothing that a mailbox holds"),
        (request("path", "/admin".into()), "begins with a slash"),
        (request("path", "https://graph.microsoft.com/v1.0/users/x".into()), "is a URL"),
        (request("path", "messages/../../kim".into()), "leads elsewhere"),
        (request("path", "messages/%2e%2e/x".into()), "leads elsewhere"),
        (request("path", "manager/$ref".into()), "nothing that a mailbox holds"),
        (request("path", "authentication/methods/x".into()), "nothing that a mailbox holds"),
        (request("path", "messages".into()), "a whole collection"),
        (request("path", "mailFolders/inbox".into()), "a folder that every mailbox has"),
        (with(&|line| line["request"] = json!({"method": "POST", "path": "sendMail"})), "nothing that a mailbox holds"),
        (with(&|line| line["request"] = json!({"method": "POST", "path": "messages/x/send"})), "sends something"),
        (with(&|line| line["request"] = json!({"method": "POST", "path": "messages/x/%73end"})), "sends something"),
        (request("headers", json!({"Authorization": "Bearer x"})), "Authorization is for the library"),
        (request("headers", json!({"X-HTTP-Method-Override": "DELETE"})), "for the library"),
        (request("body", json!({})), "asks for nothing"),
    ];
    for (bad, part) in cases {
        let path = tenant.path("plan.jsonl");
        let header = json!({"exrunPlan": 1, "tenant": TENANT});
        fs::write(&path, format!("{header}\n\n{}\n{bad}\n", good.to_text())).unwrap();
        let error = tenant.apply(&path).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("line 4: ") && text.contains(part), "{bad}: {text}");
        assert!([Status::InvalidArgument, Status::InvalidJson].contains(&error.status()), "{bad}: {text}");
    }
    for (text, part) in [
        (String::new(), "is empty"),
        (format!("{}\n", good.to_text()), "line 1: it is not the first line of a plan"),
        (json!({"exrunPlan": 2, "tenant": TENANT}).to_string(), "reads format 1"),
        (json!({"exrunPlan": 1}).to_string(), "missing field `tenant`"),
    ] {
        let path = tenant.path("plan.jsonl");
        fs::write(&path, text).unwrap();
        let error = tenant.apply(&path).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!(tenant.emulator.state().requests, std::collections::BTreeMap::new());
}

#[test]
fn a_plan_of_another_tenant_or_of_more_than_is_allowed_sends_nothing() {
    let tenant = Tenant::new(3);
    let kim = tenant.upn(0);
    let lines = [deletion(&kim, "AAMk1", &json!("x")), renaming(&kim, "AAMk2", "a", "b"), creation(&kim, "Day off")];
    let plan = tenant.write_plan("plan.jsonl", &lines);
    let apply = PlanApply { plan: plan.clone(), ..PlanApply::default() };
    let refused = |maximum| tenant.apply_with(&RunRequest { maximum, ..run() }, &apply).unwrap_err().to_string();
    for maximum in [None, Some(2)] {
        let text = refused(maximum);
        assert!(text.contains("1 to create, 1 to change, 1 to remove"), "{text}");
    }
    // What takes nothing away needs no bound.
    let changes = tenant.write_plan("changes.jsonl", &lines[1..]);
    let apply = PlanApply { plan: changes, dry_run: true, ..PlanApply::default() };
    assert!(tenant.apply_with(&RunRequest { maximum: None, ..run() }, &apply).is_ok());
    assert_eq!(tenant.writes(), 0);

    let text = fs::read_to_string(&plan).unwrap().replace(TENANT, "11111111-da31-4f6c-a404-2c06c9cf5ae4");
    fs::write(&plan, text).unwrap();
    let reads = tenant.emulator.state().by_mailbox;
    let error = tenant.apply(&plan).unwrap_err();
    assert_eq!(error.status(), Status::TenantMismatch);
    assert!(error.to_string().contains(TENANT), "{error}");
    assert_eq!(tenant.emulator.state().by_mailbox, reads);
}

#[test]
fn a_plan_may_be_filtered_and_written_anew_by_other_programs() {
    let tenant = Tenant::new(9);
    let (plan, _) =
        tenant.plan_settings("plan.jsonl", json!({"timeZone": "Tokyo Standard Time", "dateFormat": "d/M/yyyy"}));
    let lines = lines_of(&plan);
    // As another program writes it: members in another order, blanks, other line ends, a byte order mark, and fewer lines.
    let reordered = |line: &Value| {
        let mut members: Vec<(String, Value)> = line.as_object().unwrap().clone().into_iter().collect();
        members.reverse();
        let texts: Vec<String> = members.iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
        format!("{{ {} }}", texts.join(" , "))
    };
    let kept: Vec<String> =
        lines.iter().enumerate().filter(|(at, _)| at % 2 == 0).map(|(_, line)| reordered(line)).collect();
    fs::write(&plan, format!("\u{feff}{}\r\n\r\n  \r\n", kept.join("\r\n"))).unwrap();
    let rows = tenant.apply(&plan).unwrap();
    assert_eq!(outcomes(&rows), vec!["Done"; kept.len() - 1]);
    assert_eq!(tenant.writes(), kept.len() as u64 - 1);
}

#[test]
fn what_has_drifted_is_left_as_it_is() {
    let tenant = Tenant::new(4);
    let (kim, ids) = (tenant.upn(0), tenant.messages(0));
    let subject = |id: &str| tenant.get(0, &format!("messages/{id}"))["subject"].clone();
    let (first, second) = (subject(&ids[0]), subject(&ids[1]));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let etag = |value: &str| {
        let mut line = renaming(&kim, &ids[1], &text(&second), "other");
        line.precondition.path = format!("messages/{}", ids[1]);
        line.precondition.etag = Some(value.to_owned());
        line
    };
    let plan = tenant.write_plan(
        "plan.jsonl",
        &[
            renaming(&kim, &ids[0], "what it was once", "other"),
            deletion(&kim, &ids[0], &json!("another subject")),
            deletion(&kim, "AAMkNothing", &json!("x")),
            renaming(&kim, "AAMkNothing", "x", "y"),
            renaming(&kim, &ids[0], "whatever", &text(&first)),
            etag("W/\"another\""),
        ],
    );
    let dry = PlanApply { plan: plan.clone(), dry_run: true, ..PlanApply::default() };
    let expected = ["Drifted", "Drifted", "AlreadyGone", "Drifted", "Unchanged", "Drifted"];
    for apply in [dry, PlanApply { plan, ..PlanApply::default() }] {
        assert_eq!(outcomes(&tenant.apply_with(&run(), &apply).unwrap()), expected);
    }
    assert_eq!((tenant.writes(), subject(&ids[0]), subject(&ids[1])), (0, first, second));
}

#[test]
fn what_somebody_changed_since_it_was_read_has_drifted() {
    let tenant = Tenant::new(1);
    let (kim, ids) = (tenant.upn(0), tenant.messages(0));
    let subject = tenant.get(0, &format!("messages/{}", ids[0]))["subject"].as_str().unwrap().to_owned();
    let plan = tenant.write_plan("plan.jsonl", &[renaming(&kim, &ids[0], &subject, "other")]);
    let refusal = json!({"status": 412, "code": "ErrorIrresolvableConflict", "message": "It was changed."});
    tenant.faults(&json!([{"kind": "write", "action": refusal}]));
    assert_eq!(outcomes(&tenant.apply(&plan).unwrap()), ["Drifted"]);
    assert_eq!(tenant.writes(), 1);
}

#[test]
fn a_dry_run_reads_in_batches_and_writes_nothing() {
    let tenant = Tenant::new(60);
    let (plan, _) = tenant.plan_settings("plan.jsonl", json!({"dateFormat": "d/M/yyyy", "timeFormat": "HH:mm"}));
    tenant.emulator.reset();
    let (undo_plan, audit_file) = (Some(tenant.path("undo.jsonl")), Some(tenant.path("audit.jsonl")));
    let apply = PlanApply { plan, dry_run: true, undo_plan, audit_file };
    let rows = tenant.apply_with(&RunRequest { batching: Batching::Always, ..run() }, &apply).unwrap();
    assert!(rows.iter().all(|row| row["Outcome"] == "WouldDo"), "{rows:?}");
    let state = tenant.emulator.state();
    assert!(state.requests_of("batch") >= 3, "{:?}", state.requests);
    assert_eq!(state.writes_by_mailbox.len(), 0);
    assert!(!tenant.path("undo.jsonl").exists() && !tenant.path("audit.jsonl").exists());
}

/// Whatever the network does, each change is made once, and the audit says so.
#[test]
fn faults_of_the_service_make_no_change_twice() {
    let rules = json!([
        {"kind": "write", "times": 1, "modulo": [4, 0], "action": {"reset": "after"}},
        {"kind": "write", "times": 1, "modulo": [4, 1], "action": {"reset": "before"}},
        {"kind": "write", "times": 2, "modulo": [4, 2], "action": {"status": 429, "retryAfter": "1"}},
        {"kind": "write", "times": 1, "modulo": [4, 3], "action": {"status": 504, "carryOut": true}},
        {"kind": "read", "times": 1, "percent": 30.0, "action": {"status": 503, "retryAfter": "1"}},
    ]);
    for to_file in [false, true] {
        let tenant = Tenant::new(40);
        let mut lines = Vec::new();
        for index in 0..tenant.count() {
            let upn = tenant.upn(index);
            lines.push(creation(&upn, "Day off"));
            if let Some(id) = tenant.messages(index).first() {
                let subject = tenant.get(index, &format!("messages/{id}"))["subject"].clone();
                lines.push(renaming(&upn, id, subject.as_str().unwrap(), "renamed"));
                lines.push(deletion(&upn, id, &json!("renamed")));
            }
        }
        let plan = tenant.write_plan("plan.jsonl", &lines);
        tenant.faults(&rules);
        let out_file = to_file.then(|| OutFile {
            path: tenant.path("rows.jsonl"),
            format: None,
            defuse_formulas: false,
            byte_order_mark: false,
        });
        let (undo_plan, audit_file) = (Some(tenant.path("undo.jsonl")), Some(tenant.path("audit.jsonl")));
        let apply = PlanApply { plan, undo_plan, audit_file, ..PlanApply::default() };
        let given = tenant.apply_with(&RunRequest { out_file, ..run() }, &apply).unwrap();
        let rows = if to_file { lines_of(&tenant.path("rows.jsonl")) } else { given };
        assert!(rows.iter().all(|row| row["Outcome"] == "Done"), "{rows:?}");
        assert_eq!(rows.len(), lines.len());
        let state = tenant.emulator.state();
        assert!(state.created_by_mailbox.values().all(|times| *times == 1), "{:?}", state.created_by_mailbox);
        assert_eq!(state.created_by_mailbox.len(), 40);
        let audited = tenant.audited("audit.jsonl");
        assert_eq!(
            (&audited["isWhole"], &audited["outcomes"], &audited["closed"]),
            (&json!(true), &json!({"Done": lines.len()}), &json!("Completed"))
        );
        // Each line of the plan once.
        let audited: Vec<u64> =
            lines_of(&tenant.path("audit.jsonl")).iter().filter_map(|line| line["line"].as_u64()).collect();
        let mut sorted = audited.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!((audited.len(), sorted.len()), (lines.len(), lines.len()));
    }
}

#[test]
fn what_nobody_knows_is_said_and_stays_open_for_the_next_run() {
    let tenant = Tenant::new(1);
    let plan = tenant.write_plan("plan.jsonl", &[creation(&tenant.upn(0), "Day off")]);
    tenant.faults(&json!([{"kind": "write", "action": {"reset": "after"}}, {"kind": "read", "after": 1, "action": {"status": 500}}]));
    let request = RunRequest { journal: Some(tenant.path("run.db")), ..run() };
    let audit_file = Some(tenant.path("audit.jsonl"));
    let apply = PlanApply { plan, audit_file, ..PlanApply::default() };
    let rows = tenant.apply_with(&request, &apply).unwrap();
    assert_eq!(
        (rows[0]["Outcome"].as_str(), rows[0]["error"]["name"].as_str()),
        (Some("OutcomeUnknown"), Some("OutcomeUnknown"))
    );
    tenant.faults(&json!([]));
    let rows = tenant.apply_with(&request, &apply).unwrap();
    assert_eq!(outcomes(&rows), ["Done"]);
    assert_eq!(tenant.emulator.state().created_by_mailbox[&0], 1);
    assert_eq!(tenant.audited("audit.jsonl")["isWhole"], true);
}

#[test]
fn a_run_that_was_stopped_is_gone_on_with_and_the_audit_goes_on_too() {
    let tenant = Tenant::new(30);
    let (plan, _) = tenant.plan_settings("plan.jsonl", json!({"dateFormat": "d/M/yyyy", "timeFormat": "HH:mm"}));
    let planned = lines_of(&plan).len() - 1;
    let request = RunRequest {
        journal: Some(tenant.path("run.db")),
        limits: Limits { max_concurrency: Some(2), ..Limits::default() },
        ..run()
    };
    let (undo_plan, audit_file) = (Some(tenant.path("undo.jsonl")), Some(tenant.path("audit.jsonl")));
    let apply = PlanApply { plan: plan.clone(), undo_plan, audit_file, ..PlanApply::default() };
    let stream = tenant.client.plan_apply(&request, &apply).unwrap();
    take_some(&tenant.client, &*stream);
    stream.cancel();
    drop(stream);
    let written = tenant.writes();
    assert!(written < planned as u64, "{written} of {planned}");

    // The next run waits until this one has let go of its journal.
    let rows = tenant.apply_with(&request, &apply).unwrap();
    assert_eq!(outcomes(&rows), vec!["Done"; planned]);
    assert_eq!(tenant.writes(), planned as u64);
    assert!(tenant.emulator.state().writes_done_by_mailbox.values().all(|times| *times == 1));
    let audited = tenant.audited("audit.jsonl");
    assert_eq!((&audited["isWhole"], &audited["outcomes"]), (&json!(true), &json!({"Done": planned})), "{audited}");
    let undo = lines_of(&tenant.path("undo.jsonl"));
    assert_eq!((undo.len(), &undo[0]["order"]), (planned + 1, &json!("lastFirst")));

    // Complete, it gives its rows again, and says nothing new.
    let before = fs::read(tenant.path("audit.jsonl")).unwrap();
    assert_eq!(tenant.apply_with(&request, &apply).unwrap().len(), planned);
    assert_eq!((tenant.writes(), fs::read(tenant.path("audit.jsonl")).unwrap()), (planned as u64, before.clone()));

    // Another plan, and a file that was tampered with, are not gone on with.
    let text = fs::read_to_string(&plan).unwrap();
    fs::write(&plan, text.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    let error = tenant.apply_with(&request, &apply).unwrap_err();
    assert_eq!(error.status(), Status::JournalMismatch, "{error}");
    fs::write(&plan, text).unwrap();
    let tampered = String::from_utf8(before).unwrap().replacen("\"Done\"", "\"done\"", 1);
    fs::write(tenant.path("audit.jsonl"), &tampered).unwrap();
    let error = tenant.apply_with(&request, &apply).unwrap_err();
    assert!(error.to_string().contains("the audit file has an invalid line at byte"), "{error}");
    assert_eq!(fs::read_to_string(tenant.path("audit.jsonl")).unwrap(), tampered);
    assert_eq!(tenant.audited("audit.jsonl")["fault"], "Changed");
    // One that is lost, neither.
    fs::remove_file(tenant.path("audit.jsonl")).unwrap();
    assert_eq!(tenant.apply_with(&request, &apply).unwrap_err().status(), Status::JournalMismatch);
}

/// Takes the first rows.
fn take_some(client: &Client, stream: &dyn RowStream) {
    loop {
        let seen = client.signal().epoch();
        match stream.next_batch(2).unwrap() {
            Next::Batch { .. } => return,
            Next::End => panic!("it ended"),
            Next::Pending => {
                client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
            }
        }
    }
}

#[test]
fn files_that_are_there_stay_and_no_file_is_two() {
    let tenant = Tenant::new(1);
    let plan = tenant.write_plan("plan.jsonl", &[]);
    let there = tenant.path("there.jsonl");
    fs::write(&there, "precious").unwrap();
    for apply in [
        PlanApply { plan: plan.clone(), undo_plan: Some(there.clone()), ..PlanApply::default() },
        PlanApply { plan: plan.clone(), audit_file: Some(there.clone()), ..PlanApply::default() },
    ] {
        assert_eq!(tenant.apply_with(&run(), &apply).unwrap_err().status(), Status::FileExists);
    }
    assert_eq!(fs::read_to_string(&there).unwrap(), "precious");
    for apply in [
        PlanApply { plan: plan.clone(), undo_plan: Some(plan.clone()), ..PlanApply::default() },
        PlanApply {
            plan: plan.clone(),
            undo_plan: Some(tenant.path("new.jsonl")),
            audit_file: Some(tenant.path("new.jsonl")),
            ..PlanApply::default()
        },
    ] {
        assert_eq!(tenant.apply_with(&run(), &apply).unwrap_err().status(), Status::InvalidArgument);
    }
    // An empty plan is done at once, and audited.
    let apply = PlanApply { plan, audit_file: Some(tenant.path("audit.jsonl")), ..PlanApply::default() };
    assert_eq!(tenant.apply_with(&run(), &apply).unwrap(), Vec::<Value>::new());
    let audited = tenant.audited("audit.jsonl");
    assert_eq!((&audited["isWhole"], &audited["items"]), (&json!(true), &json!(0)));
}

#[test]
fn a_plan_of_settings_goes_neither_with_a_journal_nor_with_an_undo_file() {
    let tenant = Tenant::new(2);
    let path = Some(tenant.path("plan.jsonl"));
    let write =
        SettingsWrite { settings: Some(json!({"timeZone": "UTC"})), plan_file: path, ..SettingsWrite::default() };
    let with_journal = RunRequest { journal: Some(tenant.path("run.db")), ..run() };
    let with_undo = SettingsWrite { undo_file: Some(tenant.path("undo.jsonl")), ..write.clone() };
    for (request, write) in [(&with_journal, &write), (&run(), &with_undo)] {
        let error = tenant.client.mailbox_settings_apply(request, write).err().unwrap();
        assert!(error.to_string().contains("does not go with planFile"), "{error}");
    }
    // One that is cancelled leaves what was there.
    fs::write(tenant.path("plan.jsonl"), "old").unwrap();
    let stream = tenant.client.mailbox_settings_apply(&run(), &write).unwrap();
    stream.cancel();
    drop(stream);
    assert_eq!(fs::read_to_string(tenant.path("plan.jsonl")).unwrap(), "old");
}
