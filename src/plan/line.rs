//! A line of a plan: one change of one mailbox.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::request::{PlannedRequest, check_path};
use crate::error::{Error, Result};
use crate::facet::messages::NAME as MESSAGES_FACET;
use crate::facet::settings::NAME as SETTINGS_FACET;
use crate::facet::{self, Change, ChangeKind, Facet, Item, NEW_ID, Precondition, WITHIN_ID, Within};
use crate::graph::mailbox::Mailbox;
use crate::graph::mailbox_settings::{Origin, SettingsPatch};
use crate::graph::request::holds;
use crate::hex;
use crate::store::{WorkHash, hash_of_json};
use crate::strict_json;

/// What is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The service has no such thing.
    Nothing,
    /// An object.
    Object(Value),
    /// The elements of a collection, none at all among them.
    Elements(Vec<Value>),
}

/// One change of one mailbox.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PlanLine {
    /// The mailbox's name.
    pub mailbox: String,
    /// The id of its user, by which it is then asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox_id: Option<String>,
    /// The part of the mailbox: `settings`, `inboxRules` and so on.
    pub facet: String,
    /// What tells the thing from others of its facet.
    pub key: String,
    /// What is done to it.
    pub change: ChangeKind,
    /// What is there before; null before it is made.
    #[serde(default)]
    pub from: Value,
    /// What is there then; null where it is taken away.
    #[serde(default)]
    pub to: Value,
    /// The folders that lead to where the thing lies, where their ids are looked up when the line is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Within>,
    /// What makes the change.
    pub request: PlannedRequest,
    /// What is sent once the request was carried out, and notes that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<PlannedRequest>,
    /// What must be there for it to be sent.
    pub precondition: Precondition,
    /// What takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<PlannedRequest>,
    /// The hash of all else, by which a line is known to be as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
}

impl PlanLine {
    /// The change of a facet, of a mailbox as rows show it, and as it is asked for.
    #[must_use]
    pub fn of(given: &str, mailbox: &Mailbox, change: &Change) -> Self {
        let value = |item: &Option<Item>| item.clone().map_or(Value::Null, Value::Object);
        Self {
            mailbox: given.to_owned(),
            mailbox_id: mailbox.other_name().map(str::to_owned),
            facet: change.facet.clone(),
            key: change.key.clone(),
            change: change.kind,
            from: value(&change.from),
            to: value(&change.to),
            within: change.within.clone(),
            request: PlannedRequest::of_facet(&change.request),
            then: change.then.as_ref().map(PlannedRequest::of_facet),
            precondition: change.precondition.clone(),
            inverse: change.inverse.as_ref().map(PlannedRequest::of_facet),
            sum: None,
        }
    }

    /// Reads a line, and checks all that can be told without asking the service.
    ///
    /// # Errors
    ///
    /// `InvalidJson`; `InvalidArgument` that names the member.
    pub fn read(text: &str) -> Result<Self> {
        let value = strict_json::read(text)?;
        if !value.is_object() {
            return Err(Error::argument("a line of a plan is an object"));
        }
        let line = Self::deserialize(&value).map_err(|fault| Error::argument(fault.to_string()))?;
        line.check_sum()?;
        line.check()?;
        Ok(line)
    }

    fn check_sum(&self) -> Result<()> {
        let Some(sum) = &self.sum else { return Ok(()) };
        if sum.eq_ignore_ascii_case(&self.own_sum()) {
            return Ok(());
        }
        Err(Error::argument("the line is not as it was written: its sum is of other values").hint(
            "lines may be taken out of a plan and are not to be changed; filter its lines as text, for a program that \
             reads and writes their JSON may change dates and numbers in it",
        ))
    }

