//! An access token and what came with it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{jwt_reader, token_life};
use crate::error::{Error, Result, Status};
use crate::http::secret_header;
use crate::pasted;
use crate::secret::Secret;

/// How long before its end a token is renewed where the endpoint does not say.
const LONGEST_MARGIN: Duration = Duration::from_secs(300);

/// RFC 6750, 2.1.
const SCHEME: &[u8] = b"Bearer ";

static LAST_SERIAL: AtomicU64 = AtomicU64::new(0);

/// An access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    secret: Secret,
    authorization: HeaderValue,
    serial: u64,
    is_of_person: bool,
    /// When it ends.
    pub expires_at: Timestamp,
    /// From when on a new one is asked for while this one still serves.
    pub refresh_at: Timestamp,
    /// The endpoint's members in its order, `access_token` as null; then `expires_on` and `resource` where
    /// the endpoint gave none.
    pub members: Map<String, Value>,
}

impl AccessToken {
    /// Reads the endpoint's reply (RFC 6749, 5.1).
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` where there is no usable token in it.
    pub fn from_reply(mut members: Map<String, Value>, resource: &str, now: Timestamp) -> Result<Self> {
        let invalid = |what: &str| Error::new(Status::ResponseInvalid, format!("the token endpoint's reply {what}"));
        let token = match members.get_mut("access_token").map(Value::take) {
            Some(Value::String(token)) if !token.is_empty() => Secret::new(token.into_bytes()),
            _ => return Err(invalid("holds no access_token")),
        };
        // Further tokens are not for who asked for this one.
        for other in ["refresh_token", "id_token"] {
            drop(members.shift_remove(other).map(wiped));
        }
        let text = token.text().unwrap_or_default();
        let lifetime = token_life::of_reply(&members, text, now).ok_or_else(|| invalid("says no expires_in"))?;
        let until_refresh = token_life::seconds(&members, "refresh_in");
        let until_refresh = until_refresh.map(|seconds| Duration::from_secs(seconds.unsigned_abs()));
        let until_refresh = until_refresh
            .filter(|refresh| *refresh < lifetime)
            .unwrap_or_else(|| lifetime.saturating_sub(LONGEST_MARGIN.min(lifetime / 5)));
        let expires_at = now + lifetime;
        // Whoever reads it finds what every endpoint of today says: seconds since 1970.
        if !token_life::is_plain_seconds(members.get("expires_on")) {
            members.insert("expires_on".into(), expires_at.as_second().to_string().into());
        }
        if !members.contains_key("resource") {
            members.insert("resource".into(), resource.into());
        }
        Self::new(token, expires_at, now + until_refresh, members)
    }

    /// A token that the caller has: its life is read from its `exp` claim, or unknown.
    ///
    /// # Errors
    ///
    /// `TokenInvalid` for what cannot be a token, `TokenExpired`.
    pub fn from_caller(token: &Secret, resource: &str, now: Timestamp) -> Result<Self> {
        let text = pasted::token(token.text().unwrap_or_default());
        let text = text.as_str();
        let plausible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !plausible {
            return Err(Error::new(Status::TokenInvalid, "what was given cannot be an access token"));
        }
        let expires_at = token_life::expiry_claim(text).unwrap_or(Timestamp::MAX);
        if expires_at <= now {
            return Err(Error::new(
                Status::TokenExpired,
                format!("the access token that was given expired at {expires_at}"),
            )
            .hint("get a new one, or give a certificate so that it can be renewed"));
        }
        let mut members = Map::new();
        members.insert("token_type".into(), "Bearer".into());
        members.insert("access_token".into(), Value::Null);
        members.insert("expires_on".into(), expires_at.as_second().to_string().into());
        members.insert("resource".into(), resource.into());
        Self::new(Secret::new(text.as_bytes().to_vec()), expires_at, Timestamp::MAX, members)
    }

    /// A token that was kept in a file.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid` where it cannot be one.
    pub(super) fn from_record(
        secret: Secret,
        expires_at: Timestamp,
        refresh_at: Timestamp,
        members: Map<String, Value>,
    ) -> Result<Self> {
        Self::new(secret, expires_at, refresh_at, members)
    }

