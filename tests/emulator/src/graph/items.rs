//! Messages, folders, calendars and events of a mailbox: listed, read, created, changed, deleted and sent.
//!
//! Source: Microsoft Graph "List messages", "Create message", "Update message", "Delete message", "user: sendMail",
//! "Create calendar", "Create event", "event resource type" (transactionId), "Update profilePhoto".

mod actions;

use std::collections::{HashMap, HashSet};

use parking_lot::Mutex;
use serde_json::{Map, Value};

use super::authorization::outlook_role;
use super::body::{self, no_such_member, not_of_type};
use super::filter::Filter;
use super::item_kinds::{FOLDERS, Kind};
use super::query::{Query, bad, link_with, selected};
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
pub struct Items(Mutex<HashMap<u64, Changes>>);

#[derive(Debug, Default)]
struct Changes {
    created: Vec<(Kind, String, Map<String, Value>)>,
    changed: HashMap<String, Map<String, Value>>,
    deleted: HashSet<String>,
    photo: Option<Vec<u8>>,
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
        ["mailFolders", folder, "messages"] => {
            request.authorize(Kind::Message)?;
            let folder = request.folder(folder)?;
            match method {
                "GET" => request.list(Kind::Message, Some(&folder)),
                "POST" => request.create(Kind::Message, Some(folder)),
                _ => Err(no_such_method()),
            }
        }
        [collection] => {
            let kind = Kind::of(collection).ok_or_else(|| no_such_segment(collection))?;
            request.authorize(kind)?;
            match method {
                "GET" => request.list(kind, None),
                "POST" => request.create(kind, None),
                _ => Err(no_such_method()),
            }
        }
        [collection, id] => {
            let kind = Kind::of(collection).ok_or_else(|| no_such_segment(collection))?;
            request.authorize(kind)?;
            let id = if kind == Kind::Folder { request.folder(id)? } else { (*id).to_owned() };
            match method {
                "GET" => request.read(kind, &id),
                "PATCH" => request.change(kind, &id),
                "DELETE" => request.delete(kind, &id),
                _ => Err(no_such_method()),
            }
        }
        [collection, id, action] => {
            let kind = Kind::of(collection).ok_or_else(|| no_such_segment(collection))?;
            request.authorize(kind)?;
            let id = if kind == Kind::Folder { request.folder(id)? } else { (*id).to_owned() };
            request.act(kind, &id, action)
        }
        _ => Err(no_such_segment(rest.last().copied().unwrap_or_default())),
    }
}

