//! Continuous access evaluation: what a service says that the next token must have, and how it is asked for.
//!
//! Source: Microsoft Entra "Claims challenges, claims requests, and client capabilities".

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Map, Value, json};

/// Longer ones are no claims request.
const LONGEST: usize = 16 * 1024;

/// The claims that a refused request asks for, where the service says `insufficient_claims`.
#[must_use]
pub fn challenge(headers: &HeaderMap) -> Option<Map<String, Value>> {
    headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
        let text = value.to_str().ok()?;
        if parameter(text, "error")? != "insufficient_claims" {
            return None;
        }
        decode(parameter(text, "claims")?)
    })
}

/// The `claims` parameter of a token request: what the service asked for, and that its challenges are understood.
#[must_use]
pub fn parameter_of(challenge: Option<&Map<String, Value>>, declares_capability: bool) -> Option<String> {
    let mut claims = challenge.cloned().unwrap_or_default();
    if declares_capability {
        let token = claims.entry("access_token").or_insert_with(|| json!({}));
        if let Value::Object(token) = token {
            token.insert("xms_cc".into(), json!({"values": ["cp1"]}));
        }
    }
    (!claims.is_empty()).then(|| Value::Object(claims).to_string())
}

/// A parameter of a challenge (RFC 9110, 11.2): `name="value"` or `name=value`, apart from others by commas.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text;
    loop {
        let at = rest.find(name)?;
        let is_start = at == 0 || rest[..at].ends_with([' ', ',', '\t']);
        let behind = &rest[at + name.len()..];
        match behind.trim_start().strip_prefix('=') {
            Some(value) if is_start => {
                let value = value.trim_start();
                return match value.strip_prefix('"') {
                    Some(quoted) => quoted.split('"').next(),
                    None => value.split([',', ' ']).next(),
                };
            }
            _ => rest = behind,
        }
    }
}

/// Base64 of either alphabet, padded or not, of a JSON object.
fn decode(text: &str) -> Option<Map<String, Value>> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(WWW_AUTHENTICATE, value.parse().unwrap())])
    }

    #[test]
    fn a_challenge_is_read_in_its_documented_form() {
        // {"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}
        let value = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=""#;
        let claims = challenge(&headers(value)).unwrap();
        assert_eq!(claims["access_token"]["nbf"]["value"], "1604106651");
        let parameter = parameter_of(Some(&claims), true).unwrap();
        let parameter: Value = serde_json::from_str(&parameter).unwrap();
        assert_eq!(parameter["access_token"]["xms_cc"]["values"][0], "cp1");
        assert_eq!(parameter["access_token"]["nbf"]["essential"], true);
    }

    #[test]
    fn what_is_no_challenge_asks_for_nothing() {
        for value in [
            r#"Bearer realm="", error="invalid_token", claims="e30=""#,
            r#"Bearer error="insufficient_claims""#,
            r#"Bearer error="insufficient_claims", claims="no base64!""#,
            r#"Bearer error="insufficient_claims", claims="W10=""#,
            "Bearer",
        ] {
            assert!(challenge(&headers(value)).is_none(), "{value}");
        }
        assert_eq!(parameter_of(None, false), None);
        assert_eq!(parameter_of(None, true).unwrap(), r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
    }
}
