//! Messages that are sought, and what a plan does with them.
//!
//! Source: Microsoft Graph "List messages" (of all folders but those of recoverable items), "List attachments", "Get
//! attachment" (`$value`), "Get singleValueLegacyExtendedProperty" (the size, PidTagMessageSize, is no member of a
//! message), "Obtain immutable identifiers for Outlook resources". Reading takes Mail.Read.

mod action;
mod criteria;
pub(super) mod folders;

use std::collections::{HashMap, HashSet};

use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use self::action::planned;
use self::criteria::Criteria;
use self::folders::{Way, follow, is_id, is_of, well_known};
use super::item::{Item, segment, text};
use super::mail_folders::escaped;
use super::message_criteria::{DELETIONS, MessageAction};
use super::reading::{Reading, Step, Taken};
use super::report::{ITEM, ITEM_COUNT, PlannedChange, Report, ReportOptions, row};
use crate::error::{Error, Result, Status};

/// What it is called in requests.
pub const NAME: &str = "messages";

/// Says that ids are to be those that stay. As it stands in plans.
pub const IMMUTABLE_IDS: (&str, &str) = ("Prefer", "IdType=\"ImmutableId\"");

const SELECTED: &str =
    "id,changeKey,parentFolderId,subject,from,receivedDateTime,internetMessageId,hasAttachments,isDraft";
const SIZE: &str = "singleValueExtendedProperties($filter=id eq 'Integer 0x0E08')";

/// A search gives no more than so many.
const MOST_SEARCHED: usize = 1000;

/// What stands within the lists by which folders are looked for.
const SOURCE: &str = "@source";
const DESTINATION: &str = "@destination";
const NAMES: &str = "@names";

/// What a reading adds. An element with one of the last ones is no message.
const LIST: &str = "#list";
const PASSED_BY: &str = "#passedBy";
const ATTACHED_TO: &str = "#attachedTo";
const FOLDER: &str = "#folder";
const IS_DESTINATION: &str = "#isDestination";
/// Of an element that a digest gives: whose.
pub const DIGEST_OF: &str = "#digestOf";
/// And the hash.
pub const SHA256: &str = "#sha256";
const OTHERS: [&str; 5] = [PASSED_BY, ATTACHED_TO, FOLDER, IS_DESTINATION, DIGEST_OF];

/// The messages that are sought.
#[derive(Clone, Debug)]
pub struct MessageReport {
    criteria: Criteria,
    folder: Option<String>,
    recoverable_items: bool,
    list_attachments: bool,
    action: Option<MessageAction>,
}

impl MessageReport {
    /// # Errors
    ///
    /// `InvalidArgument` that names the member.
    pub(super) fn new(options: &ReportOptions) -> Result<Self> {
        let given = &options.messages;
        let criteria = Criteria::read(given)?;
        let folder = options.folder.as_deref().map(|folder| folder.trim().to_owned());
        if folder.as_deref().is_some_and(|folder| folders::names(folder).is_empty()) {
            return Err(Error::argument("folder: the name is blank"));
        }
        if criteria.is_empty() && (folder.is_none() || given.action.is_some()) {
            return Err(Error::argument("messages: nothing says which are sought").hint(
                "give internetMessageId, sender, subject, search, receivedAfter, receivedBefore, attachmentName or \
                 attachmentSha256; without a plan a folder is enough",
            ));
        }
        Ok(Self {
            criteria,
            folder,
            recoverable_items: given.recoverable_items,
            list_attachments: given.list_attachments,
            action: given.action.clone(),
        })
    }

    /// The list of what is sought in one folder, or in all.
    fn list(&self, folder: Option<&str>) -> Step {
        let within = folder.map(|id| format!("mailFolders/{}/", segment(id))).unwrap_or_default();
        let mut path = format!("{within}messages?$top=250&$select={SELECTED}&$expand={}", segment(SIZE));
        for (option, value) in [("$filter", self.criteria.filter()), ("$search", self.criteria.search())] {
            if let Some(value) = value {
                path.push_str(&format!("&{option}={}", segment(&value)));
            }
        }
        Step::new(path)
    }

    fn is_search(&self) -> bool {
        self.criteria.search().is_some()
    }

    fn message(&self, step: &Step, mut element: Item) -> Taken {
        if !self.criteria.takes(&element) {
            // How many a search gave is to be known.
            let passed = [(PASSED_BY, true.into()), (LIST, step.path.as_str().into())];
            let passed = passed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            return Taken { item: self.is_search().then_some(passed), further: Vec::new() };
        }
        if self.is_search() {
            element.insert(LIST.to_owned(), step.path.as_str().into());
        }
        let looks = self.criteria.looks_at_attachments() || self.list_attachments;
        let id = text(&element, "id").to_owned();
        let list = format!("messages/{}/attachments?$select=id,name,size,isInline", segment(&id));
        let further = (looks && self.criteria.may_have_attachments(&element)).then(|| Step::within(list, id));
        Taken { item: Some(element), further: further.into_iter().collect() }
    }

