//! The settings that can be written: their names, and how a value of each is read and compared.
//!
//! Sources: Microsoft Graph "Update user mailbox settings", resource types mailboxSettings, workingHours,
//! customTimeZone and automaticRepliesSetting.

use serde_json::Value;

use super::names::EnumType;
use super::value::{Agreement, choice, member, text, unwrapped, zone_names};
use super::{reply_message, time, working_time_zone};
use crate::error::{Error, Result};
use crate::graph::blank::is_blank;
use crate::json_kind::kind_of;

/// A setting that can be written on its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its path, as rows and errors show it: `timeZone`, `workingHours.startTime`.
    pub path: &'static str,
    pub(super) kind: Kind,
}

/// What values a setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A format of dates or times, in which case matters: `MM` are months, `mm` minutes.
    Format,
    /// A language with its country.
    Locale,
    /// The name of a time zone, of Windows or of IANA.
    ZoneName,
    /// The HTML of an automatic reply.
    Message,
    /// One of a few names.
    Choice(EnumType),
    /// Days of the week, in any order.
    Days,
    /// A time of day.
    TimeOfDay,
    /// A date and time with its zone.
    ZonedTime,
    /// A zone by name, or one made of offsets.
    WorkingTimeZone,
}

/// Every setting that can be written, in the order of rows and bodies.
pub(super) static SETTINGS: [Setting; 15] = [
    Setting { path: "timeZone", kind: Kind::ZoneName },
    Setting { path: "language.locale", kind: Kind::Locale },
    Setting { path: "dateFormat", kind: Kind::Format },
    Setting { path: "timeFormat", kind: Kind::Format },
    Setting { path: "workingHours.daysOfWeek", kind: Kind::Days },
    Setting { path: "workingHours.startTime", kind: Kind::TimeOfDay },
    Setting { path: "workingHours.endTime", kind: Kind::TimeOfDay },
    Setting { path: "workingHours.timeZone", kind: Kind::WorkingTimeZone },
    Setting { path: STATUS, kind: Kind::Choice(EnumType::STATUS) },
    Setting { path: "automaticRepliesSetting.externalAudience", kind: Kind::Choice(EnumType::AUDIENCE) },
    Setting { path: "automaticRepliesSetting.internalReplyMessage", kind: Kind::Message },
    Setting { path: "automaticRepliesSetting.externalReplyMessage", kind: Kind::Message },
    Setting { path: SCHEDULED_START, kind: Kind::ZonedTime },
    Setting { path: SCHEDULED_END, kind: Kind::ZonedTime },
    Setting { path: "delegateMeetingMessageDeliveryOptions", kind: Kind::Choice(EnumType::DELEGATE_DELIVERY) },
];

pub(super) const STATUS: &str = "automaticRepliesSetting.status";
pub(super) const SCHEDULED_START: &str = "automaticRepliesSetting.scheduledStartDateTime";
pub(super) const SCHEDULED_END: &str = "automaticRepliesSetting.scheduledEndDateTime";

/// What can be read and not written.
pub(super) const READ_ONLY: [&str; 3] = ["archiveFolder", "userPurpose", "language.displayName"];

/// Who asks for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// What errors call the settings.
    member: &'static str,
    /// Whether the value was made for its mailbox alone, out of other values.
    is_of_line: bool,
    /// Whether nothing may be asked for: null and blank text, which else are the mark of a variable that was never
    /// set, or of a column by another name.
    allows_null: bool,
}

impl Origin {
    /// The request, for every mailbox.
    pub const REQUEST: Self = Self { member: "settings", is_of_line: false, allows_null: false };
    /// A line of input, for its mailbox alone.
    pub const LINE: Self = Self { member: "@settings", is_of_line: true, allows_null: false };
    /// An undo file, which has null and blank text of a setting that nobody had set.
    pub const UNDO: Self = Self::LINE.allowing_null(true);

    /// The same, where somebody may say that null is meant.
    #[must_use]
    pub const fn allowing_null(self, allows_null: bool) -> Self {
        Self { allows_null, ..self }
    }

    pub(super) fn member(self) -> &'static str {
        self.member
    }
}

impl Setting {
    /// The object that holds the setting, where it is not the settings themselves, and its name there.
    pub(super) fn place(&self) -> (Option<&'static str>, &'static str) {
        match self.path.split_once('.') {
            Some((group, name)) => (Some(group), name),
            None => (None, self.path),
        }
    }

