//! Pages of rows in a real browser, and judged by a parser and an accessibility checker that others wrote.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "support/interop.rs"]
mod interop;
#[path = "support/programs.rs"]
mod programs;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::cancel::Signal;
use exrun::client::{Client, MailboxRequests, RunRequest, SettingsWrite, WriteMode};
use exrun::error::{Error, Status};
use exrun::rows::compare::{CompareRequest, compare};
use exrun::rows::{
    Cell, Fields, Format, Heading, Names, Next, OutFile, ReportRequest, Row, RowEncoder, RowStream, Selection,
};
use exrun_emulator::Config;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What holds of every page and of single ones, in the words in which the script prints it.
const HELD: [&str; 12] = [
    "every page parses without an error",
    "every page fits 1200 and 390 pixels, in light and dark",
    "axe finds nothing",
    "nothing is fetched and nothing of a mailbox runs",
    "100,000 rows are a page of rows at a time",
    "rows are found by words, outcome and link",
    "rows are sorted as numbers, dates and words, and stay in order where they are equal",
    "a failure says why",
    "sums are seen without a script",
    "paper has the rows",
    "a keyboard reaches everything",
    "a page that was cut says so",
];

fn out_file(path: &Path) -> OutFile {
    OutFile { path: path.to_owned(), format: None, defuse_formulas: false, byte_order_mark: false }
}

fn to_page(path: &Path, columns: &[&str]) -> RunRequest {
    let report = ReportRequest {
        format: Format::JsonLines,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        ..ReportRequest::default()
    };
    RunRequest { out_file: Some(out_file(path)), ..RunRequest::from(report) }
}

fn until_the_end(stream: &dyn RowStream, signal: &Signal) {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let seen = signal.epoch();
        match stream.next_batch(0).unwrap() {
            Next::End => return,
            Next::Batch { .. } => {}
            Next::Pending => {
                assert!(Instant::now() < deadline, "{}", stream.progress());
                signal.wait(seen, Instant::now() + Duration::from_millis(100));
            }
        }
    }
}

fn run(client: &Client, stream: &Arc<dyn RowStream>, mailboxes: &[String]) {
    for mailbox in mailboxes {
        while stream.push(format!("{}\n", json!(mailbox)).as_bytes()).unwrap() == 0 {
            std::thread::yield_now();
        }
    }
    stream.finish_input();
    until_the_end(&**stream, client.signal());
}

/// Pages of each kind of run, against the emulator.
fn pages_of_runs(folder: &Path) {
    let config = Config { mailboxes: 400, broken_percent: 6.0, ..Config::default() };
    let (emulator, _certificate, options) = support::start(config);
    let client = Client::new(options).unwrap();
    let mailboxes: Vec<String> = (0..400).map(|index| emulator.population().upn(index)).collect();
    for (name, columns) in [("report.html", &[][..]), ("wide.html", &["MailboxName", "*"])] {
        run(&client, &client.mailbox_settings_report(&to_page(&folder.join(name), columns)).unwrap(), &mailboxes);
    }
    let requests = MailboxRequests {
        run: to_page(&folder.join("requests.html"), &[]),
        method: "GET".to_owned(),
        path: Some("messages?$top=3".to_owned()),
        select: ["subject", "receivedDateTime", "isRead"].map(str::to_owned).to_vec(),
        ..MailboxRequests::default()
    };
    run(&client, &client.mailbox_requests(&requests).unwrap(), &mailboxes[..40]);
    let write = SettingsWrite {
        settings: Some(json!({"timeZone": "UTC", "timeFormat": "HH:mm"})),
        mode: WriteMode { dry_run: true, ..WriteMode::default() },
        ..SettingsWrite::default()
    };
    let stream = client.mailbox_settings_apply(&to_page(&folder.join("changes.html"), &[]), &write).unwrap();
    run(&client, &stream, &mailboxes);
    run(&client, &client.mailbox_settings_report(&to_page(&folder.join("nobody.html"), &[])).unwrap(), &[]);
}

fn page_of_a_comparison(folder: &Path) {
    let row = |number: usize, zone: &str| {
        format!(
            "{}\n",
            json!({"MailboxName": format!("kim.{number:03}@contoso.com"), "TimeZone": zone, "Locale": "de-DE"})
        )
    };
    let (old, new) = (folder.join("monday.jsonl"), folder.join("tuesday.jsonl"));
    let zones = ["UTC", "W. Europe Standard Time", "Tokyo Standard Time"];
    fs::write(&old, (0..120).map(|number| row(number, zones[number % 2])).collect::<String>()).unwrap();
    fs::write(&new, (10..130).map(|number| row(number, zones[number % 3])).collect::<String>()).unwrap();
    let request = CompareRequest {
        old,
        new,
        format: Format::JsonLines,
        out_file: Some(out_file(&folder.join("compared.html"))),
        ..CompareRequest::default()
    };
    let comparison = compare(request).unwrap();
    until_the_end(&*comparison.rows, &comparison.signal);
}

