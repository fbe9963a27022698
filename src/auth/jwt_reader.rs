//! Reads JSON Web Tokens for people: everything that can be understood is, and no signature is checked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::any_base64;
use crate::error::{Error, Result, Status};
use crate::http::json;
use crate::pasted;

/// How PowerShell's `ConvertFrom-SecureString -Key` begins its text: a fixed GUID in hex.
const ENCRYPTED_WITH_KEY: &str = "76492d1116743f0423413b16050a5345";
/// How Windows' data protection begins its blobs, in hex: `ConvertFrom-SecureString` without a key.
const ENCRYPTED_BY_WINDOWS: &str = "01000000d08c9ddf0115d1118c7a00c04fc297eb";

/// What a token says.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedToken {
    /// The JOSE header.
    pub headers: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    /// The signature in base64url; empty where the token has none, or none that is base64.
    pub signature: String,
}

impl DecodedToken {
    /// `{"headers":{…},"claims":{…},"signature":"…"}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"headers": self.headers, "claims": self.claims, "signature": self.signature})
    }
}

/// Reads a token: base64 of any flavour, padded or not, with blanks and line breaks, in quotes or as a header's
/// line, with parts beyond the third, without a signature.
///
/// # Errors
///
/// [`Status::TokenInvalid`] for what cannot be a JSON Web Token; says what it looks like and repeats none of it.
pub fn read(token: &[u8]) -> Result<DecodedToken> {
    decode(token).map_err(|what| {
        Error::new(Status::TokenInvalid, what)
            .action("reading the token")
            .hint("a JSON Web Token is headers.claims.signature and begins with eyJ")
    })
}

fn decode(token: &[u8]) -> Result<DecodedToken, &'static str> {
    let text = std::str::from_utf8(token).map_err(|_| "this is not text")?;
    let token = pasted::token(text);
    if token.is_empty() {
        return Err("it is empty");
    }
    if let Some(what) = looks_like(&token) {
        return Err(what);
    }
    let mut parts = token.split('.');
    let (Some(headers), Some(claims)) = (parts.next(), parts.next()) else {
        return Err("an opaque token, which only the service that issued it can read");
    };
    let headers = object(headers).ok_or("an opaque token: it has dots, but does not begin with a JSON header")?;
    // RFC 7516: an encrypted token has `enc` in its header, and a key where a signed one has claims.
    if headers.contains_key("enc") {
        return Err("an encrypted token (JWE), whose claims only its audience can read");
    }
    let claims = object(claims).ok_or("its header can be read, its claims cannot: the token is cut off or damaged")?;
    let signature = parts.next().and_then(any_base64::decode_leniently).unwrap_or_default();
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Ok(DecodedToken { headers, claims, signature })
}

/// What a text is that is certainly no token.
fn looks_like(text: &str) -> Option<&'static str> {
    let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins(ENCRYPTED_WITH_KEY) {
        Some(
            "a text encrypted by ConvertFrom-SecureString with a key, as the token objects of Exch-Rest 3.50 hold \
             it: only that module can decrypt it",
        )
    } else if begins(ENCRYPTED_BY_WINDOWS) {
        Some("a text encrypted by ConvertFrom-SecureString: only the same user on the same machine can decrypt it")
    } else if text.starts_with(['{', '[']) {
        Some("JSON; the token is its member access_token")
    } else if begins("System.Security.SecureString") {
        Some("the name of the type SecureString and not the text that one holds")
    } else if begins("-----BEGIN") {
        Some("a PEM: a certificate or key")
    } else {
        None
    }
}

