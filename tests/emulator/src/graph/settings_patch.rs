//! What a PATCH of mailbox settings may say, and what it changes.
//!
//! Source: Microsoft Graph "Update user mailbox settings", "mailboxSettings resource type"; the error codes are
//! those of the table on the first page.

use serde_json::{Map, Value, json};

use super::body::{no_such_member, not_of_type, unreadable};
use super::{Asked, body, time_zones};
use crate::reply::Reply;

const STATUS: [&str; 3] = ["disabled", "alwaysEnabled", "scheduled"];
const AUDIENCE: [&str; 3] = ["none", "contactsOnly", "all"];
const DELIVERY: [&str; 3] =
    ["sendToDelegateAndInformationToPrincipal", "sendToDelegateAndPrincipal", "sendToDelegateOnly"];
const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// The body of a PATCH.
///
/// # Errors
///
/// The reply where it is no JSON object.
pub fn read_body(asked: &Asked<'_>) -> Result<Map<String, Value>, Reply> {
    body::object(asked)
}

/// The members that a body changes, with their values afterwards.
///
/// # Errors
///
/// The reply where a member is unknown, read-only or wrong; nothing is changed then.
pub fn changed(before: &Value, body: &Map<String, Value>) -> Result<Map<String, Value>, Reply> {
    let mut all = Map::new();
    for (name, value) in body {
        if name.starts_with('@') {
            continue;
        }
        let after = match name.as_str() {
            "timeZone" => time_zone(value)?,
            "dateFormat" => format_of(value, "dateFormat", &['d', 'M', 'y'])?,
            "timeFormat" => format_of(value, "timeFormat", &['m'])?,
            "delegateMeetingMessageDeliveryOptions" => {
                one_of(value, &DELIVERY, "microsoft.graph.delegateMeetingMessageDeliveryOptions")?
            }
            "language" => language(value)?,
            "automaticRepliesSetting" => automatic_replies(&before[name], value)?,
            "workingHours" => working_hours(&before[name], value)?,
            "archiveFolder" | "userPurpose" => {
                let message = format!("The property '{name}' is read-only and cannot be set.");
                return Err(Reply::graph_error(400, "ErrorInvalidRequest", &message));
            }
            _ => return Err(no_such_member(name, "mailboxSettings")),
        };
        all.insert(name.clone(), after);
    }
    Ok(all)
}

fn automatic_replies(before: &Value, value: &Value) -> Result<Value, Reply> {
    let mut after = before.as_object().cloned().unwrap_or_default();
    for (name, value) in members(value, "microsoft.graph.automaticRepliesSetting")? {
        let value = match name.as_str() {
            "status" => one_of(value, &STATUS, "microsoft.graph.automaticRepliesStatus")?,
            "externalAudience" => one_of(value, &AUDIENCE, "microsoft.graph.externalAudienceScope")?,
            "internalReplyMessage" | "externalReplyMessage" => match value {
                Value::Null => Value::from(""),
                Value::String(_) => value.clone(),
                _ => return Err(not_of_type(value, "Edm.String")),
            },
            "scheduledStartDateTime" | "scheduledEndDateTime" => date_time(value)?,
            _ if name.starts_with('@') => continue,
            _ => return Err(no_such_member(name, "automaticRepliesSetting")),
        };
        after.insert(name.clone(), value);
    }
    let (start, end) = (&after["scheduledStartDateTime"], &after["scheduledEndDateTime"]);
    // Times of two zones are left to the reader: their order depends on the zones' rules.
    let is_ordered = start["timeZone"] != end["timeZone"] || instant(start) < instant(end);
    if after["status"] == "scheduled" && !is_ordered {
        return Err(Reply::graph_error(400, "ErrorInvalidTimeSettings", "Start Time should occur before End Time."));
    }
    Ok(Value::Object(after))
}