    /// A value as it is sent.
    pub(super) fn normalise(&self, value: &Value, origin: Origin) -> Result<Value> {
        let fault = |wrong: &str| Error::argument(format!("{}.{} {wrong}", origin.member(), self.path));
        if !origin.allows_null
            && let Some(what) = self.kind.nothing(value, origin)
        {
            return Err(fault(&format!("is {what}")).hint(
                "leave it out to keep what the mailbox has; where it is meant, say so with allowNull (-AllowNull)",
            ));
        }
        if value.is_null() {
            return Ok(if self.kind == Kind::Days { Value::Array(Vec::new()) } else { Value::Null });
        }
        self.kind.normalise(value).map_err(|wrong| fault(&wrong))
    }

    pub(super) fn agreement(&self, current: &Value, wanted: &Value) -> Agreement {
        self.kind.agreement(current, wanted)
    }

    /// A value of the service as it could be sent back; one that the service should not have given stays.
    pub(super) fn writable(&self, current: &Value) -> Value {
        let known = match self.kind {
            Kind::WorkingTimeZone => working_time_zone::known_members(current),
            Kind::ZonedTime => time::known_members(current),
            Kind::Choice(_) => unwrapped(current).clone(),
            _ => current.clone(),
        };
        self.normalise(&known, Origin::UNDO).unwrap_or(known)
    }
}

impl Kind {
    /// What stands in the place of something that was meant, where that is so. A reply without a text may be meant for
    /// every mailbox alike.
    fn nothing(self, value: &Value, origin: Origin) -> Option<&'static str> {
        match (self, value) {
            (_, Value::Null) => Some("null"),
            (Self::Message, Value::String(text)) if !origin.is_of_line && text.is_empty() => None,
            (_, Value::String(text)) if is_blank(text) => Some("blank"),
            (Self::Days, Value::Array(days)) if days.is_empty() => Some("a list without a day"),
            (Self::WorkingTimeZone, zone) => match member(zone, "name")? {
                Value::Null => Some("without a name: it is null"),
                Value::String(name) if is_blank(name) => Some("without a name: it is blank"),
                _ => None,
            },
            _ => None,
        }
    }

    fn normalise(self, value: &Value) -> Result<Value, String> {
        match self {
            Self::Format | Self::Locale | Self::ZoneName => named_text(value),
            Self::Message => text(value).map(Value::from),
            Self::Choice(values) => choice(value, values),
            Self::Days => days(value),
            Self::TimeOfDay => time::time_of_day(text(value)?).map(Value::from),
            Self::ZonedTime => time::zoned_time(value),
            Self::WorkingTimeZone => working_time_zone::normalise(value),
        }
    }

    fn agreement(self, current: &Value, wanted: &Value) -> Agreement {
        if current == wanted {
            return Agreement::Same;
        }
        match self {
            Self::Format => (blank_as_null(current) == blank_as_null(wanted)).into(),
            Self::Locale => blank_as_null(current).eq_ignore_ascii_case(blank_as_null(wanted)).into(),
            Self::ZoneName => zone_names(blank_as_null(current), blank_as_null(wanted)),
            Self::Message => reply_message::agreement(blank_as_null(current), blank_as_null(wanted)),
            Self::Choice(values) => (choice(current, values).as_ref() == Ok(wanted)).into(),
            Self::Days => same_days(current, wanted).into(),
            Self::TimeOfDay => {
                let current = text(current).ok().and_then(|current| time::time_of_day(current).ok());
                (current.as_deref() == wanted.as_str()).into()
            }
            Self::ZonedTime => time::agreement(current, wanted),
            Self::WorkingTimeZone => working_time_zone::agreement(current, wanted),
        }
    }
}

fn named_text(value: &Value) -> Result<Value, String> {
    let text = text(value)?.trim();
    if text.contains(char::is_control) {
        return Err("holds a control character".to_owned());
    }
    Ok(Value::from(text))
}

fn days(value: &Value) -> Result<Value, String> {
    let Value::Array(items) = value else {
        return Err(format!("must be a list of days, not {}", kind_of(value)));
    };
    let mut days: Vec<Value> = Vec::new();
    for item in items {
        let day = choice(item, EnumType::DAY)?;
        if !days.contains(&day) {
            days.push(day);
        }
    }
    Ok(Value::Array(days))
}

fn same_days(current: &Value, wanted: &Value) -> bool {
    let current = if current.is_null() { Value::Array(Vec::new()) } else { current.clone() };
    let (Ok(Value::Array(current)), Value::Array(wanted)) = (days(&current), wanted) else { return false };
    current.len() == wanted.len() && current.iter().all(|day| wanted.contains(day))
}

/// Text; nothing where there is none: the service gives null and "" alike for what nobody has set.
fn blank_as_null(value: &Value) -> &str {
    value.as_str().unwrap_or_default().trim()
}
