//! Messages, folders, calendars and events of a mailbox: listed, read, created, changed, deleted and sent.
//!
//! Source: Microsoft Graph "List messages", "Create message", "Update message", "Delete message", "user: sendMail",
//! "Create calendar", "Create event", "event resource type" (transactionId).

mod actions;
mod calendar_view;
mod change_log;
mod delta;
mod event;
mod extended;
mod held;
mod ids;
mod message_parts;
mod photos;
mod planted;
mod route;
mod search;
mod written;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use self::change_log::folder_of;
use self::route::Route;
use self::written::check;
use super::authorization::outlook_role;
use super::body;
use super::filter::Filter;
use super::item_kinds::{FOLDERS, Kind};
use super::query::{Query, bad, link_with, selected};
use super::seeds;
use super::users::context_url;
use super::{Asked, Named, no_such_method, no_such_segment, opened};
use crate::reply::{Reply, iso_date};
use crate::service::Service;

/// Things that a page of Outlook has where `$top` says nothing, and at most.
const PAGE: (usize, usize) = (10, 1000);

/// The number of the first thing that is made; those below are there from the start.
const FIRST_CREATED: u64 = 0x1000_0000;

/// What was done to the mailboxes' content.
#[derive(Debug, Default)]
pub struct Items(Mutex<HashMap<u64, Changes>>, Mutex<HashSet<Arc<[u8]>>>);

#[derive(Debug, Default)]
struct Changes {
    created: Vec<(Kind, String, Map<String, Value>)>,
    changed: HashMap<String, Map<String, Value>>,
    deleted: HashSet<String>,
    /// How often each was changed.
    versions: HashMap<String, u64>,
    photo: Option<Arc<[u8]>>,
    ids: ids::Moved,
    /// By the immutable ids of messages.
    attachments: HashMap<String, Vec<message_parts::Attachment>>,
    /// Those of contacts, by their ids.
    photos: HashMap<String, Arc<[u8]>>,
    log: change_log::ChangeLog,
}

impl Items {
    /// The same bytes once, however many mailboxes have them.
    fn kept(&self, bytes: &[u8]) -> Arc<[u8]> {
        let mut all = self.1.lock();
        if let Some(known) = all.get(bytes) {
            return Arc::clone(known);
        }
        let own: Arc<[u8]> = bytes.into();
        all.insert(Arc::clone(&own));
        own
    }
}

/// A request about the content of a mailbox.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The service.
    pub service: &'a Service,
    /// The request.
    pub asked: &'a Asked<'a>,
    /// The roles of the app.
    pub roles: &'a [String],
    /// The mailbox.
    pub named: Named<'a>,
}

/// Answers a request about the content of a mailbox; `rest` is what follows the user in the path.
///
/// # Errors
///
/// The reply of a request that is refused.
pub fn answer(request: &Request<'_>, rest: &[&str]) -> Result<Reply, Reply> {
    let method = request.asked.method;
    match rest {
        ["sendMail"] | ["messages", _, "send"] => {
            outlook_role(request.roles, &["Mail.Send"])?;
            opened(request.service, request.named.index)?;
            match (method, rest) {
                ("POST", ["sendMail"]) => request.send_new(),
                ("POST", [_, id, _]) => request.send_draft(id),
                _ => Err(no_such_method()),
            }
        }
        ["photo", "$value"] => request.photo(),
        ["messages", id, part @ ("$value" | "attachments"), rest @ ..]
        | ["mailFolders", _, "messages", id, part @ ("$value" | "attachments"), rest @ ..] => {
            request.part_of_message(id, part, rest)
        }
        ["contacts", id, "photo", "$value"] | ["contactFolders", _, "contacts", id, "photo", "$value"] => {
            request.contact_photo(id)
        }
        ["contacts", id, "photo"] | ["contactFolders", _, "contacts", id, "photo"] => request.contact_photo_facts(id),
        ["calendarView"] | ["calendar", "calendarView"] => request.calendar_view(),
        [tracked @ .., "delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()"] => {
            request.delta(tracked)
        }
        _ => request.about(&route::read(rest).map_err(no_such_segment)?),
    }
}

