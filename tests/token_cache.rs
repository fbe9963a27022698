//! Tokens that outlive the process, against the emulator: each sign-in here is a process of its own.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test an unwrap is an assertion; left out is said")]

mod support;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use exrun::client::{
    Client, ClientOptions, Credential, CredentialStore, PersistentCache, SignIn, TokenCache, TokenReply, TokenRequest,
};
use exrun::rows::ReportRequest;
use exrun::secret::Secret;
use exrun_emulator::{Config, DeviceCodes, Emulator};
use serde_json::{Value, json};
use support::{APP, TENANT, acquire, quick, start};

/// What the child is to do, as JSON.
const CHILD: &str = "EXRUN_TEST_TOKEN_CACHE";
const MARK: &str = "marked-client-secret";

/// A credential store that has the same key in every process.
#[derive(Debug)]
struct TestStore(u8);

impl CredentialStore for TestStore {
    fn name(&self) -> &str {
        "the store of a test"
    }

    fn read(&self) -> Result<Option<Secret>, String> {
        Ok(Some(Secret::new(vec![self.0; 32])))
    }

    fn write(&self, _key: &Secret) -> Result<(), String> {
        Err("it is read-only".to_owned())
    }

    fn remove(&self) -> Result<(), String> {
        Ok(())
    }
}

/// An emulator, and the folder of a user.
struct Tenant {
    emulator: Emulator,
    folder: tempfile::TempDir,
    options: ClientOptions,
}

impl Tenant {
    fn start() -> Self {
        let device_codes = DeviceCodes { interval: 0, ..DeviceCodes::default() };
        let config = Config {
            client_secret: Some(MARK.into()),
            device_codes,
            mailboxes: 5,
            broken_percent: 0.0,
            ..Config::default()
        };
        let (emulator, _certificate, options) = start(config);
        Self { emulator, folder: tempfile::tempdir().unwrap(), options }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("exrun")
    }

    /// What a process is to do; `more` says how.
    fn task(&self, more: &Value) -> Value {
        let mut task = json!({
            "addr": self.emulator.addr().to_string(), "ca": self.emulator.ca_file(), "folder": self.cache(), "key": 7,
        });
        for (name, value) in more.as_object().unwrap() {
            task[name] = value.clone();
        }
        task
    }

    /// Signs in in a process of its own.
    fn sign_in(&self, more: &Value) -> Value {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "a_process_that_signs_in", "--nocapture"]).env(CHILD, self.task(more).to_string());
        answers(&mut child).remove(0)
    }

    fn file(&self) -> Vec<u8> {
        fs::read(self.cache().join("tokens.bin")).unwrap()
    }

    fn issued(&self) -> u64 {
        self.emulator.state().tokens_issued
    }
}

