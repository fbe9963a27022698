//! Sign-in with a certificate, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use exrun::Status;
use exrun::certificate::{self, CreateRequest};
use exrun::client::{Client, ClientOptions, Context, Credential, TokenReply, TokenRequest, TokenVersion};
use exrun::secret::Secret;
use exrun::signature::{Algorithm, Answer};
use exrun_emulator::{Config, FaultScript};
use jiff::Timestamp;
use serde_json::json;
use support::{APP, TENANT, acquire, block_on, refusal, start, token};

#[test]
fn v2_is_the_default_and_the_token_is_cached() {
    let (emulator, _certificate, options) = start(Config::default());
    let client = Client::new(options.clone()).unwrap();
    let (members, text, from_cache) = token(&client);
    let names: Vec<_> = members.keys().map(String::as_str).collect();
    assert_eq!(names, ["token_type", "expires_in", "ext_expires_in", "access_token", "expires_on", "resource"]);
    assert_eq!(members["resource"], "https://graph.microsoft.com");
    assert!(!from_cache && text.starts_with("eyJ"));
    // Another client of the same app and certificate shares the token.
    let (_, again, from_cache) = token(&Client::new(options).unwrap());
    assert!(from_cache);
    assert_eq!(again, text);
    assert_eq!(emulator.state().tokens_issued, 1);
    let forced = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
    assert!(matches!(forced, TokenReply::Token { from_cache: false, .. }));
    assert_eq!(emulator.state().tokens_issued, 2);
}

#[test]
fn v1_gives_its_members_in_its_order() {
    let (_emulator, _certificate, options) = start(Config::default());
    let (members, ..) = token(&Client::new(ClientOptions { token_version: TokenVersion::V1, ..options }).unwrap());
    let names: Vec<_> = members.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token"]
    );
    assert!(members["expires_in"].is_string());
}

#[test]
fn callers_at_once_share_one_request() {
    let (emulator, _certificate, options) = start(Config::default());
    emulator.set_faults(serde_json::from_str(r#"{"rules":[{"kind":"token","action":{"delayMs":200}}]}"#).unwrap());
    let client = Client::new(options).unwrap();
    let all: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || token(&client).1)
        })
        .collect();
    let tokens: std::collections::HashSet<String> = all.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(tokens.len(), 1);
    assert_eq!(emulator.state().requests_of("token"), 1);
}

