//! The client assertion: a JWT by which an app proves that it holds a certificate's key (RFC 7523, 2.2).
//!
//! Shape: Microsoft Entra "Microsoft identity platform application authentication certificate credentials".

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Serialize;

use super::certificate_proof::CertificateProof;
use super::signer::Signer;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::signature::Algorithm;

/// Our clock may be ahead of the service's by so much.
const NOT_BEFORE_SKEW_SECONDS: i64 = 60;

/// Life of an assertion where the caller says nothing.
pub const DEFAULT_MINUTES: u32 = 10;

/// Longest life that may be asked for.
pub const MOST_MINUTES: u32 = 24 * 60;

/// A signed client assertion.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The compact JWS.
    pub assertion: Secret,
    /// How it is signed.
    pub algorithm: Algorithm,
    /// Its `exp`, in seconds since the epoch.
    pub expires_on: i64,
}

/// What an assertion says.
#[derive(Clone, Copy, Debug)]
pub struct AssertionClaims<'a> {
    /// The app: `iss` and `sub`.
    pub client_id: &'a str,
    /// The token endpoint: `aud`.
    pub audience: &'a str,
    /// Now, by the service's clock as far as it is known.
    pub now: Timestamp,
    /// Life in minutes.
    pub valid_for_minutes: u32,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

/// Builds and signs an assertion; each has a `jti` of its own.
///
/// # Errors
///
/// Those of the signer, and of a certificate that is not valid now.
pub async fn sign(proof: &CertificateProof, algorithm: Algorithm, claims: AssertionClaims<'_>) -> Result<Assertion> {
    let signer = &proof.signer;
    signer.certificate().check_validity(claims.now)?;
    let header = header(signer, algorithm, proof.send_x5c);
    let not_before = claims.now.as_second() - NOT_BEFORE_SKEW_SECONDS;
    let expires_on = not_before + i64::from(claims.valid_for_minutes) * 60;
    let body = Claims {
        aud: claims.audience,
        iss: claims.client_id,
        sub: claims.client_id,
        jti: uuid::Uuid::new_v4().to_string(),
        nbf: not_before,
        iat: not_before,
        exp: expires_on,
    };
    let mut token = format!("{}.{}", encode(&header)?, encode(&body)?);
    let signature = signer.sign(algorithm, openssl::sha::sha256(token.as_bytes())).await?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(Assertion { assertion: Secret::new(token.into_bytes()), algorithm, expires_on })
}

/// PS256 names the certificate by SHA-256, as documented now; RS256 by SHA-1, the older form, which AD FS
/// and some tenants still need.
fn header(signer: &Signer, algorithm: Algorithm, send_x5c: bool) -> jsonwebtoken::Header {
    let certificate = signer.certificate();
    let mut header = jsonwebtoken::Header::new(match algorithm {
        Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
    });
    match algorithm {
        Algorithm::Ps256 => header.x5t_s256 = Some(certificate.x5t_s256()),
        Algorithm::Rs256 => header.x5t = Some(certificate.x5t()),
    }
    if send_x5c {
        // RFC 7515, 4.1.6: an array of base64 (not base64url) of DER, the certificate first.
        let all = std::iter::once(certificate).chain(signer.chain());
        header.x5c = Some(all.map(|certificate| STANDARD.encode(certificate.der())).collect());
    }
    header
}

fn encode(part: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(part).map_err(|cause| Error::internal(format!("encoding a JWT part: {cause}")))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}