/// What the processes said that a command ran.
fn answers(command: &mut Command) -> Vec<Value> {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<Value> =
        said.lines().filter_map(|line| serde_json::from_str(line.split_once("ANSWER ")?.1).ok()).collect();
    assert!(output.status.success() && !lines.is_empty(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    lines
}

/// The other process: does nothing unless it is told what.
#[test]
fn a_process_that_signs_in() {
    let Ok(task) = env::var(CHILD) else { return };
    let task: Value = serde_json::from_str(&task).unwrap();
    let cache = match task["folder"].as_str() {
        Some(folder) => {
            let key = u8::try_from(task["key"].as_u64().unwrap()).unwrap();
            Arc::new(PersistentCache::new(folder.into(), Arc::new(TestStore(key))))
        }
        None => PersistentCache::of_user(),
    };
    let credential = match task["person"].as_bool() {
        Some(true) => Credential::Person { sign_in: SignIn::DeviceCode, scopes: Vec::new() },
        _ => Credential::ClientSecret(Secret::new(task["secret"].as_str().unwrap_or(MARK).as_bytes().to_vec())),
    };
    let options = ClientOptions {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(APP.to_owned()),
        credential: Some(credential),
        connect_to: Some(task["addr"].as_str().unwrap().parse().unwrap()),
        ca_file: Some(task["ca"].as_str().unwrap().into()),
        token_cache: TokenCache::Persistent(cache),
        clock: quick(),
        ..ClientOptions::default()
    };
    let client = Client::new(options).unwrap();
    let request = TokenRequest { force_refresh: task["force"] == true, ..TokenRequest::default() };
    let (reply, context) = acquire(&client, request);
    let mut answer = match reply {
        Ok(TokenReply::Token { access_token, from_cache, members }) => {
            json!({"token": access_token.text(), "fromCache": from_cache, "members": members})
        }
        Ok(TokenReply::Refused(json, _)) => json!({"refused": json}),
        Err(error) => json!({"status": error.status().name(), "error": error.to_string()}),
    };
    answer["events"] = context.events.drain().into();
    println!("ANSWER {answer}");
}

#[test]
fn a_later_process_uses_the_token_that_was_kept() {
    let tenant = Tenant::start();
    let first = tenant.sign_in(&json!({}));
    assert_eq!((&first["fromCache"], tenant.issued()), (&json!(false), 1), "{first}");
    let second = tenant.sign_in(&json!({}));
    assert_eq!((&second["fromCache"], tenant.issued()), (&json!(true), 1), "{second}");
    assert_eq!((&second["token"], &second["members"]), (&first["token"], &first["members"]));
    assert!(second["events"].as_str().unwrap().contains("storedToken"));

    // Who has another secret, or another key, has to show it.
    assert_eq!(tenant.sign_in(&json!({"secret": "guessed"}))["refused"]["error_codes"][0], 7_000_215);
    // A new token on request takes the place of the old one.
    let forced = tenant.sign_in(&json!({"force": true}));
    assert_eq!((&forced["fromCache"], tenant.issued()), (&json!(false), 2));
    assert_eq!(tenant.sign_in(&json!({}))["token"], forced["token"]);
    assert_eq!(tenant.issued(), 2);
}

#[test]
fn the_file_is_its_owners_and_holds_nothing_in_plain() {
    let tenant = Tenant::start();
    let app = tenant.sign_in(&json!({}));
    let person = tenant.sign_in(&json!({"person": true}));
    let file = tenant.file();
    for plain in
        [MARK, app["token"].as_str().unwrap(), person["token"].as_str().unwrap(), APP, TENANT, "refresh", "eyJ"]
    {
        assert!(!file.windows(plain.len()).any(|part| part == plain.as_bytes()), "{plain}");
    }
    for answer in [&app, &person] {
        let events = answer["events"].as_str().unwrap();
        assert!(!events.contains(answer["token"].as_str().unwrap()) && !events.contains("not kept"), "{events}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&tenant.cache()), 0o700);
        for name in ["tokens.bin", "tokens.lock"] {
            assert_eq!(mode(&tenant.cache().join(name)), 0o600, "{name}");
        }
    }
}

#[test]
fn a_file_that_was_changed_or_has_another_key_is_replaced_and_said() {
    let tenant = Tenant::start();
    tenant.sign_in(&json!({}));
    let mut changed = tenant.file();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(tenant.cache().join("tokens.bin"), &changed).unwrap();
    let answer = tenant.sign_in(&json!({}));
    assert_eq!((&answer["fromCache"], tenant.issued()), (&json!(false), 2));
    let events = answer["events"].as_str().unwrap();
    assert!(events.contains("is damaged, or was changed by someone else"), "{events}");
    assert_eq!(tenant.sign_in(&json!({}))["fromCache"], true);

    let answer = tenant.sign_in(&json!({"key": 8}));
    assert_eq!((&answer["fromCache"], tenant.issued()), (&json!(false), 3));
    assert!(answer["events"].as_str().unwrap().contains("another key"), "{answer}");
    assert_eq!(tenant.sign_in(&json!({"key": 8}))["fromCache"], true);
}

#[test]
fn a_person_signs_in_once_and_later_processes_renew() {
    let tenant = Tenant::start();
    tenant.sign_in(&json!({"person": true}));
    assert_eq!(tenant.sign_in(&json!({"person": true}))["fromCache"], true);
    let renewed = tenant.sign_in(&json!({"person": true, "force": true}));
    assert_eq!(renewed["fromCache"], false, "{renewed}");
    assert_eq!((tenant.emulator.state().requests_of("deviceCode"), tenant.issued()), (1, 2));
    // The app of the same tenant is somebody else.
    assert_eq!(tenant.sign_in(&json!({}))["fromCache"], false);
    // A session that was ended asks the person, and what then comes is kept.
    tenant.emulator.revoke_sessions();
    assert_eq!(tenant.sign_in(&json!({"person": true, "force": true}))["fromCache"], false);
    assert_eq!(tenant.emulator.state().requests_of("deviceCode"), 2);
    assert_eq!(tenant.sign_in(&json!({"person": true}))["fromCache"], true);
}

#[test]
fn a_kept_token_that_the_service_refuses_is_not_taken_again() {
    let tenant = Tenant::start();
    tenant.sign_in(&json!({}));
    tenant.emulator.revoke_tokens();
    let cache = PersistentCache::new(tenant.cache(), Arc::new(TestStore(7)));
    let options = ClientOptions {
        credential: Some(Credential::ClientSecret(Secret::new(MARK.as_bytes().to_vec()))),
        token_cache: TokenCache::Persistent(Arc::new(cache)),
        ..tenant.options.clone()
    };
    let client = Client::new(options).unwrap();
    let upn = tenant.emulator.population().upn(1);
    let rows = support::report(&client, &ReportRequest::default(), &[upn]).unwrap();
    assert!(rows[0].get("error").is_none(), "{rows:?}");
    assert_eq!(tenant.issued(), 2, "the kept one was tried, then one new one was asked for");
    assert_eq!(tenant.sign_in(&json!({}))["fromCache"], true);
}

#[test]
fn what_is_cleared_is_asked_for_anew_here_and_elsewhere() {
    let tenant = Tenant::start();
    let cache = Arc::new(PersistentCache::new(tenant.cache(), Arc::new(TestStore(7))));
    let options = ClientOptions {
        credential: Some(Credential::Person { sign_in: SignIn::DeviceCode, scopes: Vec::new() }),
        token_cache: TokenCache::Persistent(Arc::clone(&cache)),
        clock: quick(),
        ..tenant.options.clone()
    };
    let sign_in = || Client::new(options.clone()).map(|client| (support::token(&client).2, client)).unwrap();
    let (_, before) = sign_in();
    assert!(sign_in().0, "found again");
    let cleared = support::block_on(async move { cache.clear(&support::context()).await }).unwrap();
    assert!(cleared.removed && !cleared.file.exists());
    assert!(support::token(&before).2, "who is connected goes on");
    assert!(!cleared.file.exists());
    assert!(!sign_in().0, "the person is asked");
    assert_eq!(tenant.emulator.state().requests_of("deviceCode"), 2);
    assert_eq!(tenant.sign_in(&json!({"person": true}))["fromCache"], true, "and that is kept again");
}

#[test]
fn a_token_that_is_given_is_not_kept_and_that_is_said() {
    let tenant = Tenant::start();
    let cache = PersistentCache::new(tenant.cache(), Arc::new(TestStore(7)));
    let options = ClientOptions {
        credential: Some(Credential::Token(Secret::new(b"opaque".to_vec()))),
        token_cache: TokenCache::Persistent(Arc::new(cache)),
        ..tenant.options.clone()
    };
    let error = Client::new(options).unwrap_err();
    assert!(error.to_string().contains("tokenCache: an access token that is given is not kept"), "{error}");
}

/// A process of a user whose folder is `home`, with the credential store of the system.
#[cfg(target_os = "linux")]
fn with_system_store(tenant: &Tenant, command: &mut Command, home: &Path) -> Vec<Value> {
    let task = tenant.task(&json!({"folder": null}));
    command
        .env(CHILD, task.to_string())
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_RUNTIME_DIR", home)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY");
    answers(command)
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_credential_store_the_sign_in_is_refused_and_nothing_is_written() {
    let tenant = Tenant::start();
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "a_process_that_signs_in", "--nocapture"]);
    let answer = with_system_store(&tenant, &mut child, home.path()).remove(0);
    assert_eq!(answer["status"], "TokenCacheUnavailable", "{answer}");
    let error = answer["error"].as_str().unwrap();
    assert!(error.contains("the Secret Service of the D-Bus session does not answer"), "{error}");
    assert!(error.contains("no token was written"), "{error}");
    assert_eq!(tenant.issued(), 0, "nobody was asked for a token");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "no file");
}

