//! A plan that is done, with a journal, an undo plan and an audit.

use std::fs;
use std::path::{Path, PathBuf};

use exrun::client::{Limits, PlanApply, RunRequest};
use exrun::plan::{ChangeKind, PlanLine, PlannedRequest, Precondition};
use exrun::rows::{Format, OutFile, ReportRequest};
use exrun::runs::verify_audit;
use serde_json::{Value, json};

use super::moments::{self, FAILURES, KILLS, Moment, POWER_CUTS, at_each};
use super::runs::{MAILBOXES, drain, emulator, mailboxes, new_client, task};
use super::support::{self, TENANT};

/// Of each mailbox an event is made, which could be made twice, and a setting changed.
const LINES: u64 = 2 * MAILBOXES;

const FORMAT: &str = "yyyy, dd.MM.";

/// Beside the folder whose operations are counted.
fn plan(folder: &Path, task: &Value) -> PathBuf {
    let path = folder.with_file_name("plan.jsonl");
    let mut text = json!({"exrunPlan": 1, "tenant": TENANT}).to_string() + "\n";
    for (name, index) in task["names"].as_array().unwrap().iter().zip(mailboxes(task)) {
        let mailbox = name.as_str().unwrap();
        let now = task["formats"][index.to_string()].as_str().map_or("M/d/yyyy", |format| format);
        for line in [event(mailbox), format(mailbox, now)] {
            text += &(line.to_text() + "\n");
        }
    }
    fs::write(&path, text).unwrap();
    path
}

fn event(mailbox: &str) -> PlanLine {
    let time = |day: u32| json!({"dateTime": format!("2026-12-{day}T00:00:00"), "timeZone": "UTC"});
    let event = json!({"subject": "Day off", "start": time(24), "end": time(25)});
    PlanLine {
        mailbox: mailbox.to_owned(),
        mailbox_id: None,
        facet: "events".to_owned(),
        key: "Day off".to_owned(),
        change: ChangeKind::Create,
        from: Value::Null,
        to: event.clone(),
        within: Vec::new(),
        request: PlannedRequest::new(&http::Method::POST, "events", Some(event)),
        precondition: Precondition {
            path: "events?$top=1000".to_owned(),
            among: json!({"subject": "Day off"}).as_object().cloned(),
            ..Precondition::default()
        },
        inverse: Some(PlannedRequest::new(&http::Method::DELETE, "events/{id}", None)),
        then: None,
        sum: None,
    }
}

fn format(mailbox: &str, now: &str) -> PlanLine {
    let of = |format: &str| json!({"dateFormat": format});
    let patch = |format: &str| PlannedRequest::new(&http::Method::PATCH, "mailboxSettings", Some(of(format)));
    PlanLine {
        facet: "settings".to_owned(),
        key: "mailboxSettings".to_owned(),
        change: ChangeKind::Change,
        from: of(now),
        to: of(FORMAT),
        within: Vec::new(),
        request: patch(FORMAT),
        precondition: Precondition { path: "mailboxSettings".to_owned(), ..Precondition::default() },
        inverse: Some(patch(now)),
        ..event(mailbox)
    }
}

pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = Path::new(task["folder"].as_str().unwrap());
    let client = new_client(task);
    let run = RunRequest {
        journal: Some(folder.join("run.db")),
        out_file: Some(OutFile {
            path: folder.join("rows.jsonl"),
            format: None,
            defuse_formulas: false,
            byte_order_mark: false,
        }),
        report: ReportRequest { format: Format::JsonLines, ..ReportRequest::default() },
        limits: Limits { max_concurrency: Some(1), ..Limits::default() },
        ..RunRequest::default()
    };
    let apply = PlanApply {
        plan: plan(folder, task),
        undo_plan: Some(folder.join("undo.jsonl")),
        audit_file: Some(folder.join("audit.jsonl")),
        ..PlanApply::default()
    };
    let stream = client.plan_apply(&run, &apply).map_err(|error| error.to_string())?;
    drain(&client, &*stream, "").map_err(|error| error.to_string())
}

fn lines_of(moment: &Moment, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(moment.folder.join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn plans_survive(kinds: &[&'static str]) {
    at_each(
        &task("plan"),
        kinds,
        |_| {},
        |moment| {
            let (what, task) = (&moment.what, moment.task());
            moments::carry_out(&task).unwrap_or_else(|error| panic!("{what}: {error}"));
            let rows = lines_of(moment, "rows.jsonl");
            assert_eq!(rows.len() as u64, LINES, "{what}");
            assert!(rows.iter().all(|row| row["Outcome"] == "Done"), "{what}: {rows:?}");
            let state = emulator().state();
            for index in mailboxes(&task) {
                assert_eq!(state.created_by_mailbox.get(&index), Some(&1), "{what}");
                assert_eq!(state.writes_done_by_mailbox.get(&index), Some(&2), "{what}");
                assert_eq!(emulator().settings(index)["dateFormat"], FORMAT, "{what}");
            }
            let audit = moment.folder.join("audit.jsonl");
            let verified = verify_audit(&audit, None, &support::context().cancel).unwrap();
            assert_eq!(verified["isWhole"], true, "{what}: {verified}");
            // Where the disk failed after an answer, the first run did not know, and says so in a line of its own.
            let done = (&verified["closed"], &verified["outcomes"]["Done"]);
            assert_eq!(done, (&json!("Completed"), &json!(LINES)), "{what}: {verified}");
            assert!(FAILURES.contains(&moment.kind) || verified["items"] == LINES, "{what}: {verified}");
            // The way back of each line, once.
            let undo = lines_of(moment, "undo.jsonl");
            let mut ways: Vec<String> =
                undo[1..].iter().map(|line| format!("{} {}", line["mailbox"], line["facet"])).collect();
            ways.sort();
            ways.dedup();
            assert_eq!((undo.len() as u64, ways.len() as u64), (1 + LINES, LINES), "{what}: {undo:?}");
            let deletes = undo[1..].iter().filter(|line| line["request"]["method"] == "DELETE").count();
            assert_eq!(deletes as u64, MAILBOXES, "{what}");
            let names = super::names(&moment.folder);
            let names: Vec<&String> = names.iter().filter(|name| *name != "rows.jsonl.kept").collect();
            assert_eq!(names, ["audit.jsonl", "rows.jsonl", "run.db", "undo.jsonl"], "{what}");
        },
    );
}

#[test]
fn each_line_of_a_plan_is_done_once_after_a_kill_at_any_moment() {
    plans_survive(&KILLS);
}

#[test]
fn each_line_of_a_plan_is_done_once_after_a_power_cut_at_any_moment() {
    plans_survive(&POWER_CUTS);
}

#[test]
fn each_line_of_a_plan_is_done_once_after_a_failure_of_the_disk_at_any_moment() {
    plans_survive(&FAILURES);
}
