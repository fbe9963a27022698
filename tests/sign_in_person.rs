//! A person who signs in, and claims challenges, against the emulator.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use exrun::client::{BrowserOptions, Client, ClientOptions, Context, Credential, SignIn, TokenReply, TokenRequest};
use exrun::http::transport::TransportOptions;
use exrun::http::{HttpReply, HttpRequest, HttpSender, Transport};
use exrun::rows::ReportRequest;
use exrun::secret::Secret;
use exrun::{Error, Status};
use exrun_emulator::{Config, DeviceCodes};
use serde_json::Value;
use support::{acquire, block_on, start, token};
use url::Url;

fn person(sign_in: SignIn) -> Option<Credential> {
    Some(Credential::Person { sign_in, scopes: Vec::new() })
}

fn device(options: &ClientOptions) -> ClientOptions {
    ClientOptions { credential: person(SignIn::DeviceCode), clock: support::quick(), ..options.clone() }
}

/// Nobody waits in these tests: the interval is for the emulator to check, not to pass.
fn codes(pending_polls: u32) -> Config {
    let device_codes = DeviceCodes { pending_polls, interval: 0, ..DeviceCodes::default() };
    Config { device_codes, mailboxes: 5, broken_percent: 0.0, ..Config::default() }
}

fn events(context: &Context) -> Vec<Value> {
    context.events.drain().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What was said, without the warning of the first connection in the process to an emulator, whichever test has that.
fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["event"].as_str()).filter(|kind| *kind != "warning").collect()
}

#[test]
fn a_device_code_is_shown_at_once_and_polled_until_the_person_has_signed_in() {
    let (emulator, _certificate, options) = start(codes(3));
    let options = device(&options);
    let client = Client::new(options.clone()).unwrap();
    let (reply, context) = acquire(&client, TokenRequest::default());
    let TokenReply::Token { members, .. } = reply.unwrap() else { panic!("refused") };
    // Further tokens stay inside.
    assert!(members.get("refresh_token").is_none() && members.get("id_token").is_none(), "{members:?}");
    let events = events(&context);
    assert_eq!(kinds(&events), ["deviceCode", "token"]);
    let shown = events.iter().find(|event| event["event"] == "deviceCode").unwrap();
    assert_eq!(shown["verificationUri"], "https://microsoft.com/devicelogin");
    let code = shown["userCode"].as_str().unwrap();
    assert!(shown["message"].as_str().unwrap().contains(code));
    assert_eq!(emulator.state().requests_of("deviceCode"), 1);
    assert_eq!(emulator.state().requests_of("token"), 4);
    // The person's token serves Graph for the own mailbox, and another person's client does not get it.
    let mailboxes = [0, 1].map(|index| emulator.population().upn(index));
    let rows = support::report(&client, &ReportRequest::default(), &mailboxes).unwrap();
    assert!(rows[0].get("error").is_none(), "{rows:?}");
    assert_eq!(rows[1]["error"]["name"], "AccessDenied", "{rows:?}");
    assert!(rows[1]["error"]["hint"].as_str().unwrap().contains("application permission MailboxSettings.Read"));
    assert!(!token(&Client::new(options).unwrap()).2);
}

#[test]
fn polling_slows_down_when_it_is_told_to() {
    let (emulator, _certificate, options) = start(codes(0));
    emulator.set_faults(
        serde_json::from_str(
            r#"{"rules":[{"kind":"token","times":2,"action":{"status":400,"body":"{\"error\":\"slow_down\"}"}},
            {"kind":"token","times":1,"action":{"status":503,"retryAfter":"0.01"}}]}"#,
        )
        .unwrap(),
    );
    let clock = support::quick();
    let client = Client::new(ClientOptions { clock: clock.clone(), ..device(&options) }).unwrap();
    assert!(token(&client).1.starts_with("eyJ"));
    let waits: Vec<u64> = clock.waits.lock().iter().map(Duration::as_secs).filter(|wait| *wait > 0).collect();
    assert_eq!(waits, [1, 6, 11]);
}

#[test]
fn a_person_who_declines_or_is_late_is_said() {
    let (emulator, _certificate, options) = start(Config {
        device_codes: DeviceCodes { approve: false, interval: 0, ..DeviceCodes::default() },
        ..codes(0)
    });
    let client = Client::new(device(&options)).unwrap();
    let TokenReply::Refused(json, error) = acquire(&client, TokenRequest::default()).0.unwrap() else { panic!() };
    assert_eq!(json["error"], "authorization_declined");
    assert!(error.to_string().contains("declined"), "{error}");
    drop(emulator);

    let (emulator, _certificate, options) = start(codes(u32::MAX));
    let error = acquire(&Client::new(device(&options)).unwrap(), TokenRequest::default()).0.unwrap_err();
    assert_eq!(error.status(), Status::TokenRefused);
    assert!(error.to_string().contains("within 900 s"), "{error}");
    assert!(emulator.state().requests_of("token") <= 900, "{:?}", emulator.state());
}

