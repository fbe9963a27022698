//! What others say of us: reference clients get tokens from the emulator, and verifiers that know nothing of ExRun
//! check what it sends. They are installed from tests/interop by what is pinned there.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

#[path = "support/interop.rs"]
mod interop;
#[path = "support/programs.rs"]
mod programs;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use exrun::certificate;
use exrun::client::{BrowserOptions, Client, ClientOptions, Context, Credential, SignIn, TokenReply, TokenRequest};
use exrun::cloud::Cloud;
use exrun::http::transport::TransportOptions;
use exrun::http::{HttpReply, HttpRequest, HttpSender, Transport};
use exrun::signature::Algorithm;
use exrun_emulator::Config;
use interop::{assertion, folder, reference, run};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use programs::{node, python_with};
use serde_json::{Value, json};
use support::{APP, TENANT, acquire, block_on, start};

#[test]
fn assertions_hold_for_a_verifier_that_knows_nothing_of_us() {
    let Some(python) = python_with("msal, azure.identity, joserfc") else { return };
    let (_emulator, certificate, options) = start(Config::default());
    let mut assertions = Vec::new();
    for (algorithm, name) in [(Algorithm::Ps256, "PS256"), (Algorithm::Rs256, "RS256")] {
        for send_x5c in [false, true] {
            let options = ClientOptions { send_x5c, ..options.clone() };
            assertions.push(json!({"alg": name, "x5c": send_x5c, "text": assertion(&options, algorithm, None)}));
        }
    }
    let audience = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    let input = json!({
        "certificate": STANDARD.encode(&certificate.der), "client": APP, "audience": audience, "assertions": assertions,
    });
    assert_eq!(run(&python, "verify_assertions.py", &input, &[]), ["4"]);
}

#[test]
fn msal_and_azure_identity_get_tokens_from_the_emulator() {
    let Some(python) = python_with("msal, azure.identity, joserfc") else { return };
    let (emulator, _files, input) = reference(Config::default());
    let names = run(&python, "reference_clients.py", &input, &[]);
    assert_eq!(names.len(), 15, "{names:?}");
    assert_eq!(emulator.state().tokens_issued, 15);
}

#[test]
fn msal_node_gets_tokens_from_the_emulator() {
    let Some(node) = node() else { return };
    let (emulator, _files, input) = reference(Config::default());
    let names = run(&node, "reference_client.mjs", &input, &[("NODE_EXTRA_CA_CERTS", emulator.ca_file())]);
    assert_eq!(
        names,
        ["msal-node secret", "msal-node certificate", "msal-node device code", "msal-node refresh token"]
    );
}

/// oidc-provider on a loopback port; ends with the test.
struct Provider {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    port: u16,
    files: tempfile::TempDir,
}

const HOST: &str = "login.interop.example";

