//! Two reports, compared: reports of the emulated tenant, and files that other programs wrote.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[allow(dead_code, reason = "shared by tests: this one needs no generated values")]
mod report_judge;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use exrun::client::{Client, RunRequest};
use exrun::rows::compare::{CompareRequest, Comparison, compare};
use exrun::rows::{Format, OutFile, ReportRequest};
use exrun::rows::{Next, RowStream};
use exrun::{Error, Status};
use exrun_emulator::Config;
use report_judge::{Outcome, POWERSHELL};
use serde_json::{Value, json};
use support::start;

fn finish(comparison: &Comparison) -> Result<Vec<u8>, Error> {
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut all = Vec::new();
    loop {
        let seen = comparison.signal.epoch();
        match comparison.rows.next_batch(0)? {
            Next::End => return Ok(all),
            Next::Batch { data, .. } => all.extend(data),
            Next::Pending => {
                assert!(Instant::now() < deadline, "the comparison does not end");
                comparison.signal.wait(seen, Instant::now() + Duration::from_secs(1));
            }
        }
    }
}

fn request(old: &Path, new: &Path) -> CompareRequest {
    CompareRequest { old: old.to_owned(), new: new.to_owned(), format: Format::JsonLines, ..CompareRequest::default() }
}

/// Rows as `mailbox change property from to`, and the progress.
fn compared(request: CompareRequest) -> Result<(Vec<String>, Value), Error> {
    let comparison = compare(request)?;
    let rows = String::from_utf8(finish(&comparison)?).unwrap();
    let shown = rows.lines().map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let cells = ["MailboxName", "Change", "Property", "From", "To"].map(|name| match &row[name] {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        cells.join(" ")
    });
    Ok((shown.collect(), comparison.rows.progress()))
}

#[test]
fn a_report_is_not_replaced_by_what_became_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(folder.path(), "old.csv", "MailboxName,TimeZone\r\na,UTC\r\n");
    let new = written(folder.path(), "new.csv", "MailboxName,TimeZone\r\na,W. Europe Standard Time\r\n");
    for (path, member) in [(&old, "old"), (&new, "new")] {
        let out_file =
            Some(OutFile { path: path.clone(), format: None, defuse_formulas: false, byte_order_mark: false });
        let Err(error) = compare(CompareRequest { out_file, ..request(&old, &new) }) else {
            panic!("{member} is lost")
        };
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.to_string().contains(&format!("{member} and outFile name the same file")), "{error}");
    }
    assert_eq!(compared(request(&old, &old)).unwrap().0, <[&str; 0]>::default());
}

