//! Proxies: one that the caller names, and those that variables name. A process reads its variables, so each case of
//! them is this test binary once more.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test an unwrap is an assertion; a child answers")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use exrun::client::{Client, ClientOptions, Credential, TokenReply, TokenRequest};
use exrun::secret::Secret;
use exrun::{Error, Status};
use exrun_emulator::Config;
use parking_lot::Mutex;
use support::{block_on, start};

/// A proxy that tunnels every CONNECT to `upstream` for those who say `user:marked-proxy-password`.
fn proxy(upstream: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    listen(move |stream, seen| serve(stream, upstream, seen))
}

/// Serves each connection in a thread of its own; gives what `serve` notes.
fn listen(
    serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Clone + Send + 'static,
) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (serve, seen) = (serve.clone(), Arc::clone(&seen));
            std::thread::spawn(move || serve(stream, &seen));
        }
    });
    (address, asked)
}

fn serve(stream: TcpStream, upstream: SocketAddr, seen: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        if line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    seen.lock().push(lines[0].clone());
    let mut stream = stream;
    // user:marked-proxy-password
    let right = lines.iter().any(|line| line.ends_with("Basic dXNlcjptYXJrZWQtcHJveHktcGFzc3dvcmQ="));
    if !right {
        let _ = stream.write_all(
            b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n",
        );
        return;
    }
    let mut there = TcpStream::connect(upstream).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let (mut from_client, mut to_there) = (stream.try_clone().unwrap(), there.try_clone().unwrap());
    std::thread::spawn(move || copy(&mut from_client, &mut to_there));
    copy(&mut there, &mut stream);
}

fn copy(from: &mut TcpStream, to: &mut TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            return;
        }
    }
}

fn acquire(options: ClientOptions) -> Result<TokenReply, Error> {
    let client = Client::new(options).unwrap();
    block_on(async move { client.token_acquire(TokenRequest::default(), &support::context()).await })
}

#[test]
fn requests_go_through_the_proxy_with_its_credentials() {
    let (emulator, _certificate, options) = start(Config::default());
    let (address, asked) = proxy(emulator.addr());
    let options = ClientOptions {
        connect_to: None,
        proxy: Some(format!("http://user@{address}")),
        proxy_password: Some(Secret::new(b"marked-proxy-password".to_vec())),
        ..options
    };
    assert!(matches!(acquire(options).unwrap(), TokenReply::Token { .. }));
    assert_eq!(asked.lock()[0], "CONNECT login.microsoftonline.com:443 HTTP/1.1");
}

#[test]
fn a_proxy_that_refuses_is_said_without_its_password() {
    let (emulator, _certificate, options) = start(Config::default());
    let (address, _) = proxy(emulator.addr());
    let options = ClientOptions {
        connect_to: None,
        max_tries: 1,
        proxy: Some(format!("http://user@{address}")),
        proxy_password: Some(Secret::new(b"marked-wrong-password".to_vec())),
        ..options
    };
    let error = acquire(options).unwrap_err();
    assert_eq!(error.status(), Status::Proxy, "{error:?}");
    assert!(error.to_string().contains("proxy") && !error.to_string().contains("marked"), "{error}");
    assert_eq!(emulator.state().requests_of("token"), 0);
}

const PROXY_TEST: &str = "EXRUN_TEST_PROXY_CA";
const HOST: &str = "EXRUN_TEST_PROXY_HOST";
const PFX: &str = "EXRUN_TEST_PROXY_PFX";
const MARK: &str = "child says: ";