#[test]
fn a_refresh_token_renews_and_a_revoked_one_asks_the_person_only_who_waits() {
    let (emulator, _certificate, options) = start(Config { token_lifetime: 1000, ..codes(0) });
    let clock = support::quick();
    let client = Client::new(ClientOptions { clock: clock.clone(), ..device(&options) }).unwrap();
    let first = token(&client).1;
    clock.advance(Duration::from_secs(1001));
    emulator.set_clock_offset(1001);
    let (reply, context) = acquire(&client, TokenRequest::default());
    let TokenReply::Token { access_token, .. } = reply.unwrap() else { panic!() };
    assert_ne!(access_token.text().unwrap(), first);
    assert_eq!(kinds(&events(&context)), ["token"], "nobody is asked again");
    assert_eq!(emulator.state().requests_of("deviceCode"), 1);

    emulator.revoke_sessions();
    emulator.revoke_tokens();
    // In the middle of a run nobody is asked: the run says what is wrong.
    let rows = support::report(&client, &ReportRequest::default(), &[emulator.population().upn(1)]);
    let said = rows.map_or_else(|error| error.to_string(), |rows| rows[0]["error"]["message"].to_string());
    assert!(said.contains("sign in again"), "{said}");
    assert_eq!(emulator.state().requests_of("deviceCode"), 1);
    // Who waits for just this token is asked.
    let (reply, context) = acquire(&client, TokenRequest { force_refresh: true, ..TokenRequest::default() });
    assert!(matches!(reply.unwrap(), TokenReply::Token { .. }));
    assert_eq!(kinds(&events(&context)), ["deviceCode", "token"]);
}

#[test]
fn a_refresh_token_that_the_caller_has_serves_alone() {
    let (_emulator, _certificate, options) = start(codes(0));
    let credential = person(SignIn::RefreshToken(Secret::new(b"nonsense".to_vec())));
    let client = Client::new(ClientOptions { credential, ..options }).unwrap();
    let TokenReply::Refused(json, error) = acquire(&client, TokenRequest::default()).0.unwrap() else { panic!() };
    assert_eq!(json["error"], "invalid_grant");
    assert!(error.to_string().contains("sign in again"), "{error}");
}

/// What the person's browser does: asks the sign-in page, and follows it back.
struct Browser {
    login: HttpSender,
    local: HttpSender,
}

impl Browser {
    fn new(options: &ClientOptions) -> Self {
        let mut transport = TransportOptions::directly();
        transport.connect_to = options.connect_to;
        transport.ca_file.clone_from(&options.ca_file);
        let sender = |options| {
            let transport = Transport::shared(options, None).unwrap();
            HttpSender::new(transport, None, Duration::from_secs(20)).unwrap()
        };
        Self { login: sender(transport), local: sender(TransportOptions::directly()) }
    }

    fn get(sender: &HttpSender, url: &str) -> HttpReply {
        let (sender, url) = (sender.clone(), Url::parse(url).unwrap());
        block_on(async move { sender.send(HttpRequest::get(url), &Context::default()).await }).unwrap()
    }

    /// Where the sign-in page sends the browser.
    fn redirect(&self, url: &str) -> String {
        let reply = Self::get(&self.login, url);
        assert_eq!(reply.status.as_u16(), 302, "{reply:?}");
        reply.header("location").unwrap().to_owned()
    }

    fn come_back(&self, redirect: &str) -> HttpReply {
        Self::get(&self.local, &redirect.replace("//localhost:", "//127.0.0.1:"))
    }
}

type Waiting = JoinHandle<Result<TokenReply, Error>>;