fn working_hours(before: &Value, value: &Value) -> Result<Value, Reply> {
    let mut after = before.as_object().cloned().unwrap_or_default();
    for (name, value) in members(value, "microsoft.graph.workingHours")? {
        let value = match name.as_str() {
            "daysOfWeek" => days(value)?,
            "startTime" | "endTime" => time_of_day(value)?,
            "timeZone" => zone_of_hours(value)?,
            _ if name.starts_with('@') => continue,
            _ => return Err(no_such_member(name, "workingHours")),
        };
        after.insert(name.clone(), value);
    }
    if after["startTime"].as_str() >= after["endTime"].as_str() {
        return Err(Reply::graph_error(400, "ErrorInvalidTimeSettings", "Start Time should occur before End Time."));
    }
    Ok(Value::Object(after))
}

fn members<'a>(value: &'a Value, expected: &str) -> Result<&'a Map<String, Value>, Reply> {
    value.as_object().ok_or_else(|| not_of_type(value, expected))
}

/// An enum's value in the casing of the CSDL, whatever casing it came in.
fn one_of(value: &Value, known: &[&str], expected: &str) -> Result<Value, Reply> {
    let text = value.as_str().unwrap_or_default();
    known
        .iter()
        .find(|one| one.eq_ignore_ascii_case(text))
        .map(|one| Value::from(*one))
        .ok_or_else(|| not_of_type(value, expected))
}

fn time_zone(value: &Value) -> Result<Value, Reply> {
    match value {
        Value::String(name) if time_zones::is_known(name) => Ok(value.clone()),
        Value::String(_) | Value::Null => Err(invalid_time_zone()),
        _ => Err(not_of_type(value, "Edm.String")),
    }
}

fn invalid_time_zone() -> Reply {
    Reply::graph_error(400, "InvalidTimeZone", "Time Zone settings provided are invalid")
}

/// `{name}`, or a customTimeZone with its bias and offsets.
fn zone_of_hours(value: &Value) -> Result<Value, Reply> {
    let zone = members(value, "microsoft.graph.timeZoneBase")?;
    let is_custom = zone.get("@odata.type").is_some_and(|name| name == "#microsoft.graph.customTimeZone");
    for name in zone.keys() {
        let is_of_custom = is_custom && ["bias", "standardOffset", "daylightOffset"].contains(&name.as_str());
        if !(is_of_custom || name == "name" || name.starts_with('@')) {
            return Err(no_such_member(name, if is_custom { "customTimeZone" } else { "timeZoneBase" }));
        }
    }
    if !is_custom {
        return Ok(json!({"name": time_zone(zone.get("name").unwrap_or(&Value::Null))?}));
    }
    let is_offset = |name: &str| zone.get(name).is_none_or(Value::is_object);
    if zone.get("bias").is_none_or(Value::is_i64) && is_offset("standardOffset") && is_offset("daylightOffset") {
        return Ok(stored(value));
    }
    Err(not_of_type(value, "microsoft.graph.customTimeZone"))
}

/// A custom zone as the service keeps it, after example 2 of "Update user mailbox settings": a daylight time in which
/// the clocks go back is the standard time, and the other way round.
fn stored(zone: &Value) -> Value {
    let back = zone["daylightOffset"]["daylightBias"].as_i64().filter(|bias| *bias > 0);
    let (Some(back), Some(bias)) = (back, zone["bias"].as_i64()) else { return zone.clone() };
    let mut stored = zone.clone();
    stored["bias"] = (bias + back).into();
    stored["standardOffset"] = zone["daylightOffset"].clone();
    stored["standardOffset"].as_object_mut().map(|offset| offset.remove("daylightBias"));
    stored["daylightOffset"] = zone["standardOffset"].clone();
    if stored["daylightOffset"].is_null() {
        stored["daylightOffset"] = json!({});
    }
    stored["daylightOffset"]["daylightBias"] = (-back).into();
    stored
}

fn days(value: &Value) -> Result<Value, Reply> {
    let days = value.as_array().ok_or_else(|| not_of_type(value, "Collection(microsoft.graph.dayOfWeek)"))?;
    days.iter()
        .map(|day| {
            one_of(day, &DAYS, "").map_err(|_| {
                let day = day.as_str().unwrap_or_default();
                Reply::graph_error(400, "InvalidArguments", &format!("Requested value '{day}' was not found."))
            })
        })
        .collect()
}

