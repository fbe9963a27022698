//! Runs with a journal, a file of rows and an undo file.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use exrun::client::{Client, ClientOptions, Credential, Limits, MailboxRequests, RunRequest, SettingsWrite};
use exrun::rows::{Format, OutFile, ReportRequest};
use exrun::rows::{Next, RowStream};
use exrun::secret::Secret;
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};

use super::moments::{self, FAILURES, KILLS, Moment, POWER_CUTS, at_each};
use super::names;
use super::support::{self, quick, start};

/// Enough for several commits, and few enough to be tried at every moment.
pub(super) const MAILBOXES: u64 = 2;
const ZONE: &str = "Tokyo Standard Time";

/// One for all runs, each of which has mailboxes of its own.
struct Tenant {
    emulator: Emulator,
    token: String,
}

fn tenant() -> &'static Tenant {
    static TENANT: OnceLock<Tenant> = OnceLock::new();
    TENANT.get_or_init(|| {
        let (emulator, _certificate, options) =
            start(Config { mailboxes: 100_000, broken_percent: 0.0, ..Config::default() });
        let (_, token, _) = support::token(&Client::new(options).unwrap());
        Tenant { emulator, token }
    })
}

/// Where mailboxes begin that nobody has had.
pub(super) fn take_mailboxes(number: u64) -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(number, Ordering::Relaxed)
}

pub(super) fn task(what: &str) -> Value {
    let Tenant { emulator, token } = tenant();
    json!({
        "what": what, "mailboxes": MAILBOXES, "token": token,
        "addr": emulator.addr().to_string(), "ca": emulator.ca_file(),
    })
}

pub(super) fn mailboxes(task: &Value) -> Vec<u64> {
    let first = task["first"].as_u64().unwrap();
    (first..first + MAILBOXES).collect()
}

/// The client of this process.
fn client(task: &Value) -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| new_client(task))
}

/// One whose clock is its own: who waits with it makes no token of others end.
pub(super) fn new_client(task: &Value) -> Client {
    let options = ClientOptions {
        credential: Some(Credential::Token(Secret::new(task["token"].as_str().unwrap().as_bytes().to_vec()))),
        connect_to: Some(task["addr"].as_str().unwrap().parse().unwrap()),
        ca_file: Some(task["ca"].as_str().unwrap().into()),
        clock: quick(),
        ..ClientOptions::default()
    };
    Client::new(options).unwrap()
}

pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = Path::new(task["folder"].as_str().unwrap());
    let client = client(task);
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
    let stream = if task["what"] == "posts" {
        client.mailbox_requests(&MailboxRequests {
            run,
            method: "POST".into(),
            path: Some("messages".into()),
            body: Some(json!({"subject": "x"})),
            ..MailboxRequests::default()
        })
    } else {
        let undo_file = Some(folder.join("undo.jsonl"));
        let settings = Some(json!({"timeZone": ZONE}));
        client.mailbox_settings_apply(&run, &SettingsWrite { settings, undo_file, ..SettingsWrite::default() })
    };
    let lines: String = task["names"].as_array().unwrap().iter().map(|name| format!("{name}\n")).collect();
    drain(client, &*stream.map_err(|error| error.to_string())?, &lines).map_err(|error| error.to_string())
}

pub(super) fn drain(client: &Client, stream: &dyn RowStream, lines: &str) -> exrun::Result<()> {
    if !lines.is_empty() {
        assert_eq!(stream.push(lines.as_bytes())?, lines.len());
    }
    stream.finish_input();
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let seen = client.signal().epoch();
        match stream.next_batch(0)? {
            Next::End => return Ok(()),
            Next::Batch { .. } => {}
            Next::Pending => {
                assert!(Instant::now() < deadline, "the run does not end");
                client.signal().wait(seen, Instant::now() + Duration::from_secs(1));
            }
        }
    }
}

/// The rows of the next run with the same files.
fn rows_of_next_run(moment: &Moment) -> Vec<Value> {
    let task = moment.task();
    let before = fs::read_to_string(moment.folder.join("rows.jsonl"));
    assert!(before.is_ok() || moment.said != Some(Ok(())), "{}: it succeeded, and its rows are not there", moment.what);
    if let Ok(rows) = before {
        assert_eq!(rows.lines().count() as u64, MAILBOXES, "{}: a part of the rows", moment.what);
    }
    moments::carry_out(&task).unwrap_or_else(|error| panic!("{}: {error}", moment.what));
    let rows = fs::read_to_string(moment.folder.join("rows.jsonl")).unwrap();
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<&Value> = rows.iter().map(|row| &row["MailboxName"]).collect();
    assert_eq!(json!(found), task["names"], "{}", moment.what);
    rows
}

