//! A list of events as people have it: with the names of Graph, of Outlook's export, or short ones.
//!
//! Source: Microsoft Graph "event resource type"; the first line of a calendar that Outlook exports.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::columns::{Columns, of_row, plain, rows, text, texts};
use super::keys::check_keys;
use super::times::{Time, span, whole_days, zone};
use crate::error::{Error, Result};
use crate::facet::item::Item;
use crate::facet::own_property::LONGEST_KEY;
use crate::facet::synced_contacts::WANTED_KEY;

/// What the events of a list have where the list itself does not say it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventOptions {
    /// The zone of times that say none.
    pub time_zone: Option<String>,
    /// `free`, `tentative`, `busy`, `oof` or `workingElsewhere`.
    pub show_as: Option<String>,
    /// Minutes before the start; without it nobody is reminded.
    pub reminder_minutes: Option<u32>,
    /// The categories.
    pub categories: Vec<String>,
    /// Whether others see no more than that there is something.
    pub is_private: bool,
    /// The last day on which an event without an end is repeated.
    pub until: Option<String>,
    /// The column that says which event it is.
    pub key_column: Option<String>,
}

/// How availability is called, by Graph, Outlook's export (numbers too) and people.
const SHOWN_AS: [(&str, &str); 15] = [
    ("free", "free"),
    ("tentative", "tentative"),
    ("busy", "busy"),
    ("oof", "oof"),
    ("outofoffice", "oof"),
    ("away", "oof"),
    ("workingelsewhere", "workingElsewhere"),
    ("3", "free"),
    ("1", "tentative"),
    ("2", "busy"),
    ("4", "oof"),
    ("5", "workingElsewhere"),
    ("transparent", "free"),
    ("opaque", "busy"),
    ("unknown", "unknown"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Key,
    Subject,
    Start,
    StartTime,
    End,
    EndTime,
    AllDay,
    TimeZone,
    Location,
    Body,
    ShowAs,
    Sensitivity,
    Private,
    Importance,
    Categories,
    IsReminderOn,
    ReminderMinutes,
    /// Of Outlook's export alone; each is another one.
    Nothing(u8),
}

const KNOWN: &[(&str, Place)] = &[
    ("key", Place::Key),
    ("uid", Place::Key),
    ("subject", Place::Subject),
    ("summary", Place::Subject),
    ("title", Place::Subject),
    ("start", Place::Start),
    ("start date", Place::Start),
    ("date", Place::Start),
    ("start time", Place::StartTime),
    ("end", Place::End),
    ("end date", Place::End),
    ("end time", Place::EndTime),
    ("isAllDay", Place::AllDay),
    ("all day event", Place::AllDay),
    ("all day", Place::AllDay),
    ("timeZone", Place::TimeZone),
    ("location", Place::Location),
    ("body", Place::Body),
    ("description", Place::Body),
    ("notes", Place::Body),
    ("showAs", Place::ShowAs),
    ("show time as", Place::ShowAs),
    ("sensitivity", Place::Sensitivity),
    ("private", Place::Private),
    ("importance", Place::Importance),
    ("priority", Place::Importance),
    ("categories", Place::Categories),
    ("isReminderOn", Place::IsReminderOn),
    ("reminder on/off", Place::IsReminderOn),
    ("reminderMinutesBeforeStart", Place::ReminderMinutes),
    ("reminder minutes", Place::ReminderMinutes),
    ("reminder date", Place::Nothing(0)),
    ("reminder time", Place::Nothing(1)),
    ("meeting organizer", Place::Nothing(2)),
    ("required attendees", Place::Nothing(3)),
    ("optional attendees", Place::Nothing(4)),
    ("meeting resources", Place::Nothing(5)),
    ("billing information", Place::Nothing(6)),
    ("mileage", Place::Nothing(7)),
];

/// Events that are wanted, and what of their list is not written.
#[derive(Debug, Default)]
pub struct EventList {
    /// The events, with their keys, which begin with the list's name.
    pub events: Vec<Item>,
    /// What has values, and is not written.
    pub left_out: Vec<String>,
}

/// An event before it is put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) key: Option<String>,
    pub(super) subject: String,
    pub(super) times: Option<(Value, Value)>,
    pub(super) is_all_day: bool,
    pub(super) location: Option<String>,
    pub(super) body: Option<String>,
    pub(super) show_as: Option<String>,
    pub(super) sensitivity: Option<String>,
    pub(super) importance: Option<String>,
    pub(super) categories: Option<Vec<String>>,
    pub(super) reminder: Option<u32>,
}

