//! From what mailboxes gave to rows.

use super::cell::Cell;
use super::clixml::names::unique;
use super::columns::ColumnSet;
use super::fields::{Fields, Names};
use super::mailbox_column::MAILBOX_NAME;
use super::mailbox_rows::MailboxRows;
use super::row::{ERROR_COLUMNS, Row};
use super::selection::Selection;
use crate::error::Error;

/// How rows are made of what mailboxes gave.
#[derive(Clone, Debug)]
pub struct RowMaker {
    names: RowNames,
    /// Whether a mailbox that failed has a row.
    failures_have_rows: bool,
    /// Whether an error says itself whose it is, as those of a report do: of a mailbox without a name that it has none.
    errors_say_whose: bool,
}

#[derive(Clone, Debug)]
enum RowNames {
    /// The same for all rows. The mailbox's name stands where `mailbox_at` says, the object's values around it.
    Fixed { names: Names, mailbox_at: Option<usize> },
    /// The mailbox's name, then those of the object; `include_error`: the error's columns follow.
    Own { include_error: bool },
}

impl RowMaker {
    /// Rows of a report with these columns: a mailbox that failed has one too.
    #[must_use]
    pub fn of_columns(columns: &ColumnSet) -> Self {
        let names = RowNames::Fixed { names: columns.names().collect(), mailbox_at: columns.mailbox_at() };
        Self { names, failures_have_rows: true, errors_say_whose: true }
    }

    /// Rows with these members, with those of errors where `include_error` says so.
    #[must_use]
    pub fn of_selection(selection: &Selection, include_error: bool, failures_have_rows: bool) -> Self {
        let names = match selection.names() {
            names if names.is_empty() => RowNames::Own { include_error },
            names => RowNames::Fixed { names: after_mailbox(names, include_error), mailbox_at: Some(0) },
        };
        Self { names, failures_have_rows: failures_have_rows || include_error, errors_say_whose: false }
    }

    /// The rows of one mailbox.
    #[must_use]
    pub fn of(&self, position: u64, given: MailboxRows) -> Vec<Row> {
        let MailboxRows { mailbox, objects, mut error, .. } = given;
        let mailbox = mailbox.as_deref();
        if let Some(error) = error.take_if(|_| objects.is_empty()) {
            let fields = self.failures_have_rows.then(|| self.row(mailbox, Fields::default()));
            return vec![self.failed(position, mailbox, fields, error)];
        }
        let row = |object| {
            let fields = self.row(mailbox, object);
            // A failure is told once, with the first of the objects that it left.
            match error.take() {
                Some(error) => self.failed(position, mailbox, Some(fields), error),
                None => Row::new(position, fields),
            }
        };
        objects.into_iter().map(row).collect()
    }

    fn failed(&self, position: u64, mailbox: Option<&str>, fields: Option<Fields>, error: Error) -> Row {
        let whose = if self.errors_say_whose { error.target_name() } else { mailbox };
        Row::failed(position, whose.map(str::to_owned), fields, error)
    }

    /// The row of an object; null where it has no value for a column.
    fn row(&self, mailbox: Option<&str>, object: Fields) -> Fields {
        let (names, mailbox_at) = match &self.names {
            RowNames::Fixed { names, mailbox_at } => (names.clone(), *mailbox_at),
            RowNames::Own { include_error } => (after_mailbox(object.names(), *include_error), Some(0)),
        };
        let mut cells = Vec::with_capacity(names.iter().len());
        cells.extend(object.into_cells());
        cells.resize(names.iter().len() - usize::from(mailbox_at.is_some()), Cell::Null);
        if let Some(at) = mailbox_at {
            cells.insert(at, mailbox.into());
        }
        Fields::new(names, cells)
    }
}

/// The mailbox's name and `own`. Of names equal but for case PowerShell and spreadsheets see one: those of an object
/// give way to the row's own.
fn after_mailbox(own: &Names, include_error: bool) -> Names {
    let errors = ERROR_COLUMNS.into_iter().filter(|_| include_error);
    let reserved: Vec<&str> = std::iter::once(MAILBOX_NAME).chain(errors).collect();
    let names = unique(reserved.iter().copied().chain(own.iter())).into_iter().skip(reserved.len());
    std::iter::once(MAILBOX_NAME.into()).chain(names).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::error::Status;
    use crate::rows::jsonl;

    fn object(value: &Value) -> Fields {
        value.as_object().cloned().unwrap().into()
    }

    fn failed() -> MailboxRows {
        let error = Error::new(Status::NotFound, "gone").service(Some("ErrorItemNotFound".into()), None);
        MailboxRows::failed(Some("lee"), error)
    }

    /// The rows that are shown, as JSON without their errors.
    fn shown(rows: &RowMaker, given: MailboxRows) -> Vec<String> {
        let lines = String::from_utf8(jsonl::encode(false, &rows.of(3, given))).unwrap();
        let row = |line: &str| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row.as_object_mut().unwrap().shift_remove("error");
            row.to_string()
        };
        lines.lines().map(row).collect()
    }

    #[test]
    fn a_row_begins_with_its_mailbox_and_no_name_comes_twice() {
        let rows = RowMaker::of_selection(&Selection::default(), false, false);
        let objects = vec![object(&json!({"id": 1, "mailboxName": "x", "ID": 2})), Fields::default()];
        let given = MailboxRows { objects, ..MailboxRows::of(Some("kim"), Fields::default()) };
        assert_eq!(
            shown(&rows, given),
            [
                json!({"MailboxName": "kim", "id": 1, "mailboxName_2": "x", "ID_2": 2}).to_string(),
                json!({"MailboxName": "kim"}).to_string()
            ]
        );
    }

    #[test]
    fn a_failure_has_a_row_where_it_was_asked_for() {
        let selection = Selection::parse(&["id".into(), "errorCode".into()]).unwrap();
        let beside = RowMaker::of_selection(&selection, false, false).of(3, failed());
        assert!(beside.len() == 1 && !beside[0].is_shown() && beside[0].error().is_some());
        let row = |code: &str| json!({"MailboxName": "lee", "id": null, code: null}).to_string();
        let with_columns = RowMaker::of_selection(&selection, true, false);
        assert_eq!(shown(&with_columns, failed()), [row("errorCode_2")]);
        assert_eq!(shown(&RowMaker::of_selection(&selection, false, true), failed()), [row("errorCode")]);
        let own = MailboxRows::of(None, object(&json!({"errorCode": 1})));
        let with_own = RowMaker::of_selection(&Selection::default(), true, false);
        assert_eq!(shown(&with_own, own), [json!({"MailboxName": null, "errorCode_2": 1}).to_string()]);
    }

    #[test]
    fn the_columns_of_a_report_stand_in_their_order() {
        let columns = ColumnSet::parse(&["TimeZone", "MailboxName", "Locale"]).unwrap();
        let object = columns.extract(Some("kim"), br#"{"timeZone":"UTC","language":{"locale":"de"}}"#).unwrap();
        let rows = RowMaker::of_columns(&columns);
        let kim = json!({"TimeZone": "UTC", "MailboxName": "kim", "Locale": "de"}).to_string();
        assert_eq!(shown(&rows, MailboxRows::of(Some("kim"), object)), [kim]);
        assert_eq!(
            shown(&rows, failed()),
            [json!({"TimeZone": null, "MailboxName": "lee", "Locale": null}).to_string()]
        );
        let nameless = RowMaker::of_columns(&ColumnSet::parse(&["Locale"]).unwrap());
        assert_eq!(shown(&nameless, failed()), [json!({"Locale": null}).to_string()]);
    }
}
