//! An application's certificates, changed through Graph at the emulator, and a warning before one ends.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::certificate::{self, Certificate, CreateRequest};
use exrun::client::{ApplicationId, CertificateRegistration, Client, ClientOptions, Context, Credential, TokenRequest};
use exrun::{Error, Status};
use exrun_emulator::Config;
use jiff::Timestamp;
use serde_json::Value;
use support::{APP, TENANT, TestCertificate, acquire, block_on, start, token};

fn with_roles(roles: &[&str]) -> Config {
    Config { roles: roles.iter().map(|role| (*role).to_owned()).collect(), ..Config::default() }
}

fn register(client: &Client, request: CertificateRegistration) -> Result<Value, Error> {
    let client = client.clone();
    block_on(async move { client.certificate_register(request, &Context::default()).await })
}

fn add(certificate: &TestCertificate) -> CertificateRegistration {
    CertificateRegistration {
        certificate: Some(Certificate::from_der(&certificate.der).unwrap()),
        ..CertificateRegistration::default()
    }
}

fn thumbprint(certificate: &TestCertificate) -> String {
    Certificate::from_der(&certificate.der).unwrap().thumbprint()
}

#[test]
fn a_key_is_added_beside_those_that_are_there_and_the_old_one_retired() {
    let (_emulator, old, options) = start(with_roles(&["Application.ReadWrite.OwnedBy"]));
    let client = Client::new(options.clone()).unwrap();
    let new = TestCertificate::new();
    let added = register(&client, add(&new)).unwrap();
    assert_eq!(added["added"], true);
    assert_eq!(added["appId"], APP);
    let listed = |reply: &Value| -> Vec<String> {
        reply["keys"].as_array().unwrap().iter().map(|key| key["thumbprint"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&added), [thumbprint(&old), thumbprint(&new)]);
    // Again: nothing is changed.
    let again = register(&client, add(&new)).unwrap();
    assert_eq!((&again["added"], listed(&again).len()), (&Value::Bool(false), 2));
    // The new one works, and may retire the old one.
    let credential = Some(Credential::CertificateFile { path: new.pfx.clone(), password: None });
    let successor = Client::new(ClientOptions { credential, ..options }).unwrap();
    assert!(token(&successor).1.starts_with("eyJ"));
    let retire = CertificateRegistration { retire: vec![thumbprint(&old).to_lowercase()], ..Default::default() };
    let retired = register(&successor, retire).unwrap();
    assert_eq!(retired["retired"][0].as_str().unwrap(), thumbprint(&old));
    assert_eq!(listed(&retired), [thumbprint(&new)]);
    let refused = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
    assert!(matches!(refused, exrun::client::TokenReply::Refused(..)), "{refused:?}");
}

/// The whole list is replaced: sent again unseen, it would undo what someone else changed meanwhile.
#[test]
fn the_keys_are_read_again_before_they_are_written_again() {
    let (emulator, _old, options) = start(with_roles(&["Application.ReadWrite.OwnedBy"]));
    let options = ClientOptions { clock: support::quick(), ..options };
    let client = Client::new(options).unwrap();
    for action in
        [r#""status":504"#, r#""status":503,"body":"""#, r#""status":408,"body":"""#, r#""status":200,"truncate":true"#]
    {
        // Carried out, and the answer says nothing; a second one would be refused.
        let rules = format!(
            r#"{{"rules":[{{"method":"PATCH","times":1,"action":{{"carryOut":true,{action}}}}},
            {{"method":"PATCH","action":{{"status":400,"code":"Twice"}}}}]}}"#
        );
        emulator.set_faults(serde_json::from_str(&rules).unwrap());
        let new = TestCertificate::new();
        let added = register(&client, add(&new)).unwrap();
        assert_eq!(added["added"], true, "{action}");
    }
    // Not carried out: sent again.
    emulator.set_faults(
        serde_json::from_str(r#"{"rules":[{"method":"PATCH","times":1,"action":{"status":503}}]}"#).unwrap(),
    );
    assert_eq!(register(&client, add(&TestCertificate::new())).unwrap()["added"], true);
}

#[test]
fn what_stands_against_it_is_said() {
    let (_emulator, _old, options) = start(with_roles(&["MailboxSettings.Read"]));
    let new = TestCertificate::new();
    let client = Client::new(options.clone()).unwrap();
    let error = register(&client, add(&new)).unwrap_err();
    assert_eq!(error.status(), Status::AccessDenied);
    assert!(error.to_string().contains("Application.ReadWrite.OwnedBy"), "{error}");
    let wrong = CertificateRegistration { retire: vec!["x".into()], ..add(&new) };
    let (_emulator, _old, options) = start(with_roles(&["Application.ReadWrite.All"]));
    let client = Client::new(options).unwrap();
    assert_eq!(register(&client, wrong).unwrap_err().status(), Status::InvalidArgument);
    let other = CertificateRegistration { application: Some(ApplicationId::Object(TENANT.into())), ..add(&new) };
    let error = register(&client, other).unwrap_err();
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.to_string().contains("object id"), "{error}");
}

#[test]
fn a_certificate_that_ends_soon_is_said_once_for_a_client() {
    let (emulator, _certificate, options) = start(Config::default());
    for (days, warns) in [(29, true), (31, false)] {
        let folder = tempfile::tempdir().unwrap();
        let pfx = folder.path().join("soon.pfx");
        let request = CreateRequest { valid_days: days, ..CreateRequest::new("soon", &pfx) };
        let created = certificate::create(&request, Timestamp::now()).unwrap();
        emulator.register_certificate(created.certificate.der());
        let credential = Some(Credential::CertificateFile { path: pfx, password: None });
        let client = Client::new(ClientOptions { credential, ..options.clone() }).unwrap();
        let events = acquire(&client, TokenRequest::default()).1.events.drain();
        assert_eq!(events.contains("certificateExpires"), warns, "{events}");
        assert_eq!(events.contains("ends in 28 days") || events.contains("ends in 29 days"), warns, "{events}");
        let again = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).1.events.drain();
        assert!(!again.contains("certificateExpires"), "{again}");
    }
}
