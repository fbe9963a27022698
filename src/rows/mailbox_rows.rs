//! What a mailbox gives a run, and the record of it: in journals, and where rows wait outside of memory.

use serde::Serialize;
use serde_json::{Map, Value};

use super::fields::{Fields, Names};
use crate::error::{Error, Result, Status};

/// What one mailbox gave.
#[derive(Clone, Debug, Default)]
pub struct MailboxRows {
    /// The mailbox as the input spelled it.
    pub mailbox: Option<String>,
    /// Its objects, each of which is a row: none or many. The mailbox's name is not among their fields.
    pub objects: Vec<Fields>,
    /// Why it failed.
    pub error: Option<Error>,
    /// What the run is told once its caller is done with these rows; no row shows it.
    pub receipt: Option<String>,
}

/// A record: `{"mailbox": …, "objects": [{name: value, …}, …], "error": …}`.
#[derive(Serialize)]
struct Record<'a> {
    mailbox: Option<&'a str>,
    objects: &'a [Fields],
    error: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<&'a str>,
}

impl MailboxRows {
    /// What one gave that has an object.
    #[must_use]
    pub fn of(mailbox: Option<&str>, object: Fields) -> Self {
        Self { mailbox: mailbox.map(str::to_owned), objects: vec![object], ..Self::default() }
    }

    /// What one gave that failed.
    #[must_use]
    pub fn failed(mailbox: Option<&str>, error: Error) -> Self {
        Self { mailbox: mailbox.map(str::to_owned), error: Some(error), ..Self::default() }
    }

    /// About how many bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        let objects: usize = self.objects.iter().map(Fields::size).sum();
        // An error's texts are a few hundred bytes.
        let texts = self.mailbox.iter().chain(&self.receipt).map(String::len).sum::<usize>();
        objects + texts + self.error.as_ref().map_or(0, |_| 1024)
    }

    /// As bytes, of which [`MailboxRows::recall`] makes the same again.
    #[must_use]
    pub fn record(&self) -> Vec<u8> {
        let error = self.error.as_ref().map(Error::to_json);
        let receipt = self.receipt.as_deref();
        let record = Record { mailbox: self.mailbox.as_deref(), objects: &self.objects, error, receipt };
        // Texts and numbers to memory: nothing of it can fail.
        serde_json::to_vec(&record).unwrap_or_default()
    }

    /// What [`MailboxRows::record`] made bytes of; `names` are those that its objects have, where all have the same.
    ///
    /// # Errors
    ///
    /// `Journal` for what is no record.
    pub fn recall(record: &[u8], names: &Names) -> Result<Self> {
        Self::read(record, names)
            .ok_or_else(|| Error::new(Status::Journal, "the journal contains a row of another kind of run"))
    }

    fn read(record: &[u8], names: &Names) -> Option<Self> {
        let mut record: Map<String, Value> = serde_json::from_slice(record).ok()?;
        let Value::Array(objects) = record.shift_remove("objects")? else { return None };
        let objects = objects.into_iter().map(|object| match object {
            Value::Object(members) => Some(Fields::from(members).sharing(names)),
            _ => None,
        });
        let error = match record.get("error")? {
            Value::Null => None,
            error => Some(Error::from_json(error)?),
        };
        Some(Self {
            mailbox: record.get("mailbox")?.as_str().map(str::to_owned),
            objects: objects.collect::<Option<_>>()?,
            error,
            receipt: record.get("receipt").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_mailbox_gave_survives_its_record() {
        let error = Error::new(Status::NotFound, "gone").service(Some("ErrorItemNotFound".into()), None);
        let object = json!({"a": [1, {"b": null}], "c": 1.5, "d": u64::MAX, "e": -1, "f": true, "g": null, "h": "ü"});
        let object = Fields::from(object.as_object().cloned().unwrap());
        let given = MailboxRows { objects: vec![object.clone()], ..MailboxRows::failed(Some("lee"), error) };
        let record = given.record();
        assert_eq!(
            String::from_utf8_lossy(&record),
            format!(
                r#"{{"mailbox":"lee","objects":[{{"a":[1,{{"b":null}}],"c":1.5,"d":18446744073709551615,"e":-1,"f":true,"g":null,"h":"ü"}}],"error":{}}}"#,
                given.error.as_ref().unwrap().to_json()
            )
        );
        for names in [Names::default(), object.names().clone()] {
            let back = MailboxRows::recall(&record, &names).unwrap();
            assert_eq!((back.mailbox.as_deref(), &back.objects), (Some("lee"), &given.objects));
            assert_eq!(back.error.unwrap().to_json(), given.error.as_ref().unwrap().to_json());
        }
        let with_receipt = MailboxRows { receipt: Some("r".into()), ..MailboxRows::default() };
        let back = MailboxRows::recall(&with_receipt.record(), &Names::default()).unwrap();
        assert_eq!(back.receipt, with_receipt.receipt);
        for record in ["", "{}", r#"{"mailbox":null,"objects":[1],"error":null}"#, r#"{"cells":[],"error":null}"#] {
            let error = MailboxRows::recall(record.as_bytes(), &Names::default()).unwrap_err();
            assert_eq!(error.status(), Status::Journal, "{record}");
        }
    }
}
