//! The columns of the mailbox settings report, and how each is taken from a body.

use super::cell::Cell;
use super::fields::{Fields, Names};
use super::mailbox_rows::MailboxRows;
use super::older_report;
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

/// The name that stands for every column that is not named.
const ALL_OTHERS: &str = "*";

/// What a journal of settings reports says that it is of.
pub const REPORT_KIND: &str = "mailboxSettingsReport";

/// The columns of one report, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSet {
    columns: Vec<Column>,
    /// The names of those that settings give: all but the mailbox's.
    settings: Names,
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
    /// The columns of those names, in whatever case; of none: the default. A `*` stands for all that are not named.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for an unknown name, with the known ones, and for a repeated one.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self> {
        if names.is_empty() {
            return Ok(Self::default());
        }
        let mut columns = Vec::with_capacity(names.len());
        for name in names.iter().filter(|name| name.as_ref() != ALL_OTHERS) {
            let column = column_of(name.as_ref())?;
            if columns.contains(&column) {
                return Err(Error::argument(format!("columns: {} is named twice", column.name())));
            }
            columns.push(column);
        }
        if names.iter().any(|name| name.as_ref() == ALL_OTHERS) {
            let others: Vec<Column> = Column::ALL.iter().copied().filter(|column| !columns.contains(column)).collect();
            columns.extend(others);
        }
        Ok(Self::of(columns))
    }

    fn of(columns: Vec<Column>) -> Self {
        let messages = columns.iter().any(|c| matches!(c, Column::InternalReplyMessage | Column::ExternalReplyMessage));
        let settings = columns.iter().filter(|column| **column != Column::MailboxName).map(|column| column.name());
        Self { settings: settings.collect(), columns, messages }
    }

    /// Where among all columns the mailbox's name stands.
    #[must_use]
    pub fn mailbox_at(&self) -> Option<usize> {
        self.columns.iter().position(|column| *column == Column::MailboxName)
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

    /// What the columns show of a mailbox's settings: all but its name, which is `given` as the caller spelled it.
    ///
    /// # Errors
    ///
    /// `ResponseInvalid`: retryable for a body that is no JSON, and naming the member that a column needs and
    /// that is of another type than documented.
    pub fn extract(&self, given: Option<&str>, body: &[u8]) -> Result<Fields> {
        let cells = self.read(body).or_else(|error| match surrogates::replace_lone(body) {
            Some(clean) => self.read(&clean),
            None => Err(error),
        });
        let cells = cells.map_err(|error| {
            let error = error.action("reading the mailbox settings of");
            if let Some(given) = given { error.target(given) } else { error }
        });
        Ok(Fields::new(self.settings.clone(), cells?))
    }

    /// What a journal of a report with these columns has of a mailbox.
    ///
    /// # Errors
    ///
    /// `Journal` for what is no record of a run.
    pub fn recall(&self, record: &[u8]) -> Result<MailboxRows> {
        match older_report::read(record, self.names()) {
            Some(given) => Ok(given),
            None => MailboxRows::recall(record, &self.settings),
        }
    }

    fn read(&self, body: &[u8]) -> Result<Vec<Cell>> {
        if self.messages { self.read_as::<true>(body) } else { self.read_as::<false>(body) }
    }

    fn read_as<const MESSAGES: bool>(&self, body: &[u8]) -> Result<Vec<Cell>> {
        let settings = MailboxSettings::<MESSAGES>::read(body)?;
        let mut cells = Vec::with_capacity(self.columns.len());
        for column in self.columns.iter().filter(|column| **column != Column::MailboxName) {
            cells.push(cell(*column, &settings)?);
        }
        Ok(cells)
    }
}

fn column_of(name: &str) -> Result<Column> {
    Column::ALL.iter().copied().find(|column| column.name().eq_ignore_ascii_case(name)).ok_or_else(|| {
        let known: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
        Error::argument(format!("columns: '{name}' is not one of {}", known.join(", ")))
    })
}

