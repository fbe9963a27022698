//! Key Vault, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use exrun::client::{
    Client, ClientOptions, Context, Credential, TokenReply, TokenRequest, Variables, VaultCredential, VaultItemRequest,
    VaultListRequest, VaultUse,
};
use exrun::keyvault::{Collection, ItemLocation, ListRequest, VaultLocation};
use exrun::rows::{Format, ReportRequest};
use exrun::secret::Secret;
use exrun::signature::Algorithm;
use exrun::{Error, Status};
use exrun_emulator::{Config, Emulator, VaultConfig};
use serde_json::{Value, json};
use support::{block_on, start};

const VAULT: &str = "https://contoso.vault.azure.net";

fn item(name: &str, version: Option<&str>) -> VaultItemRequest {
    let item = ItemLocation::new(VaultLocation::parse(VAULT).unwrap(), name, version).unwrap();
    VaultItemRequest { item, ignore_validity: false, api_version: None }
}

fn get(client: &Client, request: &VaultItemRequest) -> Result<(String, Value), Error> {
    let (client, request) = (client.clone(), request.clone());
    block_on(async move { client.vault_secret(&request, &Context::default()).await })
        .map(|found| (found.value.text().unwrap().to_owned(), Value::Object(found.members)))
}

fn secret(client: &Client, name: &str) -> Result<(String, Value), Error> {
    get(client, &item(name, None))
}

fn certificate(client: &Client, name: &str, password: Option<&str>) -> Result<(String, Vec<u8>), Error> {
    let (client, request) = (client.clone(), item(name, None));
    let password = password.map(|text| Secret::new(text.as_bytes().to_vec()));
    block_on(async move {
        let context = Context::default();
        let found = client.vault_certificate(&request, &context).await?;
        let pfx = client.vault_certificate_pfx(&request, &found, password, &context).await?;
        Ok((found.certificate.thumbprint(), pfx.bytes().to_vec()))
    })
}

fn list_request(collection: Collection, versions_of: Option<&str>, deleted: bool) -> VaultListRequest {
    let vault = VaultLocation::parse(VAULT).unwrap();
    let list = ListRequest { vault, collection, versions_of: versions_of.map(str::to_owned), deleted };
    VaultListRequest { list, format: Format::JsonLines, api_version: None }
}

fn list(client: &Client, request: &VaultListRequest) -> Result<Vec<Value>, Error> {
    let stream = client.vault_list(request)?;
    let mut rows = Vec::new();
    loop {
        let seen = client.signal().epoch();
        match stream.next_batch(0)? {
            exrun::rows::Next::End => return Ok(rows),
            exrun::rows::Next::Pending => {
                client.signal().wait(seen, std::time::Instant::now() + Duration::from_secs(30));
            }
            exrun::rows::Next::Batch { data, .. } => {
                rows.extend(
                    String::from_utf8(data).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()),
                );
            }
        }
    }
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row.get("id").or_else(|| row.get("kid")).unwrap().as_str().unwrap().rsplit('/').next().unwrap())
        .collect()
}

