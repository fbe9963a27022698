//! Runs that reach a limit of the service: what they lose there, and whom it holds back.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::client::{Client, RunRequest};
use exrun::rows::{Format, Next, ReportRequest};
use exrun::runner::{Batching, Order};
use exrun_emulator::{Config, Emulator};
use serde_json::Value;
use support::start;

fn request(batching: Batching, in_flight: usize) -> RunRequest {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    let mut request = RunRequest { batching, ..report.into() };
    request.limits.max_concurrency = Some(in_flight);
    request
}

fn names(emulator: &Emulator, indexes: impl IntoIterator<Item = u64>) -> Vec<String> {
    indexes.into_iter().map(|index| emulator.population().upn(index)).collect()
}

/// Reads more mailboxes than the service takes in three windows; gives what each of them refused.
fn refused_in_windows(batching: Batching, in_flight: usize, a_window: u64, mailboxes: u64) -> Vec<u64> {
    let (emulator, _certificate, options) = start(Config {
        mailboxes,
        broken_percent: 0.0,
        requests_per_10s: a_window,
        window_seconds: 2,
        ..Config::default()
    });
    let client = Client::new(options).unwrap();
    let stream = client.mailbox_settings_report(&request(batching, in_flight)).unwrap();
    let rows = support::drive(&client, &*stream, &names(&emulator, 0..mailboxes)).unwrap();
    assert_eq!(rows.len() as u64, mailboxes);
    assert!(rows.iter().all(|row| row["TimeZone"].is_string()), "{rows:?}");
    let refused: Vec<u64> = emulator.state().refused_by_window.into_values().collect();
    assert!(refused.len() as u64 <= mailboxes / a_window, "more windows than were used up refused: {refused:?}");
    refused
}

#[test]
fn a_limit_of_the_app_costs_what_is_in_flight_in_each_window_and_no_more() {
    let refused = refused_in_windows(Batching::Never, 16, 100, 350);
    assert!(!refused.is_empty() && refused.iter().all(|refused| *refused <= 2 * 16), "{refused:?}");
}

#[test]
fn whoever_looks_is_told_for_how_long_the_service_has_the_run_wait() {
    const MAILBOXES: u64 = 350;
    let (emulator, _certificate, options) = start(Config {
        mailboxes: MAILBOXES,
        broken_percent: 0.0,
        requests_per_10s: 100,
        window_seconds: 2,
        ..Config::default()
    });
    let client = Client::new(options).unwrap();
    let stream = client.mailbox_settings_report(&request(Batching::Never, 16)).unwrap();
    let names = names(&emulator, 0..MAILBOXES);
    let lines: String = names.iter().map(|name| format!("{}\n", Value::from(name.as_str()))).collect();
    assert_eq!(stream.push(lines.as_bytes()).unwrap(), lines.len());
    stream.finish_input();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let held = loop {
        let progress = stream.progress();
        if let Some(held) = progress["heldMs"].as_u64() {
            break held;
        }
        assert!(progress["ended"] == false && std::time::Instant::now() < deadline, "it was never held: {progress}");
        std::thread::yield_now();
    };
    assert!(held <= 2000, "{held}");
    while !matches!(stream.next_batch(0).unwrap(), Next::End) {
        assert!(std::time::Instant::now() < deadline, "{}", stream.progress());
        std::thread::yield_now();
    }
    assert_eq!(stream.progress()["heldMs"], Value::Null);
    let events = stream.events();
    let told = events.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told: Vec<Value> = told.filter(|event| event["event"] == "held").collect();
    assert!(!told.is_empty(), "{events}");
    for event in told {
        assert!(event["waitMs"].as_u64().is_some_and(|wait| wait <= 2000), "{event}");
        assert!(event["message"].as_str().unwrap().starts_with("the service asked the app to slow down"), "{event}");
    }
}

#[test]
fn in_batches_too() {
    // Sixteen slots are four batches of twenty.
    let refused = refused_in_windows(Batching::Always, 16, 300, 1000);
    assert!(!refused.is_empty() && refused.iter().all(|refused| *refused <= 2 * 4 * 20), "{refused:?}");
}

#[test]
fn a_mailbox_that_has_had_all_its_requests_holds_no_other_back() {
    const ITS_OWN: u64 = 20;
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 500, broken_percent: 0.0, mailbox_requests_per_10min: ITS_OWN, ..Config::default() });
    let client = Client::new(options).unwrap();
    let mut request = request(Batching::Never, 16);
    request.limits.order = Order::Completion;
    let stream = client.mailbox_settings_report(&request).unwrap();
    // Every third line is of one mailbox.
    let lines = (0..450).map(|line| if line % 3 == 0 { 499 } else { line });
    for name in names(&emulator, lines) {
        let line = format!("{}\n", Value::from(name));
        assert_eq!(stream.push(line.as_bytes()).unwrap(), line.len());
    }
    stream.finish_input();
    let mut rows = 0;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    // Its other rows are minutes away.
    while rows < 300 + usize::try_from(ITS_OWN).unwrap() {
        let seen = client.signal().epoch();
        match stream.next_batch(0).unwrap() {
            Next::Batch { data, .. } => rows += String::from_utf8(data).unwrap().lines().count(),
            Next::Pending => {
                assert!(std::time::Instant::now() < deadline, "only {rows} rows: {}", stream.progress());
                client.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(100));
            }
            Next::End => panic!("the run ended after {rows} rows"),
        }
    }
    assert_eq!(stream.progress()["failed"], 0);
    stream.cancel();
}
