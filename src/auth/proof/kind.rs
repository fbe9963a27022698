//! How an app proves to the token endpoint that it is that app.

use std::path::PathBuf;

use super::assertion::{self, AssertionClaims};
use super::certificate_proof::CertificateProof;
use super::federated_token;
use crate::auth::form::Form;
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

impl Proof {
    /// Adds the proof to a form.
    ///
    /// # Errors
    ///
    /// Those of the signer, of the federated token's file, and `InvalidArgument` for a secret that is not text.
    pub(in crate::auth) async fn fill(
        &self,
        form: &mut Form,
        algorithm: Algorithm,
        claims: AssertionClaims<'_>,
    ) -> Result<()> {
        match self {
            Proof::Certificate(proof) => {
                let signed = assertion::sign(proof, algorithm, claims).await?;
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
    pub(in crate::auth) fn fingerprint(&self, digest: impl Fn(&Secret) -> Result<String>) -> Result<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::proof::digest::keyed_digest;

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