fn faults(emulator: &Emulator, rules: &str) {
    emulator.set_faults(serde_json::from_str(&format!(r#"{{"rules":[{rules}]}}"#)).unwrap());
}

fn token(client: &Client, force_refresh: bool) -> (Result<TokenReply, Error>, String) {
    let context = Context::default();
    let (client, inner) = (client.clone(), context.clone());
    let request = TokenRequest { force_refresh, ..TokenRequest::default() };
    let reply = block_on(async move { client.token_acquire(request, &inner).await });
    (reply, context.events.drain())
}

fn is_token(reply: &Result<TokenReply, Error>) -> bool {
    matches!(reply, Ok(TokenReply::Token { .. }))
}

/// A client that signs in with what a vault holds, and proves itself to the vault with its own certificate. Tests
/// that need tokens of their own name a vault of their own: tokens are the process's.
fn from_vault(options: &ClientOptions, usage: VaultUse, url: &str) -> Client {
    let credential = VaultCredential {
        url: url.to_owned(),
        usage,
        credential: options.credential.clone().unwrap(),
        tenant_id: None,
        client_id: None,
        password: None,
        api_version: None,
    };
    Client::new(ClientOptions { credential: Some(Credential::Vault(Box::new(credential))), ..options.clone() }).unwrap()
}

#[test]
fn a_secret_comes_after_one_challenge_for_each_authority() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options.clone()).unwrap();
    let (value, members) = secret(&client, "app-secret").unwrap();
    assert_eq!(value, "correct horse b\u{e4}ttery <staple> & \"more\"");
    assert_eq!(members["contentType"], "text/plain");
    assert_eq!(members["value"], Value::Null);
    assert_eq!(emulator.state().requests_of("vault"), 2, "one challenge, one answer");
    secret(&client, "app-secret").unwrap();
    // Another client over the same connections knows it, too.
    secret(&Client::new(options).unwrap(), "app-secret").unwrap();
    assert_eq!(emulator.state().requests_of("vault"), 4);
    assert_eq!(emulator.state().requests_of("token"), 1);
    let other = ItemLocation::parse("https://fabrikam.vault.azure.net/secrets/app-secret", &["secrets"]).unwrap().0;
    get(&client, &VaultItemRequest { item: other, ..item("x", None) }).unwrap();
    assert_eq!(emulator.state().requests_of("vault"), 6, "a new authority, a new challenge");
}

#[test]
fn versions_are_listed_and_read() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let rows = list(&client, &list_request(Collection::Secrets, Some("app-secret"), false)).unwrap();
    let versions = names(&rows);
    assert_eq!(versions.len(), 2);
    assert_eq!(get(&client, &item("app-secret", Some(versions[1]))).unwrap().0, "the first value");
    let error = get(&client, &item("app-secret", Some("00000000000000000000000000000000"))).unwrap_err();
    assert_eq!(error.status(), Status::NotFound, "{error}");
}

#[test]
fn what_cannot_be_used_says_why() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    for (name, status, part) in [
        ("no-such-secret", Status::NotFound, "404 SecretNotFound"),
        ("deleted-secret", Status::VaultItemDeleted, "it was deleted at"),
        ("disabled-secret", Status::VaultItemDisabled, "SecretDisabled"),
        ("expired-secret", Status::VaultItemExpired, "expired at"),
        ("future-secret", Status::VaultItemNotYetValid, "not valid before"),
    ] {
        let error = secret(&client, name).unwrap_err();
        assert_eq!(error.status(), status, "{error}");
        assert!(error.to_string().contains(part) && error.to_string().contains(name), "{error}");
    }
    let anyway = VaultItemRequest { ignore_validity: true, ..item("expired-secret", None) };
    assert_eq!(get(&client, &anyway).unwrap().0, "old");
    for (name, status) in [
        ("expired-certificate", Status::VaultItemExpired),
        ("future-certificate", Status::VaultItemNotYetValid),
        ("disabled-certificate", Status::VaultItemDisabled),
        ("deleted-certificate", Status::VaultItemDeleted),
        ("exrun-hsm", Status::VaultKeyNotExportable),
        ("exrun-hsm-pem", Status::VaultKeyNotExportable),
    ] {
        let error = certificate(&client, name, None).unwrap_err();
        assert_eq!(error.status(), status, "{error}");
    }
    let deleted = list(&client, &list_request(Collection::Secrets, None, true)).unwrap();
    assert_eq!(names(&deleted), ["deleted-certificate", "deleted-secret"]);
}

#[test]
fn a_certificate_comes_with_its_key_from_either_form() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    for name in ["exrun-app", "exrun-pem"] {
        let (thumbprint, pfx) = certificate(&client, name, None).unwrap();
        let read = exrun::certificate::read(&pfx, None, name).unwrap();
        assert_eq!(read.certificate().thumbprint(), thumbprint);
        assert_eq!(read.certificate().der(), emulator.vault_certificate("contoso", name).unwrap());
    }
}