impl Provider {
    fn start(node: &Path, certificate: &certificate::CertificateWithKey) -> Self {
        let files = tempfile::tempdir().unwrap();
        let (key, server) = server_certificate();
        std::fs::write(files.path().join("ca.pem"), &server).unwrap();
        let public = X509::from_der(certificate.certificate().der()).unwrap().public_key().unwrap().rsa().unwrap();
        let text = |number: &openssl::bn::BigNumRef| URL_SAFE_NO_PAD.encode(number.to_vec());
        let input = json!({
            "host": HOST, "tenant": TENANT, "client": APP, "key": key, "certificate": server,
            "jwk": {"kty": "RSA", "n": text(public.n()), "e": text(public.e()), "use": "sig"},
        });
        let mut command = Command::new(node);
        command.arg(folder().join("provider.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut provider = Self { child, output, port: 0, files };
        provider.port = provider.line().strip_prefix("port ").unwrap().parse().unwrap();
        provider
    }

    fn line(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the provider ended");
            // Its warnings stand between the lines.
            if ["port ", "token ", "error ", "fault "].iter().any(|start| line.starts_with(start)) {
                return line.trim_end().to_owned();
            }
        }
    }

    fn options(&self) -> ClientOptions {
        ClientOptions {
            tenant_id: Some(TENANT.into()),
            cloud: Cloud { login_host: HOST.into(), ..Cloud::PUBLIC },
            connect_to: Some(([127, 0, 0, 1], self.port).into()),
            ca_file: Some(self.files.path().join("ca.pem")),
            max_tries: 1,
            ..ClientOptions::default()
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A key and a certificate that trusts itself.
fn server_certificate() -> (String, String) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", HOST).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    let names = SubjectAlternativeName::new().dns(HOST).build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
    (text(key.private_key_to_pem_pkcs8().unwrap()), text(builder.build().to_pem().unwrap()))
}

fn came(reply: &Result<TokenReply, exrun::Error>, provider: &mut Provider) {
    match reply {
        Ok(TokenReply::Token { .. }) => {}
        other => panic!("{other:?}; the provider said: {}", provider.line()),
    }
}

#[test]
fn a_certified_provider_accepts_our_assertions() {
    let Some(node) = node() else { return };
    let made = support::TestCertificate::new();
    let mut provider = Provider::start(&node, &certificate::read_file(&made.pfx, None).unwrap());
    for algorithm in [Algorithm::Ps256, Algorithm::Rs256] {
        let client = Client::new(ClientOptions {
            client_id: Some(APP.into()),
            credential: Some(Credential::CertificateFile { path: made.pfx.clone(), password: None }),
            assertion_algorithm: Some(algorithm),
            ..provider.options()
        })
        .unwrap();
        // Twice: a jti that is used again would be refused.
        for _ in 0..2 {
            let request = TokenRequest { force_refresh: true, ..TokenRequest::default() };
            came(&acquire(&client, request).0, &mut provider);
            assert_eq!(provider.line(), "token client_credentials");
        }
    }
    let other = support::TestCertificate::new();
    let credential = Some(Credential::CertificateFile { path: other.pfx.clone(), password: None });
    let client = Client::new(ClientOptions { client_id: Some(APP.into()), credential, ..provider.options() }).unwrap();
    let reply = acquire(&client, TokenRequest::default()).0.unwrap();
    let TokenReply::Refused(json, _) = reply else { panic!("a foreign key was accepted") };
    assert_eq!(json["error"], "invalid_client");
}

fn person(provider: &Provider, sign_in: SignIn) -> Client {
    let credential = Some(Credential::Person { sign_in, scopes: Vec::new() });
    Client::new(ClientOptions { client_id: Some("person".into()), credential, ..provider.options() }).unwrap()
}

#[test]
fn a_certified_provider_takes_us_through_the_device_flow_and_renews() {
    let Some(node) = node() else { return };
    let made = support::TestCertificate::new();
    let mut provider = Provider::start(&node, &certificate::read_file(&made.pfx, None).unwrap());
    let client = person(&provider, SignIn::DeviceCode);
    let (reply, context) = acquire(&client, TokenRequest::default());
    came(&reply, &mut provider);
    assert!(context.events.drain().contains("deviceCode"));
    let refresh = TokenRequest { force_refresh: true, ..TokenRequest::default() };
    came(&acquire(&client, refresh).0, &mut provider);
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line: &String| line != "token refresh_token") {
        lines.push(provider.line());
    }
    assert!(lines.contains(&"token urn:ietf:params:oauth:grant-type:device_code".to_owned()), "{lines:?}");
}

/// What a browser does at the provider: follows redirects with its cookies until one leads to this machine.
fn browse(provider: &Provider, url: &str) -> String {
    let options = provider.options();
    let mut transport = TransportOptions::directly();
    transport.connect_to = options.connect_to;
    transport.ca_file.clone_from(&options.ca_file);
    let transport = Transport::shared(transport, None).unwrap();
    let sender = HttpSender::new(transport, None, Duration::from_secs(20)).unwrap();
    let mut cookies: Vec<(String, String)> = Vec::new();
    let mut url = url::Url::parse(url).unwrap();
    for _ in 0..10 {
        if url.host_str() == Some("localhost") {
            return url.into();
        }
        let mut request = HttpRequest::get(url.clone());
        let cookie: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers.insert("cookie", cookie.join("; ").parse().unwrap());
        let sender = sender.clone();
        let reply: HttpReply = block_on(async move { sender.send(request, &Context::default()).await }).unwrap();
        for cookie in reply.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            cookies.retain(|(old, _)| old != name);
            cookies.push((name.to_owned(), value.to_owned()));
        }
        let location = reply.header("location").unwrap_or_else(|| panic!("{} {reply:?}", url.path()));
        url = url.join(location).unwrap();
    }
    panic!("the provider leads in a circle")
}

#[test]
fn a_certified_provider_checks_our_pkce() {
    let Some(node) = node() else { return };
    let made = support::TestCertificate::new();
    let mut provider = Provider::start(&node, &certificate::read_file(&made.pfx, None).unwrap());
    let client = person(&provider, SignIn::Browser(BrowserOptions { open: false, ..BrowserOptions::default() }));
    let context = Context::default();
    let inner = context.clone();
    let waiting = std::thread::spawn(move || {
        block_on(async move { client.token_acquire(TokenRequest::default(), &inner).await })
    });
    let url = loop {
        let events = context.events.drain();
        let said = events
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|event| event["event"] == "signIn");
        if let Some(said) = said {
            break said["url"].as_str().unwrap().to_owned();
        }
        std::thread::yield_now();
    };
    // A provider knows no account to choose from, and is asked for none.
    let redirect = browse(&provider, &url.replace("&prompt=select_account", ""));
    let transport = Transport::shared(TransportOptions::directly(), None).unwrap();
    let local = HttpSender::new(transport, None, Duration::from_secs(20)).unwrap();
    let back = url::Url::parse(&redirect.replace("//localhost:", "//127.0.0.1:")).unwrap();
    block_on(async move { local.send(HttpRequest::get(back), &Context::default()).await }).unwrap();
    came(&waiting.join().unwrap(), &mut provider);
    assert_eq!(provider.line(), "token authorization_code");
}
