//! The log of a run, against the emulator: everything that a support case needs, and no secret.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use exrun::client::{Client, Context, Credential, RunRequest, TokenReply, TokenRequest};
use exrun::rows::Next;
use exrun::rows::{Format, ReportRequest};
use exrun::runner::Batching;
use exrun::secret::Secret;
use exrun_emulator::{Config, FaultScript};
use serde_json::Value;
use support::{block_on, drive, start};

fn logged(path: &Path) -> RunRequest {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    RunRequest { log_file: Some(path.to_owned()), batching: Batching::Never, ..RunRequest::from(report) }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn token(client: &Client, force_refresh: bool) -> String {
    let client = client.clone();
    let request = TokenRequest { force_refresh, ..TokenRequest::default() };
    match block_on(async move { client.token_acquire(request, &Context::default()).await }).unwrap() {
        TokenReply::Token { access_token, .. } => access_token.text().unwrap().to_owned(),
        TokenReply::Refused(_, error) => panic!("{error}"),
    }
}

#[test]
fn a_log_has_every_request_and_no_secret() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 120, broken_percent: 0.0, ..Config::default() });
    let script = r#"{"rules":[
        {"kind":"token","times":1,"action":{"status":503,"code":"temporarily_unavailable"}},
        {"kind":"graph","modulo":[40,3],"times":1,"action":{"status":429,"code":"TooManyRequests","retryAfter":"0.1"}},
        {"kind":"graph","modulo":[40,5],"times":1,"action":{"reset":"after"}},
        {"kind":"graph","modulo":[40,7],"times":1,"action":{"truncate":true}},
        {"kind":"graph","modulo":[120,90],"times":1,"action":{"revokeTokens":true}}
    ]}"#;
    emulator.set_faults(serde_json::from_str::<FaultScript>(script).unwrap());
    let clock = support::quick();
    // Marked: a user agent is a header that no list shows.
    let options =
        exrun::ClientOptions { clock, user_agent: Some("marked-agent/1".to_owned()), max_concurrency: 16, ..options };
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.log");
    std::fs::write(&path, "{\"event\":\"before\"}\n").unwrap();
    let population = emulator.population();
    let mailboxes: Vec<String> = (0..120).map(|index| population.upn(index)).collect();
    let stream = client.mailbox_settings_report(&logged(&path)).unwrap();
    let rows = drive(&client, &*stream, &mailboxes).unwrap();
    assert!(rows.iter().all(|row| row.get("error").is_none()), "{rows:?}");

    let log = lines(&path);
    assert_eq!(log[0]["event"], "before");
    let requests: Vec<&Value> = log.iter().filter(|line| line["event"] == "request").collect();
    let of = |host: &str| requests.iter().filter(|line| line["url"].as_str().unwrap().contains(host)).count() as u64;
    let state = emulator.state();
    assert_eq!(of("graph.microsoft.com"), state.requests_of("graph"));
    assert_eq!(of("login.microsoftonline.com"), state.requests_of("token"));
    let with_status = |status: u16| requests.iter().filter(|line| line["status"] == status).collect::<Vec<_>>();
    assert_eq!(with_status(200).len() as u64, 120 + state.tokens_issued);
    let throttled = with_status(429);
    assert_eq!(throttled.len(), 3);
    for line in throttled {
        assert_eq!(line["retryAfter"], "0.1");
        assert_eq!(line["headers"]["request-id"], line["requestId"]);
        assert!(line["clientRequestId"].is_string() && line["durationMs"].is_u64(), "{line}");
    }
    assert!(!with_status(401).is_empty());
    let unanswered = with_status_null(&requests);
    assert_eq!(unanswered.len(), 6, "{unanswered:?}");
    assert!(unanswered.iter().all(|line| line["error"]["name"] == "Connection"));
    // What was tried again has its number.
    assert!(requests.iter().filter(|line| line["attempt"] == 2).count() >= 9, "{requests:?}");
    assert!(log.iter().any(|line| line["event"] == "throttled") && log.iter().any(|line| line["event"] == "token"));

    let text = std::fs::read_to_string(&path).unwrap();
    let secrets = [&token(&client, false), &token(&client, true), "eyJ", "Bearer", "assertion=", "marked-agent"];
    for secret in secrets {
        assert!(!text.contains(secret), "the log holds {secret}");
    }
    let lower = text.to_lowercase();
    for name in ["authorization", "cookie", "user-agent", "workinghours"] {
        assert!(!lower.contains(name), "the log holds {name}");
    }
    assert_private(&path);
}

