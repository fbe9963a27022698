//! Checks a client assertion as strictly as Entra does.
//!
//! Source: Microsoft Entra "application authentication certificate credentials"; the numbers are those of
//! "Microsoft Entra authentication and authorization error codes".

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Clocks may differ by this many seconds.
const SKEW: i64 = 300;
/// Longest life of an assertion that is accepted.
const LONGEST_LIFE: i64 = 24 * 3600;

/// What the endpoint answers: OAuth error, number, text.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The OAuth error.
    pub error: &'static str,
    /// The AADSTS number.
    pub code: i64,
    /// What it says.
    pub text: String,
}

fn refuse<T>(status: u16, error: &'static str, code: i64, text: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { status, error, code, text: text.into() })
}

/// What is known when an assertion is checked.
#[derive(Debug)]
pub struct Expected<'a> {
    /// The URL that was posted to, and the other accepted forms of `aud`.
    pub audiences: &'a [String],
    /// The `client_id` of the form.
    pub client_id: &'a str,
    /// DER of the registered certificates.
    pub certificates: &'a [Vec<u8>],
    /// Now, in seconds since the epoch.
    pub now: i64,
    /// Refuses PS256 and x5t#S256, as some tenants do, with this number.
    pub refuse_ps256_with: Option<i64>,
}

/// Checks a compact assertion; `used` holds the `jti`s seen, with their `exp`.
pub fn check(assertion: &str, expected: &Expected<'_>, used: &mut HashMap<String, i64>) -> Result<(), Refused> {
    let malformed =
        |what: &str| refuse(401, "invalid_client", 50_027, format!("JWT token is invalid or malformed: {what}."));
    let mut parts = assertion.split('.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return malformed("not three parts");
    };
    let json =
        |part: &str| URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let (Some(header), Some(claims)) = (json(header), json(claims)) else {
        return malformed("a part is not base64url of JSON");
    };
    let algorithm = match header["alg"].as_str() {
        Some("PS256") => Algorithm::PS256,
        Some("RS256") => Algorithm::RS256,
        _ => return malformed("alg is neither PS256 nor RS256"),
    };
    if header["typ"] != "JWT" {
        return malformed("typ is not JWT");
    }
    if let Some(code) = expected.refuse_ps256_with.filter(|_| algorithm == Algorithm::PS256) {
        let error = if code == 5_002_730 { "invalid_request" } else { "invalid_client" };
        return refuse(
            if code == 5_002_730 { 400 } else { 401 },
            error,
            code,
            "the assertion's algorithm or thumbprint is not accepted.",
        );
    }
    let Some(certificate) = registered(&header, expected.certificates) else {
        return refuse(
            401,
            "invalid_client",
            700_027,
            format!(
                "The certificate with identifier used to sign the client assertion is not registered on application '{}'.",
                expected.client_id
            ),
        );
    };
    if let Some(chain) = header.get("x5c") {
        // MSAL for Python leaves the line breaks of PEM in, and Entra takes that.
        let first = chain.as_array().and_then(|chain| chain.first()).and_then(Value::as_str);
        let first = first.map(|der| der.replace(['\r', '\n'], ""));
        if first.and_then(|der| STANDARD.decode(der).ok()).as_deref() != Some(certificate) {
            return malformed("x5c is not an array of base64 DER that begins with the certificate");
        }
    }
    check_signature(assertion, signature, certificate, algorithm, expected.now)?;
    check_claims(&claims, expected, used)
}

/// The certificate that the header names: `x5t#S256` by SHA-256, `x5t` by SHA-1, base64url. MSAL for Python pads it,
/// and Entra takes that.
fn registered<'a>(header: &Value, certificates: &'a [Vec<u8>]) -> Option<&'a [u8]> {
    let (named, algorithm) = match (header["x5t#S256"].as_str(), header["x5t"].as_str()) {
        (Some(named), _) => (named, &ring::digest::SHA256),
        (None, Some(named)) => (named, &ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
        (None, None) => return None,
    };
    let named = URL_SAFE_NO_PAD.decode(named.trim_end_matches('=')).ok()?;
    certificates
        .iter()
        .find(|certificate| ring::digest::digest(algorithm, certificate).as_ref() == named)
        .map(Vec::as_slice)
}

fn check_signature(
    assertion: &str,
    signature: &str,
    certificate: &[u8],
    algorithm: Algorithm,
    now: i64,
) -> Result<(), Refused> {
    let unusable = || Refused {
        status: 401,
        error: "invalid_client",
        code: 700_027,
        text: "Client assertion failed signature validation.".to_owned(),
    };
    let (_, x509) = x509_parser::parse_x509_certificate(certificate).map_err(|_| unusable())?;
    let validity = x509.validity();
    if !(validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now) {
        return refuse(401, "invalid_client", 700_027, "The certificate used to sign the client assertion is expired.");
    }
    let x509_parser::public_key::PublicKey::RSA(key) = x509.public_key().parsed().map_err(|_| unusable())? else {
        return Err(unusable());
    };
    let modulus: Vec<u8> = key.modulus.iter().copied().skip_while(|byte| *byte == 0).collect();
    let key = DecodingKey::from_rsa_raw_components(&modulus, key.exponent);
    let signed = assertion.rsplit_once('.').map_or("", |(signed, _)| signed);
    match jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &key, algorithm) {
        Ok(true) => Ok(()),
        _ => Err(unusable()),
    }
}

fn check_claims(claims: &Value, expected: &Expected<'_>, used: &mut HashMap<String, i64>) -> Result<(), Refused> {
    let invalid =
        |what: &str| refuse(401, "invalid_client", 50_027, format!("JWT token is invalid or malformed: {what}."));
    if !claims["aud"].as_str().is_some_and(|aud| expected.audiences.iter().any(|accepted| accepted == aud)) {
        return refuse(401, "invalid_client", 700_023, "Client assertion audience claim does not match Realm issuer.");
    }
    if claims["iss"] != expected.client_id || claims["sub"] != expected.client_id {
        return refuse(
            401,
            "invalid_client",
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        );
    }
    // RFC 7519, 2: a NumericDate may have a fraction, as that of MSAL for Python has, which leaves nbf out. MSAL.NET
    // writes exp and nbf as text, and Entra takes that too.
    let (Some(exp), Some(iat)) = (seconds(&claims["exp"]), seconds(&claims["iat"]).or(Some(expected.now))) else {
        return invalid("exp must be a number");
    };
    let Some(nbf) = seconds(&claims["nbf"]).or_else(|| claims["nbf"].is_null().then_some(iat)) else {
        return invalid("nbf must be a number");
    };
    if seconds(&claims["iat"]).is_none() && !claims["iat"].is_null() {
        return invalid("iat must be a number");
    }
    if exp <= nbf || exp - nbf > LONGEST_LIFE {
        return invalid("its life is too long");
    }
    if nbf > expected.now + SKEW || exp < expected.now - SKEW {
        return refuse(401, "invalid_client", 700_024, "Client assertion is not within its valid time range.");
    }
    let Some(jti) = claims["jti"].as_str().filter(|jti| !jti.is_empty()) else {
        return invalid("jti is missing");
    };
    used.retain(|_, exp| *exp + SKEW >= expected.now);
    if used.insert(jti.to_owned(), exp).is_some() {
        return refuse(401, "invalid_client", 7_000_211, "the assertion's jti was used before.");
    }
    Ok(())
}

fn seconds(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "no time is that far away; what is would be refused as such")]
    value.as_f64().map(|seconds| seconds.floor() as i64).or_else(|| value.as_str()?.parse().ok())
}