#[test]
#[cfg(target_os = "linux")]
fn the_key_lies_in_the_secret_service_of_the_session() {
    let is_there = |program: &str| {
        let found =
            env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).exists()));
        if !found {
            let note = format!("the round trip through a Secret Service: {program} is not installed");
            assert!(env::var_os("EXRUN_REQUIRE_INTEROP").is_none_or(|value| value != "1"), "{note}");
            println!("LEFT OUT: {note}");
        }
        found
    };
    if !is_there("dbus-run-session") || !is_there("gnome-keyring-daemon") {
        return;
    }
    let tenant = Tenant::start();
    let home = tempfile::tempdir().unwrap();
    // The keyring of a new user, unlocked with its password; two processes, one after the other.
    let script = r#"printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        "$0" --exact a_process_that_signs_in --nocapture && "$0" --exact a_process_that_signs_in --nocapture"#;
    let mut session = Command::new("dbus-run-session");
    session.args(["--", "sh", "-c", script]).arg(env::current_exe().unwrap());
    let answers = with_system_store(&tenant, &mut session, home.path());
    let from_cache: Vec<&Value> = answers.iter().map(|answer| &answer["fromCache"]).collect();
    assert_eq!(from_cache, [false, true], "{answers:?}");
    assert_eq!(answers[0]["token"], answers[1]["token"]);
    assert_eq!(tenant.issued(), 1);
    let file = fs::read(home.path().join("data/exrun/tokens.bin")).unwrap();
    assert!(!file.windows(3).any(|part| part == b"eyJ"));

    // Without the session the key is out of reach, and so is the file.
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "a_process_that_signs_in", "--nocapture"]);
    let answer = with_system_store(&tenant, &mut child, home.path()).remove(0);
    assert_eq!(answer["status"], "TokenCacheUnavailable", "{answer}");
    assert_eq!(fs::read(home.path().join("data/exrun/tokens.bin")).unwrap(), file);
}
