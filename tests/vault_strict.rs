//! The emulator's vault is as strict as the service: requests as they go over the wire, right and wrong.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]
#![allow(clippy::field_reassign_with_default, reason = "one of the fields is private")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use exrun::client::{Client, ClientOptions, Context, TokenReply, TokenRequest};
use exrun::http::transport::TransportOptions;
use exrun::http::{HttpReply, HttpRequest, HttpSender, Transport};
use exrun_emulator::{Config, Emulator, VaultConfig};
use http::Method;
use serde_json::{Value, json};
use support::{block_on, start};
use url::Url;

const VAULT: &str = "https://contoso.vault.azure.net";

/// Sends what it is told to, with a token for vaults or with another one.
struct Wire {
    _emulator: Emulator,
    sender: HttpSender,
    token: String,
}

impl Wire {
    fn new(vault: VaultConfig) -> Self {
        let (emulator, _certificate, options) = start(Config { vault, ..Config::default() });
        let mut transport = TransportOptions::default();
        transport.connect_to = options.connect_to;
        transport.ca_file.clone_from(&options.ca_file);
        let transport = Transport::shared(transport, None).unwrap();
        let sender = HttpSender::new(transport, None, Duration::from_secs(30)).unwrap();
        let token = token(&options, "https://vault.azure.net");
        Self { _emulator: emulator, sender, token }
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>, token: Option<&str>) -> (HttpReply, Value) {
        let mut request = HttpRequest::get(Url::parse(&format!("{VAULT}{path}")).unwrap());
        request.method = method;
        request.headers.insert("content-type", "application/json".parse().unwrap());
        if let Some(token) = token {
            request.headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        request.body = body.map(|body| body.to_string().into());
        let sender = self.sender.clone();
        let reply = block_on(async move { sender.send(request, &Context::default()).await }).unwrap();
        let body = serde_json::from_slice(&reply.body).unwrap();
        (reply, body)
    }

    fn get(&self, path: &str) -> (u16, Value) {
        let (reply, body) = self.send(Method::GET, path, None, Some(&self.token));
        (reply.status.as_u16(), body)
    }

    fn sign(&self, key: &str, body: &Value) -> (u16, String) {
        let path = format!("/keys/{key}/sign?api-version=7.4");
        let (reply, body) = self.send(Method::POST, &path, Some(body), Some(&self.token));
        (reply.status.as_u16(), body["error"]["message"].as_str().unwrap_or_default().to_owned())
    }
}

fn token(options: &ClientOptions, resource: &str) -> String {
    let client = Client::new(options.clone()).unwrap();
    let request = TokenRequest { resource: Some(resource.to_owned()), force_refresh: true, ..TokenRequest::default() };
    match block_on(async move { client.token_acquire(request, &Context::default()).await }).unwrap() {
        TokenReply::Token { access_token, .. } => access_token.text().unwrap().to_owned(),
        TokenReply::Refused(_, error) => panic!("{error}"),
    }
}

#[test]
fn without_a_token_for_vaults_there_is_a_challenge_and_nothing_else() {
    let wire = Wire::new(VaultConfig::default());
    for token in [None, Some("nonsense")] {
        // Whatever else is wrong with it.
        let (reply, body) = wire.send(Method::GET, "/secrets/no-such", None, token);
        assert_eq!(reply.status.as_u16(), 401);
        assert_eq!(
            reply.header("www-authenticate").unwrap(),
            format!(
                "Bearer authorization=\"https://login.microsoftonline.com/{}\", resource=\"https://vault.azure.net\"",
                support::TENANT
            )
        );
        assert!(body["error"]["message"].as_str().unwrap().starts_with("AKV100"), "{body}");
    }
}

#[test]
fn the_version_of_the_api_is_mandatory() {
    let wire = Wire::new(VaultConfig::default());
    for path in ["/secrets/app-secret", "/secrets/app-secret?api-version=", "/secrets/app-secret?api-version=6.9"] {
        let (status, body) = wire.get(path);
        assert_eq!((status, &body["error"]["code"]), (400, &json!("BadParameter")), "{path}");
    }
    assert_eq!(wire.get("/secrets/app-secret?api-version=2025-07-01").0, 200);
}

#[test]
fn pages_have_at_most_25_objects() {
    let wire = Wire::new(VaultConfig::default());
    let (status, page) = wire.get("/secrets?api-version=7.4");
    assert_eq!(status, 200);
    assert!(page["value"].as_array().unwrap().len() <= 25 && page["nextLink"].is_string());
    // What is deleted leaves a gap: a page may be short, or empty, and still have a next one.
    let page = wire.get("/secrets?api-version=7.4&maxresults=1").1;
    assert_eq!(page["value"].as_array().unwrap().len(), 1);
    let next = page["nextLink"].as_str().unwrap().strip_prefix(VAULT).unwrap().to_owned();
    let page = wire.get(&next).1;
    assert!(page["value"].as_array().unwrap().is_empty() && page["nextLink"].is_string(), "{page}");
    for bad in ["maxresults=26", "maxresults=0", "maxresults=x", "$skiptoken=MA", "$skiptoken=?"] {
        assert_eq!(wire.get(&format!("/secrets?api-version=7.4&{bad}")).0, 400, "{bad}");
    }
    let versions = wire.get("/secrets/app-secret/versions?api-version=7.4").1;
    assert_eq!(versions["nextLink"], Value::Null);
}

#[test]
fn a_signature_needs_a_digest_of_the_right_length_and_form() {
    let wire = Wire::new(VaultConfig::default());
    let digest = |length: usize| URL_SAFE_NO_PAD.encode(vec![7; length]);
    for (algorithm, length) in [("PS256", 32), ("RS256", 32), ("PS384", 48), ("RS512", 64)] {
        assert_eq!(wire.sign("exrun-hsm", &json!({"alg": algorithm, "value": digest(length)})).0, 200, "{algorithm}");
        let (status, message) = wire.sign("exrun-hsm", &json!({"alg": algorithm, "value": digest(length - 1)}));
        assert!(status == 400 && message.contains("Invalid length"), "{algorithm}: {message}");
    }
    for body in [
        json!({"value": digest(32)}),
        json!({"alg": "PS256"}),
        json!({"alg": "PS256", "value": URL_SAFE.encode([7; 32])}),
        json!({"alg": "ES256", "value": digest(32)}),
        json!({"alg": "HS256", "value": digest(32)}),
    ] {
        assert_eq!(wire.sign("exrun-hsm", &body).0, 400, "{body}");
    }
    for key in ["disabled-key", "expired-key", "future-certificate"] {
        assert_eq!(wire.sign(key, &json!({"alg": "PS256", "value": digest(32)})).0, 403, "{key}");
    }
}

#[test]
fn what_is_not_there_or_not_allowed_answers_as_documented() {
    let wire = Wire::new(VaultConfig::default());
    for (path, status, code) in [
        ("/secrets/no-such", 404, "SecretNotFound"),
        ("/secrets/deleted-secret", 404, "SecretNotFound"),
        ("/keys/no-such", 404, "KeyNotFound"),
        ("/certificates/no-such", 404, "CertificateNotFound"),
        ("/secrets/no_such", 400, "BadParameter"),
        ("/secrets/disabled-secret", 403, "Forbidden"),
    ] {
        let (answered, body) = wire.get(&format!("{path}?api-version=7.4"));
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)), "{path}");
    }
    // Out of its time a secret is given all the same.
    assert_eq!(wire.get("/secrets/expired-secret?api-version=7.4").0, 200);
    let deleted = wire.get("/deletedsecrets/deleted-secret?api-version=7.4").1;
    assert!(deleted["recoveryId"].is_string() && deleted.get("value").is_none());
    let (reply, _) = wire.send(Method::DELETE, "/secrets/app-secret?api-version=7.4", None, Some(&wire.token));
    assert_eq!(reply.status.as_u16(), 405);
}

