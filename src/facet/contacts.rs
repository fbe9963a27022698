//! The contacts of a mailbox: of its default folder, of one that is named, or of all.
//!
//! Source: Microsoft Graph "contact resource type", "contactFolder resource type", "List contacts", "List
//! contactFolders", "List childFolders", "Create contact", "Update contact", "Delete contact". Reading takes
//! Contacts.Read, writing Contacts.ReadWrite.

use serde_json::{Value, json};

use super::change::{Change, ChangeKind, NEW_ID, Precondition, WITHIN_ID, Within};
use super::item::{Item, known, named, picked, segment, text};
use super::kind::Facet;
use super::reading::{Reading, Step, Taken};
use super::report::{ITEM, ITEM_COUNT, Report, ReportOptions, row};
use super::request::FacetRequest;
use crate::error::{Error, Result};

/// The facet's name.
pub const NAME: &str = "contacts";

const LIST: &str = "contacts?$top=250";
const FOLDERS: &str = "contactFolders?$top=250&$select=id,displayName";

/// What a reading adds: the path of the folder.
const FOLDER: &str = "#folder";

/// What the reading of one folder adds to a folder on the way to it: how deep it is.
const PLACE: &str = "#place";
/// What it adds to a contact: the id of its folder.
const FOLDER_ID: &str = "#folderId";

/// The members of a request's body that plans are about.
pub(super) const WRITABLE: [&str; 33] = [
    "displayName",
    "givenName",
    "middleName",
    "surname",
    "nickName",
    "title",
    "companyName",
    "department",
    "jobTitle",
    "officeLocation",
    "emailAddresses",
    "businessPhones",
    "homePhones",
    "mobilePhone",
    "businessAddress",
    "homeAddress",
    "personalNotes",
    "categories",
    "assistantName",
    "birthday",
    "businessHomePage",
    "children",
    "fileAs",
    "generation",
    "imAddresses",
    "initials",
    "manager",
    "otherAddress",
    "profession",
    "spouseName",
    "yomiCompanyName",
    "yomiGivenName",
    "yomiSurname",
];

/// The contacts of one folder. Their key is the first address, and where there is none the name.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    /// The names of the folder, and of those around it; none: the default one.
    folder: Vec<String>,
}

impl Contacts {
    /// Those of the folder of this path; `None`: of the default one.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a blank name.
    pub(super) fn new(folder: Option<&str>) -> Result<Self> {
        let names = |path: &str| path.trim().trim_matches('/').split('/').map(|name| name.trim().to_owned()).collect();
        let folder: Vec<String> = folder.map(names).unwrap_or_default();
        if folder.iter().any(String::is_empty) {
            return Err(Error::argument("folder: a name is blank"));
        }
        Ok(Self { folder })
    }

    /// How many of the folders on the way to its own there are.
    fn places_of(&self, have: &[Item]) -> usize {
        have.iter().filter(|found| self.is_place(found)).count()
    }

    fn folders_around(&self, number: usize) -> Vec<Within> {
        let list = |level: usize| match level {
            0 => FOLDERS.to_owned(),
            _ => format!("contactFolders/{WITHIN_ID}/childFolders?$top=250&$select=id,displayName"),
        };
        let names = self.folder.iter().take(number).enumerate();
        names.map(|(level, name)| Within { path: list(level), among: named(name) }).collect()
    }
}

impl Reading for Contacts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        vec![Step::new(if self.folder.is_empty() { LIST } else { FOLDERS })]
    }

    fn take(&self, step: &Step, mut element: Item) -> Taken {
        if self.folder.is_empty() {
            return element.into();
        }
        if step.path.contains("/contacts?") {
            element.insert(FOLDER_ID.to_owned(), step.within.as_str().into());
            return element.into();
        }
        // What lies within says by its number how deep it is.
        let level = step.within.parse().unwrap_or(0_usize);
        let is_on_the_way = self
            .folder
            .get(level)
            .is_some_and(|name| name.to_lowercase() == text(&element, "displayName").to_lowercase());
        if !is_on_the_way {
            return Taken::default();
        }
        let id = text(&element, "id").to_owned();
        let own = segment(&id);
        let next = if level + 1 == self.folder.len() {
            Step::within(format!("contactFolders/{own}/contacts?$top=250"), id)
        } else {
            let children = format!("contactFolders/{own}/childFolders?$top=250&$select=id,displayName");
            Step::within(children, (level + 1).to_string())
        };
        element.insert(PLACE.to_owned(), level.into());
        Taken { item: Some(element), further: vec![next] }
    }
}

