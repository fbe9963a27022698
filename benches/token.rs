//! What a token costs: from the cache, and anew with PFX, signature and connection, beside msal for Python.
//!
//! `cargo bench --bench token`; the comparison needs the virtual environment that `.ci/run` makes (target/interop/venv).

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a program for a terminal that stops at what goes wrong"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use exrun::certificate::{self, CreateRequest};
use exrun::client::{Client, ClientOptions, Context, Credential, TokenReply, TokenRequest};
use exrun_emulator::config::DEFAULT_TENANT;
use exrun_emulator::{Config, Emulator};
use jiff::Timestamp;
use tokio::runtime::Builder;

const APP: &str = "084adbb3-f70c-498f-97a3-464e1f444d9a";
const CACHED: u32 = 200_000;
const ANEW: usize = 21;

/// The variables that say where CA certificates are: neither side has them, and each reads one bundle.
const CA_VARIABLES: [&str; 4] = ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

fn main() {
    if CA_VARIABLES.iter().any(|name| std::env::var_os(name).is_some()) {
        return again_without_variables();
    }
    let emulator = Emulator::start(Config::default()).unwrap();
    let files = tempfile::tempdir().unwrap();
    let pfx = files.path().join("app.pfx");
    let made = certificate::create(&CreateRequest::new("bench", &pfx), Timestamp::now()).unwrap();
    emulator.register_certificate(made.certificate.der());
    let options = ClientOptions {
        tenant_id: Some(DEFAULT_TENANT.into()),
        client_id: Some(APP.into()),
        credential: Some(Credential::CertificateFile { path: pfx.clone(), password: None }),
        connect_to: Some(emulator.addr()),
        ca_file: Some(emulator.ca_file().to_owned()),
        ..ClientOptions::default()
    };
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();

    let client = Client::new(options.clone()).unwrap();
    runtime.block_on(acquire(&client, false));
    let began = Instant::now();
    runtime.block_on(async {
        let context = Context::default();
        for _ in 0..CACHED {
            let reply = client.token_acquire(TokenRequest::default(), &context).await.unwrap();
            assert!(matches!(reply, TokenReply::Token { from_cache: true, .. }));
        }
    });
    println!("cached: {} ns", began.elapsed().as_nanos() / u128::from(CACHED));

    let mut times: Vec<Duration> = (0..ANEW)
        .map(|index| {
            // Another CA file is another way to connect: neither connection nor TLS session is shared.
            let ca_file = files.path().join(format!("ca-{index}.pem"));
            std::fs::copy(emulator.ca_file(), &ca_file).unwrap();
            let options = ClientOptions { ca_file: Some(ca_file), ..options.clone() };
            let began = Instant::now();
            let client = Client::new(options).unwrap();
            runtime.block_on(acquire(&client, true));
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!("anew, with PFX, signature and connection: {:.1} ms", times[ANEW / 2].as_secs_f64() * 1000.0);

    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/interop/venv/bin/python");
    if !python.exists() {
        println!("LEFT OUT: msal for Python: pip install -r tests/interop/requirements.txt into target/interop/venv");
        return;
    }
    let host = format!("localhost:{}", emulator.addr().port());
    let status = Command::new(python)
        .arg(root.join("tests/interop/time_msal.py"))
        .args([&host, DEFAULT_TENANT, APP])
        .args([&pfx, &emulator.ca_file().to_owned()])
        .args([ANEW.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// What a process reads of its environment cannot be changed from within.
fn again_without_variables() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in CA_VARIABLES {
        command.env_remove(name);
    }
    assert!(command.args(std::env::args_os().skip(1)).status().unwrap().success());
}

async fn acquire(client: &Client, force_refresh: bool) {
    let request = TokenRequest { force_refresh, ..TokenRequest::default() };
    let reply = client.token_acquire(request, &Context::default()).await.unwrap();
    assert!(matches!(reply, TokenReply::Token { .. }), "{reply:?}");
}
