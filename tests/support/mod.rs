//! What tests against the emulator share.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by tests: each uses its own part, and an unwrap is an assertion"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exrun::cancel::CancelToken;
use exrun::certificate::{self, CreateRequest};
use exrun::client::{Client, ClientOptions, Context, Credential, TokenReply, TokenRequest};
use exrun::http::Clock;
use exrun::rows::{Format, ReportRequest};
use exrun::rows::{Next, RowStream};
use exrun_emulator::{Config, Emulator};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

pub const TENANT: &str = "1c3a18bf-da31-4f6c-a404-2c06c9cf5ae4";
pub const APP: &str = "084adbb3-f70c-498f-97a3-464e1f444d9a";

/// A PFX that was made for this process, and its certificate.
pub struct TestCertificate {
    pub pfx: PathBuf,
    pub der: Vec<u8>,
    _folder: tempfile::TempDir,
}

impl TestCertificate {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pfx = folder.path().join("app.pfx");
        let created = certificate::create(&CreateRequest::new("ExRun test", &pfx), Timestamp::now()).unwrap();
        Self { pfx, der: created.certificate.der().to_vec(), _folder: folder }
    }
}

/// An emulator that knows a certificate, and the options of a client that has it.
pub fn start(config: Config) -> (Emulator, TestCertificate, ClientOptions) {
    let emulator = Emulator::start(config).unwrap();
    let certificate = TestCertificate::new();
    emulator.register_certificate(&certificate.der);
    let options = ClientOptions {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(APP.to_owned()),
        credential: Some(Credential::CertificateFile { path: certificate.pfx.clone(), password: None }),
        connect_to: Some(emulator.addr()),
        ca_file: Some(emulator.ca_file().to_owned()),
        ..ClientOptions::default()
    };
    (emulator, certificate, options)
}

/// A clock whose waits pass at once, and are remembered.
#[derive(Debug, Default)]
pub struct QuickClock {
    passed: Mutex<Duration>,
    pub waits: Mutex<Vec<Duration>>,
}

impl QuickClock {
    pub fn advance(&self, duration: Duration) {
        *self.passed.lock() += duration;
    }
}

impl Clock for QuickClock {
    fn now(&self) -> Timestamp {
        Timestamp::now() + *self.passed.lock()
    }

    fn monotonic(&self) -> Instant {
        Instant::now() + *self.passed.lock()
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        self.waits.lock().push(duration);
        self.advance(duration);
        Box::pin(tokio::task::yield_now())
    }
}

/// A clock that stands still until it is told to go on: no wait ends by itself, and no answer is slow.
#[derive(Debug)]
pub struct HeldClock {
    began: (Timestamp, Instant),
    passed: watch::Sender<Duration>,
}

impl HeldClock {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { began: (Timestamp::now(), Instant::now()), passed: watch::channel(Duration::ZERO).0 })
    }

    pub fn advance(&self, duration: Duration) {
        self.passed.send_modify(|passed| *passed += duration);
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        self.began.0 + *self.passed.borrow()
    }

    fn monotonic(&self) -> Instant {
        self.began.1 + *self.passed.borrow()
    }

    fn sleep(&self, duration: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        let mut passed = self.passed.subscribe();
        let due = *passed.borrow() + duration;
        Box::pin(async move {
            let _ = passed.wait_for(|passed| *passed >= due).await;
        })
    }
}

/// Runs a piece of work on the library's own runtime.
pub fn block_on<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    exrun::runtime::runtime().unwrap().spawn(async move {
        let _ = sender.send(work.await);
    });
    receiver.recv().unwrap()
}

/// How large a test is drawn: what the environment asks for, else as in CI.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What a test has given to this process, which it started of its own program; of a test as any other nothing.
pub fn given(variable: &str) -> Option<Value> {
    Some(serde_json::from_str(&std::env::var(variable).ok()?).unwrap())
}

