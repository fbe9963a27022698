//! Certificates that other programs open.

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn request(&self, subject: &str) -> CreateRequest {
        CreateRequest {
            password: Some(secret("päss wörd")),
            key_file: Some(self.path("key.json")),
            ..CreateRequest::new(subject, self.path("app.pfx"))
        }
    }

    /// The names of the files, to see that nothing else is left behind.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn made(request: &CreateRequest) -> Created {
    create(request, now()).unwrap_or_else(|error| panic!("{error}"))
}

fn status(request: &CreateRequest) -> Status {
    create(request, now()).expect_err("to be refused").status()
}

#[test]
fn what_is_created_can_be_read_and_used() {
    let folder = Folder::new();
    let request = folder.request("app");
    let created = made(&request);
    let read = read_file(&request.pfx_file, request.password.as_ref()).expect("our own PFX");
    assert_eq!(read.certificate(), &created.certificate);
    assert_eq!(created.certificate.subject(), "CN=app");
    assert_eq!(created.certificate.issuer(), "CN=app");
    assert_eq!(created.certificate.not_before().to_string(), "2026-11-24T10:01:12Z");
    assert_eq!(created.certificate.not_after().to_string(), "2027-11-24T10:11:12Z");
    assert!(read.certificate().check_validity(now()).is_ok());
    let signature = read.sign(Algorithm::Ps256, &[1; 32]).expect("a signature");
    assert!(read.verify(Algorithm::Ps256, &[1; 32], &signature).expect("an answer"));
    assert_eq!(folder.names(), ["app.pfx", "key.json"]);

    let json = created.to_json();
    let members: Vec<&String> = json.as_object().expect("an object").keys().collect();
    let expected =
        ["pfxFile", "keyFile", "thumbprint", "thumbprintSha256", "subject", "notBefore", "notAfter", "keyId"];
    assert_eq!(members, expected);
    assert_eq!(json["keyId"], created.key_credential.key_id);
    assert_eq!(json["pfxFile"], folder.path("app.pfx").to_str().expect("text"));
}

