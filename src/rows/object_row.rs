//! Rows that are objects: each with the members that its reply has, not with columns of the report.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::clixml::names::unique;
use super::mailbox_column::MAILBOX_NAME;
use super::row::{ERROR_COLUMNS, EncodableRow, Field, Names};
use crate::error::{Error, Result};

/// What one mailbox gave.
#[derive(Clone, Debug, Default)]
pub struct MailboxObjects {
    /// The mailbox as the input spelled it.
    pub mailbox: Option<String>,
    /// Its objects, none or many.
    pub objects: Vec<Map<String, Value>>,
    /// Why it failed.
    pub error: Option<Error>,
}

impl MailboxObjects {
    /// Those of a mailbox that failed.
    #[must_use]
    pub fn failed(mailbox: Option<String>, error: Error) -> Self {
        Self { mailbox, objects: Vec::new(), error: Some(error) }
    }

    /// About how many bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        let objects: usize = self.objects.iter().map(members_size).sum();
        // An error's texts are a few hundred bytes.
        objects + self.mailbox.as_ref().map_or(0, String::len) + self.error.as_ref().map_or(0, |_| 1024)
    }

    /// As bytes, of which [`MailboxObjects::recall`] makes the same again.
    #[must_use]
    pub fn record(&self) -> Vec<u8> {
        let error = self.error.as_ref().map(Error::to_json);
        json!({"mailbox": self.mailbox, "objects": self.objects, "error": error}).to_string().into_bytes()
    }

    /// What [`MailboxObjects::record`] made bytes of.
    #[must_use]
    pub fn recall(record: &[u8]) -> Option<Self> {
        let mut record: Map<String, Value> = serde_json::from_slice(record).ok()?;
        let Value::Array(objects) = record.shift_remove("objects")? else { return None };
        let objects =
            objects.into_iter().map(|object| if let Value::Object(members) = object { Some(members) } else { None });
        let error = match record.get("error")? {
            Value::Null => None,
            error => Some(Error::from_json(error)?),
        };
        Some(Self {
            mailbox: record.get("mailbox")?.as_str().map(str::to_owned),
            objects: objects.collect::<Option<_>>()?,
            error,
        })
    }
}

fn members_size(members: &Map<String, Value>) -> usize {
    members.iter().map(|(name, value)| 48 + name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 16,
        Value::String(text) => 24 + text.len(),
        Value::Array(items) => 24 + items.iter().map(value_size).sum::<usize>(),
        Value::Object(members) => members_size(members),
    }
}

/// Which members of an object make a row, in this order.
#[derive(Clone, Debug, Default)]
pub struct Selection(Vec<String>);

impl Selection {
    /// Reads the names: a member, or a member of a member as `from.emailAddress.address`. None: the object as it is.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for a name that is blank or there twice.
    pub fn parse(names: &[String]) -> Result<Self> {
        let mut seen = HashSet::from([MAILBOX_NAME.to_lowercase()]);
        let mut selected = Vec::with_capacity(names.len());
        for name in names {
            let name = name.trim();
            if name.is_empty() {
                return Err(Error::argument("select: a name is blank"));
            }
            if name.eq_ignore_ascii_case(MAILBOX_NAME) {
                // Every row has it.
                continue;
            }
            if !seen.insert(name.to_lowercase()) {
                return Err(Error::argument(format!("select: {name} is there twice")));
            }
            selected.push(name.to_owned());
        }
        Ok(Self(selected))
    }

    /// The names.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// The selected members of an object, null where it has none of that name.
    #[must_use]
    pub fn of(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        if self.0.is_empty() {
            return object;
        }
        let whole: Vec<Option<Value>> = self.0.iter().map(|name| nested(&object, name).cloned()).collect();
        object.clear();
        object.extend(self.0.iter().cloned().zip(whole.into_iter().map(Option::unwrap_or_default)));
        object
    }
}

/// A member by its name, in any case, else by a path of names.
fn nested<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let same = || members.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    members.get(name).or_else(same).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        nested(nested(members, first)?.as_object()?, rest)
    })
}

/// One row of one mailbox.
#[derive(Clone, Debug)]
pub struct ObjectRow {
    /// The position of its input in the whole run, from 0.
    pub position: u64,
    /// The mailbox as the input spelled it.
    pub mailbox: Option<String>,
    /// The members, `MailboxName` first. None: the failure has no row of its own, and is told beside the others.
    pub members: Option<Map<String, Value>>,
    /// Why its mailbox failed.
    pub error: Option<Error>,
}

impl EncodableRow for ObjectRow {
    fn position(&self) -> u64 {
        self.position
    }

    fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    fn mailbox(&self) -> Option<&str> {
        self.mailbox.as_deref()
    }

    fn is_shown(&self) -> bool {
        self.members.is_some()
    }

    fn fields<'a>(&'a self, _: Names<'a>) -> impl Iterator<Item = (&'a str, Field<'a>)> {
        self.members.iter().flatten().map(|(name, value)| (name.as_str(), value.into()))
    }
}

/// How rows are made of what mailboxes gave.
#[derive(Clone, Debug)]
pub struct ObjectRows {
    selection: Selection,
    /// Whether rows have the error's columns.
    include_error: bool,
    /// Whether a mailbox that failed has a row.
    failures_have_rows: bool,
}

