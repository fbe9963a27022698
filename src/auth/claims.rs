//! Continuous access evaluation: what a service says that the next token must have, and how it is asked for.
//!
//! Source: Microsoft Entra "Claims challenges, claims requests, and client capabilities".

use http::HeaderMap;
use serde_json::{Map, Value, json};

use crate::any_base64;
use crate::http::AuthChallenge;

/// Longer ones are no claims request.
const LONGEST: usize = 16 * 1024;

/// The claims that a refused request asks for, where the service says `insufficient_claims`.
#[must_use]
pub fn challenge(headers: &HeaderMap) -> Option<Map<String, Value>> {
    let asks = |challenge: &AuthChallenge| challenge.get("error") == Some("insufficient_claims");
    AuthChallenge::all(headers)
        .iter()
        .filter(|challenge| asks(challenge))
        .find_map(|challenge| decode(challenge.get("claims")?))
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

/// Base64 of either alphabet, padded or not, of a JSON object.
fn decode(text: &str) -> Option<Map<String, Value>> {
    if text.len() > LONGEST {
        return None;
    }
    match serde_json::from_slice(&any_base64::decode(text)?).ok()? {
        Value::Object(claims) => Some(claims),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::header::WWW_AUTHENTICATE;

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
