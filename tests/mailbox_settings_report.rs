//! The report over many mailboxes, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::client::{Client, RunRequest};
use exrun::rows::ReportRequest;
use exrun::runner::Batching;
use exrun_emulator::{Config, FaultScript};
use support::{report, start};

fn script(json: &str) -> FaultScript {
    serde_json::from_str(json).unwrap()
}

/// A report with a request for each mailbox.
fn singly() -> RunRequest {
    let report = ReportRequest { format: exrun::rows::Format::JsonLines, ..Default::default() };
    RunRequest { batching: Batching::Never, ..report.into() }
}

fn report_singly(client: &Client, mailboxes: &[String]) -> Vec<serde_json::Value> {
    let stream = client.mailbox_settings_report(&singly()).unwrap();
    support::drive(client, &*stream, mailboxes).unwrap()
}

/// One row a mailbox, in input order, with what the mailbox has.
fn assert_complete(rows: &[serde_json::Value], population: exrun_emulator::Population) {
    assert_eq!(rows.len() as u64, population.count);
    for (index, row) in (0..).zip(rows) {
        assert_eq!(row["MailboxName"], population.upn(index), "row {index}");
        if population.broken(index).is_some() {
            assert!(row["TimeZone"].is_null() && row["error"].is_object(), "row {index}: {row}");
        } else {
            let settings = population.settings(index);
            assert!(row.get("error").is_none(), "row {index}: {row}");
            assert_eq!(row["TimeZone"], settings["timeZone"]);
            assert_eq!(row["Locale"], settings["language"]["locale"]);
            assert_eq!(row["Language"], settings["language"]["displayName"]);
            let status = settings["automaticRepliesSetting"]["status"].as_str().unwrap();
            assert!(row["AutomaticReplyStatus"].as_str().unwrap().eq_ignore_ascii_case(status));
        }
    }
}

#[test]
fn every_mailbox_has_one_row_in_input_order_under_throttling_and_failures() {
    let config = Config {
        mailboxes: 5000,
        throttle_percent: 1.0,
        broken_percent: 1.0,
        throttle_seconds: 0.02,
        ..Config::default()
    };
    let (emulator, _certificate, options) = start(config);
    let population = emulator.population();
    let client = Client::new(exrun::ClientOptions { max_concurrency: 16, ..options }).unwrap();
    let mailboxes: Vec<String> = (0..5000).map(|index| population.upn(index)).collect();
    let rows = report_singly(&client, &mailboxes);
    assert_complete(&rows, population);
    let state = emulator.state();
    assert!(state.statuses[&429] > 20, "{:?}", state.statuses);
    assert!(state.max_in_flight <= 16, "{}", state.max_in_flight);
    assert_eq!(state.tokens_issued, 1);
    assert_eq!(state.without_client_request_id, 0);
    assert!(state.connections <= 2, "{} connections", state.connections);
    // What was not throttled is asked once.
    assert!(state.by_mailbox.values().all(|asked| *asked <= 2));
}

#[test]
fn broken_connections_and_bodies_lose_nothing() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 300, ..Config::default() });
    emulator.set_faults(script(
        r#"{"rules":[
            {"kind":"graph","modulo":[50,1],"times":1,"action":{"reset":"before"}},
            {"kind":"graph","modulo":[50,2],"times":1,"action":{"reset":"after"}},
            {"kind":"graph","modulo":[50,3],"times":1,"action":{"truncate":true}},
            {"kind":"graph","modulo":[50,4],"times":1,"action":{"body":"{\"timeZone\":"}},
            {"kind":"graph","modulo":[50,5],"times":3,"action":{"status":503,"code":"ServiceUnavailable"}},
            {"kind":"graph","modulo":[50,6],"times":1,"action":{"status":504}},
            {"kind":"graph","modulo":[50,8],"times":1,"action":{"status":429,"retryAfterDate":1}}
        ]}"#,
    ));
    let population = emulator.population();
    let clock = support::quick();
    let client = Client::new(exrun::ClientOptions { clock: clock.clone(), ..options }).unwrap();
    let mailboxes: Vec<String> = (0..300).map(|index| population.upn(index)).collect();
    assert_complete(&report(&client, &ReportRequest::default(), &mailboxes).unwrap(), population);
}

