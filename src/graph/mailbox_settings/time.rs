//! Times of day and date-times, as Graph writes them: with seven decimals, the resolution of .NET.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::value::{Agreement, member, text, zone_names};
use crate::json_kind::kind_of;

/// How Graph calls the zone of what it gives.
const UTC: &str = "UTC";

/// `Edm.TimeOfDay` in full: `08:00`, `8:00:00` and `08:00:00.5` as `08:00:00.5000000`.
pub(super) fn time_of_day(given: &str) -> Result<String, String> {
    parsed_time(given.trim())
        .ok_or_else(|| "must be a time of day, hh:mm or hh:mm:ss, from 00:00 to 23:59:59".to_owned())
}

fn parsed_time(given: &str) -> Option<String> {
    let (clock, decimals) = given.split_once('.').unwrap_or((given, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(decimals) || decimals.len() > 7 {
        return None;
    }
    let mut parts = clock.split(':');
    let mut next = |most: u8, shortest: usize| {
        let part = parts.next()?;
        let value: u8 = part.parse().ok().filter(|value| *value <= most)?;
        (is_digits(part) && (shortest..=2).contains(&part.len())).then_some(value)
    };
    let (hours, minutes) = (next(23, 1)?, next(59, 2)?);
    let seconds = match clock.matches(':').count() {
        1 if given == clock => 0,
        2 => next(59, 2)?,
        _ => return None,
    };
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}.{decimals:0<7}"))
}

/// `dateTimeTimeZone`: `{"dateTime","timeZone"}`. A time with an offset, or with `Z`, is put into UTC.
pub(super) fn zoned_time(value: &Value) -> Result<Value, String> {
    let Value::Object(members) = value else {
        return Err(format!("must be an object with dateTime and timeZone, not {}", kind_of(value)));
    };
    for name in members.keys().filter(|name| !name.starts_with('@')) {
        if !["dateTime", "timeZone"].iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(format!("its member {name} is unknown; known are dateTime and timeZone"));
        }
    }
    let date_time = member(value, "dateTime").filter(|given| !given.is_null()).ok_or("has no dateTime")?;
    let date_time = text(date_time).map_err(|wrong| format!("its dateTime {wrong}"))?.trim();
    let zone = match member(value, "timeZone") {
        None | Some(Value::Null) => None,
        Some(zone) => Some(text(zone).map_err(|wrong| format!("its timeZone {wrong}"))?.trim()),
    };
    let zone = zone.filter(|zone| !zone.is_empty());
    if let Ok(moment) = date_time.parse::<Timestamp>() {
        if zone.is_some_and(|zone| !is_utc(zone)) {
            return Err("its dateTime has an offset, and its timeZone is another: give one of the two".to_owned());
        }
        return Ok(json!({"dateTime": in_full(moment.to_zoned(TimeZone::UTC).datetime()), "timeZone": UTC}));
    }
    let local: DateTime = date_time.parse().map_err(|_| "its dateTime must be like 2026-12-24T18:00:00".to_owned())?;
    let zone = zone.ok_or("has no timeZone")?;
    Ok(json!({"dateTime": in_full(local), "timeZone": zone}))
}

fn in_full(moment: DateTime) -> String {
    format!("{moment:.7}")
}

fn is_utc(zone: &str) -> bool {
    [UTC, "Etc/UTC", "Etc/GMT", "Coordinated Universal Time"].iter().any(|name| name.eq_ignore_ascii_case(zone))
}

/// Of what the service gave, what can be sent.
pub(super) fn known_members(current: &Value) -> Value {
    match (member(current, "dateTime"), member(current, "timeZone")) {
        (Some(date_time), Some(zone)) => json!({"dateTime": date_time, "timeZone": zone}),
        _ => current.clone(),
    }
}

/// Whether two normalised times are one. The service gives what it holds in UTC: of a time that is wanted in
/// another zone it cannot be said here whether it is that.
pub(super) fn agreement(current: &Value, wanted: &Value) -> Agreement {
    let Ok(current) = zoned_time(&known_members(current)) else { return wanted.is_null().into() };
    if wanted.is_null() {
        return Agreement::Different;
    }
    let zone = |time: &Value| time["timeZone"].as_str().unwrap_or_default().to_owned();
    let (its_zone, wanted_zone) = (zone(&current), zone(wanted));
    let one_zone =
        (is_utc(&its_zone) && is_utc(&wanted_zone)) || zone_names(&its_zone, &wanted_zone) == Agreement::Same;
    if one_zone { (current["dateTime"] == wanted["dateTime"]).into() } else { Agreement::Unclear }
}

