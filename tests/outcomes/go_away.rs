//! A GOAWAY of HTTP/2 names the last stream that the service may have worked on.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use exrun::client::{Client, ClientOptions, Credential, GraphRequest};
use exrun::error::Status;
use exrun::secret::Secret;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{AlpnError, SslAcceptor, SslMethod, select_next_proto};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use serde_json::json;

use crate::support;

const HEADERS: u8 = 1;
const GOAWAY: u8 = 7;

/// A service whose nth connection answers its first request with a GOAWAY that names `last_streams[n]`, and is then
/// closed; gives its CA's certificate, its address, and how many requests came.
fn service(last_streams: Vec<u32>) -> (Vec<u8>, std::net::SocketAddr, Arc<AtomicUsize>) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "graph.microsoft.com").unwrap();
    let name = name.build();
    let mut certificate = X509::builder().unwrap();
    certificate.set_version(2).unwrap();
    certificate.set_subject_name(&name).unwrap();
    certificate.set_issuer_name(&name).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    certificate.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    certificate.append_extension(BasicConstraints::new().ca().build().unwrap()).unwrap();
    let host = SubjectAlternativeName::new().dns("graph.microsoft.com").build(&certificate.x509v3_context(None, None));
    certificate.append_extension(host.unwrap()).unwrap();
    certificate.sign(&key, MessageDigest::sha256()).unwrap();
    let certificate = certificate.build();

    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    tls.set_private_key(&key).unwrap();
    tls.set_certificate(&certificate).unwrap();
    tls.set_alpn_select_callback(|_, offered| select_next_proto(b"\x02h2", offered).ok_or(AlpnError::NOACK));
    let tls = tls.build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    thread::spawn(move || {
        for last_stream in last_streams {
            let mut stream = tls.accept(listener.accept().unwrap().0).unwrap();
            // Settings of the service's own.
            stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).unwrap();
            stream.read_exact(&mut [0; 24]).unwrap();
            loop {
                let mut head = [0; 9];
                stream.read_exact(&mut head).unwrap();
                let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
                stream.read_exact(&mut vec![0; length as usize]).unwrap();
                if head[3] == HEADERS {
                    break;
                }
            }
            counted.fetch_add(1, Ordering::SeqCst);
            let [a, b, c, d] = last_stream.to_be_bytes();
            stream.write_all(&[0, 0, 8, GOAWAY, 0, 0, 0, 0, 0, a, b, c, d, 0, 0, 0, 0]).unwrap();
            let _ = stream.shutdown();
            // Were it dropped with something unread, the system would reset the connection and GOAWAY with it.
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    (certificate.to_pem().unwrap(), address, requests)
}

#[test]
fn what_is_above_the_last_stream_is_sent_again_and_nothing_else() {
    // The first connection did not look at the request (its stream is 1), the second may have.
    let (ca, address, requests) = service(vec![0, 1]);
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, ca).unwrap();
    let options = ClientOptions {
        credential: Some(Credential::Token(Secret::new(b"token".to_vec()))),
        connect_to: Some(address),
        ca_file: Some(ca_file),
        clock: support::quick(),
        ..ClientOptions::default()
    };
    let client = Client::new(options).unwrap();
    let post = GraphRequest {
        method: "POST".into(),
        path: "users/kim/messages".into(),
        body: Some(json!({})),
        ..GraphRequest::default()
    };
    let answer = support::block_on(async move { client.graph_request(&post, &support::context()).await });
    let error = answer.unwrap_err();
    assert_eq!((error.status(), requests.load(Ordering::SeqCst)), (Status::OutcomeUnknown, 2), "{error}");
}