#[test]
fn a_mailbox_that_never_answers_ends_in_an_error_row_after_bounded_tries() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 20, broken_percent: 0.0, ..Config::default() });
    emulator.set_faults(script(
        r#"{"rules":[{"kind":"graph","modulo":[20,3],"action":{"status":503,"code":"UnknownError","retryAfter":"2.5"}}]}"#,
    ));
    let clock = support::quick();
    let client = Client::new(exrun::ClientOptions { clock: clock.clone(), ..options }).unwrap();
    let population = emulator.population();
    let mailboxes: Vec<String> = (0..20).map(|index| population.upn(index)).collect();
    let rows = report(&client, &ReportRequest::default(), &mailboxes).unwrap();
    assert_eq!(rows.len(), 20);
    assert_eq!(rows[3]["error"]["name"], "Throttled");
    assert_eq!(rows[3]["error"]["httpStatus"], 503);
    assert_eq!(rows[3]["error"]["target"], mailboxes[3]);
    assert!(rows[3]["error"]["requestId"].is_string());
    assert_eq!(emulator.state().by_mailbox[&3], 8);
    assert!(clock.waits.lock().iter().any(|wait| wait.as_millis() > 2000));
}

#[test]
fn the_token_is_renewed_in_mid_run() {
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 400, broken_percent: 0.0, latency_ms: 5, ..Config::default() });
    let options = exrun::ClientOptions { max_concurrency: 16, ..options };
    emulator.set_faults(script(
        r#"{"rules":[{"kind":"graph","pathContains":"000200","times":1,"action":{"revokeTokens":true}}]}"#,
    ));
    let population = emulator.population();
    let client = Client::new(options).unwrap();
    let mailboxes: Vec<String> = (0..400).map(|index| population.upn(index)).collect();
    assert_complete(&report_singly(&client, &mailboxes), population);
    let state = emulator.state();
    assert_eq!(state.tokens_issued, 2);
    assert!(state.statuses[&401] <= 17, "{:?}", state.statuses);
}

#[test]
fn a_token_that_lives_for_seconds_serves_a_longer_run() {
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 900, broken_percent: 0.0, latency_ms: 50, token_lifetime: 2, ..Config::default() });
    let options = exrun::ClientOptions { max_concurrency: 16, ..options };
    let population = emulator.population();
    let client = Client::new(options).unwrap();
    let mailboxes: Vec<String> = (0..900).map(|index| population.upn(index)).collect();
    assert_complete(&report_singly(&client, &mailboxes), population);
    assert!(emulator.state().tokens_issued >= 2);
}

#[test]
fn a_failed_token_stops_the_run_before_the_first_row() {
    let (emulator, _certificate, options) = start(Config::default());
    let options = exrun::ClientOptions { client_id: Some("11111111-2222-3333-4444-555555555555".into()), ..options };
    let client = Client::new(options).unwrap();
    let error = report(&client, &ReportRequest::default(), &[emulator.population().upn(0)]).unwrap_err();
    assert_eq!(error.status(), exrun::Status::TokenRefused);
    assert!(error.to_string().contains("700016"), "{error}");
    assert_eq!(emulator.state().requests_of("graph"), 0);
}

#[test]
fn no_input_needs_no_token() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    assert!(report(&client, &ReportRequest::default(), &[]).unwrap().is_empty());
    assert_eq!(emulator.state().requests_of("token"), 0);
}

#[test]
fn blank_odd_and_escaped_names_keep_their_rows() {
    let (emulator, _certificate, options) = start(Config { broken_percent: 0.0, ..Config::default() });
    let population = emulator.population();
    let names = [
        String::new(),
        population.upn(7).replace('\'', "''"),
        population.upn(41).replace('#', "%23"),
        population.upn(23),
        population.upn(5).to_uppercase(),
        population.id(6),
        "no?such/mailbox\u{1F600}@contoso.com".to_owned(),
    ];
    let client = Client::new(options).unwrap();
    let rows = report(&client, &ReportRequest::default(), &names).unwrap();
    let shown: Vec<_> = rows.iter().map(|row| row["MailboxName"].clone()).collect();
    assert_eq!(shown, names);
    for (row, index) in [(1, 7), (2, 41), (3, 23), (4, 5), (5, 6)] {
        assert_eq!(rows[row]["TimeZone"], population.settings(index)["timeZone"], "{}", rows[row]);
    }
    assert_eq!(rows[0]["error"]["name"], "InvalidArgument");
    assert_eq!(rows[6]["error"]["name"], "NotFound");
}