/// A part that is base64 of a JSON object. Bytes that are no UTF-8 are shown as replacement characters.
fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = any_base64::decode_leniently(part)?;
    match json::from_slice(String::from_utf8_lossy(&bytes).as_bytes()).ok()? {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::GeneralPurpose;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;
    const CLAIMS: &str = r#"{"aud":"https://graph.microsoft.com","name":"Zoë ?>~ 🙂","exp":1790000000}"#;

    fn token(engine: &GeneralPurpose) -> String {
        format!("{}.{}.{}", engine.encode(HEADER), engine.encode(CLAIMS), engine.encode([251, 255, 254]))
    }

    fn fault(text: &str) -> String {
        let error = read(text.as_bytes()).unwrap_err();
        assert_eq!(error.status(), Status::TokenInvalid);
        error.to_string()
    }

    #[test]
    fn every_flavour_of_base64_reads_alike() {
        let plain = read(token(&URL_SAFE_NO_PAD).as_bytes()).unwrap();
        assert_eq!(plain.claims["name"], "Zoë ?>~ 🙂");
        assert_eq!(plain.headers["alg"], "RS256");
        assert_eq!(plain.signature, "-__-");
        assert_eq!(read(token(&STANDARD).as_bytes()).unwrap(), plain);
        assert_eq!(read(token(&URL_SAFE).as_bytes()).unwrap(), plain);
    }

    #[test]
    fn a_signature_that_is_no_base64_hides_nothing_of_the_rest() {
        let plain = token(&URL_SAFE_NO_PAD);
        let (start, _) = plain.rsplit_once('.').unwrap();
        for signature in ["x", "%%%", "", "x.y.z"] {
            let read = read(format!("{start}.{signature}").as_bytes()).unwrap();
            assert_eq!((read.signature.as_str(), &read.claims["name"]), ("", &"Zoë ?>~ 🙂".into()), "{signature}");
        }
        // Whatever its last character has in its unused bits.
        assert_eq!(read(format!("{start}.AB").as_bytes()).unwrap().signature, "AA");
    }

    #[test]
    fn what_people_copy_along_is_ignored() {
        let plain = token(&URL_SAFE_NO_PAD);
        let expected = read(plain.as_bytes()).unwrap();
        let (half, rest) = plain.split_at(40);
        for text in [
            format!("Bearer {plain}"),
            format!("  bearer   {plain}\r\n"),
            format!("Authorization: Bearer {plain}"),
            format!("\u{feff}{plain}"),
            format!("\"{plain}\""),
            format!("{half}\r\n{rest}"),
            format!("{plain}.further.parts"),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_signature_may_be_missing() {
        let (unsigned, _) = token(&URL_SAFE_NO_PAD).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.len())).unwrap();
        assert_eq!(read(unsigned.as_bytes()).unwrap().signature, "");
        assert_eq!(read(format!("{unsigned}.").as_bytes()).unwrap().signature, "");
    }

    #[test]
    fn what_is_no_token_is_named_and_not_repeated() {
        let encrypted = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
        for (text, part) in [
            (String::new(), "empty"),
            (" \r\n".into(), "empty"),
            ("Bearer ".into(), "empty"),
            ("EwBgA8l6BAAUhunter2".into(), "opaque"),
            ("0.AXEAhunter2.x".into(), "opaque"),
            (format!("{ENCRYPTED_WITH_KEY}AGMAhunter2"), "Exch-Rest 3.50"),
            (format!("{ENCRYPTED_BY_WINDOWS}hunter2"), "same user"),
            (r#"{"access_token":"hunter2"}"#.into(), "member access_token"),
            ("System.Security.SecureString".into(), "SecureString"),
            (format!("{encrypted}.hunter2.b.c.d"), "encrypted token"),
            (format!("{}.hunter2", URL_SAFE_NO_PAD.encode(HEADER)), "cut off"),
        ] {
            let error = fault(&text);
            assert!(error.contains(part) && !error.contains("hunter2"), "{text}: {error}");
        }
        assert!(read(&[0xff, 0xfe]).unwrap_err().to_string().contains("not text"));
    }

    #[test]
    fn claims_that_are_no_utf8_are_shown_as_far_as_they_can_be() {
        let claims = URL_SAFE_NO_PAD.encode(b"{\"name\":\"\xff\"}");
        let token = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(HEADER));
        assert_eq!(read(token.as_bytes()).unwrap().claims["name"], "\u{fffd}");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
            let _ = read(&bytes);
            let _ = read(text.as_bytes());
        }
    }
}
