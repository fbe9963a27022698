//! What is said of a list before anything is done with it.

use crate::error::{Error, Result};

/// Refuses a list of nothing: it would take all away from every mailbox.
pub(super) fn check_some(what: &str, number: usize, allows_empty: bool) -> Result<()> {
    if number > 0 || allows_empty {
        return Ok(());
    }
    Err(Error::argument(format!("{what}: the list is empty, and would take everything of it out of every mailbox"))
        .hint("say that this is meant: allowEmpty (-AllowEmpty)"))
}

/// What is said of columns that are not written.
pub(super) fn said_of(left_out: &[String]) -> Option<String> {
    (!left_out.is_empty()).then(|| {
        format!("the list has what Microsoft Graph has no place for, and it is left out: {}", left_out.join(", "))
    })
}
