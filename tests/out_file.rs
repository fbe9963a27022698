//! Runs that write their own rows, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exrun::client::{Client, RunRequest};
use exrun::rows::{FileFormat, Format, OutFile, ReportRequest};
use exrun::rows::{Next, RowStream};
use exrun::{Error, Status};
use exrun_emulator::{Config, Population};
use serde_json::Value;
use support::{TENANT, start};

/// What a file begins with that says by itself that it is UTF-8.
const MARK: &[u8] = &[0xef, 0xbb, 0xbf];

fn to_file(path: &Path, report: ReportRequest) -> RunRequest {
    let out_file = OutFile { path: path.to_owned(), format: None, defuse_formulas: false, byte_order_mark: false };
    RunRequest { out_file: Some(out_file), ..RunRequest::from(report) }
}

fn with_mark(mut request: RunRequest) -> RunRequest {
    request.out_file.as_mut().unwrap().byte_order_mark = true;
    request
}

fn json_lines() -> ReportRequest {
    ReportRequest { format: Format::JsonLines, ..ReportRequest::default() }
}

fn mailboxes(population: Population) -> Vec<String> {
    (0..population.count).map(|index| population.upn(index)).collect()
}

fn push_all(stream: &dyn RowStream, mailboxes: &[String]) {
    let lines: String = mailboxes.iter().map(|name| format!("{}\n", Value::from(name.as_str()))).collect();
    let mut rest = lines.as_bytes();
    while !rest.is_empty() {
        let taken = stream.push(rest).unwrap();
        rest = &rest[taken..];
        std::thread::yield_now();
    }
    stream.finish_input();
}

/// Waits for the end; gives the batches that came before it.
fn until_the_end(client: &Client, stream: &dyn RowStream) -> Result<Vec<Vec<u8>>, Error> {
    let mut batches = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let seen = client.signal().epoch();
        match stream.next_batch(0)? {
            Next::End => return Ok(batches),
            Next::Batch { data, rows } => {
                assert_eq!(rows, 0, "rows go to the file");
                batches.push(data);
            }
            Next::Pending => {
                assert!(Instant::now() < deadline, "the run does not end");
                client.signal().wait(seen, Instant::now() + Duration::from_millis(100));
            }
        }
    }
}

