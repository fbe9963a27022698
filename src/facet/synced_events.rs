//! Events in the default calendar that are known by a key of ours: holidays, duty rosters.
//!
//! Source: Microsoft Graph "event resource type" (isAllDay, transactionId), "List events" (times in UTC and bodies as HTML
//! where no header asks for another form), "Create event", "Update event", "Delete event", and of the key what
//! `own_property.rs` names. Reading takes Calendars.Read, writing Calendars.ReadWrite.

use openssl::sha::sha256;
use serde_json::{Value, json};

use super::change::kept;
use super::item::{Item, known, picked, segment, text};
use super::kind::Facet;
use super::own_property::{self, CONTENT, KEY};
use super::reading::{Reading, Step, Taken};
use super::request::FacetRequest;
use super::synced_contacts::WANTED_KEY;
use crate::error::{Error, Result};
use crate::hex;

/// The facet's name.
pub const NAME: &str = "events";

const LIST: &str = "calendar/events";

/// The members of a request's body that plans are about.
const WRITABLE: [&str; 12] = [
    "subject",
    "body",
    "start",
    "end",
    "isAllDay",
    "location",
    "showAs",
    "sensitivity",
    "importance",
    "categories",
    "isReminderOn",
    "reminderMinutesBeforeStart",
];

const TIMES: [&str; 3] = ["isAllDay", "start", "end"];

/// The events of one list; by default of every one, for a line of a plan says which it is about. Their key is the list's
/// name, a `/`, and what tells them apart within it.
#[derive(Clone, Debug, Default)]
pub struct SyncedEvents {
    /// What the keys of the list begin with.
    prefix: String,
    /// Tells the requests of this run from those of earlier ones: the service may remember what was deleted since.
    salt: String,
}

impl SyncedEvents {
    /// Those of the list of this name.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a name that is blank, too long, or holds a `/`.
    pub fn new(list: &str) -> Result<Self> {
        let list = list.trim();
        if list.is_empty() || list.contains('/') || list.chars().count() > 100 {
            return Err(Error::argument(
                "name: must be the name of a list of events, of at most 100 letters and without /",
            ));
        }
        Ok(Self { prefix: format!("{list}/"), salt: uuid::Uuid::new_v4().simple().to_string() })
    }

    /// What the keys of the list begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What is ours of an event, as it is written.
    fn ours(&self, item: &Item) -> Option<(String, Value)> {
        let (key, content) = (self.key(item), content(item));
        let all = own_property::member(&[(KEY, Some(&key)), (CONTENT, content.as_deref())]);
        all.map(|all| (own_property::MEMBER.to_owned(), all))
    }
}

/// The option of a path that shows what is ours of an event.
fn shown() -> String {
    own_property::expand(&[KEY, CONTENT])
}

impl Reading for SyncedEvents {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        let filter = own_property::with_prefix(&self.prefix);
        vec![Step::new(format!("{LIST}?$top=250&$select=id,{}&{filter}&{}", WRITABLE.join(","), shown()))]
    }

    fn take(&self, _step: &Step, element: Item) -> Taken {
        let key = own_property::value(&element, KEY).map(str::to_lowercase);
        if key.is_some_and(|key| key.starts_with(&self.prefix.to_lowercase())) {
            element.into()
        } else {
            Taken::default()
        }
    }
}

impl Facet for SyncedEvents {
    fn key(&self, item: &Item) -> String {
        own_property::value(item, KEY).unwrap_or_else(|| text(item, WANTED_KEY)).trim().to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        // What is ours of it is shown only where it is asked for.
        picked(item, &WRITABLE)
    }

    fn normal(&self, item: &Item) -> Item {
        let is_all_day = item.get("isAllDay") == Some(&Value::Bool(true));
        let members = self.writable(item).into_iter().filter_map(|(name, value)| {
            let value = match name.as_str() {
                // Told by the hash of what was written.
                "body" => None,
                "start" | "end" => Some(moment(&value, is_all_day)),
                "location" => value.get("displayName").and_then(Value::as_str).map(str::trim).map(Value::from),
                "categories" => value.as_array().filter(|all| !all.is_empty()).map(Vec::as_slice).map(sorted),
                _ => match value {
                    Value::String(text) => Some(text.trim().into()),
                    other => Some(other),
                },
            };
            let value = value.filter(|value| !value.is_null() && value.as_str() != Some(""))?;
            Some((name, value))
        });
        let content = content(item).map(|content| (own_property::MEMBER.to_owned(), content.into()));
        members.chain(content).collect()
    }

    fn differing(&self, have: &Item, wanted: &Item) -> Item {
        let (has, wants) = (self.normal(have), self.normal(wanted));
        let mut own = self.writable(wanted);
        // Where nobody asked for what is ours, nothing tells the body.
        let is_told = wants.contains_key(own_property::MEMBER) && have.contains_key(own_property::MEMBER);
        let has_other_body = is_told && has.get(own_property::MEMBER) != wants.get(own_property::MEMBER);
        own.retain(|name, _| if name == "body" { has_other_body } else { has.get(name) != wants.get(name) });
        if has_other_body {
            own.extend(self.ours(wanted));
        }
        own
    }

    fn before(&self, have: &Item, differing: &Item) -> Item {
        own_property::before(kept(self.writable(have), have), have, differing)
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        let mut members = wanted.clone();
        members.retain(|name, _| name != WANTED_KEY && name != own_property::MEMBER);
        known(&members, &WRITABLE)?;
        match ["subject", "start", "end"].into_iter().find(|name| wanted.get(*name).is_none_or(Value::is_null)) {
            Some(name) => Err(Error::argument(format!("{name}: an event has one"))),
            None => Ok(()),
        }
    }

