//! The emulator is as strict as the service: each way in which an assertion can be wrong is refused.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use exrun::certificate;
use exrun::signature::Algorithm;
use exrun_emulator::assertion::{Expected, check};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;
const AUDIENCE: &str = "https://login.microsoftonline.com/t/oauth2/v2.0/token";
const APP: &str = "084adbb3-f70c-498f-97a3-464e1f444d9a";

struct Subject {
    key: certificate::CertificateWithKey,
    certificates: Vec<Vec<u8>>,
}

impl Subject {
    fn new() -> Self {
        let made = support::TestCertificate::new();
        Self { key: certificate::read_file(&made.pfx, None).unwrap(), certificates: vec![made.der] }
    }

    fn header(&self) -> Value {
        json!({"typ": "JWT", "alg": "PS256", "x5t#S256": self.key.certificate().x5t_s256()})
    }

    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_second()
    }

    fn claims(&self) -> Value {
        let now = self.now();
        json!({"aud": AUDIENCE, "iss": APP, "sub": APP, "jti": "j1", "nbf": now - 60, "iat": now - 60, "exp": now + 540})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let algorithm = if header["alg"] == "RS256" { Algorithm::Rs256 } else { Algorithm::Ps256 };
        let signature = self.key.sign(algorithm, &openssl::sha::sha256(signed.as_bytes())).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn check(&self, assertion: &str) -> Option<i64> {
        let audiences = [AUDIENCE.to_owned()];
        let expected = Expected {
            audiences: &audiences,
            client_id: APP,
            certificates: &self.certificates,
            now: self.now(),
            refuse_ps256_with: None,
        };
        check(assertion, &expected, &mut HashMap::new()).err().map(|refused| refused.code)
    }
}

#[test]
fn right_assertions_of_both_forms_are_accepted() {
    let subject = Subject::new();
    assert_eq!(subject.check(&subject.sign(&subject.header(), &subject.claims())), None);
    let older = json!({"typ": "JWT", "alg": "RS256", "x5t": subject.key.certificate().x5t()});
    assert_eq!(subject.check(&subject.sign(&older, &subject.claims())), None);
    let mut padded = subject.header();
    padded["x5t#S256"] = json!(URL_SAFE.encode(subject.key.certificate().sha256()));
    assert_eq!(subject.check(&subject.sign(&padded, &subject.claims())), None);
    let mut with_chain = subject.header();
    with_chain["x5c"] = json!([STANDARD.encode(subject.key.certificate().der())]);
    assert_eq!(subject.check(&subject.sign(&with_chain, &subject.claims())), None);
    // As MSAL.NET writes them (JsonWebToken of its Internal/JsonWebToken.cs): epoch seconds as text.
    let mut as_text = subject.claims();
    for name in ["exp", "nbf"] {
        as_text[name] = json!(as_text[name].to_string());
    }
    assert_eq!(subject.check(&subject.sign(&subject.header(), &as_text)), None);
    assert_eq!(subject.check(&subject.sign(&with_chain, &as_text)), None);
}

#[test]
fn wrong_headers_are_refused() {
    let subject = Subject::new();
    let sha256 = subject.key.certificate().sha256();
    for (member, value, code) in [
        ("alg", json!("none"), 50_027),
        ("alg", json!("HS256"), 50_027),
        ("typ", Value::Null, 50_027),
        // Plain base64 is another alphabet.
        ("x5t#S256", json!(format!("+/{}", &STANDARD.encode(sha256)[2..])), 700_027),
        ("x5t#S256", json!(subject.key.certificate().x5t()), 700_027),
        ("x5c", json!(STANDARD.encode(subject.key.certificate().der())), 50_027),
        ("x5c", json!([URL_SAFE_NO_PAD.encode(b"another")]), 50_027),
    ] {
        let mut header = subject.header();
        header[member] = value.clone();
        assert_eq!(subject.check(&subject.sign(&header, &subject.claims())), Some(code), "{member} {value}");
    }
}

#[test]
fn wrong_claims_are_refused() {
    let subject = Subject::new();
    let now = subject.now();
    for (member, value, code) in [
        ("aud", json!("https://login.microsoftonline.com/other/oauth2/v2.0/token"), 700_023),
        ("aud", Value::Null, 700_023),
        ("iss", json!("someone"), 700_021),
        ("sub", json!("someone"), 700_021),
        ("exp", json!("soon"), 50_027),
        ("exp", json!((now + 90_000).to_string()), 50_027),
        ("nbf", json!("2026-11-29T00:00:00Z"), 50_027),
        ("nbf", json!(true), 50_027),
        ("exp", json!(now + 90_000), 50_027),
        ("exp", json!(now - 400), 50_027),
        ("nbf", json!(now + 500), 700_024),
        ("jti", Value::Null, 50_027),
    ] {
        let mut claims = subject.claims();
        claims[member] = value.clone();
        assert_eq!(subject.check(&subject.sign(&subject.header(), &claims)), Some(code), "{member} {value}");
    }
    let mut old = subject.claims();
    old["nbf"] = json!(now - 4000);
    old["exp"] = json!(now - 3400);
    assert_eq!(subject.check(&subject.sign(&subject.header(), &old)), Some(700_024));
}

#[test]
fn another_key_a_changed_text_and_a_replay_are_refused() {
    let subject = Subject::new();
    let other = Subject::new();
    assert_eq!(subject.check(&other.sign(&subject.header(), &subject.claims())), Some(700_027));
    assert_eq!(subject.check(&other.sign(&other.header(), &other.claims())), Some(700_027));

    let right = subject.sign(&subject.header(), &subject.claims());
    let (head, tail) = right.rsplit_once('.').unwrap();
    assert_eq!(subject.check(&format!("{head}.{}", tail.replace('A', "B"))), Some(700_027));
    assert_eq!(subject.check(head), Some(50_027));

    let audiences = [AUDIENCE.to_owned()];
    let expected = Expected {
        audiences: &audiences,
        client_id: APP,
        certificates: &subject.certificates,
        now: subject.now(),
        refuse_ps256_with: None,
    };
    let mut used = HashMap::new();
    assert_eq!(check(&right, &expected, &mut used), Ok(()));
    assert!(check(&right, &expected, &mut used).is_err());
    let later = Expected { now: NOW + 100_000_000, ..expected };
    assert!(check(&right, &later, &mut HashMap::new()).is_err());
}