fn lines_of(batches: &[Vec<u8>]) -> Vec<Value> {
    let text = batches.concat();
    String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// The rows of the same run as its caller gets them.
fn given(client: &Client, report: ReportRequest, mailboxes: &[String]) -> Vec<u8> {
    let stream = client.mailbox_settings_report(&report.into()).unwrap();
    push_all(&*stream, mailboxes);
    let mut rows = Vec::new();
    loop {
        let seen = client.signal().epoch();
        match stream.next_batch(0).unwrap() {
            Next::End => return rows,
            Next::Batch { data, .. } => rows.extend(data),
            Next::Pending => {
                client.signal().wait(seen, Instant::now() + Duration::from_millis(100));
            }
        }
    }
}

#[test]
fn a_file_holds_what_its_caller_would_have_got_and_the_caller_gets_what_failed() {
    let config = Config { mailboxes: 3000, broken_percent: 1.0, ..Config::default() };
    let (emulator, _certificate, options) = start(config);
    let population = emulator.population();
    let (client, mailboxes) = (Client::new(options).unwrap(), mailboxes(population));
    let folder = tempfile::tempdir().unwrap();
    let broken: Vec<u64> = (0..population.count).filter(|index| population.broken(*index).is_some()).collect();
    assert!(broken.len() > 10);
    for (name, format) in [("report.csv", Format::Csv), ("report.jsonl", Format::JsonLines)] {
        let path = folder.path().join(name);
        let stream = client.mailbox_settings_report(&to_file(&path, json_lines())).unwrap();
        push_all(&*stream, &mailboxes);
        let failures = lines_of(&until_the_end(&client, &*stream).unwrap());
        let failed: Vec<u64> = failures.iter().map(|failure| failure["row"].as_u64().unwrap()).collect();
        assert_eq!(failed, broken);
        for (failure, index) in failures.iter().zip(&broken) {
            assert_eq!(failure["mailbox"], population.upn(*index));
            assert!(failure["error"]["requestId"].is_string(), "{failure}");
        }
        let progress = stream.progress();
        assert_eq!((&progress["written"], &progress["failuresDropped"]), (&3000.into(), &0.into()));
        assert_eq!(progress["outFile"], path.to_str().unwrap());
        assert!(matches!(stream.next_batch(0), Ok(Next::End)));
        let expected = given(&client, ReportRequest { format, ..ReportRequest::default() }, &mailboxes);
        // Request ids are new in each run.
        let without_errors = |rows: &[u8]| {
            let text = String::from_utf8(rows.to_vec()).unwrap();
            text.lines().map(|line| line.split(",\"error\"").next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(without_errors(&fs::read(&path).unwrap()), without_errors(&expected));
    }
    assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
}

#[test]
fn a_page_shows_every_mailbox_and_the_counts() {
    let config = Config { mailboxes: 200, broken_percent: 5.0, ..Config::default() };
    let (emulator, _certificate, options) = start(config);
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.HTM");
    let clixml = ReportRequest { format: Format::Clixml, ..ReportRequest::default() };
    let stream = client.mailbox_settings_report(&to_file(&path, clixml)).unwrap();
    push_all(&*stream, &mailboxes(emulator.population()));
    let failures = String::from_utf8(until_the_end(&client, &*stream).unwrap().concat()).unwrap();
    assert!(failures.contains("<Obj N=\"rows\" RefId=\"1\"><LST></LST></Obj>"), "{failures}");
    assert!(failures.contains("<S N=\"mailbox\">"), "{failures}");
    let page = fs::read_to_string(&path).unwrap();
    let (_, rows) = page.split_once("<script type=\"application/json\" class=\"rows\">").unwrap();
    let rows: Vec<Vec<Value>> = serde_json::from_str(rows.split_once("</script>").unwrap().0).unwrap();
    let broken = (0..200).filter(|index| emulator.population().broken(*index).is_some()).count();
    assert_eq!((rows.len(), rows.iter().filter(|row| row.len() > 5).count()), (200, broken));
    assert!(broken > 5 && page.contains(&format!("<a href=\"#failed\">{broken}</a>")), "{page}");
    for told in ["<h1>Mailbox settings</h1>", &format!("<dt>Tenant</dt><dd dir=\"auto\">{TENANT}</dd>"), "<dd>200</dd>"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.ends_with("</html>\n"));
}

#[test]
fn a_report_on_nobody_has_its_header() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    let stream = client.mailbox_settings_report(&to_file(&path, json_lines())).unwrap();
    stream.finish_input();
    until_the_end(&client, &*stream).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "MailboxName,Language,Locale,TimeZone,AutomaticReplyStatus\r\n");
}

#[test]
fn a_cancelled_run_leaves_the_old_file_and_nothing_else() {
    // No answer comes before the run is cancelled.
    let (emulator, _certificate, options) = start(Config { latency_ms: 600_000, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    fs::write(&path, "old").unwrap();
    let stream = client.mailbox_settings_report(&to_file(&path, json_lines())).unwrap();
    push_all(&*stream, &mailboxes(emulator.population())[..50]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while names(folder.path()).len() < 2 || emulator.state().in_flight == 0 {
        assert!(Instant::now() < deadline, "the run does not start");
        std::thread::yield_now();
    }
    stream.cancel();
    assert_eq!(until_the_end(&client, &*stream).unwrap_err().status(), Status::Cancelled);
    assert_eq!(names(folder.path()), std::slice::from_ref(&path));
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
}

#[test]
fn a_run_that_fails_leaves_no_file() {
    let (emulator, _certificate, options) = start(Config::default());
    let options = exrun::ClientOptions { client_id: Some("11111111-2222-3333-4444-555555555555".into()), ..options };
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    let stream = client.mailbox_settings_report(&to_file(&path, json_lines())).unwrap();
    push_all(&*stream, &[emulator.population().upn(0)]);
    assert_eq!(until_the_end(&client, &*stream).unwrap_err().status(), Status::TokenRefused);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_folder_that_is_not_there_stops_the_run() {
    let (emulator, _certificate, options) = start(Config { latency_ms: 50, ..Config::default() });
    let client = Client::new(options).unwrap();
    let path = PathBuf::from("no such folder").join("report.csv");
    let stream = client.mailbox_settings_report(&to_file(&path, json_lines())).unwrap();
    let error = until_the_end(&client, &*stream).unwrap_err();
    assert_eq!(error.to_string(), format!("writing the file {}: no such file or folder", path.display()));
    assert_eq!(stream.push(b"\"kim\"\n").unwrap_err().status(), Status::File);
    assert_eq!(emulator.state().requests_of("graph"), 0);
}

#[test]
fn what_cannot_be_is_refused_at_once() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let refused = |request: &RunRequest| client.mailbox_settings_report(request).err().unwrap().to_string();
    let csv = ReportRequest { format: Format::Csv, ..ReportRequest::default() };
    assert!(refused(&to_file(Path::new("r.csv"), csv)).starts_with("format: where the rows go to a file"));
    assert!(refused(&to_file(Path::new("r.xlsx"), json_lines())).contains("ends in none of .csv, .jsonl, .html"));
    let mut page = to_file(Path::new("r.html"), json_lines());
    page.out_file.as_mut().unwrap().defuse_formulas = true;
    assert!(refused(&page).starts_with("defuseFormulas: is for CSV"));
    for name in ["r.html", "r.jsonl"] {
        let error = refused(&with_mark(to_file(Path::new(name), json_lines())));
        assert!(error.starts_with("outFileByteOrderMark: is for CSV"), "{error}");
    }
}

#[test]
fn two_files_of_a_run_are_not_one() {
    let (emulator, certificate, options) = start(Config { mailboxes: 1, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.jsonl");
    let both = RunRequest { log_file: Some(path.clone()), ..to_file(&path, json_lines()) };
    let journal = RunRequest { journal: Some(path.clone()), log_file: Some(path.clone()), ..json_lines().into() };
    for (request, members) in [(both, "outFile and logFile"), (journal, "journal and logFile")] {
        let Err(error) = client.mailbox_settings_report(&request) else { panic!("{members} are one") };
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().contains(&format!("{members} name the same file")), "{error}");
    }
    assert!(!path.exists());

    let journal = folder.path().join("run.db");
    let logged = |log_file: PathBuf| RunRequest {
        journal: Some(journal.clone()),
        log_file: Some(log_file),
        ..json_lines().into()
    };
    // What lies beside a journal; what the client signs in with.
    for (log_file, said) in [
        (folder.path().join("run.db-wal"), "run.db-wal, which belongs to the file that journal names"),
        (certificate.pfx.clone(), "logFile and the client's credential name the same file"),
    ] {
        let Err(error) = client.mailbox_settings_report(&logged(log_file)) else { panic!("{said}") };
        assert!(error.to_string().contains(said), "{error}");
    }
    #[cfg(unix)]
    {
        fs::write(&path, "").unwrap();
        let link = folder.path().join("link.jsonl");
        fs::hard_link(&path, &link).unwrap();
        let request = RunRequest { log_file: Some(link), ..to_file(&path, json_lines()) };
        let Err(error) = client.mailbox_settings_report(&request) else { panic!("two names of one file") };
        assert!(error.to_string().contains("outFile and logFile name the same file"), "{error}");
    }
    assert!(!journal.exists());
    drop(emulator);
}

#[test]
fn failures_that_nobody_takes_are_bounded_and_counted() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    let mut request = to_file(&path, json_lines());
    request.out_file.as_mut().unwrap().format = Some(FileFormat::Csv);
    let stream = client.mailbox_settings_report(&request).unwrap();
    push_all(&*stream, &vec![String::new(); 5000]);
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut events = String::new();
    while !events.contains("failuresDropped") {
        assert!(Instant::now() < deadline, "{events}");
        events += &stream.events();
        std::thread::yield_now();
    }
    assert!(events.contains("904 failures were dropped"), "{events}");
    let failures = lines_of(&until_the_end(&client, &*stream).unwrap());
    assert_eq!(failures.len(), 4096);
    assert_eq!(failures[0]["row"], 904);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 5001);
}

#[test]
fn formulas_in_the_names_of_mailboxes_are_defused() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    let mut request = to_file(&path, ReportRequest { columns: vec!["MailboxName".to_owned()], ..json_lines() });
    request.out_file.as_mut().unwrap().defuse_formulas = true;
    let stream = client.mailbox_settings_report(&request).unwrap();
    push_all(&*stream, &["=1+1@contoso.com".to_owned(), "kim@contoso.com".to_owned()]);
    let failures = lines_of(&until_the_end(&client, &*stream).unwrap());
    assert_eq!(failures[0]["mailbox"], "=1+1@contoso.com");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, "MailboxName\r\n\"'=1+1@contoso.com\"\r\n\"kim@contoso.com\"\r\n");
}

/// Excel takes a CSV file without the mark for one of the system's own code page.
#[test]
fn a_byte_order_mark_stands_once_before_everything_and_changes_nothing_else() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 1500, ..Config::default() });
    let (client, mailboxes) = (Client::new(options).unwrap(), mailboxes(emulator.population()));
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, mark: bool, report: ReportRequest, mailboxes: &[String]| {
        let path = folder.path().join(name);
        let request = to_file(&path, report);
        let request = if mark { with_mark(request) } else { request };
        let stream = client.mailbox_settings_report(&request).unwrap();
        push_all(&*stream, mailboxes);
        until_the_end(&client, &*stream).unwrap();
        fs::read(path).unwrap()
    };
    let headless = || ReportRequest { no_header: true, ..json_lines() };
    for (report, mailboxes) in [
        (json_lines as fn() -> ReportRequest, &*mailboxes),
        (json_lines, &[]),
        (headless, &mailboxes[..3]),
        (headless, &[]),
    ] {
        let plain = run("plain.csv", false, report(), mailboxes);
        assert!(!plain.starts_with(MARK));
        let marked = run("marked.csv", true, report(), mailboxes);
        assert_eq!(marked, [MARK, &plain[..]].concat());
    }
}

