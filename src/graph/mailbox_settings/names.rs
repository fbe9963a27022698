//! Names of members and enum values: Graph's camelCase, and the PascalCase that Outlook REST v2.0 had.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::part::SettingsPart;

/// An enum type of `mailboxSettings`. The service mixes cases, so values are compared without and printed as
/// the metadata of Graph v1.0 spells them; a value that came later passes as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumType(&'static [&'static str]);

impl EnumType {
    /// `automaticRepliesStatus`.
    pub const STATUS: Self = Self(&["disabled", "alwaysEnabled", "scheduled"]);
    /// `externalAudienceScope`.
    pub const AUDIENCE: Self = Self(&["none", "contactsOnly", "all"]);
    /// `delegateMeetingMessageDeliveryOptions`.
    pub const DELEGATE_DELIVERY: Self =
        Self(&["sendToDelegateAndInformationToPrincipal", "sendToDelegateAndPrincipal", "sendToDelegateOnly"]);
    /// `userPurpose`.
    pub const PURPOSE: Self =
        Self(&["unknown", "user", "linked", "shared", "room", "equipment", "others", "unknownFutureValue"]);
    /// `dayOfWeek`.
    pub const DAY: Self = Self(&["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]);

    /// The enum that the values of a member are of.
    fn of_member(name: &str) -> Option<Self> {
        let members = [
            ("status", Self::STATUS),
            ("externalAudience", Self::AUDIENCE),
            ("delegateMeetingMessageDeliveryOptions", Self::DELEGATE_DELIVERY),
            ("userPurpose", Self::PURPOSE),
            ("daysOfWeek", Self::DAY),
            ("dayOfWeek", Self::DAY),
        ];
        members.into_iter().find(|(member, _)| member.eq_ignore_ascii_case(name)).map(|(_, values)| values)
    }

    /// The values of the metadata.
    #[must_use]
    pub fn all(self) -> &'static [&'static str] {
        self.0
    }

    /// The value of the metadata that one in any case means.
    #[must_use]
    pub fn known(self, value: &str) -> Option<&'static str> {
        self.0.iter().copied().find(|known| known.eq_ignore_ascii_case(value))
    }

    /// The value as Graph's metadata spells it.
    #[must_use]
    pub fn camel(self, value: &str) -> Cow<'_, str> {
        Cow::Borrowed(self.known(value).unwrap_or(value))
    }

    /// The value as Outlook REST gave it.
    #[must_use]
    pub fn pascal(self, value: &str) -> String {
        upper_first(&self.camel(value))
    }
}

fn upper_first(name: &str) -> String {
    let mut pascal = name.to_owned();
    if let Some(first) = pascal.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    pascal
}

/// A body of the service with its member names and enum values in PascalCase. `part` is what was asked for:
/// the body of a part without members is `{"value": ...}`, which does not say what it is the value of.
/// Annotations (`@odata.context`, `@odata.type`) stay as they are.
#[must_use]
pub fn pascal_names(body: Value, part: Option<SettingsPart>) -> Value {
    pascal(body, part.and_then(|part| EnumType::of_member(part.name())))
}

/// `values`: the enum that texts in `value` are of.
fn pascal(value: Value, values: Option<EnumType>) -> Value {
    match (value, values) {
        (Value::Object(members), _) => {
            Value::Object(members.into_iter().fold(Map::new(), |mut done, (name, value)| {
                if name.starts_with('@') {
                    done.insert(name, value);
                } else {
                    // An enum wrapped as {"value": "user"} is still that enum.
                    let inner = if name.eq_ignore_ascii_case("value") { values } else { EnumType::of_member(&name) };
                    done.insert(upper_first(&name), pascal(value, inner));
                }
                done
            }))
        }
        (Value::Array(items), _) => items.into_iter().map(|item| pascal(item, values)).collect(),
        (Value::String(text), Some(values)) => Value::String(values.pascal(&text)),
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_values_take_the_metadata_s_case_and_others_pass() {
        assert_eq!(EnumType::STATUS.camel("ALWAYSENABLED"), "alwaysEnabled");
        assert_eq!(EnumType::STATUS.pascal("alwaysenabled"), "AlwaysEnabled");
        assert_eq!(EnumType::STATUS.camel("onLeave"), "onLeave");
        assert_eq!(EnumType::STATUS.pascal("onLeave"), "OnLeave");
        assert_eq!(EnumType::STATUS.pascal(""), "");
        assert_eq!(EnumType::STATUS.pascal("über"), "über");
    }

    #[test]
    fn a_body_reads_as_outlook_rest_gave_it() {
        let graph = json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('kim')/mailboxSettings",
            "archiveFolder": "all",
            "timeZone": "disabled",
            "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            "userPurpose": {"value": "user"},
            "automaticRepliesSetting": {
                "status": "alwaysEnabled", "externalAudience": "contactsonly", "internalReplyMessage": "all",
                "scheduledStartDateTime": {"dateTime": "2026-11-22T10:00:00.0000000", "timeZone": "UTC"},
            },
            "workingHours": {
                "daysOfWeek": ["monday", "FRIDAY"],
                "timeZone": {
                    "@odata.type": "#microsoft.graph.customTimeZone", "bias": -200, "name": "Customized Time Zone",
                    "standardOffset": {"dayOccurrence": 4, "dayOfWeek": "sunday"},
                },
            },
        });
        let outlook = json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('kim')/mailboxSettings",
            "ArchiveFolder": "all",
            "TimeZone": "disabled",
            "DelegateMeetingMessageDeliveryOptions": "SendToDelegateOnly",
            "UserPurpose": {"Value": "User"},
            "AutomaticRepliesSetting": {
                "Status": "AlwaysEnabled", "ExternalAudience": "ContactsOnly", "InternalReplyMessage": "all",
                "ScheduledStartDateTime": {"DateTime": "2026-11-22T10:00:00.0000000", "TimeZone": "UTC"},
            },
            "WorkingHours": {
                "DaysOfWeek": ["Monday", "Friday"],
                "TimeZone": {
                    "@odata.type": "#microsoft.graph.customTimeZone", "Bias": -200, "Name": "Customized Time Zone",
                    "StandardOffset": {"DayOccurrence": 4, "DayOfWeek": "Sunday"},
                },
            },
        });
        assert_eq!(pascal_names(graph.clone(), None).to_string(), outlook.to_string());
        assert_eq!(pascal_names(outlook.clone(), None), outlook);
    }

    #[test]
    fn the_body_of_a_part_is_read_by_what_was_asked_for() {
        let body = json!({"@odata.context": "x", "value": "scheduled"});
        let pascal = |part| pascal_names(body.clone(), Some(part));
        assert_eq!(pascal(SettingsPart::TimeZone), json!({"@odata.context": "x", "Value": "scheduled"}));
        let room = json!({"value": "room"});
        assert_eq!(pascal_names(room, Some(SettingsPart::UserPurpose)), json!({"Value": "Room"}));
        let replies = json!({"status": "scheduled", "externalAudience": "all"});
        assert_eq!(
            pascal_names(replies, Some(SettingsPart::AutomaticRepliesSetting)),
            json!({"Status": "Scheduled", "ExternalAudience": "All"})
        );
    }
}
