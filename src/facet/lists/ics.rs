//! Events of an iCalendar file (RFC 5545): what repeats becomes an event for each time.

use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::dates::TimeOrDelta;
use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarProperty,
    ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, Datelike as _};
use jiff::Timestamp;
use jiff::civil::Date;

use super::events::{Draft, EventList, EventOptions};
use super::keys::check_keys;
use super::times::{span, whole_days, zone};
use crate::error::{Error, Result};

/// The most events of a file, those that repeat counted each time.
const MOST: usize = 5000;
/// The most that is looked at: some of them are left out again.
const MOST_LOOKED_AT: usize = 50_000;

/// Reads the events of a calendar, whose keys get `prefix` before them: the UID of each, and of what repeats the time.
///
/// # Errors
///
/// `InvalidArgument` for what is no calendar, and for each event that cannot be written as the file has it: one in a time
/// zone that is not known, one that repeats without end, one that repeats in a way that is not known.
pub fn calendar(text: &str, prefix: &str, options: &EventOptions) -> Result<EventList> {
    let mut calendar = parse(text)?;
    let own_zone = options.time_zone.as_deref().map(zone).transpose()?;
    let until = options.until.as_deref().map(last_day).transpose()?;
    prepare(&mut calendar, own_zone, until)?;
    let expanded = calendar.expand_dates(own_zone.unwrap_or(Tz::Floating), MOST_LOOKED_AT);
    if let Some(fault) = expanded.errors.first() {
        let detail = format!("it has times that are not understood ({:?})", fault.error);
        return Err(about(&calendar, fault.comp_id, Error::argument(detail)));
    }
    let mut read = EventList::default();
    for event in expanded.events {
        let Some(component) = calendar.component_by_id(event.comp_id) else { continue };
        if component.component_type != ICalendarComponentType::VEvent || is_cancelled(component) {
            continue;
        }
        let end = match event.end {
            TimeOrDelta::Time(end) => end,
            TimeOrDelta::Delta(length) => event.start + length,
        };
        if until.is_some_and(|until| date(&event.start).is_none_or(|day| day > until)) {
            continue;
        }
        let drafted = draft(component, &event.start, &end, &mut read.left_out);
        let item = drafted.and_then(|draft| draft.finish(prefix, options));
        read.events.push(item.map_err(|error| about(&calendar, event.comp_id, error))?);
        if read.events.len() > MOST {
            return Err(Error::argument(format!(
                "the calendar has more than {MOST} events, those that repeat counted each time"
            ))
            .hint("name the last day that is wanted: until (-Until)"));
        }
    }
    check_keys("the calendar", &read.events)?;
    Ok(read)
}

fn parse(text: &str) -> Result<ICalendar> {
    let mut parser = Parser::new(text);
    let mut all = None;
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => match &mut all {
                None => all = Some(calendar),
                Some(_) => return Err(Error::argument("the file holds several calendars").hint("give each by itself")),
            },
            Entry::Eof => break,
            Entry::InvalidLine(line) if line.trim().is_empty() => {}
            Entry::InvalidLine(line) => {
                let shown: String = line.trim().chars().take(60).collect();
                return Err(Error::argument(format!("the file is no iCalendar file: it has the line {shown:?}")));
            }
            Entry::UnterminatedComponent(name) => {
                return Err(Error::argument(format!("the calendar is cut off within {name}")));
            }
            _ => return Err(Error::argument("the file is no iCalendar file, or is cut off")),
        }
    }
    all.ok_or_else(|| {
        Error::argument("the file holds no calendar").hint("give an .ics file: it begins with BEGIN:VCALENDAR")
    })
}

