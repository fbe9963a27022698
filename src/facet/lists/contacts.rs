//! A list of contacts as people have it: with the names of Graph, of Outlook's export or of the directory.
//!
//! Source: Microsoft Graph "contact resource type", "user resource type"; the first line of a file that Outlook exports.

use serde_json::{Value, json};

use super::columns::{Columns, of_row, plain, rows, text, texts};
use super::keys::check_keys;
use crate::error::{Error, Result};
use crate::facet::item::Item;
use crate::facet::own_property::LONGEST_KEY;
use crate::facet::synced_contacts::{WANTED_KEY, WANTED_PHOTO};

/// What a column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Key,
    Text(&'static str),
    List(&'static str),
    Part(&'static str, &'static str),
    Address(usize),
    AddressName(usize),
    Addresses,
    Phone(&'static str, usize),
    Phones(&'static str),
    PostalAddress(&'static str),
    Birthday,
    Photo,
}

use Place::{Address, AddressName, Addresses, Birthday, Key, List, Part, Phone, Phones, Photo, PostalAddress, Text};

const BUSINESS: &str = "businessAddress";
const HOME: &str = "homeAddress";
const OTHER: &str = "otherAddress";

const KNOWN: &[(&str, Place)] = &[
    ("key", Key),
    ("displayName", Text("displayName")),
    ("name", Text("displayName")),
    ("full name", Text("displayName")),
    ("givenName", Text("givenName")),
    ("first name", Text("givenName")),
    ("middleName", Text("middleName")),
    ("surname", Text("surname")),
    ("last name", Text("surname")),
    ("nickName", Text("nickName")),
    ("title", Text("title")),
    ("generation", Text("generation")),
    ("suffix", Text("generation")),
    ("initials", Text("initials")),
    ("fileAs", Text("fileAs")),
    ("emailAddresses", Addresses),
    ("e-mail address", Address(0)),
    ("email", Address(0)),
    ("mail", Address(0)),
    ("address", Address(0)),
    ("primary smtp address", Address(0)),
    ("windows email address", Address(0)),
    ("e-mail 1 address", Address(0)),
    ("e-mail 2 address", Address(1)),
    ("e-mail 3 address", Address(2)),
    ("e-mail display name", AddressName(0)),
    ("e-mail 2 display name", AddressName(1)),
    ("e-mail 3 display name", AddressName(2)),
    ("companyName", Text("companyName")),
    ("company", Text("companyName")),
    ("department", Text("department")),
    ("jobTitle", Text("jobTitle")),
    ("officeLocation", Text("officeLocation")),
    ("office", Text("officeLocation")),
    ("profession", Text("profession")),
    ("manager", Text("manager")),
    ("manager's name", Text("manager")),
    ("assistantName", Text("assistantName")),
    ("assistant's name", Text("assistantName")),
    ("spouseName", Text("spouseName")),
    ("spouse", Text("spouseName")),
    ("children", List("children")),
    ("businessPhones", Phones("businessPhones")),
    ("business phone", Phone("businessPhones", 0)),
    ("telephone number", Phone("businessPhones", 0)),
    ("business phone 2", Phone("businessPhones", 1)),
    ("homePhones", Phones("homePhones")),
    ("home phone", Phone("homePhones", 0)),
    ("home phone 2", Phone("homePhones", 1)),
    ("mobilePhone", Text("mobilePhone")),
    ("mobile", Text("mobilePhone")),
    ("imAddresses", List("imAddresses")),
    ("im address", List("imAddresses")),
    ("businessHomePage", Text("businessHomePage")),
    ("web page", Text("businessHomePage")),
    ("businessAddress", PostalAddress(BUSINESS)),
    ("business street", Part(BUSINESS, "street")),
    ("street address", Part(BUSINESS, "street")),
    ("business city", Part(BUSINESS, "city")),
    ("city", Part(BUSINESS, "city")),
    ("business state", Part(BUSINESS, "state")),
    ("state", Part(BUSINESS, "state")),
    ("business postal code", Part(BUSINESS, "postalCode")),
    ("postal code", Part(BUSINESS, "postalCode")),
    ("business country/region", Part(BUSINESS, "countryOrRegion")),
    ("business country", Part(BUSINESS, "countryOrRegion")),
    ("country", Part(BUSINESS, "countryOrRegion")),
    ("homeAddress", PostalAddress(HOME)),
    ("home street", Part(HOME, "street")),
    ("home city", Part(HOME, "city")),
    ("home state", Part(HOME, "state")),
    ("home postal code", Part(HOME, "postalCode")),
    ("home country/region", Part(HOME, "countryOrRegion")),
    ("otherAddress", PostalAddress(OTHER)),
    ("other street", Part(OTHER, "street")),
    ("other city", Part(OTHER, "city")),
    ("other state", Part(OTHER, "state")),
    ("other postal code", Part(OTHER, "postalCode")),
    ("other country/region", Part(OTHER, "countryOrRegion")),
    ("birthday", Birthday),
    ("photo", Photo),
    ("personalNotes", Text("personalNotes")),
    ("notes", Text("personalNotes")),
    ("categories", List("categories")),
    ("yomiCompanyName", Text("yomiCompanyName")),
    ("company yomi", Text("yomiCompanyName")),
    ("yomiGivenName", Text("yomiGivenName")),
    ("given yomi", Text("yomiGivenName")),
    ("yomiSurname", Text("yomiSurname")),
    ("surname yomi", Text("yomiSurname")),
];

/// Columns of Outlook's export that Graph's contacts have nothing for.
const OF_OUTLOOK_ALONE: &[&str] = &[
    "Account",
    "Anniversary",
    "Assistant's Phone",
    "Billing Information",
    "Business Address PO Box",
    "Business Fax",
    "Business Street 2",
    "Business Street 3",
    "Callback",
    "Car Phone",
    "Company Main Phone",
    "Directory Server",
    "E-mail Type",
    "E-mail 2 Type",
    "E-mail 3 Type",
    "Gender",
    "Government ID Number",
    "Hobby",
    "Home Address PO Box",
    "Home Fax",
    "Home Street 2",
    "Home Street 3",
    "Internet Free Busy",
    "ISDN",
    "Keywords",
    "Language",
    "Location",
    "Mileage",
    "Organizational ID Number",
    "Other Address PO Box",
    "Other Fax",
    "Other Phone",
    "Other Street 2",
    "Other Street 3",
    "Pager",
    "Personal Web Page",
    "Primary Phone",
    "Priority",
    "Private",
    "Radio Phone",
    "Referred By",
    "Schools",
    "Sensitivity",
    "Telex",
    "TTY/TDD Phone",
    "User 1",
    "User 2",
    "User 3",
    "User 4",
];

/// Contacts that are wanted, and what of their list is not written.
#[derive(Debug, Default)]
pub struct ContactList {
    /// The contacts, with their keys.
    pub contacts: Vec<Item>,
    /// The columns with values that Graph's contacts have nothing for.
    pub left_out: Vec<String>,
}

/// Reads a list of contacts. The key of each comes from the column that is named, else from `key`, else from the first
/// address.
///
/// # Errors
///
/// `InvalidArgument` with the number of the row: a column that is not known, a contact without a key, two with one.
pub fn contacts(list: &Value, key: Option<&str>) -> Result<ContactList> {
    let columns = Columns { known: KNOWN, key: key.map(str::to_owned) };
    let mut read = ContactList::default();
    for (number, row) in rows("contacts", list)?.into_iter().enumerate() {
        let mut row = row.clone();
        take_out(&mut row, &mut read.left_out);
        let contact = contact(&columns, &row).map_err(|error| of_row("contacts", number, error))?;
        read.contacts.push(contact);
    }
    check_keys("contacts", &read.contacts)?;
    Ok(read)
}

/// Takes out what Graph has nothing for.
fn take_out(row: &mut Item, left_out: &mut Vec<String>) {
    row.retain(|name, value| {
        let own = plain(name);
        let is_of_outlook = OF_OUTLOOK_ALONE.iter().any(|known| plain(known) == own);
        let says_something = !matches!(value, Value::Null) && value.as_str().is_none_or(|text| !text.trim().is_empty());
        // Its types and its priority are there of each contact.
        let is_of_each = own.ends_with("type") || ["priority", "private", "sensitivity", "gender"].contains(&&*own);
        if is_of_outlook && says_something && !is_of_each && !left_out.contains(name) {
            left_out.push(name.clone());
        }
        !is_of_outlook
    });
}

fn contact(columns: &Columns<Place>, row: &Item) -> Result<Item> {
    let mut contact = Item::new();
    let mut addresses: [(Option<String>, Option<String>); 3] = Default::default();
    let mut has_addresses = false;
    let mut key = None;
    for (place, value) in columns.place(row, Key)? {
        match place {
            Key => key = text("key", value)?.as_str().map(str::to_owned),
            Text(member) => {
                contact.insert(member.to_owned(), text(member, value)?);
            }
            List(member) => {
                contact.insert(member.to_owned(), texts(member, value)?.into());
            }
            Part(member, part) => {
                let value = text(part, value)?;
                part_of(&mut contact, member)?.insert(part.to_owned(), value);
            }
            PostalAddress(member) => {
                let own = part_of(&mut contact, member)?;
                own.extend(value.as_object().cloned().unwrap_or_default());
            }
            Address(at) => {
                has_addresses = true;
                addresses[at].0 = text("address", value)?.as_str().map(str::to_owned);
            }
            AddressName(at) => addresses[at].1 = text("name", value)?.as_str().map(str::to_owned),
            Addresses => {
                has_addresses = true;
                let all = all_addresses(value)?;
                if all.len() > addresses.len() {
                    return Err(Error::argument("emailAddresses: a contact has at most 3"));
                }
                for (slot, own) in addresses.iter_mut().zip(all) {
                    *slot = own;
                }
            }
            Phone(member, at) => {
                let value = text(member, value)?;
                phones_of(&mut contact, member)[at] = value;
            }
            Phones(member) => {
                let all = texts(member, value)?;
                if all.len() > 2 {
                    return Err(Error::argument(format!("{member}: a contact has at most 2, not {}", all.len())));
                }
                for (slot, own) in phones_of(&mut contact, member).iter_mut().zip(all) {
                    *slot = own.into();
                }
            }
            // The path of a file; who has asked for the list looks at it.
            Photo => {
                contact.insert(WANTED_PHOTO.to_owned(), text(WANTED_PHOTO, value)?);
            }
            Birthday => {
                contact.insert("birthday".to_owned(), birthday(value)?);
            }
        }
    }
    finish(contact, addresses, has_addresses, key)
}

/// Puts together what comes from several columns.
fn finish(
    mut contact: Item,
    addresses: [(Option<String>, Option<String>); 3],
    has_addresses: bool,
    key: Option<String>,
) -> Result<Item> {
    for member in ["businessPhones", "homePhones"] {
        if let Some(all) = contact.get_mut(member).and_then(Value::as_array_mut) {
            all.retain(|one| !one.is_null());
        }
    }
    let first = addresses.iter().find_map(|(address, _)| address.clone());
    let displayed = contact.get("displayName").and_then(Value::as_str).map(str::to_owned);
    let has_name =
        ["givenName", "surname", "companyName"].iter().any(|name| contact.get(*name).is_some_and(Value::is_string));
    if has_addresses {
        let all = addresses.into_iter().filter_map(|(address, name)| {
            let address = address?;
            let name = name.or_else(|| displayed.clone()).unwrap_or_else(|| address.clone());
            Some(json!({"address": address, "name": name}))
        });
        contact.insert("emailAddresses".to_owned(), all.collect());
    }
    if displayed.is_none() && !has_name {
        let name = first.clone().ok_or_else(|| Error::argument("the contact has neither a name nor an address"))?;
        contact.insert("displayName".to_owned(), name.into());
    }
    let key = key.or(first).ok_or_else(|| {
        Error::argument("the contact has no key by which it is known later, and no address that could be one")
            .hint("give the list a column Key, or name the column that says who it is: keyColumn (-KeyProperty)")
    })?;
    if key.chars().count() > LONGEST_KEY {
        return Err(Error::argument(format!("key: is longer than {LONGEST_KEY} letters")));
    }
    contact.insert(WANTED_KEY.to_owned(), key.into());
    Ok(contact)
}

fn part_of<'c>(contact: &'c mut Item, member: &str) -> Result<&'c mut Item> {
    let own = contact.entry(member).or_insert_with(|| json!({}));
    own.as_object_mut().ok_or_else(|| Error::argument(format!("{member}: must be an object")))
}

fn phones_of<'c>(contact: &'c mut Item, member: &str) -> &'c mut [Value] {
    let own = contact.entry(member).or_insert_with(|| json!([null, null]));
    own.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default()
}

