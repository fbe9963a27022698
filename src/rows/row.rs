//! A row: what encoders see, whatever run it is of.

use std::borrow::Cow;

use super::cell::{Cell, Field};
use super::fields::Fields;
use crate::error::Error;

/// The columns that `includeError` adds.
pub const ERROR_COLUMNS: [&str; 3] = ["ErrorCode", "ErrorMessage", "RequestId"];

/// A row with its place and its failure.
#[derive(Clone, Debug)]
pub struct Row {
    /// The position of its input in the whole run, from 0.
    position: u64,
    /// Whose its error is, for the list of errors: a report need not show it.
    mailbox: Option<String>,
    /// None: the failure has no row of its own, and is told beside the others.
    fields: Option<Fields>,
    /// Why its mailbox failed.
    error: Option<Error>,
}

impl Row {
    /// A row of what did not fail.
    #[must_use]
    pub fn new(position: u64, fields: Fields) -> Self {
        Self { position, mailbox: None, fields: Some(fields), error: None }
    }

    /// A row of a mailbox that failed, or the error alone.
    #[must_use]
    pub fn failed(position: u64, mailbox: Option<String>, fields: Option<Fields>, error: Error) -> Self {
        Self { position, mailbox, fields, error: Some(error) }
    }

    /// The position of its input in the whole run, from 0.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Why its mailbox failed.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Whose its error is.
    #[must_use]
    pub fn mailbox(&self) -> Option<&str> {
        self.mailbox.as_deref()
    }

    /// Whether it is a row, and not an error alone.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.fields.is_some()
    }

    /// Its values with their names, without those of the error; none where it is an error alone.
    #[must_use]
    pub fn shown(&self) -> Option<&Fields> {
        self.fields.as_ref()
    }

    /// Its values, without those of the error.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        self.fields.as_ref().map(Fields::cells).unwrap_or_default()
    }

    /// Its fields, without those of the error.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, Field<'_>)> {
        self.fields.iter().flat_map(Fields::iter).map(|(name, cell)| (name, cell.into()))
    }
}

/// All fields of a row, with those of [`ERROR_COLUMNS`] where `include_error` says so.
pub(super) fn all_fields(row: &Row, include_error: bool) -> impl Iterator<Item = (&str, Field<'_>)> {
    let errors = include_error.then(|| ERROR_COLUMNS.into_iter().zip(error_fields(row.error())));
    row.fields().chain(errors.into_iter().flatten())
}

fn error_fields(error: Option<&Error>) -> [Field<'_>; 3] {
    let Some(error) = error else { return [const { Field::Null }; 3] };
    let text = |text| Field::Text(Cow::Borrowed(text));
    let code = error.service_code().unwrap_or(error.status().name());
    [text(code), Field::Text(Cow::Owned(error.to_string())), error.any_request_id().map_or(Field::Null, text)]
}

/// The same as texts.
pub(super) fn error_texts(error: &Error) -> [String; 3] {
    error_fields(Some(error)).map(|field| field.shown().into_owned())
}