impl Draft {
    /// The event, with its key below the list's.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for one without a subject or a key, and for availability that is none.
    pub(super) fn finish(self, prefix: &str, options: &EventOptions) -> Result<Item> {
        let (start, end) = self.times.ok_or_else(|| Error::argument("the event has no start"))?;
        if self.subject.trim().is_empty() {
            return Err(Error::argument("the event has no subject"));
        }
        let day = start["dateTime"].as_str().and_then(|text| text.get(..10)).unwrap_or_default();
        let own = self.key.unwrap_or_else(|| format!("{day} {}", self.subject.trim()));
        let key = format!("{prefix}{}", own.trim());
        if key.chars().count() > LONGEST_KEY {
            return Err(Error::argument(format!(
                "key: {own:?} with the list's name is longer than {LONGEST_KEY} letters"
            )));
        }
        let show_as = match self.show_as.as_deref().or(options.show_as.as_deref()) {
            Some(text) => shown_as(text)?,
            // As Outlook does it by itself.
            None if self.is_all_day => "free",
            None => "busy",
        };
        let sensitivity =
            self.sensitivity.unwrap_or_else(|| if options.is_private { "private" } else { "normal" }.to_owned());
        let reminder = self.reminder.or(options.reminder_minutes);
        let categories = self.categories.unwrap_or_else(|| options.categories.clone());
        let mut event = json!({
            WANTED_KEY: key,
            "subject": self.subject.trim(),
            "start": start,
            "end": end,
            "isAllDay": self.is_all_day,
            "location": {"displayName": self.location.unwrap_or_default()},
            "body": {"contentType": "text", "content": self.body.unwrap_or_default()},
            "showAs": show_as,
            "sensitivity": sensitivity,
            "categories": categories,
            "isReminderOn": reminder.is_some(),
        });
        if let Some(importance) = self.importance {
            event["importance"] = importance.into();
        }
        if let Some(minutes) = reminder {
            event["reminderMinutesBeforeStart"] = minutes.into();
        }
        match event {
            Value::Object(event) => Ok(event),
            _ => Err(Error::internal("an event is no object")),
        }
    }
}

fn shown_as(text: &str) -> Result<&'static str> {
    let own = plain(text);
    let found = SHOWN_AS.iter().find(|(known, _)| *known == own).map(|(_, name)| *name);
    found.ok_or_else(|| {
        Error::argument(format!("showAs: must be free, tentative, busy, oof or workingElsewhere, not {text:?}"))
    })
}

/// Reads a list of events, whose keys get `prefix` before them. The key of each comes from the column that is named, else
/// from `key`, else it is the day and the subject.
///
/// # Errors
///
/// `InvalidArgument` with the number of the row.
pub fn events(list: &Value, prefix: &str, options: &EventOptions) -> Result<EventList> {
    let columns = Columns { known: KNOWN, key: options.key_column.clone() };
    let mut read = EventList::default();
    for (number, row) in rows("events", list)?.into_iter().enumerate() {
        let event = draft(&columns, row, options, &mut read.left_out).and_then(|draft| draft.finish(prefix, options));
        read.events.push(event.map_err(|error| of_row("events", number, error))?);
    }
    check_keys("events", &read.events)?;
    Ok(read)
}

