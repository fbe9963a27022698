//! Settings written to many mailboxes, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "support/older_journal.rs"]
mod older_journal;
mod support;

use std::path::Path;

use exrun::client::{Client, ClientOptions, Limits, RunRequest, SettingsWrite, WriteMode};
use exrun::rows::OutFile;
use exrun_emulator::{Config, Emulator, FaultScript, Population};
use serde_json::{Value, json};
use support::{block_on, context, drive_lines, start};

const DRY: WriteMode = WriteMode { if_different: false, dry_run: true };
const IF_DIFFERENT: WriteMode = WriteMode { if_different: true, dry_run: false };

struct Tenant {
    emulator: Emulator,
    client: Client,
    _certificate: support::TestCertificate,
}

impl Tenant {
    fn new(mailboxes: u64) -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes, broken_percent: 0.0, ..Config::default() });
        let client = Client::new(ClientOptions { clock: support::quick(), ..options }).unwrap();
        Self { emulator, client, _certificate: certificate }
    }

    fn faults(&self, rules: &Value) {
        let script: FaultScript = serde_json::from_value(json!({"rules": rules})).unwrap();
        self.emulator.set_faults(script);
    }

    fn population(&self) -> Population {
        self.emulator.population()
    }

    /// Every mailbox as a line of input.
    fn lines(&self) -> Vec<Value> {
        (0..self.population().count).map(|index| self.population().upn(index).into()).collect()
    }

    fn apply(&self, write: &SettingsWrite, lines: &[Value]) -> Result<Vec<Value>, exrun::Error> {
        self.run(&RunRequest::default(), write, lines)
    }

    fn run(&self, request: &RunRequest, write: &SettingsWrite, lines: &[Value]) -> Result<Vec<Value>, exrun::Error> {
        let request = RunRequest {
            report: exrun::rows::ReportRequest { format: exrun::rows::Format::JsonLines, ..request.report.clone() },
            ..request.clone()
        };
        let stream = self.client.mailbox_settings_apply(&request, write)?;
        drive_lines(&self.client, &*stream, lines.iter().cloned())
    }

    fn writes(&self) -> u64 {
        self.emulator.state().writes_by_mailbox.values().sum()
    }
}

fn write(settings: Value) -> SettingsWrite {
    SettingsWrite { settings: Some(settings), ..SettingsWrite::default() }
}

