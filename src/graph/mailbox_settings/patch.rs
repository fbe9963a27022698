//! What is to be written to a mailbox: read strictly, compared with what is there, and the way back.

use serde_json::{Map, Value};

use super::setting::{Origin, READ_ONLY, SCHEDULED_END, SCHEDULED_START, SETTINGS, STATUS, Setting};
use super::time::ends_before_it_starts;
use super::value::{Agreement, member};
use crate::error::{Error, Result};
use crate::json_kind::kind_of;

/// The members that hold settings in their turn.
const GROUPS: [&str; 3] = ["language", "workingHours", "automaticRepliesSetting"];

/// Settings with the values that they are to have, as they are sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsPatch(Vec<(&'static Setting, Value)>);

/// What one setting was and is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which.
    pub setting: &'static Setting,
    /// What is there: null where nothing is.
    pub from: Value,
    /// What is wanted.
    pub to: Value,
}

impl SettingsPatch {
    /// Reads wanted settings: an object with Graph's names, names and values of enums in any case, times in
    /// short or in full.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member: for what is unknown, cannot be written, is of another type or
    /// value than documented or there twice; for an object that asks for nothing; for automatic replies that are
    /// scheduled without both times, or end before they start; for working hours that end before they start.
    pub fn parse(settings: &Value, origin: Origin) -> Result<Self> {
        let patch = Self::read(settings, origin)?;
        let reader = Reader { origin };
        if patch.0.is_empty() {
            return Err(reader.fault("", "asks for nothing: none of the settings is there"));
        }
        patch.check_times(&reader)?;
        Ok(patch)
    }

