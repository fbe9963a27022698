//! Why a TLS handshake failed, and the forms of a CA file, over real TLS.

#![allow(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use exrun::client::{Client, ClientOptions, TokenReply, TokenRequest};
use exrun::{Error, Status};
use exrun_emulator::Config;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{SslAcceptor, SslMethod, SslVersion};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use support::{acquire, block_on, start};

const HOST: &str = "login.microsoftonline.com";
const DAY: i64 = 24 * 60 * 60;

#[derive(Clone)]
struct Issued {
    certificate: X509,
    key: PKey<Private>,
}

/// What a certificate is to be: for `host` or a CA, valid from and to so many days from now.
struct Wanted<'a> {
    subject: &'a str,
    host: Option<&'a str>,
    days: (i64, i64),
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", common_name).unwrap();
    name.build()
}

/// By `issuer`, or by itself.
fn issue(wanted: &Wanted<'_>, issuer: Option<&Issued>) -> Issued {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let subject = name(wanted.subject);
    let now = jiff::Timestamp::now().as_second();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(u32::try_from(now % 1_000_000).unwrap()).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name())).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(now + wanted.days.0 * DAY).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(now + wanted.days.1 * DAY).unwrap()).unwrap();
    match wanted.host {
        None => builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap(),
        Some(host) => {
            let names = SubjectAlternativeName::new().dns(host).build(&builder.x509v3_context(None, None)).unwrap();
            builder.append_extension(names).unwrap();
        }
    }
    builder.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    Issued { certificate: builder.build(), key }
}

fn ca(subject: &str, days: (i64, i64)) -> Issued {
    issue(&Wanted { subject, host: None, days }, None)
}

fn leaf(host: &str, days: (i64, i64), ca: &Issued) -> Issued {
    issue(&Wanted { subject: "marked server", host: Some(host), days }, Some(ca))
}

/// Connections that came, and bytes of HTTP that came over them.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    bytes: AtomicUsize,
}

/// A server that shows a certificate, and answers nothing.
fn serve(issued: &Issued, chain: &[&Issued], highest: Option<SslVersion>) -> (SocketAddr, Arc<Seen>) {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(&issued.key).unwrap();
    acceptor.set_certificate(&issued.certificate).unwrap();
    for issuer in chain {
        acceptor.add_extra_chain_cert(issuer.certificate.clone()).unwrap();
    }
    if let Some(highest) = highest {
        acceptor.set_min_proto_version(None).unwrap();
        acceptor.set_max_proto_version(Some(highest)).unwrap();
        acceptor.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
    }
    let acceptor = acceptor.build();
    listen(move |stream, seen| {
        let Ok(mut stream) = acceptor.accept(stream) else { return };
        let mut buffer = [0; 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            seen.bytes.fetch_add(read, Ordering::SeqCst);
        }
    })
}

fn listen(serve: impl Fn(std::net::TcpStream, &Seen) + Send + Sync + 'static) -> (SocketAddr, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Seen::default());
    let (inner, serve) = (Arc::clone(&seen), Arc::new(serve));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            inner.connections.fetch_add(1, Ordering::SeqCst);
            let (seen, serve) = (Arc::clone(&inner), Arc::clone(&serve));
            std::thread::spawn(move || serve(stream, &seen));
        }
    });
    (address, seen)
}

fn pem_file(folder: &Path, certificates: &[&Issued]) -> PathBuf {
    let path = folder.join("ca.pem");
    let pem: Vec<u8> = certificates.iter().flat_map(|issued| issued.certificate.to_pem().unwrap()).collect();
    std::fs::write(&path, pem).unwrap();
    path
}

fn failure(server: SocketAddr, ca_file: Option<PathBuf>) -> Error {
    let (_emulator, _certificate, options) = start(Config::default());
    let clock = support::quick();
    let client =
        Client::new(ClientOptions { connect_to: Some(server), ca_file, max_tries: 3, clock, ..options }).unwrap();
    block_on(async move { client.token_acquire(TokenRequest::default(), &support::context()).await }).unwrap_err()
}

/// A server whose certificate is not trusted: the text of the error. It is asked once, and looked at once.
fn refused(server: (SocketAddr, Arc<Seen>), ca_file: Option<PathBuf>) -> String {
    let (address, seen) = server;
    let error = failure(address, ca_file);
    assert_eq!(error.status(), Status::Tls, "{error}");
    assert!(!error.is_retryable(), "{error}");
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2, "one try, and one look: {error}");
    assert_eq!(seen.bytes.load(Ordering::SeqCst), 0, "nothing is sent to whom nobody trusts");
    let text = error.to_string();
    assert!(
        text.contains("no TLS connection to login.microsoftonline.com") && text.contains("EXRUN_CA_FILE"),
        "{text}"
    );
    text
}

fn day(days: i64) -> String {
    let now = jiff::Timestamp::now().as_second();
    jiff::Timestamp::from_second(now + days * DAY).unwrap().to_string()[..10].to_owned()
}

#[test]
fn an_issuer_that_is_not_trusted() {
    let ca = ca("marked corporate ca", (-9, 30));
    let text = refused(serve(&leaf(HOST, (-1, 9), &ca), &[], None), None);
    assert!(text.contains("of an issuer that this computer does not trust"), "{text}");
    assert!(text.contains("CN=marked server, issued by CN=marked corporate ca"), "{text}");
    assert!(text.contains(&format!("valid from {}", day(-1))) && text.contains(&format!(" to {}", day(9))), "{text}");

    // A proxy that opens TLS sends its root as well.
    let text = refused(serve(&leaf(HOST, (-1, 9), &ca), &[&ca], None), None);
    assert!(text.contains("under a root that this computer does not trust"), "{text}");
}