    fn check(&self) -> Result<()> {
        self.whose()?;
        for (name, text) in [("facet", &self.facet), ("key", &self.key)] {
            if text.trim().is_empty() {
                return Err(Error::argument(format!("{name}: is blank")));
            }
        }
        let (has_from, has_to) = (!self.from.is_null(), !self.to.is_null());
        match self.change {
            ChangeKind::Create if has_from || !has_to => {
                return Err(Error::argument("change: what is created has to and no from"));
            }
            ChangeKind::Change if !has_from || !has_to => {
                return Err(Error::argument("change: what is changed has from and to"));
            }
            // A message that is deleted may lie where it can be recovered.
            ChangeKind::Remove if !has_from || (has_to && self.facet != MESSAGES_FACET) => {
                return Err(Error::argument("change: what is removed has from and no to"));
            }
            _ => {}
        }
        let within = |member: &'static str| move |error: Error| Error::argument(format!("{member}.{error}"));
        self.request.with_ids().check().map_err(within("request"))?;
        if let Some(then) = &self.then {
            then.with_ids().check().map_err(within("then"))?;
            self.request.check_then(then)?;
        }
        let with_id = |path: &str| path.replace(WITHIN_ID, "AAMk");
        check_path(&with_id(&self.precondition.path)).map_err(within("precondition"))?;
        for (number, folder) in self.within.iter().enumerate() {
            check_path(&with_id(&folder.path)).map_err(within("within"))?;
            if number == 0 && folder.path.contains(WITHIN_ID) {
                return Err(Error::argument(format!(
                    "within: the first is in no other, and has {WITHIN_ID} in its path"
                )));
            }
        }
        if self.within.is_empty() && self.has_within() {
            return Err(Error::argument(format!("within: is missing, and a path has {WITHIN_ID}")));
        }
        if self.request.path.contains(NEW_ID) {
            return Err(Error::argument(format!("request.path: {NEW_ID} is of the way back alone")));
        }
        if self.inverse.as_ref().is_some_and(|inverse| inverse.body_file.is_some()) {
            return Err(Error::argument("inverse.bodyFile: what is put in the place of a photo is not taken back"));
        }
        if let Some(inverse) = &self.inverse {
            inverse.with_ids().check().map_err(within("inverse"))?;
            if inverse.path.contains(NEW_ID) && self.change != ChangeKind::Create {
                return Err(Error::argument(format!("inverse.path: {NEW_ID} is of what is created, and nothing is")));
            }
        }
        if self.facet == SETTINGS_FACET {
            for (name, value) in [("from", &self.from), ("to", &self.to)] {
                SettingsPatch::read(value, Origin::UNDO)
                    .map_err(|error| Error::argument(format!("{name}: {error}")))?;
            }
        }
        Ok(())
    }

    /// Whose mailbox.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a name that is none.
    pub fn whose(&self) -> Result<Mailbox> {
        match &self.mailbox_id {
            Some(id) => Mailbox::listed(&self.mailbox, id),
            None => Mailbox::typed(&self.mailbox),
        }
    }

    /// The same line however its JSON is written.
    #[must_use]
    pub fn work_hash(&self) -> WorkHash {
        let bare = Self { sum: None, ..self.clone() };
        let hash = hash_of_json(&serde_json::to_value(&bare).unwrap_or_default());
        let mut half = [0; 16];
        half.copy_from_slice(&hash[..16]);
        half.into()
    }

    /// The hash as a line has it.
    #[must_use]
    pub fn own_sum(&self) -> String {
        hex::lower(self.work_hash().bytes())
    }

    /// As a line with its sum, without its end.
    #[must_use]
    pub fn to_text(&self) -> String {
        let sealed = Self { sum: Some(self.own_sum()), ..self.clone() };
        // Texts and numbers to memory: nothing of it can fail.
        serde_json::to_string(&sealed).unwrap_or_default()
    }