    /// Reads settings as [`SettingsPatch::parse`] does, each for itself: whether they go together is not asked.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub fn read(settings: &Value, origin: Origin) -> Result<Self> {
        let mut settings = Reader { origin }.settings(settings)?;
        settings.sort_by_key(|(setting, _)| SETTINGS.iter().position(|known| known == *setting));
        Ok(Self(settings))
    }

    fn check_times(&self, reader: &Reader) -> Result<()> {
        let given = |path: &str| self.value(path).filter(|value| !value.is_null());
        let (start, end) = (given(SCHEDULED_START), given(SCHEDULED_END));
        if self.is_scheduled() {
            for (time, path) in [(start, SCHEDULED_START), (end, SCHEDULED_END)] {
                if time.is_none() {
                    return Err(reader.fault(path, "is needed where status is scheduled"));
                }
            }
        }
        if let (Some(start), Some(end)) = (start, end)
            && ends_before_it_starts(start, end)
        {
            return Err(reader.fault(SCHEDULED_END, "is not after scheduledStartDateTime"));
        }
        let hours = (given("workingHours.startTime"), given("workingHours.endTime"));
        // In full, times of day are ordered as their texts are.
        if let (Some(start), Some(end)) = hours
            && start.as_str() > end.as_str()
        {
            return Err(reader.fault("workingHours.endTime", "is before startTime"));
        }
        Ok(())
    }

    /// The body of a PATCH.
    #[must_use]
    pub fn to_json(&self) -> Value {
        self.over(&Value::Null)
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wanted and is not there, setting by setting. Differences of spelling are none: the case of enums
    /// and time zones, the order of days, times with fewer decimals, null for blank text, the wrapping that the
    /// service puts around the HTML of a reply.
    #[must_use]
    pub fn changes(&self, current: &Value) -> Vec<Change> {
        let changes = self.0.iter().filter_map(|(setting, wanted)| {
            let from = value_of(current, setting);
            let differs = setting.agreement(&from, wanted) != Agreement::Same;
            differs.then(|| Change { setting, from: shown(setting, &from), to: wanted.clone() })
        });
        changes.collect()
    }

    /// Of what is wanted, what some changes are about. A schedule is sent as a whole, status, start and end,
    /// where any of the three changes: the service judges them together.
    #[must_use]
    pub fn only(&self, changes: &[Change]) -> Self {
        let schedule = [STATUS, SCHEDULED_START, SCHEDULED_END];
        let changed = |path: &str| changes.iter().any(|change| change.setting.path == path);
        let with_schedule = self.is_scheduled() && schedule.into_iter().any(changed);
        let wanted = self
            .0
            .iter()
            .filter(|(setting, _)| changed(setting.path) || (with_schedule && schedule.contains(&setting.path)));
        Self(wanted.cloned().collect())
    }

    /// The way back: what is there now of the settings that this patch writes, in a form that
    /// [`SettingsPatch::parse`] takes for [`Origin::UNDO`]. Where a schedule is ended its times are in it.
    #[must_use]
    pub fn undo(&self, current: &Value) -> Self {
        let mut before =
            Self(self.0.iter().map(|(setting, _)| (*setting, setting.writable(&value_of(current, setting)))).collect());
        if before.is_scheduled() {
            for setting in SETTINGS.iter().filter(|setting| [SCHEDULED_START, SCHEDULED_END].contains(&setting.path)) {
                if before.value(setting.path).is_none() {
                    before.0.push((setting, setting.writable(&value_of(current, setting))));
                }
            }
        }
        before
    }

    /// Settings as they are with this patch's in their place.
    #[must_use]
    pub fn over(&self, current: &Value) -> Value {
        let mut settings = if current.is_object() { current.clone() } else { Value::Object(Map::new()) };
        for (setting, value) in &self.0 {
            put(&mut settings, setting, value.clone());
        }
        settings
    }

    /// Without the settings that `other` has too.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        Self(self.0.iter().filter(|(setting, _)| other.value(setting.path).is_none()).cloned().collect())
    }

    /// With the settings of `other` that this one does not have.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.without(&self).0);
        self
    }

    /// The settings that the service did not take, though it said so: those that a reply gives as they were
    /// before, and not as they were wanted. `changes` is what was wanted; the reply may leave out settings.
    #[must_use]
    pub fn ignored(changes: &[Change], reply: &Value) -> Vec<&'static str> {
        let ignored = changes.iter().filter(|change| {
            let now = value_of(reply, change.setting);
            !now.is_null()
                && change.setting.agreement(&now, &change.to) == Agreement::Different
                && change.setting.agreement(&now, &change.from) == Agreement::Same
        });
        ignored.map(|change| change.setting.path).collect()
    }

    fn is_scheduled(&self) -> bool {
        self.value(STATUS).and_then(Value::as_str) == Some("scheduled")
    }

    fn value(&self, path: &str) -> Option<&Value> {
        self.0.iter().find(|(setting, _)| setting.path == path).map(|(_, value)| value)
    }
}

/// What the service gave of a setting; null where nothing.
fn value_of(settings: &Value, setting: &Setting) -> Value {
    let (group, name) = setting.place();
    let holder = match group {
        Some(group) => member(settings, group),
        None => Some(settings),
    };
    holder.and_then(|holder| member(holder, name)).cloned().unwrap_or_default()
}

/// A value of the service as rows show it: spelled as one that is wanted would be.
fn shown(setting: &Setting, value: &Value) -> Value {
    if value.is_null() { Value::Null } else { setting.writable(value) }
}

fn put(settings: &mut Value, setting: &Setting, value: Value) {
    let (group, name) = setting.place();
    let holder = match group {
        Some(group) => &mut settings[group],
        None => settings,
    };
    // What the service should not have given in the place of an object holds nothing.
    if !holder.is_object() {
        *holder = Value::Object(Map::new());
    }
    holder[name] = value;
}

struct Reader {
    origin: Origin,
}

impl Reader {
    fn settings(&self, settings: &Value) -> Result<Vec<(&'static Setting, Value)>> {
        let mut read = Vec::new();
        for (name, value) in self.members("", settings)? {
            match GROUPS.into_iter().find(|group| group.eq_ignore_ascii_case(name)) {
                Some(group) => {
                    for (name, value) in self.members(group, value)? {
                        self.setting(&format!("{group}.{name}"), value, &mut read)?;
                    }
                }
                None => self.setting(name, value, &mut read)?,
            }
        }
        Ok(read)
    }

