//! The bytes of rows: of each kind of run, in each form.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::cancel::Signal;
use exrun::client::{Client, Limits, MailboxRequests, RunRequest, SettingsWrite, WriteMode};
use exrun::error::Error;
use exrun::rows::compare::{CompareRequest, compare};
use exrun::rows::{Format, Next, OutFile, ReportRequest, RowStream};
use exrun::runner::{Batching, Order};
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};

/// What every run gave when this was written; `\r` stands for a carriage return.
const EXPECTED: &str = include_str!("data/rows/expected.txt");

type Start<'a> = &'a dyn Fn(RunRequest) -> Result<Arc<dyn RowStream>, Error>;

struct Tenant {
    emulator: Emulator,
    client: Client,
    folder: tempfile::TempDir,
    _certificate: support::TestCertificate,
}

impl Tenant {
    fn new() -> Self {
        let config = Config { mailboxes: 4, broken_percent: 0.0, ..Config::default() };
        let (emulator, certificate, options) = support::start(config);
        let client = Client::new(options).unwrap();
        Self { emulator, client, folder: tempfile::tempdir().unwrap(), _certificate: certificate }
    }

    fn lines(&self) -> Vec<Value> {
        let upn = |index| self.emulator.population().upn(index).into();
        vec![upn(0), "nobody@contoso.com".into(), json!({"Mail": upn(1), "Other": 1}), Value::Null, " ".into(), upn(2)]
    }

    /// All rows, in one batch: none is taken before all are done.
    fn rows(&self, stream: &dyn RowStream) -> String {
        let lines = self.lines();
        for line in &lines {
            stream.push(format!("{line}\n").as_bytes()).unwrap();
        }
        stream.finish_input();
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let seen = self.client.signal().epoch();
            if stream.progress()["completed"] == lines.len() {
                return taken(stream, self.client.signal());
            }
            assert!(Instant::now() < end, "{}", stream.progress());
            self.client.signal().wait(seen, Instant::now() + Duration::from_millis(100));
        }
    }

    /// The rows of a run in each form.
    fn add(&self, to: &mut String, name: &str, columns: &[&str], start: Start<'_>) {
        let run = |format, include_error| RunRequest {
            limits: Limits { order: Order::Input, ..Limits::default() },
            batching: Batching::Never,
            report: ReportRequest {
                format,
                include_error,
                columns: columns.iter().map(|name| (*name).to_owned()).collect(),
                ..ReportRequest::default()
            },
            ..RunRequest::default()
        };
        for format in [Format::JsonLines, Format::Clixml, Format::Csv] {
            for include_error in [false, true] {
                let text = match start(run(format, include_error)) {
                    Ok(stream) => self.rows(&*stream),
                    Err(error) => error.to_string(),
                };
                section(to, &format!("{name} {format:?} {include_error}"), &text);
            }
        }
        for ending in ["csv", "html"] {
            let path = self.folder.path().join(format!("{name}.{ending}"));
            let file = OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
            let stream = start(RunRequest { out_file: Some(file), ..run(Format::JsonLines, false) });
            let text = match stream {
                Ok(stream) => {
                    let failures = self.rows(&*stream);
                    format!("{failures}---\n{}", std::fs::read_to_string(&path).unwrap())
                }
                Err(error) => error.to_string(),
            };
            section(to, &format!("{name} {ending}"), &text);
        }
    }

    /// What a journal gives back is what went into it.
    fn assert_recalled(&self, name: &str, start: Start<'_>) {
        let request = || RunRequest {
            limits: Limits { order: Order::Input, ..Limits::default() },
            journal: Some(self.folder.path().join(format!("{name}.db"))),
            ..RunRequest::from(ReportRequest { format: Format::JsonLines, ..ReportRequest::default() })
        };
        let first = self.rows(&*start(request()).unwrap());
        let stream = start(request()).unwrap();
        assert_eq!(self.rows(&*stream), first);
        assert_eq!(stream.progress()["recalled"], self.lines().len(), "{name}");
    }
}

/// What is left of a stream.
fn taken(stream: &dyn RowStream, signal: &Signal) -> String {
    let mut text = String::new();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let seen = signal.epoch();
        match stream.next_batch(0).unwrap() {
            Next::Batch { data, .. } => text.push_str(std::str::from_utf8(&data).unwrap()),
            Next::End => return text,
            Next::Pending => {
                assert!(Instant::now() < end, "{}", stream.progress());
                signal.wait(seen, Instant::now() + Duration::from_millis(100));
            }
        }
    }
}