fn draft(columns: &Columns<Place>, row: &Item, options: &EventOptions, left_out: &mut Vec<String>) -> Result<Draft> {
    let mut draft = Draft::default();
    let mut times = Times { zone: options.time_zone.clone(), ..Times::default() };
    let mut wants_reminder = None;
    let mut minutes = None;
    // Dates of the service, and whatever else comes as an object, are read first.
    for (place, value) in columns.place(row, Place::Key)? {
        let own = |name: &str| Ok::<_, Error>(text(name, value)?.as_str().map(str::to_owned));
        match place {
            Place::Key => draft.key = own("key")?,
            Place::Subject => draft.subject = own("subject")?.unwrap_or_default(),
            Place::Start => times.start = times.of(value, "start")?,
            Place::End => times.end = times.of(value, "end")?,
            Place::StartTime => times.start_time = own("start time")?,
            Place::EndTime => times.end_time = own("end time")?,
            Place::AllDay => times.is_all_day = yes("isAllDay", value)?,
            Place::TimeZone => times.zone = own("timeZone")?.or_else(|| options.time_zone.clone()),
            Place::Location => {
                draft.location = match value.get("displayName") {
                    Some(name) => text("location", name)?.as_str().map(str::to_owned),
                    None => own("location")?,
                };
            }
            Place::Body => {
                draft.body = match value.get("content") {
                    Some(content) => content.as_str().map(str::to_owned),
                    None => own("body")?,
                };
            }
            Place::ShowAs => draft.show_as = own("showAs")?,
            Place::Sensitivity => {
                draft.sensitivity = one_of("sensitivity", value, &["normal", "personal", "private", "confidential"])?;
            }
            Place::Private => {
                if yes("private", value)? == Some(true) {
                    draft.sensitivity = Some("private".to_owned());
                }
            }
            Place::Importance => draft.importance = one_of("importance", value, &["low", "normal", "high"])?,
            Place::Categories => draft.categories = Some(texts("categories", value)?).filter(|all| !all.is_empty()),
            Place::IsReminderOn => wants_reminder = yes("isReminderOn", value)?,
            Place::ReminderMinutes => {
                let text = own("reminderMinutesBeforeStart")?;
                let number = text.map(|text| {
                    text.parse::<u32>().map_err(|_| {
                        Error::argument(format!("reminderMinutesBeforeStart: {text:?} is no number of minutes"))
                    })
                });
                minutes = number.transpose()?;
            }
            Place::Nothing(_) => {
                let name = row.iter().find(|(_, other)| std::ptr::eq(*other, value)).map(|(name, _)| name.clone());
                let is_silent = matches!(text("", value), Ok(Value::Null));
                let is_of_reminder = name
                    .as_deref()
                    .is_some_and(|name| plain(name).starts_with("reminder") || plain(name) == "meetingorganizer");
                left_out.extend(name.filter(|name| !is_silent && !is_of_reminder && !left_out.contains(name)));
            }
        }
    }
    draft.reminder = match wants_reminder {
        Some(false) => None,
        Some(true) => Some(minutes.or(options.reminder_minutes).unwrap_or(15)),
        None => minutes,
    };
    (draft.times, draft.is_all_day) = times.finish()?;
    Ok(draft)
}

fn one_of(name: &str, value: &Value, known: &[&str]) -> Result<Option<String>> {
    let Value::String(text) = text(name, value)? else { return Ok(None) };
    let found = known.iter().find(|known| known.eq_ignore_ascii_case(&text)).map(|known| (*known).to_owned());
    found.map(Some).ok_or_else(|| Error::argument(format!("{name}: must be one of {}, not {text:?}", known.join(", "))))
}