/// Where a file is written a run that was stopped costs little: its journal gives the rows that it has.
#[test]
fn a_run_that_was_stopped_and_resumed_writes_the_whole_file() {
    let config = Config { mailboxes: 400, broken_percent: 0.0, latency_ms: 20, ..Config::default() };
    let (emulator, _certificate, options) = start(config);
    let (client, mailboxes) = (Client::new(options).unwrap(), mailboxes(emulator.population()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.csv");
    let journal = folder.path().join("run.db");
    let request = with_mark(RunRequest { journal: Some(journal), ..to_file(&path, json_lines()) });
    let stream = client.mailbox_settings_report(&request).unwrap();
    push_all(&*stream, &mailboxes);
    let deadline = Instant::now() + Duration::from_secs(60);
    while stream.progress()["written"].as_u64().unwrap() < 50 {
        assert!(Instant::now() < deadline, "no row is written: {}", stream.progress());
        std::thread::yield_now();
    }
    stream.cancel();
    assert_eq!(until_the_end(&client, &*stream).unwrap_err().status(), Status::Cancelled);
    assert!(!path.exists());
    drop(stream);
    let stream = client.mailbox_settings_report(&request).unwrap();
    push_all(&*stream, &mailboxes);
    until_the_end(&client, &*stream).unwrap();
    assert!(stream.progress()["recalled"].as_u64().unwrap() >= 50, "{}", stream.progress());
    let bytes = fs::read(&path).unwrap();
    let text = std::str::from_utf8(bytes.strip_prefix(MARK).unwrap()).unwrap();
    assert!(text.starts_with("MailboxName,") && !text.contains('\u{feff}'));
    let written: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(written, mailboxes);
}