/// Begins a sign-in, and gives the URL that it says.
fn begin(options: &ClientOptions) -> (Waiting, String, bool) {
    let sign_in = SignIn::Browser(BrowserOptions { open: false, login_hint: None, port: None });
    let client = Client::new(ClientOptions { credential: person(sign_in), ..options.clone() }).unwrap();
    let context = Context::default();
    let inner = context.clone();
    let waiting = std::thread::spawn(move || {
        block_on(async move { client.token_acquire(TokenRequest::default(), &inner).await })
    });
    loop {
        let said = events(&context).into_iter().find(|event| event["event"] == "signIn");
        if let Some(said) = said {
            let url = said["url"].as_str().unwrap().to_owned();
            assert!(said["message"].as_str().unwrap().contains(&url));
            return (waiting, url, said["browserOpened"].as_bool().unwrap());
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_browser_brings_the_code_and_pkce_proves_who_asked() {
    let (emulator, _certificate, options) = start(codes(0));
    let browser = Browser::new(&options);
    let (waiting, url, opened) = begin(&options);
    assert!(!opened);
    let parts = Url::parse(&url).unwrap();
    let parameter = |name: &str| parts.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!(parameter("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(parameter("code_challenge").unwrap().len(), 43);
    assert_eq!(parameter("state").unwrap().len(), 43);
    let redirect = browser.redirect(&url);
    assert!(redirect.starts_with("http://localhost:"), "{redirect}");
    // A browser asks for other things too.
    let icon = Url::parse(&redirect).unwrap().join("/favicon.ico").unwrap();
    assert_eq!(browser.come_back(icon.as_str()).status.as_u16(), 404);
    let page = browser.come_back(&redirect);
    assert!(String::from_utf8_lossy(&page.body).contains("You are signed in"));
    let TokenReply::Token { members, .. } = waiting.join().unwrap().unwrap() else { panic!() };
    assert!(members.get("refresh_token").is_none());
    assert_eq!(emulator.state().requests_of("authorize"), 1);
    assert_eq!(emulator.state().requests_of("token"), 1);
}

/// What is answered to a request that is written by hand, of whatever family.
fn asked(address: SocketAddr, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

/// Any page of any site can have the browser ask this port: that must not end the sign-in.
#[test]
fn what_others_ask_of_the_port_does_not_end_the_sign_in() {
    let (emulator, _certificate, options) = start(codes(0));
    let browser = Browser::new(&options);
    let (waiting, url, _) = begin(&options);
    let redirect = Url::parse(&browser.redirect(&url)).unwrap();
    let port = redirect.port().unwrap();
    let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let own = format!("localhost:{port}");
    let right = format!("/?{}", redirect.query().unwrap());
    // Connections that say nothing, and one that stops in the middle, stay open all the while.
    let mut silent: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(v4).unwrap()).collect();
    silent[39].write_all(b"GET /?code=").unwrap();
    for query in ["/?code=stolen&state=guessed", "/?code=stolen", "/?error=access_denied", "/?error=x&state=guessed"] {
        assert!(asked(v4, query, &own).starts_with("HTTP/1.1 400 "), "{query}");
    }
    for host in ["attacker.example", &format!("attacker.example:{port}"), "localhost"] {
        assert!(asked(v4, &right, host).starts_with("HTTP/1.1 400 "), "{host}");
    }
    assert!(!waiting.is_finished());
    assert_eq!(emulator.state().requests_of("token"), 0);
    // Either family is listened on, where the machine has both.
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let address = if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() { v6 } else { v4 };
    assert!(asked(address, &right, &own).contains("You are signed in"));
    assert!(matches!(waiting.join().unwrap().unwrap(), TokenReply::Token { .. }));
    assert_eq!(emulator.state().requests_of("token"), 1);
}

#[test]
fn a_person_who_declines_in_the_browser_is_said_with_the_reason() {
    let (_emulator, _certificate, options) = start(Config { decline_browser: true, ..codes(0) });
    let browser = Browser::new(&options);
    let (waiting, url, _) = begin(&options);
    browser.come_back(&browser.redirect(&url));
    let error = waiting.join().unwrap().unwrap_err();
    assert!(error.to_string().contains("AADSTS65004"), "{error}");
    assert!(error.to_json()["hint"].as_str().unwrap().contains("declined"), "{error}");
}

#[test]
fn a_person_needs_no_tenant_and_cannot_use_the_older_endpoint() {
    let (_emulator, _certificate, options) = start(codes(0));
    let options = ClientOptions { tenant_id: None, ..device(&options) };
    assert!(token(&Client::new(options.clone()).unwrap()).1.starts_with("eyJ"));
    let v1 = ClientOptions { token_version: exrun::client::TokenVersion::V1, ..options };
    assert_eq!(Client::new(v1).unwrap_err().status(), Status::InvalidArgument);
}

#[test]
fn a_claims_challenge_gets_a_token_with_the_claims_and_the_call_goes_on() {
    let (emulator, _certificate, options) = start(codes(0));
    let mailbox = [emulator.population().upn(1)];
    let client = Client::new(ClientOptions { continuous_access: true, ..options.clone() }).unwrap();
    let read = |client: &Client| support::report(client, &ReportRequest::default(), &mailbox).unwrap();
    assert!(read(&client)[0].get("error").is_none());
    assert_eq!(emulator.state().tokens_issued, 1);
    for issued in [2, 3] {
        emulator.revoke_tokens();
        assert!(read(&client)[0].get("error").is_none(), "{:?}", read(&client));
        assert_eq!(emulator.state().tokens_issued, issued);
        // The revocation's time is in whole seconds: the next one is another moment.
        emulator.set_clock_offset(10 * i64::try_from(issued).unwrap());
    }
    // A client that does not declare it gets another token by the plain refusal.
    let plain = Client::new(options).unwrap();
    assert!(read(&plain)[0].get("error").is_none());
    emulator.revoke_tokens();
    assert!(read(&plain)[0].get("error").is_none());
}