fn wanted() -> Value {
    json!({
        "timeZone": "Tokyo Standard Time", "language": {"locale": "ja-JP"}, "dateFormat": "yyyy/MM/dd",
        "workingHours": {"startTime": "9:30", "endTime": "18:00", "daysOfWeek": ["Tuesday", "monday"],
            "timeZone": {"name": "Tokyo Standard Time"}},
        "automaticRepliesSetting": {"status": "Scheduled", "internalReplyMessage": "Away",
            "scheduledStartDateTime": {"dateTime": "2026-12-24T00:00", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-12-28T00:00", "timeZone": "UTC"}},
    })
}

/// What a mailbox has once [`wanted`] is written to it.
fn as_wanted(population: Population, index: u64) -> Value {
    let mut settings = population.settings(index);
    settings["timeZone"] = "Tokyo Standard Time".into();
    settings["language"] = json!({"locale": "ja-JP", "displayName": "Japanese (Japan)"});
    settings["dateFormat"] = "yyyy/MM/dd".into();
    settings["workingHours"] = json!({"daysOfWeek": ["tuesday", "monday"], "startTime": "09:30:00.0000000",
        "endTime": "18:00:00.0000000", "timeZone": {"name": "Tokyo Standard Time"}});
    let replies = &mut settings["automaticRepliesSetting"];
    replies["status"] = "scheduled".into();
    replies["internalReplyMessage"] = "Away".into();
    replies["scheduledStartDateTime"] = json!({"dateTime": "2026-12-24T00:00:00.0000000", "timeZone": "UTC"});
    replies["scheduledEndDateTime"] = json!({"dateTime": "2026-12-28T00:00:00.0000000", "timeZone": "UTC"});
    settings
}

#[test]
fn every_mailbox_is_written_once_as_wanted_whatever_breaks() {
    let tenant = Tenant::new(200);
    let patch = |remainder: u64, times: u32, action: Value| json!({"kind": "graph", "method": "PATCH", "modulo": [20, remainder], "times": times, "action": action});
    tenant.faults(&json!([
        patch(1, 1, json!({"reset": "before"})),
        patch(2, 1, json!({"reset": "after"})),
        patch(3, 1, json!({"truncate": true})),
        patch(4, 1, json!({"body": "{\"timeZone\":"})),
        patch(5, 3, json!({"status": 503, "code": "ServiceUnavailable"})),
        patch(6, 1, json!({"status": 504})),
        patch(7, 1, json!({"status": 429, "retryAfter": "2.128"})),
        patch(8, 2, json!({"reset": "after"})),
        {"kind": "graph", "method": "GET", "modulo": [20, 9], "times": 1, "action": {"reset": "before"}},
        {"kind": "graph", "method": "GET", "modulo": [20, 10], "times": 1, "action": {"status": 429, "retryAfterDate": 1}},
        {"kind": "graph", "method": "GET", "modulo": [20, 11], "times": 2, "action": {"truncate": true}}
    ]));
    let rows = tenant.apply(&write(wanted()), &tenant.lines()).unwrap();
    assert_eq!(rows.len(), 200);
    let state = tenant.emulator.state();
    for (index, row) in (0..).zip(&rows) {
        assert_eq!(row["MailboxName"], tenant.population().upn(index));
        assert_eq!(row["Outcome"], "Changed", "{row}");
        assert!(row.get("error").is_none());
        assert_eq!(tenant.emulator.settings(index), as_wanted(tenant.population(), index), "mailbox {index}");
        // Sent again only where it was refused, or where a reading showed that it had not been carried out.
        let sent = match index % 20 {
            1 | 4 | 6 | 7 => 2,
            5 => 4,
            _ => 1,
        };
        assert_eq!(state.writes_by_mailbox[&index], sent, "mailbox {index}");
        assert_eq!(state.writes_done_by_mailbox[&index], 1, "mailbox {index}");
    }
}

#[test]
fn rows_say_what_was_what() {
    let tenant = Tenant::new(4);
    let before = tenant.population().settings(2);
    let settings = json!({"timeZone": "Hawaiian Standard Time", "timeFormat": before["timeFormat"],
        "workingHours": {"endTime": "18:30"}});
    let rows = tenant.apply(&write(settings.clone()), &[tenant.population().upn(2).into()]).unwrap();
    let expected = json!({"MailboxName": tenant.population().upn(2), "Outcome": "Changed", "Changes": [
        {"Setting": "timeZone", "From": before["timeZone"], "To": "Hawaiian Standard Time"},
        {"Setting": "workingHours.endTime", "From": "17:00:00.0000000", "To": "18:30:00.0000000"},
    ]});
    assert_eq!(rows, [expected]);
    // Once more: nothing changes, and the row says so.
    let rows = tenant.apply(&write(settings), &[tenant.population().upn(2).into()]).unwrap();
    assert_eq!((&rows[0]["Outcome"], &rows[0]["Changes"]), (&"Unchanged".into(), &json!([])));
    assert_eq!(tenant.writes(), 2);
}

#[test]
fn a_dry_run_reads_and_sends_no_patch() {
    let tenant = Tenant::new(60);
    tenant.faults(&json!([{"kind": "graph", "modulo": [10, 3], "times": 2, "action": {"status": 503}}]));
    let folder = tempfile::tempdir().unwrap();
    let undo = folder.path().join("undo.jsonl");
    let zone = "Tokyo Standard Time";
    let dry = SettingsWrite { mode: DRY, undo_file: Some(undo.clone()), ..write(json!({"timeZone": zone})) };
    let rows = tenant.apply(&dry, &tenant.lines()).unwrap();
    for (index, row) in (0..).zip(&rows) {
        let there = tenant.population().settings(index);
        let (outcome, changes) = match there["timeZone"] == zone {
            true => ("Unchanged", json!([])),
            false => ("WouldChange", json!([{"Setting": "timeZone", "From": there["timeZone"], "To": zone}])),
        };
        assert_eq!((&row["Outcome"], &row["Changes"]), (&outcome.into(), &changes));
        assert_eq!(tenant.emulator.settings(index), there);
    }
    assert!(rows.iter().any(|row| row["Outcome"] == "Unchanged"));
    assert_eq!(tenant.writes(), 0);
    assert!(!undo.exists());
}

#[test]
fn what_is_as_wanted_is_not_written_if_only_differences_are() {
    let tenant = Tenant::new(60);
    let zone = "Tokyo Standard Time";
    let settings = json!({"timeZone": zone, "delegateMeetingMessageDeliveryOptions": "SENDTODELEGATEONLY"});
    let different = SettingsWrite { mode: IF_DIFFERENT, ..write(settings) };
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("run.log");
    let logged = RunRequest { log_file: Some(log.clone()), ..RunRequest::default() };
    let rows = tenant.run(&logged, &different, &tenant.lines()).unwrap();
    // Of the two settings one is there everywhere: the bodies have room for the other alone.
    let body = json!({"timeZone": zone}).to_string().len();
    let patches: Vec<_> = lines_of(&log).into_iter().filter(|event| event["method"] == "PATCH").collect();
    assert!(patches.len() > 30 && patches.iter().all(|event| event["sentBytes"] == body), "{patches:?}");
    let state = tenant.emulator.state();
    for (index, row) in (0..).zip(&rows) {
        let is_there = tenant.population().settings(index)["timeZone"] == zone;
        assert_eq!(row["Outcome"], if is_there { "Unchanged" } else { "Changed" });
        assert_eq!(state.writes_by_mailbox.get(&index).copied().unwrap_or(0), u64::from(!is_there));
        assert_eq!(tenant.emulator.settings(index)["timeZone"], zone);
    }
    // Once all have it, nothing is sent at all.
    tenant.faults(
        &json!([{"kind": "graph", "method": "PATCH", "action": {"status": 400, "code": "ErrorInvalidRequest"}}]),
    );
    let again = tenant.apply(&different, &tenant.lines()).unwrap();
    assert!(again.iter().all(|row| row["Outcome"] == "Unchanged"));
}

#[test]
fn an_undo_file_restores_what_was() {
    let tenant = Tenant::new(40);
    let folder = tempfile::tempdir().unwrap();
    let undo = folder.path().join("undo.jsonl");
    let with_undo = SettingsWrite { undo_file: Some(undo.clone()), ..write(wanted()) };
    tenant.faults(&json!([
        {"kind": "graph", "method": "PATCH", "modulo": [10, 1], "times": 2, "action": {"reset": "after"}},
        {"kind": "graph", "method": "PATCH", "modulo": [10, 2], "times": 2, "action": {"reset": "before"}}
    ]));
    tenant.apply(&with_undo, &tenant.lines()).unwrap();
    assert_eq!(tenant.emulator.settings(3), as_wanted(tenant.population(), 3));

    // The file is the way back of this run alone.
    let error = tenant.apply(&with_undo, &tenant.lines()).unwrap_err();
    assert_eq!(error.status(), exrun::Status::FileExists);

    let lines = lines_of(&undo);
    assert_eq!(lines.len(), 40);
    let mut members: Vec<_> = lines[0]["@settings"].as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["automaticRepliesSetting", "dateFormat", "language", "timeZone", "workingHours"]);
    let rows = tenant.apply(&SettingsWrite::default(), &lines).unwrap();
    assert!(rows.iter().all(|row| row["Outcome"] == "Changed"), "{rows:?}");
    for index in 0..40 {
        assert_eq!(tenant.emulator.settings(index), tenant.population().settings(index), "mailbox {index}");
    }
}

#[test]
fn an_undo_file_is_refused_for_another_tenant_than_its_own() {
    const PARTNER: &str = "7f5d2c3e-0a14-4b0f-9d5e-6c1b2a3f4e50";
    let partners = vec![("fabrikam.com".to_owned(), PARTNER.to_owned())];
    let config = Config { mailboxes: 40, broken_percent: 0.0, partners, ..Config::default() };
    let (emulator, certificate, options) = start(config);
    let own = exrun_emulator::config::DEFAULT_TENANT;
    let client = |tenant: &str| {
        let options = ClientOptions { tenant_id: Some(tenant.to_owned()), clock: support::quick(), ..options.clone() };
        Client::new(options).unwrap()
    };
    // Named by its domain: the token says which tenant it is.
    let tenant = Tenant { emulator, client: client("contoso.com"), _certificate: certificate };
    let folder = tempfile::tempdir().unwrap();
    let undo = folder.path().join("undo.jsonl");
    let with_undo = SettingsWrite { undo_file: Some(undo.clone()), ..write(wanted()) };
    tenant.apply(&with_undo, &tenant.lines()).unwrap();
    let lines = lines_of(&undo);
    assert!(lines.iter().all(|line| line["@tenant"] == own), "{lines:?}");

    tenant.emulator.reset();
    let partner = Tenant { client: client(PARTNER), ..tenant };
    let dry = SettingsWrite { mode: DRY, ..SettingsWrite::default() };
    for write in [SettingsWrite::default(), dry] {
        let error = partner.apply(&write, &lines).unwrap_err();
        assert_eq!(error.status(), exrun::Status::TenantMismatch);
        let text = error.to_string();
        assert!(text.contains(own) && text.contains(PARTNER), "{text}");
    }
    assert_eq!(partner.emulator.state().requests_of("graph"), 0);

    let owner = Tenant { client: client(own), ..partner };
    let rows = owner.apply(&SettingsWrite::default(), &lines).unwrap();
    assert!(rows.iter().all(|row| row["Outcome"] == "Changed"), "{rows:?}");
}

#[test]
fn an_undo_file_is_not_lost_to_another_file_of_its_run() {
    let tenant = Tenant::new(1);
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("run.jsonl");
    let other = folder.path().join(".").join("run.jsonl");
    let write = SettingsWrite { undo_file: Some(one), ..write(wanted()) };
    let out_file = OutFile { path: other.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
    for (request, member) in [
        (RunRequest { out_file: Some(out_file), ..RunRequest::default() }, "outFile"),
        (RunRequest { log_file: Some(other.clone()), ..RunRequest::default() }, "logFile"),
        (RunRequest { journal: Some(other), ..RunRequest::default() }, "journal"),
    ] {
        let Err(error) = tenant.client.mailbox_settings_apply(&request, &write) else { panic!("{member} is taken") };
        assert_eq!(error.status(), exrun::Status::InvalidArgument);
        assert!(error.to_string().contains(&format!("{member} and undoFile name the same file")), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn lines_of(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_run_that_was_stopped_goes_on_with_its_journal_and_its_undo_file() {
    let tenant = Tenant::new(120);
    let folder = tempfile::tempdir().unwrap();
    let undo = folder.path().join("undo.jsonl");
    let request = RunRequest {
        journal: Some(folder.path().join("run.db")),
        report: exrun::rows::ReportRequest { format: exrun::rows::Format::JsonLines, ..Default::default() },
        limits: Limits { max_concurrency: Some(8), ..Limits::default() },
        ..RunRequest::default()
    };
    let with_undo = SettingsWrite { undo_file: Some(undo.clone()), ..write(wanted()) };
    // The replies of a few never come: they are in flight when the run is stopped.
    tenant.faults(&json!([
        {"kind": "graph", "method": "PATCH", "modulo": [40, 7], "times": 1, "action": {"delayMs": 600_000}}
    ]));
    let stream = tenant.client.mailbox_settings_apply(&request, &with_undo).unwrap();
    let lines: String = tenant.lines().iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(stream.push(lines.as_bytes()).unwrap(), lines.len());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while tenant.emulator.state().writes_done_by_mailbox.len() < 40 {
        assert!(std::time::Instant::now() < deadline, "the run does not go on");
        let _ = stream.next_batch(0);
        std::thread::yield_now();
    }
    stream.cancel();
    drop(stream);
    tenant.faults(&json!([]));

    // Without its journal the undo file is not taken.
    assert_eq!(tenant.apply(&with_undo, &[]).unwrap_err().status(), exrun::Status::FileExists);
    let rows = resumed(&tenant, &request, &with_undo);
    assert_eq!(rows.len(), 120);
    let state = tenant.emulator.state();
    for (index, row) in (0..).zip(&rows) {
        assert_eq!(tenant.emulator.settings(index), as_wanted(tenant.population(), index), "mailbox {index}");
        // As though nothing had happened: what was before the first write is what rows say.
        assert_eq!(row["Outcome"], "Changed", "{row}");
        let zone = &tenant.population().settings(index)["timeZone"];
        if zone != "Tokyo Standard Time" {
            assert_eq!(&row["Changes"][0]["From"], zone, "{row}");
        }
        assert_eq!(state.writes_done_by_mailbox[&index], 1, "mailbox {index}");
    }
    for other in [write(wanted()), SettingsWrite { mode: IF_DIFFERENT, ..with_undo.clone() }] {
        let error = tenant.run(&request, &other, &tenant.lines()).unwrap_err();
        assert_eq!(error.status(), exrun::Status::JournalMismatch, "{error}");
    }
    tenant.apply(&SettingsWrite::default(), &lines_of(&undo)).unwrap();
    for index in 0..120 {
        assert_eq!(tenant.emulator.settings(index), tenant.population().settings(index), "mailbox {index}");
    }
}

#[test]
fn a_run_that_is_cancelled_while_it_reads_writes_nothing() {
    let tenant = Tenant::new(60);
    tenant.faults(&json!([{"kind": "graph", "method": "GET", "action": {"delayMs": 1000}}]));
    // On a clock that stands still it waits for all that is in flight.
    let options = ClientOptions { clock: support::HeldClock::new(), ..tenant.client.options().clone() };
    let client = Client::new(options).unwrap();
    let report = exrun::rows::ReportRequest { format: exrun::rows::Format::JsonLines, ..Default::default() };
    let stream = client.mailbox_settings_apply(&report.into(), &write(wanted())).unwrap();
    let lines: String = tenant.lines().iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(stream.push(lines.as_bytes()).unwrap(), lines.len());
    let until = |what: &dyn Fn(&Value) -> bool| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while !what(&stream.progress()) {
            assert!(std::time::Instant::now() < deadline, "{}", stream.progress());
            std::thread::yield_now();
        }
    };
    until(&|progress| progress["requests"].as_u64() >= Some(8));
    stream.cancel();
    // Read after the cancel: all that ever begins.
    let sent = stream.progress()["requests"].as_u64().unwrap();
    until(&|progress| progress["ended"] == true);
    assert_eq!(stream.progress()["requests"], sent);
    assert_eq!(tenant.emulator.state().requests_of("graph"), sent);
    // As many reads as landed before the cancel on a machine that is busy: none, else.
    assert!(tenant.writes() <= sent.saturating_sub(8), "{sent}");
}

#[test]
fn a_resumed_run_wants_the_undo_file_that_it_began_with() {
    let tenant = Tenant::new(40);
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let with = |undo: &str| SettingsWrite { undo_file: Some(place(undo)), ..write(wanted()) };
    let journal = |name: &str| RunRequest { journal: Some(place(name)), ..RunRequest::default() };
    tenant.run(&journal("run.db"), &with("undo.jsonl"), &tenant.lines()[..20]).unwrap();
    let of_others = "{\"MailboxName\":\"kim@contoso.com\",\"@settings\":{\"timeZone\":\"UTC\"}}\n";
    std::fs::write(place("others.jsonl"), of_others).unwrap();
    let written = tenant.writes();
    let refused = |undo: &str| {
        let error = tenant.run(&journal("run.db"), &with(undo), &tenant.lines()).unwrap_err();
        assert_eq!(error.status(), exrun::Status::JournalMismatch, "{error}");
        let text = error.to_string();
        assert!(text.contains("undo.jsonl") && text.contains("name the undo file that the run began with"), "{text}");
    };
    refused("another.jsonl");
    refused("others.jsonl");
    std::fs::rename(place("undo.jsonl"), place("moved.jsonl")).unwrap();
    refused("undo.jsonl");
    assert!(!place("another.jsonl").exists() && !place("undo.jsonl").exists());
    assert_eq!(std::fs::read_to_string(place("others.jsonl")).unwrap(), of_others);
    assert_eq!(tenant.writes(), written);
    // Wherever it is now, it is known by what it holds.
    tenant.run(&journal("run.db"), &with("moved.jsonl"), &tenant.lines()).unwrap();
    assert_eq!((lines_of(&place("moved.jsonl")).len(), tenant.writes()), (40, 40));

    // A journal of which nothing was noted yet makes no file of others its own.
    tenant.run(&journal("empty.db"), &with("not-yet.jsonl"), &[]).unwrap();
    let error = tenant.run(&journal("empty.db"), &with("others.jsonl"), &tenant.lines()).unwrap_err();
    assert_eq!(error.status(), exrun::Status::FileExists, "{error}");
    assert_eq!(std::fs::read_to_string(place("others.jsonl")).unwrap(), of_others);
    tenant.run(&journal("empty.db"), &with("not-yet.jsonl"), &tenant.lines()[..3]).unwrap();
    assert_eq!(lines_of(&place("not-yet.jsonl")).len(), 3);
}

/// One that was made before a journal had attachments.
#[test]
fn a_run_of_an_older_journal_goes_on_with_its_undo_file() {
    let tenant = Tenant::new(40);
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let with = |undo: &str| SettingsWrite { undo_file: Some(place(undo)), ..write(wanted()) };
    let request = RunRequest { journal: Some(place("run.db")), ..RunRequest::default() };
    tenant.run(&request, &with("undo.jsonl"), &tenant.lines()[..20]).unwrap();
    older_journal::turn_back(&place("run.db"));
    let error = tenant.run(&request, &with("another.jsonl"), &tenant.lines()).unwrap_err();
    assert_eq!(error.status(), exrun::Status::JournalMismatch, "{error}");
    assert!(!place("another.jsonl").exists());
    older_journal::turn_back(&place("run.db"));
    assert_eq!(older_journal::format_of(&place("run.db")), 2);
    tenant.run(&request, &with("undo.jsonl"), &tenant.lines()).unwrap();
    assert_eq!((lines_of(&place("undo.jsonl")).len(), tenant.writes()), (40, 40));
}

#[test]
fn journals_of_shards_want_the_undo_files_of_all_of_them() {
    let tenant = Tenant::new(40);
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let with = |undo: &str| SettingsWrite { undo_file: Some(place(undo)), ..write(wanted()) };
    for shard in 1..=2 {
        let (journal, undo) = (place(&format!("{shard}.db")), format!("{shard}.jsonl"));
        let shard = Some(format!("{shard}/2").parse().unwrap());
        let request = RunRequest { journal: Some(journal), shard, ..RunRequest::default() };
        tenant.run(&request, &with(&undo), &tenant.lines()[..30]).unwrap();
    }
    exrun::store::merge(&[place("1.db"), place("2.db")], &place("all.db")).unwrap();
    let request = RunRequest { journal: Some(place("all.db")), ..RunRequest::default() };
    let error = tenant.run(&request, &with("1.jsonl"), &tenant.lines()).unwrap_err();
    assert_eq!(error.status(), exrun::Status::JournalMismatch, "{error}");
    let text = |name: &str| std::fs::read_to_string(place(name)).unwrap();
    std::fs::write(place("all.jsonl"), text("2.jsonl") + &text("1.jsonl")).unwrap();
    tenant.run(&request, &with("all.jsonl"), &tenant.lines()).unwrap();
    assert_eq!((lines_of(&place("all.jsonl")).len(), tenant.writes()), (40, 40));
}

/// A run of the same journal; it may still be held for a moment by the one that was stopped.
fn resumed(tenant: &Tenant, request: &RunRequest, write: &SettingsWrite) -> Vec<Value> {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        match tenant.run(request, write, &tenant.lines()) {
            Err(error) if error.status() == exrun::Status::JournalInUse && std::time::Instant::now() < deadline => {
                std::thread::yield_now();
            }
            rows => return rows.unwrap(),
        }
    }
}

#[test]
fn a_line_may_bring_its_own_settings() {
    let tenant = Tenant::new(6);
    let upn = |index| tenant.population().upn(index);
    let lines = [
        json!({"MailboxName": upn(0), "@settings": {"timeZone": "Hawaiian Standard Time"}}),
        json!({"UserPrincipalName": upn(1), "Department": "Sales"}),
        json!({"MailboxName": upn(2), "@settings": {"colour": "red"}}),
        json!({"MailboxName": upn(3), "@settings": {}}),
        json!(""),
    ];
    let rows = tenant.apply(&write(json!({"timeZone": "Tokyo Standard Time"})), &lines).unwrap();
    let zone = |index| tenant.emulator.settings(index)["timeZone"].clone();
    assert_eq!((zone(0), zone(1)), ("Hawaiian Standard Time".into(), "Tokyo Standard Time".into()));
    for (row, says) in
        [(2, "@settings.colour is unknown"), (3, "@settings asks for nothing"), (4, "the mailbox's name is blank")]
    {
        assert_eq!(rows[row]["Outcome"], "Failed");
        assert_eq!(rows[row]["error"]["name"], "InvalidArgument");
        let message = rows[row]["error"]["message"].as_str().unwrap();
        assert!(message.contains(says), "{message}");
    }
    let state = tenant.emulator.state();
    assert!(!state.by_mailbox.contains_key(&2) && !state.by_mailbox.contains_key(&3));
    let rows = tenant.apply(&SettingsWrite::default(), &[upn(5).into()]).unwrap();
    assert!(rows[0]["error"]["message"].as_str().unwrap().contains("nothing to write: give settings in the request"));
}

#[test]
fn lines_of_one_mailbox_are_written_in_their_order_whatever_breaks() {
    let tenant = Tenant::new(20);
    let zones = ["Tokyo Standard Time", "Hawaiian Standard Time", "Korea Standard Time", "China Standard Time"];
    tenant.faults(&json!([
        {"kind": "graph", "method": "PATCH", "modulo": [2, 0], "times": 1,
            "action": {"status": 429, "code": "TooManyRequests", "retryAfter": "2"}},
        {"kind": "graph", "method": "GET", "modulo": [4, 1], "times": 1, "action": {"status": 503}},
        {"kind": "graph", "method": "PATCH", "modulo": [4, 3], "times": 1, "action": {"reset": "after"}}
    ]));
    let line = |index: u64, zone: &str| json!({"MailboxName": tenant.population().upn(index), "@settings": {"timeZone": zone}});
    let lines: Vec<Value> = zones.iter().flat_map(|zone| (0..20).map(|index| line(index, zone))).collect();
    let rows = tenant.apply(&SettingsWrite::default(), &lines).unwrap();
    for index in 0..20_usize {
        assert_eq!(tenant.emulator.settings(index as u64)["timeZone"], zones[3], "mailbox {index}");
        // Each line says what the line before it left.
        for (nth, pair) in zones.windows(2).enumerate() {
            let change = &rows[(nth + 1) * 20 + index]["Changes"][0];
            assert_eq!((&change["From"], &change["To"]), (&pair[0].into(), &pair[1].into()), "mailbox {index}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let tenant = Tenant::new(3);
    for settings in [json!({}), json!({"userPurpose": "room"}), json!({"timeZone": 5}), json!("UTC")] {
        let error = tenant.apply(&write(settings), &tenant.lines()).unwrap_err();
        assert_eq!(error.status(), exrun::Status::InvalidArgument);
        assert!(error.to_string().contains("settings"), "{error}");
    }
    assert_eq!(tenant.emulator.state().requests_of("token"), 0);
}

#[test]
fn a_service_that_keeps_a_setting_as_it_was_is_found_out() {
    let tenant = Tenant::new(3);
    let before = tenant.population().settings(1)["timeZone"].clone();
    let reply = json!({"timeZone": before}).to_string();
    tenant.faults(&json!([{"kind": "graph", "method": "PATCH", "action": {"body": reply}}]));
    let lines = [tenant.population().upn(1).into()];
    let rows = tenant.apply(&write(json!({"timeZone": "Hawaiian Standard Time"})), &lines).unwrap();
    assert_eq!((&rows[0]["Outcome"], &rows[0]["error"]["name"]), (&"Failed".into(), &"ResponseInvalid".into()));
    assert!(rows[0]["error"]["message"].as_str().unwrap().contains("kept timeZone as it was"), "{}", rows[0]);
    assert_eq!(tenant.writes(), 1);
}

#[test]
fn a_mailbox_whose_writes_are_never_answered_says_that_it_may_have_been_written() {
    let tenant = Tenant::new(3);
    tenant.faults(&json!([{"kind": "graph", "modulo": [3, 1], "after": 1, "action": {"reset": "before"}}]));
    let rows = tenant.apply(&write(json!({"timeZone": "Hawaiian Standard Time"})), &tenant.lines()).unwrap();
    let outcomes: Vec<_> = rows.iter().map(|row| row["Outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["Changed", "Failed", "Changed"]);
    assert!(rows[1]["error"]["message"].as_str().unwrap().contains("may have been written"), "{}", rows[1]);
}

/// The service keeps a custom zone in a form of its own ("Update user mailbox settings", example 2).
#[test]
fn a_custom_time_zone_settles_and_can_be_undone() {
    let tenant = Tenant::new(1);
    let folder = tempfile::tempdir().unwrap();
    let undo = folder.path().join("undo.jsonl");
    let offset = |occurrence: u64, month: u64| json!({"time": "02:00", "dayOccurrence": occurrence, "dayOfWeek": "Sunday", "month": month});
    let zone = |bias: i64| {
        let mut daylight = offset(4, 5);
        daylight["daylightBias"] = 100.into();
        json!({"workingHours": {"timeZone": {"name": "Customized Time Zone", "bias": bias,
            "standardOffset": offset(2, 10), "daylightOffset": daylight}}})
    };
    let outcome = |write: &SettingsWrite| {
        let rows = tenant.apply(write, &tenant.lines()).unwrap();
        assert!(rows[0].get("error").is_none(), "{}", rows[0]);
        rows[0]["Outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(outcome(&write(zone(-300))), "Changed");
    let stored = tenant.emulator.settings(0);
    assert_eq!(stored["workingHours"]["timeZone"]["bias"], -200, "the emulator keeps it as the service does");
    // Once more: written as it was asked for, and then only where it differs.
    let before = tenant.writes();
    assert_eq!(outcome(&write(zone(-300))), "Unchanged");
    assert_eq!(tenant.writes(), before + 1);
    let before = tenant.writes();
    assert_eq!(outcome(&SettingsWrite { mode: IF_DIFFERENT, ..write(zone(-300)) }), "Unchanged");
    assert_eq!(tenant.writes(), before);
    // Another zone, and back.
    let changed = SettingsWrite { undo_file: Some(undo.clone()), ..write(zone(-60)) };
    assert_eq!(outcome(&changed), "Changed");
    let lines = lines_of(&undo);
    let restored = tenant.apply(&SettingsWrite::default(), &lines).unwrap();
    assert_eq!(restored[0]["Outcome"], "Changed", "{}", restored[0]);
    assert_eq!(tenant.emulator.settings(0), stored);
}

#[test]
fn one_mailbox_is_written_without_a_run() {
    let tenant = Tenant::new(5);
    tenant.faults(&json!([
        {"kind": "graph", "method": "PATCH", "times": 1, "action": {"reset": "after"}},
        {"kind": "graph", "method": "GET", "times": 1, "action": {"status": 503}}
    ]));
    let upn = tenant.population().upn(4);
    let update = |settings: Value, mode| {
        let (client, upn) = (tenant.client.clone(), upn.clone());
        block_on(async move { client.mailbox_settings_update(&upn, &settings, mode, &context()).await })
    };
    let before = tenant.population().settings(4);
    let change = json!([{"Setting": "timeZone", "From": before["timeZone"], "To": "Hawaiian Standard Time"}]);
    let settings = json!({"timeZone": "Hawaiian Standard Time"});
    let row = |outcome: &str, changes: &Value| json!({"MailboxName": upn, "Outcome": outcome, "Changes": changes});
    assert_eq!(update(settings.clone(), DRY).unwrap(), row("WouldChange", &change));
    assert_eq!(tenant.writes(), 0);
    assert_eq!(update(settings.clone(), WriteMode::default()).unwrap(), row("Changed", &change));
    assert_eq!(tenant.emulator.settings(4)["timeZone"], "Hawaiian Standard Time");
    assert_eq!(update(settings, IF_DIFFERENT).unwrap(), row("Unchanged", &json!([])));
    assert_eq!(tenant.writes(), 1);
    let error = update(json!({"TimeZones": "x"}), DRY).unwrap_err();
    assert_eq!(
        error.to_string(),
        "settings.TimeZones is unknown; known are timeZone, language, dateFormat, timeFormat, workingHours, automaticRepliesSetting, delegateMeetingMessageDeliveryOptions"
    );
}

#[test]
fn without_the_permission_to_write_the_error_names_it() {
    let config = Config { mailboxes: 3, roles: vec!["MailboxSettings.Read".into()], ..Config::default() };
    let (emulator, _certificate, options) = start(Config { broken_percent: 0.0, ..config });
    let client = Client::new(options).unwrap();
    let upn = emulator.population().upn(1);
    let error = block_on(async move {
        client.mailbox_settings_update(&upn, &json!({"timeFormat": "h:mm"}), WriteMode::default(), &context()).await
    });
    let error = error.unwrap_err();
    assert_eq!(error.status(), exrun::Status::AccessDenied);
    assert!(error.to_string().contains("MailboxSettings.ReadWrite"), "{error}");
}