pub(super) fn address(item: &Item) -> Option<&str> {
    let first = item.get("emailAddresses")?.as_array()?.first()?;
    first.get("address")?.as_str().map(str::trim).filter(|address| !address.is_empty())
}

impl Facet for Contacts {
    fn key(&self, item: &Item) -> String {
        address(item).unwrap_or_else(|| text(item, "displayName").trim()).to_owned()
    }

    fn writable(&self, item: &Item) -> Item {
        picked(item, &WRITABLE)
    }

    fn normal(&self, item: &Item) -> Item {
        let members = self.writable(item).into_iter();
        members.filter_map(|(name, value)| Some((name, folded(value)?))).collect()
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        known(wanted, &WRITABLE)
    }

    fn keyed(&self, key: &str) -> Item {
        if key.contains('@') {
            return Item::from_iter([("emailAddresses".to_owned(), json!([{ "address": key }]))]);
        }
        named(key)
    }

    fn known_by(&self, item: &Item) -> Item {
        match address(item) {
            Some(address) => Item::from_iter([("emailAddresses".to_owned(), json!([{ "address": address }]))]),
            // One of the same name that has an address is known by that.
            None => named(&self.key(item)).into_iter().chain([("emailAddresses".to_owned(), json!([]))]).collect(),
        }
    }

    fn is_place(&self, found: &Item) -> bool {
        found.contains_key(PLACE)
    }

    fn groundwork(&self, have: &[Item]) -> Vec<Change> {
        let there = self.places_of(have);
        (there..self.folder.len()).map(|level| self.folder_made(level)).collect()
    }

    fn placed(&self, wanted: &Item, have: &[Item], _is_coming: &dyn Fn(&str) -> bool) -> Result<Item> {
        let mut placed = wanted.clone();
        let level = self.folder.len().checked_sub(1).map(|level| level as u64);
        let own = have.iter().find(|found| found.get(PLACE).and_then(Value::as_u64) == level);
        if let Some(id) = own.filter(|_| level.is_some()).and_then(|folder| folder.get("id")) {
            placed.insert(FOLDER_ID.to_owned(), id.clone());
        }
        Ok(placed)
    }

    fn within(&self, _item: &Item) -> Vec<Within> {
        self.folders_around(self.folder.len())
    }

    fn page(&self) -> &'static str {
        "?$top=250"
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        let mut body = self.writable(wanted);
        body.retain(|_, value| !value.is_null());
        let list = match text(wanted, FOLDER_ID) {
            "" if self.folder.is_empty() => "contacts".to_owned(),
            "" => format!("contactFolders/{WITHIN_ID}/contacts"),
            id => format!("contactFolders/{}/contacts", segment(id)),
        };
        FacetRequest::new("POST", list).body(body)
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("PATCH", path(have)).body(differing.clone()))
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        Ok(FacetRequest::new("DELETE", path(have)))
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        Some(path(have))
    }
}

impl Contacts {
    /// The creation of a folder on the way to its own.
    fn folder_made(&self, level: usize) -> Change {
        let to = named(&self.folder[level]);
        let list = match level {
            0 => "contactFolders".to_owned(),
            _ => format!("contactFolders/{WITHIN_ID}/childFolders"),
        };
        Change {
            facet: NAME.to_owned(),
            key: format!("{}/", self.folder[..=level].join("/")),
            kind: ChangeKind::Create,
            from: None,
            within: self.folders_around(level),
            precondition: Precondition {
                path: format!("{list}?$top=250"),
                among: Some(to.clone()),
                ..Precondition::default()
            },
            request: FacetRequest::new("POST", list).body(to.clone()),
            then: None,
            to: Some(to),
            inverse: Some(FacetRequest::new("DELETE", format!("contactFolders/{NEW_ID}"))),
        }
    }
}

fn path(have: &Item) -> String {
    format!("contacts/{}", segment(text(have, "id")))
}

/// What says nothing is nothing; a name beside an address is the service's own.
fn folded(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.trim().into()),
        Value::Array(items) => {
            let items: Vec<Value> = items.into_iter().filter_map(folded).collect();
            (!items.is_empty()).then(|| items.into())
        }
        Value::Object(members) => {
            if let Some(address) = members.get("address").and_then(Value::as_str) {
                return Some(address.trim().to_lowercase().into());
            }
            let mut members: Vec<_> =
                members.into_iter().filter_map(|(name, value)| Some((name, folded(value)?))).collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            (!members.is_empty()).then(|| Value::Object(members.into_iter().collect()))
        }
        other => Some(other),
    }
}

