//! What is tracked, and by which paths.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::super::item::{Item, segment, text};
use super::super::mail_folders::escaped;
use super::super::messages::folders::{self, Way, is_id, well_known};
use super::super::moment::moment;
use super::super::reading::Step;
use crate::error::{Error, Result};

/// Elements of a page, as the client prefers it; and ids that stay when a thing is moved.
const PREFER: &str = "IdType=\"ImmutableId\", odata.maxpagesize=250";

const SELECTED: &str =
    "id,changeKey,parentFolderId,subject,from,receivedDateTime,internetMessageId,hasAttachments,isDraft,isRead";

/// What stands within the lists by which a folder is looked for.
const SOURCE: &str = "@source";
const CONTACT_FOLDERS: &str = "$top=250&$select=id,displayName";

/// Codes by which Graph says that it has lost what a token stands for: `syncStateNotFound`, `SyncStateInvalid`,
/// `resyncRequired` and the like.
const LOST: [&str; 2] = ["syncstate", "resync"];

/// Codes by which it says that a folder is not there.
const GONE: [&str; 2] = ["ErrorItemNotFound", "ErrorFolderNotFound"];

/// What is tracked, as a request says it.
#[derive(Clone, Debug, Default)]
pub struct DeltaOptions {
    /// `messages`, `events` or `contacts`.
    pub of: String,
    /// The one folder, of messages and contacts.
    pub folder: Option<String>,
    /// All folders of contacts.
    pub all_folders: bool,
    /// The period of events.
    pub start: Option<String>,
    /// Its end, which is no part of it.
    pub end: Option<String>,
}

/// The part of mailboxes whose changes are read.
#[derive(Clone, Debug)]
pub struct Delta {
    pub(super) of: Of,
    folder: Option<String>,
    all_folders: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Of {
    Messages,
    /// With its period.
    Events(String),
    Contacts,
}

/// Which lists of a mailbox are tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One that is there in every mailbox, or that is known by its id; and what rows call it.
    One {
        /// The folder; none where there is but one.
        id: Option<String>,
        /// As rows have it.
        shown: Option<String>,
    },
    /// That of the folder with this path, which is looked for.
    Path(String),
    /// Those of all folders.
    All,
}