#[test]
fn a_pfx_that_has_a_password_wants_it() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options.clone()).unwrap();
    let error = certificate(&client, "locked-certificate", None).unwrap_err();
    assert_eq!(error.status(), Status::CertificatePassword, "{error}");
    assert!(error.to_string().contains("none was given"), "{error}");
    let error = certificate(&client, "locked-certificate", Some("wrong")).unwrap_err();
    assert_eq!(error.status(), Status::CertificatePassword, "{error}");
    let password = exrun_emulator::vault::store::LOCKED_PASSWORD;
    let (thumbprint, pfx) = certificate(&client, "locked-certificate", Some(password)).unwrap();
    assert_eq!(exrun::certificate::read(&pfx, None, "it").unwrap().certificate().thumbprint(), thumbprint);
    assert!(emulator.vault_certificate("contoso", "locked-certificate").is_ok());
    for (password, comes) in [(None, false), (Some(password), true)] {
        let credential = VaultCredential {
            url: "https://locked.vault.azure.net/certificates/locked-certificate".to_owned(),
            usage: VaultUse::Fetch,
            credential: options.credential.clone().unwrap(),
            tenant_id: None,
            client_id: None,
            password: password.map(|text| Secret::new(text.as_bytes().to_vec())),
            api_version: None,
        };
        let credential = Some(Credential::Vault(Box::new(credential)));
        let client = Client::new(ClientOptions { credential, ..options.clone() }).unwrap();
        assert_eq!(is_token(&token(&client, false).0), comes);
    }
}

#[test]
fn a_token_for_something_else_is_refused() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options.clone()).unwrap();
    let Ok(TokenReply::Token { access_token, .. }) = token(&client, false).0 else { panic!("no token") };
    let given = Client::new(ClientOptions { credential: Some(Credential::Token(access_token)), ..options }).unwrap();
    let error = secret(&given, "app-secret").unwrap_err();
    assert_eq!(error.status(), Status::Unauthorized, "{error}");
    assert!(error.to_string().contains("Invalid audience"), "{error}");
    assert_eq!(emulator.state().requests_of("vault"), 2);
}

#[test]
fn lists_go_to_their_end_and_never_hold_it_whole() {
    let vault = VaultConfig { secrets: 10_000, ..VaultConfig::default() };
    let (emulator, _certificate, options) = start(Config { vault, ..Config::default() });
    let client = Client::new(options).unwrap();
    let stream = client.vault_list(&list_request(Collection::Secrets, None, false)).unwrap();
    let mut rows: Vec<Value> = Vec::new();
    let mut most_waiting = 0;
    loop {
        let seen = client.signal().epoch();
        most_waiting = most_waiting.max(stream.progress()["waiting"].as_u64().unwrap());
        match stream.next_batch(7).unwrap() {
            exrun::rows::Next::End => break,
            exrun::rows::Next::Pending => {
                client.signal().wait(seen, std::time::Instant::now() + Duration::from_secs(30));
            }
            exrun::rows::Next::Batch { data, rows: count } => {
                let before = rows.len();
                rows.extend(
                    data.split_inclusive(|byte| *byte == b'\n')
                        .map(|line| serde_json::from_slice::<Value>(line).unwrap()),
                );
                assert_eq!(rows.len() - before, count);
                assert!(count <= 7);
            }
        }
    }
    assert!(most_waiting < 300, "{most_waiting} rows waited");
    let found = names(&rows);
    assert_eq!(found.iter().filter(|name| name.starts_with("secret-")).count(), 10_000);
    assert_eq!(found.last(), Some(&"secret-009999"));
    assert!(found.contains(&"exrun-app") && !found.contains(&"deleted-secret"));
    assert!(rows.iter().all(|row| row.get("value").is_none()));
    assert_eq!(stream.progress()["delivered"], rows.len());
    assert!(emulator.state().requests_of("vault") >= 400);
    assert_eq!(stream.push(b"\"x\"\n").unwrap_err().status(), Status::InputFinished);
}

