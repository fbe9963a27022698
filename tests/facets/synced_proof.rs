//! Contacts with photos brought into many mailboxes under faults, killed again and again: each is there once, and a
//! second run sends reads alone.
//!
//! `EXRUN_SYNC_MAILBOXES=1000 EXRUN_SYNC_CONTACTS=300 EXRUN_SYNC_KILLS=20 cargo test --test facets synced_proof` draws a
//! larger one, and says what it took.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::client::{ClientOptions, ContactSource, ContactSync, PlanApply, RunRequest, SourceRequest};
use exrun::rows::OutFile;
use exrun_emulator::Config;
use serde_json::{Value, json};

use super::support::{QuickClock, number};
use super::synced::contacts;
use super::{Tenant, json_lines, support};

const GIVEN: &str = "EXRUN_TEST_SYNC";

/// One contact in so many has a photo, and so many of these have one of their own.
const WITH_PHOTO: u64 = 3;
const PHOTOS: u64 = 10;

/// One request in two hundred breaks off, half of them before and half after the work; one in fifty is throttled.
const FAULTS: &str = r#"{"rules": [
    {"kind": "graph", "percentOfRequests": 0.25, "action": {"reset": "before"}},
    {"kind": "graph", "percentOfRequests": 0.5, "action": {"reset": "after"}},
    {"kind": "graph", "percentOfRequests": 2.5, "action": {"status": 429, "retryAfter": "0.05"}}]}"#;

/// A list of people, in a file, with their photos beside it.
fn write_list(folder: &Path, contacts: u64) {
    fs::create_dir(folder.join("pictures")).unwrap();
    for (photo, byte) in (0..PHOTOS).zip(0_u8..) {
        let picture = [&[0xff, 0xd8, 0xff, 0xe0][..], &[byte; 2_000]].concat();
        fs::write(folder.join(format!("pictures/{photo}.jpg")), picture).unwrap();
    }
    let row = |number: u64| {
        let has_photo = number.is_multiple_of(WITH_PHOTO);
        let photo = if has_photo { format!("pictures/{}.jpg", number % PHOTOS) } else { String::new() };
        format!("E{number},Kim,Number {number},kim{number}@contoso.com,Contoso,+49 {number},Berlin,{photo}\n")
    };
    let rows: String = (0..contacts).map(row).collect();
    let heads = "Key,First Name,Last Name,E-mail Address,Company,Business Phone,Business City,Photo\n";
    fs::write(folder.join("people.csv"), format!("{heads}{rows}")).unwrap();
}

