//! Signatures that other programs verify.

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
        (Algorithm::Ps256, &["rsa_padding_mode:pss", "digest:sha256", "rsa_mgf1_md:sha256", "rsa_pss_saltlen:32"][..]),
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