#[test]
fn a_secret_is_set_and_has_versions() {
    let wire = Wire::new(VaultConfig::default());
    let put = |name: &str, body: &Value| {
        let (reply, body) =
            wire.send(Method::PUT, &format!("/secrets/{name}?api-version=7.4"), Some(body), Some(&wire.token));
        (reply.status.as_u16(), body)
    };
    let whole =
        json!({"value": "one", "contentType": "text/plain", "tags": {"a": "b"}, "attributes": {"exp": 2_000_000_000}});
    let (status, first) = put("made-here", &whole);
    assert_eq!((status, &first["value"], &first["tags"]["a"]), (200, &json!("one"), &json!("b")), "{first}");
    let (status, second) = put("made-here", &json!({"value": "two"}));
    assert_eq!(status, 200);
    assert_ne!(first["id"], second["id"]);
    assert_eq!(wire.get("/secrets/made-here?api-version=7.4").1["value"], "two");
    let older = first["id"].as_str().unwrap().strip_prefix(VAULT).unwrap();
    let older = wire.get(&format!("{older}?api-version=7.4")).1;
    assert_eq!((&older["value"], &older["attributes"]["exp"]), (&json!("one"), &json!(2_000_000_000)));
    for (name, body, status) in [
        ("made-here", json!({}), 400),
        ("made-here", json!({"value": "x", "nonsense": 1}), 400),
        ("made_here", json!({"value": "x"}), 400),
        ("deleted-secret", json!({"value": "x"}), 409),
        ("exrun-app", json!({"value": "x"}), 403),
    ] {
        assert_eq!(put(name, &body).0, status, "{name} {body}");
    }
}

#[test]
fn a_vault_has_its_limit() {
    let wire = Wire::new(VaultConfig { most_requests: 5, ..VaultConfig::default() });
    let statuses: Vec<u16> = (0..7).map(|_| wire.get("/secrets/app-secret?api-version=7.4").0).collect();
    assert_eq!(statuses[..5], [200; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
}