    /// The members of an object; annotations of OData say nothing that could be written.
    fn members<'a>(&self, path: &str, value: &'a Value) -> Result<impl Iterator<Item = (&'a String, &'a Value)>> {
        let Value::Object(members) = value else {
            return Err(self.fault(path, &format!("must be an object, not {}", kind_of(value))));
        };
        Ok(members.iter().filter(|(name, _)| !name.starts_with('@')))
    }

    fn setting(&self, path: &str, value: &Value, read: &mut Vec<(&'static Setting, Value)>) -> Result<()> {
        let Some(setting) = SETTINGS.iter().find(|setting| setting.path.eq_ignore_ascii_case(path)) else {
            return Err(match READ_ONLY.iter().find(|name| name.eq_ignore_ascii_case(path)) {
                Some(name) => self.fault(name, "can be read and not written").hint("leave it out"),
                None => self.fault(path, "is unknown").hint(format!("known are {}", known_beside(path))),
            });
        };
        if read.iter().any(|(known, _)| *known == setting) {
            return Err(self.fault(setting.path, "is there twice, in different case"));
        }
        read.push((setting, setting.normalise(value, self.origin)?));
        Ok(())
    }

    fn fault(&self, path: &str, what: &str) -> Error {
        let dot = if path.is_empty() { "" } else { "." };
        Error::argument(format!("{}{dot}{path} {what}", self.origin.member()))
    }
}