#[test]
fn a_list_that_nobody_takes_stops_asking() {
    let vault = VaultConfig { secrets: 10_000, ..VaultConfig::default() };
    let (emulator, _certificate, options) = start(Config { vault, ..Config::default() });
    let client = Client::new(options).unwrap();
    let stream = client.vault_list(&list_request(Collection::Secrets, None, false)).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while stream.progress()["waiting"].as_u64().unwrap() < 250 && std::time::Instant::now() < deadline {
        client.signal().wait(client.signal().epoch(), std::time::Instant::now() + Duration::from_millis(20));
    }
    let asked = emulator.state().requests_of("vault");
    assert!(asked <= 13, "{asked} requests");
    stream.cancel();
    assert_eq!(stream.next_batch(0).unwrap_err().status(), Status::Cancelled);
}

#[test]
fn a_list_that_leads_back_ends() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    secret(&client, "app-secret").unwrap();
    let page = |to: &str| {
        let body = json!({"value": [], "nextLink": format!("{VAULT}/secrets?api-version=7.4&$skiptoken={to}")});
        json!({"kind": "vault", "times": 1, "action": {"status": 200, "body": body.to_string()}}).to_string()
    };
    faults(&emulator, &["a", "b", "a", "b", "a", "b"].map(page).join(","));
    let error = list(&client, &list_request(Collection::Secrets, None, false)).unwrap_err();
    assert_eq!(error.status(), Status::ResponseInvalid, "{error}");
    assert!(error.to_string().contains("leads back"), "{error}");
}

#[test]
fn a_token_that_expires_in_mid_list_is_replaced() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let whole = list(&client, &list_request(Collection::Secrets, None, false)).unwrap();
    emulator.reset();
    faults(&emulator, r#"{"kind":"vault","after":2,"times":1,"action":{"revokeTokens":true}}"#);
    let again = list(&client, &list_request(Collection::Secrets, None, false)).unwrap();
    assert_eq!(again, whole);
    assert_eq!(emulator.state().requests_of("token"), 1);
    assert_eq!(emulator.state().statuses[&401], 1);
}

#[test]
fn certificates_and_keys_are_listed_and_read() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let certificates = list(&client, &list_request(Collection::Certificates, None, false)).unwrap();
    assert!(names(&certificates).contains(&"exrun-hsm") && !names(&certificates).contains(&"signing-key"));
    let keys = list(&client, &list_request(Collection::Keys, None, false)).unwrap();
    assert!(names(&keys).contains(&"signing-key") && names(&keys).contains(&"exrun-hsm"));
    let reading = client.clone();
    let key = block_on(async move { reading.vault_key(&item("exrun-hsm", None), &Context::default()).await }).unwrap();
    assert_eq!(key["key"]["kty"], "RSA-HSM");
}

#[test]
fn a_challenge_that_points_elsewhere_is_refused_and_nothing_is_sent() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    for challenge in [
        r#"Bearer authorization=\"https://login.microsoftonline.com/t\", resource=\"https://graph.microsoft.com\""#,
        r#"Bearer authorization=\"https://login.evil.example/t\", resource=\"https://vault.azure.net\""#,
        r#"Bearer authorization=\"http://login.microsoftonline.com/t\", resource=\"https://vault.azure.net\""#,
    ] {
        emulator.reset();
        faults(
            &emulator,
            &format!(r#"{{"kind":"vault","times":1,"action":{{"status":401,"wwwAuthenticate":"{challenge}"}}}}"#),
        );
        let error = secret(&client, "app-secret").unwrap_err();
        assert_eq!(error.status(), Status::VaultChallengeRefused, "{error}");
        let state = emulator.state();
        assert_eq!((state.requests_of("vault"), state.requests_of("token")), (1, 0), "{challenge}");
    }
    faults(&emulator, "");
    secret(&client, "app-secret").unwrap();
}

