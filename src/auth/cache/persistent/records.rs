//! What the persistent cache holds, as JSON before it is sealed.

use std::io;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::auth::cache::key::TokenKey;
use crate::auth::token::AccessToken;
use crate::error::{Error, Result, Status};
use crate::secret::Secret;

/// A refresh token that nobody used for so long is dead (Microsoft Entra "Refresh tokens in the Microsoft identity
/// platform": 90 days).
const REFRESH_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The tokens of one user.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Records {
    access_tokens: Vec<AccessTokenRecord>,
    refresh_tokens: Vec<RefreshTokenRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct AccessTokenRecord {
    key: TokenKey,
    token: TokenText,
    expires_at_ms: i64,
    refresh_at_ms: i64,
    /// What the endpoint said beside the tokens.
    members: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RefreshTokenRecord {
    key: TokenKey,
    token: TokenText,
    kept_at_ms: i64,
}

/// A token as text; wiped, and not shown by `Debug`.
#[derive(Debug)]
struct TokenText(Secret);

impl Serialize for TokenText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.text().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for TokenText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Secret::new(String::deserialize(deserializer)?.into_bytes())))
    }
}

impl Records {
    /// Reads the JSON.
    pub(super) fn from_json(json: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(json)
    }

    /// The JSON, in a buffer that never grows: nothing of it is left behind.
    pub(super) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>> {
        let failed = |error: serde_json::Error| {
            Error::new(Status::Internal, error.to_string()).action("writing the token cache")
        };
        let mut length = Length(0);
        serde_json::to_writer(&mut length, self).map_err(failed)?;
        let mut json = Zeroizing::new(Vec::with_capacity(length.0));
        serde_json::to_writer(&mut *json, self).map_err(failed)?;
        Ok(json)
    }

    /// The access token of that key, where it still lives.
    pub(super) fn access_token(&self, key: &TokenKey, now: Timestamp) -> Option<AccessToken> {
        let record = self.access_tokens.iter().find(|record| record.key == *key)?;
        let expires_at = Timestamp::from_millisecond(record.expires_at_ms).ok().filter(|end| *end > now)?;
        let refresh_at = Timestamp::from_millisecond(record.refresh_at_ms).ok()?;
        AccessToken::from_record(record.token.0.clone(), expires_at, refresh_at, record.members.clone()).ok()
    }

    /// The refresh token of that key.
    pub(super) fn refresh_token(&self, key: &TokenKey) -> Option<Secret> {
        self.refresh_tokens.iter().find(|record| record.key == *key).map(|record| record.token.0.clone())
    }

    /// Takes an access token in the place of the one of before.
    pub(super) fn keep_access_token(&mut self, key: &TokenKey, token: &AccessToken) {
        self.access_tokens.retain(|record| record.key != *key);
        self.access_tokens.push(AccessTokenRecord {
            key: key.clone(),
            token: TokenText(token.secret().clone()),
            expires_at_ms: token.expires_at.as_millisecond(),
            refresh_at_ms: token.refresh_at.as_millisecond(),
            members: token.members.clone(),
        });
    }

    /// Takes a refresh token in the place of the one of before.
    pub(super) fn keep_refresh_token(&mut self, key: &TokenKey, token: &Secret, now: Timestamp) {
        self.refresh_tokens.retain(|record| record.key != *key);
        self.refresh_tokens.push(RefreshTokenRecord {
            key: key.clone(),
            token: TokenText(token.clone()),
            kept_at_ms: now.as_millisecond(),
        });
    }

    /// Drops what has ended.
    pub(super) fn prune(&mut self, now: Timestamp) {
        self.access_tokens.retain(|record| record.expires_at_ms > now.as_millisecond());
        let oldest = now.checked_sub(REFRESH_TOKEN_LIFE).map_or(i64::MIN, Timestamp::as_millisecond);
        self.refresh_tokens.retain(|record| record.kept_at_ms > oldest);
    }
}

/// Counts what is written.
struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{key, now, token};
    use super::*;

    #[test]
    fn tokens_come_back_as_they_were() {
        let mut records = Records::default();
        records.keep_access_token(&key("r"), &token("first"));
        records.keep_access_token(&key("r"), &token("second"));
        records.keep_refresh_token(&key(""), &Secret::new(b"refresh".to_vec()), now());
        let json = records.to_json().unwrap();
        assert_eq!(json.len(), json.capacity());
        let records = Records::from_json(&json).unwrap();
        let found = records.access_token(&key("r"), now()).unwrap();
        assert_eq!(found.secret().bytes(), b"second");
        assert_eq!((found.expires_at, &found.members), (token("x").expires_at, &token("x").members));
        assert_eq!(records.refresh_token(&key("")).unwrap().bytes(), b"refresh");
        assert!(records.access_token(&TokenKey { claims: Some("{}".into()), ..key("r") }, now()).is_none());
        let shown = format!("{records:?}");
        assert!(!shown.contains("\"second\"") && !shown.contains("\"refresh\""), "{shown}");
    }

    #[test]
    fn what_has_ended_is_neither_given_nor_kept() {
        let mut records = Records::default();
        records.keep_access_token(&key("r"), &token("t"));
        records.keep_refresh_token(&key(""), &Secret::new(b"refresh".to_vec()), now());
        let later = now() + SignedDuration::from_hours(1);
        assert!(records.access_token(&key("r"), later).is_none());
        records.prune(later);
        assert!(records.access_tokens.is_empty() && records.refresh_tokens.len() == 1);
        records.prune(now() + REFRESH_TOKEN_LIFE);
        assert!(records.refresh_tokens.is_empty());
    }
}