impl Delta {
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub fn new(options: &DeltaOptions) -> Result<Self> {
        let name = options.of.trim();
        let of = match name {
            "messages" => Of::Messages,
            "contacts" => Of::Contacts,
            "events" => Of::Events(period(options)?),
            _ => return Err(Error::argument(format!("of: must be messages, events or contacts, not {name:?}"))),
        };
        let foreign = match of {
            Of::Events(_) => [("folder", options.folder.is_some()), ("allFolders", options.all_folders)],
            Of::Messages | Of::Contacts => [("start", options.start.is_some()), ("end", options.end.is_some())],
        };
        if let Some((member, _)) = foreign.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Error::argument(format!("{member}: is not for changes of {name}")));
        }
        let folder = options.folder.as_deref().map(|folder| folder.trim().to_owned());
        if folder.as_deref().is_some_and(|folder| folders::names(folder).is_empty()) {
            return Err(Error::argument("folder: the name is blank"));
        }
        if folder.is_some() && options.all_folders {
            return Err(Error::argument("folder: one folder and allFolders do not go together"));
        }
        let all_folders = options.all_folders || (matches!(of, Of::Messages) && folder.is_none());
        Ok(Self { of, folder, all_folders })
    }

    /// `messages`, `events` or `contacts`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.of {
            Of::Messages => "messages",
            Of::Events(_) => "events",
            Of::Contacts => "contacts",
        }
    }

    /// What the rows are, at the top of a page.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.of {
            Of::Messages => "Changes of messages",
            Of::Events(_) => "Changes of events",
            Of::Contacts => "Changes of contacts",
        }
    }

    /// What tells this choice from others; names of folders count in any case.
    #[must_use]
    pub fn fingerprint(&self) -> Value {
        let period = if let Of::Events(period) = &self.of { Some(period) } else { None };
        let folder = self.folder.as_deref().map(str::to_lowercase);
        json!({"of": self.name(), "folder": folder, "allFolders": self.all_folders, "period": period})
    }

    /// The headers of each request.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        [(HeaderName::from_static("prefer"), HeaderValue::from_static(PREFER))].into_iter().collect()
    }

    /// Which lists are tracked.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (&self.of, self.folder.as_deref()) {
            (Of::Messages | Of::Contacts, None) if self.all_folders => Scope::All,
            (_, None) => Scope::One { id: None, shown: None },
            (Of::Messages, Some(name)) if well_known(name) => {
                Scope::One { id: Some(name.to_ascii_lowercase()), shown: Some(name.to_owned()) }
            }
            (_, Some(id)) if is_id(id) => Scope::One { id: Some(id.to_owned()), shown: None },
            (_, Some(path)) => Scope::Path(path.to_owned()),
        }
    }

    /// The path by which the list of a folder is asked for the first time, relative to the mailbox.
    #[must_use]
    pub fn initial(&self, folder: Option<&str>) -> String {
        match (&self.of, folder) {
            (Of::Messages, folder) => {
                format!("mailFolders/{}/messages/delta?$select={SELECTED}", segment(folder.unwrap_or("inbox")))
            }
            (Of::Events(period), _) => format!("calendarView/delta?{period}"),
            (Of::Contacts, None) => "contacts/delta".to_owned(),
            (Of::Contacts, Some(folder)) => format!("contactFolders/{}/contacts/delta", segment(folder)),
        }
    }

    /// The path by which the folders are asked for the first time.
    #[must_use]
    pub fn folders(&self) -> &'static str {
        match self.of {
            Of::Contacts => "contactFolders/delta",
            Of::Messages | Of::Events(_) => "mailFolders/delta",
        }
    }

    /// Whether there is a list beside those of the folders: that of the default folder, which no list of folders has.
    #[must_use]
    pub fn has_default(&self) -> bool {
        matches!(self.of, Of::Contacts)
    }

    /// The list that the folder is looked for in first.
    #[must_use]
    pub fn way(&self, path: &str) -> Step {
        match self.of {
            Of::Contacts => Step::within(format!("contactFolders?{CONTACT_FOLDERS}"), format!("{SOURCE}#0")),
            Of::Messages | Of::Events(_) => folders::begin(path, SOURCE),
        }
    }

    /// Looks at an element of such a list.
    #[must_use]
    pub fn follow(&self, path: &str, step: &Step, element: &Item) -> Way {
        match folders::follow(path, SOURCE, step, element) {
            Way::Further(further) if self.has_default() => {
                let list = format!("contactFolders/{}/childFolders?{CONTACT_FOLDERS}", segment(text(element, "id")));
                Way::Further(Step::within(list, further.within))
            }
            way => way,
        }
    }
}

/// The name of a folder as it stands in a path.
#[must_use]
pub fn in_path(name: &str) -> String {
    escaped(name)
}

/// Whether the service has lost what a link stands for, so that all is to be read anew.
#[must_use]
pub fn is_expired(error: &Error) -> bool {
    let code = error.service_code().unwrap_or_default().to_ascii_lowercase();
    match error.http_status_code() {
        Some(410) => true,
        Some(400..=499) => LOST.iter().any(|lost| code.contains(lost)),
        _ => false,
    }
}

/// Whether a folder is not there any more.
#[must_use]
pub fn is_gone(error: &Error) -> bool {
    let code = error.service_code().unwrap_or_default();
    error.http_status_code() == Some(404) && GONE.iter().any(|gone| gone.eq_ignore_ascii_case(code))
}

