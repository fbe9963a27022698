//! The time zone of working hours: by name, or made of offsets.
//!
//! Sources: Microsoft Graph, resource types timeZoneBase, customTimeZone, standardTimeZoneOffset and
//! daylightTimeZoneOffset; "Update user mailbox settings", example 2, for the form in which the service stores a custom
//! zone.

use serde_json::{Map, Value};

use super::names::EnumType;
use super::time::time_of_day;
use super::value::{Agreement, choice, member, text, zone_names};
use crate::json_kind::kind_of;

const TYPE: &str = "@odata.type";
const CUSTOM: &str = "#microsoft.graph.customTimeZone";
const OFFSETS: [&str; 2] = ["standardOffset", "daylightOffset"];

/// A zone as it is sent: `{"name"}`, or a `customTimeZone` with its type first, as OData wants it.
pub(super) fn normalise(value: &Value) -> Result<Value, String> {
    let members = object(value)?;
    let mut zone = Map::new();
    if is_custom(value) {
        zone.insert(TYPE.to_owned(), CUSTOM.into());
    }
    for (name, value) in members.iter().filter(|(name, _)| !name.starts_with('@')) {
        let (name, value) = match name.to_ascii_lowercase().as_str() {
            "name" => ("name", Value::from(text(value).map_err(of("name"))?.trim())),
            "bias" => ("bias", whole(value, -1440, 1440).map_err(of("bias"))?),
            "standardoffset" | "daylightoffset" if value.is_null() => continue,
            "standardoffset" => ("standardOffset", offset(value, false).map_err(of("standardOffset"))?),
            "daylightoffset" => ("daylightOffset", offset(value, true).map_err(of("daylightOffset"))?),
            _ => return Err(format!("its member {name} is unknown; known are name, bias, {}", OFFSETS.join(", "))),
        };
        zone.insert(name.to_owned(), value);
    }
    let is_named = zone.get("name").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
    if is_custom(value) && !zone.contains_key("bias") {
        return Err("a custom time zone has no bias".to_owned());
    }
    if !is_custom(value) && !is_named {
        return Err("has no name".to_owned());
    }
    Ok(Value::Object(zone))
}