    /// An element of a list by which a folder is looked for.
    fn way(&self, step: &Step, element: &Item) -> Taken {
        let destination = self.action.as_ref().and_then(MessageAction::destination);
        let path = if is_of(step, SOURCE) { self.folder.as_deref() } else { destination };
        let marker = if is_of(step, SOURCE) { SOURCE } else { DESTINATION };
        match follow(path.unwrap_or_default(), marker, step, element) {
            Way::Found(id) if marker == SOURCE => Taken { item: None, further: vec![self.list(Some(&id))] },
            Way::Found(id) => destination_of(&id).into(),
            Way::Further(step) => Taken { item: None, further: vec![step] },
            Way::None => Taken::default(),
        }
    }

    /// The messages that are as they are sought.
    fn sought<'f>(&self, found: &'f [Item]) -> Vec<(&'f Item, Vec<&'f Item>)> {
        let mut attached: HashMap<&str, Vec<&Item>> = HashMap::new();
        for item in found.iter().filter(|item| item.contains_key(ATTACHED_TO)) {
            attached.entry(text(item, ATTACHED_TO)).or_default().push(item);
        }
        let digests: HashMap<&str, &str> = found
            .iter()
            .filter(|item| item.contains_key(DIGEST_OF))
            .map(|item| (text(item, DIGEST_OF), text(item, SHA256)))
            .collect();
        let counts = |attachment: &&Item| {
            let hash = || digests.get(content_of(attachment).as_str()).copied();
            self.criteria.takes_name(attachment)
                && (!self.criteria.looks_at_content() || hash().is_some_and(|hash| self.criteria.takes_hash(hash)))
        };
        // A message that moved while it was sought may be in two lists.
        let mut seen = HashSet::new();
        let messages = found.iter().filter(|item| is_message(item) && seen.insert(text(item, "id")));
        messages
            .map(|message| (message, attached.remove(text(message, "id")).unwrap_or_default()))
            .filter(|(_, attached)| !self.criteria.looks_at_attachments() || attached.iter().any(counts))
            .collect()
    }

    /// The contents that are still to be hashed.
    fn contents(&self, found: &[Item]) -> Vec<Step> {
        let is_file = |item: &&Item| text(item, "@odata.type").ends_with("fileAttachment");
        let named = found.iter().filter(|item| item.contains_key(ATTACHED_TO) && self.criteria.takes_name(item));
        named
            .filter(is_file)
            .map(|item| Step { digests: true, ..Step::within(content_of(item), content_of(item)) })
            .collect()
    }

    /// The folders of what is sought, so that rows say where it lies, and the one that it goes to.
    fn places(&self, found: &[Item]) -> Vec<Step> {
        let sought = self.sought(found);
        if sought.is_empty() {
            return Vec::new();
        }
        let folder = |id: &str| Step::within(format!("mailFolders/{id}?$select=id,displayName,parentFolderId"), NAMES);
        let root = found.iter().find(|item| text(item, FOLDER).contains("msgfolderroot")).map(|item| text(item, "id"));
        let around = found.iter().filter(|item| item.contains_key(FOLDER) && root.is_some());
        let around = around.filter(|item| Some(text(item, "id")) != root).map(|item| text(item, "parentFolderId"));
        let own = sought.iter().map(|(message, _)| text(message, "parentFolderId"));
        let mut ids: Vec<&str> = own.chain(around).filter(|id| !id.is_empty() && Some(*id) != root).collect();
        ids.sort_unstable();
        ids.dedup();
        let destination = self.action.as_ref().and_then(MessageAction::destination).map(|name| {
            if well_known(name) || is_id(name) {
                let id = if well_known(name) { name.to_ascii_lowercase() } else { segment(name) };
                Step::within(format!("mailFolders/{id}?$select=id"), DESTINATION)
            } else {
                folders::begin(name, DESTINATION)
            }
        });
        std::iter::once(folder("msgfolderroot"))
            .chain(ids.into_iter().map(|id| folder(&segment(id))))
            .chain(destination)
            .collect()
    }
}

fn is_message(item: &Item) -> bool {
    !OTHERS.iter().any(|name| item.contains_key(*name))
}

fn content_of(attachment: &Item) -> String {
    let (message, id) = (segment(text(attachment, ATTACHED_TO)), segment(text(attachment, "id")));
    format!("messages/{message}/attachments/{id}/$value")
}

fn destination_of(id: &str) -> Item {
    [(IS_DESTINATION.to_owned(), true.into()), ("id".to_owned(), id.into())].into_iter().collect()
}

/// The names of the folders around one, and its own.
fn path_of(found: &[Item], id: &str) -> Option<String> {
    let folders: HashMap<&str, &Item> =
        found.iter().filter(|item| item.contains_key(FOLDER)).map(|item| (text(item, "id"), item)).collect();
    let mut names = Vec::new();
    let mut next = folders.get(id);
    while let Some(folder) = next.filter(|folder| !text(folder, FOLDER).contains("msgfolderroot")) {
        names.push(escaped(text(folder, "displayName")));
        next = folders.get(text(folder, "parentFolderId")).filter(|_| names.len() < folders.len());
    }
    names.reverse();
    (!names.is_empty()).then(|| names.join("/"))
}