#[test]
fn a_token_near_its_end_is_renewed_and_one_that_cannot_be_still_serves() {
    let (emulator, _certificate, options) = start(Config { token_lifetime: 1000, ..Config::default() });
    let clock = support::quick();
    let client = Client::new(ClientOptions { clock: clock.clone(), max_tries: 2, ..options }).unwrap();
    let first = token(&client).1;
    clock.advance(std::time::Duration::from_secs(790));
    assert_eq!(token(&client).1, first);
    // From 200 s before its end on a new one is asked for; the endpoint is down.
    clock.advance(std::time::Duration::from_secs(20));
    emulator.set_faults(serde_json::from_str(r#"{"rules":[{"kind":"token","action":{"status":503}}]}"#).unwrap());
    assert_eq!(token(&client).1, first);
    let asked = emulator.state().requests_of("token");
    assert_eq!(token(&client).1, first);
    assert_eq!(emulator.state().requests_of("token"), asked, "a failed renewal is not repeated at once");
    emulator.set_faults(FaultScript::default());
    clock.advance(std::time::Duration::from_secs(31));
    assert_ne!(token(&client).1, first);
}

#[test]
fn ps256_falls_back_to_rs256_once() {
    for code in [50_027, 5_002_730, 700_027] {
        let (emulator, _certificate, options) = start(Config { refuse_ps256_with: Some(code), ..Config::default() });
        let client = Client::new(options.clone()).unwrap();
        let (reply, context) = acquire(&client, TokenRequest::default());
        assert!(matches!(reply.unwrap(), TokenReply::Token { .. }), "{code}");
        assert!(context.events.drain().contains("assertionFallback"));
        assert_eq!(emulator.state().requests_of("token"), 2);
        // The next time RS256 is used at once.
        let forced = TokenRequest { force_refresh: true, ..TokenRequest::default() };
        assert!(matches!(acquire(&client, forced).0.unwrap(), TokenReply::Token { .. }));
        assert_eq!(emulator.state().requests_of("token"), 3);
        // A caller that forces PS256 is told.
        let forced = ClientOptions { assertion_algorithm: Some(Algorithm::Ps256), ..options };
        let client = Client::new(forced).unwrap();
        let again = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
        assert!(matches!(again, TokenReply::Refused(..)));
    }
}

#[test]
fn a_certificate_that_is_not_registered_is_said_by_the_first_answer() {
    let (emulator, _certificate, options) = start(Config::default());
    let other = support::TestCertificate::new();
    let credential = Some(Credential::CertificateFile { path: other.pfx.clone(), password: None });
    let (json, error) = refusal(&Client::new(ClientOptions { credential, ..options }).unwrap());
    assert_eq!(json["error"], "invalid_client");
    assert_eq!(json["error_codes"][0], 700_027);
    assert_eq!(error.status(), Status::TokenRefused);
    assert!(error.to_string().contains("keyCredentials"), "{error}");
    assert_eq!(emulator.state().requests_of("token"), 2);
}

#[test]
fn refusals_say_what_to_do() {
    let (_emulator, _certificate, options) = start(Config::default());
    let cases = [
        (ClientOptions { client_id: Some(TENANT.into()), ..options.clone() }, 700_016, Status::TokenRefused),
        (
            ClientOptions { tenant_id: Some("nowhere.example".into()), ..options.clone() },
            90_002,
            Status::TenantNotFound,
        ),
        (ClientOptions { resource: Some("https://unknown.example".into()), ..options }, 500_011, Status::TokenRefused),
    ];
    for (options, code, status) in cases {
        let (json, error) = refusal(&Client::new(options).unwrap());
        assert_eq!(json["error_codes"][0], code);
        assert_eq!(error.status(), status);
        assert!(error.to_json()["hint"].is_string(), "{error}");
    }
}

#[test]
fn a_clock_that_is_off_is_corrected_once_and_said() {
    let (emulator, _certificate, options) = start(Config { token_lifetime: 90_000, ..Config::default() });
    emulator.set_clock_offset(3 * 3600);
    let (reply, context) = acquire(&Client::new(options).unwrap(), TokenRequest::default());
    assert!(matches!(reply.unwrap(), TokenReply::Token { .. }));
    let events = context.events.drain();
    assert!(events.contains("clockOffset"), "{events}");
    assert_eq!(emulator.state().requests_of("token"), 2);
}

#[test]
fn an_endpoint_that_fails_is_tried_again_with_a_new_assertion() {
    let (emulator, _certificate, options) = start(Config::default());
    // The reply is lost after the assertion was used: the same jti would be refused.
    emulator.set_faults(
        serde_json::from_str(
            r#"{"rules":[{"kind":"token","times":1,"action":{"reset":"after"}},{"kind":"token","times":1,"action":{"status":503,"retryAfter":"0.01"}}]}"#,
        )
        .unwrap(),
    );
    let client = Client::new(ClientOptions { clock: support::quick(), ..options }).unwrap();
    assert!(token(&client).1.starts_with("eyJ"));
    assert_eq!(emulator.state().requests_of("token"), 3);
}

/// Microsoft Entra, "Error codes for token endpoint errors": `temporarily_unavailable` is to be tried again.
#[test]
fn an_endpoint_that_is_busy_for_a_moment_is_tried_again_whatever_its_status() {
    let (emulator, _certificate, options) = start(Config::default());
    let body = r#"{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred.","error_codes":[90033]}"#;
    let script = |times: u32| {
        let rule = json!({"kind": "token", "times": times, "action": {"status": 400, "body": body}});
        serde_json::from_value(json!({"rules": [rule]})).unwrap()
    };
    emulator.set_faults(script(2));
    let client = Client::new(ClientOptions { clock: support::quick(), ..options }).unwrap();
    assert!(token(&client).1.starts_with("eyJ"));
    assert_eq!(emulator.state().requests_of("token"), 3);
    // And not without end.
    emulator.set_faults(script(0));
    let reply = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
    let TokenReply::Refused(_, error) = reply else { panic!("{reply:?}") };
    assert!(error.to_string().contains("try again in a few minutes"), "{error}");
}

/// The forms of a reply that Microsoft's own clients read (msal4j `ManagedIdentityResponse`).
#[test]
fn the_life_of_a_token_is_read_in_every_form_that_it_is_said_in() {
    let (emulator, _certificate, options) = start(Config::default());
    let own = token(&Client::new(options.clone()).unwrap()).1;
    let end = Timestamp::now().as_second() + 3000;
    let date = Timestamp::from_second(end).unwrap();
    let forms = [
        json!({"expires_in": 3000.0}),
        json!({"expires_in": null, "expires_on": date.strftime("%m/%d/%Y %H:%M:%S +00:00").to_string()}),
        json!({"expires_on": date.strftime("%-m/%-d/%Y %-I:%M:%S %p +00:00").to_string()}),
        json!({"expires_on": date.strftime("%Y-%m-%dT%H:%M:%S.0000000+00:00").to_string()}),
        json!({"expires_in": "", "expires_on": format!("{end}.0")}),
    ];
    for mut reply in forms {
        reply["access_token"] = own.as_str().into();
        let body = reply.to_string();
        let rule = json!({"kind": "token", "action": {"status": 200, "body": body}});
        emulator.set_faults(serde_json::from_value(json!({"rules": [rule]})).unwrap());
        let client = Client::new(options.clone()).unwrap();
        let reply = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
        let TokenReply::Token { members, .. } = reply else { panic!("{body}") };
        let said: i64 = members["expires_on"].as_str().unwrap().parse().unwrap();
        assert!((end..=end + 60).contains(&said), "{said} is not about {end}: {body}");
    }
}

#[test]
fn a_reply_that_is_half_a_token_is_said_with_what_it_was_for() {
    let (emulator, _certificate, options) = start(Config::default());
    let rule = r#"{"rules":[{"kind":"token","action":{"status":200,"body":"{\"access_token\":\"marked\"}"}}]}"#;
    emulator.set_faults(serde_json::from_str(rule).unwrap());
    let error = acquire(&Client::new(options).unwrap(), TokenRequest::default()).0.unwrap_err();
    assert_eq!(error.status(), Status::ResponseInvalid);
    let text = error.to_string();
    assert!(text.contains("getting a token for https://graph.microsoft.com: "), "{text}");
    assert!(!text.contains("marked"), "{text}");
}

#[test]
fn the_certificate_comes_with_its_chain_where_that_is_asked_for() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/certificate/empty.pfx");
    let credential = Some(Credential::CertificateFile { path: path.into(), password: None });
    let header = |send_x5c| {
        let options = ClientOptions {
            tenant_id: Some(TENANT.into()),
            client_id: Some(APP.into()),
            credential: credential.clone(),
            send_x5c,
            ..ClientOptions::default()
        };
        let client = Client::new(options).unwrap();
        let made = block_on(async move { client.assertion_create(Default::default(), &Context::default()).await });
        let text = made.unwrap().assertion.text().unwrap().to_owned();
        let json = URL_SAFE_NO_PAD.decode(text.split('.').next().unwrap()).unwrap();
        serde_json::from_slice::<serde_json::Value>(&json).unwrap()
    };
    assert!(header(false).get("x5c").is_none());
    // RFC 7515, 4.1.6: the certificate first, each one after it is the issuer of the one before.
    let pem = include_str!("data/certificate/leaf.cer.pem");
    let leaf: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let sent = header(true)["x5c"].clone();
    assert_eq!((sent[0].as_str(), sent.as_array().unwrap().len()), (Some(leaf.as_str()), 2));
    let key = certificate::read_file(path.as_ref(), None).unwrap();
    assert_eq!(sent[1], STANDARD.encode(key.chain()[0].der()));
}

#[test]
fn an_endpoint_that_wants_to_be_left_alone_is() {
    let (emulator, _certificate, options) = start(Config::default());
    let clock = support::quick();
    let options = ClientOptions { clock: clock.clone(), ..options };
    let rule = r#"{"rules":[{"kind":"token","times":1,"action":{"status":429,"retryAfter":"300"}}]}"#;
    emulator.set_faults(serde_json::from_str(rule).unwrap());
    let ask = |options: &ClientOptions| acquire(&Client::new(options.clone()).unwrap(), TokenRequest::default()).0;
    let error = |reply: Result<TokenReply, exrun::Error>| match reply.unwrap_err() {
        error if error.status() == Status::Throttled => error.retry_after_hint().unwrap().as_secs(),
        error => panic!("{error}"),
    };
    assert_eq!(error(ask(&options)), 300);
    // Another client of the same app is told the same, and nothing is sent.
    clock.advance(std::time::Duration::from_secs(100));
    let left = error(ask(&options));
    assert!((190..=200).contains(&left), "{left}");
    assert_eq!(emulator.state().requests_of("token"), 1);
    // Another app was not told so.
    let other = ClientOptions { client_id: Some(TENANT.into()), ..options.clone() };
    assert!(matches!(ask(&other), Ok(TokenReply::Refused(..))));
    assert_eq!(emulator.state().requests_of("token"), 2);
    clock.advance(std::time::Duration::from_secs(200));
    assert!(matches!(ask(&options), Ok(TokenReply::Token { .. })));
}

#[test]
fn the_callers_key_signs_and_may_decline_pss() {
    for decline in [false, true] {
        let (emulator, certificate, options) = start(Config { mailboxes: 5, broken_percent: 0.0, ..Config::default() });
        let key = certificate::read_file(&certificate.pfx, None).unwrap();
        let credential = Some(Credential::CallerCertificate(certificate.der.clone()));
        let client = Client::new(ClientOptions { credential, ..options }).unwrap();
        let signer = client.clone();
        let done = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stop = Arc::clone(&done);
        let caller = std::thread::spawn(move || {
            let mut asked = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let seen = signer.signal().epoch();
                if let Some(request) = signer.signatures().pending() {
                    asked.push(request.algorithm);
                    assert_eq!(request.thumbprint, key.certificate().thumbprint());
                    let answer = if decline && request.algorithm == Algorithm::Ps256 {
                        Answer::Declined
                    } else {
                        Answer::Signature(key.sign(request.algorithm, &request.digest).unwrap())
                    };
                    signer.signatures().answer(request.id, answer);
                }
                signer.signal().wait(seen, std::time::Instant::now() + std::time::Duration::from_millis(50));
            }
            asked
        });
        assert!(token(&client).1.starts_with("eyJ"));
        done.store(true, Ordering::Relaxed);
        let asked = caller.join().unwrap();
        let expected: &[Algorithm] = if decline { &[Algorithm::Ps256, Algorithm::Rs256] } else { &[Algorithm::Ps256] };
        assert_eq!(asked, expected);
        assert_eq!(emulator.state().requests_of("token"), 1);
    }
}