fn period(options: &DeltaOptions) -> Result<String> {
    let bound = |name: &str, given: &Option<String>| match given.as_deref() {
        Some(given) => moment(name, given),
        None => Err(Error::argument(format!("{name}: changes of events are those within a period"))),
    };
    let (start, end) = (bound("start", &options.start)?, bound("end", &options.end)?);
    if end <= start {
        return Err(Error::argument("end: must be later than start"));
    }
    Ok(format!("startDateTime={start}&endDateTime={end}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn delta(of: &str, folder: Option<&str>) -> Delta {
        Delta::new(&DeltaOptions { of: of.into(), folder: folder.map(str::to_owned), ..DeltaOptions::default() })
            .unwrap()
    }

    #[test]
    fn what_is_tracked_follows_from_the_folder() {
        assert_eq!(delta("messages", None).scope(), Scope::All);
        assert_eq!(delta("contacts", None).scope(), Scope::One { id: None, shown: None });
        let inbox = delta("messages", Some(" Inbox "));
        assert_eq!(inbox.scope(), Scope::One { id: Some("inbox".into()), shown: Some("Inbox".into()) });
        assert!(inbox.initial(Some("inbox")).starts_with("mailFolders/inbox/messages/delta?$select=id,"));
        assert_eq!(delta("messages", Some("Inbox/A")).scope(), Scope::Path("Inbox/A".into()));
        // A folder of contacts may be called as one of messages.
        assert_eq!(delta("contacts", Some("archive")).scope(), Scope::Path("archive".into()));
        let id = "A".repeat(120);
        assert_eq!(delta("contacts", Some(&id)).scope(), Scope::One { id: Some(id), shown: None });
        let step = delta("contacts", Some("A/B")).way("A/B");
        let element = json!({"id": "x=", "displayName": "a"});
        let Way::Further(further) = delta("contacts", Some("A/B")).follow("A/B", &step, element.as_object().unwrap())
        else {
            panic!("no way")
        };
        assert!(further.path.starts_with("contactFolders/x%3D/childFolders?"), "{further:?}");
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let options = |of: &str| DeltaOptions { of: of.into(), ..DeltaOptions::default() };
        let some = |text: &str| Some(text.to_owned());
        for (wrong, options) in [
            ("of: must be", options("rules")),
            ("start: changes of events", options("events")),
            (
                "end: must be later",
                DeltaOptions { start: some("2026-11-02"), end: some("2026-11-02"), ..options("events") },
            ),
            (
                "folder: is not",
                DeltaOptions {
                    start: some("2026-11-01"),
                    end: some("2026-11-02"),
                    folder: some("x"),
                    ..options("events")
                },
            ),
            ("start: is not", DeltaOptions { start: some("2026-11-01"), ..options("messages") }),
            ("folder: the name is blank", DeltaOptions { folder: some("/"), ..options("messages") }),
            ("folder: one folder", DeltaOptions { folder: some("x"), all_folders: true, ..options("contacts") }),
        ] {
            let error = Delta::new(&options).unwrap_err().to_string();
            assert!(error.starts_with(wrong), "{error}");
        }
    }

    #[test]
    fn links_expire_by_status_or_code() {
        let error = |status, code: Option<&str>| {
            Error::new(Status::Service, "x").http_status(status).service(code.map(str::to_owned), None)
        };
        for (status, code) in [
            (410, None),
            (410, Some("resyncRequired")),
            (400, Some("SyncStateNotFound")),
            (404, Some("syncStateNotFound")),
            (400, Some("SyncStateInvalid")),
        ] {
            assert!(is_expired(&error(status, code)), "{status} {code:?}");
        }
        for (status, code) in
            [(404, Some("ErrorItemNotFound")), (429, None), (503, Some("syncStateNotFound")), (400, None)]
        {
            assert!(!is_expired(&error(status, code)), "{status} {code:?}");
        }
        assert!(
            is_gone(&error(404, Some("ErrorItemNotFound"))) && !is_gone(&error(404, Some("Request_ResourceNotFound")))
        );
    }
}
