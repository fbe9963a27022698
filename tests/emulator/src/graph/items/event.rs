//! Events as they are written, and what the service makes of them.
//!
//! Source: Microsoft Graph "event resource type" (isAllDay, showAs, sensitivity, transactionId), "dateTimeTimeZone resource
//! type", "List events": times come in UTC where no header asks for another zone, and bodies as HTML.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::graph::body::not_of_type;
use crate::reply::Reply;

/// Checks a value of a member as far as those are told apart.
pub(super) fn check(name: &str, value: &Value) -> Result<(), Reply> {
    let known: &[&str] = match name {
        "showAs" => &["free", "tentative", "busy", "oof", "workingElsewhere", "unknown"],
        "sensitivity" => &["normal", "personal", "private", "confidential"],
        "importance" => &["low", "normal", "high"],
        "start" | "end" => {
            let time = time(value).ok_or_else(|| not_of_type(value, "microsoft.graph.dateTimeTimeZone"))?;
            return if time.1.is_empty() {
                Err(not_of_type(value, "microsoft.graph.dateTimeTimeZone"))
            } else {
                Ok(())
            };
        }
        _ => return Ok(()),
    };
    if value.as_str().is_some_and(|text| known.contains(&text)) { Ok(()) } else { Err(not_of_type(value, name)) }
}

/// A `dateTimeTimeZone`.
fn time(value: &Value) -> Option<(DateTime, &str)> {
    let text = value.get("dateTime")?.as_str()?;
    Some((text.parse().ok()?, value.get("timeZone")?.as_str()?))
}

/// Checks how the times of an event go together.
pub(super) fn check_times(event: &Map<String, Value>) -> Result<(), Reply> {
    let (Some((start, from)), Some((end, to))) = (event.get("start").and_then(time), event.get("end").and_then(time))
    else {
        return Ok(());
    };
    let refused = |message: &str| Err(Reply::graph_error(400, "ErrorInvalidRequest", message));
    if event.get("isAllDay") == Some(&Value::Bool(true)) {
        let midnight = |time: DateTime| time.time() == jiff::civil::Time::midnight();
        if !midnight(start) || !midnight(end) || from != to {
            return refused("An all-day event begins and ends at midnight, in one time zone.");
        }
        if start >= end {
            return refused("The Event.Duration property value is not valid: an all-day event lasts a day at least.");
        }
    }
    if from == to && start > end {
        return Err(Reply::graph_error(400, "ErrorInvalidTimeSettings", "The event ends before it starts."));
    }
    Ok(())
}

/// What the service makes of members: times in UTC with seven decimals, a body of HTML.
pub(super) fn rewrite(event: &mut Map<String, Value>) {
    let is_all_day = event.get("isAllDay") == Some(&Value::Bool(true));
    for name in ["start", "end"] {
        let Some((written, zone)) = event.get(name).and_then(time) else { continue };
        let known = if is_all_day { None } else { TimeZone::get(zone).ok() };
        let zoned = known.and_then(|known| written.to_zoned(known).ok());
        let (shown, zone) = match zoned {
            Some(zoned) => (zoned.with_time_zone(TimeZone::UTC).datetime(), "UTC".to_owned()),
            None => (written, zone.to_owned()),
        };
        let text = shown.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string();
        event.insert(name.to_owned(), json!({"dateTime": text, "timeZone": zone}));
    }
    if let Some(body) = event.get_mut("body").and_then(Value::as_object_mut) {
        let is_text =
            body.get("contentType").and_then(Value::as_str).is_none_or(|kind| kind.eq_ignore_ascii_case("text"));
        if is_text {
            let text = body.get("content").and_then(Value::as_str).unwrap_or_default();
            let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "<br>\n");
            *body = Map::new();
            body.insert("contentType".into(), "html".into());
            body.insert("content".into(), format!("<html><head></head><body>{html}</body></html>").into());
        }
    }
    if let Some(location) = event.get_mut("location").and_then(Value::as_object_mut) {
        location.entry("locationType").or_insert("default".into());
    }
}

/// What an event has where the request says nothing.
pub(super) fn add(event: &mut Map<String, Value>) {
    for (name, value) in [
        ("subject", Value::from("")),
        ("body", json!({"contentType": "html", "content": ""})),
        ("location", json!({"displayName": "", "locationType": "default"})),
        ("isAllDay", false.into()),
        ("showAs", "busy".into()),
        ("sensitivity", "normal".into()),
        ("importance", "normal".into()),
        ("categories", json!([])),
        ("attendees", json!([])),
        ("isReminderOn", true.into()),
        ("reminderMinutesBeforeStart", 15.into()),
        ("isCancelled", false.into()),
    ] {
        event.entry(name).or_insert(value);
    }
}
