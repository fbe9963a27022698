//! Delta queries: what changed in a list since a token was given.
//!
//! Source: Microsoft Graph "Use delta query to track changes in Microsoft Graph data" (`@odata.nextLink` with
//! `$skiptoken`, `@odata.deltaLink` with `$deltatoken`, both of which hold the options of the first request; `@removed`;
//! 410 with the `Location` of the first request), "message: delta" (of one folder; `$select`, `$top`, `$expand`, of
//! `$filter` and `$orderby` by receivedDateTime; `changeType`), "event: delta" (both ends of the period are needed; no
//! option of OData; what lies outside of the period comes as removed), "contact: delta", "mailFolder: delta",
//! "contactFolder: delta" (`$select`; those of all levels), "Obtain immutable identifiers for Outlook resources".

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Request;
use super::calendar_view::moment;
use super::change_log::{Entry, folder_of};
use crate::graph::item_kinds::Kind;
use crate::graph::query::{Query, bad};
use crate::graph::{Asked, no_such_method, no_such_segment, seeds};
use crate::reply::Reply;

/// Things of a page where the client prefers nothing, and at most.
const PAGE: (usize, usize) = (10, 1000);

/// What is tracked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum List {
    Messages(String),
    Contacts(String),
    Events(String, String),
    Folders,
    ContactFolders,
}

/// What a token stands for.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    mailbox: u64,
    list: List,
    /// The options of the first request.
    query: String,
    generation: u64,
    at: Place,
}

/// How far a client is.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Place {
    /// In the first round: after the thing with this id; and where the second one begins.
    First { after: String, then: usize },
    /// In the log of changes.
    Log(usize),
}

impl List {
    fn kind(&self) -> Kind {
        match self {
            List::Messages(_) => Kind::Message,
            List::Contacts(_) => Kind::Contact,
            List::Events(..) => Kind::Event,
            List::Folders => Kind::Folder,
            List::ContactFolders => Kind::ContactFolder,
        }
    }

    /// As refusals call it.
    fn name(&self) -> &'static str {
        match self {
            List::Messages(_) => "Messages",
            List::Contacts(_) => "Contacts",
            List::Events(..) => "CalendarView",
            List::Folders => "MailFolders",
            List::ContactFolders => "ContactFolders",
        }
    }

    fn folder(&self) -> Option<&str> {
        match self {
            List::Messages(folder) | List::Contacts(folder) => Some(folder),
            _ => None,
        }
    }
}