/// `HH:MM:SS` with up to seven decimals; kept with seven.
fn time_of_day(value: &Value) -> Result<Value, Reply> {
    let parsed = value.as_str().filter(|text| is_time_with_seconds(text)).and_then(|text| text.parse().ok());
    let time: jiff::civil::Time = parsed.ok_or_else(|| not_of_type(value, "Edm.TimeOfDay"))?;
    Ok(Value::from(format!("{}.{:07}", time.strftime("%H:%M:%S"), time.subsec_nanosecond() / 100)))
}

fn is_time_with_seconds(text: &str) -> bool {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_shape = whole.len() == 8 && whole.bytes().enumerate().all(|(at, byte)| (byte == b':') == (at % 3 == 2));
    is_shape && (1..=7).contains(&decimals.len()) && decimals.bytes().all(|byte| byte.is_ascii_digit())
}

/// A dateTimeTimeZone: both of its members, the time with seven decimals.
fn date_time(value: &Value) -> Result<Value, Reply> {
    let all = members(value, "microsoft.graph.dateTimeTimeZone")?;
    if let Some(name) = all.keys().find(|name| !["dateTime", "timeZone"].contains(&name.as_str())) {
        return Err(no_such_member(name, "dateTimeTimeZone"));
    }
    let Some(time) = instant(value) else {
        return Err(Reply::graph_error(400, "ErrorInvalidTimeSettings", "The date and time provided are invalid."));
    };
    let zone = all.get("timeZone").map_or_else(|| Ok(Value::from("UTC")), time_zone)?;
    let decimals = time.subsec_nanosecond() / 100;
    Ok(json!({"dateTime": format!("{}.{decimals:07}", time.strftime("%Y-%m-%dT%H:%M:%S")), "timeZone": zone}))
}

fn instant(value: &Value) -> Option<jiff::civil::DateTime> {
    let text = value["dateTime"].as_str()?;
    // A date alone, or one with an offset of its own, is not what the member takes.
    text.get(10..11).filter(|between| *between == "T")?;
    text.trim_end_matches('Z').parse().ok()
}