/// The client of such a process: of the tenant at `addr`, whose authority is in `ca`, with the certificate in `pfx`.
pub fn client_of(given: &Value, options: ClientOptions) -> Client {
    let path = |name: &str| PathBuf::from(given[name].as_str().unwrap());
    Client::new(ClientOptions {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(APP.to_owned()),
        credential: Some(Credential::CertificateFile { path: path("pfx"), password: None }),
        connect_to: Some(given["addr"].as_str().unwrap().parse().unwrap()),
        ca_file: Some(path("ca")),
        ..options
    })
    .unwrap()
}

/// The rows of a whole report, as JSON.
pub fn report(client: &Client, request: &ReportRequest, mailboxes: &[String]) -> Result<Vec<Value>, exrun::Error> {
    let request = ReportRequest { format: Format::JsonLines, ..request.clone() };
    let stream = client.mailbox_settings_report(&request.into())?;
    drive(client, &*stream, mailboxes)
}

/// Pushes all input and takes all rows.
pub fn drive(client: &Client, stream: &dyn RowStream, mailboxes: &[String]) -> Result<Vec<Value>, exrun::Error> {
    drive_lines(client, stream, mailboxes.iter().map(|name| Value::from(name.as_str())))
}

/// The same with any lines of input.
pub fn drive_lines(
    client: &Client,
    stream: &dyn RowStream,
    lines: impl IntoIterator<Item = Value>,
) -> Result<Vec<Value>, exrun::Error> {
    let (rows, ended) = drive_to_end(client, stream, lines);
    ended.map(|()| rows)
}

/// The rows that a run gave, and how it ended.
pub fn drive_to_end(
    client: &Client,
    stream: &dyn RowStream,
    lines: impl IntoIterator<Item = Value>,
) -> (Vec<Value>, Result<(), exrun::Error>) {
    let mut rows = Vec::new();
    let ended = take_rows(client, stream, lines, &mut rows);
    (rows, ended)
}

fn take_rows(
    client: &Client,
    stream: &dyn RowStream,
    lines: impl IntoIterator<Item = Value>,
    rows: &mut Vec<Value>,
) -> Result<(), exrun::Error> {
    // All at once, as a caller does who has them: what shares requests does not depend on how far a run comes meanwhile.
    let input: String = lines.into_iter().map(|line| format!("{line}\n")).collect();
    let mut left = input.as_bytes();
    loop {
        if !left.is_empty() {
            left = &left[stream.push(left)?..];
        }
        if left.is_empty() {
            stream.finish_input();
        }
        let seen = client.signal().epoch();
        match stream.next_batch(0)? {
            Next::End => return Ok(()),
            Next::Batch { data, rows: number } => {
                let before = rows.len();
                rows.extend(String::from_utf8(data).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()));
                assert_eq!(rows.len() - before, number);
            }
            Next::Pending => {
                client.signal().wait(seen, Instant::now() + Duration::from_millis(100));
            }
        }
    }
}

pub fn context() -> Context {
    Context { cancel: CancelToken::new(), ..Context::default() }
}

pub fn quick() -> Arc<QuickClock> {
    Arc::default()
}

/// Acquires a token, and what was said meanwhile.
pub fn acquire(client: &Client, request: TokenRequest) -> (Result<TokenReply, exrun::Error>, Context) {
    let context = Context::default();
    let (client, inner) = (client.clone(), context.clone());
    (block_on(async move { client.token_acquire(request, &inner).await }), context)
}

/// A token's members, its text, and whether it came from the cache.
pub fn token(client: &Client) -> (serde_json::Map<String, Value>, String, bool) {
    match acquire(client, TokenRequest::default()).0.unwrap() {
        TokenReply::Token { members, access_token, from_cache } => {
            (members, access_token.text().unwrap().to_owned(), from_cache)
        }
        TokenReply::Refused(_, error) => panic!("{error}"),
    }
}

/// The OAuth error in the place of a token.
pub fn refusal(client: &Client) -> (Value, exrun::Error) {
    match acquire(client, TokenRequest::default()).0.unwrap() {
        TokenReply::Refused(json, error) => (json, error),
        TokenReply::Token { .. } => panic!("a token came"),
    }
}
