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

mod reading {
    use super::*;

    #[test]
    fn pfx_of_every_maker_opens_with_its_password() {
        for name in ["aes", "rc2", "no-mac", "python", "indefinite", "pbmac1"] {
            opens(&format!("{name}.pfx"), Some(PASSWORD));
        }
    }

    #[test]
    fn no_password_opens_both_forms_of_it() {
        for name in ["null.pfx", "empty.pfx", "python-unencrypted.pfx", "null.pfx.base64"] {
            opens(name, None);
            opens(name, Some(""));
        }
    }

    #[test]
    fn passwords_beyond_ascii_open() {
        opens("unicode.pfx", Some("Grüße €😀"));
        opens("widened.pfx", Some("Grüße"));
        // The same password from a host that encodes it in Latin-1.
        let latin1 = Secret::new("Grüße €😀".chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect());
        let error = read_file(&path("unicode.pfx"), Some(&latin1)).expect_err("another password");
        assert_eq!(error.status(), Status::CertificatePassword);
    }

    #[test]
    fn pem_opens_in_any_order() {
        for name in ["plain.pem", "key-first.pem", "traditional.pem"] {
            opens(name, None);
            // A password that nothing needs is no fault: scripts give it always.
            opens(name, Some(PASSWORD));
        }
        for name in ["encrypted-pkcs8.pem", "encrypted-scrypt.pem", "encrypted-traditional.pem"] {
            opens(name, Some(PASSWORD));
        }
    }

