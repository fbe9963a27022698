//! The columns of the mailbox settings report, and how each is taken from a body.

use super::row::{Cell, Row};
use crate::error::{Error, Result};
use crate::graph::mailbox_settings::{EnumType, MailboxSettings, Member, Shape, Text, UserPurpose};
use crate::graph::surrogates;

macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident),+ $(,)?) => {
        /// A column. Its name is that of the variant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Column {
            $($(#[$doc])* $column),+
        }

        impl Column {
            /// Every column; the first five are the report's own.
            pub const ALL: &'static [Column] = &[$(Column::$column),+];

            /// The name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Column::$column => stringify!($column)),+
                }
            }
        }
    };
}

// Enum values read as Outlook REST gave them (`AlwaysEnabled`, `SendToDelegateOnly`, `Monday`) in every column,
// as in the one of the five that has always shown an enum.
columns! {
    /// The mailbox, as the caller spelled it.
    MailboxName,
    /// `language/displayName`.
    Language,
    /// `language/locale`.
    Locale,
    /// `timeZone`.
    TimeZone,
    /// `automaticRepliesSetting/status`: `Disabled`, `AlwaysEnabled` or `Scheduled`.
    AutomaticReplyStatus,
    /// `automaticRepliesSetting/externalAudience`: `None`, `ContactsOnly` or `All`.
    ExternalAudience,
    /// `automaticRepliesSetting/scheduledStartDateTime/dateTime`, in the zone of the next column.
    AutomaticReplyStart,
    /// `automaticRepliesSetting/scheduledStartDateTime/timeZone`.
    AutomaticReplyStartTimeZone,
    /// `automaticRepliesSetting/scheduledEndDateTime/dateTime`, in the zone of the next column.
    AutomaticReplyEnd,
    /// `automaticRepliesSetting/scheduledEndDateTime/timeZone`.
    AutomaticReplyEndTimeZone,
    /// `automaticRepliesSetting/internalReplyMessage`.
    InternalReplyMessage,
    /// `automaticRepliesSetting/externalReplyMessage`.
    ExternalReplyMessage,
    /// `dateFormat`.
    DateFormat,
    /// `timeFormat`.
    TimeFormat,
    /// `workingHours/daysOfWeek`: `Monday, Tuesday`.
    WorkingDays,
    /// `workingHours/startTime`.
    WorkingHoursStart,
    /// `workingHours/endTime`.
    WorkingHoursEnd,
    /// `workingHours/timeZone/name`.
    WorkingHoursTimeZone,
    /// `workingHours/timeZone/bias`: minutes, only of a custom time zone.
    WorkingHoursTimeZoneBias,
    /// `workingHours/timeZone/daylightOffset/daylightBias`: minutes, only of a custom time zone.
    WorkingHoursDaylightBias,
    /// `delegateMeetingMessageDeliveryOptions`.
    DelegateMeetingMessageDeliveryOptions,
    /// `userPurpose`: `User`, `Shared`, `Room` and others.
    UserPurpose,
    /// `archiveFolder`: the folder's id.
    ArchiveFolder,
}

/// How many columns a report has that names none.
const DEFAULT_COLUMNS: usize = 5;

/// The columns of one report, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSet {
    columns: Vec<Column>,
    /// Whether a column shows a text of the automatic reply.
    messages: bool,
}

impl Default for ColumnSet {
    /// `MailboxName, Language, Locale, TimeZone, AutomaticReplyStatus`.
    fn default() -> Self {
        Self::of(Column::ALL[..DEFAULT_COLUMNS].to_vec())
    }
}

impl ColumnSet {
    /// The columns of those names, in whatever case; of none: the default.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for an unknown name, with the known ones, and for a repeated one.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            let column = column_of(name.as_ref())?;
            if columns.contains(&column) {
                return Err(Error::argument(format!("columns: {} is named twice", column.name())));
            }
            columns.push(column);
        }
        Ok(Self::of(columns))
    }

    fn of(columns: Vec<Column>) -> Self {
        let messages = columns.iter().any(|c| matches!(c, Column::InternalReplyMessage | Column::ExternalReplyMessage));
        Self { columns, messages }
    }

    /// The columns' names.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'static str> + '_ {
        self.columns.iter().map(|column| column.name())
    }

    /// How many.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a report without columns cannot be made")]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// The row of a mailbox, `given` as the caller spelled it.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid`: retryable for a body that is no JSON, and naming the member that a column needs and
    /// that is of another type than documented.
    pub fn extract(&self, given: Option<&str>, body: &[u8]) -> Result<Row> {
        let row = self.read(given, body).or_else(|error| match surrogates::replace_lone(body) {
            Some(clean) => self.read(given, &clean),
            None => Err(error),
        });
        row.map_err(|error| {
            let error = error.action("reading the mailbox settings of");
            if let Some(given) = given { error.target(given) } else { error }
        })
    }

    /// The row of a mailbox that has failed.
    #[must_use]
    pub fn null_row(&self, given: Option<&str>) -> Row {
        let cell = |column: &Column| if *column == Column::MailboxName { given.into() } else { Cell::Null };
        self.columns.iter().map(cell).collect()
    }

    fn read(&self, given: Option<&str>, body: &[u8]) -> Result<Row> {
        if self.messages { self.read_as::<true>(given, body) } else { self.read_as::<false>(given, body) }
    }

    fn read_as<const MESSAGES: bool>(&self, given: Option<&str>, body: &[u8]) -> Result<Row> {
        let settings = MailboxSettings::<MESSAGES>::read(body)?;
        self.columns.iter().map(|column| cell(*column, given, &settings)).collect()
    }
}

fn column_of(name: &str) -> Result<Column> {
    Column::ALL.iter().copied().find(|column| column.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
        Error::argument(format!("columns: '{name}' is none of {}", known.join(", ")))
    })
}