fn written(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

fn file_at(path: &Path, byte_order_mark: bool) -> OutFile {
    OutFile { path: path.to_owned(), format: None, defuse_formulas: false, byte_order_mark }
}

/// A report of the tenant in a file.
fn report_to(client: &Client, path: &Path, mailboxes: &[String]) {
    report_as(client, file_at(path, false), mailboxes);
}

fn report_as(client: &Client, out_file: OutFile, mailboxes: &[String]) {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    let stream =
        client.mailbox_settings_report(&RunRequest { out_file: Some(out_file), ..RunRequest::from(report) }).unwrap();
    for mailbox in mailboxes {
        assert!(stream.push(format!("{}\n", Value::from(mailbox.as_str())).as_bytes()).unwrap() > 0);
    }
    stream.finish_input();
    let deadline = Instant::now() + Duration::from_secs(120);
    while !matches!(stream.next_batch(0).unwrap(), Next::End) {
        assert!(Instant::now() < deadline, "the report does not end");
        std::thread::yield_now();
    }
}

#[test]
fn two_reports_of_a_tenant_differ_in_what_was_changed() {
    let config = Config { mailboxes: 300, broken_percent: 2.0, ..Config::default() };
    let (emulator, _certificate, options) = start(config);
    let population = emulator.population();
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mailboxes: Vec<String> = (0..300).map(|index| population.upn(index)).collect();
    let (old, new) = (folder.path().join("old.csv"), folder.path().join("new.jsonl"));
    report_to(&client, &old, &mailboxes);
    // Another order and another case, one left out, one that was not there.
    let mut later: Vec<String> = mailboxes.iter().rev().map(|name| name.to_uppercase()).collect();
    let removed = later.pop().unwrap().to_lowercase();
    later.insert(0, "nobody@contoso.com".to_owned());
    report_to(&client, &new, &later);

    let (rows, progress) = compared(request(&old, &new)).unwrap();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(rows[0], "nobody@contoso.com Added - - -");
    assert!(rows[1].to_lowercase().starts_with(&removed) && rows[1].ends_with(" Removed - - -"), "{rows:?}");
    let broken = (1..300).filter(|index| population.broken(*index).is_some()).count();
    assert!(broken > 0);
    // The CSV does not say why its rows are empty.
    let failed = progress["failed"].as_u64().unwrap();
    assert_eq!((progress["oldRows"].as_u64(), progress["newRows"].as_u64()), (Some(300), Some(300)));
    assert_eq!(progress["unchanged"].as_u64().unwrap() + failed, 299);

    // What somebody changed in between.
    let text = fs::read_to_string(&new).unwrap();
    let line = text.lines().find(|line| !line.contains("\"error\"")).unwrap();
    let mut row: Value = serde_json::from_str(line).unwrap();
    let (name, zone) = (row["MailboxName"].as_str().unwrap().to_owned(), row["TimeZone"].as_str().unwrap().to_owned());
    row["TimeZone"] = json!("Tonga Standard Time");
    fs::write(&new, text.replace(line, &row.to_string())).unwrap();
    let (rows, progress) = compared(request(&old, &new)).unwrap();
    assert!(rows.contains(&format!("{name} Changed TimeZone {zone} Tonga Standard Time")), "{rows:?}");
    assert_eq!(progress["changed"], 1);
}

#[test]
fn journals_are_compared_like_the_reports_of_their_runs() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 600, broken_percent: 2.0, ..Config::default() });
    let population = emulator.population();
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mailboxes: Vec<String> = (0..600).map(|index| population.upn(index)).collect();
    let journal_of = |name: &str, columns: &[&str], mailboxes: &[String]| {
        let path = folder.path().join(name);
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        let report = ReportRequest { format: Format::JsonLines, columns, ..ReportRequest::default() };
        let request = RunRequest { journal: Some(path.clone()), ..RunRequest::from(report) };
        let stream = client.mailbox_settings_report(&request).unwrap();
        support::drive(&client, &*stream, mailboxes).unwrap();
        path
    };
    let (old, new) = (journal_of("old.db", &[], &mailboxes), journal_of("new.db", &[], &mailboxes[1..]));
    let (rows, progress) = compared(request(&old, &new)).unwrap();
    assert_eq!(rows, [format!("{} Removed - - -", mailboxes[0])]);
    let broken = (1..600).filter(|index| population.broken(*index).is_some()).count() as u64;
    assert!(broken > 0);
    assert_eq!((&progress["failed"], &progress["unchanged"]), (&broken.into(), &(599 - broken).into()));
    // One journal stands for both, and a journal beside a file.
    assert!(compared(request(&old, &old)).unwrap().0.is_empty());
    let csv = folder.path().join("new.csv");
    report_to(&client, &csv, &mailboxes);
    assert!(compared(request(&old, &csv)).unwrap().0.is_empty());
    let nameless = journal_of("nameless.db", &["TimeZone"], &mailboxes[..3]);
    assert_eq!(compared(request(&old, &nameless)).unwrap_err().status(), Status::InvalidArgument);
    let stranger = folder.path().join("stranger.db");
    fs::write(&stranger, "SQLite format 3\0 but no more").unwrap();
    assert_eq!(compared(request(&old, &stranger)).unwrap_err().status(), Status::Journal);
}

#[test]
fn rows_come_in_the_order_of_the_later_report_and_the_removed_last() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(
        folder.path(),
        "old.csv",
        "MailboxName,TimeZone,Locale\r\na,UTC,de\r\ngone1,UTC,de\r\nb,UTC,de\r\ngone2,UTC,de\r\na,CET,fr\r\nc,,\r\nd,UTC,de\r\n",
    );
    let new = written(
        folder.path(),
        "new.csv",
        "TimeZone;MAILBOXNAME;Locale\nCET;B;en\nnew;NEW;x\nUTC;A;de\nUTC;a;fr\nUTC;c;de\n;d;\n",
    );
    let (rows, progress) = compared(request(&old, &new)).unwrap();
    assert_eq!(
        rows,
        [
            "B Changed TimeZone UTC CET",
            "B Changed Locale de en",
            "NEW Added - - -",
            "a Changed TimeZone CET UTC",
            "c Failed ErrorCode Failed -",
            "d Failed ErrorCode - Failed",
            "gone1 Removed - - -",
            "gone2 Removed - - -",
        ]
    );
    for (name, count) in [("added", 1), ("removed", 2), ("changed", 2), ("unchanged", 1), ("failed", 2)] {
        assert_eq!(progress[name], count, "{name}: {progress}");
    }
    let (rows, _) = compared(CompareRequest { ignore: vec!["timezone".to_owned()], ..request(&old, &new) }).unwrap();
    assert_eq!(rows[..2], ["B Changed Locale de en", "NEW Added - - -"]);
}

