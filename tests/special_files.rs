//! Paths that name a pipe or a device. Nothing waits for somebody at the other end: not the call, not the run, and not
//! what else the process does.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use exrun::client::{Client, ClientOptions, Credential, RunRequest, SettingsWrite};
use exrun::rows::Next;
use exrun::rows::compare::{CompareRequest, compare};
use exrun::rows::{FileFormat, Format, OutFile, ReportRequest};
use exrun::runtime::runtime;
use exrun::store::{JournalOptions, Recorded, Store, merge};
use exrun::{Error, Status};
use exrun_emulator::Config;
use serde_json::json;
use support::{drive, start};

/// What does not come back is a failure and not a test that never ends.
fn comes_back<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(120)).expect("it waits for the other end")
}

fn pipe(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// Paths that are no plain files, with what is said of them.
fn special(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let device = "it is a device, not a file";
    let socket = folder.join("socket.csv");
    // Its name stays.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let null = folder.join("null.csv");
    std::os::unix::fs::symlink("/dev/null", &null).unwrap();
    let mut paths = vec![
        (pipe(folder, "pipe.csv"), "it is a pipe, not a file"),
        (socket, "it is a socket, not a file"),
        (null, device),
        (folder.to_owned(), "it is a folder"),
        ("/dev/null".into(), device),
    ];
    if cfg!(target_os = "linux") {
        paths.push(("/dev/full".into(), device));
    }
    paths
}

fn report() -> RunRequest {
    RunRequest::from(ReportRequest { format: Format::JsonLines, ..ReportRequest::default() })
}

#[test]
fn a_log_that_is_no_plain_file_stops_the_run_before_it_starts() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    for (path, said) in special(folder.path()) {
        let client = Client::new(options.clone()).unwrap();
        let request = RunRequest { log_file: Some(path.clone()), ..report() };
        let error = comes_back(move || client.mailbox_settings_report(&request).err().unwrap());
        assert_eq!(error.to_string(), format!("opening the log file {}: {said}", path.display()));
        assert_eq!(error.status(), Status::File);
    }
    assert_eq!(emulator.state().requests_of("token") + emulator.state().requests_of("graph"), 0);
}

#[test]
fn an_out_file_that_is_no_plain_file_ends_the_run_and_stays_what_it_was() {
    use std::os::unix::fs::FileTypeExt as _;
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    for (path, said) in special(folder.path()) {
        let client = Client::new(options.clone()).unwrap();
        let format = Some(FileFormat::Csv);
        let out_file = Some(OutFile { path: path.clone(), format, defuse_formulas: false, byte_order_mark: false });
        let request = RunRequest { out_file, ..report() };
        let names = vec![emulator.population().upn(0)];
        let error = comes_back(move || {
            let stream = client.mailbox_settings_report(&request).unwrap();
            drive(&client, &*stream, &names).err().unwrap()
        });
        assert_eq!(error.to_string(), format!("writing the file {}: {said}", path.display()));
    }
    assert!(fs::symlink_metadata(folder.path().join("pipe.csv")).unwrap().file_type().is_fifo());
}

#[test]
fn a_list_of_failures_that_is_no_plain_file_stops_the_run_before_it_starts() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.csv");
    for (path, said) in special(folder.path()) {
        // By a name that is one of a list.
        let _ = fs::remove_file(&list);
        std::os::unix::fs::symlink(&path, &list).unwrap();
        let client = Client::new(options.clone()).unwrap();
        let request = RunRequest { failed_file: Some(list.clone()), ..report() };
        let error = comes_back(move || client.mailbox_settings_report(&request).err().unwrap());
        assert_eq!(error.to_string(), format!("writing the file {}: {said}", list.display()));
    }
    assert_eq!(emulator.state().requests_of("token") + emulator.state().requests_of("graph"), 0);
}

fn open_journal(path: PathBuf) -> Result<(), Error> {
    let options =
        JournalOptions { path, fingerprint: serde_json::Map::new(), retry_failed: false, retry_unknown: false };
    let store = runtime().unwrap().block_on(Store::open(Some(options)))?;
    runtime().unwrap().block_on(store.close());
    Ok(())
}

