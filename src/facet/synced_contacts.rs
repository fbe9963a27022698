//! Contacts in one folder that are known by a key of ours: a company's list in every mailbox.
//!
//! Source: Microsoft Graph "contact resource type" (displayName: the service makes it anew where an update of other names
//! does not have it), "Create contact", "Update contact", and of the key what `own_property.rs` names. Reading takes
//! Contacts.Read, writing Contacts.ReadWrite.

use serde_json::{Value, json};

use super::change::{Change, ChangeKind, Difference, Precondition, WITHIN_ID, Within, kept};
use super::contacts::{Contacts, NAME, WRITABLE, address};
use super::item::{Item, known, segment, text};
use super::kind::Facet;
use super::own_property::{self, CONTENT, KEY};
use super::reading::{Reading, Step, Taken};
use super::request::{BodyFile, FacetRequest};
use crate::error::{Error, Result};

/// The key in a wanted contact.
pub const WANTED_KEY: &str = "key";

/// The photo of a wanted contact, as [`Photo`] has it; null says that it has none, and a contact without the member keeps
/// what it has.
pub const WANTED_PHOTO: &str = "photo";

/// What stays with a contact that somebody else has put there, where it is made again.
const FOREIGN: &str = "#withoutKey";

/// The most of each that Outlook's contacts have.
const MOST: [(&str, usize); 3] = [("emailAddresses", 3), ("businessPhones", 2), ("homePhones", 2)];

/// The parts of an address ("physicalAddress resource type").
const ADDRESSES: [&str; 3] = ["businessAddress", "homeAddress", "otherAddress"];
const ADDRESS_PARTS: [&str; 5] = ["street", "city", "state", "postalCode", "countryOrRegion"];

/// The contacts of one folder that have a key of ours. Others are left alone, or go where the folder is ours alone.
#[derive(Clone, Debug)]
pub struct SyncedContacts {
    /// How the folder is found and made.
    folder: Contacts,
    is_ours_alone: bool,
    /// Whether photos are compared.
    has_photos: bool,
}

/// The photo of a wanted contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Where a plan has it.
    pub file: String,
}

impl Photo {
    /// As a wanted contact has it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({"sha256": self.sha256, "file": self.file})
    }

    fn of(wanted: &Item) -> Option<Self> {
        let photo = wanted.get(WANTED_PHOTO)?.as_object()?;
        Some(Self { sha256: text(photo, "sha256").to_owned(), file: text(photo, "file").to_owned() })
    }
}

impl SyncedContacts {
    /// Those of a folder by its path, such as `Company` or `Company/Berlin`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a blank name.
    pub fn new(folder: &str, is_ours_alone: bool) -> Result<Self> {
        if folder.trim().is_empty() {
            return Err(Error::argument("folder: must be the path of a folder, such as Company or Company/Berlin"));
        }
        Ok(Self { folder: Contacts::new(Some(folder))?, is_ours_alone, has_photos: false })
    }

    /// The same with their photos.
    #[must_use]
    pub fn with_photos(self, has_photos: bool) -> Self {
        Self { has_photos, ..self }
    }

    /// The option of a path that shows what is ours of a contact.
    fn shown(&self) -> String {
        own_property::expand(if self.has_photos { &[KEY, CONTENT] } else { &[KEY] })
    }
}

impl Reading for SyncedContacts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin(&self) -> Vec<Step> {
        self.folder.begin()
    }

    fn take(&self, step: &Step, element: Item) -> Taken {
        let is_contact = step.path.contains("/contacts?");
        if is_contact && !self.is_ours_alone && own_property::value(&element, KEY).is_none() {
            return Taken::default();
        }
        let mut taken = self.folder.take(step, element);
        for next in taken.further.iter_mut().filter(|next| next.path.contains("/contacts?")) {
            next.path = format!("{}&{}", next.path.replace("$top=250", "$top=500"), self.shown());
        }
        taken
    }
}

impl Facet for SyncedContacts {
    fn key(&self, item: &Item) -> String {
        let own = own_property::value(item, KEY).or_else(|| item.get(WANTED_KEY)?.as_str()).map(str::trim);
        match own.filter(|key| !key.is_empty()) {
            Some(key) => key.to_owned(),
            // Of a contact that somebody else has put there: no list has such a key.
            None if is_foreign(item) => format!("(without a key) {}", text(item, "id")),
            None => address(item).unwrap_or_default().to_owned(),
        }
    }

    fn writable(&self, item: &Item) -> Item {
        // The key stays as it is for ever, and is shown only where it is asked for.
        self.folder.writable(item)
    }

    fn normal(&self, item: &Item) -> Item {
        self.folder.normal(item)
    }

