//! Secrets, ids and tokens as people paste them and as mounted files hold them: what is not part of them is not sent.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use exrun::client::{
    AssertionRequest, Client, ClientOptions, Context, Credential, TokenReply, TokenRequest, Variables,
};
use exrun::secret::Secret;
use exrun_emulator::Config;
use serde_json::json;
use support::{APP, TENANT, acquire, block_on, start, token};

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn with(options: &ClientOptions, credential: Credential) -> Client {
    Client::new(ClientOptions { credential: Some(credential), ..options.clone() }).unwrap()
}

/// What people copy along with a text that has neither blanks nor quotes of its own.
fn as_pasted(text: &str) -> Vec<String> {
    [
        ("", "\n"),
        ("", "\r\n"),
        (" ", "\t"),
        ("\u{feff}", ""),
        ("\u{200b}", "\u{200b}"),
        ("\u{200e}", ""),
        ("\u{202a}", "\u{202c}"),
        ("\u{2066}", "\u{2069}"),
        ("\u{a0}", "\u{2060}"),
    ]
    .map(|(before, after)| format!("{before}{text}{after}"))
    .to_vec()
}

#[test]
fn a_secret_is_sent_without_what_stands_around_it() {
    const SECRET: &str = "Abc8Q~marked.secret_-1";
    let (emulator, _certificate, options) = start(Config { client_secret: Some(SECRET.into()), ..Config::default() });
    let shared = with(&options, Credential::ClientSecret(secret(SECRET)));
    token(&shared);
    for given in as_pasted(SECRET) {
        // The same secret: the same token of the cache.
        assert!(token(&with(&options, Credential::ClientSecret(secret(&given)))).2, "{given:?}");
        let variables = json!({"AZURE_CLIENT_SECRET": given, "AZURE_CLIENT_ID": format!("{{{APP}}}\u{200b}"),
            "AZURE_TENANT_ID": format!("\u{202a}{TENANT} ")});
        let variables = Variables::from_json(&secret(&variables.to_string())).unwrap();
        let options = ClientOptions { tenant_id: None, client_id: None, ..options.clone() };
        assert!(token(&with(&options, Credential::Environment(variables))).2, "{given:?}");
    }
    assert_eq!(emulator.state().requests_of("token"), 1);
}

#[test]
fn an_id_is_sent_without_what_stands_around_it() {
    let (_emulator, _certificate, options) = start(Config::default());
    let ids = |id: &str| {
        let mut given = as_pasted(id);
        given.extend([format!("{{{id}}}"), format!(" {{{id}}}\u{200b}"), format!("\"{id}\""), format!("({id})")]);
        given
    };
    for (client_id, tenant_id) in ids(APP).into_iter().zip(ids(TENANT)) {
        let shown = format!("{client_id:?} {tenant_id:?}");
        let options = ClientOptions { client_id: Some(client_id), tenant_id: Some(tenant_id), ..options.clone() };
        let client = Client::new(options).unwrap();
        assert!(token(&client).1.starts_with("eyJ"), "{shown}");
        assert_eq!(client.options().client_id.as_deref(), Some(APP), "{shown}");
    }
}

#[test]
fn a_token_is_read_however_it_was_copied() {
    let (_emulator, _certificate, options) = start(Config::default());
    let own = token(&Client::new(options.clone()).unwrap()).1;
    let (half, rest) = own.split_at(60);
    let mut given = as_pasted(&own);
    given.extend([
        format!("\"{own}\""),
        format!("'{own}'"),
        format!("\u{201c}{own}\u{201d}"),
        format!("Bearer {own}"),
        format!("Authorization: Bearer {own}\r\n"),
        format!("\"Authorization\": \"Bearer {own}\","),
        format!("authorization:bearer\t{own}"),
        format!("-H 'Authorization: Bearer {own}'"),
        format!("{half}\r\n{rest}"),
        format!("{half}\n    {rest}"),
        format!("{half}\u{200b}{rest}"),
    ]);
    for text in given {
        let client = with(&options, Credential::Token(secret(&text)));
        let TokenReply::Token { access_token, .. } = acquire(&client, TokenRequest::default()).0.unwrap() else {
            panic!("{text}")
        };
        assert_eq!(access_token.text(), Some(own.as_str()), "{text}");
    }
}

#[test]
fn an_assertion_is_sent_however_it_was_copied() {
    let (_emulator, _certificate, options) = start(Config::default());
    let issuer = Client::new(options.clone()).unwrap();
    let fresh = || {
        let issuer = issuer.clone();
        let made =
            block_on(async move { issuer.assertion_create(AssertionRequest::default(), &Context::default()).await });
        made.unwrap().assertion.text().unwrap().to_owned()
    };
    let forced = || TokenRequest { force_refresh: true, ..TokenRequest::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    for (before, after) in [("\u{feff}", "\r\n"), ("\"", "\"\n"), ("Bearer ", ""), ("\u{200b}", "\u{200b}")] {
        let text = format!("{before}{}{after}", fresh());
        let client = with(&options, Credential::Assertion(secret(&text)));
        assert!(matches!(acquire(&client, forced()).0.unwrap(), TokenReply::Token { .. }), "{text}");
        std::fs::write(&path, format!("{before}{}{after}", fresh())).unwrap();
        let client = with(&options, Credential::FederatedTokenFile(path.clone()));
        assert!(matches!(acquire(&client, forced()).0.unwrap(), TokenReply::Token { .. }), "{before:?} {after:?}");
    }
}