/// Refuses what would be guessed otherwise, and gives an end to what repeats without one.
fn prepare(calendar: &mut ICalendar, own_zone: Option<Tz>, until: Option<Date>) -> Result<()> {
    let mut fault = None;
    {
        let zones = calendar.build_tz_resolver();
        for (id, component) in calendar.components.iter().enumerate() {
            if component.component_type != ICalendarComponentType::VEvent {
                continue;
            }
            for entry in &component.entries {
                let is_time = matches!(
                    entry.name,
                    ICalendarProperty::Dtstart
                        | ICalendarProperty::Dtend
                        | ICalendarProperty::Rdate
                        | ICalendarProperty::RecurrenceId
                );
                let found = match entry.tz_id() {
                    Some(name) if is_time && zones.resolve(name).is_none() => {
                        Some(Error::argument(format!("its time zone {name:?} is not known")))
                    }
                    None if is_time && own_zone.is_none() && is_floating(entry) => {
                        Some(Error::argument("its time says no time zone").hint(
                            "name the zone of such times, as Europe/Berlin or W. Europe Standard Time: timeZone (-TimeZone)",
                        ))
                    }
                    _ => None,
                };
                if fault.is_none() {
                    fault = found.map(|error| (id, error));
                }
            }
        }
    }
    if let Some((id, error)) = fault {
        return Err(about(calendar, u32::try_from(id).unwrap_or(u32::MAX), error));
    }
    for id in 0..calendar.components.len() {
        let component = &mut calendar.components[id];
        let is_event = component.component_type == ICalendarComponentType::VEvent;
        let endless =
            component.entries.iter_mut().flat_map(|entry| entry.values.iter_mut()).find_map(|value| match value {
                ICalendarValue::RecurrenceRule(rule) if rule.count.is_none() && rule.until.is_none() => Some(rule),
                _ => None,
            });
        match (endless, until) {
            (None, _) => {}
            (Some(rule), Some(day)) => rule.until = Some(end_of(day)),
            (Some(_), None) if !is_event => {}
            (Some(_), None) => {
                let error = Error::argument("it is repeated without an end")
                    .hint("name the last day that is wanted: until (-Until)");
                return Err(about(calendar, u32::try_from(id).unwrap_or(u32::MAX), error));
            }
        }
    }
    Ok(())
}

/// Whether a time is one of the clock, of no zone.
fn is_floating(entry: &ICalendarEntry) -> bool {
    entry.values.iter().any(|value| match value {
        ICalendarValue::PartialDateTime(time) => time.has_time() && time.tz_hour.is_none(),
        _ => false,
    })
}

fn end_of(day: Date) -> PartialDateTime {
    PartialDateTime {
        year: u16::try_from(day.year()).ok(),
        month: u8::try_from(day.month()).ok(),
        day: u8::try_from(day.day()).ok(),
        hour: Some(23),
        minute: Some(59),
        second: Some(59),
        ..PartialDateTime::default()
    }
}

fn last_day(text: &str) -> Result<Date> {
    text.trim().parse().map_err(|_| Error::argument(format!("until: {text:?} is no day: write it as 2027-12-31")))
}

/// Says which event an error is about.
fn about(calendar: &ICalendar, id: u32, error: Error) -> Error {
    let component = calendar.component_by_id(id);
    let name = component.and_then(|component| {
        line(component, &ICalendarProperty::Summary).or_else(|| component.uid().map(str::to_owned))
    });
    error.action("reading the event").target(name.unwrap_or_else(|| "without a subject".to_owned()))
}

