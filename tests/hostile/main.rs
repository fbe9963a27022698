//! Services that mean harm, or are broken beyond what a script of the emulator can say: replies without an end, heads
//! that never come, bombs, floods. Each is tried on Graph, the token endpoint and a vault, by a process of its own:
//! what it says, and the most memory that it ever had.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "in a test an unwrap is an assertion; a child answers on its output, and a gap is said"
)]

mod http1;
mod http2;
mod server;
#[path = "../support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use exrun::client::{Client, ClientOptions, Credential, Limits, RunRequest, TokenRequest, VaultItemRequest};
use exrun::keyvault::ItemLocation;
use exrun::rows::{Format, ReportRequest};
use exrun::runner::Batching;
use exrun::secret::Secret;
use serde_json::{Value, json};

use server::{Attack, Identity, Protocol};
use support::{block_on, context, drive_to_end, quick};

const ADDRESS: &str = "EXRUN_TEST_HOSTILE_ADDRESS";
const CA_FILE: &str = "EXRUN_TEST_HOSTILE_CA";
const TARGET: &str = "EXRUN_TEST_HOSTILE_TARGET";
const PATIENCE: &str = "EXRUN_TEST_HOSTILE_PATIENCE_MS";
const BY_PROXY: &str = "EXRUN_TEST_HOSTILE_PROXY";

/// Marks what a child says among the lines of the test runner.
const MARK: &str = "child says: ";

const MAILBOXES: usize = 4;

/// A reply may have 32 MiB; a run of four at a time may hold four of them, each once more while it grows or is read.
/// What does not end is gigabytes after a moment.
const MOST_KIB: u64 = 320 * 1024;

/// Who is asked.
const TARGETS: [&str; 3] = ["graph", "token", "vault"];

/// How long the client waits for a reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// Longer than anything here takes: it must be what came that ends it.
    Long,
    /// For what never says that it is over: time alone can end it.
    Short,
}

struct Case {
    name: &'static str,
    protocol: Protocol,
    attack: Attack,
    patience: Patience,
    /// What each request must end as.
    expected: &'static [&'static str],
}

fn case(
    name: &'static str,
    protocol: Protocol,
    attack: Attack,
    patience: Patience,
    expected: &'static [&'static str],
) -> Case {
    Case { name, protocol, attack, patience, expected }
}

/// What a child says of its requests.
fn asked(identity: &Path, address: SocketAddr, target: &str, case: &Case, by_proxy: bool) -> Value {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child_that_asks", "--nocapture", "--test-threads=1"]);
    child.env(ADDRESS, address.to_string()).env(CA_FILE, identity).env(TARGET, target);
    let patience = if case.patience == Patience::Short { 700 } else { 100_000 };
    child.env(PATIENCE, patience.to_string());
    if by_proxy {
        child.env(BY_PROXY, "1");
    }
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text.lines().find_map(|line| line.split_once(MARK)).map(|(_, said)| said);
    serde_json::from_str(said.unwrap_or_else(|| panic!("{}: {target}: {output:?}", case.name))).unwrap()
}

