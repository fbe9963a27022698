//! A purge under faults that is killed again and again: what was planned is gone, and nothing else is.
//!
//! `EXRUN_PURGE_MAILBOXES=10000 EXRUN_PURGE_KILLS=20 cargo test --test facets purge` draws a larger one.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::client::{
    Client, ClientOptions, ItemsOptions, MailboxItems, MessageAction, MessageCriteria, PlanApply, RunRequest,
    SourceRequest,
};
use exrun::rows::OutFile;
use exrun::runs::verify_audit;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::support::{QuickClock, number};
use super::{Tenant, json_lines, report, support};

const GIVEN: &str = "EXRUN_TEST_PURGE";

/// Messages that are planted in one mailbox of a hundred.
const PLANTED: u64 = 30;

/// One request in two hundred breaks off, half of them before and half after the work; one in twenty is throttled.
const FAULTS: &str = r#"{"rules": [
    {"kind": "graph", "percentOfRequests": 0.25, "action": {"reset": "before"}},
    {"kind": "graph", "percentOfRequests": 0.5, "action": {"reset": "after"}},
    {"kind": "graph", "percentOfRequests": 5.5, "action": {"status": 429, "retryAfter": "0.05"}}]}"#;

fn sought() -> MessageCriteria {
    MessageCriteria { sender: Some("eve@evil.example".to_owned()), ..MessageCriteria::default() }
}

/// The messages of a mailbox by their Message-ID, which stays wherever they lie.
fn ids(tenant: &Tenant, index: u64) -> BTreeSet<String> {
    let all = tenant.emulator.messages(index, None);
    all.iter().map(|message| message["internetMessageId"].as_str().unwrap().to_owned()).collect()
}

fn find(tenant: &Tenant, plan_file: Option<PathBuf>) -> Vec<Value> {
    let action = plan_file.is_some().then_some(MessageAction::HardDelete);
    let options = ItemsOptions { messages: MessageCriteria { action, ..sought() }, ..ItemsOptions::default() };
    let source = Some(SourceRequest::All { filter: None, top: None, include_without_mailbox: false });
    let run = RunRequest { source, ..json_lines() };
    tenant.run(&MailboxItems { run, options, plan_file, ..report("messages") }, Vec::new()).unwrap()
}

fn carry_out(client: &Client, folder: &Path) -> Result<Vec<Value>, exrun::Error> {
    let run = RunRequest {
        maximum: Some(1_000_000),
        journal: Some(folder.join("run.db")),
        out_file: Some(OutFile {
            path: folder.join("rows.jsonl"),
            format: None,
            defuse_formulas: false,
            byte_order_mark: false,
        }),
        ..json_lines()
    };
    let apply = PlanApply {
        plan: folder.join("plan.jsonl"),
        audit_file: Some(folder.join("audit.jsonl")),
        ..PlanApply::default()
    };
    let stream = client.plan_apply(&run, &apply)?;
    support::drive_lines(client, &*stream, [])
}

