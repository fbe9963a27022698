//! A service that means harm: each connection is handed to an attack, over TLS that the client trusts.

use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::{AlpnError, SslAcceptor, SslMethod, SslStream, select_next_proto};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};

/// A connection after its handshake.
pub(crate) type Connection = SslStream<TcpStream>;

/// What the service does with a connection; where the client hangs up, it ends.
pub(crate) type Attack = fn(&mut Connection) -> io::Result<()>;

/// What the client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// The certificate of every host that is asked, which is its own CA.
pub(crate) struct Identity {
    pub(crate) certificate: X509,
    key: PKey<Private>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "hostile service").unwrap();
        let name = name.build();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        certificate.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        certificate.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
        certificate.append_extension(BasicConstraints::new().ca().build().unwrap()).unwrap();
        let mut hosts = SubjectAlternativeName::new();
        hosts.dns("graph.microsoft.com").dns("login.microsoftonline.com").dns("*.vault.azure.net");
        let hosts = hosts.build(&certificate.x509v3_context(None, None)).unwrap();
        certificate.append_extension(hosts).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        Self { certificate: certificate.build(), key }
    }
}

/// Starts a service. It is a proxy as well: to a client that begins with CONNECT it is every host there is.
pub(crate) fn start(identity: &Identity, protocol: Protocol, attack: Attack) -> SocketAddr {
    let mut tls = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    tls.set_private_key(&identity.key).unwrap();
    tls.set_certificate(&identity.certificate).unwrap();
    tls.set_alpn_select_callback(move |_, offered| {
        let ours: &[u8] = if protocol == Protocol::Http2 { b"\x02h2" } else { b"\x08http/1.1" };
        select_next_proto(ours, offered).ok_or(AlpnError::NOACK)
    });
    let tls = Arc::new(tls.build());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (tls, Ok(stream)) = (Arc::clone(&tls), stream) else { return };
            thread::spawn(move || {
                let Some(mut stream) = connected(stream).and_then(|stream| tls.accept(stream).ok()) else { return };
                // The client hangs up in the end, whatever the attack.
                let _ = attack(&mut stream);
                let _ = stream.shutdown();
                // Were it dropped with something unread, the system would reset the connection.
                let _ = stream.get_ref().shutdown(std::net::Shutdown::Write);
                let _ = io::copy(stream.get_mut(), &mut io::sink());
            });
        }
    });
    address
}

/// The connection once its CONNECT is answered, where it begins with one. TLS begins with 0x16.
fn connected(mut stream: TcpStream) -> Option<TcpStream> {
    let mut first = [0];
    stream.peek(&mut first).ok()?;
    if first == *b"C" {
        let mut reader = BufReader::with_capacity(1, &stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    }
    Some(stream)
}

/// Reads a request of HTTP/1.1 to the end of its head, and what came of its body with it.
pub(crate) fn read_request(stream: &mut Connection) -> io::Result<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => request.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(())
}