/// Starts what is done in a process of its own: `compare` or `apply`.
fn begin(given: &Value, what: &str) -> Child {
    let mut given = given.clone();
    given["what"] = what.into();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "synced_proof::one_that_syncs", "--nocapture", "--test-threads=1"])
        .env(GIVEN, given.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

/// What the process that came to its end took of memory at most, in MB; none where the system does not say.
fn peak(folder: &Path) -> u64 {
    fs::read_to_string(folder.join("peak")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

fn differences(folder: &Path) -> usize {
    fs::read_to_string(folder.join("rows.jsonl")).unwrap().lines().count()
}

#[test]
#[expect(clippy::print_stdout, reason = "a large one that was asked for says what it took")]
fn contacts_that_are_brought_in_under_kills_are_each_there_once() {
    let (mailboxes, people) = (number("EXRUN_SYNC_MAILBOXES", 12), number("EXRUN_SYNC_CONTACTS", 20));
    let kills = number("EXRUN_SYNC_KILLS", 4);
    let tenant = Tenant::of(Config { mailboxes, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_list(folder, people);
    tenant.faults(FAULTS);
    let given = json!({"addr": tenant.emulator.addr().to_string(), "ca": tenant.emulator.ca_file(),
        "pfx": tenant.certificate.pfx, "folder": folder});
    let requests = || tenant.emulator.state().requests_of("graph");
    let done = || tenant.emulator.state().writes_done_by_mailbox.values().sum::<u64>();

    let began = Instant::now();
    assert!(begin(&given, "compare").wait().unwrap().success());
    let with_photo = people.div_ceil(WITH_PHOTO);
    // Each third mailbox has the folder already.
    let made = mailboxes * people + (mailboxes - mailboxes.div_ceil(3));
    assert_eq!(differences(folder) as u64, made + mailboxes * with_photo);
    assert_eq!(done(), 0);
    let (compared, asked, took) = (began.elapsed().as_secs(), requests(), peak(folder));
    println!("compared: {compared} s, {asked} requests, {took} MB at most");

    let began = Instant::now();
    let planned = made + 2 * mailboxes * with_photo;
    let mut killed = 0;
    for kill in 1..=kills {
        let mut child = begin(&given, "apply");
        // Killed when it has got so far, wherever it is then.
        let goal = planned * kill / (kills + 1);
        while done() < goal && child.try_wait().unwrap().is_none() && began.elapsed() < Duration::from_secs(7_200) {
            std::thread::sleep(Duration::from_millis(2));
        }
        killed += u64::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(killed > 0 && done() < planned, "{killed} kills, {} of {planned} done", done());
    assert!(begin(&given, "apply").wait().unwrap().success());
    let (applied, sent, took) = (began.elapsed().as_secs(), requests() - asked, peak(folder));
    println!("applied with {killed} kills: {applied} s, {sent} requests, {took} MB at most");

    // Each once, whatever was killed and whatever broke off; a photo may have been put again.
    let state = tenant.emulator.state();
    assert_eq!(state.created_by_mailbox.values().sum::<u64>(), made);
    assert!(done() >= planned, "{} of {planned}", done());
    let rows = fs::read_to_string(folder.join("done.jsonl")).unwrap();
    let settled =
        rows.lines().filter(|row| row.contains("\"Outcome\":\"Done\"") || row.contains("\"Unchanged\"")).count();
    assert_eq!(settled as u64, made + mailboxes * with_photo);

    tenant.emulator.reset();
    tenant.faults(r#"{"rules": []}"#);
    let began = Instant::now();
    assert!(begin(&given, "compare").wait().unwrap().success());
    assert_eq!(differences(folder), 0);
    let state = tenant.emulator.state();
    assert_eq!(state.writes_by_mailbox.values().sum::<u64>(), 0);
    assert_eq!(state.by_mailbox.len() as u64, mailboxes);
    assert!(state.by_mailbox.values().all(|requests| *requests == 2), "{:?}", state.by_mailbox.values().max());
    let (compared, asked, took) = (began.elapsed().as_secs(), requests(), peak(folder));
    println!("compared again: {compared} s, {asked} requests, {took} MB at most");
}

/// Run by the test above in a process of its own.
#[test]
fn one_that_syncs() {
    let Some(given) = support::given(GIVEN) else { return };
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    let folder = path("folder");
    let client = support::client_of(
        &given,
        ClientOptions { clock: Arc::new(QuickClock::default()), ..ClientOptions::default() },
    );
    let out_file = |name: &str| {
        Some(OutFile { path: folder.join(name), format: None, defuse_formulas: false, byte_order_mark: false })
    };
    let stream = if given["what"] == "compare" {
        let source = Some(SourceRequest::All { filter: None, top: None, include_without_mailbox: false });
        let request = ContactSync {
            run: RunRequest { source, out_file: out_file("rows.jsonl"), ..json_lines() },
            contacts: ContactSource::File(folder.join("people.csv")),
            plan_file: Some(folder.join("plan.jsonl")),
            ..contacts(json!(null))
        };
        client.contact_sync_plan(&request).unwrap()
    } else {
        let run = RunRequest {
            maximum: Some(100_000_000),
            journal: Some(folder.join("run.db")),
            out_file: out_file("done.jsonl"),
            ..json_lines()
        };
        let apply = PlanApply { plan: folder.join("plan.jsonl"), ..PlanApply::default() };
        client.plan_apply(&run, &apply).unwrap()
    };
    support::drive_lines(&client, &*stream, []).unwrap();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = most.and_then(|most| most.trim().split(' ').next()?.parse::<u64>().ok());
    fs::write(folder.join("peak"), kilobytes.map(|most| (most / 1024).to_string()).unwrap_or_default()).unwrap();
}
