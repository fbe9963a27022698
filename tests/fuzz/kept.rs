//! What runs and sign-ins keep for later ones: the token cache, and undo files.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use exrun::client::{
    Client, ClientOptions, Credential, CredentialStore, PersistentCache, RunRequest, SettingsWrite, TokenCache,
    TokenReply, TokenRequest,
};
use exrun::rows::{Format, ReportRequest};
use exrun::secret::Secret;
use exrun::{Error, Status};
use exrun_emulator::Config;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use serde_json::{Value, json};

use super::mutation::{Inputs, fuzz};
use super::support::{APP, TENANT, TestCertificate, acquire, drive_to_end, quick, start};

const KEY: [u8; 32] = [7; 32];
const CLIENT_SECRET: &str = "client-secret";

/// Of the file of tokens: magic and version, the key's id, nonce, tag.
const MAGIC: &[u8] = b"ExRunTC\x01";
const HEADER: usize = MAGIC.len() + 16;

#[derive(Debug)]
struct KeyStore;

impl CredentialStore for KeyStore {
    fn name(&self) -> &str {
        "the store of a test"
    }

    fn read(&self) -> Result<Option<Secret>, String> {
        Ok(Some(Secret::new(KEY.to_vec())))
    }

    fn write(&self, _key: &Secret) -> Result<(), String> {
        Err("it is read-only".to_owned())
    }

    fn remove(&self) -> Result<(), String> {
        Ok(())
    }
}

fn derived(purpose: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(&KEY).unwrap();
    Signer::new(MessageDigest::sha256(), &key).unwrap().sign_oneshot_to_vec(purpose).unwrap()
}

/// The file with that content: what comes after the seal is wrong in ways that only its reader finds.
fn sealed(json: &[u8]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&derived(b"ExRun token cache: id")[..16]);
    let (nonce, mut tag) = ([0; 12], [0; 16]);
    let key = derived(b"ExRun token cache: encryption");
    let cipher = encrypt_aead(Cipher::aes_256_gcm(), &key, Some(&nonce), &file, json, &mut tag).unwrap();
    [file, nonce.to_vec(), tag.to_vec(), cipher].concat()
}

fn unsealed(file: &[u8]) -> Vec<u8> {
    let (header, rest) = file.split_at(HEADER);
    let (nonce, rest) = rest.split_at(12);
    let (tag, cipher) = rest.split_at(16);
    let key = derived(b"ExRun token cache: encryption");
    decrypt_aead(Cipher::aes_256_gcm(), &key, Some(nonce), header, cipher, tag).unwrap()
}

fn with_cache(options: ClientOptions, folder: &Path) -> Client {
    let cache = PersistentCache::new(folder.to_owned(), Arc::new(KeyStore));
    let credential = Credential::ClientSecret(Secret::new(CLIENT_SECRET.as_bytes().to_vec()));
    let options = ClientOptions { credential: Some(credential), clock: quick(), max_tries: 1, ..options };
    Client::new(ClientOptions { token_cache: TokenCache::Persistent(Arc::new(cache)), ..options }).unwrap()
}

/// What a sign-in has kept, as the file holds it.
fn kept() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { client_secret: Some(CLIENT_SECRET.into()), mailboxes: 1, ..Config::default() };
    let (_emulator, _certificate, options) = start(config);
    acquire(&with_cache(options, folder.path()), TokenRequest::default()).0.unwrap();
    unsealed(&fs::read(folder.path().join("tokens.bin")).unwrap())
}