    fn new(secret: Secret, expires_at: Timestamp, refresh_at: Timestamp, members: Map<String, Value>) -> Result<Self> {
        // As long as it gets: what grows leaves a copy behind.
        let mut bearer = Zeroizing::new(Vec::with_capacity(SCHEME.len() + secret.bytes().len()));
        bearer.extend_from_slice(SCHEME);
        bearer.extend_from_slice(secret.bytes());
        let authorization = secret_header(bearer).map_err(|_| {
            Error::new(Status::ResponseInvalid, "the access token holds characters that a header cannot carry")
        })?;
        let serial = LAST_SERIAL.fetch_add(1, Ordering::Relaxed) + 1;
        let claims = jwt_reader::read(secret.bytes()).map(|token| token.claims).unwrap_or_default();
        let is_of_person = claims.contains_key("scp");
        Ok(Self { secret, authorization, serial, is_of_person, expires_at, refresh_at, members })
    }

    /// The token.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The value of the `Authorization` header (RFC 6750, 2.1), marked sensitive.
    #[must_use]
    pub fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }

    /// Whether a person signed in for it (claim `scp`): it serves for the person's own mailbox, and what it may there
    /// says nothing of others.
    #[must_use]
    pub fn is_of_person(&self) -> bool {
        self.is_of_person
    }

    /// Tells tokens apart without showing them.
    #[must_use]
    pub fn serial(&self) -> u64 {
        self.serial
    }
}

/// A text that is wiped when it goes.
fn wiped(value: Value) -> Zeroizing<String> {
    match value {
        Value::String(text) => Zeroizing::new(text),
        _ => Zeroizing::default(),
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn reply(json: Value) -> Result<AccessToken> {
        let Value::Object(members) = json else { unreachable!() };
        AccessToken::from_reply(members, "https://graph.microsoft.com", now())
    }

    #[test]
    fn v2_gets_expires_on_and_resource_at_the_end() {
        let token = reply(serde_json::json!({"token_type":"Bearer","expires_in":3599,"access_token":"abc"})).unwrap();
        assert_eq!(token.secret().bytes(), b"abc");
        let names: Vec<_> = token.members.keys().map(String::as_str).collect();
        assert_eq!(names, ["token_type", "expires_in", "access_token", "expires_on", "resource"]);
        assert_eq!(token.members["expires_on"], "1800003599");
        assert_eq!(token.members["access_token"], Value::Null);
        assert_eq!(token.refresh_at.as_second(), 1_800_003_299);
    }

    #[test]
    fn v1_gives_numbers_as_strings() {
        let token = reply(
            serde_json::json!({"expires_in":"100","expires_on":"1800000100","resource":"r","access_token":"abc"}),
        )
        .unwrap();
        assert_eq!(token.members["resource"], "r");
        assert_eq!(token.refresh_at.as_second(), 1_800_000_080);
    }

    #[test]
    fn the_end_is_shown_in_one_form_however_it_came() {
        for given in [serde_json::json!(null), "06/20/2019 02:57:58 +00:00".into(), "1800000100.5".into()] {
            let token = reply(serde_json::json!({"expires_in":100.0,"expires_on":given,"access_token":"abc"})).unwrap();
            assert_eq!(token.members["expires_on"], "1800000100", "{given}");
        }
    }

    #[test]
    fn refresh_in_is_followed_where_it_makes_sense() {
        let refresh_at = |refresh: i64| {
            reply(serde_json::json!({"expires_in":1000,"refresh_in":refresh,"access_token":"abc"}))
                .unwrap()
                .refresh_at
                .as_second()
        };
        assert_eq!(refresh_at(500), 1_800_000_500);
        assert_eq!(refresh_at(5000), 1_800_000_800);
    }

    #[test]
    fn a_reply_without_a_token_is_refused() {
        for json in [
            serde_json::json!({"expires_in":1}),
            serde_json::json!({"access_token":"","expires_in":1}),
            serde_json::json!({"access_token":5,"expires_in":1}),
            serde_json::json!({"access_token":"abc"}),
            serde_json::json!({"access_token":"abc","expires_in":null,"expires_on":"soon"}),
            serde_json::json!({"access_token":"a\nb","expires_in":1}),
        ] {
            assert_eq!(reply(json).unwrap_err().status(), Status::ResponseInvalid);
        }
    }

    #[test]
    fn a_callers_token_may_say_bearer_and_may_be_opaque() {
        let given = Secret::new(b" Bearer opaque-token ".to_vec());
        let token = AccessToken::from_caller(&given, "r", now()).unwrap();
        assert_eq!(token.secret().bytes(), b"opaque-token");
        assert_eq!(token.expires_at, Timestamp::MAX);
        let expired = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(r#"{"exp":1}"#));
        let error = AccessToken::from_caller(&Secret::new(expired.into_bytes()), "r", now()).unwrap_err();
        assert_eq!(error.status(), Status::TokenExpired);
    }
}