    /// Whether what is there is as the change was planned from: nobody has changed it since.
    #[must_use]
    pub fn is_before(&self, found: &Found) -> bool {
        let Precondition { equals, etag, change_key, .. } = &self.precondition;
        let wanted = equals.as_ref().unwrap_or(&self.from);
        let found = &*self.counting(found);
        let is_same = |name: &str, wanted: &Option<String>| {
            let text = |value: &Value| value.get(name).and_then(Value::as_str).map(str::to_owned);
            wanted.is_none()
                || match found {
                    Found::Nothing => false,
                    Found::Object(object) => text(object) == *wanted,
                    Found::Elements(elements) => elements.len() == 1 && text(&elements[0]) == *wanted,
                }
        };
        self.agrees(found, wanted) && is_same("@odata.etag", etag) && is_same("changeKey", change_key)
    }

    /// Whether what is there is as the change leaves it.
    #[must_use]
    pub fn is_after(&self, found: &Found) -> bool {
        let found = &*self.counting(found);
        // What is to be removed may be gone altogether, wherever it was to lie then.
        self.agrees(found, &self.to) || (self.change == ChangeKind::Remove && self.agrees(found, &Value::Null))
    }

    /// The one thing that is there, where it is one.
    #[must_use]
    pub fn only<'f>(&self, found: &'f Found) -> Option<Cow<'f, Value>> {
        match self.counting(found) {
            Cow::Borrowed(Found::Object(object)) => Some(Cow::Borrowed(object)),
            Cow::Borrowed(Found::Elements(elements)) => elements.first().map(Cow::Borrowed),
            Cow::Owned(Found::Elements(elements)) => elements.into_iter().next().map(Cow::Owned),
            _ => None,
        }
    }

    /// What counts of what is there.
    fn counting<'f>(&self, found: &'f Found) -> Cow<'f, Found> {
        match (&self.precondition.among, found) {
            (Some(members), Found::Elements(elements)) => {
                let wanted = Value::Object(members.clone());
                let counts = |one: &&Value| is_among(one, members) || self.agrees_by_facet(one, &wanted);
                Cow::Owned(Found::Elements(elements.iter().filter(counts).cloned().collect()))
            }
            _ => Cow::Borrowed(found),
        }
    }

    fn agrees(&self, found: &Found, wanted: &Value) -> bool {
        match found {
            Found::Nothing => wanted.is_null(),
            Found::Elements(elements) if wanted.is_null() => elements.is_empty(),
            Found::Elements(elements) => match (wanted, &elements[..]) {
                (Value::Array(_), _) => holds(&Value::Array(elements.clone()), wanted),
                (wanted, [element]) => self.is_same(element, wanted),
                _ => false,
            },
            Found::Object(_) if wanted.is_null() => false,
            Found::Object(object) => self.is_same(object, wanted),
        }
    }

    fn is_same(&self, found: &Value, wanted: &Value) -> bool {
        if self.facet == SETTINGS_FACET {
            // Of `equals`, which is not read as settings before.
            return SettingsPatch::read(wanted, Origin::UNDO).is_ok_and(|wanted| wanted.changes(found).is_empty());
        }
        holds(found, wanted) || self.agrees_by_facet(found, wanted)
    }

    /// Whether its facet takes them for the same: the service may give back what was written in a form of its own.
    fn agrees_by_facet(&self, found: &Value, wanted: &Value) -> bool {
        let (Some(facet), Value::Object(found), Value::Object(wanted)) = (self.known_facet(), found, wanted) else {
            return false;
        };
        facet.agrees(found, wanted)
    }

    fn known_facet(&self) -> Option<Box<dyn Facet>> {
        facet::named(&self.facet).ok().filter(|facet| facet.name() != SETTINGS_FACET)
    }

    /// Whether the ids of folders around the thing must be known to do it or to take it back.
    fn has_within(&self) -> bool {
        self.needs_within() || self.inverse.as_ref().is_some_and(|inverse| inverse.path.contains(WITHIN_ID))
    }

    /// Whether the ids of folders around the thing must be known to do it.
    #[must_use]
    pub fn needs_within(&self) -> bool {
        self.request.path.contains(WITHIN_ID) || self.precondition.path.contains(WITHIN_ID)
    }

    /// Whether it moves a message: done twice, that lies where it is to lie, and one that is gone needs it no more.
    #[must_use]
    pub fn is_move(&self) -> bool {
        let path = self.request.path.split('?').next().unwrap_or_default();
        self.facet == MESSAGES_FACET && path.ends_with("/move")
    }

    /// Whether what is removed is there afterwards, elsewhere.
    fn leaves_something(&self) -> bool {
        self.change == ChangeKind::Remove && !self.to.is_null()
    }

    /// Whether the way back has the id of what is made in it, which is known only then.
    #[must_use]
    pub fn needs_new_id(&self) -> bool {
        self.inverse.as_ref().is_some_and(|inverse| inverse.path.contains(NEW_ID))
    }

    /// The line that takes this one back, where there is a way; `made` is what the service says of what was made.
    #[must_use]
    pub fn undo(&self, made: Option<&Value>) -> Option<Self> {
        let mut request = self.inverse.clone()?;
        if request.path.contains(NEW_ID) {
            let id = made?.get("id")?.as_str()?;
            // An id may hold what a path cannot.
            request.path = request.path.replace(NEW_ID, &utf8_percent_encode(id, NON_ALPHANUMERIC).to_string());
        }
        let is_made = self.change == ChangeKind::Create;
        let mut to = self.from.clone();
        let facet = self.known_facet().filter(|_| self.change == ChangeKind::Remove);
        let (precondition, inverse) = match (facet, &self.from) {
            (Some(facet), Value::Object(from)) => {
                let again = facet.writable(&facet.rooted(from));
                to = Value::Object(again.clone());
                made_again(&*facet, &request, again)
            }
            _ => {
                let is_gone_by_id = is_made && request.method.eq_ignore_ascii_case("DELETE");
                let path = if is_gone_by_id { &request.path } else { &self.precondition.path };
                // What was taken away comes back under another id, which the request of this line does not have.
                let leads_back = self.change != ChangeKind::Remove || self.leaves_something();
                let inverse = leads_back.then(|| self.request.unconditional());
                (Precondition { path: path.clone(), ..Precondition::default() }, inverse)
            }
        };
        Some(Self {
            mailbox: self.mailbox.clone(),
            mailbox_id: self.mailbox_id.clone(),
            facet: self.facet.clone(),
            key: self.key.clone(),
            // What lies elsewhere now is moved back.
            change: if self.leaves_something() { ChangeKind::Change } else { self.change.inverse() },
            from: self.to.clone(),
            to,
            within: self.within.clone(),
            request,
            then: None,
            precondition,
            inverse,
            sum: None,
        })
    }
}

