//! Certificates as other programs write and read them.

#![allow(clippy::expect_used, clippy::print_stderr, reason = "a test may fail, and says why it skips something")]

use std::path::{Path, PathBuf};
use std::process::Command;

use exrun::certificate::{
    Certificate, CertificateWithKey, CreateRequest, Created, create, inspect, inspect_file, read, read_file,
};
use exrun::secret::Secret;
use exrun::signature::Algorithm;
use exrun::{Error, Result, Status};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

#[path = "../support/programs.rs"]
mod programs;

const PASSWORD: &str = "correct horse";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/certificate").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).expect("the file is part of the repository")
}

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

fn open(name: &str, password: Option<&str>) -> Result<CertificateWithKey> {
    read_file(&path(name), password.map(secret).as_ref())
}

fn refusal(name: &str, password: Option<&str>) -> Error {
    open(name, password).expect_err("the file is to be refused")
}

fn leaf() -> Certificate {
    Certificate::from_der(&bytes("leaf.cer")).expect("a certificate")
}

/// The certificate and key open, are those of `leaf.cer`, and the key signs.
fn opens(name: &str, password: Option<&str>) -> CertificateWithKey {
    let opened = open(name, password).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(opened.certificate(), &leaf(), "{name}");
    let signature = opened.sign(Algorithm::Rs256, &[7; 32]).expect("a signature");
    assert!(opened.verify(Algorithm::Rs256, &[7; 32], &signature).expect("an answer"));
    opened
}

fn now() -> Timestamp {
    "2026-11-24T10:11:12.9Z".parse().expect("a time")
}

mod reading;

mod refusing;

mod inspecting;

mod signing;

mod creating;

mod corpus;

/// A folder of PFX files from elsewhere: `EXRUN_TEST_PFX=folder[=passwords]`. PyPI `cryptography-vectors` has
/// two: `pkcs12` (`cryptography,password,changeit`) and `x509/PKITS_data/pkcs12` (`password`).
#[test]
fn a_folder_of_foreign_files_opens() {
    let Ok(setting) = std::env::var("EXRUN_TEST_PFX") else {
        eprintln!("skipped: EXRUN_TEST_PFX names no folder");
        return;
    };
    let (folder, passwords) = setting.split_once('=').unwrap_or((&setting, ""));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let file = entry.expect("an entry").path();
        if !file.extension().is_some_and(|extension| extension == "p12" || extension == "pfx") {
            continue;
        }
        seen += 1;
        let mut read = read_file(&file, None);
        for password in passwords.split(',') {
            if read.as_ref().is_err_and(|error| error.status() == Status::CertificatePassword) {
                read = read_file(&file, Some(&secret(password)));
            }
        }
        match read {
            Ok(pair) => eprintln!("{}: {}", file.display(), pair.certificate().subject()),
            Err(error) => {
                eprintln!("{error:?}");
                let expected = [Status::CertificateNoKey, Status::KeyUnsupported];
                let text = error.to_string();
                assert!(
                    expected.contains(&error.status())
                        || text.contains("and no certificate")
                        || text.contains("holds neither"),
                    "{error:?}"
                );
            }
        }
    }
    assert!(seen > 0, "no PFX in {folder}");
}

proptest! {
    #[test]
    fn garbage_is_refused(content in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read(&content, None, "garbage").is_err());
        prop_assert!(inspect(&content, Some(&secret(PASSWORD)), "garbage").is_err());
    }

    #[test]
    fn der_like_garbage_is_refused(content in proptest::collection::vec(
        prop_oneof![Just(0x30), Just(0x80), Just(0x24), Just(0x02), Just(0x03), Just(0xa0), Just(0), any::<u8>()], 0..500)
    ) {
        let content = [&[0x30, 0x80, 0x02, 0x01, 0x03], &content[..]].concat();
        prop_assert!(read(&content, None, "garbage").is_err());
    }

    #[test]
    fn a_file_cut_short_is_refused(
        name in prop_oneof![
            Just("aes.pfx"), Just("null.pfx"), Just("indefinite.pfx"), Just("encrypted-traditional.pem"),
        ],
        part in 0.0..1.0,
    ) {
        let whole = bytes(name);
        // Without the last line's end a PEM file is still whole.
        let whole = whole.trim_ascii_end();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a short length")]
        let length = (whole.len() as f64 * part) as usize;
        prop_assert!(read(&whole[..length], Some(&secret(PASSWORD)), name).is_err());
        prop_assert!(read(&whole[..length], None, name).is_err());
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_without_a_panic(
        name in prop_oneof![Just("null.pfx"), Just("no-mac.pfx"), Just("plain.pem"), Just("leaf.cer")],
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut content = bytes(name);
        let at = at.index(content.len());
        content[at] = to;
        let _ = read(&content, None, name);
        let _ = inspect(&content, Some(&secret(PASSWORD)), name);
    }
}

/// What a program prints, or `None`, said loudly, where it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Ok(output) => output,
        Err(error) => {
            assert!(!programs::are_required(), "{program} cannot be run: {error}");
            eprintln!("LEFT OUT: {program} cannot be run, so it was not asked: {error}");
            return None;
        }
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    Some(text)
}

fn openssl(arguments: &[&str]) -> Option<String> {
    run("openssl", arguments)
}