fn check(cases: &[Case], by_proxy: bool) {
    let identity = Identity::new();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, identity.certificate.to_pem().unwrap()).unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let address = server::start(&identity, case.protocol, case.attack);
        for target in TARGETS {
            let said = asked(&ca_file, address, target, case, by_proxy);
            let outcomes: Vec<&str> =
                said["outcomes"].as_array().unwrap().iter().map(|o| o.as_str().unwrap()).collect();
            let count = if target == "graph" { MAILBOXES } else { 1 };
            let peak = said["peakKib"].as_u64().unwrap();
            println!("{} {target}: {said}", case.name);
            if outcomes.len() != count || outcomes.iter().any(|outcome| !case.expected.contains(outcome)) {
                wrong.push(format!("{} {target}: {:?}, not {:?}: {said}", case.name, outcomes, case.expected));
            }
            if cfg!(target_os = "linux") && !(1000..=MOST_KIB).contains(&peak) {
                wrong.push(format!("{} {target}: {peak} KiB", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if !cfg!(target_os = "linux") {
        eprintln!("LEFT OUT: the memory of hostile replies; only Linux says how much a process had");
    }
}

const CUT: &[&str] = &["Connection"];
const TOO_MUCH: &[&str] = &["ResponseInvalid"];
const NO_REPLY: &[&str] = &["Timeout"];

#[test]
fn replies_of_http_1_without_an_end() {
    use Patience::{Long, Short};
    use Protocol::Http1;
    check(
        &[
            case("slow head", Http1, http1::slow_head, Short, NO_REPLY),
            case("slow body", Http1, http1::slow_body, Short, NO_REPLY),
            case("endless body", Http1, http1::endless_body, Long, TOO_MUCH),
            case("tiny chunks", Http1, http1::tiny_chunks, Short, NO_REPLY),
            case("endless chunk extension", Http1, http1::endless_chunk_extension, Long, CUT),
            case("endless trailers", Http1, http1::endless_trailers, Long, CUT),
            case("endless headers", Http1, http1::endless_headers, Long, CUT),
            case("endless header", Http1, http1::endless_header, Long, CUT),
            case("endless reason", Http1, http1::endless_reason, Long, CUT),
            case("endless early hints", Http1, http1::endless_early_hints, Short, NO_REPLY),
        ],
        false,
    );
}

#[test]
fn replies_of_http_1_that_are_wrong() {
    use Patience::Long;
    use Protocol::Http1;
    check(
        &[
            case("content length too large", Http1, http1::content_length_too_large, Long, CUT),
            case("content length too small", Http1, http1::content_length_too_small, Long, TOO_MUCH),
            case("content length twice", Http1, http1::content_length_twice, Long, CUT),
            case("content length negative", Http1, http1::content_length_negative, Long, CUT),
            case("content length immense", Http1, http1::content_length_immense, Long, TOO_MUCH),
            case("chunk size immense", Http1, http1::chunk_size_immense, Long, CUT),
            case("flood of values", Http1, http1::flood_of_values, Long, TOO_MUCH),
            case("flood in an object", Http1, http1::flood_in_an_object, Long, TOO_MUCH),
            case("deep nesting", Http1, http1::deep_nesting, Long, TOO_MUCH),
            case("hangs up", Http1, http1::hangs_up, Long, CUT),
            case("noise", Http1, http1::noise, Long, CUT),
        ],
        false,
    );
}

#[test]
fn replies_of_http_2_without_an_end_or_wrong() {
    use Patience::{Long, Short};
    use Protocol::Http2;
    check(
        &[
            case("endless continuation", Http2, http2::endless_continuation, Long, CUT),
            case("empty continuation", Http2, http2::empty_continuation, Long, CUT),
            case("header bomb", Http2, http2::header_bomb, Long, CUT),
            // Whose window is overrun first is the client's to say; who shares the connection gets no reply.
            case("endless data", Http2, http2::endless_data, Short, &["Connection", "ResponseInvalid", "Timeout"]),
            case("empty data", Http2, http2::empty_data, Long, CUT),
            case("resets", Http2, http2::resets, Long, CUT),
            case("resets in the body", Http2, http2::resets_in_the_body, Long, CUT),
            case("refuses every stream", Http2, http2::refuses_every_stream, Long, CUT),
            case("goes away", Http2, http2::goes_away, Long, CUT),
            case("pings without end", Http2, http2::pings_without_end, Short, NO_REPLY),
            case("settings without end", Http2, http2::settings_without_end, Short, NO_REPLY),
            case("content length too large", Http2, http2::content_length_too_large, Long, CUT),
            case("informs without end", Http2, http2::informs_without_end, Short, NO_REPLY),
            case("noise", Http2, http2::noise, Long, CUT),
        ],
        false,
    );
}

/// Compression is on where the emulator is not: so this one is asked by way of a proxy.
#[test]
fn a_bomb_of_gzip() {
    check(&[case("gzip bomb", Protocol::Http1, http1::gzip_bomb, Patience::Long, TOO_MUCH)], true);
}

/// What a service that goes away did not look at is asked anew, and every mailbox has its row.
#[test]
fn a_service_that_goes_away_again_and_again_loses_no_row() {
    let identity = Identity::new();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, identity.certificate.to_pem().unwrap()).unwrap();
    let address = server::start(&identity, Protocol::Http2, http2::goes_away_after_two);
    let options = ClientOptions { max_tries: 100, clock: quick(), ..options(address, &ca_file, "graph") };
    let (rows, ended) = report(options, 30);
    ended.unwrap();
    assert_eq!(rows.iter().filter(|row| row["TimeZone"] == "UTC").count(), 30, "{rows:?}");
}

fn options(address: SocketAddr, ca_file: &Path, target: &str) -> ClientOptions {
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
    let credential =
        if target == "token" { Credential::ClientSecret(secret("secret")) } else { Credential::Token(secret("token")) };
    ClientOptions {
        tenant_id: Some(support::TENANT.to_owned()),
        client_id: Some(support::APP.to_owned()),
        credential: Some(credential),
        connect_to: Some(address),
        ca_file: Some(ca_file.to_owned()),
        ..ClientOptions::default()
    }
}

fn report(options: ClientOptions, mailboxes: usize) -> (Vec<Value>, Result<(), exrun::Error>) {
    let client = Client::new(options).unwrap();
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    let limits = Limits { max_concurrency: Some(4), ..Limits::default() };
    let request = RunRequest { limits, batching: Batching::Never, ..RunRequest::from(report) };
    let stream = client.mailbox_settings_report(&request).unwrap();
    let names = (0..mailboxes).map(|number| Value::from(format!("kim{number}@contoso.com")));
    drive_to_end(&client, &*stream, names)
}

#[test]
fn child_that_asks() {
    let Some(address) = std::env::var(ADDRESS).ok() else { return };
    let target = std::env::var(TARGET).unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let patience = Duration::from_millis(std::env::var(PATIENCE).unwrap().parse().unwrap());
    let ca_file = std::env::var_os(CA_FILE).unwrap();
    let mut options = ClientOptions {
        request_timeout: patience,
        max_tries: 1,
        clock: quick(),
        ..options(address, Path::new(&ca_file), &target)
    };
    if std::env::var_os(BY_PROXY).is_some() {
        options = ClientOptions { connect_to: None, proxy: Some(format!("http://{address}")), ..options };
    }
    let (outcomes, messages) = match &*target {
        "graph" => {
            let (rows, ended) = report(options, MAILBOXES);
            let name = |row: &Value| row["error"]["name"].as_str().unwrap_or("Ok").to_owned();
            let messages = rows.iter().map(|row| row["error"]["message"].to_string());
            let messages: Vec<String> = messages.chain(ended.err().map(|error| error.to_string())).collect();
            (rows.iter().map(name).collect(), messages)
        }
        "token" => {
            let client = Client::new(options).unwrap();
            single(block_on(async move { client.token_acquire(TokenRequest::default(), &context()).await.map(drop) }))
        }
        _ => {
            let client = Client::new(options).unwrap();
            let (item, _) = ItemLocation::parse("https://kim.vault.azure.net/secrets/key", &["secrets"]).unwrap();
            let request = VaultItemRequest { item, ignore_validity: false, api_version: None };
            single(block_on(async move { client.vault_secret(&request, &context()).await.map(drop) }))
        }
    };
    println!("{MARK}{}", json!({"outcomes": outcomes, "messages": messages, "peakKib": peak_kib()}));
}

fn single(ended: Result<(), exrun::Error>) -> (Vec<String>, Vec<String>) {
    match ended {
        Ok(()) => (vec!["Ok".to_owned()], Vec::new()),
        Err(error) => (vec![error.status().name().to_owned()], vec![error.to_string()]),
    }
}

/// The most memory that the process ever had; 0 where the system does not say.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