impl Reading for MessageReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        let first = match self.folder.as_deref() {
            None => self.list(None),
            Some(name) if well_known(name) => self.list(Some(&name.to_ascii_lowercase())),
            Some(id) if is_id(id) => self.list(Some(id)),
            Some(path) => folders::begin(path, SOURCE),
        };
        let recoverable = self.recoverable_items.then(|| self.list(Some(DELETIONS)));
        std::iter::once(first).chain(recoverable).collect()
    }

    fn take(&self, step: &Step, mut element: Item) -> Taken {
        if is_of(step, SOURCE) || is_of(step, DESTINATION) {
            return self.way(step, &element);
        }
        match step.within.as_str() {
            _ if step.digests => element.into(),
            "" => self.message(step, element),
            DESTINATION => destination_of(text(&element, "id")).into(),
            NAMES => {
                element.insert(FOLDER.to_owned(), step.path.as_str().into());
                element.into()
            }
            message => {
                element.insert(ATTACHED_TO.to_owned(), message.into());
                element.into()
            }
        }
    }

    fn then(&self, found: &[Item]) -> Vec<Step> {
        let contents = if self.criteria.looks_at_content() { self.contents(found) } else { Vec::new() };
        contents.into_iter().chain(self.places(found)).collect()
    }

    fn headers(&self) -> HeaderMap {
        [(http::HeaderName::from_static("prefer"), HeaderValue::from_static(IMMUTABLE_IDS.1))].into_iter().collect()
    }
}

impl Report for MessageReport {
    fn title(&self) -> &'static str {
        "Messages"
    }

    fn options(&self) -> &'static [&'static str] {
        &[
            "internetMessageId",
            "sender",
            "subject",
            "search",
            "receivedAfter",
            "receivedBefore",
            "attachmentName",
            "attachmentSha256",
            "inlineAttachments",
            "recoverableItems",
            "listAttachments",
            "folder",
            "action",
            "moveTo",
        ]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "Folder",
            "Subject",
            "From",
            "FromName",
            "Received",
            "InternetMessageId",
            "Size",
            "HasAttachments",
            "Attachments",
            "MessageId",
            ITEM_COUNT,
            ITEM,
        ]
    }

    fn count(&self, found: &[Item]) -> usize {
        self.sought(found).len()
    }

    fn doubt(&self, found: &[Item]) -> Option<Error> {
        let mut lists: HashMap<&str, usize> = HashMap::new();
        found
            .iter()
            .filter(|item| item.contains_key(LIST))
            .for_each(|item| *lists.entry(text(item, LIST)).or_default() += 1);
        lists.into_values().any(|number| number >= MOST_SEARCHED).then(|| {
            let detail =
                format!("the search gave {MOST_SEARCHED} messages, the most that it gives, and there may be more");
            Error::new(Status::ResponseInvalid, detail)
                .hint("narrow the search itself, with received>=2026-11-01 for example, or leave it out")
        })
    }

    fn planned(&self, found: &[Item]) -> Result<Vec<PlannedChange>> {
        let Some(action) = &self.action else { return Ok(Vec::new()) };
        let sought = self.sought(found);
        let destination = found.iter().find(|item| item.contains_key(IS_DESTINATION)).map(|item| text(item, "id"));
        if let (Some(name), None, false) = (action.destination(), destination, sought.is_empty()) {
            return Err(Error::new(Status::NotFound, format!("moveTo: the mailbox has no folder {name:?}"))
                .hint("make the folder first, or name one that every mailbox has, such as junkemail"));
        }
        Ok(sought.into_iter().filter_map(|(message, _)| planned(action, message, destination)).collect())
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        let shown = |(message, attached): (&Item, Vec<&Item>)| {
            let member = |name: &str| message.get(name).cloned().unwrap_or_default();
            let from = |name: &str| {
                let sender = message.get("from").and_then(|from| from.get("emailAddress")?.get(name));
                sender.cloned().unwrap_or_default()
            };
            let size = message.get("singleValueExtendedProperties").and_then(|all| all.get(0)?.get("value")?.as_str());
            let names: Vec<&str> = attached.iter().map(|one| text(one, "name")).collect();
            let values = [
                ("Folder", path_of(&found, text(message, "parentFolderId")).into()),
                ("Subject", member("subject")),
                ("From", from("address")),
                ("FromName", from("name")),
                ("Received", member("receivedDateTime")),
                ("InternetMessageId", member("internetMessageId")),
                ("Size", size.and_then(|size| size.parse::<u64>().ok()).into()),
                ("HasAttachments", member("hasAttachments")),
                ("Attachments", if names.is_empty() { Value::Null } else { names.join("; ").into() }),
                ("MessageId", member("id")),
            ];
            let mut item = message.clone();
            item.shift_remove(LIST);
            row(values, Some(item))
        };
        self.sought(&found).into_iter().map(shown).collect()
    }
}