fn with_status_null<'a>(requests: &[&'a Value]) -> Vec<&'a Value> {
    requests.iter().copied().filter(|line| line["status"].is_null()).collect()
}

#[cfg(unix)]
fn assert_private(_path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.log");
    exrun::log::RequestLog::open(&path, std::sync::Arc::new(exrun::http::SystemClock)).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_path: &Path) {}

#[test]
fn each_request_of_a_batch_has_its_line() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 120, broken_percent: 5.0, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.log");
    let population = emulator.population();
    let mailboxes: Vec<String> = (0..120).map(|index| population.upn(index)).collect();
    let request = RunRequest { batching: Batching::Always, ..logged(&path) };
    let stream = client.mailbox_settings_report(&request).unwrap();
    let rows = drive(&client, &*stream, &mailboxes).unwrap();
    let log = lines(&path);
    let of = |event: &str, part: &str| {
        let ours = |line: &&Value| line["event"] == event && line["url"].as_str().unwrap().contains(part);
        log.iter().filter(ours).collect::<Vec<_>>()
    };
    let (state, parts) = (emulator.state(), of("batchedRequest", "/mailboxSettings"));
    assert_eq!(of("request", "/$batch").len() as u64, state.requests_of("batch"));
    assert_eq!((parts.len() + of("request", "/mailboxSettings").len()) as u64, state.requests_of("graph"));
    assert!(parts.len() > 100, "{}", parts.len());
    let failed = rows.iter().filter(|row| row.get("error").is_some()).count();
    let refused = log.iter().filter(|line| matches!(line["status"].as_u64(), Some(403 | 404))).count();
    assert!(failed > 0 && refused == failed, "{failed} {refused}");
}

#[test]
fn a_token_that_was_given_stays_out_of_the_log() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 3, ..Config::default() });
    let marked = "marked-token-e3b0c44298fc1c149afbf4c8996fb924";
    let credential = Some(Credential::Token(Secret::new(marked.as_bytes().to_vec())));
    let client = Client::new(exrun::ClientOptions { credential, ..options }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.log");
    let stream = client.mailbox_settings_report(&logged(&path)).unwrap();
    // Whatever comes of a token that the service does not know.
    let _ = drive(&client, &*stream, &[emulator.population().upn(0)]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains(marked), "{text}");
}

#[test]
fn what_was_under_way_when_a_run_is_cancelled_is_logged_as_such() {
    let (emulator, _certificate, options) =
        start(Config { mailboxes: 20, broken_percent: 0.0, latency_ms: 600_000, ..Config::default() });
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.log");
    let stream = client.mailbox_settings_report(&logged(&path)).unwrap();
    stream.push(format!("\"{}\"\n", emulator.population().upn(0)).as_bytes()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while emulator.state().requests_of("graph") == 0 {
        assert!(Instant::now() < deadline, "the run does not start");
        assert!(matches!(stream.next_batch(0), Ok(Next::Pending)));
        std::thread::yield_now();
    }
    stream.cancel();
    while !lines(&path).iter().any(|line| line["error"]["name"] == "Cancelled") {
        assert!(Instant::now() < deadline, "{:?}", lines(&path));
        std::thread::yield_now();
    }
}

#[test]
fn a_log_that_cannot_be_opened_stops_the_run_before_it_starts() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let error = client.mailbox_settings_report(&logged(Path::new("no such folder/run.log"))).err().unwrap();
    assert_eq!(error.to_string(), "opening the log file no such folder/run.log: no such file or folder");
}