fn cell<const MESSAGES: bool>(
    column: Column,
    given: Option<&str>,
    settings: &MailboxSettings<'_, MESSAGES>,
) -> Result<Cell> {
    let language = || settings.language.get("language");
    let replies = || settings.automatic_replies.get("automaticRepliesSetting");
    let start = || match replies()? {
        Some(replies) => replies.start.get("automaticRepliesSetting.scheduledStartDateTime"),
        None => Ok(None),
    };
    let end = || match replies()? {
        Some(replies) => replies.end.get("automaticRepliesSetting.scheduledEndDateTime"),
        None => Ok(None),
    };
    let hours = || settings.working_hours.get("workingHours");
    let zone = || match hours()? {
        Some(hours) => hours.time_zone.get("workingHours.timeZone"),
        None => Ok(None),
    };
    let daylight = || match zone()? {
        Some(zone) => zone.daylight.get("workingHours.timeZone.daylightOffset"),
        None => Ok(None),
    };
    match column {
        Column::MailboxName => Ok(given.into()),
        Column::Language => text(language()?.map(|of| &of.display_name), "language.displayName"),
        Column::Locale => text(language()?.map(|of| &of.locale), "language.locale"),
        Column::TimeZone => text(Some(&settings.time_zone), "timeZone"),
        Column::AutomaticReplyStatus => {
            value(replies()?.map(|of| &of.status), "automaticRepliesSetting.status", EnumType::STATUS)
        }
        Column::ExternalAudience => {
            let audience = replies()?.map(|of| &of.external_audience);
            value(audience, "automaticRepliesSetting.externalAudience", EnumType::AUDIENCE)
        }
        Column::AutomaticReplyStart => {
            text(start()?.map(|of| &of.date_time), "automaticRepliesSetting.scheduledStartDateTime.dateTime")
        }
        Column::AutomaticReplyStartTimeZone => {
            text(start()?.map(|of| &of.time_zone), "automaticRepliesSetting.scheduledStartDateTime.timeZone")
        }
        Column::AutomaticReplyEnd => {
            text(end()?.map(|of| &of.date_time), "automaticRepliesSetting.scheduledEndDateTime.dateTime")
        }
        Column::AutomaticReplyEndTimeZone => {
            text(end()?.map(|of| &of.time_zone), "automaticRepliesSetting.scheduledEndDateTime.timeZone")
        }
        Column::InternalReplyMessage => {
            text(replies()?.map(|of| &of.internal_reply.0), "automaticRepliesSetting.internalReplyMessage")
        }
        Column::ExternalReplyMessage => {
            text(replies()?.map(|of| &of.external_reply.0), "automaticRepliesSetting.externalReplyMessage")
        }
        Column::DateFormat => text(Some(&settings.date_format), "dateFormat"),
        Column::TimeFormat => text(Some(&settings.time_format), "timeFormat"),
        Column::WorkingDays => days(hours()?.map(|of| &of.days)),
        Column::WorkingHoursStart => text(hours()?.map(|of| &of.start), "workingHours.startTime"),
        Column::WorkingHoursEnd => text(hours()?.map(|of| &of.end), "workingHours.endTime"),
        Column::WorkingHoursTimeZone => text(zone()?.map(|of| &of.name), "workingHours.timeZone.name"),
        Column::WorkingHoursTimeZoneBias => integer(zone()?.map(|of| &of.bias), "workingHours.timeZone.bias"),
        Column::WorkingHoursDaylightBias => {
            integer(daylight()?.map(|of| &of.bias), "workingHours.timeZone.daylightOffset.daylightBias")
        }
        Column::DelegateMeetingMessageDeliveryOptions => value(
            Some(&settings.delegate_delivery),
            "delegateMeetingMessageDeliveryOptions",
            EnumType::DELEGATE_DELIVERY,
        ),
        Column::UserPurpose => match settings.user_purpose.get("userPurpose")? {
            Some(UserPurpose::Plain(purpose)) => Ok(pascal(purpose, EnumType::PURPOSE)),
            Some(UserPurpose::Wrapped(purpose)) => value(Some(purpose), "userPurpose.value", EnumType::PURPOSE),
            None => Ok(Cell::Null),
        },
        Column::ArchiveFolder => text(Some(&settings.archive_folder), "archiveFolder"),
    }
}

fn text(member: Option<&Text<'_>>, name: &str) -> Result<Cell> {
    Ok(found(member, name)?.map_or(Cell::Null, |text| Cell::from(&**text)))
}

fn value(member: Option<&Text<'_>>, name: &str, values: EnumType) -> Result<Cell> {
    Ok(found(member, name)?.map_or(Cell::Null, |text| pascal(text, values)))
}

fn integer(member: Option<&Member<i64>>, name: &str) -> Result<Cell> {
    Ok(found(member, name)?.map_or(Cell::Null, |integer| Cell::Int(*integer)))
}

fn days(member: Option<&Member<Vec<Text<'_>>>>) -> Result<Cell> {
    let Some(days) = found(member, "workingHours.daysOfWeek")? else { return Ok(Cell::Null) };
    let mut names = Vec::with_capacity(days.len());
    for day in days {
        names.extend(day.get("workingHours.daysOfWeek")?.map(|day| EnumType::DAY.pascal(day)));
    }
    Ok(Cell::Text(names.join(", ").into()))
}

fn found<'m, 'de, T: Shape<'de>>(member: Option<&'m Member<T>>, name: &str) -> Result<Option<&'m T>> {
    member.map_or(Ok(None), |member| member.get(name))
}

fn pascal(value: &str, values: EnumType) -> Cell {
    Cell::Text(values.pascal(value).into())
}
