//! What a page counts of its rows: in all, by cause of failure, and by the values of columns that sum up well.

use std::borrow::Cow;

use serde_json::Value;

use super::tally::Tally;
use crate::rows::cell::{Cell, Field};
use crate::rows::row::Row;

/// Columns that sum up well, with the titles of their bars, and whether no value is a value of theirs.
const SUMMED: [(&str, &str, bool); 8] = [
    ("Outcome", "Outcomes", true),
    ("Changes", "Changed settings", true),
    ("Change", "Changes", true),
    // A mailbox that came or went has none.
    ("Property", "Changed properties", false),
    ("AutomaticReplyStatus", "Automatic replies", true),
    ("Language", "Languages", true),
    ("Locale", "Locales", true),
    ("TimeZone", "Time zones", true),
];

/// A member by which objects of a list are counted: that of a change of settings.
const COUNTED_BY: &str = "Setting";

/// What is counted of the rows.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) rows: u64,
    /// Mailboxes that failed, by cause.
    pub(super) causes: Tally,
    pub(super) columns: Vec<ColumnTally>,
}

/// How often each value of a column came.
#[derive(Debug)]
pub(super) struct ColumnTally {
    at: usize,
    pub(super) title: &'static str,
    counts_none: bool,
    pub(super) tally: Tally,
    /// Rows that were counted.
    pub(super) rows: u64,
}

impl Summary {
    /// One of rows with columns of these names.
    pub(super) fn of(names: &[Box<str>]) -> Self {
        let at = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let has_language = at("Language").is_some();
        // Both say the same.
        let summed = SUMMED.into_iter().filter(|(name, ..)| !(has_language && *name == "Locale"));
        let columns = summed.filter_map(|(name, title, counts_none)| {
            Some(ColumnTally { at: at(name)?, title, counts_none, tally: Tally::default(), rows: 0 })
        });
        Self { rows: 0, causes: Tally::default(), columns: columns.collect() }
    }

    pub(super) fn count(&mut self, row: &Row) {
        if let Some(error) = row.error() {
            self.causes.add(error.status().name());
        }
        if row.is_shown() {
            self.rows += 1;
            self.columns.iter_mut().for_each(|column| column.count(row));
        }
    }
}

impl ColumnTally {
    /// The place of its column.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn count(&mut self, row: &Row) {
        let Some(cell) = row.cells().get(self.at) else { return };
        // A mailbox that failed has no value, and not an empty one.
        if *cell == Cell::Null && (row.error().is_some() || !self.counts_none) {
            return;
        }
        self.rows += 1;
        match Field::from(cell) {
            Field::Json(Value::Array(items)) => items.iter().for_each(|item| self.tally.add(&name_of(item))),
            field => self.tally.add(&field.shown()),
        }
    }
}

/// What an item of a list is counted as.
fn name_of(item: &Value) -> Cow<'_, str> {
    match item.get(COUNTED_BY).unwrap_or(item) {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::{Error, Status};
    use crate::rows::Fields;

    fn names(names: &[&str]) -> Vec<Box<str>> {
        names.iter().map(|name| (*name).into()).collect()
    }

    fn counted(columns: &[&str], rows: Vec<(Vec<Cell>, bool)>) -> Summary {
        let columns = names(columns);
        let mut summary = Summary::of(&columns);
        for (cells, failed) in rows {
            let fields = Fields::new(columns.iter().map(|name| &**name).collect(), cells);
            summary.count(&match failed {
                true => Row::failed(0, None, Some(fields), Error::new(Status::NotFound, "gone")),
                false => Row::new(0, fields),
            });
        }
        summary
    }

    #[test]
    fn what_sums_up_well_is_counted_and_a_failure_is_no_blank() {
        let summary = counted(
            &["MailboxName", "Language", "Locale", "timeZone"],
            vec![
                (vec![Cell::from("a"), Cell::from("de"), Cell::from("de-DE"), Cell::from("UTC")], false),
                (vec![Cell::from("b"), Cell::Null, Cell::Null, Cell::from("UTC")], false),
                (vec![Cell::from("c"), Cell::Null, Cell::Null, Cell::Null], true),
            ],
        );
        assert_eq!((summary.rows, summary.causes.most_common(9).0), (3, vec![("NotFound", 1)]));
        let titles: Vec<&str> = summary.columns.iter().map(|column| column.title).collect();
        assert_eq!(titles, ["Languages", "Time zones"]);
        assert_eq!(summary.columns[0].tally.most_common(9).0, [("", 1), ("de", 1)]);
        assert_eq!(summary.columns[1].tally.most_common(9).0, [("UTC", 2)]);
        assert_eq!(summary.columns[1].rows, 2);
    }

    #[test]
    fn each_setting_of_a_list_counts() {
        let changes = json!([{"Setting": "timeZone", "From": null, "To": "UTC"}, {"Setting": "timeFormat"}]);
        let summary = counted(
            &["Outcome", "Changes"],
            vec![
                (vec![Cell::from("Changed"), Cell::from(changes)], false),
                (vec![Cell::from("Failed"), Cell::Null], true),
            ],
        );
        assert_eq!(summary.columns[0].tally.most_common(9).0, [("Changed", 1), ("Failed", 1)]);
        assert_eq!(summary.columns[1].tally.most_common(9).0, [("timeFormat", 1), ("timeZone", 1)]);
        assert_eq!(summary.columns[1].rows, 1);
    }

    #[test]
    fn a_failure_without_a_row_counts() {
        let mut summary = Summary::of(&names(&["id"]));
        summary.count(&Row::failed(0, None, None, Error::cancelled()));
        assert_eq!((summary.rows, summary.causes.total(), summary.columns.len()), (0, 1, 0));
    }
}