    fn differing(&self, have: &Item, wanted: &Item) -> Item {
        self.folder.differing(have, wanted)
    }

    fn before(&self, have: &Item, differing: &Item) -> Item {
        own_property::before(kept(self.writable(have), have), have, differing)
    }

    fn check(&self, wanted: &Item) -> Result<()> {
        let mut members = wanted.clone();
        members.retain(|name, _| ![WANTED_KEY, WANTED_PHOTO, own_property::MEMBER].contains(&name.as_str()));
        known(&members, &WRITABLE)?;
        for (name, most) in MOST {
            let number = wanted.get(name).and_then(Value::as_array).map_or(0, Vec::len);
            if number > most {
                return Err(Error::argument(format!("{name}: a contact has at most {most}, not {number}")));
            }
        }
        Ok(())
    }

    fn keyed(&self, key: &str) -> Item {
        Item::from_iter([(WANTED_KEY.to_owned(), key.into())])
    }

    fn known_by(&self, _item: &Item) -> Item {
        // The list is of those with the key alone.
        Item::new()
    }

    fn is_place(&self, found: &Item) -> bool {
        self.folder.is_place(found)
    }

    fn groundwork(&self, have: &[Item]) -> Vec<Change> {
        self.folder.groundwork(have)
    }

    fn placed(&self, wanted: &Item, have: &[Item], is_coming: &dyn Fn(&str) -> bool) -> Result<Item> {
        self.folder.placed(wanted, have, is_coming)
    }

    fn within(&self, item: &Item) -> Vec<Within> {
        self.folder.within(item)
    }

    fn rooted(&self, have: &Item) -> Item {
        let mut rooted = self.folder.rooted(have);
        if is_foreign(have) {
            rooted.insert(FOREIGN.to_owned(), true.into());
        } else {
            rooted.extend(own_key(&self.key(have)));
        }
        rooted
    }

    fn list_of(&self, placed: &Item) -> String {
        format!("{}?{}", self.create(placed).path, own_property::with_key(&self.key(placed)))
    }

    fn create(&self, wanted: &Item) -> FacetRequest {
        let mut request = self.folder.create(wanted);
        if let Some(Value::Object(body)) = &mut request.body {
            body.extend((!is_foreign(wanted)).then(|| own_key(&self.key(wanted))).flatten());
            whole_addresses(body);
        }
        request
    }

    fn change(&self, have: &Item, differing: &Item) -> Result<FacetRequest> {
        let mut body = differing.clone();
        whole_addresses(&mut body);
        let displayed = have.get("displayName").filter(|name| !name.is_null());
        if let Some(name) = displayed.filter(|_| !body.contains_key("displayName")) {
            body.insert("displayName".to_owned(), name.clone());
        }
        self.folder.change(have, &body)
    }

    fn remove(&self, have: &Item) -> Result<FacetRequest> {
        self.folder.remove(have)
    }

    fn afterwards(&self, have: Option<&Item>, made: Option<&Change>, wanted: &Item) -> Option<Difference> {
        let photo = Photo::of(wanted)?;
        let has = have.and_then(|have| own_property::value(have, CONTENT));
        if has == Some(photo.sha256.as_str()) {
            return None;
        }
        let shown = |hash: Option<&str>| Some(Item::from_iter([(WANTED_PHOTO.to_owned(), hash.into())]));
        Some(Difference {
            key: self.key(wanted),
            kind: ChangeKind::Change,
            from: shown(has),
            to: shown(Some(&photo.sha256)),
            change: Ok(self.photo_put(have, made, wanted, photo)),
        })
    }

    fn must_go(&self, have: &Item, wanted: &Item) -> bool {
        // The service has no request that takes a photo away from a contact ("profilePhoto resource type").
        wanted.get(WANTED_PHOTO).is_some_and(Value::is_null) && own_property::value(have, CONTENT).is_some()
    }

    fn path_of(&self, have: &Item) -> Option<String> {
        self.folder.path_of(have)
    }
}