/// Whether `end` is not after `start`, as far as that can be said: in two zones it cannot.
pub(super) fn ends_before_it_starts(start: &Value, end: &Value) -> bool {
    let zone = |time: &Value| time["timeZone"].as_str().map(str::to_ascii_lowercase);
    let moment = |time: &Value| time["dateTime"].as_str().and_then(|time| time.parse::<DateTime>().ok());
    match (moment(start), moment(end)) {
        (Some(start_moment), Some(end_moment)) => zone(start) == zone(end) && end_moment <= start_moment,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_written_in_full() {
        for (given, full) in [
            ("08:00", "08:00:00.0000000"),
            ("8:00", "08:00:00.0000000"),
            (" 17:30:15 ", "17:30:15.0000000"),
            ("23:59:59.9999999", "23:59:59.9999999"),
            ("00:00:00.5", "00:00:00.5000000"),
        ] {
            assert_eq!(time_of_day(given).as_deref(), Ok(full), "{given}");
        }
        for wrong in [
            "",
            "8",
            "08",
            "24:00",
            "08:60",
            "08:00:60",
            "8:0",
            "08:00.5",
            "08:00:00.",
            "08:00:00.12345678",
            "+8:00",
            "08:00:00:00",
            "a:00",
            "8 am",
            "-1:00",
        ] {
            assert!(time_of_day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn date_times_are_written_in_full_and_offsets_become_utc() {
        let zoned = |date_time: &str, zone: Option<&str>| {
            zoned_time(&json!({"DateTime": date_time, "timezone": zone}))
                .map(|time| format!("{} {}", time["dateTime"].as_str().unwrap(), time["timeZone"].as_str().unwrap()))
        };
        let berlin = Some("W. Europe Standard Time");
        assert_eq!(zoned("2026-12-24T18:00", berlin).unwrap(), "2026-12-24T18:00:00.0000000 W. Europe Standard Time");
        assert_eq!(zoned("2026-12-24", Some("UTC")).unwrap(), "2026-12-24T00:00:00.0000000 UTC");
        assert_eq!(zoned("2026-12-24T18:00:00Z", Some("utc")).unwrap(), "2026-12-24T18:00:00.0000000 UTC");
        assert_eq!(zoned("2026-12-24T18:00:00.5+01:00", None).unwrap(), "2026-12-24T17:00:00.5000000 UTC");
        assert!(zoned("2026-12-24T18:00:00Z", berlin).unwrap_err().contains("offset"));
        assert!(zoned("2026-12-24T18:00:00", None).unwrap_err().contains("no timeZone"));
        assert!(zoned("tomorrow", Some("UTC")).is_err());
        assert!(zoned_time(&json!({"timeZone": "UTC"})).unwrap_err().contains("no dateTime"));
        assert!(zoned_time(&json!({"dateTime": "2026-12-24T18:00", "timeZone": "UTC", "zone": 1})).is_err());
        assert!(zoned_time(&json!("2026-12-24T18:00")).unwrap_err().contains("not a string"));
    }

    #[test]
    fn a_time_in_another_zone_may_be_the_same() {
        let time = |date_time: &str, zone: &str| json!({"dateTime": date_time, "timeZone": zone});
        let wanted = time("2026-12-24T18:00:00.0000000", "UTC");
        assert_eq!(agreement(&time("2026-12-24T18:00:00", "utc"), &wanted), Agreement::Same);
        assert_eq!(agreement(&time("2026-12-24T18:00:00", "Etc/UTC"), &wanted), Agreement::Same);
        assert_eq!(agreement(&time("2026-12-24T18:00:01", "UTC"), &wanted), Agreement::Different);
        assert_eq!(agreement(&time("2026-12-24T18:00:00", "Tokyo Standard Time"), &wanted), Agreement::Unclear);
        assert_eq!(agreement(&Value::Null, &wanted), Agreement::Different);
        assert_eq!(agreement(&wanted, &Value::Null), Agreement::Different);
    }
}
