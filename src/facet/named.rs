//! Every facet and report by its name.

use super::kind::Facet;
use super::report::{Report, ReportOptions};
use super::synced_events;
use super::{calendar_permissions, categories, contacts, inbox_rules, mail_folders, messages, room_use, settings};
use crate::error::{Error, Result};

/// What a facet is asked for beside its items, each of one facet or a few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetOptions {
    /// Of contacts: the folder, by its path; else the default one.
    pub folder: Option<String>,
}

impl FacetOptions {
    /// Whether the same is read: names of folders count in any case.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let lower =
            |folder: &Option<String>| folder.as_deref().map(|path| path.trim().trim_matches('/').to_lowercase());
        lower(&self.folder) == lower(&other.folder)
    }

    /// The options that are given, by their names.
    fn given(&self) -> impl Iterator<Item = &'static str> {
        [("folder", self.folder.is_some())].into_iter().filter_map(|(name, is_given)| is_given.then_some(name))
    }
}

/// The facet of a name, with what it is asked for.
///
/// # Errors
///
/// `InvalidArgument` with the names that there are, and for an option that is not of it.
pub fn named_with(name: &str, options: &FacetOptions) -> Result<Box<dyn Facet>> {
    if name == contacts::NAME {
        return Ok(Box::new(contacts::Contacts::new(options.folder.as_deref())?));
    }
    let facet = named(name)?;
    match options.given().next() {
        Some(option) => Err(Error::argument(format!("{option}: is not of {name}"))),
        None => Ok(facet),
    }
}

/// The facet of a name.
///
/// # Errors
///
/// `InvalidArgument` with the names that there are.
pub fn named(name: &str) -> Result<Box<dyn Facet>> {
    match name {
        calendar_permissions::NAME => Ok(Box::new(calendar_permissions::CalendarPermissions)),
        categories::NAME => Ok(Box::new(categories::Categories)),
        contacts::NAME => Ok(Box::new(contacts::Contacts::default())),
        inbox_rules::NAME => Ok(Box::new(inbox_rules::InboxRules)),
        mail_folders::NAME => Ok(Box::new(mail_folders::MailFolders)),
        settings::NAME => Ok(Box::new(settings::Settings)),
        // Of no state: what it has comes with a list.
        synced_events::NAME => Ok(Box::new(synced_events::SyncedEvents::default())),
        _ => Err(Error::argument(format!("facet: must be one of {}, not {name:?}", NAMES.join(", ")))),
    }
}

/// The names of all facets.
pub const NAMES: [&str; 6] = [
    settings::NAME,
    inbox_rules::NAME,
    calendar_permissions::NAME,
    categories::NAME,
    mail_folders::NAME,
    contacts::NAME,
];

/// The names of all reports. That of settings is a run of its own, with the columns that scripts know.
const REPORTS: [&str; 7] = [
    inbox_rules::NAME,
    calendar_permissions::NAME,
    categories::NAME,
    mail_folders::NAME,
    contacts::NAME,
    messages::NAME,
    room_use::NAME,
];

/// The report of a facet.
///
/// # Errors
///
/// `InvalidArgument` for a facet that is none, and for an option that is not of it.
pub fn report(facet: &str, options: &ReportOptions) -> Result<Box<dyn Report>> {
    let report: Box<dyn Report> = match facet {
        calendar_permissions::NAME => Box::new(calendar_permissions::PermissionReport::new(options)),
        categories::NAME => Box::new(categories::CategoryReport),
        contacts::NAME => Box::new(contacts::ContactReport::new(options)?),
        inbox_rules::NAME => Box::new(inbox_rules::RuleReport::new(options)),
        messages::NAME => Box::new(messages::MessageReport::new(options)?),
        room_use::NAME => Box::new(room_use::RoomUse::new(options)?),
        mail_folders::NAME => Box::new(mail_folders::FolderReport::new(options)),
        _ => {
            return Err(Error::argument(format!("facet: must be one of {}, not {facet:?}", REPORTS.join(", "))));
        }
    };
    let foreign = options.given().into_iter().find(|(name, _)| !report.options().contains(name));
    match foreign {
        Some((name, _)) => Err(Error::argument(format!("{name}: is not for a report of {facet}"))),
        None => Ok(report),
    }
}