/// What must be there for an item to be made again that was taken away, and what takes that back: it is looked for in
/// its list, for it has another id then.
fn made_again(facet: &dyn Facet, request: &PlannedRequest, item: Item) -> (Precondition, Option<PlannedRequest>) {
    let path = format!("{}{}", request.path, facet.page());
    let inverse = facet.removal_to_come().map(|request| PlannedRequest::of_facet(&request));
    (Precondition { path, among: Some(item), ..Precondition::default() }, inverse)
}

/// A path with the id of the folder that it leads through.
#[must_use]
pub fn within_id(path: &str, id: &str) -> String {
    // An id may hold what a path cannot.
    path.replace(WITHIN_ID, &utf8_percent_encode(id, NON_ALPHANUMERIC).to_string())
}

/// Whether an element has these members; texts in any case, and of lists the first elements, or none.
#[must_use]
pub fn is_among(element: &Value, members: &Item) -> bool {
    members.iter().all(|(name, wanted)| has(element.get(name).unwrap_or(&Value::Null), wanted))
}

fn has(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::String(found), Value::String(wanted)) => found.to_lowercase() == wanted.to_lowercase(),
        (Value::Object(_), Value::Object(wanted)) => is_among(found, wanted),
        (Value::Null, Value::Array(wanted)) => wanted.is_empty(),
        (Value::Array(found), Value::Array(wanted)) if wanted.is_empty() => found.is_empty(),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() >= wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| has(found, wanted))
        }
        (found, wanted) => holds(found, wanted),
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::error::Status;

    fn line() -> PlanLine {
        let path = "contactFolders/AAMk/contacts";
        PlanLine {
            mailbox: "kim@contoso.com".to_owned(),
            mailbox_id: None,
            facet: "contacts".to_owned(),
            key: "lee".to_owned(),
            change: ChangeKind::Create,
            from: Value::Null,
            to: json!({"displayName": "Lee"}),
            within: Vec::new(),
            request: PlannedRequest::new(&Method::POST, path, Some(json!({"displayName": "Lee"}))),
            precondition: Precondition {
                path: path.to_owned(),
                among: json!({"displayName": "Lee"}).as_object().cloned(),
                ..Precondition::default()
            },
            then: None,
            inverse: Some(PlannedRequest::new(&Method::DELETE, "contacts/{id}", None)),
            sum: None,
        }
    }

    #[test]
    fn what_is_written_is_read_and_its_sum_never_changes() {
        let text = line().to_text();
        let read = PlanLine::read(&text).unwrap();
        assert_eq!(PlanLine { sum: None, ..read.clone() }, line());
        // Plans that are kept must be taken by later versions. By a program of another language.
        assert_eq!(read.sum.as_deref(), Some("d5c7ecda12148ccf22945e2821109d00"));
        let error = PlanLine::read(&text.replacen("Lee", "Kim", 1)).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
    }

    #[test]
    fn what_counts_of_a_list_is_what_the_thing_is_known_by() {
        let found = |names: &[&str]| {
            Found::Elements(names.iter().map(|name| json!({"displayName": name, "id": "x"})).collect())
        };
        let state = |found: &Found| (line().is_before(found), line().is_after(found));
        assert_eq!(state(&found(&[])), (true, false));
        assert_eq!(state(&found(&["Kim", "Sam"])), (true, false));
        assert_eq!(state(&found(&["Kim", "Lee"])), (false, true));
        // The same by its name, and not as it is to be; and twice.
        assert_eq!(state(&found(&["LEE"])), (false, false));
        assert_eq!(state(&found(&["Lee", "Lee"])), (false, false));
    }

    #[test]
    fn the_way_back_of_what_is_made_has_its_id_and_leads_back_again() {
        assert!(line().needs_new_id() && line().undo(None).is_none());
        let undo = line().undo(Some(&json!({"id": "AA/+=="}))).unwrap();
        assert_eq!((undo.change, undo.request.path.as_str()), (ChangeKind::Remove, "contacts/AA%2F%2B%3D%3D"));
        assert_eq!((&undo.from, &undo.precondition.path), (&line().to, &undo.request.path));
        assert_eq!(undo.inverse, Some(line().request));
        PlanLine::read(&undo.to_text()).unwrap();
    }

    proptest! {
        #[test]
        fn no_text_is_too_much_for_the_reader(
            text in ".{0,80}", at in 0_usize..600, byte in any::<u8>(), removes in any::<bool>(),
        ) {
            let _ = PlanLine::read(&text);
            let mut bytes = line().to_text().into_bytes();
            let at = at % bytes.len();
            if removes { bytes.remove(at); } else { bytes[at] = byte; }
            let changed = String::from_utf8_lossy(&bytes).into_owned();
            // Whatever is taken says what was written.
            if let Ok(read) = PlanLine::read(&changed) {
                prop_assert!(read.sum.is_none() || read.own_sum() == line().own_sum());
            }
        }
    }
}
