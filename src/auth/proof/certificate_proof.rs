//! A certificate as a proof.

use super::signer::Signer;
use crate::signature::Algorithm;

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