#[test]
fn a_certificate_out_of_its_time_is_refused_before_anything_is_sent() {
    let (emulator, certificate, options) = start(Config::default());
    for (days, status) in [(800, Status::CertificateExpired), (-800, Status::CertificateNotYetValid)] {
        let folder = tempfile::tempdir().unwrap();
        let pfx = folder.path().join("old.pfx");
        let made = Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(24 * days)).unwrap();
        certificate::create(&CreateRequest::new("old", &pfx), made).unwrap();
        let credential = Some(Credential::CertificateFile { path: pfx, password: None });
        let client = Client::new(ClientOptions { credential, ..options.clone() }).unwrap();
        let error = acquire(&client, TokenRequest::default()).0.unwrap_err();
        assert_eq!(error.status(), status, "{error}");
    }
    drop(certificate);
    assert_eq!(emulator.state().requests_of("token"), 0);
}

#[test]
fn what_is_missing_is_named() {
    let client = Client::new(ClientOptions { tenant_id: Some(TENANT.into()), ..ClientOptions::default() }).unwrap();
    let error = acquire(&client, TokenRequest::default()).0.unwrap_err();
    assert_eq!(error.status(), Status::CredentialMissing);
    assert!(error.to_string().contains("clientId, credential"), "{error}");
}

#[test]
fn a_given_token_serves_until_it_is_refused() {
    let (emulator, _certificate, options) = start(Config { mailboxes: 5, broken_percent: 0.0, ..Config::default() });
    let text = token(&Client::new(options.clone()).unwrap()).1;
    let credential = Some(Credential::Token(Secret::new(format!("Bearer {text}").into_bytes())));
    let given = Client::new(ClientOptions { credential, client_id: None, tenant_id: None, ..options }).unwrap();
    let mailboxes = [emulator.population().upn(1)];
    let rows = support::report(&given, &exrun::rows::ReportRequest::default(), &mailboxes).unwrap();
    assert!(rows[0].get("error").is_none());
    emulator.revoke_tokens();
    let rows = support::report(&given, &exrun::rows::ReportRequest::default(), &mailboxes).unwrap();
    assert_eq!(rows[0]["error"]["name"], "Unauthorized");
    assert_eq!(emulator.state().requests_of("graph"), 2);
}