#[test]
fn columns_of_errors_are_compared_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let head = "MailboxName,TimeZone,ErrorCode,ErrorMessage,RequestId";
    let old = written(folder.path(), "old.csv", &format!("{head}\na,UTC,,,\nb,,ErrorX,no,1\n"));
    let new = written(folder.path(), "new.csv", &format!("{head}\na,,ErrorY,why,2\nb,,ErrorX,no,3\n"));
    assert_eq!(compared(request(&old, &new)).unwrap().0, ["a Failed ErrorCode - ErrorY"]);
    let asked = CompareRequest { include_error: true, ignore: vec!["RequestId".to_owned()], ..request(&old, &new) };
    assert_eq!(
        compared(asked).unwrap().0,
        ["a Changed TimeZone UTC -", "a Changed ErrorCode - ErrorY", "a Changed ErrorMessage - why"]
    );
}

#[test]
fn a_column_of_one_report_is_said_and_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(folder.path(), "old.jsonl", "{\"Id\":1,\"A\":true}\n{\"Id\":2,\"A\":null,\"B\":5}\n");
    let new = written(folder.path(), "new.csv", "Id,A,C\n1,True,x\n2,,y\n");
    let comparison = compare(request(&old, &new)).unwrap();
    assert_eq!(finish(&comparison).unwrap(), b"");
    let events = comparison.rows.events();
    assert!(
        events.contains("only the earlier report has B") && events.contains("only the later report has C"),
        "{events}"
    );
}

#[test]
fn a_comparison_goes_to_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(folder.path(), "old.csv", "Id,A\n1,x\n2,z\n");
    let new = written(folder.path(), "new.csv", "Id,A\n1,=y\n2,z\n");
    let path = folder.path().join("changes.csv");
    let out_file = Some(OutFile { path: path.clone(), format: None, defuse_formulas: true, byte_order_mark: false });
    let comparison = compare(CompareRequest { out_file, ..request(&old, &new) }).unwrap();
    assert_eq!(finish(&comparison).unwrap(), b"");
    assert_eq!(fs::read_to_string(&path).unwrap(), "MailboxName,Change,Property,From,To\r\n1,Changed,A,x,'=y\r\n");
    assert_eq!(comparison.rows.progress()["written"], 1);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_report_and_may_be_asked_for() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, broken_percent: 0.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let mailboxes: Vec<String> = (0..3).map(|index| emulator.population().upn(index)).collect();
    let folder = tempfile::tempdir().unwrap();
    let (plain, marked) = (folder.path().join("plain.csv"), folder.path().join("marked.csv"));
    report_as(&client, file_at(&plain, false), &mailboxes);
    report_as(&client, file_at(&marked, true), &mailboxes[1..]);
    assert!(fs::read(&marked).unwrap().starts_with(b"\xef\xbb\xbfMailboxName,"));
    for (old, new, change) in [(&plain, &marked, "Removed"), (&marked, &plain, "Added")] {
        let (rows, _) = compared(request(old, new)).unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert!(rows[0].contains(&mailboxes[0]) && rows[0].contains(change), "{rows:?}");
    }
    let path = folder.path().join("changes.csv");
    let out_file = Some(file_at(&path, true));
    finish(&compare(CompareRequest { out_file, ..request(&marked, &marked) }).unwrap()).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"\xef\xbb\xbfMailboxName,Change,Property,From,To\r\n");
}

