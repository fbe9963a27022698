//! Which servers are trusted where the system keeps its CA certificates in files. Where they are is read once in
//! a process: each case is this test binary once more, with variables of its own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "in a test an unwrap is an assertion; a child answers")]

mod support;

use std::path::Path;
use std::process::Command;

use exrun::client::{Client, ClientOptions, Credential, TokenReply, TokenRequest};
use exrun_emulator::Config;
use openssl::x509::X509;
use support::{APP, TENANT, acquire, start};

const SERVER: &str = "EXRUN_TEST_SERVER";
const PFX: &str = "EXRUN_TEST_PFX";
const CA_FILE: &str = "EXRUN_TEST_CA_FILE";
const MARK: &str = "child says: ";

const TRUSTED: &str = "token";
const REFUSED: &str = "Tls";

/// Not a test by itself: signs in with what the variables say, and says how that went.
#[test]
fn child() {
    let (Ok(server), Ok(pfx)) = (std::env::var(SERVER), std::env::var(PFX)) else { return };
    let client = Client::new(ClientOptions {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(APP.to_owned()),
        credential: Some(Credential::CertificateFile { path: pfx.into(), password: None }),
        connect_to: Some(server.parse().unwrap()),
        ca_file: std::env::var_os(CA_FILE).map(Into::into),
        max_tries: 1,
        ..ClientOptions::default()
    });
    match acquire(&client.unwrap(), TokenRequest::default()).0 {
        Ok(TokenReply::Token { .. }) => println!("{MARK}{TRUSTED}"),
        Ok(TokenReply::Refused(_, error)) => println!("{MARK}{error}"),
        Err(error) => println!("{MARK}{:?}", error.status()),
    }
}

/// What a process says that finds the emulator's CA certificate where `place` puts it.
fn said(place: impl FnOnce(&mut Command, &Path, &Path)) -> String {
    let (emulator, certificate, _) = start(Config::default());
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture"]);
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "EXRUN_CA_FILE", "EXRUN_CONNECT_TO"] {
        command.env_remove(name);
    }
    command.env(SERVER, emulator.addr().to_string()).env(PFX, &certificate.pfx);
    place(&mut command, emulator.ca_file(), folder.path());
    let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let said = output.lines().find_map(|line| line.split_once(MARK)).map(|(_, said)| said.to_owned());
    said.unwrap_or_else(|| panic!("the child said nothing: {output}"))
}

/// Puts a certificate where OpenSSL looks for its subject's hash.
fn hash_into(folder: &Path, ca_file: &Path) {
    let pem = std::fs::read(ca_file).unwrap();
    let name = format!("{:08x}.0", X509::from_pem(&pem).unwrap().subject_name_hash());
    std::fs::write(folder.join(name), pem).unwrap();
}

#[test]
fn a_server_of_a_ca_in_a_hashed_directory_is_trusted() {
    let said = said(|command, ca_file, folder| {
        hash_into(folder, ca_file);
        command.env("SSL_CERT_DIR", folder);
    });
    assert_eq!(said, TRUSTED);
}

#[test]
fn a_server_of_a_ca_in_the_certificate_file_is_trusted() {
    let said = said(|command, ca_file, folder| {
        command.env("SSL_CERT_FILE", ca_file).env("SSL_CERT_DIR", folder);
    });
    assert_eq!(said, TRUSTED);
}

#[test]
fn a_server_of_a_ca_that_only_the_options_name_is_trusted() {
    let said = said(|command, ca_file, _| {
        command.env(CA_FILE, ca_file);
    });
    assert_eq!(said, TRUSTED);
}

#[test]
fn the_options_add_to_what_the_system_trusts() {
    let said = said(|command, ca_file, folder| {
        let other = start(Config::default()).0;
        let named = folder.join("other.pem");
        std::fs::copy(other.ca_file(), &named).unwrap();
        command.env("SSL_CERT_FILE", ca_file).env(CA_FILE, named);
    });
    assert_eq!(said, TRUSTED);
}

#[test]
fn a_server_of_an_unknown_ca_is_refused() {
    assert_eq!(said(|_, _, _| ()), REFUSED);
    let said = said(|command, _, folder| {
        let other = start(Config::default()).0;
        hash_into(folder, other.ca_file());
        command.env("SSL_CERT_FILE", other.ca_file()).env("SSL_CERT_DIR", folder);
    });
    assert_eq!(said, REFUSED);
}
