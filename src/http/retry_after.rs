//! `Retry-After` in the three forms that the services send.

use std::time::Duration;

use jiff::Timestamp;

/// Reads `Retry-After`: whole seconds or an HTTP date (RFC 9110, 10.2.3), or seconds with a fraction, which
/// Exchange sends (`2.128`). A date in the past gives zero; what is none of these gives `None`.
#[must_use]
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds: f64 = value.parse().ok()?;
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = Timestamp::try_from(httpdate::parse_http_date(value).ok()?).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn reads_the_three_forms() {
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(parse_retry_after("3", now), Some(Duration::from_secs(3)));
        assert_eq!(parse_retry_after(" 2.128 ", now), Some(Duration::from_secs_f64(2.128)));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 10:00:07 GMT", now), Some(Duration::from_secs(7)));
        assert_eq!(parse_retry_after("Sun, 22 Nov 2026 09:59:00 GMT", now), Some(Duration::ZERO));
    }

    #[test]
    fn refuses_what_is_neither() {
        let now = at("2026-11-22T10:00:00Z");
        for value in ["", "soon", "-1", "1e9", "1.2.3", ".", "NaN", "inf"] {
            assert_eq!(parse_retry_after(value, now), None, "{value}");
        }
        assert_eq!(parse_retry_after(&"9".repeat(400), now), None);
    }
}