    fn keyed(&self, key: &str) -> Item {
        Item::from_iter([(WANTED_KEY.to_owned(), key.into())])
    }

    fn rooted(&self, have: &Item) -> Item {
        self.writable(have).into_iter().chain(self.ours(have)).collect()
    }

    fn known_by(&self, _item: &Item) -> Item {
        // The list is of those with the key alone.
        Item::new()
    }

    fn list_of(&self, placed: &Item) -> String {
        format!("{LIST}?{}&{}", own_property::with_key(&self.key(placed)), shown())
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        let mut body = self.writable(wanted);
        body.retain(|_, value| !value.is_null());
        body.extend(self.ours(wanted));
        let hash = sha256(format!("{}\n{}\n{}", self.salt, self.key(wanted), Value::Object(body.clone())).as_bytes());
        let id = uuid::Uuid::from_slice(&hash[..16]).unwrap_or_default();
        body.insert("transactionId".to_owned(), id.hyphenated().to_string().into());
        FacetRequest::new("POST", LIST).body(body)
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        let mut body = differing.clone();
        // They are judged together.
        if TIMES.iter().any(|name| body.contains_key(*name)) {
            for name in TIMES {
                if let Some(value) = have.get(name).filter(|_| !body.contains_key(name)) {
                    body.insert(name.to_owned(), value.clone());
                }
            }
        }
        Ok(FacetRequest::new("PATCH", path(have)).body(body))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(format!("{}?{}", path(have), shown()))
    }
}

fn path(have: &Item) -> String {
    format!("events/{}", segment(text(have, "id")))
}

/// What stands for the body of an event: what was written, of a wanted one what is to be.
fn content(item: &Item) -> Option<String> {
    match own_property::value(item, CONTENT) {
        Some(content) => Some(content.to_owned()),
        // What the service says of a body is not what was written.
        None if item.contains_key("id") => None,
        None => item.get("body").map(content_of),
    }
}

/// What stands for a body, which the service rewrites.
fn content_of(body: &Value) -> String {
    let text = body.get("content").and_then(Value::as_str).unwrap_or_default();
    hex::lower(&sha256(text.as_bytes())[..16])
}

/// A `dateTimeTimeZone` as it is compared: of a whole day its date, else to the second.
fn moment(value: &Value, is_all_day: bool) -> Value {
    let text = value.get("dateTime").and_then(Value::as_str).unwrap_or_default();
    if is_all_day {
        return text.get(..10).unwrap_or(text).into();
    }
    json!([text.get(..19).unwrap_or(text), value.get("timeZone")])
}

fn sorted(all: &[Value]) -> Value {
    let mut texts: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    texts.sort_unstable();
    texts.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: Value) -> Item {
        serde_json::from_value(value).unwrap()
    }

    fn time(day: u32, zeros: &str) -> Value {
        json!({"dateTime": format!("2027-01-{day:02}T00:00:00{zeros}"), "timeZone": "UTC"})
    }

    #[test]
    fn an_event_is_the_same_whatever_the_service_makes_of_it() {
        let facet = SyncedEvents::new("Holidays 2027").unwrap();
        let wanted = item(
            json!({"key": "Holidays 2027/ny", "subject": "New year", "isAllDay": true, "start": time(1, ""),
            "end": time(2, ""), "location": {"displayName": ""}, "categories": [], "body": {"contentType": "text", "content": "x"}}),
        );
        let body = facet.create(&wanted).body.unwrap();
        let mut have = body.as_object().unwrap().clone();
        have.extend(item(json!({"id": "E", "start": time(1, ".0000000"), "end": time(2, ".0000000"),
            "body": {"contentType": "html", "content": "<html>x</html>"}, "showAs": "busy"})));
        assert!(facet.differing(&have, &wanted).is_empty());
        let mut other = wanted.clone();
        other.insert("body".into(), json!({"contentType": "text", "content": "y"}));
        assert_eq!(facet.differing(&have, &other).keys().collect::<Vec<_>>(), ["body", own_property::MEMBER]);
        let mut later = wanted.clone();
        later.insert("end".into(), time(3, ""));
        let differing = facet.differing(&have, &later);
        let request = facet.change(&have, &differing).unwrap().body.unwrap();
        assert_eq!(request.as_object().unwrap().len(), 3, "{request}");
        let again = SyncedEvents::new("Holidays 2027").unwrap().create(&wanted).body.unwrap();
        assert_ne!(again["transactionId"], body["transactionId"]);
        assert_eq!(facet.create(&wanted).body.unwrap(), body);
    }

    #[test]
    fn two_lists_do_not_see_each_other() {
        let facet = SyncedEvents::new("Holidays 2027").unwrap();
        let of = |key: &str| item(json!({"id": "E", own_property::MEMBER: [{"id": KEY, "value": key}]}));
        let step = facet.begin().remove(0);
        assert!(facet.take(&step, of("holidays 2027/x")).item.is_some());
        assert!(facet.take(&step, of("Holidays 2027 b/x")).item.is_none());
        assert!(facet.take(&step, item(json!({"id": "E"}))).item.is_none());
        for wrong in ["", " ", "a/b", &"x".repeat(101)] {
            assert!(SyncedEvents::new(wrong).is_err(), "{wrong}");
        }
    }
}