#[test]
fn a_certificate_out_of_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let ca = ca("marked ca", (-9, 30));
    let file = pem_file(folder.path(), &[&ca]);
    let text = refused(serve(&leaf(HOST, (-4, -1), &ca), &[], None), Some(file.clone()));
    assert!(text.contains(" has expired") && text.contains(&format!(" to {}", day(-1))), "{text}");
    assert!(text.contains("clock"), "{text}");
    let text = refused(serve(&leaf(HOST, (2, 4), &ca), &[], None), Some(file));
    assert!(text.contains(" is not yet valid") && text.contains(&format!("from {}", day(2))), "{text}");
}

#[test]
fn an_issuer_out_of_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let ca = ca("marked ca", (-9, -1));
    let file = pem_file(folder.path(), &[&ca]);
    let text = refused(serve(&leaf(HOST, (-4, 9), &ca), &[], None), Some(file));
    assert!(text.contains("of an issuer whose own certificate has expired"), "{text}");
}

#[test]
fn a_certificate_for_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let ca = ca("marked ca", (-9, 30));
    let file = pem_file(folder.path(), &[&ca]);
    let text = refused(serve(&leaf("portal.example", (-1, 9), &ca), &[], None), Some(file));
    assert!(text.contains(&format!("for portal.example, not for {HOST}")), "{text}");
}

#[test]
fn a_certificate_signed_by_itself() {
    let alone = issue(&Wanted { subject: "marked box", host: Some(HOST), days: (-1, 9) }, None);
    let text = refused(serve(&alone, &[], None), None);
    assert!(text.contains("CN=marked box, issued by CN=marked box"), "{text}");
    assert!(text.contains("signed by itself"), "{text}");
}

#[test]
fn a_server_that_does_not_speak_todays_tls() {
    let ca = ca("marked ca", (-9, 30));
    for (address, seen) in [
        serve(&leaf(HOST, (-1, 9), &ca), &[], Some(SslVersion::TLS1_1)),
        listen(|mut stream, _| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"))),
    ] {
        let error = failure(address, None);
        assert_eq!(error.status(), Status::Tls, "{error}");
        assert_eq!(seen.connections.load(Ordering::SeqCst), 1, "not tried again, and nothing to look at: {error}");
    }
}

#[test]
fn a_handshake_that_the_network_ends_is_tried_again() {
    let (address, seen) = listen(|mut stream, _| {
        // The ClientHello has come; then the connection ends.
        let _ = stream.read(&mut [0; 64]);
    });
    let error = failure(address, None);
    assert_eq!(error.status(), Status::Connection, "{error}");
    assert_eq!(seen.connections.load(Ordering::SeqCst), 3, "{error}");
}

/// The token, with a CA file that holds `content`; or what is said.
fn with_ca_file(content: &[u8]) -> Result<(), Error> {
    let folder = tempfile::tempdir().unwrap();
    let (emulator, _certificate, options) = start(Config::default());
    let ca_pem = std::fs::read(emulator.ca_file()).unwrap();
    let ca_file = folder.path().join("ca");
    std::fs::write(&ca_file, fill(content, &ca_pem)).unwrap();
    let client = Client::new(ClientOptions { ca_file: Some(ca_file), max_tries: 1, ..options }).unwrap();
    match acquire(&client, TokenRequest::default()).0? {
        TokenReply::Token { .. } => Ok(()),
        TokenReply::Refused(_, error) => Err(error),
    }
}

/// `{pem}`, `{der}`, `{base64}`, `{p7b}` and `{utf16}` stand for the emulator's CA.
fn fill(content: &[u8], pem: &[u8]) -> Vec<u8> {
    let certificate = X509::from_pem(pem).unwrap();
    let text = String::from_utf8(pem.to_vec()).unwrap();
    match content {
        b"{der}" => certificate.to_der().unwrap(),
        b"{utf16}" => [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        b"{base64}" => text.lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes(),
        _ => String::from_utf8(content.to_vec()).unwrap().replace("{pem}", text.trim_end()).into_bytes(),
    }
}

#[test]
fn a_ca_file_is_read_in_the_forms_that_systems_write() {
    for content in [
        "{pem}",
        "{pem}\n",
        "{pem}{pem}",
        "\u{feff}{pem}",
        "# our proxy\n\nSubject: CN=x\n{pem}\n{pem}\n",
        "{der}",
        "{base64}",
        "{utf16}",
        "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n{pem}",
    ] {
        with_ca_file(content.as_bytes()).unwrap_or_else(|error| panic!("{content:?}: {error}"));
    }
}

#[test]
fn a_ca_file_that_cannot_be_read_says_what_of_it() {
    for (content, says) in [
        ("", "it is empty"),
        ("hello", "it holds no certificate"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "it holds no certificate"),
        ("{pem}\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n{pem}", "block 2 in it, at line "),
        (
            "-----BEGIN CERTIFICATE-----\n??\n-----END CERTIFICATE-----\n{pem}",
            "block 1 in it, at line 1, is not base64",
        ),
        ("{pem}\n-----BEGIN CERTIFICATE-----\nMIIB\n", "the block CERTIFICATE in it has no end"),
    ] {
        let error = with_ca_file(content.as_bytes()).unwrap_err();
        assert_eq!(error.status(), Status::CertificateUnreadable, "{error}");
        assert!(error.to_string().contains("reading the CA file ") && error.to_string().contains(says), "{error}");
    }
}
