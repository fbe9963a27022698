//! How an app proves to the token endpoint that it is that app.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::app::App;
use super::assertion::{self, AssertionClaims, DEFAULT_MINUTES};
use super::federated_token;
use super::form::Form;
use super::signer::Signer;
use crate::error::{Error, Result, Status};
use crate::pasted;
use crate::secret::Secret;
use crate::signature::Algorithm;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How an app proves itself.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A certificate: each request carries an assertion that its key signed just now (RFC 7523, 2.2).
    Certificate(CertificateProof),
    /// A client secret (RFC 6749, 2.3.1).
    Secret(Secret),
    /// An assertion that the caller signed.
    Assertion(Secret),
    /// A file with an assertion that another identity provider signed; it is read for each request.
    FederatedTokenFile(PathBuf),
    /// A public client proves nothing: it is the person who signs in.
    Nothing,
}

/// A certificate and how to use it.
#[derive(Clone, Debug)]
pub struct CertificateProof {
    /// Signs.
    pub signer: Signer,
    /// Forces one algorithm.
    pub algorithm: Option<Algorithm>,
    /// Whether an assertion carries the certificate (subject name and issuer authentication).
    pub send_x5c: bool,
}

impl Proof {
    /// Adds the proof to a form.
    ///
    /// # Errors
    ///
    /// Those of the signer, of the federated token's file, and `InvalidArgument` for a secret that is not text.
    pub(super) async fn fill(
        &self,
        form: &mut Form,
        app: &App,
        algorithm: Algorithm,
        minutes: Option<u32>,
    ) -> Result<()> {
        match self {
            Proof::Certificate(proof) => {
                let url = app.token_url();
                let claims = AssertionClaims {
                    client_id: &app.client_id,
                    audience: url.as_str(),
                    now: app.service_now(),
                    valid_for_minutes: minutes.or(app.valid_for_minutes).unwrap_or(DEFAULT_MINUTES),
                    send_x5c: proof.send_x5c,
                };
                let signed = assertion::sign(&proof.signer, algorithm, claims).await?;
                add_assertion(form, &signed.assertion)
            }
            Proof::Secret(secret) => {
                form.add("client_secret", text(secret, "the client secret")?);
                Ok(())
            }
            Proof::Assertion(assertion) => add_assertion(form, assertion),
            Proof::FederatedTokenFile(path) => add_assertion(form, &federated_token::read(path).await?),
            Proof::Nothing => Ok(()),
        }
    }

    /// Tells proofs apart without holding a secret, by a `digest` of those that are: whoever has another one must
    /// show it to get a token.
    ///
    /// # Errors
    ///
    /// Those of `digest`.
    pub(super) fn fingerprint(&self, digest: impl Fn(&Secret) -> Result<String>) -> Result<String> {
        Ok(match self {
            Proof::Certificate(proof) => format!("certificate {}", proof.signer.certificate().thumbprint()),
            Proof::Secret(secret) => format!("secret {}", digest(secret)?),
            Proof::Assertion(assertion) => format!("assertion {}", digest(assertion)?),
            Proof::FederatedTokenFile(path) => format!("federated token {}", path.display()),
            Proof::Nothing => String::new(),
        })
    }
}

fn add_assertion(form: &mut Form, assertion: &Secret) -> Result<()> {
    form.add("client_assertion_type", ASSERTION_TYPE);
    form.add("client_assertion", pasted::token(text(assertion, "the client assertion")?).as_str());
    Ok(())
}

fn text<'a>(secret: &'a Secret, what: &str) -> Result<&'a str> {
    match secret.text() {
        Some(text) if !text.trim().is_empty() => Ok(text),
        Some(_) => Err(Error::new(Status::CredentialMissing, format!("{what} is empty"))),
        None => Err(Error::argument(format!("{what} is not text in UTF-8"))),
    }
}

/// A digest under a key that only this process has: of no use to who reads its memory later.
pub(crate) fn keyed_digest(secret: &Secret) -> String {
    static KEY: OnceLock<[u8; 32]> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        // Without randomness the digest still tells secrets apart.
        let _ = getrandom::fill(&mut key);
        key
    });
    let mut digest = openssl::sha::Sha256::new();
    digest.update(key);
    digest.update(secret.bytes());
    digest.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_tell_proofs_apart_and_hold_none() {
        let secret = |text: &str| Proof::Secret(Secret::new(text.as_bytes().to_vec()));
        let fingerprint = |proof: Proof| proof.fingerprint(|secret| Ok(keyed_digest(secret))).unwrap();
        let one = fingerprint(secret("hunter2"));
        assert_eq!(one, fingerprint(secret("hunter2")));
        assert_ne!(one, fingerprint(secret("hunter3")));
        assert_ne!(one, fingerprint(Proof::Assertion(Secret::new(b"hunter2".to_vec()))));
        assert!(!one.contains("hunter2"));
    }
}
