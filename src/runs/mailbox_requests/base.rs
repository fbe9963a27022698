//! What the paths of a run's requests are relative to.

use http::Method;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::graph::{path, path_guard};

/// What a path is relative to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathBase {
    /// The line's mailbox.
    #[default]
    Mailbox,
    /// The API's version: `groups/{Id}`.
    Service,
}

impl PathBase {
    /// A path as it is checked and sent: below the API's version a slash may stand before it, as documentation has it.
    fn own(self, path: &str) -> &str {
        match self {
            Self::Mailbox => path,
            Self::Service => path.strip_prefix('/').unwrap_or(path),
        }
    }

    /// Checks a path whose placeholders are not filled yet.
    ///
    /// # Errors
    ///
    /// As [`path::check`].
    pub(super) fn check(self, path: &str) -> Result<()> {
        path::check(self.own(path)).map(drop)
    }

    /// The same of the path of a run.
    ///
    /// # Errors
    ///
    /// As [`PathBase::check`]; `InvalidArgument` for one below the API's version that is the same for each line.
    pub(super) fn check_of_run(self, path: &str) -> Result<()> {
        self.check(path)?;
        if self == Self::Service && !path.contains('{') {
            return Err(Error::argument(format!("path: {path:?} is the same for each line, and about none of them"))
                .hint("name a member of the input in it, such as groups/{Id}"));
        }
        Ok(())
    }

    /// The path of one line below the API's version.
    ///
    /// # Errors
    ///
    /// As [`path::check`].
    pub(super) fn whole(self, mailbox: &str, path: &str) -> Result<String> {
        match self {
            Self::Mailbox => path::of_mailbox(mailbox, path),
            Self::Service => {
                let path = path::check(self.own(path))?;
                if path.is_empty() || path.starts_with('?') {
                    return Err(Error::argument("path: is empty"));
                }
                Ok(path.into_owned())
            }
        }
    }

    /// Refuses a write that takes hold of more than one thing.
    ///
    /// # Errors
    ///
    /// As [`path_guard::check_of_mailbox`].
    pub(super) fn guard(self, method: &Method, path: &str, body: Option<&Value>) -> Result<()> {
        match self {
            Self::Mailbox => path_guard::check_of_mailbox(method, path),
            Self::Service => path_guard::check_of_service(method, self.own(path), body),
        }
    }
}