impl ObjectRows {
    /// Rows with these members, with those of errors where `include_error` says so.
    #[must_use]
    pub fn new(selection: Selection, include_error: bool, failures_have_rows: bool) -> Self {
        Self { selection, include_error, failures_have_rows: failures_have_rows || include_error }
    }

    /// The rows of one mailbox. The objects are those that [`Selection::of`] gave.
    #[must_use]
    pub fn of(&self, position: u64, given: MailboxObjects) -> Vec<ObjectRow> {
        let MailboxObjects { mailbox, objects, mut error } = given;
        let row = |own: Option<Map<String, Value>>, error: Option<Error>| ObjectRow {
            position,
            members: own.map(|own| self.members(mailbox.as_deref(), own)),
            mailbox: mailbox.clone(),
            error,
        };
        if objects.is_empty() && error.is_some() {
            let nulls = self.selection.names().iter().map(|name| (name.clone(), Value::Null)).collect();
            return vec![row(self.failures_have_rows.then_some(nulls), error)];
        }
        // A failure is told once, with the first of the objects that it left.
        objects.into_iter().map(|own| row(Some(own), error.take())).collect()
    }

    /// The members of a row. Of names equal but for case PowerShell and spreadsheets see one: those of the object
    /// give way to the row's own.
    fn members(&self, mailbox: Option<&str>, own: Map<String, Value>) -> Map<String, Value> {
        let mut reserved = vec![MAILBOX_NAME];
        if self.include_error {
            reserved.extend(ERROR_COLUMNS);
        }
        let names = unique(reserved.iter().copied().chain(own.keys().map(String::as_str)));
        let names: Vec<String> = names.into_iter().skip(reserved.len()).map(Into::into).collect();
        let mut members = Map::with_capacity(own.len() + 1);
        members.insert(MAILBOX_NAME.to_owned(), mailbox.into());
        members.extend(names.into_iter().zip(own.into_iter().map(|(_, value)| value)));
        members
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn map(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn failed() -> MailboxObjects {
        let error = Error::new(Status::NotFound, "gone").service(Some("ErrorItemNotFound".into()), None);
        MailboxObjects::failed(Some("lee".into()), error)
    }

    fn members(rows: &ObjectRows, given: MailboxObjects) -> Vec<Value> {
        rows.of(3, given).into_iter().filter_map(|row| row.members.map(Value::Object)).collect()
    }

    #[test]
    fn what_is_selected_comes_in_that_order_and_null_where_it_is_missing() {
        let names = ["Subject", "from.emailAddress.address", "@odata.etag", "MailboxName", "x.y"].map(str::to_owned);
        let selection = Selection::parse(&names).unwrap();
        let object =
            json!({"@odata.etag": "e", "from": {"emailAddress": {"address": "a@b"}}, "subject": "s", "x.y": 1, "z": 2});
        assert_eq!(
            Value::Object(selection.of(map(&object))),
            json!({"Subject": "s", "from.emailAddress.address": "a@b", "@odata.etag": "e", "x.y": 1})
        );
        assert_eq!(selection.of(Map::new()).len(), 4);
        assert!(Selection::parse(&["a".into(), "A".into()]).is_err());
        assert!(Selection::parse(&[" ".into()]).is_err());
    }

    #[test]
    fn a_row_begins_with_its_mailbox_and_no_name_comes_twice() {
        let rows = ObjectRows::new(Selection::default(), false, false);
        let given = MailboxObjects {
            mailbox: Some("kim".into()),
            objects: vec![map(&json!({"id": 1, "mailboxName": "x", "ID": 2})), Map::new()],
            error: None,
        };
        assert_eq!(
            members(&rows, given),
            [json!({"MailboxName": "kim", "id": 1, "mailboxName_2": "x", "ID_2": 2}), json!({"MailboxName": "kim"})]
        );
    }

    #[test]
    fn a_failure_has_a_row_where_it_was_asked_for() {
        let selection = Selection::parse(&["id".into()]).unwrap();
        let beside = ObjectRows::new(selection.clone(), false, false).of(3, failed());
        assert!(beside.len() == 1 && beside[0].members.is_none() && beside[0].error.is_some());
        let row = json!({"MailboxName": "lee", "id": null});
        let with_columns = ObjectRows::new(selection.clone(), true, false);
        assert_eq!(members(&with_columns, failed()), *std::slice::from_ref(&row));
        assert_eq!(members(&ObjectRows::new(selection, false, true), failed()), [row]);
        let own = MailboxObjects { mailbox: None, objects: vec![map(&json!({"errorCode": 1}))], error: None };
        assert_eq!(members(&with_columns, own), [json!({"MailboxName": null, "errorCode_2": 1})]);
    }

    #[test]
    fn what_a_mailbox_gave_survives_its_record() {
        let given = MailboxObjects { objects: vec![map(&json!({"a": [1, {"b": null}]}))], ..failed() };
        let back = MailboxObjects::recall(&given.record()).unwrap();
        assert_eq!((back.mailbox.as_deref(), &back.objects), (Some("lee"), &given.objects));
        assert_eq!(back.error.unwrap().to_json(), given.error.unwrap().to_json());
        for record in ["", "{}", r#"{"mailbox":null,"objects":[1],"error":null}"#] {
            assert!(MailboxObjects::recall(record.as_bytes()).is_none(), "{record}");
        }
    }
}
