//! Why one try gave nothing, wherever it is made: a call of a service, one mailbox of a run.

use crate::error::Error;

/// Why an attempt gave nothing.
#[derive(Clone, Debug)]
pub enum AttemptError {
    /// This item failed; it is tried again where the error says that this may help.
    Item(Error),
    /// No other item will fare better: the work stops. Nothing was sent of this one that must not be repeated.
    Run(Error),
    /// There was no token, and so nothing was sent: the work stops, unless the network is away that was there before.
    Token(Error),
}

impl AttemptError {
    /// The error, whomever it concerns.
    #[must_use]
    pub fn into_error(self) -> Error {
        match self {
            AttemptError::Item(error) | AttemptError::Run(error) | AttemptError::Token(error) => error,
        }
    }

    /// Says what was being done and to what, where it is the item that failed: what concerns the whole work is of no
    /// single item.
    #[must_use]
    pub fn about(self, action: &str, target: &str) -> Self {
        self.map_item(|error| error.action(action).target(target))
    }

    /// The same with another error, where it is the item that failed.
    #[must_use]
    pub fn map_item(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            AttemptError::Item(error) => AttemptError::Item(change(error)),
            other => other,
        }
    }

    /// The same with another error, whomever it concerns.
    #[must_use]
    pub fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            AttemptError::Item(error) => AttemptError::Item(change(error)),
            AttemptError::Run(error) => AttemptError::Run(change(error)),
            AttemptError::Token(error) => AttemptError::Token(change(error)),
        }
    }

    /// Whether what was sent for the item may have been carried out all the same.
    #[must_use]
    pub fn is_maybe_done(&self) -> bool {
        matches!(self, AttemptError::Item(error) if error.is_maybe_done())
    }
}

/// What fails on the way to an item's outcome is the item's own failure, unless it is said to be more.
impl From<Error> for AttemptError {
    fn from(error: Error) -> Self {
        AttemptError::Item(error)
    }
}

impl From<AttemptError> for Error {
    fn from(failure: AttemptError) -> Self {
        failure.into_error()
    }
}

/// A failed try as whoever decides on another one sees it.
pub trait TryFailure {
    /// The error, where another try may cure it; `None` where none will, whatever the error says.
    fn curable(&self) -> Option<&Error>;

    /// Whether the try got further than those before it, so that tries count anew from it.
    fn has_advanced(&self) -> bool {
        false
    }
}

impl TryFailure for Error {
    fn curable(&self) -> Option<&Error> {
        Some(self)
    }
}

/// A token that cannot be had was tried for as long as it is worth it, and what stops the work stops it.
impl TryFailure for AttemptError {
    fn curable(&self) -> Option<&Error> {
        match self {
            AttemptError::Item(error) => Some(error),
            AttemptError::Run(_) | AttemptError::Token(_) => None,
        }
    }
}