/// The names that could have stood where an unknown one did.
fn known_beside(path: &str) -> String {
    let group = path.split_once('.').map(|(group, _)| group);
    let mut known: Vec<&str> = Vec::new();
    for setting in &SETTINGS {
        let name = match (group, setting.place()) {
            (None, (own_group, name)) => own_group.unwrap_or(name),
            (Some(group), (Some(own_group), name)) if group == own_group => name,
            _ => continue,
        };
        if !known.contains(&name) {
            known.push(name);
        }
    }
    known.join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn wanted(settings: &Value) -> SettingsPatch {
        SettingsPatch::parse(settings, Origin::REQUEST).unwrap()
    }

    fn refused(settings: &Value) -> String {
        SettingsPatch::parse(settings, Origin::REQUEST).unwrap_err().to_string()
    }

    fn current() -> Value {
        json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('kim')/mailboxSettings",
            "archiveFolder": "AAMk", "timeZone": "W. Europe Standard Time", "dateFormat": "yyyy-MM-dd",
            "timeFormat": "HH:mm", "userPurpose": {"value": "user"},
            "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            "language": {"locale": "de-DE", "displayName": "German (Germany)"},
            "workingHours": {
                "daysOfWeek": ["monday", "tuesday"], "startTime": "08:00:00.0000000", "endTime": "17:00:00.0000000",
                "timeZone": {"name": "W. Europe Standard Time"}},
            "automaticRepliesSetting": {
                "status": "Scheduled", "externalAudience": "all",
                "internalReplyMessage": "<html>\r\n<body>\r\nAway</body>\r\n</html>\r\n", "externalReplyMessage": "",
                "scheduledStartDateTime": {"dateTime": "2026-11-23T08:00:00.0000000", "timeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"}},
        })
    }

    /// As the service takes a PATCH: objects member by member, a zone and a time as a whole.
    fn patched(current: &Value, body: &Value) -> Value {
        let mut now = current.clone();
        for (name, value) in body.as_object().unwrap() {
            match value.as_object().filter(|_| GROUPS.contains(&name.as_str())) {
                Some(members) => members.iter().for_each(|(member, value)| now[name][member] = value.clone()),
                None => now[name] = value.clone(),
            }
        }
        now
    }

    #[test]
    fn names_and_values_are_taken_in_any_case_and_sent_as_graph_spells_them() {
        let patch = wanted(&json!({
            "@odata.context": "x",
            "AutomaticRepliesSetting": {
                "STATUS": "Scheduled", "externalaudience": "ContactsOnly", "InternalReplyMessage": "Away",
                "ScheduledStartDateTime": {"DateTime": "2026-12-24T12:00", "TimeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-12-27", "timeZone": "UTC"}},
            "WorkingHours": {"DaysOfWeek": ["Friday", "MONDAY", "friday"], "StartTime": "9:00", "endTime": "17:30",
                "TimeZone": {"Name": "UTC"}},
            "TIMEZONE": " Tokyo Standard Time ", "Language": {"Locale": "ja-JP"}, "dateFormat": "M/d/yyyy",
            "DelegateMeetingMessageDeliveryOptions": "SENDTODELEGATEONLY",
        }));
        assert_eq!(
            patch.to_json().to_string(),
            json!({
                "timeZone": "Tokyo Standard Time", "language": {"locale": "ja-JP"}, "dateFormat": "M/d/yyyy",
                "workingHours": {"daysOfWeek": ["friday", "monday"], "startTime": "09:00:00.0000000",
                    "endTime": "17:30:00.0000000", "timeZone": {"name": "UTC"}},
                "automaticRepliesSetting": {
                    "status": "scheduled", "externalAudience": "contactsOnly", "internalReplyMessage": "Away",
                    "scheduledStartDateTime": {"dateTime": "2026-12-24T12:00:00.0000000", "timeZone": "UTC"},
                    "scheduledEndDateTime": {"dateTime": "2026-12-27T00:00:00.0000000", "timeZone": "UTC"}},
                "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
            })
            .to_string()
        );
        assert_eq!(wanted(&patch.to_json()), patch);
    }

    #[test]
    fn what_cannot_be_written_is_refused_by_name() {
        let time = |text: &str| json!({"dateTime": text, "timeZone": "UTC"});
        for (settings, says) in [
            (json!({}), "settings asks for nothing"),
            (json!({"@odata.context": "x"}), "settings asks for nothing"),
            (json!({"workingHours": {}}), "settings asks for nothing"),
            (json!([]), "settings must be an object, not a list"),
            (json!("UTC"), "settings must be an object, not a string"),
            (json!({"colour": "red"}), "settings.colour is unknown; known are timeZone, language, dateFormat"),
            (json!({"ArchiveFolder": "x"}), "settings.archiveFolder can be read and not written"),
            (json!({"userPurpose": "room"}), "settings.userPurpose can be read and not written"),
            (json!({"language": {"locale": "x", "displayName": "X"}}), "settings.language.displayName can be read"),
            (json!({"language": "de-DE"}), "settings.language must be an object, not a string"),
            (json!({"language": {"name": "x"}}), "settings.language.name is unknown; known are locale"),
            (json!({"workingHours": {"start": "08:00"}}), "known are daysOfWeek, startTime, endTime, timeZone"),
            (json!({"workingHours": {"startTime": "8"}}), "settings.workingHours.startTime must be a time of day"),
            (json!({"workingHours": {"startTime": 8}}), "startTime must be text, not a number"),
            (json!({"workingHours": {"startTime": "17:00", "endTime": "9:00"}}), "endTime is before startTime"),
            (json!({"workingHours": {"daysOfWeek": "monday"}}), "daysOfWeek must be a list of days, not a string"),
            (json!({"workingHours": {"daysOfWeek": ["funday"]}}), "must be one of sunday, monday"),
            (json!({"workingHours": {"timeZone": "UTC"}}), "workingHours.timeZone must be an object, not a string"),
            (json!({"timeZone": null}), "settings.timeZone is null"),
            (json!({"timeZone": " "}), "settings.timeZone is blank"),
            (json!({"timeZone": "a\nb"}), "holds a control character"),
            (json!({"timeZone": "UTC", "TimeZone": "UTC"}), "settings.timeZone is there twice"),
            (json!({"dateFormat": 1}), "settings.dateFormat must be text, not a number"),
            (json!({"delegateMeetingMessageDeliveryOptions": "all"}), "must be one of sendToDelegateAnd"),
            (json!({"automaticRepliesSetting": {"status": "scheduled"}}), "scheduledStartDateTime is needed"),
            (
                json!({"automaticRepliesSetting": {"status": "SCHEDULED", "scheduledStartDateTime": time("2026-12-24")}}),
                "settings.automaticRepliesSetting.scheduledEndDateTime is needed where status is scheduled",
            ),
            (
                json!({"automaticRepliesSetting": {"scheduledStartDateTime": time("2026-12-24"),
                    "scheduledEndDateTime": time("2026-12-24T00:00:00")}}),
                "scheduledEndDateTime is not after scheduledStartDateTime",
            ),
        ] {
            let error = refused(&settings);
            assert!(error.contains(says), "{settings}: {error}");
        }
    }

    #[test]
    fn a_line_may_ask_for_what_nobody_had_set() {
        let settings = json!({"timeZone": "", "language": {"locale": null}, "workingHours": {"daysOfWeek": null}});
        let patch = SettingsPatch::parse(&settings, Origin::UNDO).unwrap();
        assert_eq!(
            patch.to_json(),
            json!({"timeZone": "", "language": {"locale": null}, "workingHours": {"daysOfWeek": []}})
        );
        assert!(patch.changes(&json!({"timeZone": null, "language": {"locale": ""}})).is_empty());
        let error = SettingsPatch::parse(&json!({"workingHours": null}), Origin::UNDO).unwrap_err().to_string();
        assert_eq!(error, "@settings.workingHours must be an object, not null");
    }

    #[test]
    fn differences_of_spelling_are_none() {
        let patch = wanted(&json!({
            "timeZone": "w. europe standard time", "language": {"locale": "DE-de"}, "timeFormat": "HH:mm",
            "workingHours": {"daysOfWeek": ["Tuesday", "Monday"], "startTime": "8:00", "endTime": "17:00:00",
                "timeZone": {"name": "W. Europe Standard Time"}},
            "automaticRepliesSetting": {
                "status": "scheduled", "internalReplyMessage": "Away", "externalReplyMessage": "",
                "scheduledStartDateTime": {"dateTime": "2026-11-23T08:00", "timeZone": "utc"},
                "scheduledEndDateTime": {"dateTime": "2026-12-01T09:00:00+01:00"}},
            "delegateMeetingMessageDeliveryOptions": "SendToDelegateOnly",
        }));
        assert_eq!(patch.changes(&current()), []);
        // As Outlook REST spelled it, too.
        assert_eq!(patch.changes(&crate::graph::mailbox_settings::pascal_names(current(), None)), []);
        // A format's case has a meaning.
        assert_eq!(wanted(&json!({"timeFormat": "hh:mm"})).changes(&current()).len(), 1);
    }

    #[test]
    fn a_change_says_which_setting_was_what() {
        let patch = wanted(&json!({
            "timeZone": "UTC", "dateFormat": "yyyy-MM-dd", "workingHours": {"endTime": "18:00", "startTime": "08:00"}
        }));
        let changes = patch.changes(&current());
        let messages: Vec<_> =
            changes.iter().map(|change| (change.setting.path, change.from.clone(), change.to.clone())).collect();
        assert_eq!(
            messages,
            [
                ("timeZone", json!("W. Europe Standard Time"), json!("UTC")),
                ("workingHours.endTime", json!("17:00:00.0000000"), json!("18:00:00.0000000")),
            ]
        );
        assert_eq!(
            patch.only(&changes).to_json(),
            json!({"timeZone": "UTC", "workingHours": {"endTime": "18:00:00.0000000"}})
        );
        assert_eq!(patch.changes(&json!({}))[0].from, Value::Null);
        let strange = json!({"workingHours": "none", "timeZone": []});
        assert_eq!(patch.changes(&strange).len(), 4);
        assert_eq!(patch.changes(&patch.over(&strange)), []);
    }

    #[test]
    fn a_schedule_is_sent_as_a_whole() {
        let replies = json!({"status": "scheduled", "externalAudience": "all",
            "scheduledStartDateTime": {"dateTime": "2026-11-23T08:00:00.0000000", "timeZone": "UTC"},
            "scheduledEndDateTime": {"dateTime": "2026-12-05T08:00:00.0000000", "timeZone": "UTC"}});
        let patch = wanted(&json!({"automaticRepliesSetting": replies}));
        let changes = patch.changes(&current());
        assert_eq!(changes.len(), 1);
        let mut sent = replies;
        sent.as_object_mut().unwrap().remove("externalAudience");
        assert_eq!(patch.only(&changes).to_json(), json!({"automaticRepliesSetting": sent}));
    }

    #[test]
    fn the_way_back_of_a_schedule_has_its_times() {
        let patch = wanted(&json!({"automaticRepliesSetting": {"status": "disabled"}}));
        let undo = patch.undo(&current()).to_json();
        assert_eq!(
            undo,
            json!({"automaticRepliesSetting": {"status": "scheduled",
                "scheduledStartDateTime": {"dateTime": "2026-11-23T08:00:00.0000000", "timeZone": "UTC"},
                "scheduledEndDateTime": {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"}}})
        );
        assert!(SettingsPatch::parse(&undo, Origin::UNDO).is_ok());
    }

    #[test]
    fn a_reply_that_gives_the_old_value_says_that_nothing_was_written() {
        let patch = wanted(&json!({
            "timeZone": "UTC", "dateFormat": "d", "automaticRepliesSetting": {"internalReplyMessage": "Back"}
        }));
        let changes = patch.changes(&current());
        assert_eq!(SettingsPatch::ignored(&changes, &patch.to_json()), [""; 0]);
        assert_eq!(SettingsPatch::ignored(&changes, &json!({"timeZone": "utc"})), [""; 0]);
        assert_eq!(SettingsPatch::ignored(&changes, &current()), ["timeZone", "dateFormat"]);
        // The zone by another name, of which nobody here knows whether it is the same.
        let iana = wanted(&json!({"timeZone": "Europe/Berlin"}));
        assert_eq!(SettingsPatch::ignored(&iana.changes(&current()), &current()), [""; 0]);
    }

    fn zone() -> impl Strategy<Value = Value> {
        prop_oneof![
            prop::sample::select(vec!["UTC", "utc", "Tokyo Standard Time", "Europe/Berlin"])
                .prop_map(|name| json!({"name": name})),
            (-720_i64..720, 0_i64..13).prop_map(|(bias, month)| json!({
                "@odata.type": "#microsoft.graph.customTimeZone", "bias": bias, "name": "Customized Time Zone",
                "standardOffset": {"time": "02:00", "dayOccurrence": 2, "dayOfWeek": "Sunday", "month": month}})),
        ]
    }

    fn moment() -> impl Strategy<Value = Value> {
        let zones = prop::sample::select(vec!["UTC", "Tokyo Standard Time"]);
        (1_u8..28, 0_u8..24, zones).prop_map(
            |(day, hour, zone)| json!({"dateTime": format!("2026-11-{day:02}T{hour:02}:00:00"), "timeZone": zone}),
        )
    }

    /// Settings of any kind, spelled in any way.
    fn any_settings() -> impl Strategy<Value = Value> {
        let pick = |values: &[&'static str]| prop::option::of(prop::sample::select(values.to_vec()));
        let days = prop::collection::vec(prop::sample::select(vec!["monday", "Tuesday", "SUNDAY"]), 0..4);
        let hours =
            (prop::option::of(0_u8..12), prop::option::of(12_u8..24), prop::option::of(days), prop::option::of(zone()));
        let texts = (
            pick(&["UTC", "utc", "Europe/Berlin", "Tokyo Standard Time"]),
            pick(&["de-DE", "DE-de", "ja-JP"]),
            pick(&["d", "D", "yyyy"]),
            pick(&["sendToDelegateOnly", "SENDTODELEGATEANDPRINCIPAL"]),
        );
        let replies = (
            pick(&["disabled", "AlwaysEnabled", "scheduled"]),
            pick(&["", "Away", "<html>\r\n<body>\r\nAway</body>\r\n</html>\r\n", "<p>Away</p>"]),
            prop::option::of(moment()),
            prop::option::of(moment()),
        );
        (texts, hours, replies).prop_map(
            |((zone, locale, date, delivery), (start, end, days, work_zone), (status, text, from, to))| {
                let mut all = json!({"workingHours": {}, "automaticRepliesSetting": {}, "language": {}});
                let hour = |hour: Option<u8>| hour.map(|hour| format!("{hour:02}:00"));
                for (group, name, value) in [
                    ("", "timeZone", json!(zone)),
                    ("language", "locale", json!(locale)),
                    ("", "dateFormat", json!(date)),
                    ("", "delegateMeetingMessageDeliveryOptions", json!(delivery)),
                    ("workingHours", "startTime", json!(hour(start))),
                    ("workingHours", "endTime", json!(hour(end))),
                    ("workingHours", "daysOfWeek", json!(days)),
                    ("workingHours", "timeZone", json!(work_zone)),
                    ("automaticRepliesSetting", "status", json!(status)),
                    ("automaticRepliesSetting", "internalReplyMessage", json!(text)),
                    ("automaticRepliesSetting", "scheduledStartDateTime", json!(from)),
                    ("automaticRepliesSetting", "scheduledEndDateTime", json!(to)),
                ] {
                    if !value.is_null() {
                        let holder = if group.is_empty() { &mut all } else { &mut all[group] };
                        holder[name] = value;
                    }
                }
                all
            },
        )
    }

    proptest! {
        #[test]
        fn what_differs_is_enough_and_the_way_back_leads_back(given in any_settings(), current in any_settings()) {
            let Ok(patch) = SettingsPatch::parse(&given, Origin::REQUEST) else { return Ok(()) };
            // Reading what was read changes nothing.
            prop_assert_eq!(&SettingsPatch::parse(&patch.to_json(), Origin::REQUEST).unwrap(), &patch);

            let changes = patch.changes(&current);
            let sent = patch.only(&changes);
            prop_assert_eq!(sent.is_empty(), changes.is_empty());
            let after = patched(&current, &sent.to_json());
            prop_assert_eq!(patch.changes(&after), vec![]);
            prop_assert_eq!(patch.changes(&patched(&current, &patch.to_json())), vec![]);

            // What was not wanted is as it was; what was, comes back.
            let undo = sent.undo(&current).to_json();
            let restored = patched(&after, &undo);
            for setting in &SETTINGS {
                let (before, now) = (value_of(&current, setting), value_of(&after, setting));
                if !changes.iter().any(|change| change.setting == setting) && patch.value(setting.path).is_none() {
                    prop_assert_eq!(&before, &now, "{}", setting.path);
                }
                let back = value_of(&restored, setting);
                let same = setting.agreement(&back, &setting.writable(&before)) == Agreement::Same;
                prop_assert!(same, "{}: {before} {back}", setting.path);
            }
            // A schedule without its times cannot be written; a tenant has none.
            let has_times = undo["automaticRepliesSetting"]["status"] != "scheduled"
                || value_of(&current, &SETTINGS[12]).is_object() && value_of(&current, &SETTINGS[13]).is_object();
            if has_times && !sent.is_empty() {
                let read = SettingsPatch::parse(&undo, Origin::UNDO);
                let backwards = matches!(&read, Err(error) if error.to_string().contains("is not after"));
                prop_assert!(backwards || read.is_ok(), "{undo} {read:?}");
            }
        }
    }
}
