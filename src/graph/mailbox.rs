//! Whose mailbox: the name by which it is told from others, and what the service is asked for.

use super::identity;
use crate::error::{Error, Result, Status};

/// What the service answers where nobody is called as the path says; what is missing below a user has other codes.
const NOBODY: [&str; 2] = ["ErrorInvalidUser", "ResourceNotFound"];
/// That of the directory, which it gives for what is missing below a user too: the message says which.
const NOT_IN_DIRECTORY: &str = "Request_ResourceNotFound";

/// A mailbox as a line of input, or a caller, names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    name: String,
    /// What the service is asked for.
    asked: String,
    /// The name with its escapes undone, where it may be meant either way; not asked for so far.
    unescaped: Option<String>,
}

impl Mailbox {
    /// The mailbox that somebody's text names.
    ///
    /// A doubled apostrophe or a percent sign may be a script's escape, or be of the name itself: such a name is taken
    /// as it stands, and [`Mailbox::turn_to_unescaped`] is for reads that find nobody of that name. Without an `@` it
    /// stands for no address, so that its escapes are undone at once: `kim%40contoso.com`.
    ///
    /// # Errors
    ///
    /// As [`identity::unescaped`].
    pub fn typed(given: &str) -> Result<Self> {
        let unescaped = identity::unescaped(given)?;
        let literal = identity::literal(given)?;
        if literal == unescaped || !literal.contains('@') {
            return Ok(Self::of(unescaped, None));
        }
        Ok(Self::of(literal, Some(unescaped)))
    }

    /// The mailbox of a user whom the directory gave: asked for by its object id, which needs no reading.
    ///
    /// # Errors
    ///
    /// As [`identity::literal`].
    pub fn listed(name: &str, id: &str) -> Result<Self> {
        let name = identity::literal(name)?;
        Ok(Self { asked: identity::literal(id)?, ..Self::of(name, None) })
    }

    fn of(name: String, unescaped: Option<String>) -> Self {
        Self { asked: name.clone(), name, unescaped }
    }

    /// By it a run tells mailboxes apart: it stays, whatever the service is asked for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands for the user in the path of a request.
    #[must_use]
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// What the service is asked for where that is not the name: the id of a user whom the directory gave.
    #[must_use]
    pub fn other_name(&self) -> Option<&str> {
        (self.asked != self.name).then_some(&*self.asked)
    }

    /// Takes the other reading of the name, where `error` says that nobody is called as was asked. Only for what is
    /// read: a wrong guess would write to somebody else's mailbox.
    pub fn turn_to_unescaped(&mut self, error: &Error) -> bool {
        if !self.is_nobody(error) {
            return false;
        }
        let unescaped = self.unescaped.take();
        let has_turned = unescaped.is_some();
        if let Some(unescaped) = unescaped {
            self.asked = unescaped;
        }
        has_turned
    }

    /// The error of a write, with the other reading of the name where nobody is called as it stands.
    #[must_use]
    pub fn explain(&self, error: Error) -> Error {
        match &self.unescaped {
            Some(unescaped) if self.is_nobody(&error) => error.hint(format!(
                "a write takes a name as it stands: give {unescaped} where {} is its escaped form",
                self.name
            )),
            _ => error,
        }
    }

    fn is_nobody(&self, error: &Error) -> bool {
        if error.status() != Status::NotFound || error.http_status_code() != Some(404) {
            return false;
        }
        let Some(code) = error.service_code() else { return false };
        // Whether the message doubles an apostrophe is its own affair.
        let folded = |text: &str| text.to_lowercase().replace("''", "'");
        let is_named = || {
            let message = error.service_message().unwrap_or_default();
            folded(message).contains(&folded(&format!("'{}'", self.asked)))
        };
        NOBODY.iter().any(|known| known.eq_ignore_ascii_case(code))
            || (NOT_IN_DIRECTORY.eq_ignore_ascii_case(code) && is_named())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_stand_and_escapes_are_the_second_reading() {
        for (given, name, unescaped) in [
            ("kim@contoso.com", "kim@contoso.com", None),
            (" SMTP:kim@contoso.com; ", "kim@contoso.com", None),
            ("o'brien@contoso.com", "o'brien@contoso.com", None),
            ("o''brien@contoso.com", "o''brien@contoso.com", Some("o'brien@contoso.com")),
            ("o%27brien@contoso.com", "o%27brien@contoso.com", Some("o'brien@contoso.com")),
            ("o%27%27brien@contoso.com", "o%27%27brien@contoso.com", Some("o'brien@contoso.com")),
            ("abc'''x@contoso.com", "abc'''x@contoso.com", Some("abc''x@contoso.com")),
            ("100%@contoso.com", "100%@contoso.com", None),
            ("%FF@contoso.com", "%FF@contoso.com", None),
            // No address as they stand.
            ("o%27brien%40contoso.com", "o'brien@contoso.com", None),
            ("g_fabrikam.com%23EXT%23%40contoso.onmicrosoft.com", "g_fabrikam.com#EXT#@contoso.onmicrosoft.com", None),
        ] {
            let mailbox = Mailbox::typed(given).unwrap();
            assert_eq!((mailbox.name(), mailbox.asked()), (name, name), "{given}");
            assert_eq!(mailbox.unescaped.as_deref(), unescaped, "{given}");
        }
        assert!(Mailbox::typed("a%00b@contoso.com").is_err() && Mailbox::typed("%20").is_err());
    }

    #[test]
    fn what_the_directory_gave_is_asked_for_by_its_id_under_its_own_name() {
        let mailbox = Mailbox::listed("abc'''x@contoso.com", "00000001-5eed-4000-8000-000000000007").unwrap();
        assert_eq!(mailbox.name(), "abc'''x@contoso.com");
        assert_eq!(mailbox.asked(), "00000001-5eed-4000-8000-000000000007");
        assert_eq!(mailbox.unescaped, None);
    }

    #[test]
    fn only_nobody_of_that_name_is_a_reason_to_read_it_the_other_way() {
        let error = |status: u16, code: &str, message: &str| {
            let kind = if status == 404 { Status::NotFound } else { Status::AccessDenied };
            Error::new(kind, "x").http_status(status).service(Some(code.to_owned()), Some(message.to_owned()))
        };
        let missing = |name: &str| format!("Resource '{name}' does not exist or one of its queried");
        let turns = |error: &Error| {
            let mut mailbox = Mailbox::typed("o''brien@contoso.com").unwrap();
            let turned = mailbox.turn_to_unescaped(error);
            assert_eq!(mailbox.asked() == "o'brien@contoso.com", turned);
            // Once.
            assert!(!turned || !mailbox.turn_to_unescaped(error));
            assert_eq!(mailbox.name(), "o''brien@contoso.com");
            turned
        };
        assert!(turns(&error(404, "Request_ResourceNotFound", &missing("O''Brien@contoso.com"))));
        assert!(turns(&error(404, "ErrorInvalidUser", "The requested user is invalid.")));
        assert!(turns(&error(404, "ResourceNotFound", "Resource could not be discovered.")));
        // The user is there, and what is below is not.
        assert!(!turns(&error(404, "Request_ResourceNotFound", &missing("manager"))));
        assert!(!turns(&error(404, "ErrorItemNotFound", "The specified object was not found in the store.")));
        assert!(!turns(&error(403, "ErrorInvalidUser", "x")));
    }
}