impl Request<'_> {
    /// Answers a request about things of one kind.
    fn about(&self, route: &Route<'_>) -> Result<Reply, Reply> {
        let Route { kind, folder, id, action } = *route;
        self.authorize(kind)?;
        let folder = match folder {
            Some((Kind::Folder, name)) => Some(self.folder(name)?),
            Some((of, id)) => self.find(of, id).map(|_| (of != Kind::Calendar).then(|| id.to_owned()))?,
            None => None,
        };
        let Some(id) = id else {
            return match self.asked.method {
                "GET" => self.list(kind, folder.as_deref()),
                "POST" => self.create(kind, folder),
                _ => Err(no_such_method()),
            };
        };
        let id = if kind == Kind::Folder { self.folder(id)? } else { self.current_id(id) };
        match (self.asked.method, action) {
            (_, Some(action)) => self.act(kind, &id, action),
            ("GET", None) => self.read(kind, &id),
            ("PATCH", None) => self.change(kind, &id),
            ("DELETE", None) => self.delete(kind, &id),
            _ => Err(no_such_method()),
        }
    }

    fn authorize(&self, kind: Kind) -> Result<(), Reply> {
        outlook_role(self.roles, if self.asked.method == "GET" { kind.readers() } else { kind.writers() })?;
        opened(self.service, self.named.index)
    }

    fn with_changes<T>(&self, work: impl FnOnce(&mut Changes) -> T) -> T {
        let mut all = self.service.items.0.lock();
        work(all.entry(self.named.index).or_default())
    }

    /// All things of a kind, the newest first.
    fn all(&self, kind: Kind) -> Vec<Map<String, Value>> {
        let population = &self.service.population;
        let index = self.named.index;
        self.with_changes(|changes| {
            let created = changes.created.iter().rev().filter(|(of, ..)| *of == kind);
            let created: Vec<_> = created.map(|(_, _, item)| item.clone()).collect();
            let seeded = (0..self.number(kind)).map(|nth| kind.seeded(population, index, nth));
            created.into_iter().chain(seeded).filter_map(|item| changes.applied(item)).collect()
        })
    }

    /// The same as a list shows them: folders with what is in them, rules in the order in which they are carried out.
    fn listed(&self, kind: Kind, folder: Option<&str>, with_hidden: bool) -> Vec<Map<String, Value>> {
        let mut items = self.all(kind);
        let top = match kind {
            Kind::Folder => Some(seeds::root(self.named.index)),
            Kind::ContactFolder | Kind::Contact => Some(seeds::default_contacts(self.named.index)),
            _ => None,
        };
        let within = folder.or(top.as_deref());
        let deleted = ids::system_folder(self.named.index, "recoverableitemsdeletions");
        let lies_within = |item: &Map<String, Value>| {
            let is_recoverable = within.is_none()
                && kind == Kind::Message
                && item.get("parentFolderId").and_then(Value::as_str) == deleted.as_deref();
            !is_recoverable && within.is_none_or(|id| item.get("parentFolderId").is_some_and(|parent| parent == id))
        };
        let is_shown = |item: &Map<String, Value>| with_hidden || item.get("isHidden") != Some(&Value::Bool(true));
        if kind == Kind::Folder {
            self.count_content(&mut items);
        }
        items.retain(|item| lies_within(item) && (kind != Kind::Folder || is_shown(item)));
        match kind {
            Kind::Rule => items.sort_by_key(|rule| rule.get("sequence").and_then(Value::as_i64)),
            // As they were made, the oldest first.
            Kind::Folder | Kind::Category | Kind::Permission | Kind::ContactFolder | Kind::Contact => {
                items.sort_by(|one, other| one["id"].as_str().cmp(&other["id"].as_str()));
            }
            _ => {}
        }
        items
    }

    /// Puts into folders how much they hold.
    fn count_content(&self, folders: &mut [Map<String, Value>]) {
        let text = |item: &Map<String, Value>, name: &str| item.get(name).and_then(Value::as_str).map(str::to_owned);
        let parents: Vec<_> = folders.iter().map(|folder| text(folder, "parentFolderId")).collect();
        let messages = self.all(Kind::Message);
        for folder in folders {
            let id = text(folder, "id");
            let children = parents.iter().filter(|parent| **parent == id).count();
            folder.insert("childFolderCount".into(), children.into());
            let own: Vec<_> = messages.iter().filter(|message| text(message, "parentFolderId") == id).collect();
            let add = |folder: &mut Map<String, Value>, name: &str, more: usize| {
                let seeded = folder.get(name).and_then(Value::as_u64).unwrap_or(0);
                folder.insert(name.into(), (seeded + more as u64).into());
            };
            let unread = own.iter().filter(|message| message.get("isRead") != Some(&Value::Bool(true))).count();
            add(folder, "totalItemCount", own.len());
            add(folder, "unreadItemCount", unread);
            add(folder, "sizeInBytes", own.len() * 75_000);
        }
    }

    fn find(&self, kind: Kind, id: &str) -> Result<Map<String, Value>, Reply> {
        let population = &self.service.population;
        let index = self.named.index;
        let seeded = (0..self.number(kind)).find(|nth| kind.id(index, *nth) == id);
        let item = self.with_changes(|changes| {
            let created = changes.created.iter().find(|(of, own, _)| *of == kind && own == id);
            let item = created.map(|(_, _, item)| item.clone());
            item.or_else(|| seeded.map(|nth| kind.seeded(population, index, nth)))
                .and_then(|item| changes.applied(item))
        });
        let system = || self.system_folder(kind, id);
        item.or_else(system).ok_or_else(not_found)
    }

    /// The id of a folder that is named by its id or its well-known name.
    fn folder(&self, name: &str) -> Result<String, Reply> {
        if let Some(id) = ids::system_folder(self.named.index, name) {
            return Ok(id);
        }
        let known = FOLDERS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let id = known.map_or_else(|| name.to_owned(), |nth| Kind::Folder.id(self.named.index, nth as u64));
        self.find(Kind::Folder, &id).map(|_| id)
    }

    fn context(&self, kind: Kind, end: &str) -> Value {
        context_url(self.asked, &format!("users('{}')/{}{end}", self.named.name, kind.segment())).into()
    }

    fn show(&self, kind: Kind, item: &Map<String, Value>, query: &Query) -> Result<Map<String, Value>, Reply> {
        let Some(names) = &query.select else {
            let mut shown = item.clone();
            extended::expand(kind, item, &mut shown, query)?;
            return Ok(shown);
        };
        let mut shown = Map::new();
        for name in ["@odata.etag", "id"] {
            shown.extend(item.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        let is_known = |name: &str| kind.writable().contains(&name) || kind.read_only().contains(&name);
        let member = |name: &str| item.get(name).cloned().or_else(|| is_known(name).then_some(Value::Null));
        shown.append(&mut selected(Some(names), &[], kind.type_name(), member)?);
        extended::expand(kind, item, &mut shown, query)?;
        Ok(shown)
    }

    fn list(&self, kind: Kind, folder: Option<&str>) -> Result<Reply, Reply> {
        let query = Query::read(self.asked)?;
        search::check_options(kind, &query)?;
        let is_known = |option: &str| option == "$expand" || (option == "$search" && kind == Kind::Message);
        if let Some(option) = query.unsupported.filter(|option| !is_known(option)) {
            return Err(bad(&format!("The query option '{option}' is not supported here.")));
        }
        let number = |text: &Option<String>, name: &str, otherwise: usize, most: usize| {
            match text {
            None => Ok(otherwise),
            Some(text) => text.parse().ok().filter(|number| *number <= most).ok_or_else(|| {
                bad(&format!("Invalid value '{text}' for {name} query option found. The {name} query option requires a non-negative integer value."))
            }),
        }
        };
        let top = number(&query.top, "$top", PAGE.0, PAGE.1)?.max(1);
        let skip = number(&query.skip, "$skip", 0, usize::MAX)?;
        let filter = query.filter.as_deref().map(Filter::parse).transpose();
        let filter = filter.map_err(|wrong| bad(&format!("Invalid filter clause: {wrong}")))?;
        search::check_filter(kind, &query, filter.as_ref())?;
        let mut items = self.listed(kind, folder, query.include_hidden);
        search::keep(&query, &mut items)?;
        match query.order_by.as_deref().map(str::trim) {
            None | Some("receivedDateTime desc" | "receivedDateTime DESC") => {}
            Some("receivedDateTime" | "receivedDateTime asc") => items.reverse(),
            Some(_) => return Err(bad("The emulator orders by receivedDateTime only.")),
        }
        items.retain(|item| filter.as_ref().is_none_or(|filter| filter.passes(&|path| within(item, path))));
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(kind, ""));
        if query.count {
            body.insert("@odata.count".into(), items.len().into());
        }
        let page = items.iter().skip(skip).take(top);
        let page = page.map(|item| self.shown(kind, item, &query).map(Value::Object)).collect::<Result<Vec<_>, _>>()?;
        let next = skip.saturating_add(page.len());
        body.insert("value".into(), page.into());
        if next < items.len() {
            body.insert("@odata.nextLink".into(), link_with(self.asked, "$skip", &next.to_string()).into());
        }
        Ok(Reply::json(200, &Value::Object(body)))
    }

    fn read(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        let query = Query::read(self.asked)?;
        let mut item = [self.find(kind, id)?];
        if kind == Kind::Folder {
            let mut all = self.all(kind);
            self.count_content(&mut all);
            item = all.into_iter().find(|folder| folder["id"] == id).map_or(item, |folder| [folder]);
        }
        self.entity(200, kind, self.show(kind, &item[0], &query)?)
    }

    fn entity(&self, status: u16, kind: Kind, mut item: Map<String, Value>) -> Result<Reply, Reply> {
        self.with_id_type(kind, &mut item);
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(kind, "/$entity"));
        body.append(&mut item);
        Ok(Reply::json(status, &Value::Object(body)))
    }

    /// What a write answers: extended properties are no part of it.
    fn written_entity(&self, status: u16, kind: Kind, mut item: Map<String, Value>) -> Result<Reply, Reply> {
        item.shift_remove(extended::MEMBER);
        self.entity(status, kind, item)
    }

    /// The members of a body, each of which the kind has and a caller may set.
    fn written(&self, kind: Kind) -> Result<Map<String, Value>, Reply> {
        let mut members = body::object(self.asked)?;
        members.retain(|name, _| !name.starts_with('@'));
        let extended = extended::take(kind, &mut members)?;
        check(kind, &members)?;
        members.extend(extended.map(|all| (extended::MEMBER.to_owned(), all)));
        written::check_some(kind, &members)?;
        Ok(written::rewritten(kind, members))
    }

    fn create(&self, kind: Kind, folder: Option<String>) -> Result<Reply, Reply> {
        let mut members = self.written(kind)?;
        if let Some(name) = kind.needed().iter().find(|name| !members.contains_key(**name)) {
            return Err(Reply::graph_error(
                400,
                "ErrorInvalidRequest",
                &format!("Required property '{name}' is missing."),
            ));
        }
        let beside = match kind {
            Kind::Folder | Kind::ContactFolder => self.listed(kind, folder.as_deref(), true),
            Kind::Category | Kind::Permission => self.all(kind),
            _ => Vec::new(),
        };
        if let Some(taken) = beside.iter().find_map(|item| written::is_taken(kind, item, &members)) {
            return Err(taken);
        }
        if kind == Kind::Event {
            event::check_times(&members)?;
        }
        if let Some(before) = self.same_transaction(kind, &members)? {
            return self.written_entity(201, kind, before);
        }
        if kind == Kind::Message {
            let drafts = folder.unwrap_or_else(|| Kind::Folder.id(self.named.index, 1));
            members.insert("isDraft".into(), true.into());
            members.insert("parentFolderId".into(), drafts.into());
        } else if let Some(parent) = self.parent(kind, folder) {
            members.insert("parentFolderId".into(), parent.into());
        }
        written::added(kind, &mut members);
        let item = self.add(kind, members);
        let location =
            format!("https://{}{}/{}", self.asked.host, self.asked.path, item["id"].as_str().unwrap_or_default());
        self.written_entity(201, kind, item).map(|reply| reply.header("location", location))
    }

    /// Where a new folder or contact lies.
    fn parent(&self, kind: Kind, folder: Option<String>) -> Option<String> {
        let index = self.named.index;
        match kind {
            Kind::Folder => Some(folder.unwrap_or_else(|| seeds::root(index))),
            Kind::ContactFolder | Kind::Contact => Some(folder.unwrap_or_else(|| seeds::default_contacts(index))),
            _ => None,
        }
    }

    /// The event that an earlier try of the same request made: a client that had no answer may send it again.
    ///
    /// # Errors
    ///
    /// The reply where the id was used for another event.
    fn same_transaction(&self, kind: Kind, members: &Map<String, Value>) -> Result<Option<Map<String, Value>>, Reply> {
        let Some(id) = members.get("transactionId").filter(|id| kind == Kind::Event && !id.is_null()) else {
            return Ok(None);
        };
        let Some(before) = self.all(kind).into_iter().find(|event| event.get("transactionId") == Some(id)) else {
            return Ok(None);
        };
        if members.iter().all(|(name, value)| before.get(name) == Some(value)) {
            return Ok(Some(before));
        }
        Err(Reply::graph_error(
            409,
            "ErrorDuplicateTransactionId",
            "Your request can't be completed. The TransactionId specified in the request has already been used to create a different event.",
        ))
    }

    /// Puts a new thing into the mailbox.
    fn add(&self, kind: Kind, mut members: Map<String, Value>) -> Map<String, Value> {
        let index = self.named.index;
        let now = iso_date(self.service.now());
        let item = self.with_changes(|changes| {
            let nth = FIRST_CREATED + changes.created.len() as u64;
            let id = kind.id(index, nth);
            let mut item = Map::new();
            if kind.has_etag() {
                item.insert("@odata.etag".into(), format!("W/\"CQAAABYAAAA{nth:04x}\"").into());
            }
            if matches!(kind, Kind::Contact | Kind::Message) {
                item.insert("changeKey".into(), format!("CQAAABYAAAA{nth:04x}").into());
            }
            item.insert("id".into(), id.as_str().into());
            if matches!(kind, Kind::Message | Kind::Event | Kind::Contact) {
                item.insert("createdDateTime".into(), now.as_str().into());
            }
            if kind == Kind::Message {
                item.insert("receivedDateTime".into(), now.as_str().into());
            }
            item.append(&mut members);
            changes.note(kind, &id, None);
            changes.created.push((kind, id, item.clone()));
            item
        });
        self.count_created();
        item
    }

    fn count_created(&self) {
        let index = self.named.index;
        self.service.counters.count(|state| *state.created_by_mailbox.entry(index).or_default() += 1);
    }

    fn change(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        let mut members = self.written(kind)?;
        let mut item = self.find(kind, id)?;
        self.matches(kind, &item)?;
        written::check_change(kind, &members, &item)?;
        if let Some(written) = members.shift_remove(extended::MEMBER) {
            members.insert(extended::MEMBER.to_owned(), extended::merged(item.get(extended::MEMBER), &written));
        }
        written::follow(kind, &mut members, &item);
        if kind == Kind::Event {
            event::check_times(
                &item.iter().chain(&members).map(|(name, value)| (name.clone(), value.clone())).collect(),
            )?;
        }
        self.renew(kind, id, &mut members);
        let before = folder_of(&item);
        item.extend(members.clone());
        self.with_changes(|changes| {
            changes.note(kind, id, before);
            changes.changed.entry(id.to_owned()).or_default().append(&mut members);
        });
        self.written_entity(200, kind, item)
    }

    /// A new version of what is changed.
    fn renew(&self, kind: Kind, id: &str, members: &mut Map<String, Value>) {
        if !kind.has_etag() {
            return;
        }
        let version = self.with_changes(|changes| {
            let versions = changes.versions.entry(id.to_owned()).or_default();
            *versions += 1;
            *versions
        });
        members.insert("@odata.etag".into(), format!("W/\"CQAAABYAAAB{version:04x}\"").into());
        if matches!(kind, Kind::Contact | Kind::Message) {
            members.insert("changeKey".into(), format!("CQAAABYAAAB{version:04x}").into());
        }
    }

    /// Checks that a thing is the version that the client says it is.
    fn matches(&self, kind: Kind, item: &Map<String, Value>) -> Result<(), Reply> {
        let wanted = self.asked.if_match;
        if wanted.is_empty() || wanted == "*" || !kind.has_etag() {
            return Ok(());
        }
        if item.get("@odata.etag").and_then(Value::as_str) == Some(wanted) {
            return Ok(());
        }
        Err(Reply::graph_error(
            412,
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
        ))
    }

    fn delete(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        let item = self.find(kind, id)?;
        self.matches(kind, &item)?;
        if kind == Kind::Permission && item.get("isRemovable") == Some(&Value::Bool(false)) {
            return Err(Reply::graph_error(400, "ErrorInvalidRequest", "This calendar permission cannot be removed."));
        }
        let is_own = kind != Kind::Folder || !(0..FOLDERS.len() as u64).any(|nth| kind.id(self.named.index, nth) == id);
        let is_default = kind == Kind::Calendar && kind.id(self.named.index, 0) == id;
        if !is_own || is_default {
            let message = "Distinguished folders cannot be deleted.";
            return Err(Reply::graph_error(400, "ErrorDeleteDistinguishedFolder", message));
        }
        self.with_changes(|changes| {
            changes.note(kind, id, folder_of(&item));
            changes.deleted.insert(id.to_owned())
        });
        Ok(empty(204))
    }

    fn send_new(&self) -> Result<Reply, Reply> {
        // The parameters of an action are taken in any case: Microsoft's own clients write `Message`.
        let mut members = Map::new();
        for (name, value) in body::object(self.asked)? {
            let known = ["message", "saveToSentItems"].into_iter().find(|known| known.eq_ignore_ascii_case(&name));
            let Some(known) = known.filter(|known| !members.contains_key(*known)) else {
                return Err(body::unreadable(&format!(
                    "The parameter '{name}' in the request payload is not a valid parameter for the operation 'sendMail'."
                )));
            };
            members.insert(known.to_owned(), value);
        }
        let message = members.get("message").and_then(Value::as_object);
        let message = message.ok_or_else(|| body::unreadable("The parameter 'message' is missing."))?;
        check(Kind::Message, message)?;
        has_recipient(message)?;
        if members.get("saveToSentItems") == Some(&Value::from(false)) {
            self.count_created();
        } else {
            self.add(Kind::Message, self.sent(message.clone()));
        }
        Ok(empty(202))
    }

    fn send_draft(&self, id: &str) -> Result<Reply, Reply> {
        let message = self.find(Kind::Message, id)?;
        if message.get("isDraft") != Some(&Value::from(true)) {
            return Err(Reply::graph_error(400, "ErrorInvalidRequest", "The message is no draft."));
        }
        has_recipient(&message)?;
        let mut sent = self.sent(Map::new());
        self.with_changes(|changes| {
            changes.note(Kind::Message, id, folder_of(&message));
            changes.changed.entry(id.to_owned()).or_default().append(&mut sent);
        });
        self.count_created();
        Ok(empty(202))
    }

    fn sent(&self, mut message: Map<String, Value>) -> Map<String, Value> {
        message.insert("isDraft".into(), false.into());
        message.insert("parentFolderId".into(), Kind::Folder.id(self.named.index, 2).into());
        message
    }
}