#[test]
fn a_journal_that_is_no_plain_file_or_has_one_beside_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (path, said) in special(folder.path()) {
        let error = comes_back(move || open_journal(path).unwrap_err());
        assert!(error.to_string().contains(said) && error.status() == Status::Journal, "{error}");
    }
    for ending in ["-wal", "-shm", "-journal"] {
        let made = folder.path().join(format!("made{ending}.db"));
        open_journal(made.clone()).unwrap();
        for journal in [folder.path().join(format!("new{ending}.db")), made] {
            let mut beside = journal.clone().into_os_string();
            beside.push(ending);
            pipe(folder.path(), beside.to_str().unwrap());
            let opened = journal.clone();
            let error = comes_back(move || open_journal(opened).unwrap_err()).to_string();
            assert!(error.contains(ending) && error.contains("it is a pipe, not a file"), "{error}");
            // Who reads it, and who merges it, waits neither.
            let read = journal.clone();
            let error = comes_back(move || Recorded::open(&read).err().unwrap()).to_string();
            assert!(!journal.exists() || error.contains("it is a pipe, not a file"), "{error}");
            let output = folder.path().join(format!("merged{ending}.db"));
            let error = comes_back(move || merge(&[journal], &output).unwrap_err()).to_string();
            assert!(error.contains("it is a pipe, not a file") || error.contains("no such file"), "{error}");
        }
    }
}

#[test]
fn a_report_to_compare_that_is_no_plain_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.csv");
    fs::write(&other, "MailboxName\na@contoso.com\n").unwrap();
    for (path, said) in special(folder.path()) {
        for (old, new) in [(path.clone(), other.clone()), (other.clone(), path.clone())] {
            let request = CompareRequest { old, new, format: Format::JsonLines, ..CompareRequest::default() };
            let error = comes_back(move || compared(request).unwrap_err());
            assert!(error.to_string().ends_with(said), "{error}");
        }
    }
}

/// Runs a comparison to its end.
fn compared(request: CompareRequest) -> Result<(), Error> {
    let comparison = compare(request)?;
    loop {
        let seen = comparison.signal.epoch();
        match comparison.rows.next_batch(0)? {
            Next::End => return Ok(()),
            Next::Batch { .. } => {}
            Next::Pending => {
                comparison.signal.wait(seen, Instant::now() + Duration::from_secs(1));
            }
        }
    }
}

#[test]
fn an_undo_file_that_is_no_plain_file_is_refused() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("run.db");
    let settings = Some(json!({"timeZone": "UTC"}));
    for (path, said) in special(folder.path()) {
        // Without a journal, what is there is not to be replaced; with one that is there, it may be its own.
        for (journal, said) in [(None, "it exists"), (Some(journal.clone()), said)] {
            if let Some(journal) = &journal {
                fs::write(journal, "").unwrap();
            }
            let client = Client::new(options.clone()).unwrap();
            let write =
                SettingsWrite { settings: settings.clone(), undo_file: Some(path.clone()), ..SettingsWrite::default() };
            let request = RunRequest { journal, ..report() };
            let error = comes_back(move || client.mailbox_settings_apply(&request, &write).err().unwrap());
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    assert_eq!(emulator.state().requests_of("graph"), 0);
}

#[test]
fn a_certificate_comes_through_a_pipe() {
    let (emulator, certificate, options) = start(Config { mailboxes: 1, broken_percent: 0.0, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path(), "app.pfx");
    let (bytes, to) = (fs::read(&certificate.pfx).unwrap(), path.clone());
    let writer = std::thread::spawn(move || fs::OpenOptions::new().write(true).open(to).unwrap().write_all(&bytes));
    let credential = Some(Credential::CertificateFile { path, password: None });
    let client = Client::new(ClientOptions { credential, ..options }).unwrap();
    let names = vec![emulator.population().upn(0)];
    let rows = comes_back(move || {
        let stream = client.mailbox_settings_report(&report()).unwrap();
        drive(&client, &*stream, &names).unwrap()
    });
    assert_eq!((rows.len(), rows[0].get("error")), (1, None));
    writer.join().unwrap().unwrap();
}
