//! The file of the mailboxes that failed in a run, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exrun::client::{Client, RunRequest, SettingsWrite};
use exrun::rows::{Format, Next, OutFile, ReportRequest, RowStream};
use exrun::{Error, Status};
use exrun_emulator::{Config, Population};
use serde_json::{Value, json};
use support::{drive, drive_lines, start};

const HEADER: [&str; 5] = ["MailboxName", "Cause", "ErrorCode", "ErrorMessage", "RequestId"];

fn to(path: &Path) -> RunRequest {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    RunRequest { failed_file: Some(path.to_owned()), ..report.into() }
}

/// The records of a file, without its header.
fn records(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    let mut records: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(records.remove(0), HEADER);
    records
}

fn mailboxes(population: Population) -> Vec<String> {
    (0..population.count).map(|index| population.upn(index)).collect()
}

fn broken(population: Population) -> Vec<String> {
    (0..population.count)
        .filter(|index| population.broken(*index).is_some())
        .map(|index| population.upn(index))
        .collect()
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn until_ended(stream: &dyn RowStream) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let progress = stream.progress();
        if progress["ended"] == true {
            return progress;
        }
        assert!(Instant::now() < deadline, "the run does not end: {progress}");
        std::thread::yield_now();
    }
}

/// Gives a run all its input and takes what it gives, rows or failures.
fn run(stream: &dyn RowStream, mailboxes: &[String]) {
    let mut rest = mailboxes.chunks(500);
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match rest.next() {
            Some(some) => push(stream, some),
            None => stream.finish_input(),
        }
        loop {
            assert!(Instant::now() < deadline, "the run does not end: {}", stream.progress());
            match stream.next_batch(0).unwrap() {
                Next::End => return,
                Next::Batch { .. } => {}
                Next::Pending if rest.len() > 0 => break,
                Next::Pending => {
                    stream.finish_input();
                    std::thread::yield_now();
                }
            }
        }
    }
}

fn push(stream: &dyn RowStream, mailboxes: &[String]) {
    let lines: String = mailboxes.iter().map(|name| format!("{}\n", Value::from(name.as_str()))).collect();
    assert_eq!(stream.push(lines.as_bytes()).unwrap(), lines.len());
}

#[test]
fn it_names_every_mailbox_that_failed_and_why_and_a_run_takes_it_as_its_input() {
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 3000, broken_percent: 10.0, ..Config::default() });
    let (client, population) = (Client::new(options).unwrap(), emulator.population());
    let folder = tempfile::tempdir().unwrap();
    let (path, out_file) = (folder.path().join("failed.csv"), folder.path().join("rows.jsonl"));
    fs::write(&path, "that of yesterday").unwrap();
    let to_file = OutFile { path: out_file.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
    for out_file in [None, Some(to_file)] {
        let stream = client.mailbox_settings_report(&RunRequest { out_file, ..to(&path) }).unwrap();
        run(&*stream, &mailboxes(population));
        let progress = stream.progress();
        assert_eq!(progress["failedFile"], json!({"written": true, "error": null}));
        let records = records(&path);
        let mut failed: Vec<&String> = records.iter().map(|record| &record[0]).collect();
        failed.sort();
        let mut expected = broken(population);
        expected.sort();
        assert!(expected.len() > 256, "more than one write");
        assert_eq!(failed, expected.iter().collect::<Vec<_>>());
        for (cause, count) in progress["outcomes"].as_object().unwrap().iter().filter(|(cause, _)| *cause != "Ok") {
            let of_cause = records.iter().filter(|record| record[1] == *cause).count();
            assert_eq!(Some(of_cause as u64), count.as_u64(), "{cause}");
        }
        assert!(records.iter().all(|record| record.iter().all(|field| !field.is_empty())), "{records:?}");
    }
    // As a host reads the file and gives what it holds: all of them fail again.
    let objects: Vec<Value> = records(&path)
        .into_iter()
        .map(|record| {
            HEADER.into_iter().map(str::to_owned).zip(record).map(|(name, value)| (name, value.into())).collect()
        })
        .map(Value::Object)
        .collect();
    let stream = client.mailbox_settings_report(&to(&path)).unwrap();
    drive_lines(&client, &*stream, objects.clone()).unwrap();
    assert_eq!(stream.progress()["failed"], objects.len());
    assert_eq!(records(&path).len(), objects.len());
    assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
}

#[test]
fn a_run_without_a_failure_leaves_a_list_of_nobody() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, broken_percent: 0.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    fs::write(&path, "that of yesterday").unwrap();
    let stream = client.mailbox_settings_report(&to(&path)).unwrap();
    drive(&client, &*stream, &mailboxes(emulator.population())).unwrap();
    assert_eq!(records(&path), Vec::<Vec<String>>::new());
}

