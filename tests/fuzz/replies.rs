//! Replies of Graph, of its batches, of the token endpoint and of a vault, over TLS, and the challenges in their heads.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::LazyLock;

use exrun::Status;
use exrun::client::{Client, ClientOptions, Credential, RunRequest, TokenRequest, VaultItemRequest};
use exrun::keyvault::ItemLocation;
use exrun::rows::{Format, ReportRequest};
use exrun::runner::Batching;
use exrun::secret::Secret;
use parking_lot::Mutex;
use serde_json::Value;

use super::mutation::{Inputs, fuzz};
use super::server::{Connection, Identity, Protocol, start};
use super::support::{self, block_on, context, drive_to_end, quick};

/// What the services answer next, whatever they are asked.
static ANSWER: LazyLock<Mutex<Vec<u8>>> = LazyLock::new(Mutex::default);

/// One service for all tests here, which take turns.
static TURN: Mutex<()> = Mutex::new(());

static SERVICE: LazyLock<(SocketAddr, tempfile::TempDir)> = LazyLock::new(|| {
    let identity = Identity::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), identity.certificate.to_pem().unwrap()).unwrap();
    (start(&identity, Protocol::Http1, answer), folder)
});

/// Answers each request with a status and a challenge that the answer's own bytes choose.
fn answer(stream: &mut Connection) -> io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            count => request.extend_from_slice(&buffer[..count]),
        }
        let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if request.len() < end + 4 + length.unwrap_or(0) {
            continue;
        }
        request.clear();
        let body = ANSWER.lock().clone();
        let chosen = body.iter().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        let status = [200, 200, 200, 200, 201, 204, 400, 401, 403, 404, 429, 500, 503, 302][chosen % 14];
        // Of a head no letter may be a control character.
        let challenge: String =
            String::from_utf8_lossy(&body).chars().filter(|letter| ('!'..='~').contains(letter)).take(2000).collect();
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             WWW-Authenticate: Bearer {challenge}\r\nRetry-After: {}\r\n\r\n",
            if status == 204 { 0 } else { body.len() },
            challenge.get(..challenge.len().min(8)).unwrap_or_default(),
        );
        stream.write_all(head.as_bytes())?;
        if status != 204 {
            stream.write_all(&body)?;
        }
    }
}

fn options() -> ClientOptions {
    ClientOptions {
        tenant_id: Some(support::TENANT.to_owned()),
        client_id: Some(support::APP.to_owned()),
        credential: Some(Credential::Token(Secret::new(b"token".to_vec()))),
        connect_to: Some(SERVICE.0),
        ca_file: Some(SERVICE.1.path().join("ca.pem")),
        max_tries: 2,
        clock: quick(),
        ..ClientOptions::default()
    }
}

/// Lets the services answer each input of the folder in turn.
fn answered(name: &str, usual: u64, folder: &str, mut ask: impl FnMut()) {
    let _turn = TURN.lock();
    fuzz(name, usual, Inputs::of(folder), |input| {
        *ANSWER.lock() = input.to_vec();
        ask();
    });
}

/// Each mailbox has its row, or the run says why it ended.
fn run(client: &Client, batching: Batching) {
    let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
    let request = RunRequest { batching, ..RunRequest::from(report) };
    let stream = client.mailbox_settings_report(&request).unwrap();
    let names = ["kim@contoso.com", "lee@contoso.com", "max@contoso.com"];
    let (rows, ended) = drive_to_end(client, &*stream, names.map(Value::from));
    match ended {
        Ok(()) => assert_eq!(rows.len(), names.len(), "{rows:?}"),
        Err(error) => assert_ne!(error.status(), Status::Internal, "{error}"),
    }
    assert!(rows.iter().all(|row| row["error"]["name"] != "Internal"), "{rows:?}");
}

#[test]
fn graph() {
    let client = LazyLock::new(|| Client::new(options()).unwrap());
    answered("graph", 150, "fuzz/graph", || run(&client, Batching::Never));
}

#[test]
fn batches() {
    let client = LazyLock::new(|| Client::new(options()).unwrap());
    answered("batches", 150, "fuzz/batch", || run(&client, Batching::Always));
}

#[test]
fn token_endpoint() {
    let credential = Some(Credential::ClientSecret(Secret::new(b"marked-secret".to_vec())));
    let client = LazyLock::new(|| Client::new(ClientOptions { credential, ..options() }).unwrap());
    answered("token endpoint", 200, "fuzz/token", || {
        let client = client.clone();
        let request = TokenRequest { force_refresh: true, ..TokenRequest::default() };
        if let Err(error) = block_on(async move { client.token_acquire(request, &context()).await.map(drop) }) {
            assert!(error.status() != Status::Internal && !error.to_string().contains("marked-secret"), "{error}");
        }
    });
}

#[test]
fn vault() {
    let client = LazyLock::new(|| Client::new(options()).unwrap());
    answered("vault", 200, "fuzz/vault", || {
        let client = client.clone();
        let (item, _) = ItemLocation::parse("https://kim.vault.azure.net/secrets/key", &["secrets"]).unwrap();
        let request = VaultItemRequest { item, ignore_validity: false, api_version: None };
        if let Err(error) = block_on(async move { client.vault_secret(&request, &context()).await.map(drop) }) {
            assert_ne!(error.status(), Status::Internal, "{error}");
        }
    });
}