#[test]
fn throttling_waits_as_the_guidance_says() {
    let (emulator, _certificate, options) = start(Config::default());
    let clock = support::quick();
    let client = Client::new(ClientOptions { clock: clock.clone(), ..options }).unwrap();
    secret(&client, "app-secret").unwrap();
    let seconds = || clock.waits.lock().drain(..).map(|wait| wait.as_secs_f64()).collect::<Vec<_>>();
    faults(&emulator, r#"{"kind":"vault","times":5,"action":{"status":429,"code":"Throttled"}}"#);
    secret(&client, "app-secret").unwrap();
    assert_eq!(seconds(), [1.0, 2.0, 4.0, 8.0, 16.0]);
    faults(&emulator, r#"{"kind":"vault","times":1,"action":{"status":429,"code":"Throttled","retryAfter":"7"}}"#);
    secret(&client, "app-secret").unwrap();
    assert_eq!(seconds(), [7.0]);
    faults(&emulator, r#"{"kind":"vault","action":{"status":429,"code":"Throttled","message":"too many"}}"#);
    emulator.reset();
    let error = secret(&client, "app-secret").unwrap_err();
    assert_eq!(error.status(), Status::Throttled, "{error}");
    assert_eq!(emulator.state().requests_of("vault"), 6);
}

#[test]
fn broken_replies_are_errors_or_tried_again() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(ClientOptions { clock: support::quick(), ..options }).unwrap();
    secret(&client, "app-secret").unwrap();
    for rule in [
        r#"{"kind":"vault","times":1,"action":{"truncate":true}}"#,
        r#"{"kind":"vault","times":1,"action":{"reset":"before"}}"#,
        r#"{"kind":"vault","times":1,"action":{"reset":"after"}}"#,
        r#"{"kind":"vault","times":1,"action":{"status":503}}"#,
    ] {
        faults(&emulator, rule);
        assert!(secret(&client, "app-secret").is_ok(), "{rule}");
    }
    for body in ["{\\\"value\\\":\\\"hunter2", "[]", "{}", "{\\\"value\\\":5}"] {
        faults(&emulator, &format!(r#"{{"kind":"vault","action":{{"status":200,"body":"{body}"}}}}"#));
        let error = secret(&client, "app-secret").unwrap_err();
        assert_eq!(error.status(), Status::ResponseInvalid, "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(list(&client, &list_request(Collection::Secrets, None, false)).is_err());
    }
    for link in ["https://evil.example/secrets", "http://contoso.vault.azure.net/secrets", "nonsense"] {
        let body = format!(r#"{{\"value\":[],\"nextLink\":\"{link}\"}}"#);
        faults(&emulator, &format!(r#"{{"kind":"vault","action":{{"status":200,"body":"{body}"}}}}"#));
        emulator.reset();
        let error = list(&client, &list_request(Collection::Secrets, None, false)).unwrap_err();
        assert_eq!(error.status(), Status::ResponseInvalid, "{error}");
        assert_eq!(emulator.state().requests_of("vault"), 1);
    }
}

#[test]
fn permissions_are_by_operation() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    emulator.vaults().set_permissions(&["secrets/list"]);
    assert!(list(&client, &list_request(Collection::Secrets, None, false)).is_ok());
    let error = secret(&client, "app-secret").unwrap_err();
    assert_eq!(error.status(), Status::AccessDenied);
    assert!(error.to_string().contains("secrets get permission"), "{error}");
}

#[test]
fn a_vault_that_moves_to_another_tenant_is_asked_whose_tokens_it_takes() {
    const OTHER: &str = "2d4b29c0-eb42-4a7d-b515-3d17dacf6be5";
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    secret(&client, "app-secret").unwrap();
    emulator.vaults().move_to_tenant(OTHER);
    emulator.reset();
    secret(&client, "app-secret").unwrap();
    let state = emulator.state();
    assert_eq!((state.requests_of("vault"), state.requests_of("token")), (2, 1));
    secret(&client, "app-secret").unwrap();
    assert_eq!(emulator.state().requests_of("vault"), 3, "the new challenge is remembered");
}

#[test]
fn a_key_signs_in_the_vault() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let digest = [7; 32];
    let sign = |name: &'static str, algorithm| {
        let client = client.clone();
        block_on(async move { client.vault_key_sign(&item(name, None), algorithm, &digest, &Context::default()).await })
    };
    let certificate = exrun::certificate::Certificate::from_der(&{
        secret(&client, "app-secret").unwrap();
        emulator.vault_certificate("contoso", "exrun-hsm").unwrap()
    })
    .unwrap();
    for algorithm in [Algorithm::Ps256, Algorithm::Rs256] {
        let signed = sign("exrun-hsm", algorithm).unwrap();
        assert!(signed.kid.starts_with("https://contoso.vault.azure.net/keys/exrun-hsm/"));
        assert!(exrun::certificate::verify(&certificate, algorithm, &digest, &signed.signature).unwrap());
    }
    assert_eq!(sign("disabled-key", Algorithm::Ps256).unwrap_err().status(), Status::VaultItemDisabled);
    assert_eq!(sign("expired-key", Algorithm::Ps256).unwrap_err().status(), Status::VaultItemExpired);
    emulator.vaults().refuse_pss(true);
    assert_eq!(sign("exrun-hsm", Algorithm::Ps256).unwrap_err().status(), Status::KeyUnusable);
    assert!(sign("exrun-hsm", Algorithm::Rs256).is_ok());
}

#[test]
fn a_certificate_of_a_vault_signs_in_and_is_picked_up_when_it_is_renewed() {
    for (usage, name) in [
        (VaultUse::Fetch, "certificates/exrun-app"),
        (VaultUse::Fetch, "secrets/exrun-pem"),
        (VaultUse::Sign, "keys/exrun-hsm"),
        (VaultUse::Sign, "certificates/exrun-app"),
    ] {
        let (emulator, _certificate, options) =
            start(Config { mailboxes: 20, broken_percent: 0.0, ..Config::default() });
        let client = from_vault(&options, usage, &format!("https://renewing.vault.azure.net/{name}"));
        let (reply, events) = token(&client, false);
        assert!(is_token(&reply), "{name}: {reply:?}");
        assert!(!events.contains("assertionFallback"), "{events}");
        emulator.renew_vault_certificate("renewing", name.split('/').next_back().unwrap()).unwrap();
        let (reply, events) = token(&client, true);
        assert!(is_token(&reply), "{name}: {reply:?}");
        assert!(events.contains("certificateRenewed"), "{name}: {events}");
        let mailboxes: Vec<String> = (0..20).map(|index| emulator.population().upn(index)).collect();
        let rows = support::report(&client, &ReportRequest::default(), &mailboxes).unwrap();
        assert!(rows.len() == 20 && rows.iter().all(|row| row.get("error").is_none()));
    }
}

#[test]
fn a_renewed_certificate_that_the_app_does_not_know_yet_stops_nobody() {
    let vault = VaultConfig { registered: false, ..VaultConfig::default() };
    for (usage, name) in [(VaultUse::Fetch, "certificates/exrun-app"), (VaultUse::Sign, "keys/exrun-hsm")] {
        let (emulator, _certificate, options) = start(Config { vault: vault.clone(), ..Config::default() });
        let certificate = name.split('/').next_back().unwrap();
        emulator.register_certificate(&emulator.vault_certificate("unknown", certificate).unwrap());
        emulator.renew_vault_certificate("unknown", certificate).unwrap();
        let client = from_vault(&options, usage, &format!("https://unknown.vault.azure.net/{name}"));
        let (reply, events) = token(&client, false);
        assert!(is_token(&reply), "{name}: {reply:?}");
        assert!(events.contains(r#""event":"certificateNotRegistered""#), "{events}");
        // Once it is known, it is the one.
        emulator.register_certificate(&emulator.vault_certificate("unknown", certificate).unwrap());
        let (reply, events) = token(&client, true);
        assert!(is_token(&reply) && !events.contains("not registered"), "{name}: {events}");
    }
    let (emulator, _certificate, options) = start(Config { vault, ..Config::default() });
    let client = from_vault(&options, VaultUse::Sign, "https://foreign.vault.azure.net/keys/exrun-hsm");
    let Ok(TokenReply::Refused(json, _)) = token(&client, false).0 else { panic!("not refused") };
    assert_eq!(json["error_codes"][0], 700_027);
    drop(emulator);
}

#[test]
fn who_may_not_ask_the_vault_gets_no_token_of_who_may() {
    let (emulator, _certificate, options) = start(Config { client_secret: Some("right".into()), ..Config::default() });
    let client = |secret: &str| {
        let credential = Some(Credential::ClientSecret(Secret::new(secret.as_bytes().to_vec())));
        from_vault(
            &ClientOptions { credential, ..options.clone() },
            VaultUse::Sign,
            "https://whose.vault.azure.net/keys/exrun-hsm",
        )
    };
    assert!(is_token(&token(&client("right"), false).0));
    assert!(!is_token(&token(&client("wrong"), false).0));
    let issued = emulator.state().tokens_issued;
    assert!(is_token(&token(&client("right"), false).0));
    assert_eq!(emulator.state().tokens_issued, issued, "who has proved it shares the token");
}

#[test]
fn the_environment_says_itself_who_asks_the_vault() {
    let (emulator, _certificate, options) = start(Config { client_secret: Some("right".into()), ..Config::default() });
    let by = |variables: Value| {
        let variables = Variables::from_json(&Secret::new(variables.to_string().into_bytes())).unwrap();
        ClientOptions { credential: Some(Credential::Environment(variables)), ..options.clone() }
    };
    let url = "https://environment.vault.azure.net/keys/exrun-hsm";
    // Another app asks the vault than the one that signs in; the vault's tenant does not know it.
    let other = json!({"AZURE_CLIENT_ID": support::TENANT, "AZURE_CLIENT_SECRET": "right"});
    let error = token(&from_vault(&by(other), VaultUse::Sign, url), false).0.unwrap_err();
    assert!(error.to_string().contains("AADSTS700016"), "{error}");
    assert_eq!(emulator.state().requests_of("vault"), 1, "its challenge");
    // What it does not say is that of the app.
    let client = from_vault(&by(json!({"AZURE_CLIENT_SECRET": "right"})), VaultUse::Sign, url);
    assert!(is_token(&token(&client, false).0));
}

#[test]
fn a_key_that_knows_no_pss_signs_with_rs256() {
    let (emulator, _certificate, options) = start(Config::default());
    emulator.vaults().refuse_pss(true);
    let client = from_vault(&options, VaultUse::Sign, "https://no-pss.vault.azure.net/keys/exrun-hsm-pem");
    let (reply, events) = token(&client, false);
    assert!(is_token(&reply), "{reply:?}");
    assert!(events.contains("assertionFallback"), "{events}");
}

#[test]
fn a_key_that_must_stay_in_the_vault_is_not_fetched_and_says_what_to_do() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = from_vault(&options, VaultUse::Fetch, &format!("{VAULT}/certificates/exrun-hsm"));
    let error = token(&client, false).0.unwrap_err();
    assert_eq!(error.status(), Status::CertificateNoKey, "{error}");
    assert!(error.to_string().contains("vaultKey"), "{error}");
    let client = from_vault(&options, VaultUse::Sign, &format!("{VAULT}/keys/signing-key"));
    let error = token(&client, false).0.unwrap_err();
    assert_eq!(error.status(), Status::NotFound, "{error}");
    assert!(error.to_string().contains("certificate of the same name"), "{error}");
}

#[test]
fn a_throttled_vault_does_not_stall_a_report_while_its_token_lives() {
    let config = Config { mailboxes: 50, broken_percent: 0.0, token_lifetime: 1000, ..Config::default() };
    let (emulator, _certificate, options) = start(config);
    let clock = support::quick();
    let options = ClientOptions { clock: clock.clone(), ..options };
    for (usage, name) in [(VaultUse::Sign, "keys/exrun-hsm"), (VaultUse::Fetch, "certificates/exrun-app")] {
        faults(&emulator, "");
        let client = from_vault(&options, usage, &format!("https://busy.vault.azure.net/{name}"));
        assert!(is_token(&token(&client, false).0));
        // Its renewal is due, it still lives, and the vault has no time.
        clock.advance(Duration::from_secs(850));
        clock.waits.lock().clear();
        faults(&emulator, r#"{"kind":"vault","action":{"status":429,"code":"Throttled"}}"#);
        emulator.reset();
        let mailboxes: Vec<String> = (0..50).map(|index| emulator.population().upn(index)).collect();
        let rows = support::report(&client, &ReportRequest::default(), &mailboxes).unwrap();
        assert!(rows.len() == 50 && rows.iter().all(|row| row.get("error").is_none()), "{name}");
        assert!(
            emulator.state().requests_of("vault") <= 2,
            "{name}: the vault is left alone: {:?}",
            emulator.state().requests
        );
        assert!(clock.waits.lock().is_empty(), "{name}: nobody waited");
        // Once the token is gone the vault is waited for; a certificate in memory needs no vault.
        clock.advance(Duration::from_secs(900));
        faults(&emulator, r#"{"kind":"vault","times":2,"action":{"status":429,"code":"Throttled"}}"#);
        let rows = support::report(&client, &ReportRequest::default(), &mailboxes).unwrap();
        assert!(rows.iter().all(|row| row.get("error").is_none()), "{name}");
    }
}

#[test]
fn what_a_vault_credential_needs_is_said_when_the_client_is_made() {
    let (_emulator, _certificate, options) = start(Config::default());
    let credential = |url: &str, usage| {
        let vault = VaultCredential {
            url: url.to_owned(),
            usage,
            credential: options.credential.clone().unwrap(),
            tenant_id: None,
            client_id: None,
            password: None,
            api_version: None,
        };
        let credential = Some(Credential::Vault(Box::new(vault)));
        Client::new(ClientOptions { credential, ..options.clone() }).unwrap_err().to_string()
    };
    assert!(credential("http://contoso.vault.azure.net/certificates/app", VaultUse::Fetch).contains("https only"));
    assert!(credential("https://contoso.vault.azure.net/app", VaultUse::Fetch).contains("/certificates/name"));
    assert!(credential("https://contoso.vault.azure.net/secrets/app", VaultUse::Sign).contains("/keys/name"));
}

#[test]
fn other_clouds_have_their_own_hosts() {
    let (_emulator, _certificate, options) = start(Config::default());
    let cloud = exrun::cloud::Cloud::US_GOV;
    let client = Client::new(ClientOptions { cloud, ..options.clone() }).unwrap();
    let gov =
        ItemLocation::parse("https://contoso.vault.usgovcloudapi.net/secrets/app-secret", &["secrets"]).unwrap().0;
    let request = VaultItemRequest { item: gov, ..item("x", None) };
    // From the public cloud's client the challenge of another cloud is not followed.
    let public = Client::new(options).unwrap();
    let error = get(&public, &request).unwrap_err();
    assert_eq!(error.status(), Status::VaultChallengeRefused, "{error}");
    assert!(error.to_string().contains("choose the cloud usGov"), "{error}");
    get(&client, &request).unwrap();
    // Nor once a client of the other cloud has met it.
    let error = get(&public, &request).unwrap_err();
    assert_eq!(error.status(), Status::VaultChallengeRefused, "{error}");
}

#[test]
fn no_secret_comes_out_of_any_text() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options).unwrap();
    let context = Context::default();
    let (inner, reading) = (context.clone(), client.clone());
    let found = block_on(async move { reading.vault_secret(&item("app-secret", None), &inner).await }).unwrap();
    assert!(!format!("{found:?}").contains("correct horse"));
    assert!(!context.events.drain().contains("correct horse"));
    assert!(!format!("{client:?}").contains("eyJ"));
    drop(Arc::new(client));
}