#[test]
fn a_run_that_is_cut_leaves_what_had_failed_so_far() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 100, broken_percent: 50.0, ..Config::default() });
    let (client, population) = (Client::new(options).unwrap(), emulator.population());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    let stream = client.mailbox_settings_report(&to(&path)).unwrap();
    push(&*stream, &mailboxes(population));
    let deadline = Instant::now() + Duration::from_secs(60);
    // Its input goes on, and nobody takes its rows.
    while stream.progress()["completed"] != 100 {
        assert!(Instant::now() < deadline, "{}", stream.progress());
        std::thread::yield_now();
    }
    assert!(!path.exists());
    stream.cancel();
    let progress = until_ended(&*stream);
    assert_eq!(progress["failedFile"]["written"], true);
    let mut failed: Vec<String> = records(&path).into_iter().map(|record| record[0].clone()).collect();
    failed.sort();
    let mut expected = broken(population);
    expected.sort();
    assert_eq!(failed, expected);
    assert_eq!(names(folder.path()), [path]);
}

#[test]
fn a_run_that_ends_before_anything_was_done_leaves_the_list_of_yesterday() {
    let (emulator, _certificate, options) = start(Config::default());
    let refused = exrun::ClientOptions { client_id: Some("11111111-2222-3333-4444-555555555555".into()), ..options };
    let client = Client::new(refused).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    fs::write(&path, "that of yesterday").unwrap();
    let stream = client.mailbox_settings_report(&to(&path)).unwrap();
    assert_eq!(drive(&client, &*stream, &[emulator.population().upn(0)]).unwrap_err().status(), Status::TokenRefused);
    assert_eq!(until_ended(&*stream)["failedFile"], json!({"written": false, "error": null}));
    assert_eq!(fs::read_to_string(&path).unwrap(), "that of yesterday");
    assert_eq!(names(folder.path()), [path]);
}

#[test]
fn a_run_that_ends_for_too_many_failures_lists_them() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 400, broken_percent: 50.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    let request = RunRequest { stop_after_errors: Some(20), ..to(&path) };
    let stream = client.mailbox_settings_report(&request).unwrap();
    let error = drive(&client, &*stream, &mailboxes(emulator.population())).unwrap_err();
    assert_eq!(error.status(), Status::TooManyErrors);
    let progress = until_ended(&*stream);
    assert!(progress["failed"].as_u64().unwrap() >= 20, "{progress}");
    assert_eq!(records(&path).len() as u64, progress["failed"].as_u64().unwrap());
}

#[test]
fn what_an_earlier_run_recorded_as_failed_is_listed_too() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 100, broken_percent: 20.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    let request = RunRequest { journal: Some(folder.path().join("run.db")), ..to(&path) };
    for _ in 0..2 {
        let stream = client.mailbox_settings_report(&request).unwrap();
        drive(&client, &*stream, &mailboxes(emulator.population())).unwrap();
        assert_eq!(records(&path).len(), broken(emulator.population()).len());
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_place_where_it_cannot_be_is_told_before_anything_is_sent() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| -> Error { client.mailbox_settings_report(&to(path)).err().unwrap() };
    let missing = folder.path().join("no such folder").join("failed.csv");
    let error = refused(&missing);
    assert_eq!(error.to_string(), format!("writing the file {}: no such file or folder", missing.display()));
    let taken = folder.path().join("folder.csv");
    fs::create_dir(&taken).unwrap();
    assert!(refused(&taken).to_string().ends_with("it is a folder"));
    assert_eq!(refused(&folder.path().join("failed.txt")).status(), Status::InvalidArgument);
    let both = RunRequest { log_file: Some(folder.path().join("one.csv")), ..to(&folder.path().join("one.csv")) };
    let error = client.mailbox_settings_report(&both).err().unwrap();
    assert!(error.to_string().contains("failedFile and logFile name the same file"), "{error}");
    // What the undo file of a run that writes holds is not to be lost to it.
    let undo = folder.path().join("undo.csv");
    let write = SettingsWrite {
        settings: Some(json!({"timeZone": "UTC"})),
        undo_file: Some(undo.clone()),
        ..SettingsWrite::default()
    };
    let error = client.mailbox_settings_apply(&to(&undo), &write).err().unwrap();
    assert!(error.to_string().contains("failedFile and undoFile name the same file"), "{error}");
    assert_eq!(emulator.state().requests_of("token") + emulator.state().requests_of("graph"), 0);
    assert_eq!(names(folder.path()), [taken]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_list_that_cannot_be_put_in_its_place_ends_no_run() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 50, broken_percent: 20.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("failed.csv");
    let stream = client.mailbox_settings_report(&to(&path)).unwrap();
    // Something else has come to be there meanwhile.
    fs::create_dir(&path).unwrap();
    let rows = drive(&client, &*stream, &mailboxes(emulator.population())).unwrap();
    assert_eq!(rows.len(), 50);
    let listed = &stream.progress()["failedFile"];
    assert_eq!((&listed["written"], &listed["error"]["name"]), (&json!(false), &json!("File")), "{listed}");
    // The list itself is not lost.
    let kept = folder.path().join("failed.csv.kept");
    assert_eq!(records(&kept).len(), broken(emulator.population()).len());
    assert!(listed["error"]["hint"].as_str().unwrap().contains("failed.csv.kept"), "{listed}");
}
