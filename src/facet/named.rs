//! Every facet and report by its name.

use super::kind::Facet;
use super::report::{Report, ReportOptions};
use super::{calendar_permissions, categories, contacts, inbox_rules, mail_folders, messages, room_use, settings};
use crate::error::{Error, Result};

/// The facet of a name.
///
/// # Errors
///
/// `InvalidArgument` with the names that there are.
pub fn named(name: &str) -> Result<Box<dyn Facet>> {
    match name {
        calendar_permissions::NAME => Ok(Box::new(calendar_permissions::CalendarPermissions)),
        categories::NAME => Ok(Box::new(categories::Categories)),
        contacts::NAME => Ok(Box::new(contacts::Contacts)),
        inbox_rules::NAME => Ok(Box::new(inbox_rules::InboxRules)),
        mail_folders::NAME => Ok(Box::new(mail_folders::MailFolders)),
        settings::NAME => Ok(Box::new(settings::Settings)),
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