impl Changes {
    /// A thing as it is now; `None` where it was deleted.
    fn applied(&self, mut item: Map<String, Value>) -> Option<Map<String, Value>> {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
        if self.deleted.contains(id) {
            return None;
        }
        if let Some(changed) = self.changed.get(id) {
            item.extend(changed.clone());
        }
        Some(item)
    }
}

fn has_recipient(message: &Map<String, Value>) -> Result<(), Reply> {
    let has_address = |one: &Value| one["emailAddress"]["address"].as_str().is_some_and(|text| text.contains('@'));
    let named = ["toRecipients", "ccRecipients", "bccRecipients"];
    let all: Vec<&Value> = named.iter().filter_map(|name| message.get(*name)?.as_array()).flatten().collect();
    if !all.is_empty() && all.into_iter().all(has_address) {
        return Ok(());
    }
    Err(Reply::graph_error(400, "ErrorInvalidRecipients", "At least one recipient is not valid."))
}

/// A member by its path: `from/emailAddress/address`.
fn within(item: &Map<String, Value>, path: &str) -> Option<Value> {
    let mut names = path.split('/');
    let first = item.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name)).cloned()
}

fn not_found() -> Reply {
    Reply::graph_error(404, "ErrorItemNotFound", "The specified object was not found in the store.")
}

fn empty(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: Vec::new(), truncated: false }
}
