//! Requests about lists that are brought into mailboxes.

use serde::Deserialize;
use serde_json::Value;

use super::run::Run;
use super::values::{FilePath, Text, Whole};
use super::{With, fault};
use crate::client::{self, ContactSource, EventOptions, EventSource};
use crate::error::{Error, Result};

/// Of `exrun_contact_sync_plan`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct ContactSyncPlan {
    /// The contacts as objects, with the names of Microsoft Graph, of Outlook's export or of the directory; names of
    /// columns without case and blanks. This, `contactsFile` or `fromGroup`.
    contacts: Option<Vec<Value>>,
    /// A CSV file, or JSON Lines, of the contacts.
    contacts_file: Option<FilePath>,
    /// The contacts are the people in a group: its object id, mail address or display name. The app needs
    /// GroupMember.Read.All and User.Read.All.
    from_group: Option<Text>,
    /// The folder, by its path: `Company/Berlin`. Where it is not there it is made.
    folder: Text,
    /// The column that says who a contact is, whatever else of it changes. Default: `key`, else the first address. Not with
    /// `fromGroup`, where it is the id of the directory.
    key_column: Option<Text>,
    /// The folder in which the paths of a column `Photo` begin; without such a column, that of files with the names of keys
    /// (`E1.jpg`). JPEG of at most 4 MB. Default: the folder of `contactsFile`. Not with `fromGroup`.
    photo_folder: Option<FilePath>,
    /// With `fromGroup`: each contact gets the photo of its user. The app needs ProfilePhoto.Read.All, or User.Read.All.
    #[serde(default)]
    photos: bool,
    /// Contacts of the folder that no list has put there are taken away too.
    #[serde(default)]
    remove_others: bool,
    /// Says that a list of nothing is meant: all that it put there goes.
    #[serde(default)]
    allow_empty: bool,
    /// A row for a mailbox that is as the list.
    #[serde(default)]
    include_empty: bool,
    /// Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is complete.
    /// Not with `journal`.
    plan_file: Option<FilePath>,
}

impl Run<ContactSyncPlan> {
    pub(in crate::ffi) fn request(self) -> Result<client::ContactSync> {
        let With(own, run) = self;
        let contacts = match (own.contacts, own.contacts_file, own.from_group) {
            (Some(list), None, None) => ContactSource::List(Value::Array(list)),
            (None, Some(path), None) => ContactSource::File(path.into()),
            (None, None, Some(_)) if own.key_column.is_some() => {
                return Err(fault("keyColumn", "does not go with fromGroup: the key is the id of the directory"));
            }
            (None, None, Some(group)) => ContactSource::Group(group.into()),
            _ => return Err(Error::argument("contacts: give one of contacts, contactsFile and fromGroup")),
        };
        match &contacts {
            ContactSource::Group(_) if own.photo_folder.is_some() => {
                return Err(fault(
                    "photoFolder",
                    "does not go with fromGroup: photos gives contacts those of the users",
                ));
            }
            ContactSource::List(_) | ContactSource::File(_) if own.photos => {
                return Err(fault("photos", "goes with fromGroup alone: a list has a column Photo, or photoFolder"));
            }
            _ => {}
        }
        Ok(client::ContactSync {
            contacts,
            folder: own.folder.into(),
            key_column: own.key_column.map(Into::into),
            photo_folder: own.photo_folder.map(Into::into),
            photos: own.photos,
            remove_others: own.remove_others,
            allow_empty: own.allow_empty,
            include_empty: own.include_empty,
            plan_file: own.plan_file.map(Into::into),
            run: run.request()?,
        })
    }
}

/// Of `exrun_event_sync_plan`, beside those of every run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::ffi) struct EventSyncPlan {
    /// The events as objects, with the names of Microsoft Graph or of Outlook's export; names of columns without case and
    /// blanks. This, `eventsFile` or `icsFile`.
    events: Option<Vec<Value>>,
    /// A CSV file, or JSON Lines, of the events.
    events_file: Option<FilePath>,
    /// An iCalendar file. What repeats becomes an event for each time.
    ics_file: Option<FilePath>,
    /// The list's name, such as `Holidays 2027`: its events are known by it, and no other list touches them.
    name: Text,
    /// The column that says which event it is, whatever else of it changes. Default: `key`, else the day and the subject.
    /// Not with `icsFile`, where it is the UID.
    key_column: Option<Text>,
    /// The zone of times that say none: `Europe/Berlin` or `W. Europe Standard Time`.
    time_zone: Option<Text>,
    /// `free`, `tentative`, `busy`, `oof` or `workingElsewhere`, where the list does not say it. Default: `free` of whole
    /// days, else `busy`.
    show_as: Option<Text>,
    /// Reminds so many minutes before the start, where the list does not say it. Default: nobody is reminded.
    reminder_minutes: Option<Whole<u32, 0, 40_320>>,
    /// Categories of events that name none.
    categories: Option<Vec<String>>,
    /// Others see no more than that there is something, where the list does not say it.
    #[serde(default)]
    private: bool,
    /// Of `icsFile`: the last day that is wanted, for what repeats without an end: `2027-12-31`.
    until: Option<Text>,
    /// Says that a list of nothing is meant: all that it put there goes.
    #[serde(default)]
    allow_empty: bool,
    /// A row for a mailbox that is as the list.
    #[serde(default)]
    include_empty: bool,
    /// Takes what would be done as a plan for `exrun_plan_apply`: see docs/plans.md. It appears when the run is complete.
    /// Not with `journal`.
    plan_file: Option<FilePath>,
}

impl Run<EventSyncPlan> {
    pub(in crate::ffi) fn request(self) -> Result<client::EventSync> {
        let With(own, run) = self;
        let events = match (own.events, own.events_file, own.ics_file) {
            (Some(list), None, None) => EventSource::List(Value::Array(list)),
            (None, Some(path), None) => EventSource::File(path.into()),
            (None, None, Some(_)) if own.key_column.is_some() => {
                return Err(fault("keyColumn", "does not go with icsFile: the key is the UID"));
            }
            (None, None, Some(path)) => EventSource::Calendar(path.into()),
            _ => return Err(Error::argument("events: give one of events, eventsFile and icsFile")),
        };
        if own.until.is_some() && !matches!(events, EventSource::Calendar(_)) {
            return Err(fault("until", "goes with icsFile alone"));
        }
        Ok(client::EventSync {
            events,
            name: own.name.into(),
            options: EventOptions {
                time_zone: own.time_zone.map(Into::into),
                show_as: own.show_as.map(Into::into),
                reminder_minutes: own.reminder_minutes.map(|minutes| minutes.0),
                categories: own.categories.unwrap_or_default(),
                is_private: own.private,
                until: own.until.map(Into::into),
                key_column: own.key_column.map(Into::into),
            },
            allow_empty: own.allow_empty,
            include_empty: own.include_empty,
            plan_file: own.plan_file.map(Into::into),
            run: run.request()?,
        })
    }
}