/// Not a test by itself: asks for a token with the proxy that its variables name, and says how that went.
#[test]
fn child() {
    let (Ok(ca_file), Ok(pfx)) = (std::env::var(PROXY_TEST), std::env::var(PFX)) else { return };
    let mut options = ClientOptions {
        tenant_id: Some(support::TENANT.to_owned()),
        client_id: Some(support::APP.to_owned()),
        credential: Some(Credential::CertificateFile { path: pfx.into(), password: None }),
        ca_file: Some(ca_file.into()),
        max_tries: 1,
        ..ClientOptions::default()
    };
    if let Ok(host) = std::env::var(HOST) {
        options.cloud.login_host = host.into();
    }
    let outcome = Client::new(options).and_then(|client| {
        block_on(async move { client.token_acquire(TokenRequest::default(), &support::context()).await })
    });
    match outcome {
        Ok(TokenReply::Token { .. }) => println!("{MARK}token"),
        Ok(TokenReply::Refused(_, error)) | Err(error) => println!("{MARK}{:?}: {error}", error.status()),
    }
}

/// What a process says that has these variables, and what its proxy was asked. `PORT` stands for the proxy's.
fn with_variables(variables: &[(&str, &str)]) -> (String, Vec<String>) {
    let (emulator, certificate, _) = start(Config::default());
    let (address, asked) = proxy(emulator.addr());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]).env_clear();
    command.env(PROXY_TEST, emulator.ca_file()).env(PFX, &certificate.pfx);
    for (name, value) in variables {
        command.env(name, value.replace("PORT", &address.port().to_string()));
    }
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let said = output.lines().find_map(|line| line.split_once(MARK)).map(|(_, said)| said.to_owned());
    let asked = asked.lock().clone();
    (said.unwrap_or_else(|| panic!("the child said nothing: {output}")), asked)
}

const THROUGH: &str = "CONNECT login.microsoftonline.com:443 HTTP/1.1";

#[test]
fn a_proxy_of_the_environment_is_used_however_it_is_written() {
    let right = "user:marked-proxy-password@127.0.0.1:PORT";
    for variables in [
        [("HTTPS_PROXY", format!("http://{right}"))].as_slice(),
        &[("HTTPS_PROXY", format!("  http://{right}/ "))],
        &[("HTTPS_PROXY", format!("\"http://{right}\""))],
        &[("https_proxy", right.to_owned())],
        &[("all_proxy", format!("http=127.0.0.1:9;https={right}"))],
        &[("HTTPS_PROXY", String::new()), ("https_proxy", right.to_owned())],
        &[("https_proxy", String::new()), ("HTTPS_PROXY", right.to_owned())],
        &[("HTTPS_PROXY", right.to_owned()), ("NO_PROXY", "localhost,login.microsoftonline.com:8443".to_owned())],
        // A web server's variable: no reason to go past the proxy.
        &[("HTTPS_PROXY", right.to_owned()), ("REQUEST_METHOD", "GET".to_owned())],
    ] {
        let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (said, asked) = with_variables(&variables);
        assert_eq!((said.as_str(), asked.first().map(String::as_str)), ("token", Some(THROUGH)), "{variables:?}");
    }
}

#[test]
fn a_password_with_any_letter_reaches_the_proxy_whole() {
    // The proxy knows another password, and says no: it was asked, and nobody else was.
    for password in ["p#w", "p w", "p^|w", "p/w?", "p@w:1", "50%"] {
        let (said, asked) =
            with_variables(&[("HTTPS_PROXY", &format!("http://CONTOSO\\kim:{password}@127.0.0.1:PORT"))]);
        assert!(said.starts_with("Proxy: ") && said.contains("the proxy http://127.0.0.1:"), "{said}");
        assert!(!said.contains(password) && !said.contains("kim"), "{said}");
        assert_eq!(asked, [THROUGH], "{password}");
    }
}

#[test]
fn a_proxy_that_cannot_be_understood_is_an_error_and_nothing_is_asked() {
    for value in [
        "http://kim:marked@127.0.0.1:PORT:x",
        "http://kim:marked@127.0.0.1:99999",
        "ftp://kim:marked@127.0.0.1:PORT",
        "http=127.0.0.1:PORT",
        "http://kim:marked@127.0.0.1:PORT/proxy.pac",
        "http://kim:marked@127.0.0.1 :PORT",
    ] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let (said, asked) = with_variables(&[(name, value)]);
            assert!(said.starts_with("InvalidArgument: ") && said.contains(name), "{value}: {said}");
            assert!(!said.contains("marked") && !said.contains("kim"), "{said}");
            assert!(asked.is_empty(), "{asked:?}");
        }
    }
}