#[test]
fn the_key_file_is_what_the_manifest_takes() {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    let folder = Folder::new();
    let created = made(&folder.request("app"));
    let text = std::fs::read_to_string(folder.path("key.json")).expect("UTF-8");
    assert!(text.starts_with("[\n  {\n    \"customKeyIdentifier\": \"") && text.ends_with("\n  }\n]\n"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let credential = &json.as_array().expect("an array")[0];
    assert_eq!(json.as_array().map(Vec::len), Some(1));
    assert_eq!(credential["customKeyIdentifier"], BASE64_STANDARD.encode(created.certificate.sha1()));
    assert_eq!(credential["value"], BASE64_STANDARD.encode(created.certificate.der()));
    assert_eq!((&credential["type"], &credential["usage"]), (&"AsymmetricX509Cert".into(), &"Verify".into()));
    assert_eq!(credential["keyId"], created.key_credential.key_id);
    assert_eq!(credential.as_object().map(serde_json::Map::len), Some(5));
}

#[test]
fn openssl_opens_what_is_created() {
    let folder = Folder::new();
    for password in [Some("päss wörd"), None] {
        let request = CreateRequest { password: password.map(secret), ..folder.request("CN=app, O=\"Contoso, Ltd\"") };
        made(&request);
        let file = request.pfx_file.to_str().expect("text");
        let given = format!("pass:{}", password.unwrap_or(""));
        let Some(text) = openssl(&["pkcs12", "-in", file, "-passin", &given, "-nodes", "-info"]) else { return };
        assert!(text.contains("BEGIN CERTIFICATE") && text.contains("BEGIN PRIVATE KEY"), "{text}");
        assert!(text.contains("MAC: sha256, Iteration 10000"), "{text}");
        assert!(text.matches("PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256").count() == 2, "{text}");
        assert!(text.contains("friendlyName: app") && text.contains("localKeyID: "), "{text}");

        let pem = folder.path("app.pem");
        std::fs::write(&pem, text).expect("a file");
        let text = openssl(&["x509", "-in", pem.to_str().expect("text"), "-noout", "-text"]).expect("as before");
        for expected in [
            "Version: 3 (0x2)",
            "sha256WithRSAEncryption",
            "Issuer: O = \"Contoso, Ltd\", CN = app",
            "X509v3 Basic Constraints: critical\n                CA:FALSE",
            "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment",
            "X509v3 Extended Key Usage: \n                TLS Web Client Authentication",
            "X509v3 Subject Key Identifier",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }
}

#[test]
fn keytool_opens_what_is_created() {
    let folder = Folder::new();
    let request = CreateRequest { password: Some(secret(PASSWORD)), ..folder.request("app") };
    made(&request);
    let file = request.pfx_file.to_str().expect("text");
    let Some(text) = run("keytool", &["-list", "-keystore", file, "-storepass", PASSWORD]) else { return };
    assert!(text.contains("app") && text.contains("PrivateKeyEntry"), "{text}");
}

#[test]
fn every_size_of_key() {
    let folder = Folder::new();
    for key_bits in [2048, 3072, 4096] {
        let created = made(&CreateRequest { key_bits, ..folder.request("app") });
        assert_eq!((created.certificate.key_type(), created.certificate.key_bits()), ("RSA", key_bits));
    }
}

#[test]
fn names_of_every_kind() {
    let folder = Folder::new();
    for (given, shown) in [
        ("Mailbox report", "CN=Mailbox report"),
        ("C++ app, nightly", "CN=\"C++ app, nightly\""),
        ("Grüße 日本 😀", "CN=Grüße 日本 😀"),
        ("CN=app,O=Contoso", "CN=app, O=Contoso"),
        ("cn = app ; o = \"Contoso, \"\"Ltd\"\"\" ; st = Zürich", "CN=app, O=\"Contoso, \"\"Ltd\"\"\", S=Zürich"),
        (r"CN=CONTOSO\admin, O=Contoso\, Ltd", r#"CN=CONTOSO\admin, O="Contoso, Ltd""#),
        ("CN=app, DC=contoso, DC=com, E=kim@contoso.com", "CN=app, DC=contoso, DC=com, E=kim@contoso.com"),
        ("CN=\"a=b\"", "CN=\"a=b\""),
        ("OU=Reports, OID.2.5.4.97=NTRCH-1", "OU=Reports, organizationIdentifier=NTRCH-1"),
    ] {
        let created = made(&folder.request(given));
        assert_eq!(created.certificate.subject(), shown);
        assert_eq!(created.certificate.issuer(), shown);
    }
}

#[test]
fn names_that_cannot_be() {
    let folder = Folder::new();
    let long = "x".repeat(65);
    for (subject, says) in [
        ("", "the subject is empty"),
        ("  ", "the subject is empty"),
        ("CM=app", "unknown type \"CM\""),
        ("CN=", "no value for CN"),
        ("CN=app, Contoso", "no type before \"Contoso\""),
        ("CN=\"app", "a quote that is not closed"),
        ("CN=\"app\" x", "\"x\" after a closing quote"),
        ("CN=app, C=Switzerland", "string too long"),
        ("a\0b", "holds a NUL character"),
        (&long, "string too long"),
    ] {
        let error = create(&folder.request(subject), now()).expect_err("to be refused");
        assert_eq!(error.status(), Status::InvalidArgument, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert!(folder.names().is_empty());
}

#[test]
fn numbers_that_cannot_be() {
    let folder = Folder::new();
    for key_bits in [0, 1024, 2047, 8192] {
        assert_eq!(status(&CreateRequest { key_bits, ..folder.request("app") }), Status::InvalidArgument);
    }
    for valid_days in [0, 36_501, u32::MAX] {
        assert_eq!(status(&CreateRequest { valid_days, ..folder.request("app") }), Status::InvalidArgument);
    }
    let century = made(&CreateRequest { valid_days: 36_500, ..folder.request("app") });
    assert_eq!(century.certificate.not_after().to_string(), "2126-10-31T10:11:12Z");
}

#[test]
fn passwords_that_cannot_be() {
    let folder = Folder::new();
    for password in [&b"a\0b"[..], b"\xff\xfe"] {
        let request = CreateRequest { password: Some(Secret::new(password.to_vec())), ..folder.request("app") };
        assert_eq!(status(&request), Status::InvalidArgument);
    }
    assert!(folder.names().is_empty());
}

#[test]
fn files_are_replaced_only_where_they_may_be() {
    let folder = Folder::new();
    let request = folder.request("app");
    let first = made(&request);
    let second = made(&request);
    assert_ne!(first.certificate, second.certificate);
    let read = read_file(&request.pfx_file, request.password.as_ref()).expect("a PFX");
    assert_eq!(read.certificate(), &second.certificate);
    assert_eq!(folder.names(), ["app.pfx", "key.json"]);

    let keeping = CreateRequest { replace: false, ..request };
    assert_eq!(status(&keeping), Status::FileExists);
    // Either of the two is enough.
    std::fs::remove_file(&keeping.pfx_file).expect("gone");
    let error = create(&keeping, now()).expect_err("to be refused");
    assert_eq!(error.status(), Status::FileExists);
    assert!(error.to_string().contains("key.json"), "{error}");
    assert_eq!(folder.names(), ["key.json"]);
}

#[test]
fn without_the_key_file_there_is_no_pfx() {
    let folder = Folder::new();
    let missing = CreateRequest { key_file: Some(folder.path("none/key.json")), ..folder.request("app") };
    let error = create(&missing, now()).expect_err("no such folder");
    assert_eq!(error.status(), Status::File);
    assert!(error.to_string().contains("key.json: no such file or folder"), "{error}");
    assert!(folder.names().is_empty());

    // A folder in the key file's place shows only when the file is moved there, after the PFX was.
    std::fs::create_dir(folder.path("key.json")).expect("a folder");
    assert_eq!(status(&folder.request("app")), Status::File);
    assert_eq!(folder.names(), ["key.json"]);

    std::fs::write(folder.path("app.pfx"), "what was there").expect("a file");
    assert_eq!(status(&folder.request("app")), Status::File);
    assert_eq!(folder.names(), ["app.pfx", "key.json"]);
    assert_eq!(std::fs::read(folder.path("app.pfx")).expect("a file"), b"what was there");
}

#[test]
fn one_path_for_both_files_is_refused() {
    let folder = Folder::new();
    let request = CreateRequest { key_file: Some(folder.path("app.pfx")), ..folder.request("app") };
    assert_eq!(status(&request), Status::InvalidArgument);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_pfx() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let request = folder.request("app");
    std::fs::write(&request.pfx_file, "open to all").expect("a file");
    std::fs::set_permissions(&request.pfx_file, std::fs::Permissions::from_mode(0o666)).expect("a mode");
    made(&request);
    let mode = |path: &Path| path.metadata().expect("a file").permissions().mode() & 0o777;
    assert_eq!(mode(&request.pfx_file), 0o600);
    assert_eq!(mode(&folder.path("key.json")) & 0o400, 0o400);
}
