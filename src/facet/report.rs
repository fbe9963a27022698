//! A facet as people read it: a row for each item.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use super::change::ChangeKind;
use super::item::Item;
use super::message_criteria::MessageCriteria;
use super::reading::Reading;
use super::request::FacetRequest;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::graph::call::GraphClient;
use crate::http::RetryPolicy;

/// How many items the mailbox has, in each of its rows: of a mailbox without rows it proves that it was read.
pub const ITEM_COUNT: &str = "ItemCount";
/// The item whole, as Microsoft Graph gave it.
pub const ITEM: &str = "Item";

/// What a report is asked for, each of one facet or a few; docs/abi.md describes each member.
#[derive(Clone, Debug, Default)]
pub struct ReportOptions {
    /// Of rules: those alone that forward or redirect.
    pub forwarding_only: bool,
    /// Of rules: the domains that count as the tenant's own.
    pub internal_domains: Vec<String>,
    /// Of calendar permissions: those of every calendar, and not of the default one alone.
    pub all_calendars: bool,
    /// Of folders: hidden ones too.
    pub include_hidden: bool,
    /// Of folders: one row for each mailbox, with what all hold together.
    pub sum: bool,
    /// Of folders: when the oldest message of each was received.
    pub oldest_item: bool,
    /// Of contacts: the folder, by its path.
    pub folder: Option<String>,
    /// Of contacts: those of every folder.
    pub all_folders: bool,
    /// Of the use of rooms: the period, two days or two moments.
    pub start: Option<String>,
    /// Its end, which is no part of it.
    pub end: Option<String>,
    /// Of messages: which of them.
    pub messages: MessageCriteria,
}

impl ReportOptions {
    /// The options that are given, by their names in requests.
    pub(super) fn given(&self) -> Vec<(&'static str, Value)> {
        let yes = |flag: bool| flag.then_some(Value::Bool(true));
        let all = [
            ("forwardingOnly", yes(self.forwarding_only)),
            ("allCalendars", yes(self.all_calendars)),
            ("includeHidden", yes(self.include_hidden)),
            ("sum", yes(self.sum)),
            ("oldestItem", yes(self.oldest_item)),
            ("folder", self.folder.as_deref().map(Value::from)),
            ("allFolders", yes(self.all_folders)),
            ("start", self.start.as_deref().map(Value::from)),
            ("end", self.end.as_deref().map(Value::from)),
            ("internalDomains", (!self.internal_domains.is_empty()).then(|| self.internal_domains.clone().into())),
        ];
        let messages = self.messages.given();
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).chain(messages).collect()
    }

    /// As one value: what a journal tells reports apart by.
    #[must_use]
    pub fn fingerprint(&self) -> Value {
        Value::Object(self.given().into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    }
}

/// A change of an item, as a report plans it.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedChange {
    /// What tells the item from others.
    pub key: String,
    /// What is done.
    pub kind: ChangeKind,
    /// What is there before.
    pub from: Item,
    /// What is there then; empty: nothing.
    pub to: Item,
    /// What makes the change, and what takes it back.
    pub request: FacetRequest,
    /// The way back, where there is one.
    pub inverse: Option<FacetRequest>,
    /// What is read before it is made.
    pub precondition: String,
    /// The `changeKey` that must be there.
    pub change_key: Option<String>,
}

/// A report on items of many mailboxes.
pub trait Report: Reading {
    /// What the rows are, at the top of a page.
    fn title(&self) -> &'static str;

    /// The options that it knows.
    fn options(&self) -> &'static [&'static str];

    /// The columns after the mailbox's name; [`ITEM_COUNT`] and [`ITEM`] are among them.
    fn columns(&self) -> &'static [&'static str];

    /// What is to be known of the rows, at the end of a page.
    fn notes(&self) -> &'static [&'static str] {
        &[]
    }

    /// Done once, before the first mailbox: what all rows need is read here.
    fn prepare<'a>(
        &'a self,
        _graph: &'a GraphClient,
        _retry: &'a RetryPolicy,
        _context: &'a Context,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// How many items the mailbox has, of all that was found.
    fn count(&self, found: &[Item]) -> usize {
        found.len()
    }

    /// What stands against these items being all that there are: its mailbox has its rows, and counts as failed.
    fn doubt(&self, _found: &[Item]) -> Option<Error> {
        None
    }

    /// What is planned for these items, where the report is asked for a plan.
    ///
    /// # Errors
    ///
    /// What stands against it in this mailbox.
    fn planned(&self, _found: &[Item]) -> Result<Vec<PlannedChange>> {
        Ok(Vec::new())
    }

    /// The rows of a mailbox with these items; none where nothing is to be shown. [`ITEM_COUNT`] is added to them.
    fn rows(&self, found: Vec<Item>) -> Vec<Item>;
}

/// A row of these columns; the last value is of the last column but [`ITEM_COUNT`] and [`ITEM`].
pub(super) fn row<const N: usize>(values: [(&str, Value); N], item: Option<Item>) -> Item {
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value));
    values.chain(item.map(|item| (ITEM.to_owned(), Value::Object(item)))).collect()
}