#[test]
fn cancelling_leaves_nothing_in_flight() {
    // No answer comes before the run is cancelled: it begins with eight requests at most.
    let (emulator, _certificate, options) = start(Config { latency_ms: 600_000, ..Config::default() });
    let client = Client::new(options).unwrap();
    let stream = client.mailbox_settings_report(&singly()).unwrap();
    for index in 0..100 {
        stream.push(format!("\"{}\"\n", emulator.population().upn(index)).as_bytes()).unwrap();
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while emulator.state().in_flight == 0 {
        assert!(std::time::Instant::now() < deadline, "the run does not start");
        std::thread::yield_now();
    }
    stream.cancel();
    assert_eq!(stream.next_batch(0).unwrap_err().status(), exrun::Status::Cancelled);
    while emulator.state().in_flight > 0 {
        assert!(std::time::Instant::now() < deadline, "requests go on after the cancellation");
        std::thread::yield_now();
    }
    let asked = emulator.state().requests_of("graph");
    assert!(asked <= 8, "{asked}");
}

#[test]
fn many_in_flight_share_few_connections() {
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 2000, broken_percent: 0.0, latency_ms: 250, ..Config::default() });
    let population = emulator.population();
    // Time stands still: what a busy machine delays is no slow answer, at which the run would hold back.
    let clock = support::HeldClock::new();
    let client = Client::new(exrun::ClientOptions { max_concurrency: 256, clock, ..options }).unwrap();
    let mailboxes: Vec<String> = (0..2000).map(|index| population.upn(index)).collect();
    assert_complete(&report_singly(&client, &mailboxes), population);
    let state = emulator.state();
    assert!(state.max_in_flight > 128, "{}", state.max_in_flight);
    // ceil(256 / 85) + 1 for Graph, and one for the token endpoint.
    assert!(state.connections <= 6, "{} connections", state.connections);
}

#[test]
fn a_run_that_nobody_reads_pauses_and_goes_on_when_touched() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 200, broken_percent: 0.0, ..Config::default() });
    // The first answer waits until nobody has looked for an hour.
    emulator.set_faults(script(r#"{"rules":[{"kind":"token","action":{"delayMs":1500}}]}"#));
    let clock = support::quick();
    let client = Client::new(exrun::ClientOptions { clock: clock.clone(), ..options }).unwrap();
    let mut request = singly();
    request.limits.idle_pause = Some(std::time::Duration::from_secs(3600));
    let stream = client.mailbox_settings_report(&request).unwrap();
    let lines: String = (0..200).map(|index| format!("\"{}\"\n", emulator.population().upn(index))).collect();
    assert_eq!(stream.push(lines.as_bytes()).unwrap(), lines.len());
    stream.finish_input();
    clock.advance(std::time::Duration::from_secs(3601));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    // What was started before the pause finishes; then nothing more is asked.
    while emulator.state().in_flight > 0 || emulator.state().requests_of("token") == 0 {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    assert!(emulator.state().requests_of("graph") < 200);
    let rows = support::drive(&client, &*stream, &[]).unwrap();
    assert_complete(&rows, emulator.population());
}

/// Microsoft Graph, "Get user": such a name stands in brackets; `users/%24…` is answered with 400.
#[test]
fn a_name_that_begins_with_a_dollar_sign_is_asked_for_in_brackets() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let names: Vec<String> = (0..30).map(|number| format!("$nobody{number}@contoso.com")).collect();
    for row in report(&client, &ReportRequest::default(), &names).unwrap() {
        assert_eq!(row["error"]["httpStatus"], 404, "{row}");
    }
}

#[test]
fn a_reply_without_a_single_setting_is_an_error_and_no_mailbox_without_settings() {
    for body in ["{}", r#"{"error":{"code":"x"}}"#, r#"{"value":{"timeZone":"UTC"}}"#] {
        let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
        let rule = serde_json::json!({"kind": "graph", "action": {"status": 200, "body": body}});
        emulator.set_faults(serde_json::from_value(serde_json::json!({"rules": [rule]})).unwrap());
        let options = exrun::ClientOptions { clock: support::quick(), max_tries: 2, ..options };
        let rows = report_singly(&Client::new(options).unwrap(), &[emulator.population().upn(0)]);
        assert_eq!(rows[0]["error"]["name"], "ResponseInvalid", "{body}: {}", rows[0]);
    }
}
