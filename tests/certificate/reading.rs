//! Reading certificates that other programs wrote.

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
        let Some(theirs) = openssl(&["x509", "-in", file, "-inform", "DER", "-noout", "-fingerprint", digest]) else {
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

#[test]
fn pem_opens_with_the_line_ends_of_a_json_variable() {
    let text = String::from_utf8(bytes("plain.pem")).expect("text");
    for form in [text.replace('\n', "\\n"), text.replace('\n', "\\r\\n"), text.replace('\n', "\\\\n")] {
        assert_eq!(read(form.as_bytes(), None, "text").expect("a pair").certificate(), &leaf());
    }
}

#[test]
fn a_pfx_between_begin_and_end_opens_whatever_it_is_called() {
    let content = String::from_utf8(bytes("null.pfx.base64")).expect("text");
    for label in ["PKCS12", "PFX", "CERTIFICATE"] {
        let text = format!("-----BEGIN {label}-----\n{content}-----END {label}-----\n");
        assert_eq!(read(text.as_bytes(), None, "text").expect("a PFX").certificate(), &leaf(), "{label}");
    }
}