fn yes(name: &str, value: &Value) -> Result<Option<bool>> {
    let Value::String(text) = text(name, value)? else { return Ok(None) };
    match text.to_lowercase().as_str() {
        "true" | "yes" | "1" | "on" => Ok(Some(true)),
        "false" | "no" | "0" | "off" => Ok(Some(false)),
        _ => Err(Error::argument(format!("{name}: must be True or False, not {text:?}"))),
    }
}

/// What a row says of times.
#[derive(Debug, Default)]
struct Times {
    start: Option<String>,
    start_time: Option<String>,
    end: Option<String>,
    end_time: Option<String>,
    is_all_day: Option<bool>,
    zone: Option<String>,
}

impl Times {
    /// A text, or a `dateTimeTimeZone`.
    fn of(&mut self, value: &Value, name: &str) -> Result<Option<String>> {
        let Some(time) = value.get("dateTime") else { return Ok(text(name, value)?.as_str().map(str::to_owned)) };
        if let Some(zone) = value.get("timeZone").and_then(Value::as_str) {
            self.zone = Some(zone.to_owned());
        }
        let text = time.as_str().unwrap_or_default();
        Ok(Some(text.split('.').next().unwrap_or_default().to_owned()))
    }

    fn finish(self) -> Result<(Option<(Value, Value)>, bool)> {
        let zone = self.zone.as_deref().map(zone).transpose()?;
        let joined = |day: Option<String>, time: Option<String>| match (day, time) {
            (Some(day), Some(time)) => Some(format!("{}T{}", day.trim(), clock(&time))),
            (day, _) => day,
        };
        let start = joined(self.start, self.start_time).ok_or_else(|| Error::argument("the event has no start"))?;
        let start = Time::read("start", &start)?;
        let end = joined(self.end, self.end_time).map(|end| Time::read("end", &end)).transpose()?;
        // A date of .NET is a midnight too.
        let is_day = matches!(start, Time::Day(_)) || end.is_none() && matches!(start, Time::Local(_)) && day(start).1;
        let is_all_day = self.is_all_day.unwrap_or(is_day);
        if is_all_day {
            let first = day(start).0;
            // A day is the last one; midnight is where the day after it begins.
            let last = match end.map(day) {
                None => first,
                Some((last, is_midnight)) if is_midnight && last > first => last.yesterday().unwrap_or(last),
                Some((last, _)) => last,
            };
            return Ok((Some(whole_days(first, last)?), true));
        }
        let end = end.ok_or_else(|| Error::argument("the event has no end, and is not of a whole day"))?;
        Ok((Some(span(start.moment(zone)?, end.moment(zone)?)?), false))
    }
}

/// `9:00` and `9:00:00 AM` as a clock of 24 hours shows them; what is no time stays as it is and is refused later.
fn clock(text: &str) -> String {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(digits), _) => (digits.trim(), Some(0)),
        (_, Some(digits)) => (digits.trim(), Some(12)),
        _ => (lower.as_str(), None),
    };
    let mut parts = digits.splitn(2, ':');
    let hour = parts.next().and_then(|hour| hour.parse::<u8>().ok());
    match (hour, parts.next(), half) {
        (Some(hour), Some(rest), Some(half)) if hour <= 12 => format!("{:02}:{rest}", hour % 12 + half),
        (Some(hour), Some(rest), None) => format!("{hour:02}:{rest}"),
        _ => text.to_owned(),
    }
}