/// What lies in the folder; but for the complete rows that could not be put in their place, which the error named.
fn names_of(moment: &Moment) -> Vec<String> {
    let mut names = names(&moment.folder);
    if let Some(Err(error)) = moment.said.as_ref().filter(|_| moment.kind == "error") {
        names.retain(|name| name != "rows.jsonl.kept" || !error.contains(name));
    }
    names
}

pub(super) fn emulator() -> &'static Emulator {
    &tenant().emulator
}

/// The format of dates that each mailbox has.
pub(super) fn date_formats(task: &Value) -> Value {
    let format = |index: u64| (index.to_string(), emulator().population().settings(index)["dateFormat"].clone());
    Value::Object(mailboxes(task).into_iter().map(format).collect())
}

pub(super) fn named(task: &Value) -> Value {
    mailboxes(task).into_iter().map(|index| tenant().emulator.population().upn(index)).collect::<Vec<_>>().into()
}

fn posts_survive(kinds: &[&'static str]) {
    at_each(
        &task("posts"),
        kinds,
        |_| {},
        |moment| {
            let what = &moment.what;
            let rows = rows_of_next_run(moment);
            let created = tenant().emulator.state().created_by_mailbox;
            for (index, row) in mailboxes(&moment.task()).iter().zip(&rows) {
                let times = created.get(index).copied().unwrap_or(0);
                if row["error"].is_null() {
                    assert_eq!((times, &row["subject"]), (1, &json!("x")), "{what}: {row}");
                } else {
                    assert_eq!(row["error"]["name"], "OutcomeUnknown", "{what}: {row}");
                    assert!(times <= 1, "{what}: posted {times} times");
                }
            }
            assert_eq!(names_of(moment), ["rows.jsonl", "run.db"], "{what}");
        },
    );
}

#[test]
fn a_post_is_never_repeated_after_a_kill_at_any_moment() {
    posts_survive(&KILLS);
}

#[test]
fn a_post_is_never_repeated_after_a_power_cut_at_any_moment() {
    posts_survive(&POWER_CUTS);
}

#[test]
fn a_post_is_never_repeated_after_a_failure_of_the_disk_at_any_moment() {
    posts_survive(&FAILURES);
}

fn settings_survive(kinds: &[&'static str]) {
    at_each(
        &task("settings"),
        kinds,
        |_| {},
        |moment| {
            let what = &moment.what;
            let rows = rows_of_next_run(moment);
            let Tenant { emulator, .. } = tenant();
            let undo = fs::read_to_string(moment.folder.join("undo.jsonl")).unwrap_or_default();
            let undo: Vec<Value> = undo.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            for (index, row) in mailboxes(&moment.task()).into_iter().zip(&rows) {
                let zone = &emulator.population().settings(index)["timeZone"];
                assert_eq!(emulator.settings(index)["timeZone"], ZONE, "{what}");
                let noted: Vec<&Value> = undo.iter().filter(|line| line["MailboxName"] == row["MailboxName"]).collect();
                // What was before this run and no other: once, or not at all where nothing was to be changed.
                let expected: Vec<&Value> = noted.iter().map(|line| &line["@settings"]["timeZone"]).collect();
                assert!(expected == [zone], "{what}: {noted:?}, it was {zone}");
                if zone != ZONE {
                    assert_eq!(&row["Changes"][0]["From"], zone, "{what}: {row}");
                }
                // One that had what is wanted need not be written.
                let times = emulator.state().writes_done_by_mailbox.get(&index).copied().unwrap_or(0);
                assert!(times == 1 || times == 0 && zone == ZONE, "{what}: written {times} times: {row}");
            }
            assert_eq!(names_of(moment), ["rows.jsonl", "run.db", "undo.jsonl"], "{what}");
        },
    );
}

#[test]
fn what_was_before_is_kept_after_a_kill_at_any_moment() {
    settings_survive(&KILLS);
}

#[test]
fn what_was_before_is_kept_after_a_power_cut_at_any_moment() {
    settings_survive(&POWER_CUTS);
}

#[test]
fn what_was_before_is_kept_after_a_failure_of_the_disk_at_any_moment() {
    settings_survive(&FAILURES);
}
