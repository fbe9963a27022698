//! What differs between two rows of one mailbox.

use std::sync::LazyLock;

use super::record::{NO_CODE, Record, cell, same};
use crate::rows::{Cell, Fields, Names};

/// The columns of a comparison.
pub const CHANGE_COLUMNS: [&str; 5] = ["MailboxName", "Change", "Property", "From", "To"];

/// The same, as each row has them.
static CHANGE_NAMES: LazyLock<Names> = LazyLock::new(|| CHANGE_COLUMNS.into_iter().collect());

/// What a row of a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the later report has the mailbox.
    Added,
    /// Only the earlier report has it.
    Removed,
    /// A property differs.
    Changed,
    /// One of the reports has no settings of it: its mailbox could not be read.
    Failed,
}

impl Change {
    /// The value of the column `Change`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Change::Added => "Added",
            Change::Removed => "Removed",
            Change::Changed => "Changed",
            Change::Failed => "Failed",
        }
    }
}

/// How rows are compared.
#[derive(Debug)]
pub(super) struct Rules {
    /// The column by which they belong together.
    pub(super) key: String,
    /// The columns that both reports have, but for those that do not count.
    pub(super) compared: Vec<String>,
    /// Compares the columns of errors like any other.
    pub(super) include_error: bool,
}

/// What came of two rows.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Unchanged,
    /// Neither report could read the mailbox.
    FailedTwice(Vec<Fields>),
    FailedOnce(Fields),
    Changed(Vec<Fields>),
}

impl Rules {
    /// A row for a mailbox that only one report has.
    pub(super) fn alone(&self, record: &Record, change: Change) -> Fields {
        self.row(record, change, Cell::Null, [Cell::Null, Cell::Null])
    }

    /// A row for each property that differs. A mailbox that one of the reports could not read has one row with
    /// the error, not one for each property that seems to have vanished or come.
    pub(super) fn differences(&self, old: &Record, new: &Record) -> Outcome {
        if !self.include_error {
            let errors = [old.failure(&self.key), new.failure(&self.key)];
            let cells = || errors.each_ref().map(|code| Cell::from(code.as_deref()));
            let row = || self.row(new, Change::Failed, Cell::from("ErrorCode"), cells());
            match &errors {
                [None, None] => {}
                // What does not say why it failed says nothing of a change either.
                [Some(before), Some(now)] if before == now || before == NO_CODE || now == NO_CODE => {
                    return Outcome::FailedTwice(Vec::new());
                }
                [Some(_), Some(_)] => return Outcome::FailedTwice(vec![row()]),
                _ => return Outcome::FailedOnce(row()),
            }
        }
        let changed = self.compared.iter().filter_map(|name| {
            let (from, to) = (old.get(name), new.get(name));
            let values = || [cell(from), cell(to)];
            (!same(from, to)).then(|| self.row(new, Change::Changed, Cell::from(name.as_str()), values()))
        });
        let rows: Vec<Fields> = changed.collect();
        if rows.is_empty() { Outcome::Unchanged } else { Outcome::Changed(rows) }
    }

    fn row(&self, record: &Record, change: Change, property: Cell, [from, to]: [Cell; 2]) -> Fields {
        let cells = [cell(record.key(&self.key)), Cell::from(change.name()), property, from, to];
        Fields::new(CHANGE_NAMES.clone(), cells)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn record(value: &Value) -> Record {
        Record(value.as_object().cloned().unwrap())
    }

    fn rules() -> Rules {
        let compared = ["TimeZone", "Locale"].map(str::to_owned).to_vec();
        Rules { key: "MailboxName".to_owned(), compared, include_error: false }
    }

    fn texts(cells: [Option<&str>; 5]) -> Fields {
        Fields::new(CHANGE_NAMES.clone(), cells.map(Cell::from))
    }

    #[test]
    fn each_property_that_differs_has_a_row() {
        let old = record(&json!({"MailboxName": "KIM", "TimeZone": "UTC", "Locale": "de", "Other": 1}));
        let new = record(&json!({"MailboxName": "kim", "TimeZone": "CET", "Locale": null, "Other": 2}));
        let kim = |property, from, to| texts([Some("kim"), Some("Changed"), Some(property), Some(from), to]);
        let rows = vec![kim("TimeZone", "UTC", Some("CET")), kim("Locale", "de", None)];
        assert_eq!(rules().differences(&old, &new), Outcome::Changed(rows));
        assert_eq!(rules().differences(&old, &old), Outcome::Unchanged);
    }

    #[test]
    fn a_mailbox_that_could_not_be_read_has_not_changed() {
        let good = record(&json!({"MailboxName": "kim", "TimeZone": "UTC", "Locale": "de"}));
        let bad = |code: &str| record(&json!({"MailboxName": "kim", "error": {"name": code}}));
        let failed = |from, to| texts([Some("kim"), Some("Failed"), Some("ErrorCode"), from, to]);
        let rules = rules();
        assert_eq!(rules.differences(&good, &bad("NotFound")), Outcome::FailedOnce(failed(None, Some("NotFound"))));
        assert_eq!(rules.differences(&bad("Throttled"), &good), Outcome::FailedOnce(failed(Some("Throttled"), None)));
        assert_eq!(rules.differences(&bad("A"), &bad("A")), Outcome::FailedTwice(Vec::new()));
        let both = failed(Some("A"), Some("B"));
        assert_eq!(rules.differences(&bad("A"), &bad("B")), Outcome::FailedTwice(vec![both]));
    }
}