fn cell<const MESSAGES: bool>(column: Column, settings: &MailboxSettings<'_, MESSAGES>) -> Result<Cell> {
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
        // Not of the settings: whoever makes the row has it.
        Column::MailboxName => Ok(Cell::Null),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::Status;
    use crate::rows::{Row, RowMaker};

    fn graph() -> Value {
        json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('kim')/mailboxSettings",
            "archiveFolder": "AQMk", "timeZone": "W. Europe Standard Time",
            "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            "dateFormat": "dd.MM.yyyy", "timeFormat": "HH:mm",
            "automaticRepliesSetting": {
                "status": "alwaysEnabled", "externalAudience": "contactsOnly",
                "scheduledStartDateTime": {"dateTime": "2026-11-22T10:00:00.0000000", "timeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-11-23T10:00:00.0000000", "timeZone": "CET"},
                "internalReplyMessage": "<p>in\r\n</p>", "externalReplyMessage": "",
            },
            "language": {"locale": "de-AT", "displayName": "Deutsch (Österreich)"},
            "workingHours": {
                "daysOfWeek": ["monday", "FRIDAY"], "startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000",
                "timeZone": {"@odata.type": "#microsoft.graph.customTimeZone", "name": "Customized Time Zone",
                    "bias": -200, "daylightOffset": {"daylightBias": 100}},
            },
            "userPurpose": {"value": "user"},
            "unheardOf": [{"x": 1}],
        })
    }

    fn row(columns: &ColumnSet, body: &Value) -> Result<Row> {
        let given = Some("Kim@contoso.com");
        let settings = columns.extract(given, body.to_string().as_bytes())?;
        Ok(RowMaker::of_columns(columns).of(0, MailboxRows::of(given, settings)).remove(0))
    }

    fn shown(columns: &ColumnSet, body: &Value) -> Vec<String> {
        match row(columns, body) {
            Ok(row) => row.cells().iter().map(|cell| format!("{cell:?}")).collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    fn all() -> ColumnSet {
        ColumnSet::of(Column::ALL.to_vec())
    }

    #[test]
    fn the_five_are_the_default_in_the_order_of_the_contract() {
        let names: Vec<_> = ColumnSet::default().names().collect();
        assert_eq!(names, ["MailboxName", "Language", "Locale", "TimeZone", "AutomaticReplyStatus"]);
        assert_eq!(
            shown(&ColumnSet::default(), &graph()),
            [
                r#"Text("Kim@contoso.com")"#,
                r#"Text("Deutsch (Österreich)")"#,
                r#"Text("de-AT")"#,
                r#"Text("W. Europe Standard Time")"#,
                r#"Text("AlwaysEnabled")"#
            ]
        );
    }

    #[test]
    fn names_are_taken_in_any_case_and_order_but_once() {
        let named = ColumnSet::parse(&["timezone", "MAILBOXNAME"]).unwrap();
        let names: Vec<_> = named.names().collect();
        assert_eq!(names, ["TimeZone", "MailboxName"]);
        let all = ColumnSet::parse(&["MailboxName", "*"]).unwrap();
        assert_eq!(all.names().collect::<Vec<_>>(), Column::ALL.iter().map(|column| column.name()).collect::<Vec<_>>());
        let refused = |names: &[&str]| ColumnSet::parse(names).unwrap_err().to_string();
        assert_eq!(refused(&["Locale", "locale"]), "columns: Locale is named twice");
        assert!(refused(&["Colour"]).contains("'Colour' is not one of MailboxName, Language,"));
    }

    #[test]
    fn every_column_has_its_member() {
        assert_eq!(
            shown(&all(), &graph())[5..],
            [
                r#"Text("ContactsOnly")"#,
                r#"Text("2026-11-22T10:00:00.0000000")"#,
                r#"Text("UTC")"#,
                r#"Text("2026-11-23T10:00:00.0000000")"#,
                r#"Text("CET")"#,
                r#"Text("<p>in\r\n</p>")"#,
                r#"Text("")"#,
                r#"Text("dd.MM.yyyy")"#,
                r#"Text("HH:mm")"#,
                r#"Text("Monday, Friday")"#,
                r#"Text("08:00:00.0000000")"#,
                r#"Text("17:00:00.0000000")"#,
                r#"Text("Customized Time Zone")"#,
                "Int(-200)",
                "Int(100)",
                r#"Text("SendToDelegateOnly")"#,
                r#"Text("User")"#,
                r#"Text("AQMk")"#,
            ]
        );
    }

    #[test]
    fn outlook_rest_reads_the_same() {
        let outlook = crate::graph::mailbox_settings::pascal_names(graph(), None);
        assert_eq!(shown(&all(), &outlook), shown(&all(), &graph()));
    }

    #[test]
    fn what_is_missing_or_null_is_null() {
        let mut nothing = vec![Cell::Null; Column::ALL.len()];
        nothing[0] = "Kim@contoso.com".into();
        for body in [
            json!({"timeZone": null}),
            json!({"language": null, "automaticRepliesSetting": {}, "workingHours": {"timeZone": null},
            "timeZone": null, "userPurpose": null}),
        ] {
            assert_eq!(row(&all(), &body).unwrap().cells(), nothing);
        }
        // None at all are those of no mailbox.
        for body in [json!({}), json!({"value": {"timeZone": "UTC"}}), json!({"error": {"code": "x"}})] {
            assert_eq!(row(&all(), &body).unwrap_err().status(), Status::ResponseInvalid, "{body}");
        }
    }

    #[test]
    fn enum_values_take_one_case_and_new_ones_pass() {
        let columns = ColumnSet::parse(&["AutomaticReplyStatus", "UserPurpose"]).unwrap();
        let body = json!({"automaticRepliesSetting": {"status": "SCHEDULED"}, "userPurpose": "roomList"});
        assert_eq!(shown(&columns, &body), [r#"Text("Scheduled")"#, r#"Text("RoomList")"#]);
    }

    #[test]
    fn a_wrong_type_is_an_error_only_for_who_asks() {
        let body = json!({"timeZone": 5, "language": ["x"], "workingHours": {"daysOfWeek": ["monday", {}]},
            "automaticRepliesSetting": {"status": {}, "internalReplyMessage": 1}});
        let message = |column: &str| {
            let columns = ColumnSet::parse(&[column]).unwrap();
            let error = row(&columns, &body).err();
            assert!(error.as_ref().is_none_or(|e| e.status() == Status::ResponseInvalid && !e.is_retryable()));
            error.map(|error| error.to_string().split_once(": ").map_or(String::new(), |(_, detail)| detail.to_owned()))
        };
        assert_eq!(message("TimeZone").as_deref(), Some("the reply's member timeZone is a number, not text"));
        assert_eq!(message("Locale").as_deref(), Some("the reply's member language is an array, not an object"));
        let status = "the reply's member automaticRepliesSetting.status is an object, not text";
        assert_eq!(message("AutomaticReplyStatus").as_deref(), Some(status));
        let days = "the reply's member workingHours.daysOfWeek is an object, not text";
        assert_eq!(message("WorkingDays").as_deref(), Some(days));
        assert!(message("InternalReplyMessage").is_some());
        assert_eq!(message("DateFormat"), None);
        assert_eq!(message("ExternalAudience"), None);
    }

    #[test]
    fn what_is_no_object_is_refused_and_what_broke_off_may_be_tried_again() {
        let refused = |body: &[u8]| {
            let error = ColumnSet::default().extract(Some("kim"), body).err();
            error.map(|error| (error.status(), error.is_retryable()))
        };
        let whole = graph().to_string();
        for end in [0, 1, whole.len() / 2, whole.len() - 1] {
            assert_eq!(refused(&whole.as_bytes()[..end]), Some((Status::ResponseInvalid, true)), "{end}");
        }
        assert_eq!(refused(b"<html>"), Some((Status::ResponseInvalid, true)));
        assert_eq!(refused(b"{\"timeZone\":\"\xff\"}"), Some((Status::ResponseInvalid, true)));
        for body in ["[]", "null", "\"x\"", "5", "true"] {
            assert_eq!(refused(body.as_bytes()), Some((Status::ResponseInvalid, false)), "{body}");
        }
        let error = ColumnSet::default().extract(Some("kim"), b"[]").err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("reading the mailbox settings of kim: the reply is an array, not an object"));
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_body_gives_a_row_or_an_error_that_says_so(at in 0_usize..1_200, byte: u8, cut: bool) {
            let mut body = graph().to_string().into_bytes();
            let at = at % body.len();
            body[at] = byte;
            if cut {
                body.truncate(at);
            }
            match all().extract(Some("kim"), &body) {
                Ok(settings) => assert_eq!(settings.cells().len(), Column::ALL.len() - 1),
                Err(error) => assert_eq!(error.status(), Status::ResponseInvalid),
            }
        }
    }

    #[test]
    fn a_lone_surrogate_costs_no_row() {
        let body = br#"{"timeZone":"a\ud800b","automaticRepliesSetting":{"internalReplyMessage":"\udc00"}}"#;
        let columns = ColumnSet::parse(&["TimeZone", "InternalReplyMessage"]).unwrap_or_default();
        let settings = columns.extract(None, body).ok();
        assert_eq!(settings.as_ref().map(Fields::cells), Some(&["a\u{fffd}b".into(), "\u{fffd}".into()][..]));
    }

    #[test]
    fn names_may_be_escaped_and_repeated() {
        let columns = ColumnSet::parse(&["TimeZone"]).unwrap_or_default();
        let settings = columns.extract(None, br#"{"timeZone":1,"time\u005aone":"UTC"}"#).ok();
        assert_eq!(settings.as_ref().map(Fields::cells), Some(&["UTC".into()][..]));
    }
}