    #[test]
    fn pem_opens_whatever_was_done_to_its_text() {
        let text = String::from_utf8(bytes("encrypted-traditional.pem")).expect("text");
        let forms = [
            text.replace('\n', "\r\n").into_bytes(),
            text.lines().flat_map(|line| format!("    {line}  \n").into_bytes()).collect(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
            [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        ];
        for form in forms {
            let opened = read(&form, Some(&secret(PASSWORD)), "text").unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(opened.certificate(), &leaf());
        }
    }

    #[test]
    fn base64_opens_with_and_without_line_ends() {
        let text = String::from_utf8(bytes("null.pfx.base64")).expect("text");
        let one_line: String = text.split_whitespace().collect();
        for form in [format!("\u{feff}{text}"), one_line] {
            assert_eq!(read(form.as_bytes(), None, "text").expect("a PFX").certificate(), &leaf());
        }
    }

    #[test]
    fn the_chain_follows_the_certificate_of_the_key() {
        for name in ["aes.pfx", "key-first.pem"] {
            let opened = opens(name, Some(PASSWORD));
            let chain: Vec<&str> = opened.chain().iter().map(Certificate::subject).collect();
            assert_eq!(chain, [leaf().issuer()], "{name}");
        }
    }

    #[test]
    fn of_two_certificates_for_one_key_the_one_valid_longest_is_taken() {
        let opened = open("renewed.pem", None).expect("a pair");
        assert_eq!(opened.certificate().subject(), "CN=app renewed, O=\"Contoso, Ltd\", C=CH");
    }

    #[test]
    fn of_two_keys_the_first_is_taken_with_its_own_certificate() {
        let opened = open("java.pfx", Some(PASSWORD)).expect("a pair");
        assert_eq!(opened.certificate().subject(), "CN=first, O=Java");
        let signature = opened.sign(Algorithm::Ps256, &[1; 32]).expect("a signature");
        assert!(opened.verify(Algorithm::Ps256, &[1; 32], &signature).expect("an answer"));
    }

    #[test]
    fn what_a_certificate_says_is_what_openssl_says() {
        let leaf = leaf();
        assert_eq!(leaf.subject(), "CN=app, O=\"Contoso, Ltd\", C=CH");
        assert_eq!(leaf.issuer(), "CN=Contoso Root, O=\"Contoso, Ltd\", C=CH");
        assert_eq!(leaf.not_before().to_string(), "2026-01-02T03:04:05Z");
        assert_eq!(leaf.not_after().to_string(), "2056-01-02T03:04:05Z");
        assert_eq!((leaf.key_type(), leaf.key_bits()), ("RSA", 2048));
        let file = path("leaf.cer");
        let file = file.to_str().expect("text");
        for (digest, ours) in [("-sha1", leaf.thumbprint()), ("-sha256", leaf.thumbprint_sha256())] {
            let Some(theirs) = openssl(&["x509", "-in", file, "-inform", "DER", "-noout", "-fingerprint", digest])
            else {
                return;
            };
            assert_eq!(theirs.trim().split_once('=').expect("a fingerprint").1.replace(':', ""), ours);
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let text = format!("{:?}", opens("plain.pem", None));
        assert!(text.starts_with("CertificateWithKey { certificate: Certificate { subject:"), "{text}");
        assert!(text.len() < 250, "{text}");
    }
}

mod refusing {
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
    fn too_many_rounds_before_they_are_run() {
        let began = std::time::Instant::now();
        for password in [None, Some(PASSWORD)] {
            let error = refusal("expensive.pfx", password);
            assert_eq!(error.status(), Status::KdfTooExpensive);
            assert!(error.to_string().contains("key derivation rounds, and at most 10000000"), "{error}");
        }
        assert!(began.elapsed().as_millis() < 1000, "the rounds were run");
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
        let text =
            String::from_utf8(bytes("encrypted-pkcs8.pem")).expect("text").replace("ENCRYPTED PRIVATE", "PRIVATE");
        let error = read(text.as_bytes(), None, "text").expect_err("no plain key");
        assert_eq!(error.status(), Status::CertificateUnreadable, "{error}");

        let headers = "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n";
        let text =
            String::from_utf8(bytes("plain.pem")).expect("text").replace("-----BEGIN CERTIFICATE-----\n", headers);
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
}

mod inspecting {
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
}

mod signing {
    use super::*;

    /// Signatures that `openssl pkeyutl` accepts only with the parameters of RFC 7518.
    #[test]
    fn openssl_verifies_both_algorithms() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
        let key = opens("aes.pfx", Some(PASSWORD));
        let digest: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap_or(0));
        std::fs::write(file("digest"), digest).expect("a file");
        for (algorithm, parameters) in [
            (Algorithm::Rs256, &["rsa_padding_mode:pkcs1", "digest:sha256"][..]),
            (
                Algorithm::Ps256,
                &["rsa_padding_mode:pss", "digest:sha256", "rsa_mgf1_md:sha256", "rsa_pss_saltlen:32"][..],
            ),
        ] {
            let signature = key.sign(algorithm, &digest).expect("a signature");
            assert_eq!(signature.len(), 256);
            std::fs::write(file("signature"), signature).expect("a file");
            let certificate = path("leaf.cer.pem");
            let (signature, input) = (file("signature"), file("digest"));
            let mut arguments = vec!["pkeyutl", "-verify", "-certin", "-inkey", certificate.to_str().expect("text")];
            arguments.extend(["-sigfile", &signature, "-in", &input]);
            arguments.extend(parameters.iter().flat_map(|parameter| ["-pkeyopt", parameter]));
            let Some(answer) = openssl(&arguments) else { return };
            assert!(answer.contains("Verified Successfully"), "{answer}");
        }
    }

    #[test]
    fn a_signature_is_of_one_digest_and_one_algorithm() {
        let key = opens("plain.pem", None);
        let signature = key.sign(Algorithm::Ps256, &[1; 32]).expect("a signature");
        assert!(key.verify(Algorithm::Ps256, &[1; 32], &signature).expect("an answer"));
        assert!(!key.verify(Algorithm::Ps256, &[2; 32], &signature).expect("an answer"));
        assert!(!key.verify(Algorithm::Rs256, &[1; 32], &signature).expect("an answer"));
        assert!(!key.verify(Algorithm::Ps256, &[1; 32], b"short").expect("an answer"));
        assert_ne!(signature, key.sign(Algorithm::Ps256, &[1; 32]).expect("a signature"), "the salt is random");
    }
}

mod creating {
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
            let request =
                CreateRequest { password: password.map(secret), ..folder.request("CN=app, O=\"Contoso, Ltd\"") };
            made(&request);
            let file = request.pfx_file.to_str().expect("text");
            let given = format!("pass:{}", password.unwrap_or(""));
            let Some(text) = openssl(&["pkcs12", "-in", file, "-passin", &given, "-nodes", "-info"]) else { return };
            assert!(text.contains("BEGIN CERTIFICATE") && text.contains("BEGIN PRIVATE KEY"), "{text}");
            assert!(text.contains("MAC: sha256, Iteration 10000"), "{text}");
            assert!(
                text.matches("PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256").count() == 2,
                "{text}"
            );
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
}

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
            eprintln!("SKIPPED: {program} cannot be run, so it was not asked: {error}");
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
