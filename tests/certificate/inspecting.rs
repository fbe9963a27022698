//! What `certificate_read` tells.

use super::*;

fn look(name: &str, password: Option<&str>) -> serde_json::Value {
    inspect_file(&path(name), password.map(secret).as_ref()).unwrap_or_else(|error| panic!("{error}")).to_json()
}

#[test]
fn every_member_of_the_contract_is_there() {
    let leaf = leaf();
    let mut json = look("aes.pfx", Some(PASSWORD));
    let key_id = json["keyCredential"]["keyId"].take();
    assert_eq!(key_id.as_str().expect("a GUID").len(), 36);
    let expected = serde_json::json!({
        "thumbprint": leaf.thumbprint(),
        "thumbprintSha256": leaf.thumbprint_sha256(),
        "subject": "CN=app, O=\"Contoso, Ltd\", C=CH",
        "issuer": "CN=Contoso Root, O=\"Contoso, Ltd\", C=CH",
        "notBefore": "2026-01-02T03:04:05Z",
        "notAfter": "2056-01-02T03:04:05Z",
        "keyType": "RSA",
        "keyBits": 2048,
        "hasPrivateKey": true,
        "passwordNeeded": true,
        "keyCredential": json["keyCredential"].clone(),
    });
    assert_eq!(json.to_string(), expected.to_string(), "the members in this order");
}

#[test]
fn whether_a_password_is_needed_shows_without_one() {
    for (name, needed) in [
        ("aes.pfx", true),
        ("no-mac.pfx", true),
        ("encrypted-pkcs8.pem", true),
        ("encrypted-traditional.pem", true),
        ("null.pfx", false),
        ("empty.pfx", false),
        ("plain.pem", false),
        ("leaf.cer", false),
    ] {
        let json = look(name, None);
        assert_eq!(json["passwordNeeded"], needed, "{name}");
        let seen = !json["thumbprint"].is_null();
        assert_eq!(seen, !name.ends_with(".pfx") || !needed, "{name}");
    }
    assert_eq!(look("encrypted-pkcs8.pem", None)["hasPrivateKey"], true);
    assert_eq!(look("plain.pem", Some(PASSWORD))["passwordNeeded"], false);
}

#[test]
fn a_certificate_without_its_key_or_with_an_unusable_one_is_described() {
    for (name, password, has_key, kind, bits) in [
        ("leaf.cer", None, false, "RSA", 2048),
        ("leaf.cer.pem", None, false, "RSA", 2048),
        ("no-key.pfx", Some(PASSWORD), false, "RSA", 2048),
        ("mismatch.pem", None, false, "RSA", 2048),
        ("ec.pem", None, true, "EC", 256),
        ("weak.pfx", Some(PASSWORD), true, "RSA", 1024),
    ] {
        let json = look(name, password);
        assert_eq!(json["hasPrivateKey"], has_key, "{name}");
        assert_eq!((&json["keyType"], &json["keyBits"]), (&kind.into(), &bits.into()), "{name}");
    }
    // The root is in it too.
    assert_eq!(look("no-key.pfx", Some(PASSWORD))["thumbprint"], leaf().thumbprint());
}

#[test]
fn a_wrong_password_is_an_error() {
    let error = inspect(&bytes("aes.pfx"), Some(&secret("wrong")), "app.pfx").expect_err("wrong");
    assert_eq!(error.status(), Status::CertificatePassword);
}