fn section(to: &mut String, name: &str, text: &str) {
    let text = without_ids(&without_frame(text)).replace('\r', "\\r");
    writeln!(to, "=== {name}\n{}", text.trim_end_matches('\n')).unwrap();
}

/// The text with nothing of a page but its rows: what is around them is tried in `html_report.rs`.
fn without_frame(text: &str) -> String {
    let Some((before, page)) = text.split_once("<!DOCTYPE html>") else { return text.to_owned() };
    let (_, rows) = page.split_once("<script type=\"application/json\" class=\"rows\">").unwrap();
    format!("{before}{}", rows.split_once("</script>").unwrap().0)
}

/// The text without the ids of requests, which are new each time.
fn without_ids(text: &str) -> String {
    const SHAPE: [usize; 5] = [8, 4, 4, 4, 12];
    let is_id = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq(SHAPE)
            && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (taken, shown) = match rest.get(..36).filter(|start| is_id(start)) {
            Some(_) => (36, "<id>"),
            None => (letter.len_utf8(), &rest[..letter.len_utf8()]),
        };
        out.push_str(shown);
        rest = &rest[taken..];
    }
    out
}

fn changes(to: &mut String, folder: &Path) {
    let (old, new) = (folder.join("old.jsonl"), folder.join("new.csv"));
    let earlier = [
        json!({"MailboxName": "kim", "TimeZone": "UTC", "Locale": null, "Bias": -60}),
        json!({"MailboxName": "lee", "error": {"name": "NotFound"}}),
        json!({"MailboxName": "gone", "TimeZone": "UTC"}),
    ];
    std::fs::write(&old, earlier.map(|row| format!("{row}\n")).concat()).unwrap();
    std::fs::write(&new, "MailboxName,TimeZone,Locale,Bias\r\nKIM,\"a,<b>\",de,-120\r\nlee,UTC,,\r\nnew,UTC,,\r\n")
        .unwrap();
    let request = |format, out_file| CompareRequest {
        old: old.clone(),
        new: new.clone(),
        format,
        out_file,
        ..CompareRequest::default()
    };
    for format in [Format::JsonLines, Format::Clixml, Format::Csv] {
        let comparison = compare(request(format, None)).unwrap();
        section(to, &format!("changes {format:?}"), &taken(&*comparison.rows, &comparison.signal));
    }
    for ending in ["csv", "html"] {
        let path = folder.join(format!("changes.{ending}"));
        let file = OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false };
        let comparison = compare(request(Format::JsonLines, Some(file))).unwrap();
        taken(&*comparison.rows, &comparison.signal);
        section(to, &format!("changes {ending}"), &std::fs::read_to_string(&path).unwrap());
    }
}

#[test]
fn each_run_gives_the_bytes_that_it_always_gave() {
    let tenant = Tenant::new();
    let client = &tenant.client;
    let report = |run| client.mailbox_settings_report(&run);
    let requests = |select: &[&str]| {
        let select: Vec<String> = select.iter().map(|name| (*name).to_owned()).collect();
        move |run| {
            client.mailbox_requests(&MailboxRequests {
                run,
                method: "GET".into(),
                path: Some("mailboxSettings/workingHours".into()),
                select: select.clone(),
                ..MailboxRequests::default()
            })
        }
    };
    let write = |dry_run| {
        move |run| {
            let settings = json!({"timeFormat": "h:mm", "workingHours": {"endTime": "18:30"}});
            let mode = WriteMode { dry_run, ..WriteMode::default() };
            let write = SettingsWrite { settings: Some(settings), mode, ..SettingsWrite::default() };
            client.mailbox_settings_apply(&run, &write)
        }
    };
    let mut given = String::new();
    tenant.add(&mut given, "report", &[], &report);
    let columns = ["TimeZone", "mailboxname", "WorkingHoursTimeZoneBias", "WorkingDays"];
    tenant.add(&mut given, "columns", &columns, &report);
    tenant.add(&mut given, "requests", &[], &requests(&[]));
    tenant.add(&mut given, "selected", &[], &requests(&["daysOfWeek", "timeZone.name", "ErrorCode", "startTime"]));
    tenant.add(&mut given, "settings", &[], &write(true));
    changes(&mut given, tenant.folder.path());
    if given != EXPECTED {
        let differs = given.lines().zip(EXPECTED.lines()).find(|(given, expected)| given != expected);
        panic!("{differs:?} of\n{given}");
    }
    tenant.assert_recalled("report", &report);
    tenant.assert_recalled("requests", &requests(&[]));
    tenant.assert_recalled("selected", &requests(&["startTime"]));
    tenant.assert_recalled("settings", &write(true));
    tenant.assert_recalled("writes", &write(false));
}