/// Addresses as Graph has them, or as texts.
fn all_addresses(value: &Value) -> Result<Vec<(Option<String>, Option<String>)>> {
    let own = |one: &Value| match one {
        Value::Object(one) => {
            let part = |wanted: &str| {
                let found = one.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
                found.and_then(Value::as_str).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
            };
            Ok(vec![(part("address"), part("name"))])
        }
        other => Ok(texts("emailAddresses", other)?.into_iter().map(|address| (Some(address), None)).collect()),
    };
    let all: Vec<Vec<_>> = match value {
        Value::Array(all) => all.iter().map(own).collect::<Result<_>>()?,
        other => vec![own(other)?],
    };
    Ok(all.into_iter().flatten().filter(|(address, _)| address.is_some()).collect())
}

/// A day as the service gives it back: midnight of UTC.
fn birthday(value: &Value) -> Result<Value> {
    let text = text("birthday", value)?;
    // What Outlook exports where there is none.
    let Some(text) = text.as_str().filter(|text| *text != "0/0/00") else { return Ok(Value::Null) };
    let day: jiff::civil::Date = text
        .get(..10)
        .unwrap_or(text)
        .parse()
        .map_err(|_| Error::argument(format!("birthday: {text:?} is no day")).hint("give a day as 1980-12-31"))?;
    Ok(format!("{day}T00:00:00Z").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "json! stands in the call")]
    fn one(row: Value) -> Value {
        Value::Object(contacts(&json!([row]), None).unwrap().contacts.remove(0))
    }

    #[test]
    fn columns_are_known_however_they_are_written() {
        let outlook = one(json!({"First Name": "Kim", "Last Name": "Lee", "Company": "Contoso", "Job Title": "",
            "Business Phone": "+49 1", "Business Phone 2": " +49 2 ", "Mobile Phone": "3", "E-mail Address": "kim@contoso.com",
            "E-mail 2 Address": "", "E-mail Display Name": "Kim Lee", "Business Street": "x", "Business Country/Region": "DE",
            "Categories": "A; B", "Birthday": "0/0/00", "Telex": "", "E-mail Type": "SMTP"}));
        let graph = one(json!({"givenName": "Kim", "surname": "Lee", "companyName": "Contoso", "jobTitle": null,
            "businessPhones": ["+49 1", "+49 2"], "mobilePhone": 3, "emailAddresses": [{"address": "kim@contoso.com", "name": "Kim Lee"}],
            "businessAddress": {"street": "x", "countryOrRegion": "DE"}, "categories": ["A", "B"], "birthday": null}));
        assert_eq!(outlook, graph);
        assert_eq!(outlook["key"], "kim@contoso.com");
        assert_eq!(one(json!({"DISPLAYNAME": "Kim", "e_mail.address": "k@x"}))["emailAddresses"][0]["name"], "Kim");
        assert_eq!(one(json!({"Email": "k@x"}))["displayName"], "k@x");
        assert_eq!(one(json!({"key": "7", "name": "x", "birthday": "1980-12-31"}))["birthday"], "1980-12-31T00:00:00Z");
    }

    #[test]
    fn what_makes_no_contact_is_refused_with_its_row() {
        let refused = |list: Value, key: Option<&str>| contacts(&list, key).unwrap_err().to_string();
        let fine = || json!({"mail": "a@x"});
        let error = refused(json!([fine(), {"mail": "b@x", "Telefon": "1"}]), None);
        assert!(
            error.contains("row 2 of the list of contacts: the column \"Telefon\" is not known")
                && error.contains("displayName, givenName"),
            "{error}"
        );
        for (row, part) in [
            (json!({"Company": "x"}), "row 2 of the list of contacts: the contact has no key"),
            (json!({"Phone": ""}), "\"Phone\" is not known"),
            (json!({"mail": "b@x", "E-Mail Address": "c@x"}), "\"mail\" and \"E-Mail Address\" mean the same"),
            (json!({"mail": "A@x"}), "\"a@x\" is there twice"),
            (json!({"mail": "b@x", "birthday": "31.12.1980"}), "is no day"),
            (json!({"mail": ["b@x"]}), "must be a text"),
            (json!({"key": "x".repeat(300), "mail": "b@x"}), "longer than"),
            (json!("b@x"), "row 2 is no object"),
        ] {
            let error = refused(json!([fine(), row]), None);
            assert!(error.contains(part), "{error}");
        }
        let error = refused(json!([fine()]), Some("EmployeeId"));
        assert!(error.contains("no column \"EmployeeId\" for the key; there are mail"), "{error}");
    }

    #[test]
    fn the_key_is_the_column_that_is_named() {
        let list = json!([{"mail": "a@x", "Employee Id": 17, "Pager": "5"}]);
        let read = contacts(&list, Some("employeeID")).unwrap();
        assert_eq!(read.contacts[0]["key"], "17");
        assert_eq!(read.left_out, ["Pager"]);
        // One that is a column of contacts besides.
        let read = contacts(&json!([{"mail": "a@x", "E-mail 2 Address": "b@x"}]), Some("mail")).unwrap();
        assert_eq!(
            (&read.contacts[0]["key"], &read.contacts[0]["emailAddresses"][1]["address"]),
            (&json!("a@x"), &json!("b@x"))
        );
    }
}
