//! Every way to sign in, well and badly, with marked secrets: nothing that comes out holds one.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::fmt::Write as _;

use exrun::certificate::{self, CreateRequest};
use exrun::client::Describe as _;
use exrun::client::{
    AssertionRequest, BrowserOptions, Client, ClientOptions, Context, Credential, ManagedIdentityOptions, SignIn,
    TokenReply, TokenRequest, Variables,
};
use exrun::secret::Secret;
use exrun_emulator::identity::IDENTITY_HEADER;
use exrun_emulator::{Config, DeviceCodes};
use jiff::Timestamp;
use serde_json::{Value, json};
use support::{APP, TENANT, TestCertificate, acquire, block_on, start};

const MARK: &str = "Marked-7f3a";

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn variables(members: &Value) -> Variables {
    Variables::from_json(&secret(&members.to_string())).unwrap()
}

/// All that comes out of a client: its debug text, the reply's, the error as text and JSON, and the events.
fn outcome(shown: &mut String, options: &ClientOptions, credential: Credential) -> Option<Secret> {
    let options = ClientOptions { credential: Some(credential), clock: support::quick(), ..options.clone() };
    writeln!(shown, "{options:?}").unwrap();
    let client = match Client::new(options) {
        Ok(client) => client,
        Err(error) => {
            writeln!(shown, "{error} {error:?} {}", error.to_json()).unwrap();
            return None;
        }
    };
    let request = TokenRequest { force_refresh: true, ..TokenRequest::default() };
    let (reply, context) = acquire(&client, request);
    writeln!(shown, "{client:?} {reply:?} {}", context.events.drain()).unwrap();
    match reply {
        Ok(TokenReply::Token { members, access_token, .. }) => {
            writeln!(shown, "{}", Value::Object(members)).unwrap();
            Some(access_token)
        }
        Ok(TokenReply::Refused(json, error)) => {
            writeln!(shown, "{json} {error} {}", error.to_json()).unwrap();
            None
        }
        Err(error) => {
            writeln!(shown, "{error} {error:?} {}", error.to_json()).unwrap();
            None
        }
    }
}

fn assertion(options: &ClientOptions) -> Secret {
    let client = Client::new(options.clone()).unwrap();
    let made = block_on(async move { client.assertion_create(AssertionRequest::default(), &Context::default()).await });
    made.unwrap().assertion
}

#[test]
fn nothing_that_comes_out_holds_a_secret() {
    let good = format!("{MARK}-client-secret");
    let device_codes = DeviceCodes { interval: 0, pending_polls: 0, ..DeviceCodes::default() };
    let (emulator, _certificate, options) =
        start(Config { client_secret: Some(good.clone()), device_codes, ..Config::default() });
    let files = tempfile::tempdir().unwrap();
    let token_file = files.path().join("token");
    let ready = assertion(&options);
    std::fs::write(&token_file, assertion(&options).text().unwrap()).unwrap();
    let bad_file = files.path().join("bad");
    std::fs::write(&bad_file, format!("{MARK}-federated")).unwrap();
    let pfx = files.path().join("app.pfx");
    let request = CreateRequest { password: Some(secret(MARK)), ..CreateRequest::new("marked", &pfx) };
    let made = certificate::create(&request, Timestamp::now()).unwrap();
    emulator.register_certificate(made.certificate.der());
    let other = TestCertificate::new();
    let plain = format!("http://{}", emulator.addr());
    let environment =
        |secret: &str| json!({"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": APP, "AZURE_CLIENT_SECRET": secret});
    let machine = |header: &str| {
        let endpoint = format!("{plain}/msi/token");
        let variables = variables(&json!({"IDENTITY_ENDPOINT": endpoint, "IDENTITY_HEADER": header}));
        Credential::ManagedIdentity(ManagedIdentityOptions { id: None, variables })
    };
    let person = |sign_in| Credential::Person { sign_in, scopes: Vec::new() };
    let file = |path: &std::path::Path, password: Option<&str>| Credential::CertificateFile {
        path: path.to_owned(),
        password: password.map(secret),
    };
    // Each way with what is right, then with what is not.
    let right = [
        file(&pfx, Some(MARK)),
        Credential::ClientSecret(secret(&good)),
        Credential::Assertion(ready.clone()),
        Credential::FederatedTokenFile(token_file),
        machine(IDENTITY_HEADER),
        Credential::Environment(variables(&environment(&good))),
        person(SignIn::DeviceCode),
    ];
    let wrong = [
        file(&other.pfx, None),
        Credential::CertificateBytes { bytes: secret(MARK), password: Some(secret(MARK)) },
        Credential::ClientSecret(secret(&format!("{MARK}-wrong"))),
        Credential::Assertion(ready.clone()),
        Credential::Assertion(secret(&format!("{MARK}.{MARK}.{MARK}"))),
        Credential::FederatedTokenFile(bad_file),
        machine(&format!("{MARK}-header")),
        Credential::Environment(variables(&environment(&format!("{MARK}-wrong")))),
        Credential::Environment(variables(&json!({"AZURE_PASSWORD": MARK}))),
        person(SignIn::RefreshToken(secret(&format!("{MARK}-refresh")))),
        Credential::Token(secret(&format!("{MARK} with a blank"))),
    ];
    let mut shown = String::new();
    let mut secrets = vec![MARK.to_owned(), IDENTITY_HEADER.to_owned(), ready.text().unwrap().to_owned()];
    for credential in right {
        let name = credential.name();
        let token = outcome(&mut shown, &options, credential).unwrap_or_else(|| panic!("{name}"));
        secrets.push(token.text().unwrap().to_owned());
    }
    for credential in wrong {
        let name = credential.name();
        assert!(outcome(&mut shown, &options, credential).is_none(), "{name}");
    }
    // A person in a browser who does not come: what is said meanwhile.
    let browser = SignIn::Browser(BrowserOptions { open: false, ..BrowserOptions::default() });
    assert!(outcome(&mut shown, &options, person(browser)).is_none());
    // Endpoints that fail, and answer what they should not.
    for action in [
        r#"{"status":503}"#.to_owned(),
        r#"{"reset":"after"}"#.to_owned(),
        format!(r#"{{"status":200,"body":"{{\"access_token\":\"{MARK}\",\"expires_in\":\"soon\"}}"}}"#),
        format!(r#"{{"status":200,"body":"{MARK} is no JSON"}}"#),
    ] {
        emulator.set_faults(
            serde_json::from_str(&format!(r#"{{"rules":[{{"kind":"token","action":{action}}}]}}"#)).unwrap(),
        );
        outcome(
            &mut shown,
            &ClientOptions { max_tries: 2, ..options.clone() },
            Credential::ClientSecret(secret(&good)),
        );
    }
    for secret in secrets {
        let at = shown.find(&secret);
        let around = at.map(|at| &shown[at.saturating_sub(200)..(at + 60).min(shown.len())]);
        assert!(at.is_none(), "{around:?}");
    }
    // Parts of tokens and assertions begin so.
    for mark in ["eyJ", "emulator-refresh", "emulator-device"] {
        let around = shown.find(mark).map(|at| &shown[at.saturating_sub(300)..(at + 40).min(shown.len())]);
        assert!(around.is_none(), "{mark}: {around:?}");
    }
    assert!(shown.len() > 10_000, "something was looked at");
}
