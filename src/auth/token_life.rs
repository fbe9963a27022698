//! How long a token lives, as endpoints of all ages say it.
//!
//! Source: RFC 6749, 5.1; the managed identity replies that Microsoft's own clients read (msal4j
//! `ManagedIdentityResponse`, azure-identity for Java `MSIToken`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jiff::fmt::strtime;
use serde_json::{Map, Value};

use crate::http::json;

/// No token lives longer, whatever the endpoint says.
const LONGEST: i64 = 10 * 365 * 24 * 3600;
/// How App Service has written the end of a token beside seconds since 1970 and ISO 8601.
const DATES: [&str; 2] = ["%m/%d/%Y %H:%M:%S %:z", "%m/%d/%Y %I:%M:%S %p %:z"];

/// The rest of a token's life: by `expires_in`, else by `expires_on`, else by the `exp` of the token itself.
pub(super) fn of_reply(members: &Map<String, Value>, token: &str, now: Timestamp) -> Option<Duration> {
    let until = |end: i64| end.saturating_sub(now.as_second()).max(0);
    let seconds = seconds(members, "expires_in")
        .or_else(|| Some(until(expires_on(members)?)))
        .or_else(|| Some(until(expiry_claim(token)?.as_second())))?;
    Some(Duration::from_secs(seconds.min(LONGEST).unsigned_abs()))
}

/// Seconds that are not negative: a number or its text, with a fraction or without.
pub(super) fn seconds(members: &Map<String, Value>, name: &str) -> Option<i64> {
    let seconds = match members.get(name)? {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?))?,
        Value::String(text) => whole_text(text)?,
        _ => return None,
    };
    (seconds >= 0).then_some(seconds)
}

/// Whether it is seconds since 1970 without a fraction, as everyone reads them.
pub(super) fn is_plain_seconds(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Number(number)) => number.is_i64() || number.is_u64(),
        Some(Value::String(text)) => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// The `exp` claim of a JWT, where it is one.
pub(super) fn expiry_claim(token: &str) -> Option<Timestamp> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    let claims: Map<String, Value> = json::from_slice(&claims).ok()?;
    Timestamp::from_second(seconds(&claims, "exp")?).ok()
}

fn expires_on(members: &Map<String, Value>) -> Option<i64> {
    seconds(members, "expires_on").or_else(|| date(members.get("expires_on")?.as_str()?.trim()))
}

fn date(text: &str) -> Option<i64> {
    let of_form = |form: &&str| strtime::parse(form, text).ok()?.to_timestamp().ok();
    let date = text.parse().ok().or_else(|| DATES.iter().find_map(of_form))?;
    Some(date.as_second())
}

fn whole_text(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| whole(text.parse().ok()?))
}

fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "far within what an i64 holds, as just checked")]
    number.is_finite().then(|| number.clamp(-1.0, 1e15) as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_500_000_000;

    fn life(reply: &Value) -> Option<u64> {
        let claims = URL_SAFE_NO_PAD.encode(json!({"exp": NOW + 42}).to_string());
        let token = format!("e30.{claims}.x");
        let now = Timestamp::from_second(NOW).unwrap();
        of_reply(reply.as_object().unwrap(), &token, now).map(|life| life.as_secs())
    }

    fn until(date: &str) -> Option<u64> {
        let end: Timestamp = date.parse().unwrap();
        u64::try_from(end.as_second() - NOW).ok()
    }

    #[test]
    fn numbers_come_in_any_form() {
        for seconds in [json!(3599), json!(3599.0), json!(3599.9), json!("3599"), json!(" 3599.0 "), json!("3599.87")] {
            assert_eq!(life(&json!({"expires_in": seconds})), Some(3599), "{seconds}");
        }
        for end in [json!(NOW + 60), json!((NOW + 60).to_string()), json!(format!("{}.25", NOW + 60))] {
            for expires_in in [json!(null), json!(""), json!("soon"), json!(-1), json!({})] {
                assert_eq!(life(&json!({"expires_in": expires_in, "expires_on": end})), Some(60), "{expires_in} {end}");
            }
            assert_eq!(life(&json!({"expires_on": end})), Some(60), "{end}");
        }
        assert_eq!(life(&json!({"expires_in": 1e300})), Some(LONGEST.unsigned_abs()));
        assert_eq!(life(&json!({"expires_in": i64::MAX})), Some(LONGEST.unsigned_abs()));
        assert_eq!(life(&json!({"expires_on": 5})), Some(0));
    }

    #[test]
    fn dates_come_in_the_forms_of_app_service() {
        for (given, meant) in [
            ("2024-10-18T19:51:37.0000000+00:00", "2024-10-18T19:51:37Z"),
            ("2024-10-18T19:51:37Z", "2024-10-18T19:51:37Z"),
            ("06/20/2019 02:57:58 +00:00", "2019-06-20T02:57:58Z"),
            ("1/16/2020 5:24:12 AM +00:00", "2020-01-16T05:24:12Z"),
            ("1/16/2020 12:24:12 AM +00:00", "2020-01-16T00:24:12Z"),
            ("10/6/2020 5:24:12 PM +00:00", "2020-10-06T17:24:12Z"),
            ("1/6/2020 5:24:12 +02:00", "2020-01-06T03:24:12Z"),
        ] {
            assert_eq!(life(&json!({"expires_on": given})), until(meant), "{given}");
        }
    }

    #[test]
    fn where_nothing_can_be_read_the_token_says_it_itself() {
        for reply in
            [json!({}), json!({"expires_in": null}), json!({"expires_on": "tomorrow"}), json!({"expires_in": []})]
        {
            assert_eq!(life(&reply), Some(42), "{reply}");
        }
        let now = Timestamp::from_second(NOW).unwrap();
        assert_eq!(of_reply(&Map::new(), "opaque", now), None);
    }

    #[test]
    fn what_everyone_reads_is_told_from_what_only_some_do() {
        assert!(is_plain_seconds(Some(&json!(5))) && is_plain_seconds(Some(&json!("5"))));
        for odd in [json!("5.0"), json!(5.0), json!(null), json!(""), json!("06/20/2019 02:57:58 +00:00")] {
            assert!(!is_plain_seconds(Some(&odd)), "{odd}");
        }
        assert!(!is_plain_seconds(None));
    }
}