fn start(given: &Value) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "purge::one_that_purges", "--nocapture", "--test-threads=1"])
        .env(GIVEN, given.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_purge_that_is_killed_again_and_again_takes_what_was_planned_and_nothing_else() {
    let (mailboxes, kills) = (number("EXRUN_PURGE_MAILBOXES", 400), number("EXRUN_PURGE_KILLS", 5));
    let tenant = Tenant::of(Config { mailboxes, ..Config::default() });
    let before: Vec<BTreeSet<String>> = (0..mailboxes).map(|index| ids(&tenant, index)).collect();
    let plant = |index: u64| {
        let message = json!({"subject": "Urgent: invoice", "from": {"emailAddress": {"name": "Eve", "address": "eve@evil.example"}},
            "parentFolderId": "inbox"});
        tenant.emulator.plant(index, &message, &Value::Null).unwrap();
    };
    (0..mailboxes).step_by(100).for_each(|index| (0..PLANTED).for_each(|_| plant(index)));
    let planned = mailboxes.div_ceil(100) * PLANTED;
    tenant.faults(FAULTS);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(find(&tenant, Some(folder.path().join("plan.jsonl"))).len() as u64, planned);
    tenant.emulator.reset();

    let given = json!({"addr": tenant.emulator.addr().to_string(), "ca": tenant.emulator.ca_file(),
        "pfx": tenant.certificate.pfx, "folder": folder.path()});
    let done = || tenant.emulator.state().writes_done_by_mailbox.values().sum::<u64>();
    let mut killed = 0;
    for kill in 1..=kills {
        let mut child = start(&given);
        // Killed when it has got so far, wherever it is then.
        let goal = planned * kill / (kills + 1);
        let until = Instant::now() + Duration::from_secs(60);
        while done() < goal && child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        killed += u64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(killed > 0 && done() < planned, "{killed} kills, {} of {planned} done", done());
    assert!(start(&given).wait().unwrap().success());

    // Each once, whatever was killed and whatever broke off.
    let state = tenant.emulator.state();
    assert_eq!(done(), planned);
    assert!(state.writes_done_by_mailbox.iter().all(|(index, done)| index % 100 == 0 && *done == PLANTED));
    tenant.faults(r#"{"rules": []}"#);
    assert_eq!(find(&tenant, None), Vec::<Value>::new());
    for (index, before) in (0..mailboxes).zip(before) {
        assert_eq!(ids(&tenant, index), before, "mailbox {index}");
    }

    let audit = folder.path().join("audit.jsonl");
    let verified = |path: &Path, head: Option<&str>| verify_audit(path, head, &support::context().cancel).unwrap();
    let whole = verified(&audit, None);
    assert_eq!((&whole["isWhole"], &whole["closed"]), (&json!(true), &json!("Completed")), "{whole}");
    assert_eq!((&whole["items"], &whole["outcomes"]), (&json!(planned), &json!({"Done": planned})), "{whole}");
    let rows = fs::read_to_string(folder.path().join("rows.jsonl")).unwrap();
    assert_eq!(rows.lines().count() as u64, planned);
    each_tampering_is_found(&audit, whole["head"].as_str().unwrap());
}

fn each_tampering_is_found(audit: &Path, head: &str) {
    let text = fs::read_to_string(audit).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // Not one that says that a run was gone on with: those have no outcome, and stand where kills have put them.
    let is_of_item = |at: usize| lines[at].contains("\"Done\"") && lines[at + 1].contains("\"Done\"");
    let middle = (lines.len() / 2..lines.len() - 1).find(|at| is_of_item(*at)).unwrap();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        change(&mut changed);
        changed.join("\n") + "\n"
    };
    let cases = [
        ("Changed", with(&|lines| lines[middle] = lines[middle].replacen("\"Done\"", "\"Drifted\"", 1))),
        ("Removed", with(&|lines| drop(lines.remove(middle)))),
        ("Reordered", with(&|lines| lines.swap(middle, middle + 1))),
        ("Duplicated", with(&|lines| lines.insert(middle + 1, lines[middle].clone()))),
        ("CutOff", with(&|lines| lines.truncate(middle))),
        ("NotAnAudit", with(&|lines| drop(lines.remove(0)))),
    ];
    for (fault, text) in cases {
        let path = audit.with_file_name("tampered.jsonl");
        fs::write(&path, text).unwrap();
        let verified = verify_audit(&path, None, &support::context().cancel).unwrap();
        assert_eq!((&verified["isWhole"], &verified["fault"]), (&json!(false), &json!(fault)), "{verified}");
    }
    let other = verify_audit(audit, Some(&"0".repeat(64)), &support::context().cancel).unwrap();
    assert_eq!(other["fault"], "OtherHead");
    assert_eq!(verify_audit(audit, Some(head), &support::context().cancel).unwrap()["isWhole"], true);
}

/// Run by the test above in a process of its own.
#[test]
fn one_that_purges() {
    let Some(given) = support::given(GIVEN) else { return };
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    let client = support::client_of(
        &given,
        ClientOptions { clock: Arc::new(QuickClock::default()), ..ClientOptions::default() },
    );
    carry_out(&client, &path("folder")).unwrap();
}