#[test]
fn reports_of_others_belong_together_however_they_spell_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let old = written(folder.path(), "old.csv", "\u{feff}sep=;\r\nUser Principal Name;Zone\r\nkim;UTC\r\nlee;UTC\r\n");
    let new = written(folder.path(), "new.jsonl", "{\"userPrincipalName\":\"LEE\",\"Zone\":\"GMT\"}\n");
    let (rows, progress) = compared(request(&old, &new)).unwrap();
    assert_eq!(rows, ["LEE Changed Zone UTC GMT", "kim Removed - - -"]);
    assert_eq!(progress["changed"], 1);
    // And where the request names the column.
    let by_name = CompareRequest { key: Some("UserPrincipalName".to_owned()), ..request(&old, &new) };
    assert_eq!(compared(by_name).unwrap().0, rows);
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let one = written(folder.path(), "one.csv", "MailboxName,A\nkim,1\n");
    let other = written(folder.path(), "other.csv", "Colour,A\nred,1\n");
    let refused = |request: CompareRequest| compared(request).unwrap_err();
    let error = refused(request(&one, &other));
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(error.to_string().starts_with("the reports share none of the columns MailboxName,"), "{error}");
    let key = |name: &str| CompareRequest { key: Some(name.to_owned()), ..request(&one, &other) };
    assert_eq!(refused(key("colour")).to_string(), "key: the earlier report has no column colour");
    assert_eq!(refused(key("MailboxName")).to_string(), "key: the later report has no column MailboxName");
    assert!(compared(key("a")).is_ok());
    let ignore = CompareRequest { ignore: vec!["Nope".to_owned()], ..request(&one, &one) };
    assert_eq!(refused(ignore).to_string(), "ignore: neither report has a column Nope");
    assert_eq!(refused(request(Path::new("nowhere.csv"), &one)).status(), Status::File);
    let json = CompareRequest { format: Format::Json, ..request(&one, &one) };
    assert!(compare(json).is_err());
}

#[test]
fn a_comparison_ends_when_it_is_cancelled_and_takes_no_input() {
    let folder = tempfile::tempdir().unwrap();
    let empty = written(folder.path(), "old.csv", "");
    let mut many = "MailboxName,A\n".to_owned();
    (0..20_000).for_each(|number| many += &format!("{number},x\n"));
    let new = written(folder.path(), "new.csv", &many);
    let comparison = compare(request(&empty, &new)).unwrap();
    assert_eq!(comparison.rows.push(b"\"kim\"\n").unwrap_err().status(), Status::InputFinished);
    // More rows than wait for a caller: the thread is held up until the cancellation.
    let rows = finish_some(&*comparison.rows);
    assert!(rows > 0);
    comparison.rows.cancel();
    assert_eq!(comparison.rows.next_batch(0).unwrap_err().status(), Status::Cancelled);
    let all = compare(request(&empty, &new)).unwrap();
    assert_eq!(finish(&all).unwrap().iter().filter(|byte| **byte == b'\n').count(), 20_000);
    assert_eq!(all.rows.progress()["added"], 20_000);
}

fn finish_some(rows: &dyn RowStream) -> usize {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        assert!(Instant::now() < deadline, "no row comes");
        if let Next::Batch { rows, .. } = rows.next_batch(0).unwrap() {
            return rows;
        }
        std::thread::yield_now();
    }
}

/// A file that PowerShell made of ours is the same report, in each of the forms that it can write.
#[test]
fn what_powershell_wrote_of_a_report_is_the_same_report() -> Outcome<()> {
    const SCRIPT: &str = r#"param([string] $InFile, [string] $OutFile)
$ErrorActionPreference = 'Stop'
$rows = @(Import-Csv -LiteralPath $InFile -Encoding utf8)
$rows | Export-Csv -LiteralPath "$OutFile.plain" -NoTypeInformation -Encoding utf8
$rows | Export-Csv -LiteralPath "$OutFile.typed" -IncludeTypeInformation -Encoding unicode
$rows | Export-Csv -LiteralPath "$OutFile.semicolon" -NoTypeInformation -Delimiter ';' -Encoding utf8BOM
[IO.File]::WriteAllText($OutFile, 'done')
"#;
    let csv = "MailboxName,Language,Locale\r\nkim@contoso.com,\"Deutsch (Österreich)\",de-AT\r\n\
               lee,\"a,\"\"b\"\";c\",\r\n\"#x\",,fr\r\n";
    if POWERSHELL.ask("report_compare_powershell", SCRIPT, csv.as_bytes())?.is_none() {
        return Ok(());
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let ours = folder.join("report_compare_powershell.in");
    for form in ["plain", "typed", "semicolon"] {
        let theirs = folder.join(format!("report_compare_powershell.out.{form}"));
        let (rows, progress) = compared(request(&ours, &theirs))?;
        assert!(rows.is_empty(), "{form}: {rows:?}");
        assert_eq!(progress["unchanged"], 3, "{form}");
    }
    Ok(())
}