/// The report on contacts.
#[derive(Clone, Debug)]
pub struct ContactReport {
    /// The path of the one folder that is read.
    folder: Option<String>,
    all_folders: bool,
}

impl ContactReport {
    /// # Errors
    ///
    /// `InvalidArgument` for one folder and all of them.
    pub(super) fn new(options: &ReportOptions) -> Result<Self> {
        let folder = options.folder.as_deref().map(|folder| folder.trim().trim_matches('/').to_owned());
        if folder.is_some() && options.all_folders {
            return Err(Error::argument("folder: one folder and allFolders do not go together"));
        }
        if folder.as_deref() == Some("") {
            return Err(Error::argument("folder: the name is blank"));
        }
        Ok(Self { folder, all_folders: options.all_folders })
    }

    /// Whether a folder may be, or hold, one that is read.
    fn wants(&self, path: &str) -> (bool, bool) {
        let Some(wanted) = &self.folder else { return (true, true) };
        let (wanted, path) = (wanted.to_lowercase(), path.to_lowercase());
        (wanted == path, wanted.starts_with(&format!("{path}/")))
    }
}

impl Reading for ContactReport {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        match (&self.folder, self.all_folders) {
            (Some(_), _) => vec![Step::new(FOLDERS)],
            (None, true) => vec![Step::new(LIST), Step::new(FOLDERS)],
            (None, false) => vec![Step::new(LIST)],
        }
    }

    fn take(&self, step: &Step, mut element: Item) -> Taken {
        if !step.path.starts_with("contactFolders") || step.path.contains("/contacts?") {
            if !step.within.is_empty() {
                element.insert(FOLDER.to_owned(), step.within.as_str().into());
            }
            return element.into();
        }
        let name = text(&element, "displayName");
        let path = if step.within.is_empty() { name.to_owned() } else { format!("{}/{name}", step.within) };
        let id = segment(text(&element, "id"));
        let (is_read, leads_on) = self.wants(&path);
        let contacts = is_read.then(|| Step::within(format!("contactFolders/{id}/contacts?$top=250"), path.as_str()));
        let children = leads_on.then(|| {
            Step::within(format!("contactFolders/{id}/childFolders?$top=250&$select=id,displayName"), path.as_str())
        });
        Taken { item: None, further: contacts.into_iter().chain(children).collect() }
    }
}

impl Report for ContactReport {
    fn title(&self) -> &'static str {
        "Contacts"
    }

    fn options(&self) -> &'static [&'static str] {
        &["folder", "allFolders"]
    }

    fn columns(&self) -> &'static [&'static str] {
        &[
            "Folder",
            "Name",
            "Address",
            "OtherAddresses",
            "CompanyName",
            "Department",
            "JobTitle",
            "BusinessPhones",
            "MobilePhone",
            "Categories",
            "ContactId",
            ITEM_COUNT,
            ITEM,
        ]
    }

    fn rows(&self, found: Vec<Item>) -> Vec<Item> {
        found.into_iter().map(shown).collect()
    }
}

/// The row of a contact.
pub(super) fn shown(mut contact: Item) -> Item {
    let folder = contact.shift_remove(FOLDER).unwrap_or_default();
    let member = |name: &str| contact.get(name).cloned().unwrap_or_default();
    let texts = |name: &str| {
        let all = contact.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let all: Vec<&str> =
            all.iter().filter_map(|one| one.as_str().or_else(|| one.get("address")?.as_str())).collect();
        all
    };
    let joined = |texts: &[&str]| if texts.is_empty() { Value::Null } else { texts.join("; ").into() };
    let addresses = texts("emailAddresses");
    let values = [
        ("Folder", folder),
        ("Name", member("displayName")),
        ("Address", addresses.first().copied().into()),
        ("OtherAddresses", joined(addresses.get(1..).unwrap_or_default())),
        ("CompanyName", member("companyName")),
        ("Department", member("department")),
        ("JobTitle", member("jobTitle")),
        ("BusinessPhones", joined(&texts("businessPhones"))),
        ("MobilePhone", member("mobilePhone")),
        ("Categories", joined(&texts("categories"))),
        ("ContactId", member("id")),
    ];
    row(values, Some(contact))
}
