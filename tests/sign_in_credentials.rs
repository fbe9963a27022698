//! What an app may prove itself with beside a certificate, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::Status;
use exrun::client::{
    AssertionRequest, Client, ClientOptions, Context, Credential, TokenReply, TokenRequest, TokenVersion,
};
use exrun::secret::Secret;
use exrun_emulator::Config;
use support::{acquire, block_on, refusal, start, token};

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

/// Each test has its own secret, because tokens are shared in the process.
fn with_secret(text: &str) -> Config {
    Config { client_secret: Some(text.into()), ..Config::default() }
}

fn assertion(client: &Client, request: AssertionRequest) -> Result<Secret, exrun::Error> {
    let client = client.clone();
    block_on(async move { client.assertion_create(request, &Context::default()).await }).map(|made| made.assertion)
}

#[test]
fn a_client_secret_signs_in_at_both_endpoints() {
    const SECRET: &str = "ma~rked.secret+ü&";
    let (emulator, _certificate, options) = start(with_secret(SECRET));
    for token_version in [TokenVersion::V1, TokenVersion::V2] {
        let credential = Some(Credential::ClientSecret(secret(SECRET)));
        let client = Client::new(ClientOptions { credential, token_version, ..options.clone() }).unwrap();
        assert!(token(&client).1.starts_with("eyJ"));
    }
    assert_eq!(emulator.state().requests_of("token"), 2);
}

#[test]
fn who_has_another_secret_gets_no_token_of_the_cache() {
    let (emulator, _certificate, options) = start(with_secret("shared"));
    let client = |text: &str| {
        let credential = Some(Credential::ClientSecret(secret(text)));
        Client::new(ClientOptions { credential, ..options.clone() }).unwrap()
    };
    assert!(!token(&client("shared")).2);
    assert!(token(&client("shared")).2, "the same secret shares the token");
    let (json, error) = refusal(&client("guessed"));
    assert_eq!(json["error_codes"][0], 7_000_215);
    assert!(error.to_string().contains("its value (not its id)"), "{error}");
    assert_eq!(emulator.state().requests_of("token"), 2);
    // The certificate of the same app is another credential still.
    assert!(!token(&Client::new(options.clone()).unwrap()).2);
}

#[test]
fn a_secret_that_is_empty_or_no_text_is_not_sent() {
    let (emulator, _certificate, options) = start(with_secret("unused"));
    for (bytes, status) in [(&b" "[..], Status::CredentialMissing), (&[0xff][..], Status::InvalidArgument)] {
        let credential = Some(Credential::ClientSecret(Secret::new(bytes.to_vec())));
        let client = Client::new(ClientOptions { credential, ..options.clone() }).unwrap();
        assert_eq!(acquire(&client, TokenRequest::default()).0.unwrap_err().status(), status);
    }
    assert_eq!(emulator.state().requests_of("token"), 0);
}

#[test]
fn a_ready_assertion_serves_as_long_as_it_lives() {
    let (emulator, _certificate, options) = start(Config::default());
    let ready = assertion(&Client::new(options.clone()).unwrap(), AssertionRequest::default()).unwrap();
    let client = Client::new(ClientOptions { credential: Some(Credential::Assertion(ready)), ..options }).unwrap();
    assert!(token(&client).1.starts_with("eyJ"));
    assert!(token(&client).2);
    // A used one is refused, and not tried with another algorithm: nobody can sign it anew.
    let forced = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
    assert!(matches!(forced, TokenReply::Refused(..)));
    assert_eq!(emulator.state().requests_of("token"), 2);
}

#[test]
fn a_federated_token_is_read_again_for_each_request() {
    let (_emulator, _certificate, options) = start(Config::default());
    let issuer = Client::new(options.clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let write = || {
        let fresh = assertion(&issuer, AssertionRequest::default()).unwrap();
        std::fs::write(&path, format!("{}\n", fresh.text().unwrap())).unwrap();
    };
    let credential = Some(Credential::FederatedTokenFile(path.clone()));
    let client = Client::new(ClientOptions { credential, ..options.clone() }).unwrap();
    let missing = acquire(&client, TokenRequest::default()).0.unwrap_err();
    assert_eq!(missing.status(), Status::File);
    assert!(missing.to_string().starts_with("reading the federated token "), "{missing}");
    write();
    let first = token(&client).1;
    // The file rotates: a new request finds the new token, whose jti was not used.
    write();
    let forced = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() }).0.unwrap();
    let TokenReply::Token { access_token, .. } = forced else { panic!("{forced:?}") };
    assert_ne!(access_token.text().unwrap(), first);
    for text in ["", " \n", "two words"] {
        std::fs::write(&path, text).unwrap();
        let request = TokenRequest { force_refresh: true, ..TokenRequest::default() };
        assert_eq!(acquire(&client, request).0.unwrap_err().status(), Status::File);
    }
}

#[test]
fn what_has_no_key_signs_no_assertion() {
    let (_emulator, _certificate, options) = start(with_secret("unused"));
    let credential = Some(Credential::ClientSecret(secret("x")));
    let client = Client::new(ClientOptions { credential, ..options }).unwrap();
    let error = assertion(&client, AssertionRequest::default()).unwrap_err();
    assert_eq!(error.status(), Status::CredentialMissing);
    assert!(error.to_string().contains("a client secret cannot sign"), "{error}");
}