impl Request<'_> {
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
            let seeded = (0..kind.number(population, index)).map(|nth| kind.seeded(population, index, nth));
            created.into_iter().chain(seeded).filter_map(|item| changes.applied(item)).collect()
        })
    }

    fn find(&self, kind: Kind, id: &str) -> Result<Map<String, Value>, Reply> {
        let population = &self.service.population;
        let index = self.named.index;
        let seeded = (0..kind.number(population, index)).find(|nth| kind.id(index, *nth) == id);
        let item = self.with_changes(|changes| {
            let created = changes.created.iter().find(|(of, own, _)| *of == kind && own == id);
            let item = created.map(|(_, _, item)| item.clone());
            item.or_else(|| seeded.map(|nth| kind.seeded(population, index, nth)))
                .and_then(|item| changes.applied(item))
        });
        item.ok_or_else(not_found)
    }

    /// The id of a folder that is named by its id or its well-known name.
    fn folder(&self, name: &str) -> Result<String, Reply> {
        let known = FOLDERS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        let id = known.map_or_else(|| name.to_owned(), |nth| Kind::Folder.id(self.named.index, nth as u64));
        self.find(Kind::Folder, &id).map(|_| id)
    }

    fn context(&self, kind: Kind, end: &str) -> Value {
        context_url(self.asked, &format!("users('{}')/{}{end}", self.named.name, kind.segment())).into()
    }

    fn show(&self, kind: Kind, item: &Map<String, Value>, query: &Query) -> Result<Map<String, Value>, Reply> {
        let Some(names) = &query.select else { return Ok(item.clone()) };
        let mut shown = Map::new();
        for name in ["@odata.etag", "id"] {
            shown.extend(item.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        let member =
            |name: &str| item.get(name).cloned().or_else(|| kind.writable().contains(&name).then_some(Value::Null));
        shown.append(&mut selected(Some(names), &[], kind.type_name(), member)?);
        Ok(shown)
    }

    fn list(&self, kind: Kind, folder: Option<&str>) -> Result<Reply, Reply> {
        let query = Query::read(self.asked)?;
        if let Some(option) = query.unsupported {
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
        let mut items = self.all(kind);
        match query.order_by.as_deref().map(str::trim) {
            None | Some("receivedDateTime desc" | "receivedDateTime DESC") => {}
            Some("receivedDateTime" | "receivedDateTime asc") => items.reverse(),
            Some(_) => return Err(bad("The emulator orders by receivedDateTime only.")),
        }
        items.retain(|item| {
            folder.is_none_or(|id| item.get("parentFolderId").is_some_and(|parent| parent == id))
                && filter.as_ref().is_none_or(|filter| filter.passes(&|path| within(item, path)))
        });
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(kind, ""));
        if query.count {
            body.insert("@odata.count".into(), items.len().into());
        }
        let page = items.iter().skip(skip).take(top);
        let page = page.map(|item| self.show(kind, item, &query).map(Value::Object)).collect::<Result<Vec<_>, _>>()?;
        let next = skip.saturating_add(page.len());
        body.insert("value".into(), page.into());
        if next < items.len() {
            body.insert("@odata.nextLink".into(), link_with(self.asked, "$skip", &next.to_string()).into());
        }
        Ok(Reply::json(200, &Value::Object(body)))
    }

    fn read(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        let query = Query::read(self.asked)?;
        let item = self.find(kind, id)?;
        self.entity(200, kind, self.show(kind, &item, &query)?)
    }

    fn entity(&self, status: u16, kind: Kind, mut item: Map<String, Value>) -> Result<Reply, Reply> {
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(kind, "/$entity"));
        body.append(&mut item);
        Ok(Reply::json(status, &Value::Object(body)))
    }

    /// The members of a body, each of which the kind has and a caller may set.
    fn written(&self, kind: Kind) -> Result<Map<String, Value>, Reply> {
        let mut members = body::object(self.asked)?;
        members.retain(|name, _| !name.starts_with('@'));
        check(kind, &members)?;
        Ok(members)
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
        let is_taken = |item: &Map<String, Value>| item.get("displayName") == members.get("displayName");
        if kind == Kind::Folder && self.all(kind).iter().any(is_taken) {
            return Err(Reply::graph_error(
                409,
                "ErrorFolderExists",
                "A folder with the specified name already exists.",
            ));
        }
        if let Some(before) = self.same_transaction(kind, &members)? {
            return self.entity(201, kind, before);
        }
        if kind == Kind::Message {
            let drafts = folder.unwrap_or_else(|| Kind::Folder.id(self.named.index, 1));
            members.insert("isDraft".into(), true.into());
            members.insert("parentFolderId".into(), drafts.into());
        }
        let item = self.add(kind, members);
        let location =
            format!("https://{}{}/{}", self.asked.host, self.asked.path, item["id"].as_str().unwrap_or_default());
        self.entity(201, kind, item).map(|reply| reply.header("location", location))
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
            item.insert("@odata.etag".into(), format!("W/\"CQAAABYAAAA{nth:04x}\"").into());
            item.insert("id".into(), id.as_str().into());
            item.insert("createdDateTime".into(), now.as_str().into());
            if kind == Kind::Message {
                item.insert("receivedDateTime".into(), now.as_str().into());
            }
            item.append(&mut members);
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
        item.extend(members.clone());
        self.with_changes(|changes| changes.changed.entry(id.to_owned()).or_default().append(&mut members));
        self.entity(200, kind, item)
    }

    fn delete(&self, kind: Kind, id: &str) -> Result<Reply, Reply> {
        self.find(kind, id)?;
        let is_own = kind != Kind::Folder || !(0..FOLDERS.len() as u64).any(|nth| kind.id(self.named.index, nth) == id);
        let is_default = kind == Kind::Calendar && kind.id(self.named.index, 0) == id;
        if !is_own || is_default {
            let message = "Distinguished folders cannot be deleted.";
            return Err(Reply::graph_error(400, "ErrorDeleteDistinguishedFolder", message));
        }
        self.with_changes(|changes| changes.deleted.insert(id.to_owned()));
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
        self.with_changes(|changes| changes.changed.entry(id.to_owned()).or_default().append(&mut sent));
        self.count_created();
        Ok(empty(202))
    }

    fn sent(&self, mut message: Map<String, Value>) -> Map<String, Value> {
        message.insert("isDraft".into(), false.into());
        message.insert("parentFolderId".into(), Kind::Folder.id(self.named.index, 2).into());
        message
    }

    fn photo(&self) -> Result<Reply, Reply> {
        match self.asked.method {
            "GET" => {
                outlook_role(self.roles, &["User.Read.All", "User.ReadWrite.All", "ProfilePhoto.Read.All"])?;
                opened(self.service, self.named.index)?;
                let photo = self.with_changes(|changes| changes.photo.clone());
                let body = photo.ok_or_else(|| {
                    Reply::graph_error(404, "ImageNotFound", "Exception of type 'ImageNotFoundException' was thrown.")
                })?;
                Ok(Reply { body, ..empty(200) }.header("content-type", "image/jpeg"))
            }
            "PUT" | "PATCH" => {
                outlook_role(self.roles, &["User.ReadWrite.All", "ProfilePhoto.ReadWrite.All"])?;
                opened(self.service, self.named.index)?;
                if !self.asked.content_type.starts_with("image/") || self.asked.body.is_empty() {
                    return Err(Reply::graph_error(400, "ErrorInvalidImage", "The photo is no image."));
                }
                self.with_changes(|changes| changes.photo = Some(self.asked.body.to_vec()));
                Ok(empty(200))
            }
            _ => Err(no_such_method()),
        }
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

/// Checks that a kind has all these members, with values of their types as far as those are told apart.
fn check(kind: Kind, members: &Map<String, Value>) -> Result<(), Reply> {
    for (name, value) in members {
        if !kind.writable().contains(&name.as_str()) {
            return Err(no_such_member(name, kind.type_name()));
        }
        let (is_right, expected) = match name.as_str() {
            "subject" | "displayName" | "name" | "importance" => (value.is_string(), "Edm.String"),
            "isRead" | "isHidden" | "isAllDay" => (value.is_boolean(), "Edm.Boolean"),
            "body" | "start" | "end" | "location" | "flag" => (value.is_object(), "an entity"),
            "toRecipients" | "ccRecipients" | "bccRecipients" | "attendees" | "categories" => {
                (value.is_array(), "a collection")
            }
            _ => (true, ""),
        };
        if !is_right {
            return Err(not_of_type(value, expected));
        }
    }
    Ok(())
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