/// Of what the service gave, what can be sent.
pub(super) fn known_members(current: &Value) -> Value {
    let Value::Object(members) = current else { return current.clone() };
    let is_known = |name: &str| {
        name == TYPE || ["name", "bias"].iter().chain(&OFFSETS).any(|known| known.eq_ignore_ascii_case(name))
    };
    let known = members.iter().filter(|(name, value)| is_known(name) && !value.is_null());
    Value::Object(known.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Whether two normalised zones are one.
pub(super) fn agreement(current: &Value, wanted: &Value) -> Agreement {
    let Ok(current) = normalise(&known_members(current)) else { return Agreement::Different };
    match (is_custom(&current), is_custom(wanted)) {
        (false, false) => {}
        (true, true) if stored(&current) == stored(wanted) => return Agreement::Same,
        // What else the service makes of offsets is not documented.
        (true, true) => return Agreement::Unclear,
        _ => return Agreement::Different,
    }
    let name = |zone: &Value| zone["name"].as_str().unwrap_or_default().to_owned();
    zone_names(&name(&current), &name(wanted))
}

/// A normalised custom zone in the form that the service stores: clocks go forward in its daylight time. Where they
/// were said to go back in it, the two times change places.
fn stored(zone: &Value) -> Value {
    let daylight_bias = zone["daylightOffset"]["daylightBias"].as_i64().unwrap_or_default();
    let (Some(bias), true) = (zone["bias"].as_i64(), daylight_bias > 0) else { return zone.clone() };
    let mut stored = zone.clone();
    let mut standard = zone["daylightOffset"].clone();
    if let Some(members) = standard.as_object_mut() {
        members.shift_remove("daylightBias");
    }
    let mut daylight = zone["standardOffset"].clone();
    if daylight.is_null() {
        daylight = Value::Object(Map::new());
    }
    daylight["daylightBias"] = (-daylight_bias).into();
    stored["bias"] = (bias + daylight_bias).into();
    stored["standardOffset"] = standard;
    stored["daylightOffset"] = daylight;
    stored
}

fn is_custom(zone: &Value) -> bool {
    let says_so =
        zone.get(TYPE).and_then(Value::as_str).is_some_and(|name| name.trim_start_matches('#') == &CUSTOM[1..]);
    says_so || member(zone, "bias").is_some() || OFFSETS.iter().any(|name| member(zone, name).is_some())
}

/// When the zone changes between standard and daylight saving time.
fn offset(value: &Value, is_daylight: bool) -> Result<Value, String> {
    let mut offset = Map::new();
    for (name, value) in object(value)?.iter().filter(|(name, _)| !name.starts_with('@')) {
        let (name, value) = match name.to_ascii_lowercase().as_str() {
            "daylightbias" if is_daylight => ("daylightBias", whole(value, -1440, 1440).map_err(of("daylightBias"))?),
            "time" => ("time", text(value).and_then(time_of_day).map_err(of("time"))?.into()),
            "dayoccurrence" => ("dayOccurrence", whole(value, 0, 5).map_err(of("dayOccurrence"))?),
            "dayofweek" => ("dayOfWeek", choice(value, EnumType::DAY).map_err(of("dayOfWeek"))?),
            "month" => ("month", whole(value, 0, 12).map_err(of("month"))?),
            "year" => ("year", whole(value, 0, 9999).map_err(of("year"))?),
            _ => return Err(format!("its member {name} is unknown")),
        };
        offset.insert(name.to_owned(), value);
    }
    // What it is where nobody says: every year.
    offset.entry("year").or_insert_with(|| 0.into());
    Ok(Value::Object(offset))
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("must be an object, not {}", kind_of(value)))
}

fn whole(value: &Value, least: i64, most: i64) -> Result<Value, String> {
    match value.as_i64() {
        Some(number) if (least..=most).contains(&number) => Ok(number.into()),
        _ => Err(format!("must be a whole number from {least} to {most}")),
    }
}

/// Puts the name of the member before what is wrong with it.
fn of(name: &'static str) -> impl Fn(String) -> String {
    move |wrong| format!("its {name} {wrong}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn offsets_make_a_custom_zone_whose_type_comes_first() {
        let given = json!({"Bias": -300, "name": "Customized Time Zone",
            "standardOffset": {"time": "02:00", "dayOccurrence": 2, "dayOfWeek": "Sunday", "month": 10},
            "daylightOffset": {"daylightBias": 100, "time": "02:00:00", "dayOccurrence": 4, "dayOfWeek": "SUNDAY",
                "month": 5, "year": 0}});
        let zone = normalise(&given).unwrap();
        assert_eq!(
            zone.to_string(),
            r##"{"@odata.type":"#microsoft.graph.customTimeZone","bias":-300,"name":"Customized Time Zone","standardOffset":{"time":"02:00:00.0000000","dayOccurrence":2,"dayOfWeek":"sunday","month":10,"year":0},"daylightOffset":{"daylightBias":100,"time":"02:00:00.0000000","dayOccurrence":4,"dayOfWeek":"sunday","month":5,"year":0}}"##
        );
        assert_eq!(normalise(&zone).as_ref(), Ok(&zone));
        assert_eq!(agreement(&given, &zone), Agreement::Same);
        assert_eq!(agreement(&json!({"name": "Customized Time Zone"}), &zone), Agreement::Different);
    }

    /// What example 2 of "Update user mailbox settings" sends, and what it says that comes back.
    #[test]
    fn the_form_in_which_the_service_stores_a_zone_is_the_same_zone() {
        let offset = |occurrence: u64, month: u64, bias: Option<i64>| {
            let mut offset = json!({"time": "02:00:00.0000000", "dayOccurrence": occurrence, "dayOfWeek": "sunday",
                "month": month, "year": 0});
            if let Some(bias) = bias {
                offset["daylightBias"] = bias.into();
            }
            offset
        };
        let zone = |bias: i64, standard: &Value, daylight: &Value| {
            json!({"@odata.type": "#microsoft.graph.customTimeZone", "bias": bias, "name": "Customized Time Zone",
                "standardOffset": standard, "daylightOffset": daylight})
        };
        let sent = normalise(&zone(-300, &offset(2, 10, None), &offset(4, 5, Some(100)))).unwrap();
        let stored = normalise(&zone(-200, &offset(4, 5, None), &offset(2, 10, Some(-100)))).unwrap();
        assert_eq!(agreement(&stored, &sent), Agreement::Same);
        assert_eq!(agreement(&sent, &stored), Agreement::Same);
        let other = normalise(&zone(-240, &offset(4, 5, None), &offset(2, 10, Some(-100)))).unwrap();
        assert_eq!(agreement(&other, &sent), Agreement::Unclear);
        assert_eq!(agreement(&json!({"name": "UTC"}), &sent), Agreement::Different);
    }

    #[test]
    fn a_zone_by_name_needs_one() {
        assert_eq!(normalise(&json!({"NAME": " UTC "})).unwrap(), json!({"name": "UTC"}));
        for (wrong, says) in [
            (json!({}), "no name"),
            (json!({"name": ""}), "no name"),
            (json!("UTC"), "must be an object, not a string"),
            (json!({"name": "UTC", "zone": 1}), "its member zone is unknown"),
            (json!({"name": 5}), "its name must be text"),
            (json!({"@odata.type": "#microsoft.graph.customTimeZone", "name": "x"}), "no bias"),
            (json!({"bias": 1.5}), "its bias must be a whole number"),
            (json!({"bias": 0, "standardOffset": {"daylightBias": 1}}), "its member daylightBias"),
            (json!({"bias": 0, "daylightOffset": {"time": "2"}}), "its daylightOffset its time must be"),
        ] {
            let error = normalise(&wrong).unwrap_err();
            assert!(error.contains(says), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_zone_of_the_service_can_be_sent_back() {
        let current =
            json!({"@odata.type": "#microsoft.graph.timeZoneBase", "name": "UTC", "new": {"x": 1}, "bias": null});
        assert_eq!(normalise(&known_members(&current)).unwrap(), json!({"name": "UTC"}));
    }
}
