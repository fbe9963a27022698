//! How much a room is booked in a period.
//!
//! Source: Microsoft Graph "List calendarView", "event resource type". Reading takes Calendars.Read. Nobody notes who
//! came: what the data tells is which meetings hold the room although they were cancelled, or although everybody who
//! was asked has declined.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::item::{Item, text};
use super::moment;
use super::reading::{Reading, Step};
use super::report::{ITEM_COUNT, Report, ReportOptions, row};
use crate::error::{Error, Result};

/// What it is called in requests.
pub const NAME: &str = "roomUse";

/// The longest period, in days: five years, beyond which nobody plans a room.
const LONGEST_DAYS: i64 = 1826;

/// The report on the use of rooms.
#[derive(Clone, Copy, Debug)]
pub struct RoomUse {
    start: Timestamp,
    end: Timestamp,
}

impl RoomUse {
    /// # Errors
    ///
    /// `InvalidArgument` without a period, and for one that is none.
    pub(super) fn new(options: &ReportOptions) -> Result<Self> {
        let start = moment("start", options.start.as_deref())?;
        let end = moment("end", options.end.as_deref())?;
        if end <= start {
            return Err(Error::argument("end: must be later than start"));
        }
        if end.duration_since(start).as_hours() > 24 * LONGEST_DAYS {
            return Err(Error::argument(format!("end: the period must not be longer than {LONGEST_DAYS} days")));
        }
        Ok(Self { start, end })
    }
}

/// An end of the period.
fn moment(name: &str, given: Option<&str>) -> Result<Timestamp> {
    let given = given.ok_or_else(|| Error::argument(format!("{name}: a report on the use of rooms needs a period")))?;
    moment::moment(name, given)
}

impl Reading for RoomUse {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(format!(
            "calendarView?startDateTime={}&endDateTime={}&$top=250&$select=start,end,isAllDay,isCancelled,showAs,attendees,organizer",
            self.start, self.end
        ))]
    }
}

/// A meeting as far as it counts: its part of the period, in seconds since its start.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Booking {
    from: i64,
    to: i64,
}

impl RoomUse {
    /// `None` for what holds no room: free time, and what lies outside of the period.
    fn booking(&self, event: &Item) -> Option<Booking> {
        if text(event, "showAs") == "free" {
            return None;
        }
        let (from, to) = (time(event.get("start")?)?, time(event.get("end")?)?);
        let (from, to) = (from.max(self.start), to.min(self.end));
        (from < to).then(|| Booking { from: from.as_second(), to: to.as_second() })
    }
}

/// A `dateTimeTimeZone`: in UTC, which is what the service gives where nobody asks for another zone.
fn time(value: &Value) -> Option<Timestamp> {
    let text = value.get("dateTime")?.as_str()?;
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let zone = value.get("timeZone").and_then(Value::as_str).unwrap_or("UTC");
    let zone = if zone.eq_ignore_ascii_case("utc") { TimeZone::UTC } else { TimeZone::get(zone).ok()? };
    text.parse::<DateTime>().ok()?.to_zoned(zone).ok().map(|time| time.timestamp())
}

/// Seconds that at least one of them takes.
fn covered(mut bookings: Vec<Booking>) -> i64 {
    bookings.sort_by_key(|booking| booking.from);
    let mut until = i64::MIN;
    let mut seconds = 0;
    for Booking { from, to } in bookings {
        seconds += (to - from.max(until)).max(0);
        until = until.max(to);
    }
    seconds
}

/// Whether everybody who was asked to come has declined; the room itself, and whoever organizes it, were not asked.
fn is_declined_by_all(event: &Item) -> bool {
    let asked = event.get("attendees").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut people = asked.iter().filter(|one| one.get("type").and_then(Value::as_str) != Some("resource")).peekable();
    people.peek().is_some()
        && people.all(|one| one.pointer("/status/response").and_then(Value::as_str) == Some("declined"))
}

#[expect(clippy::cast_precision_loss, reason = "seconds of at most some years")]
fn hours(seconds: i64) -> Value {
    ((seconds as f64 / 36.0).round() / 100.0).into()
}