#[test]
fn an_unreachable_host_is_named_with_its_cause() {
    let (emulator, certificate, options) = start(Config::default());
    drop(emulator);
    let client =
        Client::new(ClientOptions { max_tries: 2, clock: support::quick(), ca_file: None, ..options }).unwrap();
    let error = acquire(&client, TokenRequest::default()).0.unwrap_err();
    drop(certificate);
    assert!(matches!(error.status(), Status::Connection | Status::Tls), "{error:?}");
    assert!(error.to_string().contains("login.microsoftonline.com"), "{error}");
}

#[test]
fn who_waits_for_a_token_hears_soon_that_there_is_none() {
    let (emulator, _certificate, options) = start(Config::default());
    emulator.set_faults(serde_json::from_str(r#"{"rules":[{"kind":"token","action":{"status":503}}]}"#).unwrap());
    let clock = support::quick();
    let client = Client::new(ClientOptions { clock: clock.clone(), ..options }).unwrap();
    assert_eq!(acquire(&client, TokenRequest::default()).0.unwrap_err().http_status_code(), Some(503));
    assert_eq!(emulator.state().requests_of("token"), 4);
    let waited: std::time::Duration = clock.waits.lock().iter().sum();
    assert!(waited < std::time::Duration::from_secs(5), "{waited:?}");
}

#[test]
fn the_tenant_of_a_domain() {
    let (_emulator, _certificate, options) = start(Config::default());
    let client = Client::new(ClientOptions { tenant_id: None, client_id: None, credential: None, ..options }).unwrap();
    let ask = |domain: &'static str| {
        let client = client.clone();
        block_on(async move { client.tenant_id(domain, &Context::default()).await })
    };
    assert_eq!(ask("contoso.com").unwrap().tenant_id, TENANT);
    let error = ask("nowhere.example").unwrap_err();
    assert_eq!(error.status(), Status::TenantNotFound);
    assert!(error.to_string().contains("nowhere.example"), "{error}");
    assert_eq!(ask("not a domain").unwrap_err().status(), Status::InvalidArgument);
}

#[test]
fn no_secret_comes_out_of_any_event_or_debug_text() {
    let (_emulator, _certificate, options) = start(Config { mailboxes: 5, broken_percent: 0.0, ..Config::default() });
    let client = Client::new(ClientOptions {
        credential: Some(Credential::CertificateFile {
            path: _certificate.pfx.clone(),
            password: Some(Secret::new(b"marked-password".to_vec())),
        }),
        ..options
    })
    .unwrap();
    let (reply, context) = acquire(&client, TokenRequest::default());
    let shown = format!("{client:?} {reply:?} {} {APP}", context.events.drain());
    for secret in ["marked-password", "eyJ"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