impl SyncedContacts {
    /// The photo of a contact that is there, or of one that a change before it makes. That it was put is written into the
    /// contact afterwards: where a run ends in between it is put again, and never taken for put.
    fn photo_put(&self, have: Option<&Item>, made: Option<&Change>, wanted: &Item, photo: Photo) -> Change {
        let id = have.map_or_else(|| WITHIN_ID.to_owned(), |have| segment(text(have, "id")));
        let around = made.map(|made| {
            let known_by = made.precondition.among.clone().unwrap_or_default();
            let own = Within { path: made.precondition.path.clone(), among: known_by };
            made.within.iter().cloned().chain([own]).collect()
        });
        let noted = |hash: Option<&str>| {
            let all = own_property::member(&[(CONTENT, hash)]).unwrap_or_default();
            Item::from_iter([(own_property::MEMBER.to_owned(), all)])
        };
        let to = noted(Some(&photo.sha256));
        let request = FacetRequest::new("PUT", format!("contacts/{id}/photo/$value"));
        let file = BodyFile { path: photo.file, sha256: photo.sha256 };
        Change {
            facet: NAME.to_owned(),
            key: self.key(wanted),
            kind: ChangeKind::Change,
            from: Some(noted(have.and_then(|have| own_property::value(have, CONTENT)))),
            within: around.unwrap_or_default(),
            request: FacetRequest { body_file: Some(file), ..request },
            then: Some(FacetRequest::new("PATCH", format!("contacts/{id}")).body(to.clone())),
            to: Some(to),
            precondition: Precondition {
                path: format!("contacts/{id}?$select=id&{}", own_property::expand(&[CONTENT])),
                ..Precondition::default()
            },
            // What was there before nobody has any more.
            inverse: None,
        }
    }
}

/// Whether a contact of a mailbox has no key of ours.
fn is_foreign(item: &Item) -> bool {
    item.contains_key(FOREIGN) || item.contains_key("id") && own_property::value(item, KEY).is_none()
}

fn own_key(key: &str) -> Option<(String, Value)> {
    own_property::member(&[(KEY, Some(key))]).map(|all| (own_property::MEMBER.to_owned(), all))
}

/// Of an address, the service keeps the parts that a request does not name.
fn whole_addresses(body: &mut Item) {
    for name in ADDRESSES {
        let Some(address) = body.get_mut(name) else { continue };
        if address.is_null() {
            *address = json!({});
        }
        for part in ADDRESS_PARTS {
            if let Some(address) = address.as_object_mut() {
                address.entry(part).or_insert(Value::Null);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: Value) -> Item {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_contact_is_known_by_its_key_whatever_its_address() {
        let facet = SyncedContacts::new("Company", false).unwrap();
        let wanted =
            item(json!({"key": "E1", "displayName": "Kim", "emailAddresses": [{"address": "kim@contoso.com"}]}));
        assert_eq!(facet.key(&wanted), "E1");
        assert_eq!(facet.key(&item(json!({"emailAddresses": [{"address": "Kim@contoso.com"}]}))), "Kim@contoso.com");
        let change = Change::creation(&facet, &facet.placed(&wanted, &[], &|_| false).unwrap());
        assert_eq!(change.request.path, "contactFolders/{within}/contacts");
        let body = change.request.body.unwrap();
        assert_eq!(body["singleValueExtendedProperties"], json!([{"id": KEY, "value": "E1"}]));
        assert!(body.get("key").is_none());
        let foreign =
            item(json!({"id": "AAMk", "displayName": "Mum", "emailAddresses": [{"address": "kim@contoso.com"}]}));
        let step = Step::within("contactFolders/x/contacts?$top=250", "x");
        assert!(facet.take(&step, foreign.clone()).item.is_none());
        let alone = SyncedContacts::new("Company", true).unwrap();
        assert!(alone.take(&step, foreign.clone()).item.is_some() && alone.key(&foreign).starts_with("(without"));
    }

    #[test]
    fn what_an_update_leaves_out_is_not_left_to_the_service() {
        let facet = SyncedContacts::new("Company", false).unwrap();
        let have = item(json!({"id": "AAMk", "displayName": "Kim (Berlin)", "givenName": "Kim",
            "businessAddress": {"city": "Bonn", "street": "x"},
            "singleValueExtendedProperties": [{"id": KEY, "value": "E1"}]}));
        let wanted = item(json!({"key": "e1", "givenName": "Kimberly", "businessAddress": {"city": "Berlin"}}));
        let differing = facet.differing(&have, &wanted);
        let body = facet.change(&have, &differing).unwrap().body.unwrap();
        assert_eq!(body["displayName"], "Kim (Berlin)");
        let address =
            json!({"city": "Berlin", "street": null, "state": null, "postalCode": null, "countryOrRegion": null});
        assert_eq!(body["businessAddress"], address);
        assert!(facet.differing(&have, &item(json!({"key": "E1", "givenName": "Kim "}))).is_empty());
        let error = facet.check(&item(json!({"businessPhones": ["1", "2", "3"]}))).unwrap_err().to_string();
        assert!(error.contains("at most 2, not 3"), "{error}");
        let error = facet.check(&item(json!({"phone": "1"}))).unwrap_err().to_string();
        assert!(error.contains("phone: must be one of displayName"), "{error}");
    }
}