impl Report for RoomUse {
    fn title(&self) -> &'static str {
        "Use of rooms"
    }

    fn options(&self) -> &'static [&'static str] {
        &["start", "end"]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "From",
            "To",
            "Meetings",
            "HoursBooked",
            "LongestHours",
            "AllDay",
            "Organizers",
            "Cancelled",
            "DeclinedByAll",
            "NoShowHours",
            ITEM_COUNT,
        ]
    }

    fn notes(&self) -> &'static [&'static str] {
        &[
            "Nobody notes who came to a meeting. NoShowHours are those of meetings that hold the room although they were \
           cancelled, or although everybody who was asked has declined.",
        ]
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        let booked: Vec<(Booking, &Item)> =
            found.iter().filter_map(|event| Some((self.booking(event)?, event))).collect();
        let is_cancelled = |event: &Item| event.get("isCancelled") == Some(&Value::Bool(true));
        let length = |bookings: Vec<Booking>| hours(covered(bookings));
        let those = |wanted: &dyn Fn(&Item) -> bool| -> Vec<Booking> {
            booked.iter().filter(|(_, event)| wanted(event)).map(|(booking, _)| *booking).collect()
        };
        let longest = booked.iter().map(|(booking, _)| booking.to - booking.from).max().unwrap_or(0);
        let organizers =
            booked.iter().filter_map(|(_, event)| event.get("organizer")?.pointer("/emailAddress/address")?.as_str());
        let mut organizers: Vec<String> = organizers.map(str::to_lowercase).collect();
        organizers.sort_unstable();
        organizers.dedup();
        vec![row(
            [
                ("From", self.start.to_string().into()),
                ("To", self.end.to_string().into()),
                ("Meetings", booked.len().into()),
                ("HoursBooked", length(those(&|_| true))),
                ("LongestHours", hours(longest)),
                ("AllDay", those(&|event| event.get("isAllDay") == Some(&Value::Bool(true))).len().into()),
                ("Organizers", organizers.len().into()),
                ("Cancelled", those(&is_cancelled).len().into()),
                ("DeclinedByAll", those(&|event| !is_cancelled(event) && is_declined_by_all(event)).len().into()),
                ("NoShowHours", length(those(&|event| is_cancelled(event) || is_declined_by_all(event)))),
            ],
            None,
        )]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(start: &str, end: &str) -> Result<RoomUse> {
        let given = |text: &str| Some(text.to_owned());
        RoomUse::new(&ReportOptions { start: given(start), end: given(end), ..ReportOptions::default() })
    }

    fn event(from: &str, to: &str, more: &Value) -> Item {
        let time = |text: &str| json!({"dateTime": format!("2026-11-{text}:00.0000000"), "timeZone": "UTC"});
        let mut event = json!({"start": time(from), "end": time(to)});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event.as_object().unwrap().clone()
    }

    #[test]
    fn hours_count_once_and_within_the_period_alone() {
        let declined = |response: &str| json!({"type": "required", "status": {"response": response}});
        let room = json!({"type": "resource", "status": {"response": "accepted"}});
        let events = vec![
            event("01T09:00", "01T10:30", &json!({"organizer": {"emailAddress": {"address": "A@x"}}})),
            event("01T10:00", "01T11:00", &json!({"organizer": {"emailAddress": {"address": "a@x"}}})),
            event("01T12:00", "01T13:00", &json!({"showAs": "free"})),
            event("01T23:00", "02T01:00", &json!({"isCancelled": true})),
            event("01T14:00", "01T15:00", &json!({"attendees": [declined("declined"), room.clone()]})),
            event("01T15:00", "01T16:00", &json!({"attendees": [declined("declined"), declined("none")]})),
            event("01T16:00", "01T17:00", &json!({"attendees": [room]})),
            event("02T09:00", "02T10:00", &json!({})),
        ];
        let row = of("2026-11-01", "2026-11-02").unwrap().rows(events).remove(0);
        let shown = json!([
            row["Meetings"],
            row["HoursBooked"],
            row["LongestHours"],
            row["Organizers"],
            row["Cancelled"],
            row["DeclinedByAll"],
            row["NoShowHours"]
        ]);
        assert_eq!(shown, json!([6, 6.0, 1.5, 1, 1, 1, 2.0]));
    }

    #[test]
    fn a_period_is_two_days_or_two_moments() {
        assert!(of("2026-11-01", "2026-12-01").is_ok());
        assert!(of("2026-11-01T08:00:00+01:00", "2026-11-01T18:00:00Z").is_ok());
        for (start, end, part) in [
            ("2026-11-01", "2026-11-01", "later than start"),
            ("yesterday", "2026-11-01", "start: \"yesterday\" is neither"),
            ("2016-11-01", "2026-11-01", "not be longer than"),
        ] {
            let error = of(start, end).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let error = RoomUse::new(&ReportOptions::default()).unwrap_err().to_string();
        assert!(error.contains("needs a period"), "{error}");
    }
}