/// The day of a time, and whether it is the midnight with which that begins.
fn day(time: Time) -> (Date, bool) {
    match time {
        Time::Day(day) => (day, false),
        Time::Local(local) => (local.date(), local.time() == jiff::civil::Time::midnight()),
        Time::Moment(moment) => {
            let local = moment.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            (local.date(), local.time() == jiff::civil::Time::midnight())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "json! stands in the call")]
    fn one(row: Value, options: &EventOptions) -> Value {
        Value::Object(events(&json!([row]), "L/", options).unwrap().events.remove(0))
    }

    fn times(event: &Value) -> [&str; 2] {
        ["start", "end"].map(|name| event[name]["dateTime"].as_str().unwrap().split('.').next().unwrap())
    }

    #[test]
    fn events_are_read_however_they_are_written() {
        let berlin = EventOptions { time_zone: Some("Europe/Berlin".into()), ..EventOptions::default() };
        let holiday = one(json!({"Date": "2027-01-01", "Title": "New year"}), &EventOptions::default());
        assert_eq!(times(&holiday), ["2027-01-01T00:00:00", "2027-01-02T00:00:00"]);
        assert_eq!(
            json!([holiday["key"], holiday["showAs"], holiday["isAllDay"], holiday["isReminderOn"]]),
            json!(["L/2027-01-01 New year", "free", true, false])
        );
        let outlook = one(
            json!({"Subject": "Duty", "Start Date": "2027-07-01", "Start Time": "9:00:00 AM", "End Date": "2027-07-01",
                "End Time": "5:30:00 PM", "All day event": "False", "Reminder on/off": "True", "Categories": "A;B",
                "Show time as": "4", "Private": "True", "Mileage": ""}),
            &berlin,
        );
        assert_eq!(times(&outlook), ["2027-07-01T07:00:00", "2027-07-01T15:30:00"]);
        assert_eq!(
            json!([
                outlook["showAs"],
                outlook["sensitivity"],
                outlook["reminderMinutesBeforeStart"],
                outlook["categories"]
            ]),
            json!(["oof", "private", 15, ["A", "B"]])
        );
        let days = one(json!({"subject": "x", "start": "2027-12-24", "end": "2027-12-26", "key": 7}), &berlin);
        assert_eq!(times(&days), ["2027-12-24T00:00:00", "2027-12-27T00:00:00"]);
        assert_eq!(days["key"], "L/7");
        let of_net = one(json!({"subject": "x", "start": "2027-12-24T00:00:00.0000000"}), &berlin);
        assert_eq!(times(&of_net), ["2027-12-24T00:00:00", "2027-12-25T00:00:00"]);
        let graph = one(
            json!({"subject": "x", "isAllDay": true, "start": {"dateTime": "2027-12-24T00:00:00.0000000", "timeZone": "UTC"},
                "end": {"dateTime": "2027-12-25T00:00:00.0000000", "timeZone": "UTC"}}),
            &berlin,
        );
        assert_eq!(times(&graph), ["2027-12-24T00:00:00", "2027-12-25T00:00:00"]);
    }

    #[test]
    fn what_makes_no_event_is_refused_with_its_row() {
        for (row, part) in [
            (json!({"subject": "x"}), "row 1 of the list of events: the event has no start"),
            (json!({"start": "2027-01-01"}), "has no subject"),
            (json!({"subject": "x", "start": "2027-01-01T09:00Z"}), "has no end"),
            (json!({"subject": "x", "start": "2027-01-01T09:00", "end": "2027-01-01T10:00"}), "says no time zone"),
            (json!({"subject": "x", "start": "2027-01-02", "end": "2027-01-01"}), "before it begins"),
            (json!({"subject": "x", "start": "2027-01-01", "showAs": "asleep"}), "showAs: must be free"),
            (json!({"subject": "x", "start": "2027-01-01", "Attendees": "a"}), "\"Attendees\" is not known"),
            (json!({"subject": "x", "start": "2027-01-01", "timeZone": "Mars"}), "\"Mars\" is not known"),
            (json!({"subject": "x", "start": "2027-01-01", "isAllDay": "perhaps"}), "must be True or False"),
        ] {
            let error = events(&json!([row]), "L/", &EventOptions::default()).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let twice = json!([{"subject": "x", "start": "2027-01-01"}, {"subject": "X ", "start": "2027-01-01"}]);
        assert!(events(&twice, "L/", &EventOptions::default()).unwrap_err().to_string().contains("is there twice"));
    }
}
