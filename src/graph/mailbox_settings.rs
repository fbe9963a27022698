//! A reader of `mailboxSettings` that takes what the service sends and fails only for what is asked of it.
//!
//! Members are those of the v1.0 metadata (Microsoft Graph, resource type mailboxSettings), in Graph's
//! camelCase or in the PascalCase of Outlook REST v2.0. Unknown members are skipped. A member of a wrong type
//! is an error only when somebody asks for it, so that a surprise in one corner costs no row that does not
//! show that corner.

mod document;
mod member;
mod names;
mod one;
mod part;
mod patch;
mod reply_message;
mod setting;
mod time;
mod value;
mod working_time_zone;

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};

pub use document::settings_document;
pub use member::{Member, Shape};
pub use names::{EnumType, pascal_names};
pub use one::{NameStyle, READING, read_settings};
pub use part::{SettingsPart, settings_path};
pub use patch::{Change, SettingsPatch};
pub use setting::{Origin, Setting};

use crate::error::{Error, Result, Status};
use crate::http::json;
use member::objects;

/// A text of the service, borrowed from the body where it holds no escape.
pub type Text<'a> = Member<Cow<'a, str>>;

objects! {
    /// The settings of one mailbox. `MESSAGES` says whether the texts of the automatic reply, which are most of
    /// a body, are read or skipped.
    MailboxSettings<'a> [const MESSAGES: bool] [MESSAGES] {
        archive_folder: Text<'a> = "archiveFolder" | "ArchiveFolder",
        automatic_replies: Member<AutomaticReplies<'a, MESSAGES>> =
            "automaticRepliesSetting" | "AutomaticRepliesSetting",
        date_format: Text<'a> = "dateFormat" | "DateFormat",
        delegate_delivery: Text<'a> =
            "delegateMeetingMessageDeliveryOptions" | "DelegateMeetingMessageDeliveryOptions",
        language: Member<Language<'a>> = "language" | "Language",
        time_format: Text<'a> = "timeFormat" | "TimeFormat",
        time_zone: Text<'a> = "timeZone" | "TimeZone",
        user_purpose: Member<UserPurpose<'a>> = "userPurpose" | "UserPurpose",
        working_hours: Member<WorkingHours<'a>> = "workingHours" | "WorkingHours",
    }

    /// `automaticRepliesSetting`.
    AutomaticReplies<'a> [const MESSAGES: bool] [MESSAGES] {
        external_audience: Text<'a> = "externalAudience" | "ExternalAudience",
        external_reply: ReplyMessage<'a, MESSAGES> = "externalReplyMessage" | "ExternalReplyMessage",
        internal_reply: ReplyMessage<'a, MESSAGES> = "internalReplyMessage" | "InternalReplyMessage",
        end: Member<ZonedTime<'a>> = "scheduledEndDateTime" | "ScheduledEndDateTime",
        start: Member<ZonedTime<'a>> = "scheduledStartDateTime" | "ScheduledStartDateTime",
        status: Text<'a> = "status" | "Status",
    }

    /// `language`.
    Language<'a> [] [] {
        display_name: Text<'a> = "displayName" | "DisplayName",
        locale: Text<'a> = "locale" | "Locale",
    }

    /// `dateTimeTimeZone`: a date and time without offset, and the zone that it is in.
    ZonedTime<'a> [] [] {
        date_time: Text<'a> = "dateTime" | "DateTime",
        time_zone: Text<'a> = "timeZone" | "TimeZone",
    }

    /// `workingHours`.
    WorkingHours<'a> [] [] {
        days: Member<Vec<Text<'a>>> = "daysOfWeek" | "DaysOfWeek",
        end: Text<'a> = "endTime" | "EndTime",
        start: Text<'a> = "startTime" | "StartTime",
        time_zone: Member<WorkingTimeZone<'a>> = "timeZone" | "TimeZone",
    }

    /// `workingHours/timeZone`: a name, and for a `customTimeZone` its offsets in minutes.
    WorkingTimeZone<'a> [] [] {
        bias: Member<i64> = "bias" | "Bias",
        daylight: Member<DaylightOffset> = "daylightOffset" | "DaylightOffset",
        name: Text<'a> = "name" | "Name",
    }

    /// `workingHours/timeZone/daylightOffset`.
    DaylightOffset [] [] {
        bias: Member<i64> = "daylightBias" | "DaylightBias",
    }

    /// The object that the samples of the documentation wrap an enum in.
    Wrapped<'a> [] [] {
        value: Text<'a> = "value" | "Value",
    }
}

impl<'a, const MESSAGES: bool> MailboxSettings<'a, MESSAGES> {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid`: retryable for what is no JSON (a reply that broke off) and for an object of something else
    /// (`{}`, an error with status 200, settings within a `value`), not so for JSON that is no object.
    pub fn read(body: &'a [u8]) -> Result<Self> {
        let reply: Member<Self> = json::from_slice_unbounded(body).map_err(|error| {
            Error::new(Status::ResponseInvalid, format!("the reply is not valid JSON: {error}")).retryable(true)
        })?;
        match reply {
            Member::Found(settings) if settings.is_nothing() => {
                Err(Error::new(Status::ResponseInvalid, "the reply is an object without a single mailbox setting")
                    .retryable(true))
            }
            Member::Found(settings) => Ok(settings),
            Member::Missing | Member::Null => Err(not_an_object("null")),
            Member::Wrong(kind) => Err(not_an_object(kind)),
        }
    }
}

impl<const MESSAGES: bool> MailboxSettings<'_, MESSAGES> {
    /// Whether none of the members is there, be it as null: a mailbox without settings does not exist.
    fn is_nothing(&self) -> bool {
        let texts =
            [&self.archive_folder, &self.date_format, &self.delegate_delivery, &self.time_format, &self.time_zone];
        texts.into_iter().all(|text| matches!(text, Member::Missing))
            && matches!(self.automatic_replies, Member::Missing)
            && matches!(self.language, Member::Missing)
            && matches!(self.user_purpose, Member::Missing)
            && matches!(self.working_hours, Member::Missing)
    }
}

fn not_an_object(kind: &str) -> Error {
    Error::new(Status::ResponseInvalid, format!("the reply is {kind}, not an object"))
}

/// `userPurpose`: an enum by the metadata, `{"value": "user"}` in the samples of its documentation.
#[derive(Debug)]
pub enum UserPurpose<'a> {
    /// The value itself.
    Plain(Cow<'a, str>),
    /// Wrapped in an object.
    Wrapped(Text<'a>),
}

impl<'de: 'a, 'a> Shape<'de> for UserPurpose<'a> {
    const EXPECTED: &'static str = "text";

    fn text(text: Cow<'de, str>) -> Option<Self> {
        Some(Self::Plain(text))
    }

    fn object<A: MapAccess<'de>>(members: A) -> Result<Option<Self>, A::Error> {
        Ok(Wrapped::object(members)?.map(|wrapped| Self::Wrapped(wrapped.value)))
    }
}

/// A text that is read only where `READ`: a report that does not show the kilobytes of HTML of a reply need not
/// unescape and copy them.
#[derive(Debug, Default)]
pub struct ReplyMessage<'a, const READ: bool>(pub Text<'a>);

impl<'de: 'a, 'a, const READ: bool> Deserialize<'de> for ReplyMessage<'a, READ> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if READ {
            Member::deserialize(deserializer).map(Self)
        } else {
            IgnoredAny::deserialize(deserializer).map(|_| Self::default())
        }
    }
}
