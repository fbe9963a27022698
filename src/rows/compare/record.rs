//! A row of a report that was written before.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::graph::spelling::folded;
use crate::rows::Cell;
use crate::rows::formula;
use crate::rows::mailbox_column::is_same_column;
use crate::rows::row::ERROR_COLUMNS;

/// The member of a row of JSON Lines that says why its mailbox failed.
pub(super) const ERROR_MEMBER: &str = "error";

/// A row: its columns with their values, texts where the file knows no other types.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record(pub(super) Map<String, Value>);

impl Record {
    /// The value of a column, its name compared without case.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).or_else(|| self.find(|own| own.eq_ignore_ascii_case(name)))
    }

    /// The value of the column by which rows belong together, which the other report may spell in another way.
    pub(super) fn key(&self, name: &str) -> Option<&Value> {
        self.get(name).or_else(|| self.find(|own| is_same_column(own, name)))
    }

    fn find(&self, wanted: impl Fn(&str) -> bool) -> Option<&Value> {
        self.0.iter().find(|(own, _)| wanted(own)).map(|(_, value)| value)
    }

    /// The text by which rows belong together: that of the mailbox in whatever spelling; nothing where there is none.
    pub(super) fn identity(&self, key: &str) -> String {
        folded(&self.key(key).map(shown).unwrap_or_default())
    }

    /// Why the mailbox failed, by the service's code or the name of the status: of a row that says so, and of one
    /// that has nothing but its `key`, which is what a failed mailbox leaves in a report without error columns.
    pub(super) fn failure(&self, key: &str) -> Option<String> {
        if let Some(error) = self.get(ERROR_MEMBER).and_then(Value::as_object) {
            let code = ["serviceCode", "name"].iter().find_map(|name| error.get(*name)?.as_str());
            return Some(code.unwrap_or(NO_CODE).to_owned());
        }
        if let Some(code) = self.get(ERROR_COLUMNS[0]) {
            return (!is_nothing(code)).then(|| shown(code).into_owned());
        }
        let mut others = self.0.iter().filter(|(name, _)| !is_same_column(name, key));
        // A single column may well be empty.
        (self.0.len() > 2 && others.all(|(_, value)| is_nothing(value))).then(|| NO_CODE.to_owned())
    }
}

/// What stands for a reason that the report does not have.
pub(super) const NO_CODE: &str = "Failed";

/// Whether two values are the same to a reader. CSV knows text alone, so types do not count, and null and empty
/// text look alike in it; of two texts one may have had its formula defused.
pub(super) fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let (one, other) = (one.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null));
    if one == other {
        return true;
    }
    let (one, other) = (shown(one), shown(other));
    one == other || formula::defused(&one) == other || formula::defused(&other) == one
}

/// The value as a cell, empty text as null; arrays and objects are their JSON text.
pub(super) fn cell(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Null,
        Some(Value::Bool(yes)) => Cell::Bool(*yes),
        Some(Value::Number(number)) if number.is_i64() => number.as_i64().map_or(Cell::Null, Cell::Int),
        Some(value) => match &*shown(value) {
            "" => Cell::Null,
            text => Cell::from(text),
        },
    }
}

fn is_nothing(value: &Value) -> bool {
    shown(value).is_empty()
}

/// As CSV has it.
fn shown(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Bool(yes) => Cow::Borrowed(if *yes { "True" } else { "False" }),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: &Value) -> Record {
        Record(value.as_object().cloned().unwrap())
    }

    #[test]
    fn values_are_compared_as_their_readers_see_them() {
        let equal = |one: &Value, other: &Value| same(Some(one), Some(other));
        assert!(equal(&json!(null), &json!("")) && same(None, Some(&json!(""))));
        assert!(equal(&json!(-60), &json!("-60")) && equal(&json!(true), &json!("True")));
        assert!(equal(&json!("=1"), &json!("'=1")) && equal(&json!({"a": 1, "b": 2}), &json!({"b": 2, "a": 1})));
        assert!(!equal(&json!("a"), &json!("A")) && !equal(&json!("'a"), &json!("a")) && !equal(&json!(0), &json!("")));
    }

    #[test]
    fn a_failed_row_is_found_by_its_error_its_code_or_its_emptiness() {
        let failure = |value: &Value| record(value).failure("MailboxName");
        assert_eq!(failure(&json!({"mailboxName": "kim", "TimeZone": "UTC", "Locale": ""})), None);
        assert_eq!(failure(&json!({"MAILBOXNAME": "kim", "TimeZone": "", "Locale": null})).as_deref(), Some("Failed"));
        assert_eq!(failure(&json!({"MailboxName": "kim", "ArchiveFolder": null})), None);
        assert_eq!(failure(&json!({"error": {"name": "NotFound", "serviceCode": null}})).as_deref(), Some("NotFound"));
        assert_eq!(failure(&json!({"error": {"serviceCode": "ErrorX", "name": "Y"}})).as_deref(), Some("ErrorX"));
        assert_eq!(failure(&json!({"TimeZone": "UTC", "errorcode": "ErrorX"})).as_deref(), Some("ErrorX"));
        assert_eq!(failure(&json!({"MailboxName": "kim", "TimeZone": "", "ErrorCode": ""})), None);
    }

    #[test]
    fn names_and_identities_are_compared_without_case() {
        let kim = record(&json!({"mailboxname": " Kim@Contoso.com "}));
        assert_eq!(kim.identity("MailboxName"), "kim@contoso.com");
        assert_eq!(kim.identity("Id"), "");
    }
}
