//! Which things of a mailbox a path is about.

use crate::graph::item_kinds::Kind;

/// What a path below a user means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route<'a> {
    pub(super) kind: Kind,
    /// The folder whose content it is about, by its id or well-known name.
    pub(super) folder: Option<(Kind, &'a str)>,
    pub(super) id: Option<&'a str>,
    pub(super) action: Option<&'a str>,
}

/// Reads a path; the error is the segment that means nothing.
pub(super) fn read<'a>(rest: &[&'a str]) -> Result<Route<'a>, &'a str> {
    let last = || rest.last().copied().unwrap_or_default();
    let (kind, folder, tail): (Kind, Option<(Kind, &str)>, &[&str]) = match rest {
        ["mailFolders", folder, "messageRules", tail @ ..] if folder.eq_ignore_ascii_case("inbox") => {
            (Kind::Rule, None, tail)
        }
        ["mailFolders", folder, "messages", tail @ ..] => (Kind::Message, Some((Kind::Folder, folder)), tail),
        ["mailFolders", folder, "childFolders", tail @ ..] => (Kind::Folder, Some((Kind::Folder, folder)), tail),
        ["contactFolders", folder, "contacts", tail @ ..] => (Kind::Contact, Some((Kind::ContactFolder, folder)), tail),
        ["contactFolders", folder, "childFolders", tail @ ..] => {
            (Kind::ContactFolder, Some((Kind::ContactFolder, folder)), tail)
        }
        ["outlook", "masterCategories", tail @ ..] => (Kind::Category, None, tail),
        ["calendar", "events", tail @ ..] => (Kind::Event, None, tail),
        ["calendars", calendar, "events", tail @ ..] => (Kind::Event, Some((Kind::Calendar, calendar)), tail),
        ["calendar", "calendarPermissions", tail @ ..] => (Kind::Permission, None, tail),
        ["calendars", calendar, "calendarPermissions", tail @ ..] => {
            (Kind::Permission, Some((Kind::Calendar, calendar)), tail)
        }
        [collection, tail @ ..] => (Kind::of(collection).ok_or(*collection)?, None, tail),
        [] => return Err(""),
    };
    let (id, action) = match tail {
        [] => (None, None),
        [id] => (Some(*id), None),
        [id, action] => (Some(*id), Some(*action)),
        _ => return Err(last()),
    };
    Ok(Route { kind, folder, id, action })
}
