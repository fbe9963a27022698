//! A CA of its own, and a certificate for every host that the emulator answers for.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData,
    SignatureAlgorithm, SigningKey,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Every host of the services, in all clouds.
const HOSTS: [&str; 14] = [
    "localhost",
    "127.0.0.1",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "*.vault.azure.net",
    "*.vault.usgovcloudapi.net",
    "*.vault.azure.cn",
];

/// The CA's certificate (PEM) and what a server needs.
///
/// # Errors
///
/// Where a key or certificate cannot be made.
pub fn make() -> Result<(String, Arc<ServerConfig>), Box<dyn std::error::Error + Send + Sync>> {
    let ca_key = WholeSignatures(KeyPair::generate()?);
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "ExRun emulator CA (tests only)");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_certificate = ca.self_signed(&ca_key)?;
    let issuer = Issuer::new(ca, ca_key);

    let key = KeyPair::generate()?;
    let mut leaf = CertificateParams::new(HOSTS.map(str::to_owned))?;
    leaf.distinguished_name.push(DnType::CommonName, "ExRun emulator");
    leaf.use_authority_key_identifier_extension = true;
    let certificate = leaf.signed_by(&key, &issuer)?;

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((ca_certificate.pem(), Arc::new(config)))
}

/// A P-256 key whose signatures have no number that begins with a zero byte. One of 128 has, and is as right as any; but Wine 8,
/// under which the library for Windows is tried, puts both numbers together without what is missing, and refuses it.
struct WholeSignatures(KeyPair);

impl PublicKeyData for WholeSignatures {
    fn der_bytes(&self) -> &[u8] {
        self.0.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        PublicKeyData::algorithm(&self.0)
    }
}

impl SigningKey for WholeSignatures {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        // Each is made with a number drawn anew: that twenty in a row are short happens to nobody.
        let mut signature = self.0.sign(message)?;
        for _ in 0..20 {
            if is_whole(&signature) {
                break;
            }
            signature = self.0.sign(message)?;
        }
        Ok(signature)
    }
}

/// Whether both numbers of a P-256 signature in DER have 32 bytes.
fn is_whole(signature: &[u8]) -> bool {
    // A sequence of two integers: the tag and the length of the sequence, then the tag, the length and the bytes of each.
    let is_32 = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).len() == 32;
    let Some(length) = signature.get(3).map(|length| usize::from(*length)) else { return false };
    let first = signature.get(4..4 + length);
    let second = signature.get(4 + length + 2..);
    first.is_some_and(is_32) && second.is_some_and(is_32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_signature_is_short() {
        let key = WholeSignatures(KeyPair::generate().unwrap());
        // As they come, some eight of a thousand would be.
        for message in 0..1000_u32 {
            let signature = key.sign(&message.to_be_bytes()).unwrap();
            assert!(is_whole(&signature), "{signature:02x?}");
        }
        let short =
            (0..10_000_u32).map(|message| key.0.sign(&message.to_be_bytes()).unwrap()).find(|one| !is_whole(one));
        assert!(short.is_some_and(|one| one.len() < 72), "no short one was seen: is_whole takes all");
    }
}