#[test]
fn token_caches() {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs = Inputs::of("fuzz/token-cache");
    inputs.add(kept());
    let (mut number, mut used) = (0_u64, 0);
    fuzz("token caches", 400, inputs, |input| {
        number += 1;
        // Each is of an app of its own: what was once read from the file is not read again by its process.
        let app = format!("00000000-0000-4000-8000-{number:012x}");
        let file = match number % 4 {
            0 => input.to_vec(),
            _ => sealed(String::from_utf8_lossy(input).replace(APP, &app).as_bytes()),
        };
        fs::write(folder.path().join("tokens.bin"), file).unwrap();
        let options = ClientOptions {
            tenant_id: Some(TENANT.to_owned()),
            client_id: Some(app),
            proxy: Some("http://127.0.0.1:9".to_owned()),
            ..ClientOptions::default()
        };
        match acquire(&with_cache(options, folder.path()), TokenRequest::default()).0 {
            Ok(TokenReply::Token { from_cache, .. }) => {
                assert!(from_cache, "nobody was there to give another one");
                used += 1;
            }
            Ok(TokenReply::Refused(..)) => panic!("nobody was there to refuse it"),
            Err(error) => assert_ne!(error.status(), Status::Internal, "{error}"),
        }
    });
    assert!(used > 10, "{used} tokens: no input comes past the first check");
}

/// A run whose journal knows an undo file goes on with what stands there in its place.
#[test]
fn undo_files() {
    let tenant = Writing::new();
    let began = tempfile::tempdir().unwrap();
    tenant.run(began.path(), &[0, 1]).unwrap();
    let undo = fs::read(began.path().join("undo.jsonl")).unwrap();
    // A journal that is closed for good.
    let merged = began.path().join("merged.db");
    exrun::store::merge(&[began.path().join("run.db")], &merged).unwrap();
    let journal = fs::read(merged).unwrap();
    let first_line = undo.split_inclusive(|byte| *byte == b'\n').next().unwrap().to_vec();
    let mut inputs = Inputs::of("fuzz/undo");
    inputs.add(undo.clone());
    let (mut number, mut ended_well) = (0_u64, 0);
    fuzz("undo files", 120, inputs, |input| {
        number += 1;
        // By its first line the journal knows the file: without it none of the rest is read.
        let file = if number.is_multiple_of(4) { input.to_vec() } else { [&first_line, input].concat() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("undo.jsonl");
        fs::write(folder.path().join("run.db"), &journal).unwrap();
        fs::write(&path, &file).unwrap();
        match tenant.run(folder.path(), &[0, 1, 2]) {
            Ok(rows) => {
                assert_eq!(rows.len(), 3, "{rows:?}");
                ended_well += 1;
            }
            Err(error) => assert_ne!(error.status(), Status::Internal, "{error}"),
        }
        // Whatever became of the run, whole lines stay what they were.
        let whole = file.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        assert!(fs::read(&path).unwrap().starts_with(&file[..whole]), "lines were lost");
    });
    assert!(ended_well > 10, "{ended_well} runs: no input comes past the first check");
}

struct Writing {
    emulator: exrun_emulator::Emulator,
    client: Client,
    _certificate: TestCertificate,
}

impl Writing {
    fn new() -> Self {
        let (emulator, certificate, options) = start(Config { mailboxes: 3, broken_percent: 0.0, ..Config::default() });
        let client = Client::new(ClientOptions { clock: quick(), max_tries: 2, ..options }).unwrap();
        Self { emulator, client, _certificate: certificate }
    }

    /// Writes to the mailboxes, with the journal and the undo file of a folder.
    fn run(&self, folder: &Path, mailboxes: &[u64]) -> Result<Vec<Value>, Error> {
        let report = ReportRequest { format: Format::JsonLines, ..ReportRequest::default() };
        let request = RunRequest { journal: Some(folder.join("run.db")), ..RunRequest::from(report) };
        let write = SettingsWrite {
            settings: Some(json!({"timeZone": "Tokyo Standard Time", "dateFormat": "yyyy/MM/dd"})),
            undo_file: Some(folder.join("undo.jsonl")),
            ..SettingsWrite::default()
        };
        let stream = self.client.mailbox_settings_apply(&request, &write)?;
        let names = mailboxes.iter().map(|index| Value::from(self.emulator.population().upn(*index)));
        let (rows, ended) = drive_to_end(&self.client, &*stream, names);
        ended.map(|()| rows)
    }
}
