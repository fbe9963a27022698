//! Days and times as people write them, brought to UTC.

use calcard::common::timezone::Tz;
use chrono::{LocalResult, NaiveDate, NaiveDateTime, TimeZone as _};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// When something begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// A whole day.
    Day(Date),
    /// A time of the clock somewhere.
    Local(DateTime),
    /// A moment.
    Moment(Timestamp),
}

impl Time {
    /// Reads `2027-01-31`, `2027-01-31T09:00`, `2027-01-31 09:00:00` and moments of RFC 3339.
    ///
    /// # Errors
    ///
    /// `InvalidArgument`.
    pub(super) fn read(name: &str, text: &str) -> Result<Self> {
        let text = text.trim();
        let refused = || {
            Error::argument(format!("{name}: {text:?} is no day and no time"))
                .hint("write a day as 2027-01-31, a time as 2027-01-31T09:00, a moment as 2027-01-31T09:00:00+01:00")
        };
        if text.len() == 10 {
            return text.parse().map(Self::Day).map_err(|_| refused());
        }
        // Of a time without a zone the first would make something up.
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(Self::Moment(moment));
        }
        let has_offset =
            text.ends_with(['Z', 'z']) || text.get(16..).is_some_and(|rest| rest.contains(['+', '-', '[']));
        if has_offset {
            return Err(refused());
        }
        text.parse().map(Self::Local).map_err(|_| refused())
    }

    /// As UTC, by the zone where it needs one.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` where it needs one and there is none, and for a time that a clock leaves out.
    pub(super) fn moment(self, zone: Option<Tz>) -> Result<Timestamp> {
        let (local, zone) = match self {
            Self::Moment(moment) => return Ok(moment),
            Self::Day(day) => (day.to_datetime(jiff::civil::Time::midnight()), zone),
            Self::Local(local) => (local, zone),
        };
        let zone = zone.ok_or_else(|| {
            Error::argument(format!("{local}: says no time zone"))
                .hint("name the zone of such times, as Europe/Berlin or W. Europe Standard Time: timeZone (-TimeZone)")
        })?;
        let day = NaiveDate::from_ymd_opt(local.year().into(), month(local), u32::from(local.day().unsigned_abs()));
        let naive = day.and_then(|day| {
            let part = |part: i8| u32::from(part.unsigned_abs());
            day.and_hms_opt(part(local.hour()), part(local.minute()), part(local.second()))
        });
        let seconds = naive.and_then(|naive: NaiveDateTime| match zone.from_local_datetime(&naive) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.timestamp()),
            LocalResult::None => None,
        });
        let moment = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        moment.ok_or_else(|| Error::argument(format!("{local}: no clock of {} shows this time", shown(zone))))
    }
}

fn month(local: DateTime) -> u32 {
    u32::from(local.month().unsigned_abs())
}

fn shown(zone: Tz) -> String {
    zone.name().map_or_else(|| "the time zone".to_owned(), std::borrow::Cow::into_owned)
}

/// The time zone of a name, one of IANA's or of Windows'.
///
/// # Errors
///
/// `InvalidArgument`.
pub(super) fn zone(name: &str) -> Result<Tz> {
    name.trim().parse::<Tz>().map_err(|()| {
        Error::argument(format!("timeZone: {name:?} is not known"))
            .hint("name one as Europe/Berlin or W. Europe Standard Time")
    })
}

/// The start and end of whole days, the last of which is `last`, as Graph has them.
///
/// # Errors
///
/// `InvalidArgument` where the last day is before the first, or beyond all calendars.
pub(super) fn whole_days(first: Date, last: Date) -> Result<(Value, Value)> {
    if last < first {
        return Err(Error::argument(format!("the event ends on {last}, before it begins on {first}")));
    }
    let end = last.tomorrow().map_err(|_| Error::argument("the event ends after all days that there are"))?;
    let midnight = |day: Date| json!({"dateTime": format!("{day}T00:00:00.0000000"), "timeZone": "UTC"});
    Ok((midnight(first), midnight(end)))
}

/// The start and end of a time, as Graph has them.
///
/// # Errors
///
/// `InvalidArgument` where it ends before it begins.
pub(super) fn span(start: Timestamp, end: Timestamp) -> Result<(Value, Value)> {
    if end < start {
        return Err(Error::argument(format!("the event ends at {end}, before it begins at {start}")));
    }
    let time = |moment: Timestamp| {
        let text = moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string();
        json!({"dateTime": text, "timeZone": "UTC"})
    };
    Ok((time(start), time(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_brought_to_utc() {
        let utc = |text: &str, name: Option<&str>| {
            let zone = name.map(|name| zone(name).unwrap());
            Time::read("start", text)
                .and_then(|time| time.moment(zone))
                .map(|moment| moment.to_string())
                .map_err(|error| error.to_string())
        };
        for (text, name, moment) in [
            ("2027-01-31T09:00", Some("Europe/Berlin"), "2027-01-31T08:00:00Z"),
            ("2027-07-31 09:00:30", Some("W. Europe Standard Time"), "2027-07-31T07:00:30Z"),
            ("2027-07-31T09:00:00+05:30", None, "2027-07-31T03:30:00Z"),
            ("2027-07-31T09:00:00Z", Some("Europe/Berlin"), "2027-07-31T09:00:00Z"),
            // The first of the two.
            ("2027-10-31T02:30", Some("Europe/Berlin"), "2027-10-31T00:30:00Z"),
        ] {
            assert_eq!(utc(text, name).as_deref(), Ok(moment), "{text}");
        }
        for (text, name, part) in [
            ("2027-03-28T02:30", Some("Europe/Berlin"), "no clock of Europe/Berlin shows"),
            ("2027-01-31T09:00", None, "says no time zone"),
            ("31.01.2027", None, "is no day and no time"),
            ("1/31/2027 9:00 AM", None, "is no day and no time"),
            ("2027-02-30", None, "is no day and no time"),
            ("", None, "is no day and no time"),
        ] {
            let error = utc(text, name).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(zone("Mars/Olympus").is_err());
    }
}