/// The host is this machine's own name, so that what goes past the proxy stays on it.
#[test]
fn what_no_proxy_names_goes_past_the_proxy() {
    let asked_with = |list: &str| {
        let proxy = ("HTTPS_PROXY", "http://user:marked-proxy-password@127.0.0.1:PORT");
        with_variables(&[proxy, ("NO_PROXY", list), (HOST, "localhost")]).1.len()
    };
    for list in ["localhost", "localhost:443", "a.example;localhost", "a.example localhost", "*", "<local>", "local*"] {
        assert_eq!(asked_with(list), 0, "{list}");
    }
    for list in ["", "localhost:8443", "host", "*.localhost", "127.0.0.0/8"] {
        assert_eq!(asked_with(list), 1, "{list}");
    }
}

#[test]
fn a_proxy_that_does_not_run_is_named_and_asked_again_later() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "socks5"] {
        let (said, _) = with_variables(&[("HTTPS_PROXY", &format!("{scheme}://kim:marked@{closed}"))]);
        assert!(said.starts_with("Connection: "), "{said}");
        assert!(said.contains(&format!("could not connect to the proxy {scheme}://{closed} for login.")), "{said}");
        assert!(!said.contains("marked"), "{said}");
    }
}

/// A SOCKS 5 proxy (RFC 1928, RFC 1929) for `user` with `marked-proxy-password`; gives the names it is asked for.
fn socks(upstream: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    listen(move |stream, seen| {
        serve_socks(stream, upstream, seen);
    })
}

fn serve_socks(mut stream: TcpStream, upstream: SocketAddr, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok()?;
        Some(bytes)
    };
    let methods = read(2)?[1];
    assert!(read(usize::from(methods))?.contains(&2), "user and password are offered");
    stream.write_all(&[5, 2]).ok()?;
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        stream.read_exact(&mut bytes).ok()?;
        Some(bytes)
    };
    let length = read(2)?[1];
    let user = read(usize::from(length))?;
    let length = read(1)?[0];
    let password = read(usize::from(length))?;
    let right = user == b"user" && password == b"marked-proxy-password";
    stream.write_all(&[1, u8::from(!right)]).ok()?;
    let mut head = [0; 5];
    stream.read_exact(&mut head).ok()?;
    // A name (3): the proxy is to look it up.
    assert_eq!(head[3], 3, "{head:?}");
    let mut name = vec![0; usize::from(head[4]) + 2];
    stream.read_exact(&mut name).ok()?;
    name.truncate(name.len() - 2);
    seen.lock().push(String::from_utf8(name).unwrap());
    let mut there = TcpStream::connect(upstream).ok()?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).ok()?;
    let (mut from_client, mut to_there) = (stream.try_clone().unwrap(), there.try_clone().unwrap());
    std::thread::spawn(move || copy(&mut from_client, &mut to_there));
    copy(&mut there, &mut stream);
    Some(())
}

#[test]
fn a_socks_proxy_is_spoken_to_in_its_own_language() {
    let (emulator, _certificate, options) = start(Config::default());
    let (address, asked) = socks(emulator.addr());
    let through = |password: &str| ClientOptions {
        connect_to: None,
        max_tries: 1,
        proxy: Some(format!("socks5://user@{address}")),
        proxy_password: Some(Secret::new(password.as_bytes().to_vec())),
        ..options.clone()
    };
    let error = acquire(through("marked-wrong-password")).unwrap_err();
    assert_eq!(error.status(), Status::Proxy, "{error:?}");
    assert!(!error.to_string().contains("marked"), "{error}");
    assert!(matches!(acquire(through("marked-proxy-password")).unwrap(), TokenReply::Token { .. }));
    assert_eq!(asked.lock()[0], "login.microsoftonline.com");
}
