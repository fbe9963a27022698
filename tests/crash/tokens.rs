//! Tokens that are kept for later processes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use exrun::client::{
    Client, ClientOptions, Credential, CredentialStore, PersistentCache, TokenCache, TokenReply, TokenRequest,
};
use exrun::secret::Secret;
use exrun_emulator::{Config, Emulator};
use serde_json::{Value, json};

use super::moments::{self, FAILURES, KILLS, POWER_CUTS, at_each};
use super::names;
use super::support::{APP, TENANT, acquire, quick, start};

const CLIENT_SECRET: &str = "the app's secret";

/// A credential store that has the same key in every process.
#[derive(Debug)]
struct TestStore;

impl CredentialStore for TestStore {
    fn name(&self) -> &str {
        "the store of a test"
    }

    fn read(&self) -> Result<Option<Secret>, String> {
        Ok(Some(Secret::new(vec![7; 32])))
    }

    fn write(&self, _key: &Secret) -> Result<(), String> {
        Err("it is read-only".to_owned())
    }

    fn remove(&self) -> Result<(), String> {
        Ok(())
    }
}

fn emulator() -> &'static Emulator {
    static EMULATOR: OnceLock<Emulator> = OnceLock::new();
    EMULATOR.get_or_init(|| {
        let client_secret = Some(CLIENT_SECRET.to_owned());
        start(Config { client_secret, mailboxes: 1, ..Config::default() }).0
    })
}

/// Signs in; a new token takes the place of one that is kept where the task says so.
pub(super) fn carry_out(task: &Value) -> Result<(), String> {
    let folder = PathBuf::from(task["folder"].as_str().unwrap());
    let options = ClientOptions {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(APP.to_owned()),
        credential: Some(Credential::ClientSecret(Secret::new(CLIENT_SECRET.as_bytes().to_vec()))),
        connect_to: Some(task["addr"].as_str().unwrap().parse().unwrap()),
        ca_file: Some(task["ca"].as_str().unwrap().into()),
        token_cache: TokenCache::Persistent(Arc::new(PersistentCache::new(folder, Arc::new(TestStore)))),
        clock: quick(),
        ..ClientOptions::default()
    };
    let request = TokenRequest { force_refresh: task["force"] == true, ..TokenRequest::default() };
    let (reply, context) = acquire(&Client::new(options).unwrap(), request);
    let events = context.events.drain();
    match reply.map_err(|error| error.to_string())? {
        _ if events.contains("is not used and will be replaced") => Err(events),
        // Nobody is kept from signing in by a file.
        TokenReply::Token { .. } => Ok(()),
        TokenReply::Refused(json, _) => Err(json.to_string()),
    }
}

fn tokens_survive(kinds: &[&'static str]) {
    let task = |more: &Value| {
        let mut task = json!({"what": "tokens", "addr": emulator().addr().to_string(), "ca": emulator().ca_file()});
        task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        task
    };
    for force in [false, true] {
        let prepare = |folder: &Path| {
            if force {
                // One that is replaced.
                moments::carry_out(&task(&json!({"folder": folder}))).unwrap();
            }
        };
        at_each(&task(&json!({"force": force})), kinds, prepare, |moment| {
            let what = &moment.what;
            assert!(!matches!(moment.said, Some(Err(_))), "{what}: {:?}", moment.said);
            moment.again().unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(names(&moment.folder), ["tokens.bin", "tokens.lock"], "{what}");
        });
    }
}

#[test]
fn kept_tokens_are_whole_after_a_kill_at_any_moment() {
    tokens_survive(&KILLS);
}

#[test]
fn kept_tokens_are_whole_after_a_power_cut_at_any_moment() {
    tokens_survive(&POWER_CUTS);
}

#[test]
fn kept_tokens_are_whole_after_a_failure_of_the_disk_at_any_moment() {
    tokens_survive(&FAILURES);
}