/// `{locale}`; the name that belongs to it is the service's to say.
fn language(value: &Value) -> Result<Value, Reply> {
    let all = members(value, "microsoft.graph.localeInfo")?;
    if let Some(name) = all.keys().find(|name| !["locale", "displayName"].contains(&name.as_str())) {
        return Err(no_such_member(name, "localeInfo"));
    }
    let locale = all.get("locale").and_then(Value::as_str).unwrap_or_default();
    let mut parts = locale.split('-');
    let is_language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && is_letters(part));
    let is_locale = is_language && parts.all(|part| (2..=8).contains(&part.len()) && part.is_ascii());
    if !is_locale {
        let message = format!("The culture '{locale}' is not supported.");
        return Err(Reply::graph_error(400, "InvalidArguments", &message));
    }
    Ok(json!({"locale": locale, "displayName": crate::population::language_name(locale).unwrap_or(locale)}))
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn format_of(value: &Value, name: &str, needed: &[char]) -> Result<Value, Reply> {
    let Some(text) = value.as_str() else { return Err(not_of_type(value, "Edm.String")) };
    let is_format = needed.iter().all(|letter| text.contains(*letter))
        && (name == "dateFormat" || text.contains(['h', 'H']))
        && text.len() <= 40;
    if is_format {
        return Ok(value.clone());
    }
    Err(unreadable(&format!("The value '{text}' is not a valid {name}.")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Population;

    fn before() -> Value {
        Population { count: 10, seed: 1, broken_percent: 0.0 }.settings(3)
    }

    fn patch(body: &Value) -> Result<Map<String, Value>, (u16, String)> {
        changed(&before(), body.as_object().unwrap()).map_err(|refused| {
            let body: Value = serde_json::from_slice(&refused.body).unwrap();
            (refused.status, body["error"]["code"].as_str().unwrap().to_owned())
        })
    }

    #[test]
    fn a_part_changes_and_the_rest_stays() {
        let after = patch(&json!({"automaticRepliesSetting": {"STATUS": "x"}}));
        assert_eq!(after, Err((400, "RequestBodyRead".to_owned())));
        let after = patch(&json!({
            "@odata.context": "x",
            "timeZone": "Tokyo Standard Time",
            "automaticRepliesSetting": {"status": "AlwaysEnabled", "internalReplyMessage": "away"},
            "workingHours": {"endTime": "18:30:00", "daysOfWeek": ["Monday"]},
            "language": {"locale": "de-DE"},
        }))
        .unwrap();
        assert_eq!(
            after.keys().collect::<Vec<_>>(),
            ["timeZone", "automaticRepliesSetting", "workingHours", "language"]
        );
        assert_eq!(after["automaticRepliesSetting"]["status"], "alwaysEnabled");
        assert_eq!(after["automaticRepliesSetting"]["internalReplyMessage"], "away");
        assert_eq!(
            after["automaticRepliesSetting"]["externalReplyMessage"],
            before()["automaticRepliesSetting"]["externalReplyMessage"]
        );
        assert_eq!(after["workingHours"]["startTime"], "08:00:00.0000000");
        assert_eq!(after["workingHours"]["endTime"], "18:30:00.0000000");
        assert_eq!(after["workingHours"]["daysOfWeek"], json!(["monday"]));
        assert_eq!(after["language"]["displayName"], "German (Germany)");
    }

    #[test]
    fn what_is_wrong_is_refused_with_the_documented_code() {
        for (body, code) in [
            (json!({"userPurpose": "shared"}), "ErrorInvalidRequest"),
            (json!({"archiveFolder": "x"}), "ErrorInvalidRequest"),
            (json!({"timezone": "UTC"}), "RequestBodyRead"),
            (json!({"timeZone": "Mars Standard Time"}), "InvalidTimeZone"),
            (json!({"timeZone": 5}), "RequestBodyRead"),
            (json!({"dateFormat": "nonsense"}), "RequestBodyRead"),
            (json!({"timeFormat": "H"}), "RequestBodyRead"),
            (json!({"language": {"locale": "klingon!"}}), "InvalidArguments"),
            (json!({"language": "en-US"}), "RequestBodyRead"),
            (json!({"delegateMeetingMessageDeliveryOptions": "none"}), "RequestBodyRead"),
            (json!({"workingHours": {"startTime": "08"}}), "RequestBodyRead"),
            (json!({"workingHours": {"startTime": "18:00:00"}}), "ErrorInvalidTimeSettings"),
            (json!({"workingHours": {"daysOfWeek": ["RandomDay"]}}), "InvalidArguments"),
            (json!({"workingHours": {"timeZone": {"name": "Here"}}}), "InvalidTimeZone"),
            (json!({"workingHours": {"timeZone": {"name": "UTC", "bias": 3}}}), "RequestBodyRead"),
            (json!({"automaticRepliesSetting": {"status": "sometimes"}}), "RequestBodyRead"),
            (
                json!({"automaticRepliesSetting": {"status": "scheduled",
                    "scheduledStartDateTime": {"dateTime": "2026-12-02T08:00:00", "timeZone": "UTC"}}}),
                "ErrorInvalidTimeSettings",
            ),
            (
                json!({"automaticRepliesSetting": {"scheduledEndDateTime": {"dateTime": "tomorrow", "timeZone": "UTC"}}}),
                "ErrorInvalidTimeSettings",
            ),
            (
                json!({"automaticRepliesSetting": {"scheduledEndDateTime":
                    {"dateTime": "2026-12-02T08:00:00", "timeZone": "Here"}}}),
                "InvalidTimeZone",
            ),
        ] {
            assert_eq!(patch(&body), Err((400, code.to_owned())), "{body}");
        }
    }

    #[test]
    fn what_was_read_can_be_written_back() {
        let mut all = before();
        all.as_object_mut().unwrap().retain(|name, _| name != "archiveFolder" && name != "userPurpose");
        assert_eq!(Value::Object(patch(&all).unwrap()), all);
        let custom = json!({"workingHours": {"timeZone": {"@odata.type": "#microsoft.graph.customTimeZone",
            "name": "Customized Time Zone", "bias": -200, "standardOffset": {"time": "02:00:00.0000000"}}}});
        assert!(patch(&custom).is_ok());
    }
}