impl Request<'_> {
    /// Answers a delta query; `tracked` is the path before the function.
    pub(super) fn delta(&self, tracked: &[&str]) -> Result<Reply, Reply> {
        let token = self.option("$deltatoken").or_else(|| self.option("$skiptoken")).filter(|token| !token.is_empty());
        let kind = match tracked {
            ["mailFolders", _, "messages"] => Kind::Message,
            ["contacts"] | ["contactFolders", _, "contacts"] => Kind::Contact,
            ["calendarView"] | ["calendar", "calendarView"] => Kind::Event,
            ["mailFolders"] => Kind::Folder,
            ["contactFolders"] => Kind::ContactFolder,
            _ => return Err(no_such_segment("delta")),
        };
        self.authorize(kind)?;
        if self.asked.method != "GET" {
            return Err(no_such_method());
        }
        let list = self.tracked(tracked, token.is_some())?;
        let (query, at) = match token {
            None => {
                self.check_options(&list)?;
                let then = self.with_changes(|changes| changes.log.entries.len());
                let is_token = |part: &&str| part.to_ascii_lowercase().starts_with("$deltatoken=");
                let query: Vec<&str> = self.asked.query.split('&').filter(|part| !is_token(part)).collect();
                (query.join("&"), Place::First { after: String::new(), then })
            }
            Some(token) => self.read_token(&token, &list)?,
        };
        self.page(list, query, at)
    }

    fn tracked(&self, tracked: &[&str], has_token: bool) -> Result<List, Reply> {
        Ok(match tracked {
            ["mailFolders", folder, "messages"] => List::Messages(self.folder(folder)?),
            ["contactFolders", folder, "contacts"] => {
                self.find(Kind::ContactFolder, folder)?;
                List::Contacts((*folder).to_owned())
            }
            ["contacts"] => List::Contacts(seeds::default_contacts(self.named.index)),
            ["mailFolders"] => List::Folders,
            ["contactFolders"] => List::ContactFolders,
            // What the period is the token says.
            _ if has_token => List::Events(String::new(), String::new()),
            _ => List::Events(self.bound("startDateTime")?.to_string(), self.bound("endDateTime")?.to_string()),
        })
    }

    fn option(&self, name: &str) -> Option<String> {
        let mut options = url::form_urlencoded::parse(self.asked.query.as_bytes());
        options.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
    }

    /// Refuses options that no delta query of this list has.
    fn check_options(&self, list: &List) -> Result<(), Reply> {
        let allowed: &[&str] = match list {
            List::Messages(_) => &["$select", "$top", "$expand", "$filter", "$orderby"],
            List::Events(..) => &[],
            List::Contacts(_) | List::Folders | List::ContactFolders => &["$select"],
        };
        let given = url::form_urlencoded::parse(self.asked.query.as_bytes());
        for (name, value) in given {
            let is_token = name.eq_ignore_ascii_case("$deltatoken") || name.eq_ignore_ascii_case("$skiptoken");
            if name.starts_with('$') && !is_token && !allowed.contains(&&*name) {
                return Err(unsupported(list, &name));
            }
            let is_wrong = match &*name {
                "$filter" => received_after(&value).is_none(),
                "$orderby" => !value.eq_ignore_ascii_case("receivedDateTime desc"),
                "changeType" => !["created", "updated", "deleted"].contains(&&*value),
                _ => false,
            };
            if is_wrong {
                return Err(unsupported(list, &name));
            }
        }
        Ok(())
    }

    fn read_token(&self, token: &str, list: &List) -> Result<(String, Place), Reply> {
        let other = url::form_urlencoded::parse(self.asked.query.as_bytes())
            .find(|(name, _)| name.starts_with('$') && !name.to_ascii_lowercase().ends_with("token"));
        if let Some((name, _)) = other {
            return Err(unsupported(list, &name));
        }
        let read = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| serde_json::from_slice::<Token>(&bytes).ok());
        let is_same = |token: &Token| match (&token.list, list) {
            (List::Events(..), List::Events(..)) => true,
            (one, other) => one == other,
        };
        let Some(token) = read.filter(|token| token.mailbox == self.named.index && is_same(token)) else {
            return Err(Reply::graph_error(400, "SyncStateInvalid", "The sync state of the request is not valid."));
        };
        let (generation, refusal) = self.with_changes(|changes| (changes.log.generation, changes.log.refusal.clone()));
        if token.generation != generation {
            let (status, code) = refusal.unwrap_or((410, "syncStateNotFound".to_owned()));
            let message = format!(
                "The sync state generation is not found; generation={};[highest={generation}].",
                token.generation
            );
            let refused = Reply::graph_error(status, &code, &message);
            if status != 410 {
                return Err(refused);
            }
            let separator = if token.query.is_empty() { "" } else { "&" };
            let first =
                format!("https://{}{}?{}{separator}$deltatoken=", self.asked.host, self.asked.path, token.query);
            return Err(refused.header("location", first));
        }
        if let List::Events(start, end) = &token.list {
            // By its options the page knows the period.
            let query = format!("startDateTime={start}&endDateTime={end}");
            return Ok((query, token.at));
        }
        Ok((token.query, token.at))
    }

    fn page(&self, mut list: List, query: String, at: Place) -> Result<Reply, Reply> {
        let first = Request { asked: &Asked { query: &query, ..*self.asked }, ..*self };
        if let List::Events(start, end) = &mut list {
            (*start, *end) = (first.bound("startDateTime")?.to_string(), first.bound("endDateTime")?.to_string());
        }
        let options = Query::read(first.asked)?;
        let top = options.top.as_deref().and_then(|top| top.parse().ok());
        let size = self.preferred_size()?.or(top).unwrap_or(PAGE.0).clamp(1, PAGE.1);
        let (elements, next, is_last) = match at {
            Place::First { after, then } => {
                let mut all = first.members(&list)?;
                all.retain(|item| first.passes(item) && text(item, "id") > after.as_str());
                let is_last = all.len() <= size;
                all.truncate(size);
                let after = all.last().map_or(after, |item| text(item, "id").to_owned());
                let next = if is_last { Place::Log(then) } else { Place::First { after, then } };
                let shown = all.iter().map(|item| first.shown(list.kind(), item, &options).map(Value::Object));
                (shown.collect::<Result<Vec<_>, _>>()?, next, is_last)
            }
            Place::Log(place) => first.changes(&list, place, size, &options)?,
        };
        let generation = self.with_changes(|changes| changes.log.generation);
        let token = Token { mailbox: self.named.index, list: list.clone(), query, generation, at: next };
        let token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default());
        let (member, option) =
            if is_last { ("@odata.deltaLink", "$deltatoken") } else { ("@odata.nextLink", "$skiptoken") };
        let mut body = Map::new();
        body.insert("@odata.context".into(), self.context(list.kind(), ""));
        body.insert(member.into(), format!("https://{}{}?{option}={token}", self.asked.host, self.asked.path).into());
        body.insert("value".into(), elements.into());
        Ok(Reply::json(200, &Value::Object(body)))
    }

    /// What is in the list now, by its ids.
    fn members(&self, list: &List) -> Result<Vec<Map<String, Value>>, Reply> {
        let mut all = match list {
            List::Events(start, end) => {
                let bound = |text: &str| moment(text).ok_or_else(|| bad("The period is none."));
                self.events_between(bound(start)?, bound(end)?)
            }
            List::Folders => {
                let mut folders = self.all(Kind::Folder);
                folders.retain(|folder| folder.get("isHidden") != Some(&Value::Bool(true)));
                self.count_content(&mut folders);
                folders
            }
            list => self.all(list.kind()),
        };
        all.retain(|item| list.folder().is_none_or(|folder| folder_of(item).as_deref() == Some(folder)));
        all.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
        Ok(all)
    }

    /// Whether the `$filter` of the first request lets a message through.
    fn passes(&self, item: &Map<String, Value>) -> bool {
        let Some((after, is_included)) = self.option("$filter").as_deref().and_then(received_after) else {
            return true;
        };
        moment(text(item, "receivedDateTime")).is_some_and(|time| time > after || (is_included && time == after))
    }

    /// Up to a page of changes from a place of the log on; the place after them, and whether it is the end.
    fn changes(
        &self,
        list: &List,
        place: usize,
        size: usize,
        options: &Query,
    ) -> Result<(Vec<Value>, Place, bool), Reply> {
        let entries: Vec<Entry> =
            self.with_changes(|changes| changes.log.entries.get(place..).unwrap_or_default().to_vec());
        let members = self.members(list)?;
        let wanted = self.option("changeType");
        let (mut seen, mut elements, mut next) = (HashSet::new(), Vec::new(), place);
        for entry in &entries {
            if elements.len() == size {
                break;
            }
            next += 1;
            if entry.kind != list.kind() || !seen.insert(&entry.id) {
                continue;
            }
            let there = members.iter().find(|item| text(item, "id") == entry.id && self.passes(item));
            let was_there = list.folder().is_none_or(|folder| entry.before.as_deref() == Some(folder));
            let change = match there {
                Some(_) if entry.is_new => "created",
                Some(_) => "updated",
                None => "deleted",
            };
            if wanted.as_deref().is_some_and(|wanted| wanted != change) {
                continue;
            }
            match there {
                Some(item) => elements.push(Value::Object(self.shown(list.kind(), item, options)?)),
                None if was_there => elements.push(self.removed(entry)),
                None => {}
            }
        }
        let is_last = next == place + entries.len();
        Ok((elements, Place::Log(next), is_last))
    }

    fn removed(&self, entry: &Entry) -> Value {
        let has_both = matches!(entry.kind, Kind::Message | Kind::Event | Kind::Contact);
        let prefers = self.asked.prefer.to_ascii_lowercase().replace(['"', ' '], "").contains("idtype=immutableid");
        let id = if prefers && has_both { &entry.immutable } else { &entry.id };
        json!({"@odata.type": format!("#microsoft.graph.{}", entry.kind.type_name()), "id": id,
            "@removed": {"reason": "deleted"}})
    }

    /// `Prefer: odata.maxpagesize`.
    fn preferred_size(&self) -> Result<Option<usize>, Reply> {
        let preferred = self.asked.prefer.split(',').find_map(|one| one.trim().strip_prefix("odata.maxpagesize="));
        let size = preferred.map(|text| text.trim().parse().ok().filter(|size| *size > 0));
        size.map(|size| size.ok_or_else(|| bad("The value of odata.maxpagesize is no page size."))).transpose()
    }
}

/// The only filter: `receivedDateTime ge` or `gt` a moment; whether the moment itself is included.
fn received_after(filter: &str) -> Option<(Timestamp, bool)> {
    let rest = filter.trim().strip_prefix("receivedDateTime ")?;
    let (operator, time) = rest.split_once(' ')?;
    let is_included = match operator {
        "ge" => true,
        "gt" => false,
        _ => return None,
    };
    Some((moment(time.trim())?, is_included))
}

fn unsupported(list: &List, option: &str) -> Reply {
    let message = format!(
        "The following parameters are not supported with change tracking over the '{}' resource: '{option}'.",
        list.name()
    );
    Reply::graph_error(400, "ErrorInvalidUrlQuery", &message)
}

fn text<'i>(item: &'i Map<String, Value>, name: &str) -> &'i str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}