/// The text of a property.
fn line(component: &ICalendarComponent, name: &ICalendarProperty) -> Option<String> {
    let text = component.property(name)?.values.first()?.as_text()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn is_cancelled(component: &ICalendarComponent) -> bool {
    let values =
        component.property(&ICalendarProperty::Status).map(|entry| entry.values.as_slice()).unwrap_or_default();
    values.iter().any(|value| matches!(value, ICalendarValue::Status(ICalendarStatus::Cancelled)))
}

fn date(time: &DateTime<Tz>) -> Option<Date> {
    let day = time.naive_local();
    Date::new(i16::try_from(day.year()).ok()?, i8::try_from(day.month()).ok()?, i8::try_from(day.day()).ok()?).ok()
}

fn draft(
    component: &ICalendarComponent,
    start: &DateTime<Tz>,
    end: &DateTime<Tz>,
    left_out: &mut Vec<String>,
) -> Result<Draft> {
    let value = |name: &ICalendarProperty| component.property(name).and_then(|entry| entry.values.first());
    let begins = value(&ICalendarProperty::Dtstart).or_else(|| value(&ICalendarProperty::RecurrenceId));
    let is_all_day = matches!(begins, Some(ICalendarValue::PartialDateTime(time)) if !time.has_time());
    let beyond = || Error::argument("it lies beyond all calendars");
    let times = if is_all_day {
        let (first, end) = (date(start).ok_or_else(beyond)?, date(end).ok_or_else(beyond)?);
        whole_days(first, end.yesterday().unwrap_or(end).max(first))?
    } else {
        let moment = |time: &DateTime<Tz>| Timestamp::from_second(time.timestamp()).map_err(|_| beyond());
        span(moment(start)?, moment(end)?)?
    };
    for (name, shown) in [(ICalendarProperty::Attendee, "ATTENDEE"), (ICalendarProperty::Attach, "ATTACH")] {
        if component.has_property(&name) && !left_out.iter().any(|known| known == shown) {
            left_out.push(shown.to_owned());
        }
    }
    let uid = component.uid().map(str::trim).filter(|uid| !uid.is_empty());
    let repeats = component.is_recurrent() || component.is_recurrence_override();
    let at = if is_all_day { start.format("%Y%m%d") } else { start.format("%Y%m%dT%H%M%S%z") };
    let categories: Vec<String> = component
        .properties(&ICalendarProperty::Categories)
        .flat_map(|entry| &entry.values)
        .filter_map(|value| value.as_text().map(|text| text.trim().to_owned()))
        .filter(|text| !text.is_empty())
        .collect();
    Ok(Draft {
        key: uid.map(|uid| if repeats { format!("{uid} {at}") } else { uid.to_owned() }),
        subject: line(component, &ICalendarProperty::Summary).unwrap_or_default(),
        times: Some(times),
        is_all_day,
        location: line(component, &ICalendarProperty::Location),
        body: line(component, &ICalendarProperty::Description),
        show_as: shown_as(component),
        sensitivity: match value(&ICalendarProperty::Class) {
            Some(ICalendarValue::Classification(ICalendarClassification::Private)) => Some("private".to_owned()),
            Some(ICalendarValue::Classification(ICalendarClassification::Confidential)) => {
                Some("confidential".to_owned())
            }
            _ => None,
        },
        importance: None,
        categories: (!categories.is_empty()).then_some(categories),
        reminder: None,
    })
}

/// What Outlook says of availability, else whether it takes time at all, where the file says that.
fn shown_as(component: &ICalendarComponent) -> Option<String> {
    let own = component.entries.iter().find(|entry| {
        matches!(&entry.name, ICalendarProperty::Other(name) if name.eq_ignore_ascii_case("X-MICROSOFT-CDO-BUSYSTATUS"))
    });
    let of_outlook = own.and_then(|entry| entry.values.first()?.as_text()).map(str::to_owned);
    of_outlook.or_else(|| match component.property(&ICalendarProperty::Transp)?.values.first()? {
        ICalendarValue::Transparency(ICalendarTransparency::Transparent) => Some("free".to_owned()),
        ICalendarValue::Transparency(ICalendarTransparency::Opaque) => Some("busy".to_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(events: &[&str]) -> String {
        let events: String = events.iter().map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")).collect();
        format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
    }

    fn read(events: &[&str], options: &EventOptions) -> Result<Vec<[String; 4]>> {
        let list = calendar(&file(events), "L/", options)?;
        let shown = |event: &crate::facet::Item| {
            let time = |name: &str| event[name]["dateTime"].as_str().unwrap().split('.').next().unwrap().to_owned();
            [
                event["key"].as_str().unwrap().to_owned(),
                time("start"),
                time("end"),
                event["showAs"].as_str().unwrap().to_owned(),
            ]
        };
        let mut all: Vec<_> = list.events.iter().map(shown).collect();
        all.sort();
        Ok(all)
    }

    fn texts<const N: usize>(rows: [[&str; 4]; N]) -> Vec<[String; 4]> {
        rows.map(|row| row.map(str::to_owned)).into()
    }

    #[test]
    fn holidays_and_shifts_are_read() {
        let options = EventOptions::default();
        let holidays = [
            "UID:ny\nSUMMARY:New year\nDTSTART;VALUE=DATE:20270101\nTRANSP:OPAQUE",
            "UID:xmas\nSUMMARY:Christmas\\, both days\nDTSTART;VALUE=DATE:20271225\nDTEND;VALUE=DATE:20271227",
            "UID:gone\nSUMMARY:x\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20271225",
        ];
        assert_eq!(
            read(&holidays, &options).unwrap(),
            texts([
                ["L/ny", "2027-01-01T00:00:00", "2027-01-02T00:00:00", "busy"],
                ["L/xmas", "2027-12-25T00:00:00", "2027-12-27T00:00:00", "free"],
            ])
        );
        let shift = "UID:s\nSUMMARY:Duty\nDTSTART;TZID=W. Europe Standard Time:20270326T220000\nDURATION:PT8H\n\
                     RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=W. Europe Standard Time:20270327T220000\n\
                     X-MICROSOFT-CDO-BUSYSTATUS:OOF";
        // The clock goes forward on the 28th: the shift begins at ten in the evening before and after.
        assert_eq!(
            read(&[shift], &options).unwrap(),
            texts([
                ["L/s 20270326T220000+0100", "2027-03-26T21:00:00", "2027-03-27T05:00:00", "oof"],
                ["L/s 20270328T220000+0200", "2027-03-28T20:00:00", "2027-03-29T04:00:00", "oof"],
            ])
        );
    }

    #[test]
    fn what_repeats_without_end_needs_one() {
        let yearly = "UID:y\nSUMMARY:Founders\nDTSTART;VALUE=DATE:20270601\nRRULE:FREQ=YEARLY";
        let error = read(&[yearly], &EventOptions::default()).unwrap_err().to_string();
        assert!(error.contains("reading the event Founders: it is repeated without an end"), "{error}");
        let until = EventOptions { until: Some("2028-12-31".into()), ..EventOptions::default() };
        let found = read(&[yearly, "UID:z\nSUMMARY:z\nDTSTART;VALUE=DATE:20290101"], &until).unwrap();
        assert_eq!(
            found.iter().map(|row| row[1].as_str()).collect::<Vec<_>>(),
            ["2027-06-01T00:00:00", "2028-06-01T00:00:00"]
        );
    }

    #[test]
    fn what_would_be_guessed_is_refused() {
        for (lines, part) in [
            (
                "UID:a\nSUMMARY:x\nDTSTART;TZID=Mars/Olympus:20270101T090000\nDURATION:PT1H",
                "\"Mars/Olympus\" is not known",
            ),
            ("UID:a\nSUMMARY:x\nDTSTART:20270101T090000\nDURATION:PT1H", "says no time zone"),
            ("UID:a\nDTSTART;VALUE=DATE:20270101", "has no subject"),
            ("UID:a\nSUMMARY:x", "not understood"),
        ] {
            let error = read(&[lines], &EventOptions::default()).unwrap_err().to_string();
            assert!(error.contains(part), "{lines}: {error}");
        }
        let local = EventOptions { time_zone: Some("Europe/Berlin".into()), ..EventOptions::default() };
        let found = read(&["UID:a\nSUMMARY:x\nDTSTART:20270101T090000\nDURATION:PT1H"], &local).unwrap();
        assert_eq!(found[0][1], "2027-01-01T08:00:00");
        for text in ["", "Subject,Start\nx,y\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n"] {
            assert!(calendar(text, "L/", &local).is_err(), "{text}");
        }
        let twice = read(
            &["UID:a\nSUMMARY:x\nDTSTART;VALUE=DATE:20270101", "UID:a\nSUMMARY:y\nDTSTART;VALUE=DATE:20270102"],
            &local,
        );
        assert!(twice.unwrap_err().to_string().contains("is there twice"));
    }
}
