//! The public keys of the tokens (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::tokens::{KEY_ID, Tokens};

/// The key set, as Entra's `jwks_uri` answers it.
#[must_use]
pub fn key_set(tokens: &Tokens, issuer: &str) -> Value {
    let (modulus, exponent) = tokens.public_key();
    json!({"keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "x5t": KEY_ID,
        "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent), "issuer": issuer,
    }]})
}
