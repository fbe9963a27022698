//! An explicit proxy, with and without the credentials that it wants.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use exrun::client::{Client, ClientOptions, TokenReply, TokenRequest};
use exrun::secret::Secret;
use exrun::{Error, Status};
use exrun_emulator::Config;
use support::{block_on, start};

/// A proxy that tunnels every CONNECT to `upstream` for those who say `user:marked-proxy-password`.
fn proxy(upstream: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || serve(stream, upstream, &seen));
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
    seen.lock().unwrap().push(lines[0].clone());
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
    block_on(async move { client.acquire_token(TokenRequest::default(), &support::context()).await })
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
    assert_eq!(asked.lock().unwrap()[0], "CONNECT login.microsoftonline.com:443 HTTP/1.1");
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