/// A page of given rows, in batches.
fn page_of(path: &Path, heading: Heading, columns: &[&str], batches: impl Iterator<Item = Vec<Row>>, progress: &Value) {
    let selection = Selection::parse(&columns[1..].iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    let file = out_file(path);
    let mut encoder = RowEncoder::for_objects(&ReportRequest::default(), Some((&file, heading)), &selection).unwrap();
    let mut page = Vec::new();
    for batch in batches {
        page.extend(encoder.encode(&batch));
    }
    page.extend(encoder.finish(progress, "2026-03-01T10:00:30Z".parse::<Timestamp>().unwrap()));
    fs::write(path, page).unwrap();
}

const MANY: usize = 100_000;

/// Every 1,000th fails; numbers, dates and blanks to be sorted.
fn page_of_many(folder: &Path) {
    let columns = ["MailboxName", "TimeZone", "Items", "Since", "Enabled"];
    let names: Names = columns.into_iter().collect();
    let row = |number: usize| {
        let mailbox = format!("user.{number}@contoso.com");
        let position = number as u64;
        if number % 1000 == 999 {
            let cells: Vec<Cell> = vec![Cell::from(&*mailbox), Cell::Null, Cell::Null, Cell::Null, Cell::Null];
            let error = Error::new(Status::NotFound, "the mailbox is not there");
            return Row::failed(position, Some(mailbox), Some(Fields::new(names.clone(), cells)), error);
        }
        let day = format!("20{:02}-{:02}-{:02}T00:00:00Z", 10 + number % 15, 1 + number % 12, 1 + number % 28);
        let zone = ["UTC", "Tokyo Standard Time", "W. Europe Standard Time"][number % 3];
        let items = i64::try_from(number * 7919 % MANY).unwrap();
        let cells = vec![
            Cell::from(&*mailbox),
            Cell::from(zone),
            Cell::Int(items),
            Cell::from(&*day),
            Cell::Bool(number.is_multiple_of(2)),
        ];
        Row::new(position, Fields::new(names.clone(), cells))
    };
    let batches = (0..MANY / 500).map(|batch| (batch * 500..(batch + 1) * 500).map(row).collect());
    let progress = json!({"completed": MANY, "failed": MANY / 1000, "requests": 5000, "retries": 12, "throttled": 3, "elapsedMs": 28_400});
    page_of(&folder.join("many.html"), Heading::new("Many mailboxes"), &columns, batches, &progress);
}

const HOSTILE: [&str; 10] = [
    "</script><script>document.hacked = 1</script>",
    "<!--<script>document.hacked = 1//-->",
    "<img src=x onerror=\"document.hacked = 1\">",
    "'\"><svg onload=document.hacked=1>",
    "javascript:document.hacked=1",
    "a\u{2028}b\u{2029}c",
    "\u{0}\u{1b}[31m\u{7f}\u{85}\u{fffe}",
    "\u{202e}moc.osotnoc@mik",
    "مرحبا שלום ไทย 🙂👩\u{200d}👩",
    "=cmd|' /C calc'!A0",
];

/// Everywhere where a text of others can stand: titles, facts, columns, cells, bars and errors.
fn page_of_the_hostile(folder: &Path) {
    let columns = ["MailboxName", "TimeZone", "</th><script>document.hacked = 1</script>", "nested"];
    let names: Names = columns.into_iter().collect();
    let rows = HOSTILE.into_iter().zip(0..).map(|(text, position)| {
        let long = format!("{text}{}", "x".repeat(100_000));
        let cells = vec![Cell::from(text), Cell::from(text), Cell::from(&*long), Cell::from(json!([{text: text}]))];
        let fields = Fields::new(names.clone(), cells);
        match position % 2 {
            0 => Row::new(position, fields),
            _ => Row::failed(position, Some(text.to_owned()), Some(fields), Error::new(Status::Service, text)),
        }
    });
    let heading = Heading::new(HOSTILE[0]).fact("Tenant", Some(HOSTILE[3])).fact("Request", Some(HOSTILE[6]));
    let progress = json!({"completed": 10, "failed": 5, "requests": 10, "elapsedMs": 90_000});
    page_of(&folder.join("hostile.html"), heading, &columns, std::iter::once(rows.collect()), &progress);
}

fn page_that_is_cut(folder: &Path) {
    let page = fs::read(folder.join("many.html")).unwrap();
    fs::write(folder.join("cut.html"), &page[..page.len() / 2]).unwrap();
}

#[test]
fn pages_of_rows_are_what_they_should_be_in_a_browser() {
    let Some((node, browser)) = programs::node_with_browser() else { return };
    let folder = tempfile::tempdir().unwrap();
    pages_of_runs(folder.path());
    page_of_a_comparison(folder.path());
    page_of_many(folder.path());
    page_of_the_hostile(folder.path());
    page_that_is_cut(folder.path());
    let screenshots = std::env::var_os("EXRUN_SCREENSHOTS").map(PathBuf::from);
    let input = json!({
        "folder": folder.path(), "browser": browser, "many": MANY, "hostile": HOSTILE, "screenshots": screenshots,
    });
    let held = interop::run(&node, "html_report.mjs", &input, &[]);
    assert_eq!(held, HELD);
}
