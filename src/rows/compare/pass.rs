//! One comparison from its files to its rows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::difference::{Change, Outcome, Rules};
use super::index::Index;
use super::read::ReportFile;
use super::record::{ERROR_MEMBER, Record};
use super::request::CompareRequest;
use crate::cancel::CancelToken;
use crate::error::{Error, Result};
use crate::event::{Event, EventSink};
use crate::rows::Fields;
use crate::rows::mailbox_column::{MAILBOX_COLUMNS, is_same_column};
use crate::rows::row::ERROR_COLUMNS;

/// More columns than any report has; bounds what a broken file can cost.
const MOST_COLUMNS: usize = 4096;

/// Rows that are fetched at once of what only the earlier report has.
const REST_BATCH: usize = 256;

/// Counts of a comparison.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) old_rows: AtomicU64,
    pub(super) new_rows: AtomicU64,
    pub(super) added: AtomicU64,
    pub(super) removed: AtomicU64,
    pub(super) changed: AtomicU64,
    pub(super) unchanged: AtomicU64,
    pub(super) failed: AtomicU64,
}

/// The columns of a report, by their lower-case names in the order in which they came.
#[derive(Debug, Default)]
struct Columns {
    names: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Columns {
    fn add<'a>(&mut self, names: impl Iterator<Item = &'a String>) -> Result<()> {
        for name in names {
            let folded = name.to_ascii_lowercase();
            if !self.known.contains_key(&folded) {
                if self.names.len() == MOST_COLUMNS {
                    return Err(Error::argument(format!("a report has more than {MOST_COLUMNS} columns")));
                }
                self.known.insert(folded, self.names.len());
                self.names.push(name.clone());
            }
        }
        Ok(())
    }

    fn has(&self, name: &str) -> bool {
        self.known.contains_key(&name.to_ascii_lowercase())
    }

    /// Whether a column may be the key, which the two reports may spell in different ways.
    fn may_have_key(&self, name: &str) -> bool {
        // A report without rows says nothing of its columns.
        self.names.is_empty() || self.has(name) || self.names.iter().any(|own| is_same_column(own, name))
    }
}

/// Compares; `give` takes each row and says whether to go on.
///
/// # Errors
///
/// Of the files; `InvalidArgument` for a column that is not there; `Cancelled` where `give` says no, or `cancel`.
pub(super) fn run(
    request: &CompareRequest,
    counts: &Counts,
    events: &EventSink,
    cancel: &CancelToken,
    mut give: impl FnMut(Fields) -> bool,
) -> Result<()> {
    let check = || if cancel.is_cancelled() { Err(Error::cancelled()) } else { Ok(()) };
    let mut give = |row: Fields| if give(row) { Ok(()) } else { Err(Error::cancelled()) };

    let (old_columns, new_columns) = (columns_of(&request.old, cancel)?, columns_of(&request.new, cancel)?);
    let rules = rules(request, &old_columns, &new_columns, events)?;

    let mut index = Index::new()?;
    let mut old = ReportFile::open(&request.old, cancel)?;
    while let Some(record) = old.next()? {
        check()?;
        add(&counts.old_rows);
        index.add(&record.identity(&rules.key), &record)?;
    }
    index.complete()?;
    // A journal is nobody else's while it is open.
    drop(old);

    let mut new = ReportFile::open(&request.new, cancel)?;
    while let Some(record) = new.next()? {
        check()?;
        add(&counts.new_rows);
        for row in compared(&rules, &mut index, &record, counts)? {
            give(row)?;
        }
    }

    let mut after = 0;
    loop {
        check()?;
        let rest = index.rest(after, REST_BATCH)?;
        let Some((last, _)) = rest.last() else { return Ok(()) };
        after = *last;
        for (_, record) in &rest {
            add(&counts.removed);
            give(rules.alone(record, Change::Removed))?;
        }
    }
}

fn compared(rules: &Rules, index: &mut Index, new: &Record, counts: &Counts) -> Result<Vec<Fields>> {
    let Some(old) = index.take(&new.identity(&rules.key))? else {
        add(&counts.added);
        return Ok(vec![rules.alone(new, Change::Added)]);
    };
    let (count, rows) = match rules.differences(&old, new) {
        Outcome::Unchanged => (&counts.unchanged, Vec::new()),
        Outcome::FailedTwice(rows) => (&counts.failed, rows),
        Outcome::FailedOnce(row) => (&counts.failed, vec![row]),
        Outcome::Changed(rows) => (&counts.changed, rows),
    };
    add(count);
    Ok(rows)
}

/// Every column of a report. JSON Lines may have further ones in any line, so that they are read once for this.
fn columns_of(path: &Path, cancel: &CancelToken) -> Result<Columns> {
    let mut report = ReportFile::open(path, cancel)?;
    let mut columns = Columns::default();
    if let Some(header) = report.header() {
        columns.add(header.iter())?;
        return Ok(columns);
    }
    while let Some(record) = report.next()? {
        if cancel.is_cancelled() {
            return Err(Error::cancelled());
        }
        columns.add(record.0.keys())?;
    }
    Ok(columns)
}

fn rules(request: &CompareRequest, old: &Columns, new: &Columns, events: &EventSink) -> Result<Rules> {
    let key = key(request.key.as_deref(), old, new)?;
    for name in &request.ignore {
        if !old.has(name) && !new.has(name) {
            return Err(Error::argument(format!("ignore: neither report has a column {name}")));
        }
    }
    let is_error = |name: &str| name == ERROR_MEMBER || ERROR_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(name));
    let counts = |name: &&String| {
        !is_same_column(name, &key)
            && !request.ignore.iter().any(|ignored| ignored.eq_ignore_ascii_case(name))
            && (request.include_error || !is_error(name))
    };
    // A report without rows says nothing of its columns.
    let both_known = !old.names.is_empty() && !new.names.is_empty();
    for (one, other, which) in [(old, new, "earlier"), (new, old, "later")] {
        let lone: Vec<_> = one.names.iter().filter(counts).filter(|name| !other.has(name)).cloned().collect();
        if both_known && !lone.is_empty() {
            let message = format!("only the {which} report has {}, which cannot be compared", lone.join(", "));
            events.emit(Event::Warning, &message, [("columns", lone.into())]);
        }
    }
    let compared = new.names.iter().filter(counts).filter(|name| old.has(name)).cloned().collect();
    Ok(Rules { key, compared, include_error: request.include_error })
}

/// The column by which rows belong together: what the request names, else the first that names a mailbox.
fn key(wanted: Option<&str>, old: &Columns, new: &Columns) -> Result<String> {
    let in_both = |name: &str| old.may_have_key(name) && new.may_have_key(name);
    match wanted {
        Some(name) if in_both(name) => Ok(name.to_owned()),
        Some(name) => {
            let which = if old.may_have_key(name) { "later" } else { "earlier" };
            Err(Error::argument(format!("key: the {which} report has no column {name}")))
        }
        None => MAILBOX_COLUMNS.iter().find(|name| in_both(name)).map(|name| (*name).to_owned()).ok_or_else(|| {
            let there = if old.names.is_empty() { new } else { old }.names.join(", ");
            let known = MAILBOX_COLUMNS.join(", ");
            Error::argument(format!("the reports share none of the columns {known}; the first of them has {there}"))
                .hint("name the column that tells their rows apart as key")
        }),
    }
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
