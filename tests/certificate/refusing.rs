//! Each certificate that cannot serve has its own clear error.

use super::*;

#[test]
fn a_wrong_password() {
    for name in [
        "aes.pfx",
        "rc2.pfx",
        "no-mac.pfx",
        "pbmac1.pfx",
        "encrypted-pkcs8.pem",
        "encrypted-scrypt.pem",
        "encrypted-traditional.pem",
    ] {
        for wrong in ["battery staple", "größer"] {
            let error = refusal(name, Some(wrong));
            assert_eq!(error.status(), Status::CertificatePassword, "{name}: {error}");
            assert!(error.to_string().contains("wrong"), "{error}");
            assert!(!error.to_string().contains(wrong), "{error}");
        }
    }
}

#[test]
fn a_password_where_the_file_has_none() {
    let error = refusal("null.pfx", Some(PASSWORD));
    assert_eq!(error.status(), Status::CertificatePassword);
    assert!(error.to_string().ends_with("the password is wrong; the file has no password: give none"), "{error}");
}

#[test]
fn no_password_where_one_is_needed() {
    for name in [
        "aes.pfx",
        "rc2.pfx",
        "no-mac.pfx",
        "pbmac1.pfx",
        "encrypted-pkcs8.pem",
        "encrypted-scrypt.pem",
        "encrypted-traditional.pem",
    ] {
        let error = refusal(name, None);
        assert_eq!(error.status(), Status::CertificatePassword, "{name}: {error}");
        assert!(error.to_string().contains("protected by a password, and none was given"), "{error}");
    }
}

#[test]
fn an_empty_password_where_one_is_needed() {
    for name in ["aes.pfx", "no-mac.pfx", "encrypted-pkcs8.pem", "encrypted-traditional.pem"] {
        assert_eq!(refusal(name, Some("")).status(), Status::CertificatePassword, "{name}");
    }
}

#[test]
fn a_password_with_a_nul() {
    assert_eq!(refusal("aes.pfx", Some("correct\0horse")).status(), Status::CertificatePassword);
}

#[test]
fn a_certificate_without_its_key() {
    for (name, password) in [("leaf.cer", None), ("leaf.cer.pem", None), ("no-key.pfx", Some(PASSWORD))] {
        let error = refusal(name, password);
        assert_eq!(error.status(), Status::CertificateNoKey, "{name}: {error}");
        assert!(error.to_string().contains("a .pfx file"), "{error}");
    }
}

#[test]
fn a_key_of_another_certificate() {
    for (name, password) in [("mismatch.pem", None), ("mismatch.pfx", Some(PASSWORD))] {
        let error = refusal(name, password);
        assert_eq!(error.status(), Status::CertificateNoKey, "{name}: {error}");
        assert!(error.to_string().contains("belongs to none of its certificates"), "{error}");
    }
}

#[test]
fn a_key_without_a_certificate() {
    let error = refusal("key-only.pem", None);
    assert_eq!(error.status(), Status::CertificateUnreadable);
    assert!(error.to_string().contains("a private key and no certificate"), "{error}");
}

#[test]
fn keys_that_cannot_sign_assertions() {
    for (name, password, names) in [
        ("ec.pem", None, "EC"),
        ("ec.pfx", Some(PASSWORD), "EC"),
        ("ed25519.pem", None, "Ed25519"),
        ("weak.pem", None, "1024 bits"),
        ("weak.pfx", Some(PASSWORD), "1024 bits"),
    ] {
        let error = refusal(name, password);
        assert_eq!(error.status(), Status::KeyUnsupported, "{name}: {error}");
        assert!(error.to_string().contains(names), "{error}");
    }
}

#[test]
fn too_many_rounds() {
    for password in [None, Some(PASSWORD)] {
        let error = refusal("expensive.pfx", password);
        assert_eq!(error.status(), Status::KdfTooExpensive);
        assert!(error.to_string().contains("key derivation rounds, and at most 10000000"), "{error}");
    }
}

#[test]
fn what_is_no_certificate() {
    for (content, says) in [
        (&b""[..], "it is empty"),
        (b"hello", "neither a PFX, nor PEM, nor a DER certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a certificate in it is damaged"),
        (b"-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----", "is not base64"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "has no end"),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "no certificate, only PUBLIC KEY"),
    ] {
        let error = read(content, None, "app.pfx").expect_err("no certificate");
        assert_eq!(error.status(), Status::CertificateUnreadable, "{error}");
        assert!(error.to_string().starts_with("reading the certificate app.pfx: "), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

/// OpenSSL's own PEM reader would ask for a password on the terminal here, and wait.
#[test]
fn blocks_that_are_encrypted_under_another_name() {
    let text = String::from_utf8(bytes("encrypted-pkcs8.pem")).expect("text").replace("ENCRYPTED PRIVATE", "PRIVATE");
    let error = read(text.as_bytes(), None, "text").expect_err("no plain key");
    assert_eq!(error.status(), Status::CertificateUnreadable, "{error}");

    let headers = "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
    let text = String::from_utf8(bytes("plain.pem")).expect("text").replace("-----BEGIN CERTIFICATE-----\n", headers);
    // The body is not encrypted after all, so it reads.
    assert!(read(text.as_bytes(), None, "text").is_ok());
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("none.pfx");
    let error = read_file(&missing, None).expect_err("no file");
    assert_eq!(error.status(), Status::File);
    let expected = format!("reading the certificate file {}: no such file or folder", missing.display());
    assert_eq!(error.to_string(), expected);

    assert_eq!(read_file(folder.path(), None).expect_err("a folder").status(), Status::File);

    let large = folder.path().join("large.pfx");
    std::fs::File::create(&large).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    let error = read_file(&large, None).expect_err("too large");
    assert_eq!(error.status(), Status::File);
    assert!(error.to_string().contains("larger than 4194304 bytes"), "{error}");
}

#[test]
fn a_certificate_out_of_its_time() {
    let leaf = leaf();
    assert!(leaf.check_validity(leaf.not_before()).is_ok());
    assert!(leaf.check_validity(leaf.not_after()).is_ok());
    let second = SignedDuration::from_secs(1);

    let error = leaf.check_validity(leaf.not_after() + second).expect_err("expired");
    assert_eq!(error.status(), Status::CertificateExpired);
    assert!(error.to_string().contains("expired at 2056-01-02T03:04:05Z"), "{error}");
    assert!(error.to_string().contains(&leaf.thumbprint()), "{error}");

    let error = leaf.check_validity(leaf.not_before() - second).expect_err("not yet valid");
    assert_eq!(error.status(), Status::CertificateNotYetValid);
    assert!(error.to_string().contains("not valid before 2026-01-02T03:04:05Z"), "{error}");
}
